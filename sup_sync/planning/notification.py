"""What reaches a person outside of the tracker: it follows a note, and holds no text of a client."""

from __future__ import annotations

from sup_sync.frozen import value


@value
class Notification:
    """One message about one request, in its note's own words; `person` is a key of mappings/tracker.yaml's `people`."""

    issue_id: int
    person: str
    text: str

    @property
    def title(self) -> str:
        return f"#{self.issue_id}"

    def body(self, tracker_url: str) -> str:
        """Which target, since when, and where to look."""
        return f"{self.text}\n{tracker_url}/issues/{self.issue_id}"

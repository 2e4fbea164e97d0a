"""Notifications, which reach people outside Redmine; each follows a note and contains no text of a client."""

from __future__ import annotations

from sup_sync.immutable import value


@value
class Notification:
    """A message about a request, with the text of its note; `person` is a key of mappings/tracker.yaml's `people`."""

    issue_id: int
    person: str
    text: str

    @property
    def title(self) -> str:
        return f"#{self.issue_id}"

    def body(self, redmine_url: str) -> str:
        """Return its text with the address of the request."""
        return f"{self.text}\n{redmine_url}/issues/{self.issue_id}"

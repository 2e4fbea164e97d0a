"""Values in old histories that Redmine's lists do not have any more, and what is assumed for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from sup_sync.model.directory import Directory
from sup_sync.model.issue import Event, Phase, Status
from sup_sync.redmine.field_history import Entry
from sup_sync.to_json import Json

# A status that a history does not name: open, so that neither a pause nor an end is assumed.
UNNAMED = Status("?", Phase.OPEN)


class FormerValues:
    """A decoder of deleted values in one history, which collects its assumptions, each once."""

    def __init__(self, directory: Directory) -> None:
        self._names = directory.names
        self._keys = directory.priority_keys
        self._assumptions: dict[str, None] = {}
        self.has_unnamed_statuses = False

    @property
    def assumptions(self) -> tuple[str, ...]:
        return tuple(self._assumptions)

    def status(self, text: str) -> Status:
        """Decode a deleted status by its id: the mapped one, otherwise open."""
        name = f"#{text}"
        if name not in self._names.former_statuses:
            advice = f'add `"{name}": {{phase: …}}` to `statuses` in mappings/tracker.yaml if it was not open'
            self._assume(f"status {name} was deleted in Redmine; counted as open; {advice}")
        return self._names.former_statuses.get(name) or Status(name, Phase.OPEN)

    def unnamed_status(self) -> Status:
        self.has_unnamed_statuses = True
        self._assume("a change of status does not name both statuses; the missing one is taken from its neighbors")
        return UNNAMED

    def priority(self, text: str) -> str:
        """Decode a deleted priority by its id: the mapped one, otherwise the lowest."""
        name, lowest = f"#{text}", next(iter(self._names.priorities))
        if name not in self._keys:
            advice = f'add `"{name}": PRIORITY` to `priority_aliases` in mappings/tracker.yaml if it was another'
            self._assume(f"priority {name} was deleted in Redmine; counted as {lowest}; {advice}")
        return self._keys.get(name, lowest)

    def unnamed_priority(self) -> str:
        lowest = next(iter(self._names.priorities))
        self._assume(f"a change of priority does not name both priorities; the missing one is counted as {lowest}")
        return lowest

    def author(self) -> Json:
        """Return the user of a journal without one: nobody known."""
        self._assume("an entry of the history has no author; read as by an unknown person")
        return {"id": 0, "name": ""}

    def _assume(self, text: str) -> None:
        self._assumptions[text] = None


def with_unnamed_statuses(events: Sequence[Event], current: Status) -> Iterator[Event]:
    """Replace unnamed statuses by their neighbors: the status set before, or the one that the next change names."""
    changes = [each.status for each in events if each.status]
    before = UNNAMED
    for event in events:
        if event.status is None:
            yield event
            continue
        changes.pop(0)
        following = changes[0][0] if changes else current
        old, new = event.status
        status = before if old is UNNAMED else old, following if new is UNNAMED else new
        before = status[1]
        yield event if status == event.status else replace(event, status=status)


def counted_answers(entries: Iterable[Entry], account_id: int | None, field_ids: Iterable[str]) -> frozenset[str]:
    """Collect the values that the tool's own journals on this issue wrote into the fields with these ids."""
    keys = [("cf", each) for each in field_ids]
    own = (each.changes for each in entries if (each.journal.get("user") or {}).get("id") == account_id)
    values = {str(changes[key].get("new_value") or "") for changes in own for key in keys if key in changes}
    return frozenset(values - {""})

"""The JSON of one issue, decoded into an `Issue`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import takewhile

from sup_sync.errors import DecodeError
from sup_sync.model.directory import Directory
from sup_sync.model.issue import NUMBER_PREFIX, Event, Issue, Person, Phase, Project, Status, Version
from sup_sync.model.names import TrackerMapping
from sup_sync.model.required import INFORMATION
from sup_sync.redmine.field_history import Entry, FieldHistory, entries_of
from sup_sync.redmine.former_values import FormerValues, counted_answers, with_unnamed_statuses
from sup_sync.redmine.history import BY_ID, OF_CLOSING, changes_since, first_values, issue_as_of, value_of
from sup_sync.redmine.linked_issues import blocker_ids, duplicate_ids, subtask_ids
from sup_sync.redmine.values import check_id, check_text, decode_date, decode_time
from sup_sync.to_json import Json

# Keys of the details of a journal.
LIST_FIELDS = {"level", "state", "reason", "language"}  # with values of tracker.yaml; also `channel`
STATUS, PRIORITY, DESCRIPTION, DUE_DATE = (
    ("attr", name) for name in ("status_id", "priority_id", "description", "due_date")
)

# The changes of these are shown in an explanation, with their keys in the JSON and their names on screens.
MOVES = {
    ("attr", "project_id"): "project",
    ("attr", "tracker_id"): "tracker",
    ("attr", "author_id"): "author",
    ("attr", "fixed_version_id"): "version",
}


def _name(names: Mapping[int, str], row: Json) -> str:
    """Return the current name of an object: JSON in the cache contains the name when it was read."""
    return names.get(row["id"]) or check_text(row["name"])


def has_other_names(issue: Json, directory: Directory) -> bool:
    """Return whether a status, priority, tracker or field of an issue was renamed since the lists were read.

    Raises DecodeError if the form is different.
    """
    try:
        rows = [(directory.field_names, each) for each in issue.get("custom_fields", ())]
        rows += [(directory.statuses, issue["status"]), (directory.priorities, issue["priority"])]
        rows += [(directory.trackers, issue["tracker"])]
        return any(names.get(row["id"], row["name"]) != row["name"] for names, row in rows)
    except (KeyError, TypeError, AttributeError) as error:
        raise DecodeError(f"issue #{issue.get('id', '?')}: the JSON does not have the form of an issue") from error


def _has_text(detail: Json) -> bool:
    """Return whether the new value of a changed field is not blank."""
    return bool(str(detail.get("new_value") or "").strip())


def decode_issue(issue: Json, directory: Directory, now: datetime | None = None) -> Issue:
    """Decode an issue from the JSON of `GET /issues/N.json?include=journals,children,relations`, or its `issue`.

    With `now`, it is the issue as it was then: later journals do not count. Raises DecodeError if the form is
    different. Unmapped names are in `Issue.unknown`.
    """
    bare = issue.get("issue", issue) if isinstance(issue, Mapping) else issue
    try:
        decoder = _Decoder(bare, directory, {})
        decoded = decoder.issue()
        first = first_values(bare) if decoder.has_moves else {}
        if first:
            decoded = _Decoder(bare, directory, first).issue()
        if now is not None and decoded.events and decoded.events[-1].at > now:
            return _Decoder(issue_as_of(bare, now, directory), directory, first).issue()
        return decoded
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        where = f"issue #{bare.get('id', '?')}" if isinstance(bare, Mapping) else "an issue"
        reason = f"missing `{error.args[0]}`" if isinstance(error, KeyError) else repr(error)
        raise DecodeError(f"{where}: the JSON does not have the form of an issue: {reason}") from error


def _values(detail: Json | None) -> tuple[str, str] | None:
    """Return a field's value before and after a change."""
    return (detail.get("old_value") or "", detail.get("new_value") or "") if detail else None


class _Decoder:
    """A decoder of one issue, which collects unmapped names; `first` are values at the filing that changed since."""

    def __init__(self, raw: Json, directory: Directory, first: Mapping[str, str | None]) -> None:
        self.raw = raw
        self.directory = directory
        self.names = directory.names
        self.unknown: dict[str, None] = {}
        self.former = FormerValues(directory)
        self.assumed: list[str] = []
        self.has_moves = False
        self.first, self.filer = first, raw["author"]
        self.people: dict[tuple[int, str], Person] = {}
        fields = raw.get("custom_fields", ())
        self.by_name = {_name(directory.field_names, each): each for each in fields}
        present = ((key, name) for key, name in self.names.fields.items() if name in self.by_name)
        self.field_ids = {key: str(self.by_name[name]["id"]) for key, name in present}
        self.confirmed, self.reason = self._changed("priority_confirmed"), self._changed("reason")
        self.information = {DESCRIPTION, *(self._changed(key) for key in INFORMATION if key in self.field_ids)}

    def _changed(self, key: str) -> tuple[str, str]:
        """Return the key of a mapped field in the details of a journal."""
        return "cf", self.field_ids.get(key, "")

    def issue(self) -> Issue:
        raw = self.raw
        author, tracker = self._filer(), _name(self.directory.trackers, raw["tracker"])
        entries = entries_of(raw)
        events = tuple(map(self._event, entries))
        fields, status = self._fields(), self._status(_name(self.directory.statuses, raw["status"]))
        if self.former.has_unnamed_statuses:
            events = tuple(with_unnamed_statuses(events, status))
        history = FieldHistory(entries)
        is_copied = self._is_copied(history, fields)
        closed = self._at_closing(status, events)
        category = self._tracker(closed["tracker"])
        filed_tracker = self._filed("tracker_id")
        filed = self._tracker(filed_tracker or raw["tracker"]) if self.has_moves else category
        filed_project = self._filed("project_id")
        return Issue(
            id=check_id(raw["id"]),
            project=self._project(raw["project"]),
            tracker=tracker,
            subject=check_text(raw.get("subject") or ""),
            author=author,
            created_at=decode_time(raw["created_on"]),
            updated_at=decode_time(raw["updated_on"]),
            status=status,
            priority=self._priority(_name(self.directory.priorities, raw["priority"])),
            category=category.category if category else None,
            tracker_channel=filed.channel if filed else None,
            reason=self._reason(fields.get("reason")),
            language=self.directory.value_keys["language"].get(fields.get("language", "")),
            has_file=bool(raw["attachments"]) if "attachments" in raw else None,
            allowed_statuses=self._allowed(raw.get("allowed_statuses")),
            assignee_id=check_id(raw["assigned_to"]["id"]) if raw.get("assigned_to") else None,
            version=self._version(closed.get("fixed_version")),
            start_on=decode_date(raw.get("start_date")),
            due_on=decode_date(raw.get("due_date")),
            subtasks=subtask_ids(raw),
            duplicates=duplicate_ids(raw),
            blockers=blocker_ids(raw),
            fields=fields,
            set_by=dict(self._set_by(history, fields, is_copied=is_copied)),
            is_copied=is_copied,
            events=events,
            unknown=tuple(self.unknown),
            assumptions=(*self.former.assumptions, *self.assumed),
            filed_project=self._project(filed_project) if filed_project else None,
            filed_tracker=filed_tracker["name"] if filed_tracker else None,
            counted_answers=counted_answers(entries, self.directory.account_id, self._answer_fields()),
            recorded_level=self.directory.value_keys["level"].get(fields.get("level", "")),
            earlier_level=self.directory.recorded_levels.get(self.filer["id"]),
            missing_groups=self.directory.missing_groups,
            is_staff_incomplete=self.directory.is_staff_incomplete,
            may_be_in_missing_group=self.directory.may_be_in_missing_group(self.filer["id"]),
        )

    def _filer(self) -> Person:
        """Return who filed it, also if the author was changed later."""
        if "author_id" in self.first:
            self.filer = value_of(self.raw, "author", self.first["author_id"], self.directory) or self.raw["author"]
        return self._person(self.filer)

    def _filed(self, attribute: str) -> Json | None:
        """Return the project or tracker in which it was filed; None if it is the present one, or not known."""
        key, text = BY_ID[attribute], self.first.get(attribute)
        if not text:
            return None
        name = self.directory.name_of_value(key, int(text))
        is_known = name in self.names.trackers if key == "tracker" else name is not None
        if not is_known:
            what = f"{key} {f'{name!r}' if name else f'#{text}'}"
            present = self.raw[key]["name"]
            self.assumed.append(f'filed in {what}, which is not known; judged as filed in {key} "{present}"')
            return None
        return None if int(text) == self.raw[key]["id"] else {"id": int(text), "name": name}

    def _at_closing(self, status: Status, events: Sequence[Event]) -> Json:
        """Return the issue as it was when it was closed; as it is now if it is open."""
        if not (self.has_moves and status.phase.is_final):
            return self.raw
        changes = [(each.at, each.status[1]) for each in events if each.status]
        final = takewhile(lambda change: change[1].phase.is_final, reversed(changes))
        *_, closed_at = (decode_time(self.raw["created_on"]), *(at for at, _ in final))
        if not changes_since(self.raw, closed_at, OF_CLOSING):
            return self.raw
        then = issue_as_of(self.raw, closed_at, self.directory)
        version = then.get("fixed_version")
        if version and version["id"] not in self.directory.versions:
            self.assumed.append(f'closed in version "{version["name"]}", which is not known; judged without its date')
        return then

    def _tracker(self, tracker: Json) -> TrackerMapping | None:
        name = _name(self.directory.trackers, tracker)
        mapping = self.names.trackers.get(name)
        if mapping is None:
            self._add_unmapped("tracker", name, "trackers")
        return mapping

    def _person(self, user: Json) -> Person:
        key = check_id(user["id"]), check_text(user.get("name", ""))
        if key not in self.people:
            self.people[key] = self.directory.person(*key, self.raw["project"]["id"], self.filer["id"])
        return self.people[key]

    def _project(self, project: Json) -> Project:
        known = self.directory.projects.get(project["id"])
        identifier = "" if self.directory.is_guessed else f"#{project['id']}"  # a blank one is unknown
        return known or Project(project["id"], project.get("identifier", identifier), project.get("name", ""))

    def _version(self, version: Json | None) -> Version | None:
        if not version:
            return None
        known = self.directory.versions.get(version["id"])
        return known or Version(version["id"], version.get("name", ""), None, False)

    def _add_unmapped(self, kind: str, name: str, section: str) -> None:
        self.unknown[f'{kind} "{name}" is not mapped; add it to `{section}` in mappings/tracker.yaml'] = None

    def _add_unmapped_value(self, field: str, text: str) -> None:
        advice = f"set another on the request, or add it to `former_values.{field}s` in mappings/tracker.yaml"
        self.unknown[f'{field} "{text}" is not mapped; {advice}'] = None

    def _status(self, name: str) -> Status:
        status = self.names.statuses.get(name)
        if status is None:
            self._add_unmapped("status", name, "statuses")
        elif name in self.directory.mismatched_statuses:
            self.unknown[f'status "{name}" is {status.phase} in mappings/tracker.yaml, but not in Redmine'] = None
        return status or Status(name, Phase.OPEN)

    def _priority(self, name: str) -> str:
        key = self.directory.priority_keys.get(name)
        if key is None:
            self._add_unmapped("priority", name, "priority_aliases")
        elif name in self.directory.mismatched_priorities:
            self.unknown[f'priority "{name}" has another rank in Redmine than in mappings/tracker.yaml'] = None
        return key or name

    def _fields(self) -> dict[str, str]:
        fields = {}
        for key, name in self.names.fields.items():
            if name in self.by_name:
                value = self.by_name[name].get("value")
                fields[key] = ", ".join(value) if isinstance(value, list) else str(value or "")
        for key in LIST_FIELDS & fields.keys():
            fields[key] = self.directory.renamed_values[key].get(fields[key], fields[key])
        if fields.get("channel"):
            channel = self.directory.value_keys["channel"].get(fields["channel"])
            if channel is None:
                self._add_unmapped_value("channel", fields["channel"])
            fields["channel"] = channel or ""
        return fields

    def _allowed(self, statuses: Iterable[Json] | None) -> frozenset[str] | None:
        return None if statuses is None else frozenset(_name(self.directory.statuses, each) for each in statuses)

    def _is_copied(self, history: FieldHistory, fields: Mapping[str, str]) -> bool:
        """Return whether it was filed as a copy: with a marker, or with a relation to the original."""
        marker = history.at_filing(self._changed("marker"), fields.get("marker", "")).split()
        return history.begins_as_copy or (bool(marker) and f"{NUMBER_PREFIX}{self.raw['id']}" not in marker)

    def _set_by(
        self, history: FieldHistory, fields: Mapping[str, str], *, is_copied: bool
    ) -> Iterator[tuple[str, Person]]:
        """Yield who set the current value of each field, as far as the history shows it."""
        for key, field_id in self.field_ids.items():
            user = history.setter(("cf", field_id), fields[key])
            if user:
                yield key, self._person(user)
        due_date = self.raw.get("due_date") or ""
        user = history.setter(DUE_DATE, due_date)
        if due_date and not user and not history.has(DUE_DATE):
            at_filing = (history.at_filing(("cf", self.field_ids[key]), fields[key]) for key in self._due_keys())
            is_target = is_copied and any(each.startswith(due_date) for each in at_filing)
            user = None if is_target else self.raw["author"]  # the target of the original is nobody's due date
        if user:
            yield "due_date", self._person(user)

    def _due_keys(self) -> Iterator[str]:
        return (key for key in self.field_ids if key.endswith("_due"))

    def _reason(self, name: str | None) -> str | None:
        if name and name not in self.directory.value_keys["reason"]:
            self._add_unmapped_value("reason", name)
        return self.directory.value_keys["reason"].get(name or "")

    def _event(self, entry: Entry) -> Event:
        journal, changes = entry.journal, entry.changes
        has_attachment = has_information = has_moves = False
        for key, detail in changes.items():
            has_attachment |= key[0] == "attachment" and bool(detail.get("new_value"))
            has_information |= key in self.information and _has_text(detail)
            has_moves |= key in MOVES
        self.has_moves |= has_moves
        confirmed, reason = _values(changes.get(self.confirmed)), _values(changes.get(self.reason))
        reason_keys = self.directory.value_keys["reason"]
        return Event(
            at=entry.at,
            by=self._person(journal.get("user") or self.former.author()),
            has_note=bool((journal.get("notes") or "").strip()),
            has_attachment=has_attachment,
            has_information=has_information,
            is_private=bool(journal.get("private_notes")),
            status=self._status_change(changes.get(STATUS)),
            priority=self._priority_change(changes.get(PRIORITY)),
            priority_confirmed=(confirmed[0] == "1", confirmed[1] == "1") if confirmed else None,
            reason=(reason_keys.get(reason[0]), reason_keys.get(reason[1])) if reason else None,
            moves=tuple(self._moves(changes)) if has_moves else (),
        )

    def _moves(self, changes: Mapping[tuple[str, str], Json]) -> Iterator[tuple[str, str, str]]:
        for key, what in MOVES.items():
            if key in changes:
                before, after = (self._name(key[1], changes[key].get(each)) for each in ("old_value", "new_value"))
                yield what, before, after

    def _name(self, attribute: str, text: str | None) -> str:
        value = value_of(self.raw, BY_ID[attribute], text, self.directory)
        return str(value["name"]) if value else "none"

    def _status_change(self, detail: Json | None) -> tuple[Status, Status] | None:
        if detail is None:
            return None
        return self._status_of_id(detail.get("old_value")), self._status_of_id(detail.get("new_value"))

    def _status_of_id(self, text: str | None) -> Status:
        known = self.directory.statuses_by_id_text.get(text or "")
        if known:
            return known
        if not text:
            return self.former.unnamed_status()
        name = self.directory.statuses.get(int(text))
        if name is None and self.directory.is_guessed:
            return Status(f"#{text}", Phase.OPEN)
        return self._status(name) if name else self.former.status(text)

    def _priority_change(self, detail: Json | None) -> tuple[str, str] | None:
        if detail is None:
            return None
        return self._priority_of_id(detail.get("old_value")), self._priority_of_id(detail.get("new_value"))

    def _priority_of_id(self, text: str | None) -> str:
        if not text:
            return self.former.unnamed_priority()
        name = self.directory.priorities.get(int(text))
        if name is None and self.directory.is_guessed:
            return next(iter(self.names.priorities))
        return self._priority(name) if name else self.former.priority(text)

    def _answer_fields(self) -> list[str]:
        """Return the ids of the fields with the time at which a first response was given."""
        return [self.field_ids[key] for key in self.names.answer_fields if key in self.field_ids]

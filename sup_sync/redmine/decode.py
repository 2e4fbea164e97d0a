"""The JSON of one issue, decoded into an `Issue`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sup_sync.errors import DecodeError
from sup_sync.model.directory import Directory
from sup_sync.model.issue import Event, Issue, Person, Phase, Project, Status, Version
from sup_sync.model.required import INFORMATION
from sup_sync.redmine.former_values import FormerValues, counted_answers, with_unnamed_statuses
from sup_sync.redmine.values import check_id, check_text, decode_date, decode_time
from sup_sync.to_json import Json

# Keys of the details of a journal.
STATUS, PRIORITY, DESCRIPTION = (("attr", name) for name in ("status_id", "priority_id", "description"))


def _allowed(statuses: Iterable[Json] | None) -> frozenset[str] | None:
    return None if statuses is None else frozenset(each["name"] for each in statuses)


def _has_text(detail: Json) -> bool:
    """Return whether the new value of a changed field is not blank."""
    return bool(str(detail.get("new_value") or "").strip())


def decode_issue(issue: Json, directory: Directory) -> Issue:
    """Decode an issue from the JSON of `GET /issues/N.json?include=journals,children`, with or without `issue`.

    Raises DecodeError if the form is different. Unmapped names are in `Issue.unknown`.
    """
    bare = issue.get("issue", issue) if isinstance(issue, Mapping) else issue
    try:
        return _Decoder(bare, directory).issue()
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        where = f"issue #{bare.get('id', '?')}" if isinstance(bare, Mapping) else "an issue"
        reason = f"missing `{error.args[0]}`" if isinstance(error, KeyError) else repr(error)
        raise DecodeError(f"{where}: the JSON does not have the form of an issue: {reason}") from error


def _values(detail: Json | None) -> tuple[str, str] | None:
    """Return a field's value before and after a change."""
    return (detail.get("old_value") or "", detail.get("new_value") or "") if detail else None


class _Decoder:
    """A decoder of one issue, which collects unmapped names."""

    def __init__(self, raw: Json, directory: Directory) -> None:
        self.raw = raw
        self.directory = directory
        self.names = directory.names
        self.unknown: dict[str, None] = {}
        self.former = FormerValues(directory)
        self.by_name = {each["name"]: each for each in raw.get("custom_fields", ())}
        present = ((key, name) for key, name in self.names.fields.items() if name in self.by_name)
        self.field_ids = {key: str(self.by_name[name]["id"]) for key, name in present}
        self.confirmed, self.reason = self._changed("priority_confirmed"), self._changed("reason")
        self.information = {DESCRIPTION, *(self._changed(key) for key in INFORMATION if key in self.field_ids)}

    def _changed(self, key: str) -> tuple[str, str]:
        """Return the key of a mapped field in the details of a journal."""
        return "cf", self.field_ids.get(key, "")

    def issue(self) -> Issue:
        raw = self.raw
        mapping = self.names.trackers.get(raw["tracker"]["name"])
        if mapping is None:
            self._add_unmapped("tracker", raw["tracker"]["name"], "trackers")
        numbered = [(self._event(journal), journal.get("id", 0)) for journal in raw.get("journals", ())]
        events = (event for event, _ in sorted(numbered, key=lambda each: (each[0].at, each[1])))
        fields, status = self._fields(), self._status(raw["status"]["name"])
        return Issue(
            id=check_id(raw["id"]),
            project=self._project(raw["project"]),
            tracker=raw["tracker"]["name"],
            subject=check_text(raw.get("subject") or ""),
            author=self._person(raw["author"]),
            created_at=decode_time(raw["created_on"]),
            updated_at=decode_time(raw["updated_on"]),
            status=status,
            priority=self._priority(raw["priority"]["name"]),
            category=mapping.category if mapping else None,
            tracker_channel=mapping.channel if mapping else None,
            reason=self._reason(fields.get("reason")),
            language=next((key for key, name in self.names.languages.items() if name == fields.get("language")), None),
            has_file=bool(raw["attachments"]) if "attachments" in raw else None,
            allowed_statuses=_allowed(raw.get("allowed_statuses")),
            assignee_id=check_id(raw["assigned_to"]["id"]) if raw.get("assigned_to") else None,
            version=self._version(raw.get("fixed_version")),
            start_on=decode_date(raw.get("start_date")),
            due_on=decode_date(raw.get("due_date")),
            has_children=bool(raw.get("children")),
            fields=fields,
            events=tuple(with_unnamed_statuses(events, status)),
            unknown=tuple(self.unknown),
            assumptions=self.former.assumptions,
            counted_answers=counted_answers(raw.get("journals", ()), self.directory.account_id, self._answer_fields()),
        )

    def _person(self, user: Json) -> Person:
        person_id, name = check_id(user["id"]), check_text(user.get("name", ""))
        return self.directory.person(person_id, name, self.raw["project"]["id"], self.raw["author"]["id"])

    def _project(self, project: Json) -> Project:
        known = self.directory.projects.get(project["id"])
        return known or Project(project["id"], project.get("identifier", ""), project.get("name", ""))

    def _version(self, version: Json | None) -> Version | None:
        if not version:
            return None
        known = self.directory.versions.get(version["id"])
        return known or Version(version["id"], version.get("name", ""), None, False)

    def _add_unmapped(self, kind: str, name: str, section: str) -> None:
        self.unknown[f'{kind} "{name}" is not mapped; add it to `{section}` in mappings/tracker.yaml'] = None

    def _status(self, name: str) -> Status:
        status = self.names.statuses.get(name)
        if status is None:
            self._add_unmapped("status", name, "statuses")
        return status or Status(name, Phase.OPEN)

    def _priority(self, name: str) -> str:
        key = self.directory.priority_keys.get(name)
        if key is None:
            self._add_unmapped("priority", name, "priority_aliases")
        return key or name

    def _fields(self) -> dict[str, str]:
        fields = {}
        for key, name in self.names.fields.items():
            if name in self.by_name:
                value = self.by_name[name].get("value")
                fields[key] = ", ".join(value) if isinstance(value, list) else str(value or "")
        if fields.get("channel"):
            keys = {name: key for key, name in self.names.channels.items()}
            if fields["channel"] not in keys:
                self._add_unmapped("channel", fields["channel"], "channels")
            fields["channel"] = keys.get(fields["channel"], "")
        return fields

    def _reason(self, name: str | None) -> str | None:
        if name and name not in self.directory.reason_keys:
            self._add_unmapped("reason", name, "reasons")
        return self.directory.reason_keys.get(name or "")

    def _event(self, journal: Json) -> Event:
        changes: dict[tuple[str, str], Json] = {}
        has_attachment = has_information = False
        for each in journal.get("details", ()):
            key = each["property"], each["name"]
            changes[key] = each
            has_attachment |= key[0] == "attachment" and bool(each.get("new_value"))
            has_information |= key in self.information and _has_text(each)
        confirmed, reason = _values(changes.get(self.confirmed)), _values(changes.get(self.reason))
        reason_keys = self.directory.reason_keys
        return Event(
            at=decode_time(journal["created_on"]),
            by=self._person(journal.get("user") or self.former.author()),
            has_note=bool((journal.get("notes") or "").strip()),
            has_attachment=has_attachment,
            has_information=has_information,
            is_private=bool(journal.get("private_notes")),
            status=self._status_change(changes.get(STATUS)),
            priority=self._priority_change(changes.get(PRIORITY)),
            priority_confirmed=(confirmed[0] == "1", confirmed[1] == "1") if confirmed else None,
            reason=(reason_keys.get(reason[0]), reason_keys.get(reason[1])) if reason else None,
        )

    def _status_change(self, detail: Json | None) -> tuple[Status, Status] | None:
        if detail is None:
            return None
        return self._status_of_id(detail.get("old_value")), self._status_of_id(detail.get("new_value"))

    def _status_of_id(self, text: str | None) -> Status:
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

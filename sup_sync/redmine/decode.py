"""Redmine's JSON and names, put into our words: what its lists say of ids, and how one issue becomes an `Issue`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import field
from datetime import date, datetime
from typing import Any

from sup_sync.errors import DecodeError
from sup_sync.frozen import frozen
from sup_sync.model.issue import Event, Issue, Person, Phase, Project, Side, Status, Version
from sup_sync.sla.completeness import INFORMATION

Json = Mapping[str, Any]

MOMENT_FORMAT = "%Y-%m-%d %H:%M"
"""How exact moments stand in the tracker, in the support's zone (fact: Redmine has no date-time field; this sorts)."""

UNSAID = "?"
"""Stands in a mapping where somebody has to say what is meant: `init` writes it, `check` refuses it."""

ACTIVE_PROJECT, CLOSED_PROJECT = 1, 5
FIRST_YEAR, LAST_YEAR = 1970, 3000

STATUS, PRIORITY, DESCRIPTION = (("attr", name) for name in ("status_id", "priority_id", "description"))
"""What the details of a journal call them."""


@frozen
class Intake:
    """What filing in one of Redmine's trackers says of a request: its category, and the channel where it tells."""

    category: str
    channel: str | None = None


@frozen
class StaffMember:
    """Somebody the ladder names: the login that a note mentions, the name that the memberships show."""

    login: str
    name: str


@frozen
class TrackerNames:
    """The tracker's names for the regulation's words, as mappings/tracker.yaml has them.

    `trackers` and `statuses` go from the tracker's name to our word, the others from our key to the tracker's name.
    `more_priorities` are names beside those of `priorities`, each with our key that it counts as.
    `sets` are the statuses that the tool itself sets: `no_answer` and `asked`.
    """

    trackers: Mapping[str, Intake]
    statuses: Mapping[str, Status]
    priorities: Mapping[str, str]
    fields: Mapping[str, str]
    levels: Mapping[str, str]
    channels: Mapping[str, str]
    states: Mapping[str, str]
    sets: Mapping[str, str]
    more_priorities: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    languages: Mapping[str, str] = field(default_factory=dict)
    staff_groups: frozenset[str] = frozenset()
    staff_roles: frozenset[str] = frozenset()
    former_staff: frozenset[str] = frozenset()
    client_roles: frozenset[str] = frozenset()
    people: Mapping[str, StaffMember] = field(default_factory=dict)
    parent_dates_derived: bool = True


@frozen
class Survey:
    """The names that a tracker has, as far as the account may read them.

    `statuses` tell which close a request; `fields` have their values where the account may read those.
    `people` have the roles that they hold themselves or by a group.
    """

    trackers: Sequence[str]
    statuses: Mapping[str, bool]
    priorities: Sequence[str]
    fields: Mapping[str, Sequence[str]] = field(default_factory=dict)
    groups: Sequence[str] = ()
    roles: Sequence[str] = ()
    people: Mapping[str, Sequence[str]] = field(default_factory=dict)


class Directory:
    """The tracker's lists by id: statuses, priorities, projects, versions and people.

    Built from the first line of a snapshot, which is what the gateway read: {"account": {id, name}, "statuses":
    [{id, name}], "priorities": [{id, name}], "projects": [{id, identifier, name, status, members}],
    "versions": [{id, name, status, due_date}], "people": [{id, name, groups: [name], roles: [name]}],
    "fields": [{id, name}]}.
    """

    def __init__(self, lists: Json, names: TrackerNames) -> None:
        self.names = names
        self.priority_keys = {name: key for key, name in names.priorities.items()} | dict(names.more_priorities)
        self.reason_keys = {name: key for key, name in names.reasons.items()}
        self.account_id: int | None = lists.get("account", {}).get("id")
        self.statuses: dict[int, str] = {each["id"]: each["name"] for each in lists.get("statuses", ())}
        self.priorities: dict[int, str] = {each["id"]: each["name"] for each in lists.get("priorities", ())}
        self.projects = {each["id"]: _project(each) for each in lists.get("projects", ())}
        self.versions = {each["id"]: _version(each) for each in lists.get("versions", ())}
        self.people = {each["id"]: self._member(each) for each in lists.get("people", ())}
        self.field_ids: dict[str, int] = {each["name"]: each["id"] for each in lists.get("fields", ())}
        self.members = {each["id"]: set(each["members"]) for each in lists.get("projects", ()) if "members" in each}
        self.is_guessed = False

    @classmethod
    def guessed_from(cls, issues: Iterable[Json], names: TrackerNames) -> Directory:
        """What issues without a snapshot's first line tell: names seen beside ids; all but the author are staff."""
        directory = cls({}, names)
        directory.is_guessed = True
        for issue in issues:
            with suppress(KeyError, TypeError):  # decoding names what is no issue
                for status in (issue["status"], *issue.get("allowed_statuses", ())):
                    directory.statuses[status["id"]] = status["name"]
                directory.priorities[issue["priority"]["id"]] = issue["priority"]["name"]
        return directory

    def _member(self, lists: Json) -> Person:
        groups, roles = frozenset(lists.get("groups", ())), frozenset(lists.get("roles", ()))
        if lists["id"] == self.account_id:
            side = Side.BOT
        elif groups & self.names.staff_groups or roles & self.names.staff_roles:
            side = Side.STAFF
        else:
            side = Side.CLIENT
        return Person(lists["id"], lists["name"], side, groups)

    def person(self, who: Json, author_id: int) -> Person:
        """The person of an id, as the lists know them; somebody whom they don't know is on no side."""
        known = self.people.get(_id(who["id"]))
        if known:
            return known
        if who["id"] == self.account_id:
            side = Side.BOT
        elif self.is_guessed:
            side = Side.CLIENT if who["id"] == author_id else Side.STAFF
        elif who.get("name") in self.names.former_staff:
            side = Side.STAFF
        else:
            side = Side.UNKNOWN
        return Person(who["id"], _words(who.get("name", "")), side)

    def person_id(self, key: str) -> int | None:
        """The tracker's id of somebody whom the ladder names; None unless just one of staff has that name."""
        name = self.names.people[key].name
        found = [each.id for each in self.people.values() if each.is_staff and each.name == name]
        return found[0] if len(found) == 1 else None

    def is_member(self, person_id: int, project_id: int) -> bool:
        """Whether a person can be assigned there, as only members can; where nobody says who is, it may be tried."""
        members = self.members.get(project_id)
        return members is None or person_id in members

    @property
    def account(self) -> Person:
        """The tool's own account."""
        return self.people.get(self.account_id or 0) or Person(self.account_id or 0, "sup-sync", Side.BOT)

    def name_of(self, person_id: int | None) -> str:
        """How to show a person of an id; empty for nobody."""
        if person_id is None:
            return ""
        known = self.people.get(person_id)
        return known.name if known else f"#{person_id}"

    def project(self, project: Json) -> Project:
        known = self.projects.get(project["id"])
        return known or Project(project["id"], project.get("identifier", ""), project.get("name", ""))

    def version(self, version: Json | None) -> Version | None:
        if not version:
            return None
        return self.versions.get(version["id"]) or Version(version["id"], version.get("name", ""), None, False)


def _project(project: Json) -> Project:
    return Project(project["id"], project["identifier"], project["name"], project.get("status") == CLOSED_PROJECT)


def _version(version: Json) -> Version:
    is_closed = version.get("status") == "closed"
    return Version(version["id"], version["name"], _day(version.get("due_date")), is_closed)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None or not FIRST_YEAR < moment.year < LAST_YEAR:
        raise ValueError(f"{text!r} is no moment of a tracker")
    return moment


def _allowed(statuses: Iterable[Json] | None) -> frozenset[str] | None:
    return None if statuses is None else frozenset(each["name"] for each in statuses)


def _id(value: Any) -> int:
    if type(value) is not int:
        raise TypeError(f"{value!r} is no id")
    return value


def _has_words(detail: Json) -> bool:
    """Whether a change of the request's text, or of a field that it has to carry, left something there."""
    return bool(str(detail.get("new_value") or "").strip())


def _words(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def decode_issue(issue: Json, directory: Directory) -> Issue:
    """One issue, from what `GET /issues/N.json?include=journals,children` answers (inside `issue` or bare).

    Raises DecodeError where it is not of that form. Names that no mapping covers stand in `Issue.unknown`.
    """
    bare = issue.get("issue", issue) if isinstance(issue, Mapping) else issue
    try:
        return _Decoder(bare, directory).issue()
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        where = f"issue #{bare.get('id', '?')}" if isinstance(bare, Mapping) else "an issue"
        why = f"no `{error.args[0]}`" if isinstance(error, KeyError) else repr(error)
        raise DecodeError(f"{where}: not of the form of Redmine's issue JSON: {why}") from error


def _values(detail: Json | None) -> tuple[str, str] | None:
    """A field's value before and after a change of it."""
    return (detail.get("old_value") or "", detail.get("new_value") or "") if detail else None


class _Decoder:
    """One issue on its way into our words; collects the names that no mapping covers."""

    def __init__(self, raw: Json, directory: Directory) -> None:
        self.raw = raw
        self.directory = directory
        self.names = directory.names
        self.unknown: dict[str, None] = {}
        self.by_name = {each["name"]: each for each in raw.get("custom_fields", ())}
        present = ((key, name) for key, name in self.names.fields.items() if name in self.by_name)
        self.field_ids = {key: str(self.by_name[name]["id"]) for key, name in present}
        self.confirmed, self.reason = self._changed("priority_confirmed"), self._changed("reason")
        self.information = {DESCRIPTION, *(self._changed(key) for key in INFORMATION if key in self.field_ids)}

    def _changed(self, key: str) -> tuple[str, str]:
        """What the details of a journal call a mapped field."""
        return "cf", self.field_ids.get(key, "")

    def issue(self) -> Issue:
        raw = self.raw
        intake = self.names.trackers.get(raw["tracker"]["name"])
        if intake is None:
            self._missing("tracker", raw["tracker"]["name"], "trackers")
        events = tuple(self._event(journal) for journal in raw.get("journals", ()))
        fields = self._fields()
        return Issue(
            id=_id(raw["id"]),
            project=self.directory.project(raw["project"]),
            tracker=raw["tracker"]["name"],
            subject=_words(raw.get("subject") or ""),
            author=self.directory.person(raw["author"], raw["author"]["id"]),
            created_at=_moment(raw["created_on"]),
            updated_at=_moment(raw["updated_on"]),
            status=self._status(raw["status"]["name"]),
            priority=self._priority(raw["priority"]["name"]),
            category=intake.category if intake else None,
            tracker_channel=intake.channel if intake else None,
            reason=self._reason(fields.get("reason")),
            language=next((key for key, name in self.names.languages.items() if name == fields.get("language")), None),
            has_file=bool(raw["attachments"]) if "attachments" in raw else None,
            may_become=_allowed(raw.get("allowed_statuses")),
            assignee_id=_id(raw["assigned_to"]["id"]) if raw.get("assigned_to") else None,
            version=self.directory.version(raw.get("fixed_version")),
            start_on=_day(raw.get("start_date")),
            due_on=_day(raw.get("due_date")),
            has_children=bool(raw.get("children")),
            fields=fields,
            events=tuple(sorted(events, key=lambda event: event.at)),
            unknown=tuple(self.unknown),
        )

    def _missing(self, kind: str, name: str, section: str) -> None:
        self.unknown[f"{kind} «{name}»: add it to `{section}` of mappings/tracker.yaml"] = None

    def _status(self, name: str) -> Status:
        status = self.names.statuses.get(name)
        if status is None:
            self._missing("status", name, "statuses")
        return status or Status(name, Phase.OPEN)

    def _priority(self, name: str) -> str:
        key = self.directory.priority_keys.get(name)
        if key is None:
            self._missing("priority", name, "more_priorities")
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
                self._missing("channel", fields["channel"], "channels")
            fields["channel"] = keys.get(fields["channel"], "")
        return fields

    def _reason(self, name: str | None) -> str | None:
        if name and name not in self.directory.reason_keys:
            self._missing("reason", name, "reasons")
        return self.directory.reason_keys.get(name or "")

    def _event(self, journal: Json) -> Event:
        changes: dict[tuple[str, str], Json] = {}
        has_attachment = has_information = False
        for each in journal.get("details", ()):
            what = each["property"], each["name"]
            changes[what] = each
            has_attachment |= what[0] == "attachment" and bool(each.get("new_value"))
            has_information |= what in self.information and _has_words(each)
        confirmed, reason = _values(changes.get(self.confirmed)), _values(changes.get(self.reason))
        reason_keys = self.directory.reason_keys
        return Event(
            at=_moment(journal["created_on"]),
            by=self.directory.person(journal["user"], self.raw["author"]["id"]),
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
        return self._status_of_id(detail["old_value"]), self._status_of_id(detail["new_value"])

    def _status_of_id(self, text: str) -> Status:
        name = self.directory.statuses.get(int(text))
        if name is None and self.directory.is_guessed:
            return Status(f"#{text}", Phase.OPEN)
        return self._status(name or f"#{text}")

    def _priority_change(self, detail: Json | None) -> tuple[str, str] | None:
        if detail is None:
            return None
        return self._priority_of_id(detail["old_value"]), self._priority_of_id(detail["new_value"])

    def _priority_of_id(self, text: str) -> str:
        name = self.directory.priorities.get(int(text))
        if name is None and self.directory.is_guessed:
            return next(iter(self.names.priorities))
        return self._priority(name or f"#{text}")

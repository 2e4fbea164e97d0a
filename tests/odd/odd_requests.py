"""Odd requests."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import requests
from end_to_end.scene import BASE, CLIENT_ROLE, CONSULTATION, ERROR, OPERATOR, UNMAPPED_STATUS, UNMAPPED_TRACKER, VIP
from faults.actions import WAITING
from odd.busy_site import (
    COMPANY_LIST,
    COMPANY_TEXT,
    LONG_LATE,
    PRODUCTS,
    SPARE,
    TO_CLOSE,
    TO_REMIND,
    BusySite,
    Victims,
)
from odd.catalogue import REQUESTS, odd
from support.fake_records import Issue, Journal, Named
from support.fake_relations import copy_issue, relate
from support.hostile import CONTROL_CHARACTERS, FORMULAS, SCRIPTS

TOO_LARGE = 80_000_000  # bytes of an answer
JSON_TYPE = {"Content-Type": "application/json"}


def ids(issues: Iterable[Issue]) -> set[int]:
    return {each.id for each in issues}


def oldest_and_others(victims: Victims, count: int = 2) -> list[Issue]:
    """Take one of the requests that are written first, and some others."""
    return victims.take(1, LONG_LATE) + victims.take(count)


def edit_answers(site: BusySite, issues: Iterable[Issue], edit: Callable[[Any], Any]) -> set[int]:
    """Change the JSON of requests as Redmine sends it."""
    numbers = ids(issues)
    for number in numbers:
        site.edits[f"GET /issues/{number}.json"] = lambda answer: {"issue": edit(answer["issue"])}
    return numbers


# --- values


@odd(REQUESTS, "a field was made required, and it is blank")
def blank_required_field(site: BusySite, victims: Victims) -> Iterable[int]:
    issues = oldest_and_others(victims)
    site.named("fields", COMPANY_TEXT).is_required = True
    for issue in issues:
        issue.values[site.field_id(COMPANY_TEXT)] = ""
    return ids(issues)


@odd(REQUESTS, "the value of a list was removed from the list")
def orphaned_value(site: BusySite, victims: Victims) -> Iterable[int]:
    issues = oldest_and_others(victims)
    for issue in issues:
        issue.values[site.field_id(COMPANY_LIST)] = PRODUCTS[1]
    site.named("fields", COMPANY_LIST).values = PRODUCTS[:1]
    return ids(issues)


@odd(REQUESTS, "the channel is a value that is not in the list")
def orphaned_channel(site: BusySite, victims: Victims) -> Iterable[int]:
    issues = oldest_and_others(victims)
    for issue in issues:
        issue.values[site.field_id("channel")] = "Факс"
    return ids(issues)


@odd(REQUESTS, "the start date is after the due date")
def starts_after_due(_site: BusySite, victims: Victims) -> Iterable[int]:
    issues = oldest_and_others(victims)
    for issue in issues:
        issue.start_on = date(2026, 7, 1)
    return ids(issues)


@odd(REQUESTS, "the marker was edited")
def edited_marker(site: BusySite, victims: Victims) -> Iterable[int]:
    issues = oldest_and_others(victims)
    for issue, text in zip(issues, ("done", "acknowledged#0@1.00 ok", "🙂"), strict=False):
        issue.values[site.field_id("marker")] = text
    return ids(issues)


@odd(REQUESTS, "a request was copied, with its marker and fields")
def copied(site: BusySite, victims: Victims) -> Iterable[int]:
    issues = [site.issue(each) for each in site.ids[:3]] + oldest_and_others(victims)
    for number, issue in enumerate(issues):
        if number % 2:
            copy_issue(site.tracker, site.user(OPERATOR), issue, {"subject": "Көшірме"}, is_linked=True)
        else:
            copy_of(site, issue)
    return ()  # the originals are not affected


def copy_of(site: BusySite, issue: Issue) -> Issue:
    """Copy a request as Redmine does: with its values, without its history."""
    now = site.tracker.now
    copy = replace(
        issue, id=site.tracker._new(), created_at=now, updated_at=now, values=dict(issue.values), journals=[]
    )
    site.tracker.issues.append(copy)
    return copy


@odd(REQUESTS, "dates are far in the past and in the future")
def odd_dates(site: BusySite, victims: Victims) -> Iterable[int]:
    issues = victims.take(6)
    changes: list[dict[str, Any]] = [
        {"created_at": datetime(2099, 1, 1, tzinfo=UTC)},
        {"created_at": datetime(1971, 1, 1, tzinfo=UTC)},
        {"updated_at": site.tracker.now + timedelta(days=400)},
        {"due_on": date(9999, 12, 31)},
        {"start_on": date(1, 1, 1)},
        {"created_at": datetime(2022, 12, 31, tzinfo=UTC)},  # before the regulation
    ]
    for issue, change in zip(issues, changes, strict=False):
        for name, value in change.items():
            setattr(issue, name, value)
    return ids(issues)


@odd(REQUESTS, "the moment of contact is not a moment")
def odd_contact(site: BusySite, victims: Victims) -> Iterable[int]:
    issues = oldest_and_others(victims, 4)
    for issue, text in zip(issues, ("кеше", "9999-99-99 99:99", "2026-06-20 10:00", "2020-01-01 10:00"), strict=False):
        issue.values[site.field_id("contact_at")] = text
    return ids(issues)


@odd(REQUESTS, "texts attack pages, tables and terminals")
def hostile_texts(site: BusySite, victims: Victims) -> Iterable[int]:
    texts = (*SCRIPTS, *FORMULAS, *CONTROL_CHARACTERS)
    issues = oldest_and_others(victims, 6)
    for number, issue in enumerate(issues):
        issue.subject = texts[number::7][0] * 50
        issue.description = "".join(texts)
        for key in ("full_name", "organisation", "language", "bin", "iin"):
            issue.values[site.field_id(key)] = texts[number]
        issue.journals.append(Journal(site.tracker._new(), issue.author, issue.updated_at, "".join(texts)))
    return ids(issues)


# --- mappings


@odd(REQUESTS, "the status is not mapped")
def unmapped_status(site: BusySite, victims: Victims) -> Iterable[int]:
    issues = oldest_and_others(victims)
    for issue in issues:
        issue.status = site.named("statuses", UNMAPPED_STATUS)
    return ids(issues)


@odd(REQUESTS, "the tracker is not mapped")
def unmapped_tracker(site: BusySite, victims: Victims) -> Iterable[int]:
    issues = oldest_and_others(victims)
    for issue in issues:
        issue.tracker = site.named("trackers", UNMAPPED_TRACKER)
        if issue.tracker not in issue.project.trackers:
            issue.project.trackers.append(issue.tracker)
    return ids(issues)


@odd(REQUESTS, "the priority is not mapped")
def unmapped_priority(site: BusySite, victims: Victims) -> Iterable[int]:
    issues = oldest_and_others(victims)
    site.tracker.priorities.append(Named(9_004, "Апатты"))
    for issue in issues:
        issue.priority = site.tracker.priorities[-1]
    return ids(issues)


# --- answers


def override(site: BusySite, issues: Iterable[Issue], path: str, answer: Any) -> set[int]:
    """Replace the answers for requests at a path with `{}` for their number."""
    numbers = ids(issues)
    site.overrides |= {path.format(number): answer for number in numbers}
    return numbers


ANSWERS: dict[str, Any] = {
    "is answered with 500": (500, {}, "<html>Internal error</html>"),
    "is answered with 502 and a page": (502, {}, "<html>Bad gateway</html>"),
    "is answered with 403": (403, {}, ""),
    "is answered with 404": (404, {}, ""),
    "is answered with 406": (406, {}, ""),
    "is answered with a redirect": (302, {"Location": "https://elsewhere.invalid/login"}, ""),
    "is a page instead of JSON": (200, {"Content-Type": "text/html"}, "<html>Maintenance</html>"),
    "is empty": (200, JSON_TYPE, ""),
    "is cut off": (200, JSON_TYPE, '{"issue": {"id": 1, "proj'),
    "is a list": (200, JSON_TYPE, "[]"),
    "has no issue": (200, JSON_TYPE, '{"project": {}}'),
    "does not come in time": requests.ReadTimeout,
    "breaks off": requests.exceptions.ChunkedEncodingError,
    "is too large": (200, JSON_TYPE, json.dumps({"issue": {"subject": "x" * TOO_LARGE}})),
}


# of each kind of answers these are tried by themselves in every run of the tests
COMMON = ("is answered with 500", "does not come in time", "is too large", "is answered with 422", "no journals")

for _name, _answer in ANSWERS.items():

    @odd(REQUESTS, f"a history {_name}", is_alike=_name not in COMMON)
    def _(site: BusySite, victims: Victims, answer: Any = _answer) -> Iterable[int]:
        return override(site, oldest_and_others(victims), r"GET /issues/{}\.json", answer)


EDIT_FORMS = ("is answered with 500", "is answered with 403", "does not come in time", "is empty", "is too large")

for _name in EDIT_FORMS:

    @odd(REQUESTS, f"an edit form {_name}", is_alike=_name not in COMMON)
    def _(site: BusySite, victims: Victims, name: str = _name) -> Iterable[int]:
        return override(site, oldest_and_others(victims), "GET /issues/{}", ANSWERS[name])


WRITES = {
    "is answered with 422": (422, JSON_TYPE, '{"errors": ["Something is invalid"]}'),
    "is answered with 422 without errors": (422, JSON_TYPE, '{"errors": []}'),
    "is answered with 403": (403, {}, ""),
    "is answered with 500": (500, {}, "<html>Internal error</html>"),
    "does not come in time": requests.ReadTimeout,
    "is answered with 204, and nothing was written": (204, {}, ""),
}

# after these, the other requests in the same project and tracker wait: the account may lack a permission there
OF_A_PLACE = ("is answered with 403", "is answered with 204, and nothing was written")


def in_places(site: BusySite, issues: Iterable[Issue]) -> set[int]:
    """Return all requests in the projects and trackers of some."""
    places = {(each.project.id, each.tracker.id) for each in issues}
    return site.where(lambda each: (each.project.id, each.tracker.id) in places)


for _name, _answer in WRITES.items():

    @odd(REQUESTS, f"a write {_name}", is_alike=_name not in COMMON)
    def _(site: BusySite, victims: Victims, name: str = _name, answer: Any = _answer) -> Iterable[int]:
        issues = oldest_and_others(victims)
        numbers = override(site, issues, r"PUT /issues/{}\.json", answer)
        return in_places(site, issues) if name in OF_A_PLACE else numbers


EDITS: dict[str, Callable[[Any], Any]] = {
    "another id": lambda issue: {**issue, "id": issue["id"] + 1},
    "no journals": lambda issue: {key: value for key, value in issue.items() if key != "journals"},
    "journals that are no list": lambda issue: {**issue, "journals": None},
    "another project": lambda issue: {**issue, "project": {"id": 1, "name": "?"}},
    "no author": lambda issue: {key: value for key, value in issue.items() if key != "author"},
    "no status": lambda issue: {key: value for key, value in issue.items() if key != "status"},
    "a time of another form": lambda issue: {**issue, "created_on": "кеше"},
    "numbers that are texts": lambda issue: {**issue, "author": {"id": "x", "name": 7}},
    "a private flag": lambda issue: {**issue, "is_private": True},
}

for _name, _edit in EDITS.items():

    @odd(REQUESTS, f"a history has {_name}", is_alike=_name not in COMMON)
    def _(site: BusySite, victims: Victims, edit: Callable[[Any], Any] = _edit) -> Iterable[int]:
        return edit_answers(site, oldest_and_others(victims), edit)


# --- histories


def _details(issue: Any) -> Iterable[Any]:
    return (detail for journal in issue["journals"] for detail in journal["details"])


@odd(REQUESTS, "a journal has no user")
def journal_without_user(site: BusySite, victims: Victims) -> Iterable[int]:
    def edit(issue: Any) -> Any:
        for journal in issue["journals"]:
            journal.pop("user", None)
        return issue

    return edit_answers(site, victims.take(1, TO_REMIND) + oldest_and_others(victims, 5), edit)


def forget_values(name: str, key: str) -> None:
    @odd(REQUESTS, name)
    def _(site: BusySite, victims: Victims) -> Iterable[int]:
        def edit(issue: Any) -> Any:
            for detail in _details(issue):
                if detail["name"] == key:
                    detail["old_value"] = "99999"
            return issue

        issues = victims.take(1, TO_REMIND) + victims.take(4)
        for issue in issues:
            detail = {"property": "attr", "name": key, "old_value": "1", "new_value": "99999"}
            at = issue.created_at + timedelta(minutes=1)
            issue.journals.insert(0, Journal(site.tracker._new(), issue.author, at, "", details=[detail]))
        return edit_answers(site, issues, edit)


forget_values("a history names a deleted status", "status_id")
forget_values("a history names a deleted priority", "priority_id")
forget_values("a history names a deleted field", "cf")


@odd(REQUESTS, "a change of status has no old value")
def status_without_old_value(site: BusySite, victims: Victims) -> Iterable[int]:
    def edit(issue: Any) -> Any:
        for detail in _details(issue):
            if detail["name"] == "status_id":
                detail["old_value"] = None
        return issue

    return edit_answers(site, victims.take(1, TO_REMIND) + victims.take(1, TO_CLOSE) + victims.take(2), edit)


@odd(REQUESTS, "an operator of the history was deleted")
def deleted_operator(site: BusySite, victims: Victims) -> Iterable[int]:
    issues = victims.take(6)
    for issue in issues:
        for journal in issue.journals:
            if journal.user.login == OPERATOR:
                journal.user = site.tracker.anonymous
    return ids(issues)


@odd(REQUESTS, "a history has 3,000 journals")
def long_history(site: BusySite, victims: Victims) -> Iterable[int]:
    issues = victims.take(1)
    for issue in issues:
        issue.journals += [
            Journal(site.tracker._new(), issue.author, issue.updated_at + timedelta(seconds=number % 60), "Сөз")
            for number in range(3_000)
        ]
    return ids(issues)


# --- links


@odd(REQUESTS, "a parent that waits has open subtasks")
def open_subtasks(site: BusySite, victims: Victims) -> Iterable[int]:
    parents = victims.take(1, TO_REMIND) + victims.take(1, TO_CLOSE) + victims.take(1)
    children = []
    for parent in parents:
        child = copy_of(site, parent)
        child.parent, child.status = parent, site.named("statuses", WAITING)
        children.append(child)
    return ids(parents + children)


@odd(REQUESTS, "requests that are closed for no answer have duplicates")
def duplicates(site: BusySite, victims: Victims) -> Iterable[int]:
    closed = victims.take(1, TO_REMIND) + victims.take(1, TO_CLOSE)
    others = victims.take(len(closed))
    for issue, other in zip(closed, others, strict=False):
        relate(site.tracker, site.user(OPERATOR), other, issue, "duplicates")
    return ids(closed + others)


@odd(REQUESTS, "a request blocks one that waits")
def blocked(site: BusySite, victims: Victims) -> Iterable[int]:
    waiting, blockers = victims.take(1, TO_REMIND) + victims.take(1, TO_CLOSE), victims.take(2)
    for issue, blocker in zip(waiting, blockers, strict=False):
        relate(site.tracker, site.user(OPERATOR), blocker, issue, "blocks")
    return ids(waiting + blockers)


# --- people and places


@odd(REQUESTS, "the assignee is locked")
def locked_assignee(site: BusySite, victims: Victims) -> Iterable[int]:
    left = site.tracker.add_user("left", "Кеткен Адам", is_locked=True)
    issues = oldest_and_others(victims)
    for issue in issues:
        issue.assignee = left
    return ids(issues)


@odd(REQUESTS, "the author is not a member of any project")
def foreign_author(site: BusySite, victims: Victims) -> Iterable[int]:
    stranger = site.tracker.add_user("stranger", "Бөгде Адам")
    issues = oldest_and_others(victims)
    for issue in issues:
        issue.author = stranger
    return ids(issues)


@odd(REQUESTS, "the author was changed")
def changed_author(site: BusySite, victims: Victims) -> Iterable[int]:
    issues = oldest_and_others(victims)
    for issue in issues:
        old, issue.author = issue.author, site.user(OPERATOR)
        detail = {"property": "attr", "name": "author_id", "old_value": str(old.id), "new_value": str(issue.author.id)}
        issue.journals.append(Journal(site.tracker._new(), old, issue.updated_at, details=[detail]))
    return ids(issues)


def move(site: BusySite, issue: Issue, identifier: str) -> None:
    """Move a request to another project."""
    old, issue.project = issue.project, site.project(identifier)
    detail = {"property": "attr", "name": "project_id", "old_value": str(old.id), "new_value": str(issue.project.id)}
    issue.journals.append(Journal(site.tracker._new(), site.user(OPERATOR), issue.updated_at, details=[detail]))
    issue.updated_at, issue.version = site.tracker.now, None


@odd(REQUESTS, "requests were moved between projects")
def moved(site: BusySite, victims: Victims) -> Iterable[int]:
    issues = oldest_and_others(victims, 4)
    for issue in issues:
        move(site, issue, BASE if issue.project.identifier == VIP else VIP)
    return ids(issues)


@odd(REQUESTS, "requests were moved out of the projects", is_unseen=True)
def moved_away(site: BusySite, victims: Victims) -> Iterable[int]:
    issues = oldest_and_others(victims)
    for issue in issues:
        move(site, issue, SPARE)
    return ids(issues)


@odd(REQUESTS, "requests were moved to another tracker")
def moved_tracker(site: BusySite, victims: Victims) -> Iterable[int]:
    issues = oldest_and_others(victims)
    for issue in issues:
        old = issue.tracker
        issue.tracker = site.named("trackers", CONSULTATION if old.name == ERROR else ERROR)
        values = {"old_value": str(old.id), "new_value": str(issue.tracker.id)}
        detail = {"property": "attr", "name": "tracker_id", **values}
        issue.journals.append(Journal(site.tracker._new(), site.user(OPERATOR), issue.updated_at, details=[detail]))
    return ids(issues)


@odd(REQUESTS, "requests were deleted", is_unseen=True)
def deleted(site: BusySite, victims: Victims) -> Iterable[int]:
    issues = oldest_and_others(victims)
    site.tracker.issues = [each for each in site.tracker.issues if each not in issues]
    return ids(issues)


@odd(REQUESTS, "an author of requests is locked")
def locked_author(site: BusySite, victims: Victims) -> Iterable[int]:
    gone = site.tracker.add_user("gone", "Бұрынғы Клиент", is_locked=True)
    issues = oldest_and_others(victims)
    for project in site.tracker.projects:
        site.tracker.join(project, gone, (CLIENT_ROLE,))
    for issue in issues:
        issue.author = gone
    return ids(issues)

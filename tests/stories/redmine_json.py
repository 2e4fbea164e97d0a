"""A request in Redmine's JSON, built event by event, and the lists of that Redmine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import deepcopy
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from sup_sync.model.change import Change

Json = dict[str, Any]

PROJECTS = {"portal-users": "Портал қолдауы", "alatau-trade": "Алатау Трейд", "murager-group": "Мұрагер Групп"}
VIP_PROJECT, BASE_PROJECT, CLOSED_PROJECT = "alatau-trade", "portal-users", "murager-group"
TRACKERS = {
    "error": "Қате, істеліп бітпеген",
    "consultation": "Кеңес",
    "call-back": "Кері қоңырау",
    "suggestion": "Ұсыныс",
}
STATUSES = {
    "new": "Жаңа",
    "in progress": "Өңделуде",
    "waiting for client": "Клиент жауабын күтуде",
    "in development": "Әзірлеуге берілді",
    "solved": "Шешілді",
    "closed": "Жабылды",
    "refused": "Бас тартылды",
}
PRIORITIES = {"normal": "Қалыпты", "urgent": "Жедел", "immediate": "Дереу"}
CHANNELS = {
    "online assistant": "Онлайн көмекші",
    "e-mail": "Электрондық пошта",
    "official letter": "Ресми хат",
    "call-back": "Кері қоңырау",
    "tracker": "Жобаларды басқару жүйесі",
}
FIELDS = {
    "level": "Қызмет көрсету деңгейі",
    "first_response_due": "Бірінші жауап мерзімі",
    "first_response_at": "Бірінші жауап берілді",
    "resolution_due": "Шешу мерзімі",
    "state": "Мерзім күйі",
    "marker": "sup-sync",
    "channel": "Арна",
    "contact_at": "Жүгіну уақыты",
    "priority_confirmed": "Басымдық расталды",
    "reason": "Тоқтату себебі",
    "language": "Тіл",
    "iin": "ЖСН",
    "full_name": "Аты-жөні",
    "bin": "БСН",
    "organisation": "Ұйым",
    "contact": "Байланыс деректері",
    "steps": "Әрекеттер реті",
    "project_link": "Жобаға сілтеме",
}
REASONS = {
    "third-party product": "Бөгде өнімді орнату",
    "law": "Заңнаманы түсіндіру",
    "too little information": "Ақпарат жеткіліксіз",
    "insult": "Балағаттау",
    "no answer": "Клиенттен жауап келмеді",
}
LANGUAGES = {"Kazakh": "Қазақша", "Russian": "Русский", "English": "English"}
# The items of a complete request (clauses 11, 12).
GIVEN = {
    "iin": "850315300128",
    "full_name": "Ерлан Садықов",
    "contact": "+7 700 000 00 00",
    "steps": "Есепті ашу",
    "project_link": "https://sup.mitwork.kz/projects/demo",
}
PEOPLE = {
    "client": {"id": 11, "name": "Ерлан Садықов", "groups": [], "roles": ["Клиент"]},
    "colleague": {"id": 12, "name": "Гүлнар Ахметова", "groups": [], "roles": ["Клиент"]},
    "operator": {"id": 21, "name": "Айгүл Қасымова", "groups": ["Қолдау қызметі"], "roles": []},
    "staff": {"id": 22, "name": "Болат Ермеков", "groups": [], "roles": ["Қолдау операторы"]},
    "head": {"id": 23, "name": "Дана Бекова", "groups": ["Қолдау қызметі"], "roles": ["Қолдау операторы"]},
    "bot": {"id": 31, "name": "sup-sync", "groups": [], "roles": ["sup-sync"]},
    "developer": {"id": 41, "name": "Тимур Оспанов", "groups": [], "roles": ["Әзірлеуші"]},
    "unlisted": {"id": 91, "name": "Асқар Белгісіз"},
    "guest": {"id": 4, "name": "Anonymous"},
}
# People without a membership.
UNLISTED = ("unlisted", "guest")


def number(names: Iterable[str], name: str) -> int:
    """Return the id of a name in a list; a name that is not in it gets the next id."""
    names = list(names)
    return names.index(name) + 1 if name in names else len(names) + 1


def pair(names: Iterable[str], name: str) -> Json:
    return {"id": number(names, name), "name": name}


def person(who: str) -> Json:
    return {"id": PEOPLE[who]["id"], "name": PEOPLE[who]["name"]}


def field_id(key: str) -> int:
    return number(FIELDS, key)


def utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def new_lists() -> Json:
    """Make the lists of Redmine in the form of a snapshot's first line."""
    return {
        "account": person("bot"),
        "statuses": [pair(STATUSES.values(), name) for name in STATUSES.values()],
        "priorities": [pair(PRIORITIES.values(), name) for name in PRIORITIES.values()],
        "trackers": [pair(TRACKERS.values(), name) for name in TRACKERS.values()],
        "projects": [
            {
                "id": number(PROJECTS, key),
                "identifier": key,
                "name": name,
                "status": 5 if key == CLOSED_PROJECT else 1,
            }
            for key, name in PROJECTS.items()
        ],
        "versions": [],
        "people": [deepcopy(each) for who, each in PEOPLE.items() if who not in UNLISTED],
        "fields": [{"id": field_id(key), "name": name} for key, name in FIELDS.items()],
    }


def new_issue(issue_id: int, at: datetime, author: str) -> Json:
    """Make a new request: an error, Base, of normal priority, complete, with all custom fields."""
    return {
        "id": issue_id,
        "project": {"id": number(PROJECTS, BASE_PROJECT), "name": PROJECTS[BASE_PROJECT]},
        "tracker": pair(TRACKERS.values(), TRACKERS["error"]),
        "status": pair(STATUSES.values(), STATUSES["new"]),
        "priority": pair(PRIORITIES.values(), PRIORITIES["normal"]),
        "author": person(author),
        "subject": "Есеп ашылмайды",
        "description": "…",
        "start_date": None,
        "due_date": None,
        "attachments": [],
        "custom_fields": [
            {"id": field_id(key), "name": name, "value": GIVEN.get(key, "")} for key, name in FIELDS.items()
        ],
        "created_on": utc(at),
        "updated_on": utc(at),
        "closed_on": None,
        "journals": [],
    }


def field(raw: Json, key: str) -> Json | None:
    return next((each for each in raw["custom_fields"] if each["id"] == field_id(key)), None)


def set_attribute(raw: Json, name: str, names: Iterable[str], value: str) -> Json:
    """Set `status` or `priority` by its name; return the journal's detail."""
    old, raw[name] = raw[name], pair(names, value)
    return detail("attr", f"{name}_id", str(old["id"]), str(raw[name]["id"]))


def set_field(raw: Json, key: str, value: str) -> list[Json]:
    """Set a custom field; return the journal's details: none if the request's tracker has no such field (fact)."""
    entry = field(raw, key)
    if entry is None:
        return []
    old, entry["value"] = entry["value"], value
    return [detail("cf", str(entry["id"]), old, value)]


def detail(prop: str, name: str, old: str | None, new: str | None) -> Json:
    return {"property": prop, "name": name, "old_value": old, "new_value": new}


def add_journal(raw: Json, at: datetime, who: str, *, notes: str, is_private: bool, details: list[Json]) -> None:
    """Add a journal; Redmine makes two of a private note with details, the one with the details public (fact)."""
    if is_private and details:
        add_journal(raw, at, who, notes="", is_private=False, details=details)
        details = []
    raw["journals"].append(
        {
            "id": len(raw["journals"]) + 1,
            "user": person(who),
            "notes": notes,
            "created_on": utc(at),
            "private_notes": is_private,
            "details": details,
        }
    )
    raw["updated_on"] = utc(at)


def applied(raw: Json, changes: Sequence[Change], at: datetime, *, parent_dates_derived: bool) -> Json:
    """Return the issue after the tool's PUTs with these changes, one PUT for each write."""
    for _, write in groupby(changes, key=lambda change: change.write_number):
        raw = _after_put(raw, tuple(write), at, parent_dates_derived=parent_dates_derived)
    return raw


def _after_put(raw: Json, changes: Sequence[Change], at: datetime, *, parent_dates_derived: bool) -> Json:
    if raw["project"]["id"] == number(PROJECTS, CLOSED_PROJECT):
        raise AssertionError("403: its project is closed")
    after = deepcopy(raw)
    notes, is_private = "", False
    details: list[Json] = []
    for change in changes:
        match change.field:
            case "private_note" | "public_note":
                assert not notes, "one PUT has one note (fact)"
                notes, is_private = change.new, change.field == "private_note"
            case "due_date":
                if not (raw.get("children") and parent_dates_derived):
                    details += _set_due_date(after, change.new or None)
            case "assignee":
                old = after.get("assigned_to", {}).get("id")
                after["assigned_to"] = person(change.new)
                details.append(detail("attr", "assigned_to_id", old and str(old), str(PEOPLE[change.new]["id"])))
            case "status":
                details.append(set_attribute(after, "status", STATUSES.values(), change.new))
            case key:
                details += set_field(after, key, change.new)
    add_journal(after, at, "bot", notes=notes, is_private=is_private, details=details)
    return after


def _set_due_date(raw: Json, day: str | None) -> list[Json]:
    if day and raw["start_date"] and day < raw["start_date"]:
        raise AssertionError(f"422: due on {day}, before its start on {raw['start_date']}")
    old, raw["due_date"] = raw["due_date"], day
    return [detail("attr", "due_date", old, day)]

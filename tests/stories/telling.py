"""The words of a story and what each does to the request's JSON: what it is filed with, and what people do to it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from stories import redmine_json as redmine
from stories.moments import MOMENT, ZONE, read_moment

DAY = r"\d{4}-\d\d-\d\d"
WORDS = ("public note", "answers", "asks")

Word = Callable[..., None]


class StoryError(AssertionError):
    """A docstring that is no story."""


class Telling:
    """One request and the tracker's lists around it, as far as they are told."""

    def __init__(self, issue_id: int) -> None:
        self.issue_id = issue_id
        self.lists = redmine.new_lists()
        self.raw: redmine.Json = {}
        self.details: list[redmine.Json] = []
        self.words = ""

    def file(self, at: datetime, author: str, facts: str) -> None:
        """File the request with its facts, between commas; a name in «» may hold commas."""
        self.raw = redmine.new_issue(self.issue_id, at, author)
        for fact in filter(None, re.split(r", (?![^«]*»)", facts)):
            self.make_story(FACTS, fact)
        self.details.clear()

    def act(self, at: datetime, who: str, what: str) -> None:
        """One journal: what somebody said and did, joined by `and`."""
        notes, is_private = "", False
        for part in re.split(r" and (?![^«]*»)", what):
            if part in WORDS or part == "private note":
                notes, is_private = f"{who}: {part}{self.words}", part not in WORDS
            else:
                self.make_story(DEEDS, part)
        redmine.add_journal(self.raw, at, who, notes=notes, is_private=is_private, details=self.details)
        self.details = []

    def make_story(self, words: dict[str, Word], text: str) -> None:
        for pattern, word in words.items():
            match = re.fullmatch(pattern, text)
            if match:
                word(self, *match.groups())
                return
        raise StoryError(f"not understood: {text}")

    def set_attribute(self, name: str, names: dict[str, str], value: str) -> None:
        self.details.append(redmine.set_attribute(self.raw, name, names.values(), names.get(value, value)))

    def set_field(self, key: str, value: str) -> None:
        self.details += redmine.set_field(self.raw, key, value)

    def set_day(self, name: str, day: str) -> None:
        old, self.raw[name] = self.raw[name], day
        self.details.append(redmine.detail("attr", name, old, day))

    def set_version(self, name: str, day: str | None, state: str | None) -> None:
        """Give the request a version, and the version its date and state: the last told is what the lists say."""
        versions = {each["name"]: each for each in self.lists["versions"]}
        old, new = self.raw.get("fixed_version"), redmine.pair(versions, name)
        versions[name] = {**new, "due_date": day or None, "status": state or "open"}
        self.lists["versions"] = list(versions.values())
        self.raw["fixed_version"] = new
        self.details.append(redmine.detail("attr", "fixed_version_id", old and str(old["id"]), str(new["id"])))

    def leave(self, who: str) -> None:
        """Nobody of that name is a member of the projects any more."""
        name = redmine.PEOPLE[who]["name"]
        self.lists["people"] = [each for each in self.lists["people"] if each["name"] != name]

    def describe(self, text: str) -> None:
        old, self.raw["description"] = self.raw["description"], text
        self.details.append(redmine.detail("attr", "description", old, text))

    def attach(self) -> None:
        name = f"screenshot{self.words}.png"
        self.raw["attachments"].append({"id": 1, "filename": name})
        self.details.append(redmine.detail("attachment", "1", None, name))

    def detach(self) -> None:
        self.raw["attachments"].clear()
        self.details.append(redmine.detail("attachment", "1", "screenshot.png", None))

    def speak(self, words: str) -> None:
        """From here on whatever people write holds these words; so do the client's name and what they filled in."""
        self.words = words
        self.raw |= {"subject": words, "description": words}
        for person in (self.raw["author"], *self.lists["people"]):
            if person["id"] == self.raw["author"]["id"]:
                person["name"] = words
        for key in ("contact_at", "bin", "organisation", *redmine.GIVEN):
            self.set_field(key, words)

    def allow(self, statuses: str) -> None:
        """The workflow lets the tool's account set these statuses and no others."""
        names = [redmine.STATUSES[each] for each in statuses.split(", ")]
        self.raw["allowed_statuses"] = [redmine.pair(redmine.STATUSES.values(), name) for name in names]

    def assign(self, who: str) -> None:
        self.raw["assigned_to"] = redmine.person(who)
        self.details.append(redmine.detail("attr", "assigned_to_id", None, str(redmine.PEOPLE[who]["id"])))


def _set_project(told: Telling, key: str) -> None:
    told.raw["project"] = {"id": redmine.number(redmine.PROJECTS, key), "name": redmine.PROJECTS[key]}


def _set_contact(told: Telling, at: str) -> None:
    told.set_field("contact_at", f"{read_moment(at).astimezone(ZONE):%Y-%m-%d %H:%M}")


def _join_group(told: Telling, group: str) -> None:
    author = next(each for each in told.lists["people"] if each["id"] == told.raw["author"]["id"])
    author["groups"].append(group)


def _drop_field(told: Telling, key: str) -> None:
    told.raw["custom_fields"].remove(redmine.field(told.raw, key))


def _one_of(words: dict[str, Any]) -> str:
    return f"({'|'.join(words)})"


FACTS: dict[str, Word] = {
    "VIP": lambda told: _set_project(told, redmine.VIP_PROJECT),
    "Base": lambda told: _set_project(told, redmine.BASE_PROJECT),
    "in a closed project": lambda told: _set_project(told, redmine.CLOSED_PROJECT),
    _one_of(redmine.TRACKERS): lambda told, word: told.set_attribute("tracker", redmine.TRACKERS, word),
    "tracker «(.+)»": lambda told, name: told.set_attribute("tracker", redmine.TRACKERS, name),
    "status «(.+)»": lambda told, name: told.set_attribute("status", redmine.STATUSES, name),
    _one_of(redmine.PRIORITIES): lambda told, word: told.set_attribute("priority", redmine.PRIORITIES, word),
    "priority «(.+)»": lambda told, name: told.set_attribute("priority", redmine.PRIORITIES, name),
    "priority confirmed": lambda told: told.set_field("priority_confirmed", "1"),
    f"by {_one_of(redmine.CHANNELS)}": lambda told, word: told.set_field("channel", redmine.CHANNELS[word]),
    "channel «(.+)»": lambda told, name: told.set_field("channel", name),
    f"contact at ({MOMENT})": _set_contact,
    "contact at «(.+)»": lambda told, text: told.set_field("contact_at", text),
    "BIN «(.+)»": lambda told, text: told.set_field("bin", text),
    "with (bin|iin|organisation|contact|full_name|steps|project_link) «(.+)»": Telling.set_field,
    "without (iin|full_name|contact|steps|project_link)": lambda told, key: told.set_field(key, ""),
    "with a screenshot": Telling.attach,
    f"in {_one_of(redmine.LANGUAGES)}": lambda told, word: told.set_field("language", redmine.LANGUAGES[word]),
    f"reason {_one_of(redmine.REASONS)}": lambda told, word: told.set_field("reason", redmine.REASONS[word]),
    "in group «(.+)»": _join_group,
    f"starts on ({DAY})": lambda told, day: told.set_day("start_date", day),
    f"due on ({DAY})": lambda told, day: told.set_day("due_date", day),
    "no head in its project": lambda told: told.leave("head"),
    "with subtasks": lambda told: told.raw.update(children=[{"id": 99}]),
    f"without the field {_one_of(redmine.FIELDS)}": _drop_field,
    "marker «(.+)»": lambda told, text: told.set_field("marker", text),
    "in the words «(.+)»": Telling.speak,
    "the account may set only «(.+)»": Telling.allow,
}
"""What a request is filed with, and how its JSON says so."""

DEEDS: dict[str, Word] = {
    "attachment": Telling.attach,
    "removes an attachment": Telling.detach,
    "takes it": lambda told: told.set_attribute("status", redmine.STATUSES, "in progress"),
    "waiting for client": lambda told: told.set_attribute("status", redmine.STATUSES, "waiting for client"),
    "hands to development": lambda told: told.set_attribute("status", redmine.STATUSES, "in development"),
    "solves": lambda told: told.set_attribute("status", redmine.STATUSES, "solved"),
    "closes": lambda told: told.set_attribute("status", redmine.STATUSES, "closed"),
    "refuses": lambda told: told.set_attribute("status", redmine.STATUSES, "refused"),
    "reopens": lambda told: told.set_attribute("status", redmine.STATUSES, "in progress"),
    "status «(.+)»": lambda told, name: told.set_attribute("status", redmine.STATUSES, name),
    f"sets priority {_one_of(redmine.PRIORITIES)}": (
        lambda told, word: told.set_attribute("priority", redmine.PRIORITIES, word)
    ),
    "confirms the priority": lambda told: told.set_field("priority_confirmed", "1"),
    "withdraws the confirmation": lambda told: told.set_field("priority_confirmed", "0"),
    rf"sets version (\S+) due ({DAY})()": Telling.set_version,
    rf"sets version (\S+) due ({DAY}), (locked|closed)": Telling.set_version,
    r"sets version (\S+)()() without a date": Telling.set_version,
    r"sets version (\S+)() without a date, (locked|closed)": Telling.set_version,
    rf"sets (due_date|start_date) ({DAY})": Telling.set_day,
    f"assigns {_one_of(redmine.PEOPLE)}": Telling.assign,
    f"sets the channel to {_one_of(redmine.CHANNELS)}": (
        lambda told, word: told.set_field("channel", redmine.CHANNELS[word])
    ),
    "edits the marker to «(.+)»": lambda told, text: told.set_field("marker", text),
    f"sets the reason to {_one_of(redmine.REASONS)}": (
        lambda told, word: told.set_field("reason", redmine.REASONS[word])
    ),
    "sets the reason to «(.+)»": lambda told, name: told.set_field("reason", name),
    "clears the reason": lambda told: told.set_field("reason", ""),
    "fills in (iin|bin|organisation|full_name|contact|steps|project_link) «(.+)»": Telling.set_field,
    "empties (iin|bin|organisation|full_name|contact|steps|project_link)": lambda told, key: told.set_field(key, ""),
    "edits the description to «(.+)»": Telling.describe,
    "empties the marker": lambda told: told.set_field("marker", ""),
    f"sets contact at ({MOMENT})": _set_contact,
}
"""What people do to a request, and what the journal and the JSON then say."""

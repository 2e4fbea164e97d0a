"""The phrases of a story and their effects on the request's JSON: the facts of its filing and the actions of people."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from stories import redmine_json as redmine
from stories.moments import MOMENT, ZONE, read_moment

DAY = r"\d{4}-\d\d-\d\d"
PUBLIC_NOTES = ("public note", "answers", "asks")

Effect = Callable[..., None]


class StoryError(AssertionError):
    """A docstring that is not a story."""


class StoryRequest:
    """A request and the lists of Redmine, built from the lines of a story."""

    def __init__(self, issue_id: int) -> None:
        self.issue_id = issue_id
        self.lists = redmine.new_lists()
        self.raw: redmine.Json = {}
        self.details: list[redmine.Json] = []
        self.client_text = ""

    def file(self, at: datetime, author: str, facts: str) -> None:
        """File the request with its facts, separated by commas; a name in «» may contain commas."""
        self.raw = redmine.new_issue(self.issue_id, at, author)
        for fact in filter(None, re.split(r", (?![^«]*»)", facts)):
            self.apply(FACTS, fact)
        self.details.clear()

    def act(self, at: datetime, who: str, actions: str) -> None:
        """Add one journal with the notes and actions of a person, joined by `and`."""
        notes, is_private = "", False
        for part in re.split(r" and (?![^«]*»)", actions):
            if part in PUBLIC_NOTES or part == "private note":
                notes, is_private = f"{who}: {part}{self.client_text}", part not in PUBLIC_NOTES
            else:
                self.apply(ACTIONS, part)
        redmine.add_journal(self.raw, at, who, notes=notes, is_private=is_private, details=self.details)
        self.details = []

    def apply(self, effects: dict[str, Effect], text: str) -> None:
        for pattern, effect in effects.items():
            match = re.fullmatch(pattern, text)
            if match:
                effect(self, *match.groups())
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
        """Give the request a version, and set the version's date and state in the lists."""
        versions = {each["name"]: each for each in self.lists["versions"]}
        old, new = self.raw.get("fixed_version"), redmine.pair(versions, name)
        versions[name] = {**new, "due_date": day or None, "status": state or "open"}
        self.lists["versions"] = list(versions.values())
        self.raw["fixed_version"] = new
        self.details.append(redmine.detail("attr", "fixed_version_id", old and str(old["id"]), str(new["id"])))

    def leave(self, who: str) -> None:
        """Remove a person from all projects."""
        name = redmine.PEOPLE[who]["name"]
        self.lists["people"] = [each for each in self.lists["people"] if each["name"] != name]

    def lock(self, who: str) -> None:
        """Lock an account, which was looked up; memberships do not show it (fact)."""
        next(each for each in self.lists["people"] if each["id"] == redmine.PEOPLE[who]["id"])["login"] = None

    def delete_account(self, who: str) -> None:
        """Delete an account: its journals and requests pass to Redmine's anonymous user."""
        self.leave(who)
        for each in (self.raw, *self.raw["journals"]):
            for key in ("user", "author"):
                if key in each and each[key]["id"] == redmine.PEOPLE[who]["id"]:
                    each[key] = redmine.person("guest")

    def describe(self, text: str) -> None:
        old, self.raw["description"] = self.raw["description"], text
        self.details.append(redmine.detail("attr", "description", old, text))

    def attach(self) -> None:
        name = f"screenshot{self.client_text}.png"
        self.raw["attachments"].append({"id": 1, "filename": name})
        self.details.append(redmine.detail("attachment", "1", None, name))

    def detach(self) -> None:
        self.raw["attachments"].clear()
        self.details.append(redmine.detail("attachment", "1", "screenshot.png", None))

    def set_client_text(self, text: str) -> None:
        """Put a text into all later notes and files, the client's name, and the fields that the client filled in."""
        self.client_text = text
        self.raw |= {"subject": text, "description": text}
        for person in (self.raw["author"], *self.lists["people"]):
            if person["id"] == self.raw["author"]["id"]:
                person["name"] = text
        for key in ("contact_at", "bin", "organisation", *redmine.GIVEN):
            self.set_field(key, text)

    def allow(self, statuses: str) -> None:
        """Restrict the statuses that the tool's account may set."""
        names = [redmine.STATUSES[each] for each in statuses.split(", ")]
        self.raw["allowed_statuses"] = [redmine.pair(redmine.STATUSES.values(), name) for name in names]

    def assign(self, who: str) -> None:
        self.raw["assigned_to"] = redmine.person(who)
        self.details.append(redmine.detail("attr", "assigned_to_id", None, str(redmine.PEOPLE[who]["id"])))


def _set_project(request: StoryRequest, key: str) -> None:
    request.raw["project"] = {"id": redmine.number(redmine.PROJECTS, key), "name": redmine.PROJECTS[key]}


def _set_contact(request: StoryRequest, at: str) -> None:
    request.set_field("contact_at", f"{read_moment(at).astimezone(ZONE):%Y-%m-%d %H:%M}")


def _join_group(request: StoryRequest, group: str) -> None:
    author = next(each for each in request.lists["people"] if each["id"] == request.raw["author"]["id"])
    author["groups"].append(group)


def _drop_field(request: StoryRequest, key: str) -> None:
    request.raw["custom_fields"].remove(redmine.field(request.raw, key))


def _one_of(words: dict[str, Any]) -> str:
    return f"({'|'.join(words)})"


# The facts with which a request is filed, and their effects on its JSON.
FACTS: dict[str, Effect] = {
    "VIP": lambda request: _set_project(request, redmine.VIP_PROJECT),
    "Base": lambda request: _set_project(request, redmine.BASE_PROJECT),
    "in a closed project": lambda request: _set_project(request, redmine.CLOSED_PROJECT),
    _one_of(redmine.TRACKERS): lambda request, word: request.set_attribute("tracker", redmine.TRACKERS, word),
    "tracker «(.+)»": lambda request, name: request.set_attribute("tracker", redmine.TRACKERS, name),
    "status «(.+)»": lambda request, name: request.set_attribute("status", redmine.STATUSES, name),
    _one_of(redmine.PRIORITIES): lambda request, word: request.set_attribute("priority", redmine.PRIORITIES, word),
    "priority «(.+)»": lambda request, name: request.set_attribute("priority", redmine.PRIORITIES, name),
    "priority confirmed": lambda request: request.set_field("priority_confirmed", "1"),
    f"by {_one_of(redmine.CHANNELS)}": lambda request, word: request.set_field("channel", redmine.CHANNELS[word]),
    "channel «(.+)»": lambda request, name: request.set_field("channel", name),
    f"contact at ({MOMENT})": _set_contact,
    "contact at «(.+)»": lambda request, text: request.set_field("contact_at", text),
    "BIN «(.+)»": lambda request, text: request.set_field("bin", text),
    "with (bin|iin|organisation|contact|full_name|steps|project_link) «(.+)»": StoryRequest.set_field,
    "without (iin|full_name|contact|steps|project_link)": lambda request, key: request.set_field(key, ""),
    "with a screenshot": StoryRequest.attach,
    f"in {_one_of(redmine.LANGUAGES)}": lambda request, word: request.set_field("language", redmine.LANGUAGES[word]),
    f"reason {_one_of(redmine.REASONS)}": lambda request, word: request.set_field("reason", redmine.REASONS[word]),
    "in group «(.+)»": _join_group,
    f"starts on ({DAY})": lambda request, day: request.set_day("start_date", day),
    f"due on ({DAY})": lambda request, day: request.set_day("due_date", day),
    "no head in its project": lambda request: request.leave("head"),
    "the (head|staff|operator) is locked": StoryRequest.lock,
    "with subtasks": lambda request: request.raw.update(children=[{"id": 99}]),
    f"without the field {_one_of(redmine.FIELDS)}": _drop_field,
    "marker «(.+)»": lambda request, text: request.set_field("marker", text),
    "in the words «(.+)»": StoryRequest.set_client_text,
    "the account may set only «(.+)»": StoryRequest.allow,
}

# The actions of people on a request, and their effects on its journals and JSON.
ACTIONS: dict[str, Effect] = {
    "attachment": StoryRequest.attach,
    "removes an attachment": StoryRequest.detach,
    "takes it": lambda request: request.set_attribute("status", redmine.STATUSES, "in progress"),
    "waiting for client": lambda request: request.set_attribute("status", redmine.STATUSES, "waiting for client"),
    "hands to development": lambda request: request.set_attribute("status", redmine.STATUSES, "in development"),
    "solves": lambda request: request.set_attribute("status", redmine.STATUSES, "solved"),
    "closes": lambda request: request.set_attribute("status", redmine.STATUSES, "closed"),
    "refuses": lambda request: request.set_attribute("status", redmine.STATUSES, "refused"),
    "reopens": lambda request: request.set_attribute("status", redmine.STATUSES, "in progress"),
    "status «(.+)»": lambda request, name: request.set_attribute("status", redmine.STATUSES, name),
    f"sets priority {_one_of(redmine.PRIORITIES)}": (
        lambda request, word: request.set_attribute("priority", redmine.PRIORITIES, word)
    ),
    "confirms the priority": lambda request: request.set_field("priority_confirmed", "1"),
    "withdraws the confirmation": lambda request: request.set_field("priority_confirmed", "0"),
    rf"sets version (\S+) due ({DAY})()": StoryRequest.set_version,
    rf"sets version (\S+) due ({DAY}), (locked|closed)": StoryRequest.set_version,
    r"sets version (\S+)()() without a date": StoryRequest.set_version,
    r"sets version (\S+)() without a date, (locked|closed)": StoryRequest.set_version,
    rf"sets (due_date|start_date) ({DAY})": StoryRequest.set_day,
    "sets (first_response_at) to «(.+)»": StoryRequest.set_field,
    f"assigns {_one_of(redmine.PEOPLE)}": StoryRequest.assign,
    f"sets the channel to {_one_of(redmine.CHANNELS)}": (
        lambda request, word: request.set_field("channel", redmine.CHANNELS[word])
    ),
    "edits the marker to «(.+)»": lambda request, text: request.set_field("marker", text),
    f"sets the reason to {_one_of(redmine.REASONS)}": (
        lambda request, word: request.set_field("reason", redmine.REASONS[word])
    ),
    "sets the reason to «(.+)»": lambda request, name: request.set_field("reason", name),
    "clears the reason": lambda request: request.set_field("reason", ""),
    "fills in (iin|bin|organisation|full_name|contact|steps|project_link) «(.+)»": StoryRequest.set_field,
    "empties (iin|bin|organisation|full_name|contact|steps|project_link)": lambda request, key: request.set_field(
        key, ""
    ),
    "edits the description to «(.+)»": StoryRequest.describe,
    "empties the marker": lambda request: request.set_field("marker", ""),
    f"sets contact at ({MOMENT})": _set_contact,
}

"""What only the edit form of an issue's page tells, and no JSON."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser

from sup_sync.errors import RefusedError, TrackerAwayError

_FIELD_INPUT = re.compile(r"issue\[custom_field_values\]\[(\d+)\]")

_TAG = re.compile(r"<\w[^<>]*>")

TELLING = "issue[", "all_attributes"
"""What stands in the tags that tell something; the page's other tags, several hundred, are not worth their parsing."""


@dataclass(frozen=True, slots=True)
class EditForm:
    """An issue's lock_version, the ids of the fields that the account may set, and whether it may note privately."""

    lock_version: int
    fields: frozenset[int]
    may_note_privately: bool


def edit_form_of(page: str, where: str) -> EditForm:
    """The edit form on an issue's page; `where` names the page in faults.

    Raises RefusedError where the account may not edit the issue, TrackerAwayError where it is no page of an issue.
    """
    form = _FormParser()
    for tag in _TAG.findall(page):
        if any(each in tag for each in TELLING):
            form.feed(tag)
            form.reset()  # a tag alone: of a textarea it would wait for the end
    if not form.is_editable:
        raise RefusedError(f"{where}: not to be edited by this account: a closed project, or no `edit_issues`")
    if len(form.versions) != 1 or not form.versions[0].isdecimal():
        raise TrackerAwayError(f"{where}: no page of an issue with one lock_version; try again later")
    return EditForm(int(form.versions[0]), frozenset(form.fields), form.may_note_privately)


class _FormParser(HTMLParser):
    """What an issue's page says in its edit form; there is one without attributes for who may only add notes."""

    def __init__(self) -> None:
        super().__init__()
        self.is_editable = False
        self.may_note_privately = False
        self.versions: list[str] = []
        self.fields: set[int] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if found.get("id") == "all_attributes":
            self.is_editable = True
        if tag == "input" and found.get("name") == "issue[lock_version]":
            self.versions.append(found.get("value") or "")
        if tag == "input" and found.get("name") == "issue[private_notes]":
            self.may_note_privately = True
        field = _FIELD_INPUT.match(found.get("name") or "")
        if field:
            self.fields.add(int(field[1]))

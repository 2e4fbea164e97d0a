"""What only the edit form of an issue's page tells, and no JSON."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sup_sync.errors import RedmineUnavailableError, RefusedError
from sup_sync.frozen import value

_TAG = re.compile(r"<\w[^<>]*>")
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
_FIELD = re.compile(r"issue\[custom_field_values\]\[(\d+)\]")


@value
class EditForm:
    """An issue's lock_version, the ids of the fields that the account may set, and whether it may note privately."""

    lock_version: int
    fields: frozenset[int]
    may_note_privately: bool


def edit_form_of(page: str, where: str) -> EditForm:
    """The edit form on an issue's page; `where` names the page in faults.

    There is one without attributes for who may only add notes. Nobody's text can stand in a tag as markup: Redmine
    escapes it there. Raises RefusedError where the account may not edit the issue, TrackerAwayError where it is no
    page of an issue.
    """
    telling = [tag for tag in _TAG.findall(page) if "issue[" in tag or "all_attributes" in tag]
    tags, inputs = (_attributes(tag for tag in telling if tag.startswith(begin)) for begin in ("<", "<input"))
    if not any(tag.get("id") == "all_attributes" for tag in tags):
        raise RefusedError(f"{where}: not to be edited by this account: a closed project, or no `edit_issues`")
    versions = [tag.get("value", "") for tag in inputs if tag.get("name") == "issue[lock_version]"]
    if len(versions) != 1 or not versions[0].isdecimal():
        raise RedmineUnavailableError(f"{where}: no page of an issue with one lock_version; try again later")
    fields = filter(None, (_FIELD.match(tag.get("name", "")) for tag in tags))
    return EditForm(
        lock_version=int(versions[0]),
        fields=frozenset(int(field[1]) for field in fields),
        may_note_privately=any(tag.get("name") == "issue[private_notes]" for tag in inputs),
    )


def _attributes(tags: Iterable[str]) -> list[dict[str, str]]:
    return [dict(_ATTRIBUTE.findall(tag)) for tag in tags]

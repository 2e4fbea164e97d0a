"""Values of an issue that are only in the edit form on its page, not in JSON."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sup_sync.errors import AnswerError, ForbiddenError
from sup_sync.immutable import value

_TAG = re.compile(r"<\w[^<>]*>")
_FORM = re.compile(r'<form\b[^<>]*id="issue-form"[^<>]*>')
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
_ASSIGNEES = re.compile(r'<select[^<>]* name="issue\[assigned_to_id\]"[^<>]*>(.*?)</select>', re.DOTALL)
_OPTION = re.compile(r'<option[^<>]* value="(\d+)"')
_FIELD = re.compile(r"issue\[custom_field_values\]\[(\d+)\]")


@value
class EditForm:
    """An issue's lock_version, and what the account may set.

    `fields` are the ids of custom fields, `assignees` those of the people whom Redmine accepts as the assignee.
    """

    lock_version: int
    fields: frozenset[int]
    may_note_privately: bool
    assignees: frozenset[int] = frozenset()


def parse_edit_form(page: str, issue_id: int, where: str) -> EditForm:
    """Read the edit form on the page of this issue; `where` names the page in errors.

    An account that may only add notes gets a form without attributes. Text of users cannot become a tag, since Redmine
    escapes it. Raises ForbiddenError if the account may not edit the issue, AnswerError if the page is not that of this
    issue.
    """
    if "</html>" not in page:
        raise AnswerError(f"{where}: not a complete page; try again later")
    form_tags = [tag for tag in _TAG.findall(page) if "issue[" in tag or "all_attributes" in tag]
    tags, inputs = (_attributes(tag for tag in form_tags if tag.startswith(start)) for start in ("<", "<input"))
    if not any(tag.get("id") == "all_attributes" for tag in tags):
        raise ForbiddenError(f"{where}: the account may not edit the issue; reopen its project, or grant `edit_issues`")
    if not any(tag.get("action", "").endswith(f"/issues/{issue_id}") for tag in _attributes(_FORM.findall(page))):
        raise AnswerError(f"{where}: not the page of this issue; try again later")
    versions = [tag.get("value", "") for tag in inputs if tag.get("name") == "issue[lock_version]"]
    if len(versions) != 1 or not versions[0].isdecimal():
        raise AnswerError(f"{where}: not the page of an issue with one lock_version; try again later")
    fields = filter(None, (_FIELD.match(tag.get("name", "")) for tag in tags))
    return EditForm(
        lock_version=int(versions[0]),
        fields=frozenset(int(field[1]) for field in fields),
        may_note_privately=any(tag.get("name") == "issue[private_notes]" for tag in inputs),
        assignees=frozenset(int(each) for select in _ASSIGNEES.findall(page) for each in _OPTION.findall(select)),
    )


def _attributes(tags: Iterable[str]) -> list[dict[str, str]]:
    return [dict(_ATTRIBUTE.findall(tag)) for tag in tags]

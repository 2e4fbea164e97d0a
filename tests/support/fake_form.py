"""The edit form on an issue's page of the fake Redmine, as Redmine 5.0 renders it. Text of users is escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from support.fake_records import CustomField, Issue, User
from support.fake_redmine import FakeRedmine


def form_fields(tracker: FakeRedmine, user: User, issue: Issue) -> str:
    """Render the fields that a user may set, each with its label."""
    attributes = (_text(f"issue[{name}]", name, "") for name in sorted(tracker.writable_attributes(user, issue)))
    fields = (_field(each, issue.values.get(each.id, "")) for each in tracker.writable_fields(user, issue))
    return f'<form><div id="all_attributes">{"".join((*attributes, *fields))}</div>'


def _field(custom: CustomField, value: str) -> str:
    name = f"issue[custom_field_values][{custom.id}]"
    if custom.values:
        return _label(custom.name, custom.is_required) + _select(name, custom.values, value)
    return _text(name, custom.name, value, is_required=custom.is_required)


def _text(name: str, label: str, value: str, *, is_required: bool = False) -> str:
    return f'{_label(label, is_required)}<input type="text" name="{name}" value="{escape(value)}" />'


def _label(text: str, is_required: bool) -> str:
    sign = '<span class="required"> *</span>' if is_required else ""
    return f"<p><label><span>{escape(text)}</span>{sign}</label>"


def _select(name: str, values: Iterable[str], value: str) -> str:
    """Render a list; a value that is not in it any more is added, as Redmine does."""
    values = tuple(values)
    offered = ("", *values, *([value] if value and value not in values else []))
    options = (_option(each, is_selected=bool(value) and each == value) for each in offered)
    return f'<select name="{name}">{"".join(options)}</select>'


def _option(value: str, *, is_selected: bool) -> str:
    return f'<option{" selected" if is_selected else ""} value="{escape(value)}">{escape(value)}</option>'

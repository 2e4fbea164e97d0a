"""Checks of the fields by edit forms: their values, formats and rights, which are otherwise for administrators only."""

from __future__ import annotations

from collections.abc import Iterator

from sup_sync.redmine.form_state import FormField
from sup_sync.redmine.preflight.problem import Area, Problem, RedmineState
from sup_sync.to_json import Json

LIST_FIELDS = ("level", "state", "channel", "reason", "language")
OPTIONAL_FORMATS = ("priority_confirmed",)  # a checkbox, a list or radio buttons

EXAMPLES = 5  # of requests in a message


def check_fields_are_writable(state: RedmineState) -> Iterator[Problem]:
    """Report fields that the tool writes, but that the form of a tracker does not offer to its account."""
    ids = _field_ids(state)
    for tracker, form in state.forms.items():
        if not form.fields:
            text = f'tracker "{tracker}": the account may not edit requests'
            yield Problem(Area.ACCESS, text, "grant edit_issues to its role", is_partial=True)
            continue
        own = (key for key in state.names.own_fields if key in ids)
        hidden = [state.names.fields[key] for key in own if ids[key] not in form.keys]
        if hidden:
            text = f'tracker "{tracker}": the account may not set {", ".join(hidden)}'
            fix = "let its role set them: in Redmine's workflow (field permissions), or enable the fields there"
            yield Problem(Area.ACCESS, text, fix, is_partial=True)


def check_field_formats(state: RedmineState) -> Iterator[Problem]:
    """Report fields of another format, such as an existing field of the company with the same name."""
    for key, found in _fields(state).items():
        name = state.names.fields[key]
        if key in LIST_FIELDS and not any(each.options for each in found):
            text = f'field "{name}" ({key}) is not a list in Redmine'
        elif key not in (*LIST_FIELDS, *OPTIONAL_FORMATS) and all(each.options for each in found):
            text = f'field "{name}" ({key}) is a list in Redmine instead of text'
        else:
            continue
        fix = "it may be a field of your own: create another one, and correct `fields` in mappings/tracker.yaml"
        yield Problem(Area.NAMES, text, fix, is_partial=True)


def check_list_values(state: RedmineState) -> Iterator[Problem]:
    """Report mapped values that a list field does not offer: Redmine would reject them."""
    fields = _fields(state)
    for key in LIST_FIELDS:
        forms = [set(each.options) for each in fields.get(key, ()) if each.options]
        offered = set.intersection(*forms) if forms else set()  # a form may also offer its own former value
        missing = [f'"{name}"' for name in state.names.list_values[key].values() if name not in offered]
        if forms and missing:
            text = f'field "{state.names.fields[key]}" ({key}) does not have the value {", ".join(missing)}'
            fix = (
                f"add it to the field's values in Redmine. If it was renamed, correct `{key}s` in mappings/tracker.yaml"
                " and add the former name to `former_values`"
            )
            yield Problem(Area.NAMES, text, fix, is_partial=True)


def check_required_fields(state: RedmineState) -> Iterator[Problem]:
    """Report required fields that are blank on open requests: Redmine rejects all values on such a request."""
    for tracker, form in state.forms.items():
        for field in (each for each in form.fields if each.is_required and each.key.isdecimal()):
            blank = [row["id"] for row in state.rows if row["tracker"]["name"] == tracker and _is_blank(row, field)]
            if blank:
                text = f'tracker "{tracker}": the required field "{field.label}" is blank on {numbers(blank)}'
                fix = "fill it in there, or do not require it: Redmine rejects every value that sup-sync writes there"
                yield Problem(Area.NAMES, text, fix, is_partial=True)


def numbers(issue_ids: list[int]) -> str:
    """List the first requests, and the number of the others."""
    listed = ", ".join(f"#{each}" for each in issue_ids[:EXAMPLES])
    others = len(issue_ids) - EXAMPLES
    return f"{listed} and {others} more" if others > 0 else listed


def _is_blank(row: Json, field: FormField) -> bool:
    values = [each.get("value") for each in row.get("custom_fields", ()) if str(each["id"]) == field.key]
    return any(not value for value in values)


def _field_ids(state: RedmineState) -> dict[str, str]:
    """Return the ids of the mapped fields by key, as forms have them."""
    ids = {row["name"]: str(row["id"]) for row in state.lists["fields"]}
    return {key: ids[name] for key, name in state.names.fields.items() if name in ids}


def _fields(state: RedmineState) -> dict[str, list[FormField]]:
    """Return the mapped fields by key, as they are on the forms."""
    keys = {field_id: key for key, field_id in _field_ids(state).items()}
    fields: dict[str, list[FormField]] = {}
    for form in state.forms.values():
        for field in form.fields:
            if field.key in keys:
                fields.setdefault(keys[field.key], []).append(field)
    return fields

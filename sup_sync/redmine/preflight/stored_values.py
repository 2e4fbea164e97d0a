"""Checks of the values on open requests: those that nothing maps, and those that the tool did not write."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from sup_sync.model.moments import MOMENT_FORMAT
from sup_sync.redmine.preflight.forms import LIST_FIELDS, numbers
from sup_sync.redmine.preflight.problem import Area, Problem, RedmineState

OTHER_OWN_FIELDS = (*LIST_FIELDS, "marker")  # without moments


def check_stored_values(state: RedmineState) -> Iterator[Problem]:
    """Warn of values in list fields that are not mapped, such as former names."""
    for key in LIST_FIELDS:
        for text, issue_ids in _requests_by_value(state, key).items():
            if state.names.key_of(key, text) is None:
                problem = f'field "{state.names.fields[key]}" ({key}) has the value "{text}" on {numbers(issue_ids)}'
                fix = f"it is not mapped: set another one, or add it to `former_values.{key}s` in mappings/tracker.yaml"
                yield Problem(Area.NAMES, problem, fix, is_warning=True)


def check_own_fields(state: RedmineState) -> Iterator[Problem]:
    """Report fields for moments with other text: people use them, and the tool would overwrite it.

    The tool also writes the name of a state, for a request without a target.
    """
    for key in state.names.own_fields:
        if key in OTHER_OWN_FIELDS:
            continue
        foreign = _requests_with(
            state, key, lambda text: not _is_moment(text) and not state.names.key_of("state", text)
        )
        if foreign:
            text = (
                f'field "{state.names.fields[key]}" ({key}) has text on {numbers(foreign)} that sup-sync did not write'
            )
            fix = "it may be a field of your own: create another one, and correct `fields` in mappings/tracker.yaml"
            yield Problem(Area.NAMES, text, fix, is_partial=True)


def _requests_with(state: RedmineState, key: str, condition: Callable[[str], bool]) -> list[int]:
    values = _requests_by_value(state, key).items()
    return sorted(issue_id for text, issue_ids in values if condition(text) for issue_id in issue_ids)


def _requests_by_value(state: RedmineState, key: str) -> dict[str, list[int]]:
    """Return the open requests by the text of a field; those where it is blank are left out."""
    name = state.names.fields.get(key)
    requests: dict[str, list[int]] = {}
    for row in state.rows:
        for field in row.get("custom_fields", ()):
            if field["name"] == name and isinstance(field.get("value"), str) and field["value"].strip():
                requests.setdefault(field["value"], []).append(row["id"])
    return requests


def _is_moment(text: str) -> bool:
    try:
        datetime.strptime(text, MOMENT_FORMAT)
    except ValueError:
        return False
    return True

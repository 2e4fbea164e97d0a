"""Checks of the mapped names: trackers, statuses, priorities and fields."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator

from sup_sync.redmine.lists import mismatched_priorities, priorities_in_order
from sup_sync.redmine.preflight.problem import Area, Problem, RedmineState, mapped_trackers
from sup_sync.to_json import Json


def check_trackers(state: RedmineState) -> Iterator[Problem]:
    known = {*state.names.trackers, *state.names.ignored_trackers}
    yield from _missing("tracker", state.names.trackers, state.lists["trackers"], "trackers", known)
    for project in state.lists["projects"]:
        for each in project["trackers"]:
            if each["name"] not in known:
                yield Problem(
                    Area.NAMES,
                    f'project {project["identifier"]} uses tracker "{each["name"]}", which is not mapped',
                    "its requests are skipped. Add it to `trackers` in mappings/tracker.yaml, or remove it there. With"
                    " `ignore` they are not reported",
                    is_warning=True,
                )


def check_statuses(state: RedmineState) -> Iterator[Problem]:
    """Report statuses with another phase, and missing ones: a request that has the new name of one has a finding.

    A missing one may have been deleted, unless sup-sync sets it, or an open request has one that is not mapped.
    """
    known, needed = state.names.statuses, set(state.names.tool_statuses.values())
    if any(row["status"]["name"] not in known for row in state.rows):
        needed |= known.keys()
    yield from _missing("status", known, state.lists["statuses"], "statuses", known, needed)
    for status in state.lists["statuses"]:
        mapped = known.get(status["name"])
        if mapped and mapped.phase.is_final != status["is_closed"]:
            yield Problem(
                Area.NAMES,
                f'status "{status["name"]}" is mapped to {mapped.phase}, but is '
                f"{'a closed' if status['is_closed'] else 'an open'} status in Redmine",
                'change its phase in mappings/tracker.yaml, or "Issue closed" in Redmine',
                is_partial=True,
            )


def check_priorities(state: RedmineState) -> Iterator[Problem]:
    """Report missing priorities, and another order; requests that had a priority of another rank have a finding."""
    names = list(state.names.priorities.values())
    known = {*names, *state.names.priority_aliases}
    yield from _missing("priority", names, state.lists["priorities"], "priorities", known)
    if any(mismatched_priorities(state.lists, state.names)):
        quoted = [f'"{name}"' for name in priorities_in_order(state.lists, state.names)]
        yield Problem(
            Area.NAMES,
            f"priorities rise in Redmine from {' to '.join(quoted)}, but not in the mapping",
            "correct the order of `priorities` in mappings/tracker.yaml, the lowest first",
            is_partial=True,
        )


def check_fields(state: RedmineState) -> Iterator[Problem]:
    """Report fields that are missing in Redmine, or on a tracker in a project of which an issue was read."""
    names = state.names.fields
    visible = {field["name"] for field in state.lists["fields"]}
    rows = [row for _, row in mapped_trackers(state)]
    is_checkable = any("fields" in row for row in rows) and not any("unread" in row for row in rows)
    for key, name in names.items():
        if is_checkable and name not in visible:
            fix = (
                "correct `fields` in mappings/tracker.yaml if it was renamed. If it exists, make it visible to the"
                " account's role. Only if it never existed, create it with `sup-sync provision --script`"
            )
            yield Problem(Area.NAMES, f'field "{name}" ({key}) not found in Redmine', fix)
    for where, row in mapped_trackers(state):
        here = {field["name"] for field in row.get("fields", ())}
        missing = [names[key] for key in state.names.own_fields if names[key] in visible - here]
        if "fields" in row and missing:
            text = f"{where} lacks the field {', '.join(missing)}"
            fix = "select the tracker and the project in the field's settings in Redmine"
            yield Problem(Area.NAMES, text, fix, is_partial=True)


def check_every_tracker_has_a_request(state: RedmineState) -> Iterator[Problem]:
    """Warn of trackers and projects without a request; only a request shows their fields (fact)."""
    unseen = [where for where, row in mapped_trackers(state) if "fields" not in row and "unread" not in row]
    if unseen:
        text = f"fields not checked, because there is no request yet: {', '.join(unseen)}"
        yield Problem(Area.NAMES, text, "run `sup-sync check` again after the first requests", is_warning=True)


def _missing(
    kind: str,
    names: Iterable[str],
    rows: Iterable[Json],
    section: str,
    known: Container[str],
    needed: Container[str] | None = None,
) -> Iterator[Problem]:
    """Report names that are not in Redmine; a request that has the new name of one has a finding.

    A name that is not `needed` (None: all are) is only history.
    """
    present = [row["name"] for row in rows]
    unmapped = ", ".join(f'"{name}"' for name in present if name not in known)
    hint = f". If it was renamed: not mapped are {unmapped}" if unmapped else ""
    for name in names:
        if name not in present:
            text = f'{kind} "{name}" not found in Redmine'
            is_warning = needed is not None and name not in needed
            yield Problem(Area.NAMES, text, _provision(section) + hint, is_warning=is_warning, is_partial=True)


def _provision(section: str) -> str:
    return f"correct `{section}` in mappings/tracker.yaml, or create it with `sup-sync provision --script`"

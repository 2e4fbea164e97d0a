"""The form of the checks: the state of Redmine that each reads, and the problems that it reports."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import field, replace
from enum import StrEnum

from sup_sync.immutable import value
from sup_sync.model.names import RedmineNames
from sup_sync.redmine.form_state import FormState
from sup_sync.redmine.lists import CLOSED_PROJECT
from sup_sync.to_json import Json


class Area(StrEnum):
    """The subject of a problem, which decides the exit code."""

    ACCESS = "access"
    NAMES = "names"


@value
class Problem:
    """A mismatch in Redmine, and how to fix it; a warning is only for `check`.

    `permission` is the permission that the account lacks, if that is the problem. A problem of one `project` leaves
    its requests out of a run. Another `is_partial` problem concerns only requests that have a finding. All others stop
    a run. `is_in_account`: the account's memberships in Redmine show when it is solved.
    """

    area: Area
    text: str
    fix: str
    is_warning: bool = False
    permission: str | None = None
    project: str | None = None
    is_partial: bool = False
    is_in_account: bool = False

    def __str__(self) -> str:
        return f"{'warning: ' if self.is_warning else ''}{self.text}; {self.fix}"

    @property
    def stops_run(self) -> bool:
        return not (self.is_warning or self.is_partial or self.project)


@value
class RedmineState:
    """The input of the checks: the mapped names, and what was read of Redmine.

    That is the account with its memberships, its roles, the lists and some issues. `waiting_clause` is the clause of
    the regulation by which requests are closed if the client does not answer. `contract_groups` are the groups of the
    contracts that have not ended. `forms` has the edit form of one open request for each tracker by name, `rows` are
    the open requests in scope.
    """

    names: RedmineNames
    account: Json
    roles: tuple[Json, ...]
    lists: Json
    waiting_clause: str
    issues: tuple[Json, ...] = ()
    contract_groups: frozenset[str] = frozenset()
    forms: Mapping[str, FormState] = field(default_factory=dict)
    rows: tuple[Json, ...] = ()

    def without_projects(self, identifiers: Container[str]) -> RedmineState:
        """Return the state without these projects."""
        projects = [each for each in self.lists["projects"] if each["identifier"] not in identifiers]
        return replace(self, lists={**self.lists, "projects": projects})


RedmineCheck = Callable[[RedmineState], Iterator[Problem]]


def writable_projects(state: RedmineState) -> list[Json]:
    """Return the projects that are not closed."""
    return [project for project in state.lists["projects"] if project["status"] != CLOSED_PROJECT]


def mapped_trackers(state: RedmineState) -> Iterator[tuple[str, Json]]:
    """Yield each mapped tracker of each writable project, as a text and its row."""
    for project in writable_projects(state):
        for row in project["trackers"]:
            if row["name"] in state.names.trackers:
                yield f'tracker "{row["name"]}" of project {project["identifier"]}', row

"""The form of the checks: the state of Redmine that each reads, and the problems that it reports."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import StrEnum

from sup_sync.immutable import value
from sup_sync.model.names import RedmineNames
from sup_sync.redmine.lists import CLOSED_PROJECT
from sup_sync.to_json import Json


class Area(StrEnum):
    """The subject of a problem, which decides the exit code."""

    ACCESS = "access"
    NAMES = "names"


@value
class Problem:
    """A mismatch in Redmine, and how to fix it; a warning does not stop a run.

    `permission` is the permission that the account lacks, if that is the problem.
    """

    area: Area
    text: str
    fix: str
    is_warning: bool = False
    permission: str | None = None

    def __str__(self) -> str:
        return f"{'warning: ' if self.is_warning else ''}{self.text}; {self.fix}"


@value
class RedmineState:
    """The input of the checks: the mapped names, and what was read of Redmine.

    That is the account with its memberships, its roles, the lists and some issues. `waiting_clause` is the clause of
    the regulation by which requests are closed if the client does not answer.
    """

    names: RedmineNames
    account: Json
    roles: tuple[Json, ...]
    lists: Json
    waiting_clause: str
    issues: tuple[Json, ...] = ()


RedmineCheck = Callable[[RedmineState], Iterator[Problem]]


def writable_projects(state: RedmineState) -> list[Json]:
    """Return the projects that are not closed."""
    return [project for project in state.lists["projects"] if project["status"] != CLOSED_PROJECT]

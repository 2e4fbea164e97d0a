"""The causes for which a project cannot be read; each concerns only this project."""

from __future__ import annotations

import re
from collections.abc import Collection

from sup_sync.errors import AccessError
from sup_sync.immutable import value
from sup_sync.redmine.session import RedmineSession
from sup_sync.to_json import Json

ISSUE_TRACKING = "issue_tracking"  # Redmine's name of the module

_REMOVE = "remove it from `projects` in config.yaml and end its contracts in clients.yaml"


@value
class Cause:
    """The problem of a project, what to do, and whether a person must change the account's rights in Redmine.

    `is_in_account`: the account's memberships show when it is solved.
    """

    text: str
    fix: str
    is_access: bool = False
    is_in_account: bool = False


CAUSES = {
    "archived": Cause("archived", f"unarchive it in Redmine, or {_REMOVE}", is_in_account=True),
    "missing": Cause(
        "not found (404)",
        "correct `projects` in config.yaml. If it was deleted, remove it there and end its contracts in clients.yaml",
        is_in_account=True,
    ),
    "not_a_member": Cause(
        "the account is not a member",
        "add the account of sup-sync to the project, with the role sup-sync",
        is_access=True,
        is_in_account=True,
    ),
    "forbidden": Cause(
        "forbidden (403)",
        "add the account of sup-sync to the project, with the role sup-sync. If it is archived, unarchive it",
        is_access=True,
        is_in_account=True,
    ),
    "no_issue_tracking": Cause(
        "issue tracking is turned off", f"turn on this module in the project's settings, or {_REMOVE}"
    ),
    "no_view_issues": Cause(
        "the account lacks view_issues", "grant it to its role, so that it can read requests", is_access=True
    ),
}


class UnreadableProjectError(AccessError):
    """A project that cannot be read; `cause` is a key of `CAUSES`."""

    def __init__(self, cause: str) -> None:
        super().__init__(CAUSES[cause].text)
        self.cause = cause


def find_cause(cause: str) -> Cause:
    """Return a cause by its key of `CAUSES`, or make one of the text of an error."""
    text, _, fix = cause.partition("; ")
    return CAUSES.get(cause) or Cause(text, fix)


def describe_cause(identifier: str, cause: str) -> str:
    return f"project {identifier}: {CAUSES[cause].text}; {CAUSES[cause].fix}"


def check_is_readable(project: Json, joined: Collection[int]) -> None:
    """Raise UnreadableProjectError unless the account is a member, and the project has trackers that it may see.

    `project` is its JSON with trackers and modules; from 6.1 on there are no trackers without `view_issues` (fact).
    """
    if project["id"] not in joined:
        raise UnreadableProjectError("not_a_member")
    modules = project.get("enabled_modules")
    if modules is not None and ISSUE_TRACKING not in {each["name"] for each in modules}:
        raise UnreadableProjectError("no_issue_tracking")
    if modules is not None and project.get("trackers") is None:
        raise UnreadableProjectError("no_view_issues")


_EXPLANATION = re.compile(r'id="errorExplanation"[^<>]*>([^<]*)<')


def find_cause_of_403(session: RedmineSession, identifier: str) -> str:
    """Find why a project answers 403: its page explains it, in the account's language.

    The page of the custom fields, which is for administrators only, has the text of a missing permission. A project
    with another text is archived (fact).
    """
    pages = (session.get_forbidden_page(path) for path in (f"/projects/{identifier}", "/custom_fields"))
    explanations = [match[1] for match in map(_EXPLANATION.search, pages) if match]
    match explanations:
        case [own, general]:
            return "not_a_member" if own == general else "archived"
    return "forbidden"

"""A list of one project, tracker, group or person that fails leaves out what depends on it; the others are served."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO

import pytest
import requests
from end_to_end.scene import BASE, CONSULTATION, HEAD, OPERATOR, VIP
from requests.adapters import HTTPAdapter
from run.reading.cached_site import CachedSite

from sup_sync.errors import RedmineUnavailableError
from sup_sync.redmine.session import RedmineSession
from sup_sync.run.write import OutcomeKind

APPLIED = OutcomeKind.APPLIED


class EmptyBody(BytesIO):
    """A body as urllib3 gives it."""

    def read(self, *_: object, **__: object) -> bytes:
        return b""


class Failing(HTTPAdapter):
    """An adapter that answers 500 to the paths that a pattern matches; `asked` are these paths."""

    def __init__(self, pattern: str) -> None:
        super().__init__()
        self.pattern = re.compile(pattern)
        self.asked: list[str] = []

    def send(self, request: requests.PreparedRequest, *args: object, **kwargs: object) -> requests.Response:
        if not self.pattern.search(request.path_url):
            return super().send(request, *args, **kwargs)  # type: ignore[arg-type]
        self.asked.append(request.path_url)
        response = requests.Response()
        response.status_code, response.url, response.raw = 500, request.url or "", EmptyBody()
        response.request = request
        return response


def failing_session(site: CachedSite, pattern: str) -> tuple[RedmineSession, Failing]:
    session, failing = site.diary.session(), Failing(pattern)
    session._http.mount(f"{site.world.url}/", failing)
    return session, failing


def project_id(site: CachedSite, identifier: str) -> int:
    return next(each.id for each in site.world.tracker.projects if each.identifier == identifier)


def file_both(site: CachedSite, at: str = "Mon 09:00") -> tuple[int, int]:
    """File a request of a VIP, and one in the other project."""
    site.is_compared = False
    return site.diary.file(at), site.diary.file(at, OPERATOR, BASE, CONSULTATION)


@pytest.mark.parametrize(
    "pattern",
    [f"^/projects/{BASE}.json", "^/projects/{id}/versions.json", "^/projects/{id}/memberships.json"],
)
def test_project_with_a_list_that_fails_is_left_out(site: CachedSite, pattern: str) -> None:
    served, left_out = file_both(site)
    session, failing = failing_session(site, pattern.replace("{id}", str(project_id(site, BASE))))
    run = site.run("Mon 09:05", session=session).result
    assert (run.outcomes, run.done.is_complete) == ({served: APPLIED}, False)
    path = failing.asked[0].partition("?")[0]
    assert f"project {BASE}: GET {path}: answered 500; try again later, and check Redmine's log" in run.done.problems
    assert site.run("Mon 09:10").result.outcomes[left_out] is APPLIED


def test_newest_request_of_a_tracker_that_fails_leaves_out_nothing_and_is_named(site: CachedSite) -> None:
    served, other = file_both(site)
    session, failing = failing_session(site, f"project_id={project_id(site, BASE)}&.*sort=id%3Adesc")
    run = site.run("Mon 09:05", session=session).result
    assert (run.outcomes, run.done.is_complete) == ({served: APPLIED, other: APPLIED}, False)
    assert f'fields of tracker "{CONSULTATION}" of project {BASE} not read: GET /issues.json: answered 500' in str(
        run.done.problems
    )
    assert len(run.done.problems) <= len(failing.asked)
    assert site.run("Mon 09:10").result.done.is_complete


def test_group_of_staff_that_fails_is_named_by_the_error_and_not_as_missing(site: CachedSite) -> None:
    served, _ = file_both(site)
    staff = site.world.tracker.groups[0]
    session, _ = failing_session(site, f"^/groups/{staff.id}.json")
    run = site.run("Mon 09:05", session=session).result
    assert (run.outcomes[served], run.done.is_complete) == (APPLIED, False)
    problems = [each for each in run.done.problems if staff.name in each]
    assert [each.partition(";")[0] for each in problems] == [
        f'group "{staff.name}" not read: GET /groups/{staff.id}.json: answered 500'
    ]


def test_account_of_the_head_that_fails_is_named(site: CachedSite) -> None:
    served, other = file_both(site)
    head = next(each for each in site.world.tracker.users if each.login == HEAD)
    session, _ = failing_session(site, f"^/users/{head.id}.json")
    run = site.run("Mon 09:05", session=session).result
    assert (run.outcomes, run.done.is_complete) == ({served: APPLIED, other: APPLIED}, False)
    assert f"not read: GET /users/{head.id}.json: answered 500" in str(run.done.problems)


def test_list_over_all_projects_that_fails_is_replaced_by_the_own_lists(site: CachedSite) -> None:
    served, other = file_both(site)
    session, failing = failing_session(site, r"^/issues\.json\?(?!.*[&?]project_id).*status_id=open")
    run = site.run("Mon 09:05", session=session).result
    assert run.outcomes == {served: APPLIED, other: APPLIED}
    assert failing.asked


def test_one_request_that_fails_in_every_list_leaves_out_only_its_project(site: CachedSite) -> None:
    served, _ = file_both(site)
    base = project_id(site, BASE)
    session, _ = failing_session(site, rf"^/issues\.json\?(?!.*[&?]project_id=(?!{base}&))(?!.*limit=1(&|$))")
    run = site.run("Mon 09:05", session=session).result
    assert (run.outcomes, run.done.is_complete) == ({served: APPLIED}, False)
    assert [each.partition(";")[0] for each in run.done.unread_projects.values()] == ["GET /issues.json: answered 500"]


def test_requests_that_must_be_reread_are_read_by_themselves_if_their_list_fails(site: CachedSite) -> None:
    both = file_both(site)
    site.run_until_idle("Mon 09:05", "Mon 09:10", "Mon 09:15")
    site.invalidate(both)
    session, failing = failing_session(site, rf"^/issues\.json\?.*issue_id={both[0]}%2C{both[1]}")
    run = site.run("Mon 09:20", session=session)
    assert (run.histories, run.result.done.is_complete, bool(failing.asked)) == (both, True, True)


def test_releases_that_fail_before_a_note_leave_out_their_project(site: CachedSite) -> None:
    held, served = file_both(site)
    version = site.world.add_version(VIP, "4.9", date(2026, 6, 30))
    with site.diary.at("Mon 09:01", held) as world:
        world.edit(OPERATOR, held, fixed_version_id=version)
    session, failing = failing_session(site, f"^/projects/{project_id(site, VIP)}/versions.json")
    failing.pattern, pattern = re.compile("^never"), failing.pattern
    progress = lambda *_: setattr(failing, "pattern", pattern)  # noqa: E731 - after the lists were read
    run = site.run("Mon 09:02", session=session, progress=progress).result
    assert (run.outcomes, run.done.is_complete) == ({served: APPLIED}, False)
    assert "/versions.json: answered 500" in str(run.done.unread_projects)
    assert site.run("Mon 09:05").result.outcomes[held] is APPLIED


def test_run_stops_if_redmine_does_not_answer_at_all(site: CachedSite) -> None:
    file_both(site)
    session, _ = failing_session(site, "^/(projects|users/current)")
    site.run_with_error("Mon 09:05", RedmineUnavailableError, session=session)

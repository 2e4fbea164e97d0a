"""Ids on requests that are in no list, after which a run rereads the lists."""

from __future__ import annotations

from typing import Any

import pytest
from stories import redmine_json as redmine
from stories.moments import read_moment

from sup_sync.run.unknown_ids import ListedIds


@pytest.fixture
def lists() -> Any:
    lists = redmine.new_lists()
    for project in lists["projects"]:
        project |= {"trackers": [], "members": [11]}
    return lists


def unknown(lists: Any, *journals: Any) -> set[str]:
    """Return the unknown ids of a request by the client with these journals, without its project and tracker."""
    raw = redmine.new_issue(1, read_moment("Mon 09:00"), "client")
    raw["journals"] += journals
    return {each for each in ListedIds(lists).unknown_ids(raw) if not each.startswith("place")}


def test_person_who_is_new_in_the_project_is_unknown_though_listed(lists: Any) -> None:
    project = redmine.number(redmine.PROJECTS, redmine.BASE_PROJECT)
    assert unknown(lists, {"user": redmine.person("staff")}) == {f"member {project} 22"}
    assert unknown(lists, {"user": redmine.person("client")}) == set()


def test_journal_without_an_author_hides_no_other_unknown_id(lists: Any) -> None:
    project = redmine.number(redmine.PROJECTS, redmine.BASE_PROJECT)
    assert unknown(lists, {"id": 5}, {"user": redmine.person("unlisted")}) == {
        "people 91 Асқар Белгісіз",
        f"member {project} 91",
    }

"""A property: what happens to one person changes no plan for the requests of others."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from stories import redmine_json as redmine
from stories.moments import read_moment
from stories.shipped import shipped_config
from stories.story_request import StoryRequest

from sup_sync.model.change import Change
from sup_sync.redmine.decode import decode_issue
from sup_sync.redmine.lists import decode_directory
from sup_sync.run.caseload import decode_caseload, judge_caseload, plan_caseload

RULES = shipped_config().rules
NOW = read_moment("Tue 13:01")
PROJECTS = (redmine.VIP_PROJECT, redmine.BASE_PROJECT)
PEOPLE = ("client", "colleague", "operator", "staff", "head", "developer")
ACTIONS = (
    "public note",
    "private note",
    "takes it",
    "asks and waiting for client",
    "attachment",
    "closes",
    "assigns staff",
)

Lists, Issues = dict[str, Any], list[dict[str, Any]]


def id_of(who: str) -> int:
    number: int = redmine.PEOPLE[who]["id"]
    return number


def lock(who: str, lists: Lists, _issues: Issues) -> None:
    for each in lists["people"]:
        if each["id"] == id_of(who):
            each["login"] = None


def leave(who: str, lists: Lists, _issues: Issues) -> None:
    lists["people"] = [each for each in lists["people"] if each["id"] != id_of(who)]
    for project in lists["projects"]:
        project["members"] = [each for each in project["members"] if each != id_of(who)]
        project["roles"].pop(str(id_of(who)), None)


def delete(who: str, lists: Lists, issues: Issues) -> None:
    leave(who, lists, issues)
    for raw in issues:
        for each in (raw, *raw["journals"]):
            for key in {"author", "user"} & each.keys():
                each[key] = redmine.person("guest") if each[key]["id"] == id_of(who) else each[key]


def become_client(who: str, lists: Lists, _issues: Issues) -> None:
    for project in lists["projects"]:
        project["roles"][str(id_of(who))] = ["Клиент"]


def become_staff(who: str, lists: Lists, _issues: Issues) -> None:
    for project in lists["projects"]:
        project["roles"][str(id_of(who))] = ["Қолдау операторы"]


def take_the_name_of_a_client(who: str, lists: Lists, _issues: Issues) -> None:
    for each in lists["people"]:
        if each["id"] == id_of(who):
            each["name"] = redmine.PEOPLE["client"]["name"]


HAPPENS: tuple[Callable[[str, Lists, Issues], None], ...] = (
    lock,
    leave,
    delete,
    become_client,
    become_staff,
    take_the_name_of_a_client,
)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Lists, Issues]:
    """Draw Redmine's lists and some requests, each filed on Monday with up to four actions."""
    issues = []
    for number in range(1, draw(st.integers(2, 5)) + 1):
        request = StoryRequest(number)
        at = read_moment("Mon 09:00")
        project = draw(st.sampled_from(("VIP", "Base")))
        request.file(at, draw(st.sampled_from(("client", "operator", "colleague"))), f"{project}, error, by e-mail")
        for who, action in draw(st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from(ACTIONS)), max_size=4)):
            at += timedelta(minutes=draw(st.integers(1, 300)))
            request.act(at, who, action)
        issues.append(request.raw)
    lists = redmine.new_lists()
    for row in lists["projects"]:
        row["members"] = [each["id"] for each in lists["people"]]
        row["roles"] = {str(each["id"]): each["roles"] for each in lists["people"]}
        row["groups"] = ["Қолдау қызметі"]
    return lists, issues


def plans(lists: Lists, issues: Issues) -> dict[int, list[Change]]:
    """Return the planned changes of each request."""
    caseload = decode_caseload(lists, issues, RULES)
    plan = plan_caseload(caseload, judge_caseload(caseload, RULES, NOW), RULES, NOW)
    by_issue = dict(plan.by_issue())
    return {raw["id"]: list(by_issue.get(raw["id"], ())) for raw in issues}


def takes_part(who: str, raw: dict[str, Any], changes: list[Change]) -> bool:
    """Return whether a person is in a request: its author, assignee, or in its history, or addressed by its notes."""
    ids = {raw["author"]["id"], raw.get("assigned_to", {}).get("id"), *(each["user"]["id"] for each in raw["journals"])}
    addressed = who == "head" and any("@d.bekova" in each.new for each in changes)
    return id_of(who) in ids or addressed


@settings(max_examples=150, deadline=None)
@given(worlds(), st.sampled_from(PEOPLE), st.sampled_from(HAPPENS))
def test_plans_of_others_do_not_change(world: tuple[Lists, Issues], who: str, happens: Any) -> None:
    lists, issues = world
    before = plans(lists, issues)
    others = {raw["id"] for raw in issues if not takes_part(who, raw, before[raw["id"]])}
    after_lists, after_issues = deepcopy(lists), deepcopy(issues)
    happens(who, after_lists, after_issues)
    after = plans(after_lists, after_issues)
    assert {key: after[key] for key in others} == {key: before[key] for key in others}


@settings(max_examples=60, deadline=None)
@given(worlds(), st.sampled_from((lock, leave, delete)))
def test_a_note_to_the_head_is_sent_without_them(world: tuple[Lists, Issues], happens: Any) -> None:
    lists, issues = world
    strangers = [raw for raw in issues if not takes_part("head", raw, [])]
    before = plans(lists, strangers)
    happens("head", lists, strangers)
    after = plans(lists, strangers)
    for key, changes in before.items():
        expected = [each for each in changes if each.field != "assignee"]
        assert [each.field for each in after[key]] == [each.field for each in expected]
        assert [each.new.removeprefix("@d.bekova\n\n") for each in expected] == [each.new for each in after[key]]


@settings(max_examples=60, deadline=None)
@given(worlds(), st.sampled_from(PEOPLE))
def test_every_request_is_judged_after_an_account_is_deleted(world: tuple[Lists, Issues], who: str) -> None:
    lists, issues = world
    delete(who, lists, issues)
    directory = decode_directory(lists, RULES.names)
    assert all(decode_issue(raw, directory).unknown == () for raw in issues)

"""The demo's story: placed in working time, with the names of the mappings, and judged on a real Redmine."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from support.demo_site import CONFIG, SUNDAY_NIGHT, Demo, shipped_config
from support.worlds import USES_SITE
from tools.demo.seed import seed
from tools.demo.site import DemoError
from tools.demo.story import list_actions, load_story, parse_duration, time_before

from sup_sync.model.policy import ClockKind
from sup_sync.redmine.reader import Reader
from sup_sync.redmine.session import RedmineSession
from sup_sync.run.cache import IN_MEMORY, Cache
from sup_sync.run.caseload import decode_caseload, judge_caseload
from sup_sync.run.gather import IncrementalReader
from sup_sync.sla.clock import TargetStatus

pytestmark = USES_SITE

ALMATY = ZoneInfo("Asia/Almaty")
CALENDAR = shipped_config().rules.calendars[ClockKind.WORKING]
STORY = load_story()


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ALMATY)


@pytest.mark.parametrize(
    ("now", "ago", "at"),
    [
        ("2026-11-17T12:00", "40min", "2026-11-17T11:20"),
        ("2026-11-16T09:10", "40min", "2026-11-13T17:30"),  # Monday morning: on Friday
        ("2026-11-17T12:00", "3h", "2026-11-17T09:00"),  # the opening itself
        ("2026-11-15T22:30", "0min", "2026-11-13T18:00"),  # Sunday night: when work ends on Friday
        ("2026-11-15T22:30", "9h", "2026-11-13T09:00"),
        ("2026-11-15T22:30", "9h 1min", "2026-11-12T17:59"),
    ],
)
def test_time_before_counts_working_time(now: str, ago: str, at: str) -> None:
    assert time_before(CALENDAR, local(now), parse_duration(ago)) == local(at)


@pytest.mark.parametrize("minutes", [1, 61, 539, 540, 541, 5400])
def test_time_before_agrees_with_the_working_time_that_has_passed(minutes: int) -> None:
    ago = timedelta(minutes=minutes)
    for hours in range(0, 24 * 9, 5):
        now = SUNDAY_NIGHT + timedelta(hours=hours)
        assert CALENDAR.elapsed(time_before(CALENDAR, now, ago), now) == ago


def test_the_steps_of_a_request_follow_its_filing_in_order() -> None:
    for request in STORY["requests"]:
        ago = [parse_duration(each["at"]) for each in (request, *request.get("steps", ()))]
        assert all(later < earlier for earlier, later in pairwise(ago)), request["subject"]


def test_actions_are_in_the_order_of_time_and_a_filing_precedes_its_steps() -> None:
    actions = list_actions(STORY, CALENDAR, SUNDAY_NIGHT)
    assert [action.at for action in actions] == sorted(action.at for action in actions)
    assert len(actions) == sum(1 + len(request.get("steps", ())) for request in STORY["requests"])
    filed: set[int] = set()
    for action in actions:
        assert action.is_filing != (action.request in filed)
        filed.add(action.request)


def test_the_story_uses_only_names_of_the_mappings() -> None:
    names = shipped_config().rules.names
    known = {
        "tracker": {*names.trackers, STORY["internal_tracker"]},
        "status": set(names.statuses),
        "priority": set(names.priorities.values()),
        "channel": set(names.channels.values()),
        "by": STORY["staff"].keys() | STORY["clients"].keys(),
        "assignee": set(STORY["staff"]),
        "in": set(STORY["projects"]),
    }
    entries = [each for request in STORY["requests"] for each in (request, *request.get("steps", ()))]
    assert {each[key] for each in entries for key in known if key in each and each[key] not in known[key]} == set()


def test_the_story_shows_every_status_of_first_response_and_resolution() -> None:
    expected = [request["shows"] for request in STORY["requests"] if request["shows"]]
    assert {response for response, _ in expected} == set(TargetStatus)
    assert {resolution for _, resolution in expected} == set(TargetStatus)
    assert [request["shows"] for request in STORY["requests"]].count(None) == 1


def test_every_request_has_the_statuses_of_the_story_on_a_sunday_night(demo: Demo) -> None:
    config = shipped_config()
    person = demo.as_person("sup-sync")
    reader = Reader(RedmineSession(person.url, str(person.session.headers["X-Redmine-API-Key"])))
    with Cache(IN_MEMORY) as cache:
        read = IncrementalReader.open(reader, config, cache, SUNDAY_NIGHT, lambda _done, _of: None).everything()
    judgements = judge_caseload(
        decode_caseload(read.lists, read.raw_issues, config.rules, SUNDAY_NIGHT), config.rules, SUNDAY_NIGHT
    )
    statuses = {
        each.issue.subject: None if each.is_unjudged else [verdict.outcome for verdict in each.verdicts]
        for each in judgements
    }
    assert statuses == {request["subject"]: request["shows"] for request in STORY["requests"]}


def test_seeding_again_does_nothing(demo: Demo) -> None:
    assert demo.seeded.startswith("5 projects, 35 requests, 74 history entries")
    assert seed(demo.site, CONFIG, SUNDAY_NIGHT) == "sup-sync-test-demo already contains the story; nothing changed"


def test_seeding_refuses_a_site_with_a_part_of_the_story(demo: Demo) -> None:
    admin = demo.as_person("admin")
    admin.send("PUT", "/projects/murager-group/reopen.json")
    try:
        with pytest.raises(
            DemoError, match="only a part of the story; run scripts/redmine reset --site sup-sync-test-d"
        ):
            seed(demo.site, CONFIG, SUNDAY_NIGHT)
    finally:
        admin.send("PUT", "/projects/murager-group/close.json")


def test_a_client_sees_only_the_requests_of_their_own_project(demo: Demo) -> None:
    rows = demo.as_person("m.omarov").send("GET", "/issues.json?status_id=*&limit=100")["issues"]
    assert len(rows) == sum(request["in"] == "alatau-trade" for request in STORY["requests"])
    assert {row["project"]["name"] for row in rows} == {"«Алатау Трейд» ЖШС"}


def test_dates_of_issues_follow_from_their_history(demo: Demo) -> None:
    with demo.site.database() as base:
        rows = base.execute("SELECT subject, created_on, updated_on, closed_on, start_date FROM issues").fetchall()
    dates = {subject: rest for subject, *rest in rows}
    assert dates["Кері қоңырау. Жаңа қызметкерге рұқсат беру"] == [  # filed 12 h, closed 6 h before Friday 18:00
        "2026-11-12 10:00:00.000000",
        "2026-11-13 07:00:00.000000",
        "2026-11-13 07:00:00.000000",
        "2026-11-12",
    ]
    assert dates["Есеп айырысу шоты өзгермейді"][2] == "2026-11-12 06:00:00.000000"  # closed 16 h before, opened again
    assert dates["Каталогты Excel файлынан енгізу"][3] == "2027-02-13"  # in 90 days

"""The demo's story: placed in working time, told in the mapping's words, and judged on a real Redmine as it says."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from support.demo_site import CONFIG, SUNDAY_NIGHT, Demo, shipped_config
from tools.demo.story import deeds_of, load_story, moment_before, working_time
from tools.demo.world import DemoError, seed

from sup_sync.model.policy import ClockKind
from sup_sync.redmine.reader import Reader
from sup_sync.redmine.session import RedmineSession
from sup_sync.run.cache import IN_MEMORY, Cache
from sup_sync.run.caseload import decode_caseload, judge_caseload
from sup_sync.run.gather import Reading
from sup_sync.sla.clock import TargetStatus

ALMATY = ZoneInfo("Asia/Almaty")
CALENDAR = shipped_config().rules.calendars[ClockKind.WORKING]
STORY = load_story()


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ALMATY)


@pytest.mark.parametrize(
    ("now", "ago", "moment"),
    [
        ("2026-11-17T12:00", "40min", "2026-11-17T11:20"),
        ("2026-11-16T09:10", "40min", "2026-11-13T17:30"),  # Monday morning: on Friday
        ("2026-11-17T12:00", "3h", "2026-11-17T09:00"),  # the opening itself
        ("2026-11-15T22:30", "0min", "2026-11-13T18:00"),  # Sunday night: Friday's closing
        ("2026-11-15T22:30", "9h", "2026-11-13T09:00"),
        ("2026-11-15T22:30", "9h 1min", "2026-11-12T17:59"),
    ],
)
def test_a_moment_lies_so_much_working_time_before_the_present(now: str, ago: str, moment: str) -> None:
    assert moment_before(CALENDAR, local(now), working_time(ago)) == local(moment)


@pytest.mark.parametrize("minutes", [1, 61, 539, 540, 541, 5400])
def test_so_much_working_time_has_passed_since_a_moment(minutes: int) -> None:
    ago = timedelta(minutes=minutes)
    for hours in range(0, 24 * 9, 5):
        now = SUNDAY_NIGHT + timedelta(hours=hours)
        assert CALENDAR.elapsed(moment_before(CALENDAR, now, ago), now) == ago


def test_the_steps_of_a_request_follow_its_filing_in_order() -> None:
    for request in STORY["requests"]:
        ago = [working_time(each["at"]) for each in (request, *request.get("steps", ()))]
        assert all(later < earlier for earlier, later in pairwise(ago)), request["subject"]


def test_the_deeds_come_in_the_order_of_time_and_a_filing_before_its_steps() -> None:
    deeds = deeds_of(STORY, CALENDAR, SUNDAY_NIGHT)
    assert [deed.at for deed in deeds] == sorted(deed.at for deed in deeds)
    assert len(deeds) == sum(1 + len(request.get("steps", ())) for request in STORY["requests"])
    filed: set[int] = set()
    for deed in deeds:
        assert deed.is_filing != (deed.request in filed)
        filed.add(deed.request)


def test_the_story_is_told_in_the_words_of_the_mapping() -> None:
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
    words = [each for request in STORY["requests"] for each in (request, *request.get("steps", ()))]
    assert {each[word] for each in words for word in known if word in each and each[word] not in known[word]} == set()


def test_the_story_shows_every_standing_against_first_response_and_closing() -> None:
    shown = [request["shows"] for request in STORY["requests"] if request["shows"]]
    assert {first for first, _ in shown} == set(TargetStatus)
    assert {closing for _, closing in shown} == set(TargetStatus)
    assert [request["shows"] for request in STORY["requests"]].count(None) == 1


def test_on_a_sunday_night_every_request_stands_as_the_story_says(demo: Demo) -> None:
    config = shipped_config()
    person = demo.as_somebody("sup-sync")
    reader = Reader(RedmineSession(person.url, str(person.session.headers["X-Redmine-API-Key"])))
    with Cache(IN_MEMORY) as cache:
        read = Reading(reader, config, cache, SUNDAY_NIGHT, lambda _done, _of: None).everything()
    judgements = judge_caseload(decode_caseload(read.lists, read.raw_issues, config.rules), config.rules, SUNDAY_NIGHT)
    stands = {
        each.issue.subject: None if each.is_unjudged else [verdict.outcome for verdict in each.verdicts]
        for each in judgements
    }
    assert stands == {request["subject"]: request["shows"] for request in STORY["requests"]}


def test_acting_it_out_again_does_nothing(demo: Demo) -> None:
    assert demo.seeded.startswith("5 projects, 35 requests, 74 entries of history")
    assert seed(demo.site, CONFIG, SUNDAY_NIGHT) == "sup-sync-test-demo has the story already: nothing done"


def test_a_story_that_broke_off_is_named_and_not_gone_on_with(demo: Demo) -> None:
    admin = demo.as_somebody("admin")
    admin.send("PUT", "/projects/murager-group/reopen.json")
    try:
        with pytest.raises(DemoError, match="half of the story is there: scripts/redmine reset --site sup-sync-test-d"):
            seed(demo.site, CONFIG, SUNDAY_NIGHT)
    finally:
        admin.send("PUT", "/projects/murager-group/close.json")


def test_a_client_sees_the_requests_of_their_own_project_alone(demo: Demo) -> None:
    rows = demo.as_somebody("m.omarov").send("GET", "/issues.json?status_id=*&limit=100")["issues"]
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

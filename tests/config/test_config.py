"""The shipped configuration, and the meaning of other values."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from stories.moments import WEEK
from stories.shipped import REPOSITORY, Copy, shipped_config

from sup_sync.config.load import check_files
from sup_sync.model.policy import ClockKind

MIN, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(hours=9)
BY_PRIORITY = (2 * HOUR, 1 * HOUR, 30 * MIN)

CONFIG, REGULATION, CALENDAR, CLIENTS = "config.yaml", "regulation.yaml", "calendar.yaml", "clients.yaml"


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return Copy(tmp_path)


# The shipped files


def test_shipped_files_have_no_mistakes():
    assert check_files(REPOSITORY / CONFIG, WEEK)[1] == []


AGREEMENTS = [
    ("vip_online_assistant", (15 * MIN,) * 3, "SLA VIP.1", DAY, "SLA VIP.3"),
    ("vip_official_letter", BY_PRIORITY, "SLA VIP.2", None, "SLA VIP.3"),
    ("vip", BY_PRIORITY, "SLA VIP.2", DAY, "SLA VIP.3"),
    ("base_online_assistant", (15 * MIN,) * 3, "SLA Base.1", 2 * DAY, "SLA Base.3"),
    ("base", (DAY,) * 3, "SLA Base.2", 2 * DAY, "SLA Base.3"),
]


def test_shipped_agreements_match_the_table_of_the_regulation():
    policy = shipped_config().rules.policy
    assert policy.priorities == ("normal", "urgent", "immediate")
    rows = []
    for agreement in policy.agreements:
        first = [agreement.target("first_response", each) for each in policy.priorities]
        resolution = [agreement.target("resolution", each) for each in policy.priorities]
        assert {each.clock for each in (*first, *resolution)} == {ClockKind.WORKING}
        assert len(set(resolution)) == 1
        within = tuple(each.within for each in first)
        rows.append((agreement.key, within, first[0].clause, resolution[0].within, resolution[0].clause))
    assert rows == AGREEMENTS


def test_shipped_ladder_has_three_steps():
    ladders = {agreement.ladder for agreement in shipped_config().rules.policy.agreements}
    assert [
        [(step.key, step.share, step.mentions, step.assign, step.is_warning) for step in ladder] for ladder in ladders
    ] == [
        [
            ("at_risk", 0.75, (), None, True),
            ("breached", 1.0, (), None, False),
            ("to_head", 2.0, ("head",), "head", False),
        ]
    ]


def test_shipped_calendar_covers_2023_to_2027():
    config = shipped_config()
    calendar = config.rules.calendars[ClockKind.WORKING]
    assert calendar.years == range(2023, 2028)
    assert config.rules.estimated_years == {2027}
    assert [calendar.working_days(year) for year in (2023, 2024, 2025, 2026)] == [246, 249, 246, 247]


def test_calendar_clock_ignores_days_off():
    calendar = shipped_config().rules.calendars[ClockKind.CALENDAR]
    assert calendar.windows_on(date(2026, 1, 1)) == ((timedelta(0), 24 * HOUR),)


# Other values


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("5 min", 5 * MIN),
        ("90 min", 90 * MIN),
        ("1 h", HOUR),
        ("8 h", 8 * HOUR),
        ("1 working day", 9 * HOUR),
    ],
)
def test_duration_has_a_unit(copy, text, length):
    copy.replace(REGULATION, "within: 15 min", f"within: {text}")
    agreement = copy.load().rules.policy.agreements[0]
    assert agreement.target("first_response", "normal").within == length


def test_working_day_has_the_configured_length(copy):
    copy.replace(REGULATION, "working_day: 9 h", "working_day: 8 h")
    base = copy.load().rules.policy.agreements[-1]
    assert base.target("resolution", "normal").within == 16 * HOUR


def test_end_of_day_target_counts_days(copy):
    copy.replace(REGULATION, "within: 2 working days,", "within: 2 working days, until: end_of_day,")
    base = copy.load().rules.policy.agreements[-1]
    assert base.target("resolution", "normal").end_of_days == 2
    assert base.target("first_response", "normal").end_of_days is None


def test_changes_take_precedence_in_the_calendar(copy):
    copy.replace(
        CALENDAR,
        "\nchanges:\n",
        """
changes:
  - {date: 2026-06-09, kind: off, source: a test}
  - {date: 2026-06-13, kind: worked, source: a test}
  - {date: 2026-06-20, kind: worked, hours: ["10:00-12:00"], source: a test}
  - {date: 2026-07-06, kind: cancelled, source: a test}
  - {date: 2026-06-11, kind: hours, hours: ["09:00-13:00", "14:00-16:30"], source: a test}
  - {move: 2026-06-10, to: 2026-06-14, source: a test}
""",
    )
    calendar = copy.load().rules.calendars[ClockKind.WORKING]
    whole_day = ((9 * HOUR, 18 * HOUR),)
    assert {day: calendar.windows_on(date.fromisoformat(day)) for day in (
        "2026-06-08", "2026-06-09", "2026-06-13", "2026-06-20", "2026-07-06", "2026-06-11", "2026-06-10", "2026-06-14"
    )} == {
        "2026-06-08": whole_day,
        "2026-06-09": (),
        "2026-06-13": whole_day,
        "2026-06-20": ((10 * HOUR, 12 * HOUR),),
        "2026-07-06": whole_day,
        "2026-06-11": ((9 * HOUR, 13 * HOUR), (14 * HOUR, 16 * HOUR + 30 * MIN)),
        "2026-06-10": (),
        "2026-06-14": whole_day,
    }  # fmt: skip


def test_each_weekday_may_have_its_own_hours(copy):
    copy.replace(CALENDAR, "  mon-fri: [", '  sat: ["10:00-14:00"]\n  sun: ["00:00-24:00"]\n  mon-fri: [')
    calendar = copy.load().rules.calendars[ClockKind.WORKING]
    assert calendar.hours[4] == ((9 * HOUR, 18 * HOUR),)
    assert calendar.hours[5] == ((10 * HOUR, 14 * HOUR),)
    assert calendar.hours[6] == ((timedelta(0), 24 * HOUR),)


@pytest.mark.parametrize("clause", ["7", "2.7", "2.10", "4.2.1", "SLA VIP.1", '"12"'])
def test_clause_is_read_as_text(copy, clause):
    copy.replace(REGULATION, "consultation: {clause: 4}", f"consultation: {{clause: {clause}}}")
    assert copy.load().rules.policy.categories["consultation"].clause == clause.strip('"')


@pytest.mark.parametrize("written", ["020240000555", '"020240000555"', "970240000816", '"970240000816"'])
def test_bin_is_read_as_text(copy, written):
    copy.replace(CLIENTS, "project: alatau-trade", f"bin: {written}")
    assert copy.load().rules.policy.contracts[0].bin == written.strip('"')


def test_optional_keys_of_config_yaml_have_defaults(copy):
    text = "redmine: {url: https://sup.example}\nprojects: [alatau-trade, saryarka-logistic, kokshe-qurylys]\n"
    copy.path(CONFIG).write_text(text + "enforce_from: 2026-01-01\n", encoding="utf-8")
    config = copy.load()
    assert config.server.url == "https://sup.example"
    assert config.server.timeout_s == 60
    assert config.server.key_file is None
    assert (config.closed_days, config.limits.notes, config.limits.status_changes, config.limits.changed_share) == (
        14,
        50,
        10,
        0.5,
    )
    assert (config.rules.messages.staff_language, config.rules.messages.client_language) == ("kk", "kk")


def test_relative_paths_start_at_the_folder_of_config_yaml(copy):
    copy.replace(CONFIG, "  url: http", "  key_file: the-key\n  ca_file: our-ca.pem\n  timeout: 2 min\n  url: http")
    config = copy.load()
    assert config.server.key_file == copy.folder / "the-key"
    assert config.server.ca_file == copy.folder / "our-ca.pem"
    assert config.server.timeout_s == 120


def test_mappings_may_be_in_another_folder(copy):
    (copy.folder / "mappings").rename(copy.folder / "rules-2026")
    copy.replace(CONFIG, "enforce_from:", "mappings: rules-2026\nenforce_from:")
    assert copy.load().rules.policy == shipped_config().rules.policy


# Values that plain YAML would read differently


def test_off_and_no_are_read_as_text(copy):
    copy.replace(CALENDAR, "\nchanges:\n", "\nchanges:\n  - {date: 2026-06-09, kind: off, source: no}\n")
    assert copy.mistakes() == []
    assert copy.load().rules.calendars[ClockKind.WORKING].windows_on(date(2026, 6, 9)) == ()

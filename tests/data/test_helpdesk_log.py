"""First responses in the log of a real help desk, read as issues (Mendeley Data, btm76zndnt)."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from stories import redmine_json as redmine
from stories.shipped import Copy

from sup_sync.redmine.decode import decode_issue
from sup_sync.redmine.lists import decode_directory
from sup_sync.sla.judge import judge_issue

LOG = Path(__file__).parents[3] / "shared" / "data" / "mendeley_helpdesk.events.csv.gz"
# the account that posts a policy notice some seconds after each filing
AUTOMATIC = "4ggo"

Row = dict[str, str]

pytestmark = pytest.mark.skipif(not LOG.exists(), reason=f"{LOG.name} is not available")


def comments() -> dict[str, list[Row]]:
    """Return the messages of the log by ticket, in order."""
    with gzip.open(LOG, "rt", encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["event"] == "comment"]
    return {ticket: list(messages) for ticket, messages in groupby(rows, key=lambda row: row["case_id"])}


def lists_of(rows: Iterable[Row], ids: dict[str, int], account: str) -> redmine.Json:
    """Return Redmine's lists: all assignees and the automatic account are staff, others are not members."""
    staff = {AUTOMATIC, *(row["actor"] for row in rows if row["actor_is_staff"] == "true")}
    people = [{"id": ids[name], "name": name, "groups": [], "roles": ["Қолдау операторы"]} for name in sorted(staff)]
    return {**redmine.new_lists(), "account": {"id": ids.get(account)}, "people": people}


def issue_of(ticket: str, messages: list[Row], ids: dict[str, int]) -> redmine.Json:
    filed, *answers = messages
    raw = redmine.new_issue(int(ticket), moment(filed), "client")
    raw["author"] = {"id": ids[filed["actor"]], "name": filed["actor"]}
    redmine.set_field(raw, "channel", redmine.CHANNELS["e-mail"])
    for row in answers:
        is_private = json.loads(row["extra_json"])["private"]
        redmine.add_journal(raw, moment(row), "client", notes="…", is_private=is_private, details=[])
        raw["journals"][-1]["user"] = {"id": ids[row["actor"]], "name": row["actor"]}
    return raw


def moment(row: Row) -> datetime:
    return datetime.fromisoformat(row["timestamp"])


@pytest.fixture
def rules(tmp_path: Path) -> Any:
    copy = Copy(tmp_path)
    copy.replace("calendar.yaml", "years: {2023", "years: {2022: final, 2023")
    copy.replace("regulation.yaml", "in_force_from: 2023", "in_force_from: 2022")
    base = "{within: 1 working day, clause: SLA Base.2}"
    copy.replace("regulation.yaml", base, "{within: 9 h, clause: SLA Base.2, clock: calendar}")
    return copy.load().rules


def first_responses(rules: Any, account: str) -> list[timedelta]:
    """Return the calendar time to the first response, for each ticket that has one."""
    tickets = comments()
    rows = [row for messages in tickets.values() for row in messages]
    ids = {name: number for number, name in enumerate(sorted({row["actor"] for row in rows}), start=1)}
    directory = decode_directory(lists_of(rows, ids, account), rules.names)
    issues = (decode_issue(issue_of(ticket, messages, ids), directory) for ticket, messages in tickets.items())
    judged = (judge_issue(issue, rules.policy, rules.calendars, datetime(2023, 4, 1, tzinfo=UTC)) for issue in issues)
    verdicts = [each.verdict("first_response") for each in judged]
    assert len(verdicts) == 360
    return [verdict.elapsed for verdict in verdicts if verdict.stopped_at]


def test_the_automatic_reply_is_not_a_first_response(rules):
    waited = first_responses(rules, account=AUTOMATIC)
    assert len(waited) == 341
    assert round(median(waited) / timedelta(minutes=1), 2) == 1.95


def test_the_automatic_reply_answers_nearly_everything_at_once_if_counted_as_staff(rules):
    waited = first_responses(rules, account="unknown")
    assert len(waited) >= 358
    assert median(waited) < timedelta(seconds=20)

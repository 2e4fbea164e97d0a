"""Evaluation by the regulation in force on the day of filing; in these tests a new version starts on Wednesday."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from stories.shipped import Copy
from stories.story import Story
from support.shell import CommandResult
from support.versions import add_earlier_version, name_level

from sup_sync.cli.main import run
from sup_sync.config.load import Config
from sup_sync.views.compliance import Dimension, compliance
from sup_sync.views.explanation import explain
from sup_sync.views.work_queue import queue

WEDNESDAY = "2026-06-10"
# the rules until Tuesday: other targets, terms, waiting, reasons, requirements, alerts and clauses
OLD_RULES = (
    ("within: {normal: 2 h, urgent: 1 h, immediate: 30 min}", "within: {normal: 4 h, urgent: 2 h}"),
    ("[normal, urgent, immediate]", "[normal, urgent]"),
    ("clause: SLA VIP.2", "clause: 4.2"),
    ("  base: {clause: 3, default: true}", "  standard: {clause: 2.7, default: true}"),
    ("levels: [base]", "levels: [standard]"),
    ("within: 8 h ", "within: 4 h "),
    ("wording: клиенттен жауап келмеді", "wording: жауап болмады"),
    ("third_party_product: {clause: 6}", "third_party_product: {clause: 5.1}"),
    ("  law: {clause: 6}\n", ""),
    ("  contact: {clause: 12}\n", ""),
    ("  misrouted: {clause: 8}", ""),
    ("  suggestion: {clause: 6}\n", ""),
    ("  priority: 20 ", "  priority: 7.1 "),
    ("  refusal: 9 ", "  refusal: 3.4 "),
    ("  development: 23 ", "  development: 8.2 "),
    ("  order_of_arrival: 19 ", "  order_of_arrival: 6.1 "),
    ("  level_first: 21 ", "  level_first: 6.2 "),
)


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    folder = tmp_path / "dated"
    folder.mkdir()
    copy = Copy(folder)
    add_earlier_version(copy, WEDNESDAY, *OLD_RULES)
    name_level(copy, "standard", "Стандарт")
    return copy


@pytest.fixture
def config(copy: Copy) -> Config:
    return copy.load()


@pytest.fixture
def dated(config: Config, tmp_path: Path) -> Callable[..., Story]:
    """Return a function that makes a story as the `story` fixture does, under both versions."""

    def make(text: str, issue_id: int = 1) -> Story:
        story = Story(text, tmp_path, issue_id)
        story.config = config
        assert story.second_plan.changes == ()
        return story

    return make


@pytest.mark.parametrize(
    ("filed", "within", "clause"),
    [
        ("Tue 09:00", "Tue 13:00", "4.2"),
        ("Tue 23:59", "Wed 13:00", "4.2"),
        ("Wed 00:00", "Wed 11:00", "SLA VIP.2"),
        ("Wed 09:00", "Wed 11:00", "SLA VIP.2"),
    ],
)
def test_targets_follow_the_day_of_filing(dated, filed, within, clause):
    request = dated(f"{filed} filed by client, VIP, error\nWed 09:00 now")
    assert (request.first_response.due, request.first_response.clause) == (within, clause)


def test_request_keeps_its_regulation_after_a_new_one_starts(dated):
    request = dated("Tue 17:00 filed by client, VIP, error\nThu 10:00 staff: sets priority urgent\nThu 11:00 now")
    assert request.first_response.due == "Wed 10:00"
    assert request.first_response.clause == "4.2"


@pytest.mark.parametrize(
    ("contact", "due"), [("Tue 17:59", "Wed 12:59"), ("Wed 09:00", "Wed 11:00"), ("Tue 18:30", "Wed 13:00")]
)
def test_regulation_follows_the_day_of_contact_not_of_entry(dated, contact, due):
    request = dated(f"Wed 10:00 filed by operator, VIP, error, contact at {contact}\nWed 10:30 now")
    assert request.first_response.due == due


@pytest.mark.parametrize(
    ("filed", "level", "name", "clause"), [("Tue", "standard", "Стандарт", "2.7"), ("Wed", "base", "Базалық", "3")]
)
def test_level_is_a_term_of_the_regulation_in_force(dated, filed, level, name, clause):
    request = dated(f"{filed} 10:00 filed by client, Base, error, by online assistant\n{filed} 10:05 now")
    assert request.judgement.level == level
    assert request.changes["level"] == name
    assert request.changes["first_response_due"].endswith("10:15")
    attribute = explain(request.judgement, request.rules, request.judgement.phase_periods[-1].span.end).attributes[0]
    assert (attribute.value, attribute.clause) == (level, clause)


def test_acknowledgement_names_the_level_of_the_regulation_in_force(dated):
    request = dated("Tue 10:00 filed by client, Base, error, by online assistant\nTue 10:05 now")
    assert "Стандарт" in request.changes["public_note"]


@pytest.mark.parametrize(
    ("asked", "now", "status"),
    [
        ("Tue", "Tue 14:00", "waiting for client"),
        ("Tue", "Tue 14:01", "closed"),
        ("Wed", "Wed 14:01", "waiting for client"),
        ("Wed", "Thu 09:01", "closed"),
    ],
)
def test_time_to_answer_follows_the_regulation_in_force(dated, asked, now, status):
    request = dated(
        f"{asked} 09:30 filed by client, VIP, error\n{asked} 10:00 staff: asks and waiting for client\n{now} now"
    )
    assert request.status == status


@pytest.mark.parametrize(("asked", "wording"), [("Tue", "жауап болмады"), ("Wed", "клиенттен жауап келмеді")])
def test_wording_follows_the_regulation_in_force(dated, asked, wording):
    request = dated(
        f"{asked} 09:30 filed by client, VIP, error\n{asked} 10:00 staff: asks and waiting for client\nFri 10:00 now"
    )
    assert f"жабылды: {wording}" in request.changes["public_note"]


@pytest.mark.parametrize(("filed", "clause"), [("Tue", "5.1"), ("Wed", "6")])
def test_refusal_cites_the_clause_of_the_regulation_in_force(dated, filed, clause):
    request = dated(
        f"{filed} 10:00 filed by client, VIP, consultation, reason third-party product\n"
        f"{filed} 10:30 staff: refuses\n{filed} 11:00 now"
    )
    assert request.first_response.clause == clause
    assert request.changes["public_note"].startswith("Өтінішіңіз қабылданбады.")
    assert f"(регламент, {clause}-тармақ)" in request.changes["public_note"]


@pytest.mark.parametrize(("filed", "clause"), [("Tue", "3.4"), ("Wed", "9")])
def test_refusal_without_a_reason_cites_the_clause_of_the_regulation_in_force(dated, filed, clause):
    request = dated(f"{filed} 10:00 filed by client, VIP, error\n{filed} 10:30 staff: refuses\n{filed} 11:00 now")
    assert request.resolution.clause == clause
    assert {each.clause for each in request.judgement.findings if each.kind == "no_reason"} == {clause}


@pytest.mark.parametrize(("filed", "clause"), [("Tue", "8.2"), ("Wed", "23")])
def test_release_target_cites_the_clause_of_the_regulation_in_force(dated, filed, clause):
    handed = f"{filed} 09:00 filed by client, VIP, error\n{filed} 10:00 staff: hands to development"
    request = dated(f"{handed} and sets version 2.4 due 2026-06-12\n{filed} 11:00 now")
    assert request.resolution.clause == clause
    request = dated(f"{handed}\n{filed} 11:00 now")
    assert {each.clause for each in request.judgement.findings if each.kind == "no_version"} == {clause}


@pytest.mark.parametrize(("filed", "clause"), [("Tue", "7.1"), ("Wed", "20")])
def test_priority_cites_the_clause_of_the_regulation_in_force(dated, filed, clause):
    request = dated(f"{filed} 10:00 filed by client, VIP, error, urgent\n{filed} 10:05 now")
    attributes = explain(request.judgement, request.rules, request.judgement.phase_periods[-1].span.end).attributes
    assert [each.clause for each in attributes if each.name == "priority"] == [clause]
    assert clause in {each.clause for each in request.judgement.findings}


@pytest.mark.parametrize(("filed", "clauses"), [("Tue", "6.1, 6.2"), ("Wed", "19, 21")])
def test_queue_cites_the_clauses_of_the_regulation_in_force(dated, filed, clauses):
    request = dated(f"{filed} 10:00 filed by client, VIP, error\n{filed} 10:05 now")
    (entry,) = queue([request.judgement], request.rules.calendars).entries
    assert entry.reason == f"vip, by time left (clauses {clauses})"


@pytest.mark.parametrize(("filed", "missing"), [("Tue", []), ("Wed", ["contact"])])
def test_required_items_follow_the_regulation_in_force(dated, filed, missing):
    request = dated(f"{filed} 10:00 filed by client, VIP, error, without contact\n{filed} 10:05 now")
    assert [each.item for each in request.judgement.item_problems] == missing


@pytest.mark.parametrize(("filed", "notes"), [("Tue", 0), ("Wed", 1)])
def test_alerts_follow_the_regulation_in_force(dated, filed, notes):
    request = dated(f"{filed} 10:00 filed by client, Base, call-back\n{filed} 10:05 now")
    assert request.judgement.is_misrouted
    assert sum("арнасы арналмаған" in each for each in request.notes) == notes


def test_request_filed_before_the_first_regulation_is_skipped(dated):
    request = dated("2022-12-30 10:00 filed by client, VIP, error\nWed 10:00 now")
    assert request.judgement.is_unjudged
    assert (
        request.findings["no_regulation"]
        == "filed on 2022-12-30, before the first regulation; add the version in force then"
    )
    assert request.changes == {}


@pytest.mark.parametrize(
    ("facts", "term"),
    [
        ("VIP, suggestion", "category suggestion"),
        ("VIP, error\nTue 11:00 staff: sets priority immediate", "priority immediate"),
    ],
)
def test_request_with_a_term_missing_from_the_regulation_in_force_is_skipped(dated, facts, term):
    request = dated(f"Tue 10:00 filed by client, {facts}\nWed 10:00 now")
    assert request.judgement.is_unjudged
    assert request.findings["unmapped_name"] == (
        f"{term} is not in the regulation of 2026-06-09; set another, or add it there"
    )
    assert request.changes == {}


def test_client_may_request_a_priority_missing_from_the_regulation_in_force(dated):
    request = dated("Tue 10:00 filed by client, VIP, error, immediate\nTue 10:05 now")
    assert request.first_response.due == "Tue 14:00"


def test_request_under_a_contract_with_a_level_missing_from_the_regulation_in_force_is_skipped(copy, tmp_path):
    copy.replace("clients.yaml", "level: vip, project: alatau-trade", "level: base, project: alatau-trade")
    story = Story("Tue 10:00 filed by client, VIP, error\nTue 10:05 now", tmp_path)
    story.config = copy.load()
    assert story.findings["unmapped_name"].startswith("level base is not in the regulation of 2026-06-09; ")


def test_lowest_priority_follows_the_regulation_in_force(copy, tmp_path):
    copy.replace("regulation.yaml", "[normal, urgent, immediate]", "[low, normal, urgent, immediate]")
    copy.replace("regulation.yaml", "within: {normal: 2 h", "within: {low: 3 h, normal: 2 h")
    copy.replace("tracker.yaml", "  normal: Қалыпты\n", "  normal: Қалыпты\n  low: Төмен\n")
    dues = []
    for day in ("Tue", "Wed"):
        story = Story(f"{day} 09:00 filed by client, VIP, error, urgent\n{day} 09:05 now", tmp_path)
        story.config = copy.load()
        dues.append((story.judgement.priority, story.first_response.due))
    assert dues == [("normal", "Tue 13:00"), ("low", "Wed 12:00")]


def test_reason_missing_from_the_regulation_in_force_is_ignored(dated):
    request = dated("Tue 10:00 filed by client, VIP, consultation, reason law\nTue 10:30 staff: refuses\nTue 11:00 now")
    assert request.judgement.reason is None
    assert request.findings["no_reason"] == (
        "refused for law, which is not in the regulation of 2026-06-09; set another, or add it there"
    )


def test_queue_and_report_contain_requests_of_both_regulations(dated):
    stories = [
        dated("Tue 10:00 filed by client, Base, error, by online assistant\nWed 12:00 now", 1),
        dated("Wed 10:00 filed by client, Base, error, by online assistant\nWed 12:00 now", 2),
        dated("Wed 10:00 filed by client, VIP, error\nWed 12:00 now", 3),
    ]
    judgements, rules = [each.judgement for each in stories], stories[0].rules
    entries = queue(judgements, rules.calendars).entries
    assert (len(entries), entries[0].judgement.issue.id) == (3, 3)
    report = compliance(judgements, rules.policy, rules.calendars, by=[Dimension.LEVEL])
    assert [(each.key, each.requests) for each in report.by[Dimension.LEVEL]] == [
        ("vip", 1),
        ("base", 1),
        ("standard", 1),
    ]


# `due`


WORDS = ("--level", "vip", "--channel", "tracker", "--category", "error")
BEFORE_ANY = "2022-12-31T23:59"


@pytest.fixture
def due(copy: Copy, capsys: pytest.CaptureFixture[str]) -> Callable[..., CommandResult]:
    """Return a function that runs `sup-sync due` for a VIP request under both versions."""

    def run_due(filed_at: str, *words: str) -> CommandResult:
        line = ["--config", str(copy.path("config.yaml")), "due", "--filed-at", filed_at, *(words or WORDS)]
        return CommandResult(run([*line, "--json"]), *capsys.readouterr())

    return run_due


@pytest.mark.parametrize(
    ("filed_at", "due_at", "clause"),
    [
        ("2026-06-09T23:59", "2026-06-10T13:00:00+05:00", "4.2"),
        ("2026-06-10T00:00", "2026-06-10T11:00:00+05:00", "SLA VIP.2"),
        ("2026-06-09T18:59Z", "2026-06-10T13:00:00+05:00", "4.2"),
        ("2026-06-09T19:00Z", "2026-06-10T11:00:00+05:00", "SLA VIP.2"),
    ],
)
def test_due_follows_the_day_of_filing(due, filed_at, due_at, clause):
    first_response = due(filed_at).json[0]
    assert (first_response["due_at"], first_response["clause"]) == (due_at, clause)


@pytest.mark.parametrize(
    ("filed_at", "level", "known"),
    [("2026-06-09T10:00", "base", "vip, standard"), ("2026-06-10T10:00", "standard", "vip, base")],
)
def test_due_accepts_only_terms_of_the_regulation_in_force(due, filed_at, level, known):
    result = due(filed_at, "--level", level, *WORDS[2:])
    assert result.code == 2
    assert f"{level!r} is not one of {known}" in result.err


def test_due_defaults_to_the_lowest_priority_of_the_regulation_in_force(copy, due):
    copy.replace("regulation.yaml", "[normal, urgent, immediate]", "[low, normal, urgent, immediate]")
    copy.replace("regulation.yaml", "within: {normal: 2 h", "within: {low: 3 h, normal: 2 h")
    copy.replace("tracker.yaml", "  normal: Қалыпты\n", "  normal: Қалыпты\n  low: Төмен\n")
    assert [due(f"2026-06-{day}T09:00").json[0]["within"] for day in ("09", "10")] == [4 * 3600, 3 * 3600]


def test_due_rejects_a_day_before_the_first_regulation(due):
    result = due(BEFORE_ANY)
    assert result.code == 2
    assert "no regulation was in force on 2022-12-31; choose a later time" in result.err

"""The bench runs at a size that measures almost nothing: its figures are for docs/performance.md, not for tests."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path

import pytest
from _pytest.mark.structures import ParameterSet
from support.worlds import USES_SITE
from tools.bench import cli as bench_cli
from tools.bench import peers as bench_peers
from tools.bench import servicenow as bench_servicenow
from tools.bench.row import Row, Size
from tools.bench.sections import peers

ROOT = Path(__file__).parent.parent.parent


def named(section: str) -> ParameterSet:
    """Skip the section of a real Redmine unless the other tests that need one run too."""
    is_skipped = section == "real_redmine" and os.environ.get("SUP_SYNC_REAL_REDMINE") != "1"
    marks = [USES_SITE] if section == "real_redmine" else []
    if is_skipped:
        marks.append(pytest.mark.skip(reason="needs a real Redmine: SUP_SYNC_REAL_REDMINE=1"))
    return pytest.param(section, id="real" if section == "real_redmine" else section, marks=marks)


@pytest.mark.parametrize("name", [named(each) for each in bench_cli.section_names()])
def test_every_section_of_the_bench_runs(name: str) -> None:
    section = bench_cli.measure(name, Size.TINY)
    assert section.title
    assert section.text
    assert section.rows
    assert all(row.figure is not None or row.note for row in section.rows)


def test_section_yields_a_reason_if_it_cannot_measure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(bench_servicenow, "LOG", tmp_path / "log.csv.gz")
    monkeypatch.setattr(peers, "PYTHON", tmp_path / "python")
    (judging,) = bench_cli.measure("judging", Size.TINY).rows
    assert (judging.figure, judging.note) == (None, "shared/data/log.csv.gz not found next to the checkout")
    *_, others, _ = bench_cli.measure("peers", Size.TINY).rows
    assert (others.figure, others.note) == (None, "not installed; run scripts/bench")


@pytest.mark.skipif(not bench_servicenow.LOG.exists(), reason="shared/data/ not found next to the checkout")
def test_sup_sync_and_the_log_have_the_same_verdicts() -> None:
    (agreement,) = (row for row in bench_cli.measure("judging", Size.TINY).rows if row.at_least)
    assert (agreement.is_met, agreement.note) == (True, "0 of 33 differ from the log")


@pytest.mark.parametrize(
    ("row", "target", "is_met"),
    [
        (Row("x", 4.0, at_most=4), "at most 4", True),
        (Row("x", 4.1, at_most=4), "at most 4", False),
        (Row("x", 0.99, at_least=0.99), "at least 0.99", True),
        (Row("x", 0.98, at_least=0.99), "at least 0.99", False),
        (Row("x", None, at_most=4), "at most 4", None),
        (Row("x", 4.0), "", None),
    ],
)
def test_row_knows_if_its_target_is_met(row: Row, target: str, is_met: bool | None) -> None:
    assert (row.target, row.is_met) == (target, is_met)


def test_a_wrong_answer_is_counted() -> None:
    calendar = peers.shipped_calendar()
    start, end = int(peers.FIRST.timestamp()), int(peers.TINY_LAST.timestamp())
    oracle = peers.Oracle(peers._plan(calendar), start, (end - start) // 60)
    questions = [(start, start + 5 * 86_400)]
    correct = {"answers": [calendar.elapsed_s(*questions[0])], "us": 1.0}
    wrong = {"answers": [correct["answers"][0] + 60], "us": 1.0}
    failed = {"answers": [None], "us": 1.0}
    notes = [peers._row("x", result, "", questions, oracle, "elapsed").note for result in (correct, wrong, failed)]
    assert notes == ["0 of 1 wrong", "1 of 1 wrong", "1 of 1 wrong, 1 of them errors"]


def test_page_contains_the_machine_the_commit_and_every_row() -> None:
    section = bench_cli.Section("Title", "How.", (Row("a | b", 24918, "requests", at_most=1, note="n"),))
    machine = list(bench_cli.describe_machine(bench_cli.datetime(2026, 11, 22)))
    text = bench_cli.make_page([section], machine)
    assert all(f"- {line}\n" in text for line in machine)
    assert re.search(r"2026-11-22, commit [0-9a-f]{7,}|unknown", machine[-1])
    assert "| a \\| b | 24,918 | requests | at most 1 | no | n |\n" in text


def test_unknown_section_is_rejected(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        bench_cli.main(["worktme"])
    assert f"unknown section worktme; choose from {', '.join(bench_cli.section_names())}" in capsys.readouterr().err


def test_extra_contains_the_packages_that_the_bench_compares() -> None:
    extra = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]["bench"]
    assert {each.partition("==")[0] for each in extra} == {peer.package for peer in bench_peers.PEERS}

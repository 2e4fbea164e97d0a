"""The bench runs, at a size that measures next to nothing: its figures are for docs/performance.md, not for tests."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path

import pytest
from _pytest.mark.structures import ParameterSet
from tools.bench import cli as bench_cli
from tools.bench import peers as bench_peers
from tools.bench import servicenow as bench_servicenow
from tools.bench.row import Row, Size
from tools.bench.sections import peers

ROOT = Path(__file__).parent.parent.parent


def named(section: str) -> ParameterSet:
    """The section of a real Redmine is left out with the other tests that need one."""
    is_left_out = section == "real_redmine" and os.environ.get("SUP_SYNC_REAL_REDMINE") != "1"
    marks = [pytest.mark.skip(reason="needs a real Redmine: SUP_SYNC_REAL_REDMINE=1")] if is_left_out else []
    return pytest.param(section, id="real" if section == "real_redmine" else section, marks=marks)


@pytest.mark.parametrize("name", [named(each) for each in bench_cli.section_names()])
def test_every_section_of_the_bench_runs(name: str) -> None:
    section = bench_cli.measure(name, Size.TINY)
    assert section.title
    assert section.text
    assert section.rows
    assert all(row.figure is not None or row.note for row in section.rows)


def test_a_section_goes_on_without_what_it_measures(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(bench_servicenow, "LOG", tmp_path / "log.csv.gz")
    monkeypatch.setattr(peers, "PYTHON", tmp_path / "python")
    (judging,) = bench_cli.measure("judging", Size.TINY).rows
    assert (judging.figure, judging.note) == (None, "no shared/data/log.csv.gz beside the checkout")
    *_, others, _ = bench_cli.measure("peers", Size.TINY).rows
    assert (others.figure, others.note) == (None, "not installed: scripts/bench does that")


@pytest.mark.skipif(not bench_servicenow.LOG.exists(), reason="no shared/data/ beside the checkout")
def test_of_the_log_s_requests_we_say_what_it_says() -> None:
    (agreement,) = (row for row in bench_cli.measure("judging", Size.TINY).rows if row.at_least)
    assert (agreement.is_kept, agreement.note) == (True, "0 of 33 otherwise than the log")


@pytest.mark.parametrize(
    ("row", "target", "is_kept"),
    [
        (Row("x", 4.0, at_most=4), "at most 4", True),
        (Row("x", 4.1, at_most=4), "at most 4", False),
        (Row("x", 0.99, at_least=0.99), "at least 0.99", True),
        (Row("x", 0.98, at_least=0.99), "at least 0.99", False),
        (Row("x", None, at_most=4), "at most 4", None),
        (Row("x", 4.0), "", None),
    ],
)
def test_a_row_tells_whether_its_target_is_kept(row: Row, target: str, is_kept: bool | None) -> None:
    assert (row.target, row.is_kept) == (target, is_kept)


def test_the_oracle_finds_a_wrong_answer() -> None:
    calendar = peers.shipped_calendar()
    start, end = int(peers.FIRST.timestamp()), int(peers.TINY_LAST.timestamp())
    oracle = peers.Oracle(peers._plan(calendar), start, (end - start) // 60)
    asked = [(start, start + 5 * 86_400)]
    right = {"answers": [calendar.elapsed_s(*asked[0])], "us": 1.0}
    wrong = {"answers": [right["answers"][0] + 60], "us": 1.0}
    failed = {"answers": [None], "us": 1.0}
    notes = [peers._row("x", each, "", asked, oracle, "elapsed").note for each in (right, wrong, failed)]
    assert notes == ["0 of 1 wrong", "1 of 1 wrong", "1 of 1 wrong, 1 of them errors"]


def test_the_page_has_the_machine_the_commit_and_every_row() -> None:
    section = bench_cli.Section("Title", "How.", (Row("a | b", 24918, "requests", at_most=1, note="n"),))
    described = list(bench_cli.machine(bench_cli.datetime(2026, 11, 22)))
    text = bench_cli.page([section], described)
    assert all(f"- {line}\n" in text for line in described)
    assert re.search(r"2026-11-22, commit [0-9a-f]{7,}|unknown", described[-1])
    assert "| a \\| b | 24,918 | requests | at most 1 | no | n |\n" in text


def test_an_unknown_section_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        bench_cli.main(["worktme"])
    assert f"no section worktme: there are {', '.join(bench_cli.section_names())}" in capsys.readouterr().err


def test_the_bench_s_extra_names_the_packages_that_it_asks() -> None:
    extra = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]["bench"]
    assert {each.partition("==")[0] for each in extra} == {peer.package for peer in bench_peers.PEERS}

"""History by another set of mappings: what flips, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from stories.shipped import REPOSITORY, Copy

from sup_sync.cli.main import run

SNAPSHOT = str(REPOSITORY / "examples/requests.jsonl")
AT = ("--from", SNAPSHOT, "--now", "2026-11-20T18:00", "--json")


@pytest.fixture
def whatif(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Runs `whatif` over the example snapshot with the shipped mappings changed in one place."""
    monkeypatch.chdir(REPOSITORY)
    copy = Copy(tmp_path)

    def told(old: str = "", new: str = "") -> dict:
        if old:
            copy.replace("regulation.yaml", old, new)
        assert run(["whatif", str(tmp_path / "mappings"), *AT]) == 0
        return json.loads(capsys.readouterr().out)

    return told


def test_by_the_same_mappings_nothing_flips(whatif):
    assert whatif() == {"judged": 33, "flips": [], "by_level": []}


def test_a_longer_target_flips_what_was_breached_by_a_little(whatif):
    told = whatif("within: 15 min, clause: SLA Base.1", "within: 2 h, clause: SLA Base.1")
    (flip,) = told["flips"]
    assert (flip["level"], flip["metric"], flip["before"], flip["after"]) == (
        "base",
        "first_response",
        "breached",
        "on_track",
    )
    assert flip["due_before"] < flip["due_after"]
    assert told["by_level"] == [{"level": "base", "before": "breached", "after": "on_track", "count": 1}]


def test_a_shorter_target_flips_of_its_level_alone(whatif):
    told = whatif("within: 1 working day, clause: SLA VIP.3", "within: 4 h, clause: SLA VIP.3")
    assert {each["level"] for each in told["flips"]} == {"vip"}
    assert {each["metric"] for each in told["flips"]} == {"resolution"}
    assert sum(each["count"] for each in told["by_level"]) == len(told["flips"]) > 5


def test_mistakes_of_the_other_mappings_are_told(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(REPOSITORY)
    copy = Copy(tmp_path)
    copy.replace("regulation.yaml", "within: 15 min, clause: SLA Base.1", "within: 15, clause: SLA Base.1")
    assert run(["whatif", str(tmp_path / "mappings"), *AT]) == 78
    assert capsys.readouterr().err.startswith("sup-sync: regulation.yaml:")


def test_a_request_that_cannot_be_read_is_named_and_ends_in_3(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(REPOSITORY)
    odd = tmp_path / "odd.jsonl"
    odd.write_text(Path(SNAPSHOT).read_text(encoding="utf-8") + '{"id": 700}\n', encoding="utf-8")
    assert run(["whatif", "mappings", "--from", str(odd), *AT[2:]]) == 3
    said = capsys.readouterr()
    assert json.loads(said.out)["judged"] == 33
    assert said.err.startswith("sup-sync: left out: issue #700: ")

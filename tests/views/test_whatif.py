"""The what-if comparison: only results that differ under the other mappings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from stories.moments import ZONE, read_moment
from stories.shipped import REPOSITORY, Copy, shipped_config
from support.versions import add_earlier_version

from sup_sync.cli.main import run
from sup_sync.redmine.snapshot import load_snapshot
from sup_sync.run.caseload import decode_caseload, judge_caseload

SNAPSHOT = str(REPOSITORY / "examples/requests.jsonl")
AT = ("--from", SNAPSHOT, "--now", "2026-11-20T18:00", "--json")


@pytest.fixture
def whatif(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """A function that runs `whatif` on the example snapshot, with the shipped mappings changed in one place."""
    monkeypatch.chdir(REPOSITORY)
    copy = Copy(tmp_path)

    def compare(old: str = "", new: str = "") -> dict:
        if old:
            copy.replace("regulation.yaml", old, new)
        assert run(["whatif", str(tmp_path / "mappings"), *AT]) == 3  # request 20 is in an unmapped tracker
        return json.loads(capsys.readouterr().out)

    return compare


def test_same_mappings_change_nothing(whatif):
    assert whatif() == {"judged": len(_days_of_filing()), "changes": [], "by_level": []}


def test_longer_target_changes_a_small_breach(whatif):
    comparison = whatif("within: 15 min, clause: SLA Base.1", "within: 2 h, clause: SLA Base.1")
    (change,) = comparison["changes"]
    assert (change["level"], change["metric"], change["before"], change["after"]) == (
        "base",
        "first_response",
        "breached",
        "on_track",
    )
    assert change["due_before"] < change["due_after"]
    assert comparison["by_level"] == [{"level": "base", "before": "breached", "after": "on_track", "count": 1}]


def test_shorter_target_changes_only_its_level(whatif):
    comparison = whatif("within: 1 working day, clause: SLA VIP.3", "within: 4 h, clause: SLA VIP.3")
    assert {each["level"] for each in comparison["changes"]} == {"vip"}
    assert {each["metric"] for each in comparison["changes"]} == {"resolution"}
    assert sum(each["count"] for each in comparison["by_level"]) == len(comparison["changes"]) > 5


def test_mistakes_of_the_other_mappings_are_reported(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(REPOSITORY)
    copy = Copy(tmp_path)
    copy.replace("regulation.yaml", "within: 15 min, clause: SLA Base.1", "within: 15, clause: SLA Base.1")
    assert run(["whatif", str(tmp_path / "mappings"), *AT]) == 78
    assert capsys.readouterr().err.startswith(f"sup-sync: {tmp_path}/mappings/regulation.yaml:")


def test_whatif_accepts_the_parent_folder_and_skips_the_acceptance_table(tmp_path, monkeypatch):
    monkeypatch.chdir(REPOSITORY)
    copy = Copy(tmp_path)
    copy.replace("regulation.yaml", "within: 15 min, clause: SLA Base.1", "within: 20 min, clause: SLA Base.1")
    assert run(["whatif", str(tmp_path), *AT]) == run(["whatif", str(tmp_path / "mappings"), *AT]) == 3


def test_whatif_names_an_unreadable_request_and_exits_with_3(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(REPOSITORY)
    odd = tmp_path / "odd.jsonl"
    odd.write_text(Path(SNAPSHOT).read_text(encoding="utf-8") + '{"id": 700}\n', encoding="utf-8")
    assert run(["whatif", "mappings", "--from", str(odd), *AT[2:]]) == 3
    output = capsys.readouterr()
    assert json.loads(output.out)["judged"] == len(_days_of_filing())
    assert output.err.startswith("sup-sync: skipped: issue #700: ")


# Regulation by date in DIR


@pytest.fixture
def by_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Copy:
    """Other mappings: VIP requests filed until 19 November have a resolution target of 4 hours."""
    monkeypatch.chdir(REPOSITORY)
    copy = Copy(tmp_path)
    add_earlier_version(copy, "2026-11-20", ("within: 1 working day, clause: SLA VIP.3", "within: 4 h, clause: 4.3"))
    return copy


def _run_whatif(copy: Copy, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert run(["whatif", str(copy.folder / "mappings"), *words]) == 3
    return capsys.readouterr().out


def test_only_requests_filed_under_the_other_version_change(by_date, capsys):
    comparison = json.loads(_run_whatif(by_date, capsys, *AT))
    changes, days = comparison["changes"], _days_of_filing()
    assert {(each["level"], each["metric"], each["after"]) for each in changes} == {("vip", "resolution", "breached")}
    assert all(days[each["issue"]] <= "2026-11-19" for each in changes)
    by_date.path("regulation-2024.yaml").unlink()
    by_date.replace("regulation.yaml", "in_force_from: 2026-11-20", "in_force_from: 2023-01-01")
    by_date.replace("regulation.yaml", "within: 1 working day, clause: SLA VIP.3", "within: 4 h, clause: 4.3")
    of_all = json.loads(_run_whatif(by_date, capsys, *AT))["changes"]
    assert changes == [each for each in of_all if days[each["issue"]] <= "2026-11-19"]
    assert len(changes) < len(of_all)


def test_terminal_shows_the_changes_of_an_earlier_version_with_counts_by_level(by_date, capsys):
    comparison = json.loads(_run_whatif(by_date, capsys, *AT))
    shown = _run_whatif(by_date, capsys, *AT[:-1]).splitlines()
    rows = [int(line.split()[0]) for line in shown if line.lstrip()[:1].isdigit() and "VIP" in line]
    assert rows == [each["issue"] for each in comparison["changes"]]
    counts = [int(line.split()[1]) for line in shown if line.startswith("VIP: ")]
    assert sorted(counts) == sorted(each["count"] for each in comparison["by_level"])
    assert sum(counts) == len(rows) > 0


def test_request_filed_before_the_first_version_in_dir_has_no_target(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(REPOSITORY)
    copy = Copy(tmp_path)
    copy.replace("regulation.yaml", "in_force_from: 2023-01-01", "in_force_from: 2026-11-20")
    comparison, days = json.loads(_run_whatif(copy, capsys, *AT)), _days_of_filing()
    assert {each["after"] for each in comparison["changes"]} == {"no_target"}
    assert all(days[each["issue"]] <= "2026-11-19" for each in comparison["changes"])


def _days_of_filing() -> dict[int, str]:
    """Return the local day of contact or filing of each example request."""
    rules = shipped_config().rules
    with Path(SNAPSHOT).open(encoding="utf-8") as lines:
        now = read_moment("2026-11-20 18:00")
        caseload = decode_caseload(*load_snapshot(lines, SNAPSHOT), rules, now)
    judgements = judge_caseload(caseload, rules, now)
    return {each.issue.id: f"{each.filed_at.astimezone(ZONE):%Y-%m-%d}" for each in judgements}

"""History by another set of mappings: what flips, and nothing else."""

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
    assert whatif() == {"judged": len(_days_of_filing()), "changes": [], "by_level": []}


def test_a_longer_target_flips_what_was_breached_by_a_little(whatif):
    told = whatif("within: 15 min, clause: SLA Base.1", "within: 2 h, clause: SLA Base.1")
    (flip,) = told["changes"]
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
    assert {each["level"] for each in told["changes"]} == {"vip"}
    assert {each["metric"] for each in told["changes"]} == {"resolution"}
    assert sum(each["count"] for each in told["by_level"]) == len(told["changes"]) > 5


def test_mistakes_of_the_other_mappings_are_told(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(REPOSITORY)
    copy = Copy(tmp_path)
    copy.replace("regulation.yaml", "within: 15 min, clause: SLA Base.1", "within: 15, clause: SLA Base.1")
    assert run(["whatif", str(tmp_path / "mappings"), *AT]) == 78
    assert capsys.readouterr().err.startswith(f"sup-sync: {tmp_path}/mappings/regulation.yaml:")


def test_the_folder_around_other_mappings_will_do_and_their_acceptance_table_is_not_asked(tmp_path, monkeypatch):
    monkeypatch.chdir(REPOSITORY)
    copy = Copy(tmp_path)
    copy.replace("regulation.yaml", "within: 15 min, clause: SLA Base.1", "within: 20 min, clause: SLA Base.1")
    assert run(["whatif", str(tmp_path), *AT]) == run(["whatif", str(tmp_path / "mappings"), *AT]) == 0


def test_a_request_that_cannot_be_read_is_named_and_ends_in_3(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(REPOSITORY)
    odd = tmp_path / "odd.jsonl"
    odd.write_text(Path(SNAPSHOT).read_text(encoding="utf-8") + '{"id": 700}\n', encoding="utf-8")
    assert run(["whatif", "mappings", "--from", str(odd), *AT[2:]]) == 3
    said = capsys.readouterr()
    assert json.loads(said.out)["judged"] == len(_days_of_filing())
    assert said.err.startswith("sup-sync: left out: issue #700: ")


# Regulation by date in DIR


@pytest.fixture
def by_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Copy:
    """Other mappings, where until 19 November a VIP request had to be closed within 4 hours."""
    monkeypatch.chdir(REPOSITORY)
    copy = Copy(tmp_path)
    add_earlier_version(copy, "2026-11-20", ("within: 1 working day, clause: SLA VIP.3", "within: 4 h, clause: 4.3"))
    return copy


def _told(copy: Copy, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert run(["whatif", str(copy.folder / "mappings"), *words]) == 0
    return capsys.readouterr().out


def test_only_what_was_filed_under_the_other_version_flips(by_date, capsys):
    told = json.loads(_told(by_date, capsys, *AT))
    flips, days = told["changes"], _days_of_filing()
    assert {(each["level"], each["metric"], each["after"]) for each in flips} == {("vip", "resolution", "breached")}
    assert all(days[each["issue"]] <= "2026-11-19" for each in flips)
    by_date.path("regulation-2024.yaml").unlink()
    by_date.replace("regulation.yaml", "in_force_from: 2026-11-20", "in_force_from: 2023-01-01")
    by_date.replace("regulation.yaml", "within: 1 working day, clause: SLA VIP.3", "within: 4 h, clause: 4.3")
    of_all = json.loads(_told(by_date, capsys, *AT))["changes"]
    assert flips == [each for each in of_all if days[each["issue"]] <= "2026-11-19"]
    assert len(flips) < len(of_all)


def test_the_terminal_shows_the_flips_of_an_earlier_version_with_their_counts_by_level(by_date, capsys):
    told = json.loads(_told(by_date, capsys, *AT))
    shown = _told(by_date, capsys, *AT[:-1]).splitlines()
    rows = [int(line.split()[0]) for line in shown if line.lstrip()[:1].isdigit() and "VIP" in line]
    assert rows == [each["issue"] for each in told["changes"]]
    counts = [int(line.split()[1]) for line in shown if line.startswith("VIP: ")]
    assert sorted(counts) == sorted(each["count"] for each in told["by_level"])
    assert sum(counts) == len(rows) > 0


def test_what_was_filed_before_the_first_version_in_dir_cannot_be_judged_by_it(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(REPOSITORY)
    copy = Copy(tmp_path)
    copy.replace("regulation.yaml", "in_force_from: 2023-01-01", "in_force_from: 2026-11-20")
    told, days = json.loads(_told(copy, capsys, *AT)), _days_of_filing()
    assert {each["after"] for each in told["changes"]} == {"no_target"}
    assert all(days[each["issue"]] <= "2026-11-19" for each in told["changes"])


def _days_of_filing() -> dict[int, str]:
    """The local day of contact or filing of each example request."""
    rules = shipped_config().rules
    with Path(SNAPSHOT).open(encoding="utf-8") as lines:
        world = decode_caseload(*load_snapshot(lines, SNAPSHOT), rules)
    judgements = judge_caseload(world, rules, read_moment("2026-11-20 18:00"))
    return {each.issue.id: f"{each.filed_at.astimezone(ZONE):%Y-%m-%d}" for each in judgements}

"""What logs and monitors are told of a run, however it ended: a line of JSON, and figures for Prometheus."""

from __future__ import annotations

import json
import os
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cli.office import Office
from end_to_end.scene import BASE, OPERATOR, UNMAPPED_TRACKER
from prometheus_client.parser import text_string_to_metric_families
from support.scripted_server import reply, serve
from support.shell import CommandResult, Shell, one_line

from sup_sync.errors import OutOfTimeError
from sup_sync.host.lock import hold_lock

DOCS = (Path(__file__).parents[2] / "docs/monitoring.md").read_text(encoding="utf-8")


def documented(name: str) -> list[str]:
    """The names in the table of a section of docs/monitoring.md, in its order."""
    section = DOCS.partition(f"## {name}")[2].partition("\n## ")[0]
    return re.findall(r"^\| `(\w+)", section, flags=re.MULTILINE)


def last_line(said: CommandResult) -> dict[str, Any]:
    """The JSON object, the only thing on stdout."""
    (line,) = said.out.splitlines()
    value: dict[str, Any] = json.loads(line)
    assert list(value) == documented("JSON")
    assert value["exit_code"] == said.code
    return value


def figures(path: Path) -> dict[str, float]:
    """The samples of a file, `name{label}` to value."""
    families = list(text_string_to_metric_families(path.read_text(encoding="utf-8")))
    assert {family.name for family in families} <= set(documented("Prometheus"))
    samples = (sample for family in families for sample in family.samples)
    return {" ".join([each.name.removeprefix("sup_sync_"), *each.labels.values()]): each.value for each in samples}


@pytest.fixture
def metrics(tmp_path: Path) -> Path:
    return tmp_path / "sup-sync.prom"


def test_a_run_that_is_done_tells_what_it_did(shell: Shell, office: Office, metrics: Path) -> None:
    office.file()
    before = datetime.now(UTC).timestamp()
    told = last_line(shell("apply", "-q", "--json", "--metrics", metrics))
    assert told["error"] == ""
    assert (told["issues"], told["histories_read"], told["judged"], told["notes"]) == (1, 1, 1, 2)
    assert told["outcomes"] == {"applied": 1, "unneeded": 0, "stale": 0, "refused": 0, "failed": 0}
    assert told["requests"]["PUT"] == 2
    shown = figures(metrics)
    assert (shown["run_exit_code"], shown["run_outcomes applied"], shown["run_outcomes failed"]) == (0, 1, 0)
    assert (shown["run_histories_read"], shown["run_notes"]) == (1, 2)
    assert shown["run_http_requests PUT"] == 2
    assert shown["run_timestamp_seconds"] == shown["last_success_timestamp_seconds"] >= before
    names = {f"sup_sync_{name.split()[0]}" for name in shown}
    assert set(documented("Prometheus")) == names | {"sup_sync_run_findings"}  # there were none
    told = last_line(shell("apply", "-q", "--json", "--metrics", metrics))
    assert (told["issues"], told["notes"], told["requests"]["PUT"]) == (1, 0, 0)
    assert figures(metrics)["run_outcomes applied"] == 0


def test_findings_are_counted_by_kind(shell: Shell, office: Office, metrics: Path) -> None:
    for _ in range(2):
        office.file("Mon 09:00", OPERATOR, BASE, UNMAPPED_TRACKER)
    told = last_line(shell("apply", "--json", "--metrics", metrics))
    assert (told["exit_code"], told["skipped"]) == (3, 2)
    assert told["findings"] == {"unmapped_name": 2}
    assert figures(metrics)["run_findings unmapped_name"] == figures(metrics)["run_issues_skipped"] == 2


def test_what_was_not_done_is_named(shell: Shell, office: Office, metrics: Path) -> None:
    issue_id = office.file()
    office.faults[rf"/issues/{issue_id}$"] = reply(500)
    said = shell("apply", "-q", "--json", "--metrics", metrics)
    told = last_line(said)
    assert said.code == 3
    ((undone),) = told["failed_writes"]
    assert (undone["issue"], undone["kind"]) == (issue_id, "failed")
    assert (told["outcomes"]["failed"], figures(metrics)["run_outcomes failed"]) == (1, 1)
    assert "last_success_timestamp_seconds" not in figures(metrics)


def test_a_project_that_could_not_be_read_is_named(shell: Shell, office: Office, metrics: Path) -> None:
    office.faults[rf"/issues/{office.file()}\.json"] = reply(500)
    told = last_line(shell("apply", "--json", "--metrics", metrics))
    assert (told["unread_projects"], told["exit_code"], figures(metrics)["run_unread_projects"]) == (
        ["«Алатау Трейд» ЖШС"],
        3,
        1,
    )


def test_a_failed_run_says_that_it_failed_and_keeps_the_last_success(
    shell: Shell, office: Office, metrics: Path
) -> None:
    office.file()
    shell("apply", "--metrics", metrics)
    succeeded = figures(metrics)["last_success_timestamp_seconds"]
    office.faults[".*"] = reply(503)
    for code in (75, 75):
        said = shell("apply", "--json", "--metrics", metrics)
        told = last_line(said)
        assert (said.code, f"sup-sync: {told['error']}\n") == (code, said.err)
        assert told["requests"]["GET"] >= 1
        shown = figures(metrics)
        assert (shown["run_exit_code"], shown["last_success_timestamp_seconds"]) == (75, succeeded)
        assert (told["issues"], told["findings"], "issues" in shown) == (None, None, False)
        assert shown["run_timestamp_seconds"] > succeeded


def test_every_other_end_is_told_as_well(shell: Shell, office: Office, metrics: Path) -> None:
    words = ("apply", "--json", "--metrics", metrics)
    office.file()
    shell.files.replace("config.yaml", "notes: 50", "notes: 0")
    assert last_line(shell(*words))["error"].startswith("over the limits")
    assert figures(metrics)["run_exit_code"] == 4
    (lock,) = (shell.folder / "state/sup-sync").glob("*.lock")
    with hold_lock(lock):
        assert "another run is in progress" in last_line(shell(*words))["error"]
    shell.files.replace("config.yaml", "projects:", "project:")
    assert "config.yaml:" in last_line(shell(*words))["error"]
    assert figures(metrics)["run_exit_code"] == 78


def test_of_a_run_that_breaks_off_what_was_written_is_counted(shell: Shell, office: Office, metrics: Path) -> None:
    office.file()
    office.file()

    def broken(*_: object) -> None:
        raise RuntimeError

    shell.patch.setattr("sup_sync.run.apply._notify", broken)
    said = shell("apply", "--json", "--metrics", metrics)
    assert (said.code, last_line(said)["outcomes"]["applied"]) == (1, 1)
    assert last_line(said)["error"].startswith("internal error: RuntimeError at run/apply.py:")
    shown = figures(metrics)
    assert (shown["run_exit_code"], shown["run_outcomes applied"], shown["run_http_requests PUT"]) == (1, 1, 2)


def test_an_interrupted_run_says_so(shell: Shell, office: Office, metrics: Path) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    shell.patch.setattr("sup_sync.run.apply.apply", interrupted)
    said = shell("apply", "--json", "--metrics", metrics)
    assert (said.code, last_line(said)["error"]) == (130, "interrupted")
    assert (figures(metrics)["run_exit_code"], office.faults) == (130, {})


def test_a_monitor_learns_of_a_mistake_in_the_options_too(shell: Shell, office: Office, metrics: Path) -> None:
    shell.patch.setitem(sys.modules, "sup_sync.host.prometheus", None)
    office.file()
    with serve(reply(200)) as monitor:
        one_line(shell("apply", "--metrics", metrics, "--ping", monitor.url), 2, "pip install 'sup-sync[metrics]'")
        assert [each.path for each in monitor.asked] == ["/start", "/2"]
    assert not metrics.exists()
    assert shell("plan", "--exit-code", "-q").code == 5


def test_metrics_are_for_everybody_to_read_and_nothing_is_left_beside(
    shell: Shell, office: Office, metrics: Path
) -> None:
    office.file()
    before = os.umask(0o077)
    try:
        shell("apply", "--metrics", metrics)
    finally:
        os.umask(before)
    assert metrics.stat().st_mode & 0o777 == 0o644
    assert [each.name for each in metrics.parent.glob("*sup-sync.prom*")] == [metrics.name]


@pytest.mark.parametrize("held", ["no metrics at all {", "\0\x01", "sup_sync_last_success_timestamp_seconds x\n"])
def test_what_is_no_file_of_ours_is_replaced(shell: Shell, metrics: Path, held: str) -> None:
    metrics.write_text(held, encoding="utf-8")
    assert shell("apply", "--metrics", metrics).code == 75
    assert figures(metrics)["run_exit_code"] == 75
    assert "last_success_timestamp_seconds" not in figures(metrics)


def test_metrics_that_cannot_be_written_are_one_line_and_change_nothing(shell: Shell, office: Office) -> None:
    office.file()
    said = shell("apply", "-q", "--metrics", shell.folder / "nowhere" / "x.prom")
    assert (said.code, said.out) == (0, "Written: 1 applied.\n")
    (line,) = said.err.splitlines()
    assert line.startswith("sup-sync: the metrics of --metrics were not written: ")
    assert "nowhere/x.prom" in line


def test_json_is_all_that_is_printed_and_only_where_it_is_asked_for(shell: Shell, office: Office) -> None:
    office.file()
    assert "Written:" in shell("apply").out
    assert last_line(shell("apply", "--json"))["exit_code"] == 0
    assert shell("apply", "-q").out == ""


def test_a_run_out_of_time_is_told(shell: Shell, office: Office, metrics: Path) -> None:
    def late(*_: object, **__: object) -> None:
        raise OutOfTimeError("late")

    shell.patch.setattr("sup_sync.run.apply.apply", late)
    assert last_line(shell("apply", "--json", "--metrics", metrics))["error"] == "late"
    assert office.faults == {}

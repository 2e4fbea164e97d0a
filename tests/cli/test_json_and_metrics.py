"""The summary of a run, also of a failed one: a line of JSON, and metrics for Prometheus."""

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
    """Return the names in the table of a section of docs/monitoring.md, in its order."""
    section = DOCS.partition(f"## {name}")[2].partition("\n## ")[0]
    return re.findall(r"^\| `(\w+)", section, flags=re.MULTILINE)


def last_line(result: CommandResult) -> dict[str, Any]:
    """Parse the JSON object, which must be all of stdout."""
    (line,) = result.out.splitlines()
    value: dict[str, Any] = json.loads(line)
    assert list(value) == documented("JSON")
    assert value["exit_code"] == result.code
    return value


def figures(path: Path) -> dict[str, float]:
    """Parse the samples of a file, by name and label."""
    families = list(text_string_to_metric_families(path.read_text(encoding="utf-8")))
    assert {family.name for family in families} <= set(documented("Prometheus"))
    samples = (sample for family in families for sample in family.samples)
    return {" ".join([each.name.removeprefix("sup_sync_"), *each.labels.values()]): each.value for each in samples}


@pytest.fixture
def metrics(tmp_path: Path) -> Path:
    return tmp_path / "sup-sync.prom"


def test_completed_run_reports_its_work(shell: Shell, office: Office, metrics: Path) -> None:
    office.file()
    before = datetime.now(UTC).timestamp()
    summary = last_line(shell("apply", "-q", "--json", "--metrics", metrics))
    assert summary["error"] == ""
    assert (summary["issues"], summary["histories_read"], summary["judged"], summary["notes"]) == (1, 1, 1, 2)
    assert summary["outcomes"] == {"applied": 1, "unneeded": 0, "stale": 0, "deferred": 0, "refused": 0, "failed": 0}
    assert summary["requests"]["PUT"] == 2
    samples = figures(metrics)
    assert (samples["run_exit_code"], samples["run_outcomes applied"], samples["run_outcomes failed"]) == (0, 1, 0)
    assert (samples["run_histories_read"], samples["run_notes"]) == (1, 2)
    assert samples["run_http_requests PUT"] == 2
    assert samples["run_timestamp_seconds"] == samples["last_success_timestamp_seconds"] >= before
    names = {f"sup_sync_{name.split()[0]}" for name in samples}
    assert set(documented("Prometheus")) == names | {"sup_sync_run_findings"}  # there were none
    summary = last_line(shell("apply", "-q", "--json", "--metrics", metrics))
    assert (summary["issues"], summary["notes"], summary["requests"]["PUT"]) == (1, 0, 0)
    assert figures(metrics)["run_outcomes applied"] == 0


def test_findings_are_counted_by_kind(shell: Shell, office: Office, metrics: Path) -> None:
    for _ in range(2):
        office.file("Mon 09:00", OPERATOR, BASE, UNMAPPED_TRACKER)
    summary = last_line(shell("apply", "--json", "--metrics", metrics))
    assert (summary["exit_code"], summary["skipped"]) == (3, 2)
    assert summary["findings"] == {"unmapped_name": 2}
    assert figures(metrics)["run_findings unmapped_name"] == figures(metrics)["run_issues_skipped"] == 2


def test_failed_writes_are_reported(shell: Shell, office: Office, metrics: Path) -> None:
    issue_id = office.file()
    office.responses[rf"/issues/{issue_id}$"] = reply(500)
    result = shell("apply", "-q", "--json", "--metrics", metrics)
    summary = last_line(result)
    assert result.code == 3
    (failed,) = summary["failed_writes"]
    assert (failed["issue"], failed["kind"]) == (issue_id, "failed")
    assert (summary["outcomes"]["failed"], figures(metrics)["run_outcomes failed"]) == (1, 1)
    assert "last_success_timestamp_seconds" not in figures(metrics)


def test_unread_request_is_counted_as_skipped(shell: Shell, office: Office, metrics: Path) -> None:
    office.responses[rf"/issues/{office.file()}\.json"] = reply(500)
    summary = last_line(shell("apply", "--json", "--metrics", metrics))
    assert (summary["findings"], summary["exit_code"], figures(metrics)["run_issues_skipped"]) == (
        {"unreadable": 1},
        3,
        1,
    )


def test_failed_run_keeps_the_time_of_the_last_success(shell: Shell, office: Office, metrics: Path) -> None:
    office.file()
    shell("apply", "--metrics", metrics)
    succeeded = figures(metrics)["last_success_timestamp_seconds"]
    office.responses[".*"] = reply(503)
    for code in (75, 75):
        result = shell("apply", "--json", "--metrics", metrics)
        summary = last_line(result)
        assert (result.code, f"sup-sync: {summary['error']}\n") == (code, result.err)
        assert summary["requests"]["GET"] >= 1
        samples = figures(metrics)
        assert (samples["run_exit_code"], samples["last_success_timestamp_seconds"]) == (75, succeeded)
        assert (summary["issues"], summary["findings"], "issues" in samples) == (None, None, False)
        assert samples["run_timestamp_seconds"] > succeeded


def test_refused_runs_are_reported(shell: Shell, office: Office, metrics: Path) -> None:
    words = ("apply", "--json", "--metrics", metrics)
    office.file()
    shell.files.replace("config.yaml", "notes: 50", "notes: 0")
    assert last_line(shell(*words))["error"].startswith("limits exceeded")
    assert figures(metrics)["run_exit_code"] == 4
    (lock,) = (shell.folder / "state/sup-sync").glob("*.lock")
    with hold_lock(lock):
        assert "another run is in progress" in last_line(shell(*words))["error"]
    shell.files.replace("config.yaml", "projects:", "project:")
    assert "config.yaml:" in last_line(shell(*words))["error"]
    assert figures(metrics)["run_exit_code"] == 78


def test_writes_of_an_aborted_run_are_counted(shell: Shell, office: Office, metrics: Path) -> None:
    office.file()
    office.file()

    def broken(*_: object) -> None:
        raise RuntimeError

    shell.patch.setattr("sup_sync.run.apply._notify", broken)
    result = shell("apply", "--json", "--metrics", metrics)
    assert (result.code, last_line(result)["outcomes"]["applied"]) == (1, 1)
    assert last_line(result)["error"].startswith("internal error: RuntimeError at run/apply.py:")
    samples = figures(metrics)
    assert (samples["run_exit_code"], samples["run_outcomes applied"], samples["run_http_requests PUT"]) == (1, 1, 2)


def test_interrupted_run_is_reported(shell: Shell, office: Office, metrics: Path) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    shell.patch.setattr("sup_sync.run.apply.apply", interrupted)
    result = shell("apply", "--json", "--metrics", metrics)
    assert (result.code, last_line(result)["error"]) == (130, "interrupted")
    assert (figures(metrics)["run_exit_code"], office.responses) == (130, {})


def test_mistake_in_options_is_reported_to_the_monitor(shell: Shell, office: Office, metrics: Path) -> None:
    shell.patch.setitem(sys.modules, "sup_sync.host.prometheus", None)
    office.file()
    with serve(reply(200)) as monitor:
        one_line(shell("apply", "--metrics", metrics, "--ping", monitor.url), 2, "pip install 'sup-sync[metrics]'")
        assert [each.path for each in monitor.asked] == ["/start", "/2"]
    assert not metrics.exists()
    assert shell("plan", "--exit-code", "-q").code == 5


def test_metrics_are_world_readable_and_no_other_file_is_left(shell: Shell, office: Office, metrics: Path) -> None:
    office.file()
    before = os.umask(0o077)
    try:
        shell("apply", "--metrics", metrics)
    finally:
        os.umask(before)
    assert metrics.stat().st_mode & 0o777 == 0o644
    assert [each.name for each in metrics.parent.glob("*sup-sync.prom*")] == [metrics.name]


@pytest.mark.parametrize("held", ["no metrics at all {", "\0\x01", "sup_sync_last_success_timestamp_seconds x\n"])
def test_unreadable_metrics_are_replaced(shell: Shell, metrics: Path, held: str) -> None:
    metrics.write_text(held, encoding="utf-8")
    assert shell("apply", "--metrics", metrics).code == 75
    assert figures(metrics)["run_exit_code"] == 75
    assert "last_success_timestamp_seconds" not in figures(metrics)


def test_unwritable_metrics_are_reported_and_the_run_succeeds(shell: Shell, office: Office) -> None:
    office.file()
    result = shell("apply", "-q", "--metrics", shell.folder / "nowhere" / "x.prom")
    assert (result.code, result.out) == (0, "Written: 1 applied.\n")
    (line,) = result.err.splitlines()
    assert line.startswith("sup-sync: --metrics: not written: ")
    assert "nowhere/x.prom" in line


def test_json_option_prints_only_json(shell: Shell, office: Office) -> None:
    office.file()
    assert "Written:" in shell("apply").out
    assert last_line(shell("apply", "--json"))["exit_code"] == 0
    assert shell("apply", "-q").out == ""


def test_run_out_of_time_is_reported(shell: Shell, office: Office, metrics: Path) -> None:
    def late(*_: object, **__: object) -> None:
        raise OutOfTimeError("late")

    shell.patch.setattr("sup_sync.run.apply.apply", late)
    assert last_line(shell("apply", "--json", "--metrics", metrics))["error"] == "late"
    assert office.responses == {}

"""Whoever watches runs from outside: a monitor that is pinged, a file of metrics, a line of JSON in a log."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sup_sync.cli.context import Settings, log_line
from sup_sync.cli.errors import describe_error, report_error
from sup_sync.cli.exit_codes import INTERNAL_ERROR, INTERRUPTED

if TYPE_CHECKING:
    from sup_sync.host.audit import Record
    from sup_sync.host.summary import Summary, Work
    from sup_sync.run.apply import RunResult

METRICS_HELP = "Write the run's figures to FILE for Prometheus' node_exporter (extra `metrics`)."
FOR_EVERYBODY = 0o644
"""Metrics are read by another account, and hold figures alone."""


def check_url(_ctx: click.Context, _param: click.Parameter, url: str | None) -> str | None:
    """The monitor's address; whatever it is, it is not printed, as whoever knows it may speak for this run."""
    if url and not re.match(r"https?://[^/?#\s]", url):
        raise click.BadParameter("no address: write it like https://monitor.example.kz/of-this-run")
    return url


def check_prom_path(_ctx: click.Context, _param: click.Parameter, path: Path | None) -> Path | None:
    if path and path.suffix != ".prom":
        raise click.BadParameter(f"node_exporter reads no {path.name}: let it end in .prom")
    return path


class RunRecord:
    """One run as it goes on: what is known of it so far, however it ends."""

    def __init__(self, started_at: datetime, *, as_json: bool) -> None:
        self.started_at = started_at
        self.as_json = as_json
        self.code = INTERNAL_ERROR  # where the run breaks off
        self.error = ""
        self.requests: Counter[str] = Counter()
        self.results: list[Mapping[str, Any]] = []
        self.done: RunResult | None = None

    def counting(self, record: Record) -> Record:
        """The audit's record, remembering how writes ended."""

        def counted(words: Mapping[str, Any]) -> None:
            record(words)
            if words["event"] == "result":
                self.results.append(words)

        return counted

    def summary(self, ended_at: datetime) -> Summary:
        """The run in figures; of what broke off, as far as it came."""
        from sup_sync.host.summary import FailedWrite, Summary
        from sup_sync.run.write import OutcomeKind

        kinds = Counter(str(each["kind"]) for each in self.results)
        ends_well = (OutcomeKind.APPLIED, OutcomeKind.UNNEEDED)
        return Summary(
            started_at=self.started_at,
            ended_at=ended_at,
            exit_code=self.code,
            error=self.error,
            requests={method: self.requests[method] for method in ("GET", "PUT")},
            outcomes={kind.value: kinds[kind.value] for kind in OutcomeKind},
            failed_writes=tuple(
                FailedWrite(each["issue"], str(each["kind"]), each["text"])
                for each in self.results
                if each["kind"] not in ends_well
            ),
            work=_work(self.done) if self.done else None,
        )


def _work(done: RunResult) -> Work:
    from sup_sync.host.summary import Work

    return Work(
        issues=done.plan.judged,
        histories_read=done.read,
        judged=done.judged_requests,
        skipped=done.set_aside,
        notes=sum(len(outcome.notes) for outcome in done.outcomes),
        findings=dict(sorted(Counter(finding.kind for finding in done.plan.findings).items())),
        unread_projects=tuple(sorted(done.gaps)),
        failed_notifications=done.failed_notifications,
    )


@contextmanager
def recorded_run(
    settings: Settings, monitor: str | None, metrics: Path | None, *, as_json: bool
) -> Iterator[RunRecord]:
    """A run that is told of: its start to the monitor, its end to all of them, also where it fails."""
    run = RunRecord(datetime.now(UTC), as_json=as_json)
    _tell_monitor(settings, monitor, "start")
    try:
        if metrics:
            _require_client()
        yield run
    except KeyboardInterrupt:
        run.code, run.error = INTERRUPTED, "interrupted"
        raise
    except Exception as error:
        run.error, run.code = report_error(error)
        raise
    finally:
        _tell(settings, run, monitor, metrics)


def _require_client() -> None:
    try:
        import sup_sync.host.prometheus  # noqa: F401 - to say so before the run, not after it
    except ImportError:
        raise click.UsageError("prometheus-client is not installed: pip install 'sup-sync[metrics]'") from None


def _tell(settings: Settings, run: RunRecord, monitor: str | None, metrics: Path | None) -> None:
    from sup_sync.to_json import json_line

    ended_at = datetime.now(UTC)
    if metrics:
        _write_metrics(metrics, run.summary(ended_at))
    _tell_monitor(settings, monitor, str(run.code))
    if run.as_json:
        click.echo(json_line(run.summary(ended_at).to_json()))


def _write_metrics(path: Path, summary: Summary) -> None:
    """Write the file whole; a run that did its work is not undone by one that cannot be written."""
    from sup_sync.cli.files import write_atomically

    with suppress(ImportError):  # said before the run
        from sup_sync.host.prometheus import metrics_text

        try:
            before = path.read_text(encoding="utf-8") if path.is_file() else ""
            write_atomically(path, metrics_text(summary, before), mode=FOR_EVERYBODY)
        except (OSError, UnicodeDecodeError, click.UsageError) as error:
            log_line(f"the metrics of --metrics were not written: {describe_error(error)[0]}")


def _tell_monitor(settings: Settings, monitor: str | None, what: str) -> None:
    from sup_sync.host.heartbeat import ping

    fault = ping(monitor, what) if monitor else None
    if fault:
        settings.tell(f"the monitor of --ping was not told of `{what}`: {fault}")

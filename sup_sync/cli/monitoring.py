"""The monitoring of a run from outside: a ping to a monitor, a file of metrics, a line of JSON."""

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

METRICS_HELP = "Write Prometheus metrics to FILE for node_exporter (extra `metrics`)."
WORLD_READABLE = 0o644  # another account reads the metrics; they contain only figures


def check_url(_ctx: click.Context, _param: click.Parameter, url: str | None) -> str | None:
    """Return the URL of the monitor; raise BadParameter without the URL in it, since the URL is a secret."""
    if url and not re.match(r"https?://[^/?#\s]", url):
        raise click.BadParameter("not a URL; write it like https://monitor.example.kz/of-this-run")
    return url


def check_prom_path(_ctx: click.Context, _param: click.Parameter, path: Path | None) -> Path | None:
    """Return the path of the metrics; raise BadParameter if node_exporter would not read the file."""
    if path and path.suffix != ".prom":
        raise click.BadParameter(f"node_exporter does not read {path.name}; choose a name that ends in .prom")
    return path


class RunRecord:
    """The record of one run for monitoring: filled as the run goes on, and complete also if it fails."""

    def __init__(self, started_at: datetime, *, as_json: bool) -> None:
        self.started_at = started_at
        self.as_json = as_json
        self.code = INTERNAL_ERROR  # unless the run sets another one
        self.error = ""
        self.requests: Counter[str] = Counter()
        self.results: list[Mapping[str, Any]] = []
        self.done: RunResult | None = None

    def counting(self, record: Record) -> Record:
        """Wrap the audit's `record` to keep the results of writes."""

        def record_and_count(event: Mapping[str, Any]) -> None:
            record(event)
            if event["event"] == "result":
                self.results.append(event)

        return record_and_count

    def summary(self, ended_at: datetime) -> Summary:
        """Summarize the run in figures; for a failed run, as far as it came."""
        from sup_sync.host.summary import FailedWrite, Summary
        from sup_sync.run.write import OutcomeKind

        results = [*self.results, *_deferred(self.done)]  # those have no line in the audit log
        kinds = Counter(str(each["kind"]) for each in results)
        successful = (OutcomeKind.APPLIED, OutcomeKind.UNNEEDED)
        return Summary(
            started_at=self.started_at,
            ended_at=ended_at,
            exit_code=self.code,
            error=self.error,
            requests={method: self.requests[method] for method in ("GET", "PUT")},
            outcomes={kind.value: kinds[kind.value] for kind in OutcomeKind},
            failed_writes=tuple(
                FailedWrite(each["issue"], str(each["kind"]), each["text"])
                for each in results
                if each["kind"] not in successful
            ),
            work=_work(self.done) if self.done else None,
        )


def _deferred(done: RunResult | None) -> Iterator[Mapping[str, Any]]:
    """Yield the requests that wait for their next try, in the form of the audit's results."""
    for each in done.outcomes if done else ():
        if each.kind == "deferred":
            yield {"issue": each.issue_id, "kind": each.kind, "text": each.text}


def _work(done: RunResult) -> Work:
    from sup_sync.host.summary import Work

    return Work(
        issues=done.plan.judged,
        histories_read=done.histories_read,
        judged=done.judged_requests,
        skipped=done.skipped,
        notes=sum(len(outcome.notes) for outcome in done.outcomes),
        findings=dict(sorted(Counter(finding.kind for finding in done.plan.findings).items())),
        unread_projects=tuple(sorted(done.unread_projects)),
        problems=done.problems,
        failed_notifications=done.failed_notifications,
        postponed=done.postponed,
    )


@contextmanager
def recorded_run(
    settings: Settings, monitor: str | None, metrics: Path | None, *, as_json: bool
) -> Iterator[RunRecord]:
    """Record a run: ping the monitor at its start, and report its result to all outputs, also if it fails."""
    run = RunRecord(datetime.now(UTC), as_json=as_json)
    _ping_monitor(settings, monitor, "start")
    try:
        if metrics:
            _require_prometheus_client()
        yield run
    except KeyboardInterrupt:
        run.code, run.error = INTERRUPTED, "interrupted"
        raise
    except Exception as error:
        run.error, run.code = report_error(error)
        raise
    finally:
        _report_run(settings, run, monitor, metrics)


def _require_prometheus_client() -> None:
    """Fail before the run, not after it, if the library for metrics is missing."""
    try:
        import sup_sync.host.prometheus  # noqa: F401 - only tries the import
    except ImportError:
        raise click.UsageError("prometheus-client is not installed; run pip install 'sup-sync[metrics]'") from None


def _report_run(settings: Settings, run: RunRecord, monitor: str | None, metrics: Path | None) -> None:
    from sup_sync.to_json import json_line

    ended_at = datetime.now(UTC)
    if metrics:
        _write_metrics(metrics, run.summary(ended_at))
    _ping_monitor(settings, monitor, str(run.code))
    if run.as_json:
        click.echo(json_line(run.summary(ended_at).to_json()))


def _write_metrics(path: Path, summary: Summary) -> None:
    """Write the metrics atomically; an error is only logged, since the run itself is complete."""
    from sup_sync.cli.files import write_atomically

    with suppress(ImportError):  # reported before the run
        from sup_sync.host.prometheus import metrics_text

        try:
            previous = path.read_text(encoding="utf-8") if path.is_file() else ""
            write_atomically(path, metrics_text(summary, previous), mode=WORLD_READABLE)
        except (OSError, UnicodeDecodeError, click.UsageError) as error:
            log_line(f"--metrics: not written: {describe_error(error)[0]}")


def _ping_monitor(settings: Settings, monitor: str | None, event: str) -> None:
    """Ping the monitor with `start` or an exit code; log it if that fails."""
    from sup_sync.host.heartbeat import ping

    error = ping(monitor, event) if monitor else None
    if error:
        settings.info(f"--ping: the monitor did not receive `{event}`: {error}")

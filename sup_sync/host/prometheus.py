"""Metrics of a run in the text format of Prometheus, for node_exporter's textfile collector."""

from __future__ import annotations

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from sup_sync.host.summary import Summary, Work

SUCCESS = "sup_sync_last_success_timestamp_seconds"


def metrics_text(summary: Summary, previous: str) -> str:
    """Render the metrics file; `previous` is its old text, which has the last success if this run failed."""
    registry = CollectorRegistry()
    values = {
        "run_timestamp_seconds": ("Time when the last run finished.", summary.ended_at.timestamp()),
        "run_duration_seconds": ("Duration of the last run.", summary.duration_s),
        "run_exit_code": ("Exit code of the last run (0: done).", summary.exit_code),
        **(_work_metrics(summary.work) if summary.work else {}),
    }
    for name, (text, value) in values.items():
        Gauge(f"sup_sync_{name}", text, registry=registry).set(value)
    _add_counts(registry, "run_http_requests", "Requests sent to Redmine, by method.", "method", summary.requests)
    _add_counts(registry, "run_outcomes", "Issues written, by outcome.", "kind", summary.outcomes)
    if summary.work:
        _add_counts(registry, "run_findings", "Findings on the judged issues, by kind.", "kind", summary.work.findings)
    success = _last_success(previous) if summary.exit_code else summary.ended_at.timestamp()
    if success is not None:
        Gauge(SUCCESS, "Time when a run last finished with exit code 0.", registry=registry).set(success)
    return generate_latest(registry).decode("utf-8")


def _work_metrics(work: Work) -> dict[str, tuple[str, float]]:
    return {
        "issues": ("Issues in scope: open, or closed recently.", work.issues),
        "run_histories_read": ("Histories that were not in the cache.", work.histories_read),
        "run_issues_judged": ("Issues that were judged.", work.judged),
        "run_issues_skipped": ("Issues that could not be judged.", work.skipped),
        "run_notes": ("Notes written.", work.notes),
        "run_unread_projects": ("Projects that could not be read completely.", len(work.unread_projects)),
        "run_failed_notifications": ("Notifications that were not delivered.", len(work.failed_notifications)),
        "run_postponed": ("Issues left for the next run because of the limits.", len(work.postponed)),
    }


def _add_counts(registry: CollectorRegistry, name: str, text: str, label: str, counts: Mapping[str, int]) -> None:
    gauge = Gauge(f"sup_sync_{name}", text, [label], registry=registry)
    for key, count in counts.items():
        gauge.labels(key).set(count)


def _last_success(text: str) -> float | None:
    """Return the time of the last success in a metrics file; None if the text is not a metrics file."""
    try:
        samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    except ValueError:
        return None
    return next((sample.value for sample in samples if sample.name == SUCCESS), None)

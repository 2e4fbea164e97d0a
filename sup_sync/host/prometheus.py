"""A run in figures as Prometheus reads them, for node_exporter's textfile collector."""

from __future__ import annotations

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from sup_sync.host.summary import Summary, Work

SUCCESS = "sup_sync_last_success_timestamp_seconds"


def metrics_text(summary: Summary, before: str) -> str:
    """The file's text; `before` is what it held, which knows the last success where this run was none."""
    registry = CollectorRegistry()
    values = {
        "run_timestamp_seconds": ("When the last run ended.", summary.ended_at.timestamp()),
        "run_duration_seconds": ("How long it took.", summary.duration_s),
        "run_exit_code": ("Its exit code: 0 is done.", summary.exit_code),
        **(_of_work(summary.work) if summary.work else {}),
    }
    for name, (text, value) in values.items():
        Gauge(f"sup_sync_{name}", text, registry=registry).set(value)
    _by(registry, "run_http_requests", "What it asked of the tracker.", "method", summary.requests)
    _by(registry, "run_outcomes", "Requests it wrote to, by how that ended.", "kind", summary.outcomes)
    if summary.work:
        _by(registry, "run_findings", "Findings on the requests it looked at.", "kind", summary.work.findings)
    success = _last_success(before) if summary.exit_code else summary.ended_at.timestamp()
    if success is not None:
        Gauge(SUCCESS, "When a run last ended with exit code 0.", registry=registry).set(success)
    return generate_latest(registry).decode("utf-8")


def _of_work(work: Work) -> dict[str, tuple[str, float]]:
    return {
        "issues": ("Requests in scope: open, or lately closed.", work.issues),
        "run_histories_read": ("Of these, how many it read anew.", work.histories_read),
        "run_issues_judged": ("Of these, how many it looked at.", work.judged),
        "run_issues_skipped": ("Of these, how many it could not judge.", work.skipped),
        "run_notes": ("Notes it wrote.", work.notes),
        "run_unread_projects": ("Projects it could not read whole.", len(work.unread_projects)),
        "run_failed_notifications": ("Notifications that reached nobody.", len(work.failed_notifications)),
    }


def _by(registry: CollectorRegistry, name: str, text: str, label: str, counts: Mapping[str, int]) -> None:
    gauge = Gauge(f"sup_sync_{name}", text, [label], registry=registry)
    for key, count in counts.items():
        gauge.labels(key).set(count)


def _last_success(text: str) -> float | None:
    """What the file said before; nothing where it was none of ours."""
    try:
        samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    except ValueError:
        return None
    return next((sample.value for sample in samples if sample.name == SUCCESS), None)

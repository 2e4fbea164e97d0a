"""The acceptance table: requests with the moments that the regulation's owner expects, held against the mappings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from sup_sync.clock import Calendars, Clock
from sup_sync.config.checks import Version
from sup_sync.config.shapes import ExampleShape
from sup_sync.config.yaml_file import YamlFile
from sup_sync.errors import CalendarError, Mistake
from sup_sync.judgement import MOMENT_FORMAT
from sup_sync.policy import Agreement, ClockKind, Metric


def failing_examples(
    source: YamlFile, examples: Iterable[ExampleShape], versions: Iterable[Version], calendars: Calendars
) -> Iterator[Mistake]:
    """A mistake for each expected moment that the regulation in force on that day does not give."""
    dated = [(each.shape.in_force_from, each.agreements) for each in versions if each.shape]
    by_day = sorted(dated, key=lambda each: each[0], reverse=True)
    for number, example in enumerate(examples):
        agreements = next((each for day, each in by_day if day <= example.filed.date()), ())
        agreement = next((each for each in agreements if each.matches(*example.words)), None)
        if agreement is None:
            text = f"no agreement covers {', '.join(example.words)}"
            yield source.mistake(("examples", number), text)
            continue
        for metric in Metric:
            wanted, given = _shown(example.expected(metric)), _due(example, agreement, metric, calendars)
            if wanted != given:
                text = f"expects {metric} {wanted}, the mappings give {given} ({agreement.key})"
                yield source.mistake(("examples", number, metric.value), text)


def _due(example: ExampleShape, agreement: Agreement, metric: Metric, calendars: Calendars) -> str:
    target = agreement.targets.get((metric, example.priority))
    if target is None:
        return f"nothing for priority {example.priority}"
    zone = calendars[ClockKind.WORKING].zone
    filed_at = example.filed.replace(tzinfo=zone)
    try:
        due_at = Clock(target, filed_at, filed_at).due_at(calendars)
    except CalendarError as error:
        return str(error)
    return _shown(due_at.astimezone(zone) if due_at else None)


def _shown(moment: datetime | None) -> str:
    return moment.strftime(MOMENT_FORMAT) if moment else "none"

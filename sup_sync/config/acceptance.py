"""The acceptance table: requests with expected target times, compared with those that the mappings give."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from sup_sync.config.checks import SINGULAR, RegulationVersion, not_defined
from sup_sync.config.shapes import ExampleShape
from sup_sync.config.yaml_file import Place, YamlFile
from sup_sync.errors import CalendarError, Mistake
from sup_sync.model.moments import MOMENT_FORMAT
from sup_sync.model.policy import Agreement, Calendars, ClockKind
from sup_sync.sla.clock import Clock


def failing_examples(
    source: YamlFile, examples: Iterable[ExampleShape], versions: Iterable[RegulationVersion], calendars: Calendars
) -> Iterator[Mistake]:
    """Yield a mistake for each request with other target times than expected, or with an unknown term.

    Each request is evaluated by the version in force on its day of filing. The versions must be free of mistakes.
    """
    by_day = sorted(((each.shape.in_force_from, each) for each in versions if each.shape), key=_day, reverse=True)
    for number, example in enumerate(examples):
        place: Place = ("examples", number)
        version = next((each for day, each in by_day if day <= example.filed.date()), None)
        if version is None:
            text = f"filed on {example.filed.date()}, before any regulation; correct the date or add that version"
            yield source.mistake((*place, "filed"), text)
            continue
        unknown = [source.mistake((*place, key), text) for key, text in _unknown_terms(example, version)]
        yield from unknown or _wrong_targets(source, place, example, version, calendars)


def _day(dated: tuple[date, RegulationVersion]) -> date:
    return dated[0]


def _unknown_terms(example: ExampleShape, version: RegulationVersion) -> Iterator[tuple[str, str]]:
    """Yield the key and the mistake of each term that the version does not define."""
    for section, kind in SINGULAR.items():
        term, known = getattr(example, kind, None), getattr(version.shape, section)
        if term is not None and term not in known:
            yield kind, not_defined(f"{kind} {term!r}", known, version.in_file)


def _wrong_targets(
    source: YamlFile, place: Place, example: ExampleShape, version: RegulationVersion, calendars: Calendars
) -> Iterator[Mistake]:
    agreement = next(each for each in version.agreements if each.matches(*example.terms))
    for metric in version.metrics:
        if metric not in example.expected:
            yield source.mistake(place, f"missing key {metric!r}; add it")
            continue
        expected, actual = _format(example.expected[metric]), _due(example, agreement, metric, calendars)
        if expected != actual:
            text = f"expected {metric} {expected}, but the mappings give {actual} ({agreement.key}{version.in_file})"
            text += "; correct one of them"
            yield source.mistake((*place, metric), text)


def _due(example: ExampleShape, agreement: Agreement, metric: str, calendars: Calendars) -> str:
    target = agreement.target(metric, example.priority)
    zone = calendars[ClockKind.WORKING].zone
    filed_at = example.filed.replace(tzinfo=zone)
    try:
        due_at = Clock(target, filed_at).due_at(calendars)
    except CalendarError as error:
        return str(error)
    return _format(due_at.astimezone(zone) if due_at else None)


def _format(moment: datetime | None) -> str:
    return moment.strftime(MOMENT_FORMAT) if moment else "none"

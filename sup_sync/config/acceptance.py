"""The acceptance table: requests with the moments that the regulation's owner expects, held against the mappings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from sup_sync.config.checks import SINGULAR, RegulationVersion
from sup_sync.config.shapes import ExampleShape
from sup_sync.config.yaml_file import Place, YamlFile
from sup_sync.errors import CalendarError, Mistake
from sup_sync.model.moments import MOMENT_FORMAT
from sup_sync.model.policy import Agreement, Calendars, ClockKind
from sup_sync.sla.clock import Clock


def failing_examples(
    source: YamlFile, examples: Iterable[ExampleShape], versions: Iterable[RegulationVersion], calendars: Calendars
) -> Iterator[Mistake]:
    """A mistake for each request that the regulation in force on its day does not know, or promises other moments.

    The versions are sound: they cover all their words.
    """
    by_day = sorted(((each.shape.in_force_from, each) for each in versions if each.shape), key=_day, reverse=True)
    for number, example in enumerate(examples):
        place: Place = ("examples", number)
        version = next((each for day, each in by_day if day <= example.filed.date()), None)
        if version is None:
            text = f"filed on {example.filed.date()}, before any regulation: correct the day, or add that of its day"
            yield source.mistake((*place, "filed"), text)
            continue
        unknown = [source.mistake((*place, key), text) for key, text in _unknown_words(example, version)]
        yield from unknown or _wrong_moments(source, place, example, version, calendars)


def _day(dated: tuple[date, RegulationVersion]) -> date:
    return dated[0]


def _unknown_words(example: ExampleShape, version: RegulationVersion) -> Iterator[tuple[str, str]]:
    """The key and the mistake of each word that the version does not have."""
    for section, what in SINGULAR.items():
        word, known = getattr(example, what, None), getattr(version.shape, section)
        if word is not None and word not in known:
            yield what, f"{what}{version.of_file} {word!r} is not defined: there are {', '.join(known)}"


def _wrong_moments(
    source: YamlFile, place: Place, example: ExampleShape, version: RegulationVersion, calendars: Calendars
) -> Iterator[Mistake]:
    agreement = next(each for each in version.agreements if each.matches(*example.words))
    for metric in version.metrics:
        if metric not in example.expected:
            yield source.mistake(place, f"key {metric!r} is missing: add it")
            continue
        wanted, given = _shown(example.expected[metric]), _due(example, agreement, metric, calendars)
        if wanted != given:
            text = f"expects {metric} {wanted}, the mappings give {given} ({agreement.key}{version.of_file})"
            yield source.mistake((*place, metric), text)


def _due(example: ExampleShape, agreement: Agreement, metric: str, calendars: Calendars) -> str:
    target = agreement.target(metric, example.priority)
    zone = calendars[ClockKind.WORKING].zone
    filed_at = example.filed.replace(tzinfo=zone)
    try:
        due_at = Clock(target, filed_at, filed_at).due_at(calendars)
    except CalendarError as error:
        return str(error)
    return _shown(due_at.astimezone(zone) if due_at else None)


def _shown(moment: datetime | None) -> str:
    return moment.strftime(MOMENT_FORMAT) if moment else "none"

"""Validation of the keys that are named after metrics: unknown and missing ones."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from pydantic import BaseModel

from sup_sync.config.shapes import AgreementShape, ExampleShape, ExamplesShape, FieldsShape, RegulationShape
from sup_sync.model.names import due_field, stop_field

Error = dict[str, Any]
UNKNOWN_KEY, MISSING_KEY = "extra_forbidden", "missing"


def metrics_in(data: Any) -> Collection[str] | None:
    """Return the metrics that a regulation's file defines; None if the section is not a mapping."""
    metrics = data.get("metrics", RegulationShape.default_metrics()) if isinstance(data, dict) else None
    return [str(each) for each in metrics] if isinstance(metrics, dict) else None


def key_errors(shape: type[BaseModel], data: Any, metrics: Collection[str]) -> Iterator[Error]:
    """Yield the errors in the keys of a file, in pydantic's form."""
    if shape is RegulationShape:
        for place, part in _parts(data, "agreements"):
            yield from _unknown(place, part, [*AgreementShape.model_fields, *metrics])
            yield from _missing(place, part, metrics)
    elif shape is ExamplesShape:
        for place, part in _parts(data, "examples"):
            yield from _unknown(place, part, [*ExampleShape.model_fields, *metrics])
    elif isinstance(fields := data.get("fields"), dict):
        of_metrics = [field(each) for each in metrics for field in (due_field, stop_field)]
        yield from _unknown(("fields",), fields, [*FieldsShape.model_fields, *of_metrics])


def has_metric_keys(shape: type[BaseModel]) -> bool:
    """Return True if a file of this shape has keys that are named after metrics."""
    return shape in (RegulationShape, ExamplesShape) or "fields" in shape.model_fields


def _parts(data: Any, section: str) -> Iterator[tuple[tuple[Any, ...], dict[Any, Any]]]:
    """Return the entries of a section that are mappings, each with its place."""
    entries = data.get(section)
    places: Iterable[tuple[Any, Any]] = ()
    if isinstance(entries, dict):
        places = entries.items()
    elif isinstance(entries, list):
        places = enumerate(entries)
    return (((section, key), entry) for key, entry in places if isinstance(entry, dict))


def _unknown(place: tuple[Any, ...], part: dict[Any, Any], known: Collection[str]) -> Iterator[Error]:
    for key, value in part.items():
        if key not in known:
            yield {"type": UNKNOWN_KEY, "loc": (*place, key), "msg": "", "input": value, "known": known}


def _missing(place: tuple[Any, ...], part: dict[Any, Any], metrics: Iterable[str]) -> Iterator[Error]:
    for key in metrics:
        if key not in part:
            yield {"type": MISSING_KEY, "loc": (*place, key), "msg": "", "input": part}

"""JSON Schemas of the YAML files, from the shapes that read them, for editors to complete and check the files."""

from __future__ import annotations

import ast
import inspect
import json
from functools import cache
from itertools import pairwise
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from sup_sync.config import shapes
from sup_sync.config.shapes import base, calendar, regulation, run, tables
from sup_sync.model.moments import WEEKDAYS
from sup_sync.sla.measures import MEASURES

Json = dict[str, Any]

# the shape of each file, by its name without `.yaml`
FILES = {
    "config": shapes.ConfigShape,
    "regulation": shapes.RegulationShape,
    "tracker": shapes.TrackerShape,
    "calendar": shapes.CalendarShape,
    "clients": shapes.ClientsShape,
    "messages": shapes.MessagesShape,
    "examples": shapes.ExamplesShape,
}


def _text(title: str, pattern: str) -> Json:
    return {"title": title, "type": "string", "pattern": pattern}


_DURATION = r"[1-9]\d{0,4} (min|h|working days?)"
_DAY, _CLOCK = r"\d{4}-\d\d-\d\d", r"([01]\d|2[0-3]):[0-5]\d"
_DATE_TIME = rf"{_DAY}[ T]{_CLOCK}(:[0-5]\d)?"
_WEEKDAY = f"({'|'.join(WEEKDAYS)})"
_DATE = _text("date", rf"^{_DAY}$")
_DURATION_OR_NONE = _text("duration or `none`", rf"^({_DURATION}|none)$")
_HOURS = rf"^{_CLOCK}-({_CLOCK}|24:00)$"

# how an admin writes the values that these functions read
INPUT_SCHEMAS = {
    base.read_duration: _text("duration", rf"^{_DURATION}$"),
    base.check_hours_or_minutes: _text("duration in minutes or hours", r"^[1-9]\d{0,4} (min|h)$"),
    base.read_as_text: {"title": "string or number", "type": ["string", "number"]},
    regulation.read_durations: {
        "anyOf": [_DURATION_OR_NONE, {"type": "object", "additionalProperties": _DURATION_OR_NONE}]
    },
    regulation.check_metric_key: _text("metric key", rf"^{regulation.METRIC_KEY}$"),
    regulation.check_measure: {"enum": list(MEASURES)},
    run.read_time_range: _text("time range", rf"^{_CLOCK}-{_CLOCK}$"),
    calendar.read_windows: {"type": "array", "items": _text("time range", _HOURS)},
    calendar.check_weekdays: _text("weekday or range of weekdays", rf"^{_WEEKDAY}(-{_WEEKDAY})?$"),
    tables.read_moment_or_none: _text("date and time, or `none`", rf"^({_DATE_TIME}|none)$"),
}

# conditions that involve several keys of a shape
CONDITIONS = {
    shapes.ContractShape: {"oneOf": [{"required": [each]} for each in ("project", "group", "bin")]},
    shapes.MessagesShape: {
        "propertyNames": _text("a language", rf"^{tables.LANGUAGE_KEY}$"),
        "minProperties": 1,
    },
    shapes.ChangeShape: {
        "if": {"properties": {"kind": {"const": "hours"}}},
        "then": {"required": ["hours"]},
        "else": {"if": {"required": ["hours"]}, "then": {"properties": {"kind": {"const": "worked"}}}},
    },
}


EXTRA = "__pydantic_extra__"
"""What a shape calls the keys that the files themselves define."""


@cache
def texts_of(shape: type[BaseModel]) -> dict[str, str]:
    """Read the text below each key of a shape from its source, so that these texts cost nothing at run time."""
    lines = ast.parse(inspect.getsource(shape)).body[0].body  # type: ignore[attr-defined] # a class has a body
    texts = {}
    for field, below in pairwise(lines):
        match field, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                texts[name] = " ".join(text.split())
    return texts


class Generator(GenerateJsonSchema):
    """A generator of schemas for the YAML that admins write, not for the values that pydantic makes of it."""

    def function_before_schema(self, schema: Any) -> Json:
        function = schema["function"]["function"]
        if function is calendar.read_change:
            return {"anyOf": [self.generate_inner(_core(each)) for each in (shapes.ChangeShape, shapes.MoveShape)]}
        return dict(INPUT_SCHEMAS[function])

    def function_after_schema(self, schema: Any) -> Json:
        return dict(INPUT_SCHEMAS.get(schema["function"]["function"]) or super().function_after_schema(schema))

    def model_schema(self, schema: Any) -> Json:
        shape, json_schema = schema["cls"], super().model_schema(schema)
        names = {field.alias or name: name for name, field in shape.model_fields.items()}
        for key, part in json_schema["properties"].items():
            part["description"] = texts_of(shape)[names[key]]
        if isinstance(json_schema.get("additionalProperties"), dict):
            json_schema["additionalProperties"]["description"] = texts_of(shape)[EXTRA]
        json_schema.pop("title", None)
        return {**json_schema, **CONDITIONS.get(shape, {})}

    def tagged_union_schema(self, schema: Any) -> Json:
        return {"anyOf": [self.generate_inner(each) for each in schema["choices"].values()]}

    def field_title_should_be_set(self, _schema: Any) -> bool:
        return False

    def date_schema(self, _schema: Any) -> Json:
        return {**_DATE, "format": "date"}

    def datetime_schema(self, _schema: Any) -> Json:
        return _text("date and time", f"^{_DATE_TIME}$")

    def dict_schema(self, schema: Any) -> Json:
        json_schema, keys = super().dict_schema(schema), schema["keys_schema"]
        if keys["type"] == "int":
            return {**json_schema, "propertyNames": _text("year", r"^\d{4}$")}
        if "patternProperties" in json_schema:  # values in the same place with and without a pattern of keys
            (values,) = json_schema.pop("patternProperties").values()
            return {**json_schema, "additionalProperties": values, "propertyNames": self.generate_inner(keys)}
        if keys["type"] == "function-after":
            return {**json_schema, "propertyNames": self.generate_inner(keys)}
        return json_schema

    def encode_default(self, dft: Any) -> Any:
        return f"{dft.amount} {dft.unit}" if isinstance(dft, base.Duration) else super().encode_default(dft)


def _core(shape: type[BaseModel]) -> Any:
    shape.model_rebuild()
    return shape.__pydantic_core_schema__


@cache
def schema_of(name: str) -> Json:
    """Generate the JSON Schema of a file, in draft 7, which editors support best."""
    schema = FILES[name].model_json_schema(schema_generator=Generator)
    return {"$schema": "http://json-schema.org/draft-07/schema#", "title": f"{name}.yaml of sup-sync", **schema}


def schema_files() -> dict[str, str]:
    """Return the text of each schema by its path: below mappings/, so that a copy of that folder includes them."""
    return {
        f"mappings/schemas/{name}.json": json.dumps(schema_of(name), ensure_ascii=False, indent=1) + "\n"
        for name in FILES
    }

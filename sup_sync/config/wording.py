"""Messages for pydantic's validation errors, worded for the author of the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel

from sup_sync.config.checks import CONFIG
from sup_sync.config.metric_keys import UNKNOWN_KEY
from sup_sync.config.shapes import CalendarShape, ChangeShape, MoveShape
from sup_sync.config.yaml_file import Place, YamlFile
from sup_sync.errors import Mistake

Error = Mapping[str, Any]

MODEL, DAY = "its keys, as in the shipped file", "a date like 2026-03-20"
MOMENT = "a date and time like 2026-03-20 17:50"
NUMBER, WHOLE, YES_NO = "a number like 0.5", "a whole number", "true or false"
LIST = "a list like [one, another]"
# what to write instead, by pydantic's type of the error
TO_WRITE = {
    "model_type": MODEL,
    "dict_type": MODEL,
    "list_type": LIST,
    "tuple_type": LIST,
    "too_short": "at least one",
    "string_type": "text (numbers in quotes)",
    "string_too_short": "at least one word",
    "literal_error": "{expected}",
    "enum": "{expected}",
    "date_type": DAY,
    "date_parsing": DAY,
    "date_from_datetime_parsing": DAY,
    "datetime_type": MOMENT,
    "datetime_parsing": MOMENT,
    "datetime_from_date_parsing": MOMENT,
    "float_type": NUMBER,
    "float_parsing": NUMBER,
    "int_type": WHOLE,
    "int_parsing": WHOLE,
    "int_from_float": WHOLE,
    "bool_type": YES_NO,
    "bool_parsing": YES_NO,
    "greater_than": "more than {gt:g}",
    "greater_than_equal": "{ge:g} or more",
    "less_than": "less than {lt:g}",
    "less_than_equal": "{le:g} or less",
}


def place_of(error: Error) -> Place:
    """Return the keys and indices that lead to the value of an error."""
    return tuple(each for each in error["loc"] if each not in ("[key]", "[mapping]", "[word]"))


def part_to_prune(error: Error) -> Place:
    """Return the part of the file to skip because of an error.

    It is the key itself if the key is unknown, otherwise the whole entry of a top-level section.
    """
    place = place_of(error)
    return place if error["type"] == UNKNOWN_KEY else place[:2]


def to_mistakes(errors: Sequence[Error], source: YamlFile, shape: type[BaseModel]) -> Iterator[Mistake]:
    """Yield a mistake for each error. A misspelt key is reported once, as unknown, and not also as missing."""
    unknown = [place_of(each) for each in errors if each["type"] == UNKNOWN_KEY]
    for error in errors:
        place = place_of(error)
        siblings = [str(each[-1]) for each in unknown if each[:-1] == place[:-1]]
        if error["type"] != "missing" or not get_close_matches(str(place[-1]), siblings):
            yield source.mistake(place, _text(error, source, shape))


def _text(error: Error, source: YamlFile, shape: type[BaseModel]) -> str:
    *outer, key = place_of(error) or ("",)
    match error["type"]:
        case "extra_forbidden":
            return _unknown_key(str(key), source, error.get("known") or _known_keys(shape))
        case "literal_error" if error["loc"][-1] == "[key]":
            return f"unknown key {key!r}; choose from {error['ctx']['expected']}"
        case "missing":
            return f"missing key {key!r}{f' in {outer[-1]}' if outer and isinstance(outer[-1], str) else ''}; add it"
        case _:
            return (f"{key}: " if isinstance(key, str) else "") + _wrong_value(error)


def _wrong_value(error: Error) -> str:
    kind, text = error["type"], str(error["msg"])
    if kind == "value_error":
        return text.removeprefix("Value error, ")
    if kind in TO_WRITE:
        advice = f"write {TO_WRITE[kind].format(**error.get('ctx', {}))}"
    else:
        advice = f"{text[:1].lower()}{text[1:]}"
    return f"invalid value {error['input']!r:.60}; {advice}"


def _unknown_key(key: str, source: YamlFile, known: Sequence[str]) -> str:
    if key == "key" and source.name == CONFIG:
        return "API key in config.yaml; move it to its own file and set `key_file`, or use SUP_SYNC_KEY"
    near = get_close_matches(key, sorted(set(known)), n=1)
    return f"unknown key {key!r}; " + (f"did you mean {near[0]!r}?" if near else "remove it")


def _known_keys(shape: type[BaseModel]) -> list[str]:
    """Return all keys of a shape and of the shapes inside it."""
    keys: set[str] = set()
    schema = shape.model_json_schema()
    if (
        shape is CalendarShape
    ):  # a validator chooses the shape of each change, so the schema does not contain their keys
        keys |= ChangeShape.model_fields.keys() | MoveShape.model_fields.keys()
    for part in (schema, *schema.get("$defs", {}).values()):
        keys |= set(part.get("properties", ()))
    return sorted(keys)

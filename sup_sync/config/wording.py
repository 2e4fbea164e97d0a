"""What pydantic finds wrong with the shape of a file, in words for whoever wrote the file."""

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


MODEL, DAY, MOMENT = "its keys, as the shipped file does", "a day like 2026-03-20", "a moment like 2026-03-20 17:50"
NUMBER, WHOLE, YES_NO = "a number like 0.5", "a whole number", "true or false"
LIST = "a list, like [one, another]"
TO_WRITE = {
    "model_type": MODEL,
    "dict_type": MODEL,
    "list_type": LIST,
    "tuple_type": LIST,
    "too_short": "at least one",
    "string_type": "words, a number among them in quotes",
    "string_too_short": "at least a word",
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
"""What to write instead, by pydantic's name for the mistake."""


def place_of(error: Error) -> Place:
    return tuple(each for each in error["loc"] if each != "[key]")


def part_to_prune(error: Error) -> Place:
    """What to leave out for a mistake: an unknown key itself, else the entry of a top section that it stands in."""
    place = place_of(error)
    return place if error["type"] == UNKNOWN_KEY else place[:2]


def tell(errors: Sequence[Error], source: YamlFile, shape: type[BaseModel]) -> Iterator[Mistake]:
    """A mistake for each error; a key that is missing for being misspelt is told once, as an unknown one."""
    unknown = [place_of(each) for each in errors if each["type"] == UNKNOWN_KEY]
    for error in errors:
        place = place_of(error)
        beside = [str(each[-1]) for each in unknown if each[:-1] == place[:-1]]
        if error["type"] != "missing" or not get_close_matches(str(place[-1]), beside):
            yield source.mistake(place, _text(error, source, shape))


def _text(error: Error, source: YamlFile, shape: type[BaseModel]) -> str:
    *outer, key = place_of(error) or ("",)
    match error["type"]:
        case "extra_forbidden":
            return _unknown_key(str(key), source, error.get("known") or _known_keys(shape))
        case "literal_error" if error["loc"][-1] == "[key]":
            return f"unknown key {key!r}: there are {error['ctx']['expected']}"
        case "missing":
            return f"key {key!r} is missing{f' in {outer[-1]}' if outer and isinstance(outer[-1], str) else ''}: add it"
        case _:
            return (f"{key}: " if isinstance(key, str) else "") + _wrong_value(error)


def _wrong_value(error: Error) -> str:
    kind, text = error["type"], str(error["msg"])
    if kind == "value_error":
        return text.removeprefix("Value error, ")
    if kind in TO_WRITE:
        text = f"write {TO_WRITE[kind].format(**error.get('ctx', {}))}"
    return f"{text[:1].lower()}{text[1:]}, not {error['input']!r:.60}"


def _unknown_key(key: str, source: YamlFile, known: Sequence[str]) -> str:
    if key == "key" and source.name == CONFIG:
        return "a key in the file: put it in a file of its own and name that as `key_file`, or in SUP_SYNC_KEY"
    near = get_close_matches(key, sorted(set(known)), n=1)
    return f"unknown key {key!r}: " + (f"is {near[0]!r} meant?" if near else "remove it")


def _known_keys(shape: type[BaseModel]) -> list[str]:
    """All keys of a shape and of the shapes inside it."""
    keys: set[str] = set()
    schema = shape.model_json_schema()
    if shape is CalendarShape:  # whose changes are told apart before they have a shape
        keys |= ChangeShape.model_fields.keys() | MoveShape.model_fields.keys()
    for part in (schema, *schema.get("$defs", {}).values()):
        keys |= set(part.get("properties", ()))
    return sorted(keys)

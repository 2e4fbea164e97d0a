"""The conversion of data into JSON that people can read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any

Json = Mapping[str, Any]


def json_value(value: Any) -> Any:
    """Convert a value for JSON: moments to ISO in UTC, durations to whole seconds, dataclasses to objects by field."""
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="seconds")
        case date():
            return value.isoformat()
        case timedelta():
            return int(value.total_seconds())
        case tuple():
            return [json_value(each) for each in value]
        case _ if is_dataclass(value):
            return {each.name: json_value(getattr(value, each.name)) for each in fields(value)}
        case _:
            return str(value) if isinstance(value, StrEnum) else value


def json_text(data: Json | list[Json]) -> str:
    """Format data as readable JSON; characters that control a terminal are escaped, since clients could write them."""
    return _escape(json.dumps(data, ensure_ascii=False, indent=2))


def json_line(data: Json) -> str:
    """Format data as JSON on one line, for logs."""
    return _escape(json.dumps(data, ensure_ascii=False))


def _escape(text: str) -> str:
    return "".join(each if each.isprintable() or each == "\n" else json.dumps(each)[1:-1] for each in text)

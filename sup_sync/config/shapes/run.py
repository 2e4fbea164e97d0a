"""The shape of config.yaml."""

import re
from datetime import date, time
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from sup_sync.config.shapes.base import Length, Shape, TimeLength


def _hours(value: Any) -> tuple[time, time] | None:
    if value is None:
        return None
    parts = re.fullmatch(r"(\d\d:\d\d)-(\d\d:\d\d)", str(value))
    try:
        first, last = (time.fromisoformat(each) for each in parts.groups()) if parts else (None, None)
    except ValueError:
        first = last = None
    if first is None or last is None or first == last:
        raise ValueError(f'{value!r} is no stretch of hours: write "21:00-08:00"')
    return first, last


class ServerShape(Shape):
    """Where the tracker is, and where its key lies (never the key itself)."""

    url: Annotated[str, Field(pattern=r"^https?://")]
    key_file: str | None = None
    ca_file: str | None = None
    timeout: TimeLength = Length(1, "min")
    wiki_markup: Literal["textile", "markdown"] = "textile"


class LimitsShape(Shape):
    """How much one run may do."""

    notes: Annotated[int, Field(ge=0)] = 50
    endings: Annotated[int, Field(ge=0)] = 10
    run: TimeLength = Length(15, "min")
    changed_share: Annotated[float, Field(gt=0, le=1)] = 0.5


class ConfigShape(Shape):
    """config.yaml."""

    tracker: ServerShape
    projects: Annotated[tuple[str, ...], Field(min_length=1)]
    mappings: str = "mappings"
    language: Literal["kk", "ru", "en"] = "kk"
    client_language: Literal["kk", "ru", "en"] = "kk"
    notify_file: str | None = None
    quiet_hours: Annotated[tuple[time, time] | None, BeforeValidator(_hours)] = None
    enforce_from: date
    closed_days: Annotated[int, Field(ge=1, le=3650)] = 14
    limits: LimitsShape = Field(default_factory=LimitsShape)

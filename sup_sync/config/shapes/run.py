"""The shape of config.yaml."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from sup_sync.config.shapes.base import Length, Shape, TimeLength


class ServerShape(Shape):
    """Where the tracker is, and where its key lies (never the key itself)."""

    url: Annotated[str, Field(pattern=r"^https?://")]
    key_file: str | None = None
    ca_file: str | None = None
    timeout: TimeLength = Length(1, "min")


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
    enforce_from: date
    closed_days: Annotated[int, Field(ge=1, le=3650)] = 14
    limits: LimitsShape = LimitsShape()

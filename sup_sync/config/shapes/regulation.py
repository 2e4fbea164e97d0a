"""The shape of regulation.yaml."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from sup_sync.config.shapes.base import Clause, Length, Shape, TimeLength, Words, read_length
from sup_sync.identification import Item
from sup_sync.policy import ClockKind, PriorityChange

EVERY_PRIORITY = "*"


def _within(value: Any) -> dict[str, Length | None]:
    """One length for every priority, `none`, or a length for each."""
    if isinstance(value, Mapping):
        return {str(priority): None if length == "none" else read_length(length) for priority, length in value.items()}
    return {EVERY_PRIORITY: None if value == "none" else read_length(value)}


class LevelShape(Shape):
    """A level; the default one is everybody's."""

    clause: Clause
    default: bool = False


class CategoryShape(Shape):
    """A category."""

    clause: Clause


class ChannelShape(Shape):
    """A channel, and the levels that may use it (no key: all)."""

    clause: Clause
    only: Annotated[tuple[str, ...], Field(min_length=1)] | None = None


class TargetShape(Shape):
    """Within what time, by which clause; `none` where the clause excepts it."""

    within: Annotated[dict[str, Length | None], BeforeValidator(_within)]
    clause: Clause
    clock: ClockKind = ClockKind.WORKING
    until: Literal["moment", "end_of_day"] = "moment"

    @model_validator(mode="after")
    def _units_fit(self) -> Self:
        units = {length.unit for length in self.within.values() if length}
        if self.until == "end_of_day" and units - {"day"}:
            raise ValueError("`until: end_of_day` takes whole working days")
        if self.clock is ClockKind.CALENDAR and "day" in units:
            raise ValueError("`clock: calendar` knows no working days: write hours")
        return self


class StepShape(Shape):
    """One step of a ladder: due at this share of the target."""

    step: str
    at: Annotated[float, Field(ge=0.01, le=100)]
    message: str
    mentions: tuple[str, ...] = ()
    assign: str | None = None
    at_risk: bool = False
    notify: tuple[str, ...] = ()


class AgreementShape(Shape):
    """Whom it matches (no key: all) and what it promises."""

    levels: tuple[str, ...] | None = None
    channels: tuple[str, ...] | None = None
    categories: tuple[str, ...] | None = None
    first_response: TargetShape
    resolution: TargetShape
    ladder: str


class WaitingShape(Shape):
    """How long support waits for an answer of the client."""

    within: TimeLength
    clock: ClockKind = ClockKind.WORKING
    remind_at: Annotated[float, Field(gt=0, lt=1)]
    wording: Words
    reason: str
    clause: Clause


class RequirementShape(Shape):
    """What a request has to carry, in some categories only (no key: all)."""

    clause: Clause
    categories: tuple[str, ...] | None = None


class ReasonShape(Shape):
    """Why a request is refused, put off or stopped."""

    clause: Clause
    stops: bool = False


class TellShape(Shape):
    """A message that clients get."""

    clause: Clause


class AlertShape(Shape):
    """What staff are told at once: whom the note mentions, whom it assigns."""

    clause: Clause
    mentions: tuple[str, ...] = ()
    assign: str | None = None


Tell = Literal["acknowledged", "asked", "reminder", "refused"]
AlertKey = Literal["misrouted", "incomplete", "stopped", "slipped", "shipped"]


class RegulationShape(Shape):
    """regulation.yaml, or an earlier version beside it."""

    in_force_from: date
    help_centre: Words
    quality_address: Words
    working_day: TimeLength
    priority_change: PriorityChange = PriorityChange.FROM_START
    levels: dict[str, LevelShape]
    channels: dict[str, ChannelShape]
    categories: dict[str, CategoryShape]
    priorities: Annotated[tuple[str, ...], Field(min_length=1)]
    agreements: dict[str, AgreementShape]
    ladders: dict[str, tuple[StepShape, ...]]
    requirements: dict[Item, RequirementShape] = Field(default_factory=dict)
    waiting: WaitingShape
    reasons: dict[str, ReasonShape]
    tells: dict[Tell, TellShape] = Field(default_factory=dict)
    alerts: dict[AlertKey, AlertShape] = Field(default_factory=dict)

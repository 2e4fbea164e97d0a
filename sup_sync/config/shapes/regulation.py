"""The shape of regulation.yaml."""

import re
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, TypeAlias

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, model_validator

from sup_sync.config.shapes.base import Clause, Length, Shape, TimeLength, Words, read_length
from sup_sync.model.policy import ClockKind, PriorityChange
from sup_sync.model.required import Item
from sup_sync.planning.notice import Section
from sup_sync.planning.notices import names_in
from sup_sync.sla.measures import MEASURES

EVERY_PRIORITY = "*"

METRIC_KEY = r"[a-z]+(_[a-z]+)*"
"""How a metric is named: the marker field and the columns of files take no other letters."""


def length_or_lengths(value: Any) -> dict[str, Length | None]:
    """One length for every priority, `none`, or a length for each."""
    if isinstance(value, Mapping):
        return {str(priority): None if length == "none" else read_length(length) for priority, length in value.items()}
    return {EVERY_PRIORITY: None if value == "none" else read_length(value)}


class LevelShape(Shape):
    """A level; the default one is everybody's."""

    clause: Clause
    """The clause of the regulation that says so."""

    default: bool = False
    """Whether it is the level of everybody without a contract; exactly one level has it."""


class CategoryShape(Shape):
    """A category."""

    clause: Clause
    """The clause of the regulation that says so."""


class ChannelShape(Shape):
    """A channel, and the levels that may use it (no key: all)."""

    clause: Clause
    """The clause of the regulation that says so."""

    levels: Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    """The levels that may use this channel; another's request is judged all the same, and staff are told."""


class TargetShape(Shape):
    """Within what time, by which clause; `none` where the clause excepts it."""

    within: Annotated[dict[str, Length | None], BeforeValidator(length_or_lengths)]
    """The time allowed: one length for every priority, or one for each, in minutes, hours or working days; `none` is
    no target.
    """

    clause: Clause
    """The clause that is named with the target wherever it is shown."""

    clock: ClockKind = ClockKind.WORKING
    """Which time counts: `working` hours of the calendar, or `calendar`, every hour of the day. Example: `calendar`."""

    until: Literal["moment", "end_of_day"] = "moment"
    """Where the time ends: at the very `moment`, or at the `end_of_day` of the last working day. Example:
    `end_of_day`.
    """

    @model_validator(mode="after")
    def _units_fit(self) -> Self:
        units = {length.unit for length in self.within.values() if length}
        if self.until == "end_of_day" and units - {"day"}:
            raise ValueError("`until: end_of_day` takes whole working days: write `1 working day`")
        if self.clock is ClockKind.CALENDAR and "day" in units:
            raise ValueError("`clock: calendar` knows no working days: write hours")
        return self


class StepShape(Shape):
    """One step of a ladder: due at this share of the target."""

    step: str
    """The step's name, as `explain` shows it."""

    at: Annotated[float, Field(ge=0.01, le=100)]
    """When it is due, as a share of the target's time: 0.75 is three quarters, 1 the target itself, 2 twice its time.
    """

    message: str
    """The text of messages.yaml that the private note says."""

    mentions: tuple[str, ...] = ()
    """Whom the note names, by their keys in `people` of tracker.yaml."""

    assign: str | None = None
    """To whom the request is assigned, by the key in `people`."""

    at_risk: bool = False
    """Whether the request counts as at risk from this step on."""

    notify: tuple[str, ...] = ()
    """Who is told outside of the tracker as well, by keys of `people`, once the note is there. Example: `[head]`."""


def metric_key(key: str) -> str:
    if not re.fullmatch(METRIC_KEY, key):
        raise ValueError(f"{key!r} is not a name for a metric: write it like next_response")
    return key


def measure_key(key: str) -> str:
    if key not in MEASURES:
        raise ValueError(f"{key!r} is not a measure: write {' or '.join(MEASURES)}")
    return key


class MetricShape(Shape):
    """Something that is measured on every request; each agreement has a target for it."""

    measures: Annotated[str, AfterValidator(measure_key)]
    """The rule by which its clock starts, pauses and stops."""

    internal: bool = False
    """Whether clients read nothing of it: not in the acknowledgement, nor in the field `state`. Example: `true`."""


class AgreementShape(Shape):
    """Whom it matches (no key: all) and what it promises: a target for each of `metrics`, under the metric's name."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, TargetShape]
    """The target of one of `metrics`; each has to be there."""

    levels: tuple[str, ...] | None = None
    """The levels it is for; without the key: all."""

    channels: tuple[str, ...] | None = None
    """The channels it is for; without the key: all."""

    categories: tuple[str, ...] | None = None
    """The categories it is for; without the key: all. Example: `[error]`."""

    ladder: str
    """Which of `ladders` is climbed when a target comes near or passes."""

    @property
    def targets(self) -> Mapping[str, TargetShape]:
        """The targets by metric."""
        return self.__pydantic_extra__


class WaitingShape(Shape):
    """How long support waits for an answer of the client."""

    within: TimeLength
    """How long the client has for an answer, in minutes or hours."""

    clock: ClockKind = ClockKind.WORKING
    """Which time counts: `working` hours, or `calendar`, every hour of the day."""

    remind_at: Annotated[float, Field(gt=0, lt=1)]
    """At this share of the time (between 0 and 1) the client is reminded, once."""

    wording: Words
    """What the client is told when the request is ended, in every language."""

    reason: str
    """Which of `reasons` is set when the request is ended."""

    clause: Clause
    """The clause of the regulation that says so."""


class RequirementShape(Shape):
    """What a request has to carry, in some categories only (no key: all)."""

    clause: Clause
    """The clause of the regulation that asks for it."""

    categories: tuple[str, ...] | None = None
    """The categories whose requests have to carry it; without the key: all."""


class ClausesShape(Shape):
    """The clauses that no other section names, by what they are about."""

    level: Clause
    """The clause that has the service levels; findings name it if a request has none."""

    working_hours: Clause
    """The clause that has the hours of support."""

    channel: Clause
    """The clause that has the channels; findings name it if a request has none."""

    refusal: Clause
    """The clause by which a request is refused if no reason was set."""

    targets_follow_load: Clause
    """The clause by which targets follow the load of support."""

    order_of_arrival: Clause
    """The clause by which requests are handled in order of arrival."""

    priority: Clause
    """The clause by which the operator determines the priority."""

    level_first: Clause
    """The clause by which a higher level is handled first."""

    out_of_turn: Clause
    """The clause by which the highest priority is handled out of turn."""

    development: Clause
    """The clause by which the release of its version answers a request that needs development."""

    no_guarantee: Clause
    """The clause by which targets are not guaranteed."""


class ReasonShape(Shape):
    """Why a request is refused, put off or stopped."""

    clause: Clause
    """The clause of the regulation that gives this reason."""

    stops_work: bool = False
    """Whether work stops: staff alone set it, the head is told, and nothing more is written."""


class ClientNoteShape(Shape):
    """A message that clients get."""

    clause: Clause
    """The clause of the regulation that asks for this note."""


class AlertShape(Shape):
    """What staff are told at once: whom the note mentions, whom it assigns."""

    clause: Clause
    """The clause of the regulation that asks for this note."""

    mentions: tuple[str, ...] = ()
    """Whom the note names, by their keys in `people` of tracker.yaml."""

    assign: str | None = None
    """To whom the request is assigned, by the key in `people`."""


if TYPE_CHECKING:
    ClientNoteKey: TypeAlias = str
    AlertKey: TypeAlias = str
else:  # a type checker cannot read the registry of notices
    ClientNoteKey = Literal[names_in(Section.CLIENT_NOTES)]
    AlertKey = Literal[names_in(Section.ALERTS)]


def _shipped_metrics() -> dict[str, MetricShape]:
    return {key: MetricShape(measures=key) for key in ("first_response", "resolution")}


class RegulationShape(Shape):
    """regulation.yaml, or an earlier version beside it."""

    in_force_from: date
    """The first day of this version; a request is judged by the version of the day it was filed."""

    help_centre: Words
    """The address of answers to frequent questions, for the notes to clients."""

    quality_address: Words
    """The address for complaints and praise, for the notes."""

    working_day: TimeLength
    """How much working time is one working day, in hours or minutes."""

    priority_change: PriorityChange = PriorityChange.FROM_START
    """Where a target counts from after staff changed the priority: `from_start` of the request, or `from_change`."""

    levels: dict[str, LevelShape]
    """The service levels, the highest first; the keys are yours, the tracker's words stand in tracker.yaml."""

    channels: dict[str, ChannelShape]
    """The ways a request may come."""

    categories: dict[str, CategoryShape]
    """The kinds of request."""

    priorities: Annotated[tuple[str, ...], Field(min_length=1)]
    """The priorities, the calmest first; the first one counts until staff confirm another."""

    metrics: dict[Annotated[str, AfterValidator(metric_key)], MetricShape] = Field(default_factory=_shipped_metrics)
    """What is measured, in the order in which it is shown; the keys are yours, and messages.yaml has a text for each.
    Without the key: `first_response` and `resolution`.
    """

    agreements: dict[str, AgreementShape]
    """What is promised to whom; the first that matches a request counts."""

    ladders: dict[str, tuple[StepShape, ...]]
    """The steps taken as a target is used up; the highest one that is due is sent, once."""

    requirements: dict[Item, RequirementShape] = Field(default_factory=dict)
    """What a request has to carry; what is missing is flagged."""

    waiting: WaitingShape
    """How long support waits for a client's answer."""

    clauses: ClausesShape
    """The clauses that no other section names, by what they are about."""

    reasons: dict[str, ReasonShape]
    """Why a request is refused, put off or stopped."""

    client_notes: dict[ClientNoteKey, ClientNoteShape] = Field(default_factory=dict)
    """The public notes that clients get; a line less is a note less."""

    alerts: dict[AlertKey, AlertShape] = Field(default_factory=dict)
    """The private notes that tell staff at once; a line less is a note less."""

    @staticmethod
    def default_metrics() -> dict[str, MetricShape]:
        """The metrics of a file that names none."""
        return _shipped_metrics()

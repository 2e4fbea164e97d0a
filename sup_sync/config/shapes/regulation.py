"""The shape of regulation.yaml."""

import re
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, TypeAlias

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, model_validator

from sup_sync.config.shapes.base import Clause, Duration, HoursOrMinutes, Shape, Words, read_duration
from sup_sync.model.policy import ClockKind, PriorityChange
from sup_sync.model.required import Item
from sup_sync.planning.notice import Section
from sup_sync.planning.notices import names_in
from sup_sync.sla.measures import MEASURES

EVERY_PRIORITY = "*"

# the marker field and the column names of CSV allow no other characters
METRIC_KEY = r"[a-z]+(_[a-z]+)*"


def read_durations(value: Any) -> dict[str, Duration | None]:
    """Read a duration for each priority, or one for all; `none` becomes None."""
    if isinstance(value, Mapping):
        return {str(priority): None if each == "none" else read_duration(each) for priority, each in value.items()}
    return {EVERY_PRIORITY: None if value == "none" else read_duration(value)}


class LevelShape(Shape):
    """A service level."""

    clause: Clause
    """Clause of the regulation that defines the level."""

    default: bool = False
    """`true` for the level of clients without a contract. Only one level can have it."""


class CategoryShape(Shape):
    """A category of requests."""

    clause: Clause
    """Clause of the regulation that defines the category."""


class ChannelShape(Shape):
    """A channel by which requests arrive."""

    clause: Clause
    """Clause of the regulation that defines the channel."""

    levels: Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    """Levels that may use this channel. If absent: all. A request of another level is evaluated as usual, and staff are
    notified.
    """


class TargetShape(Shape):
    """A target: the time allowed, and its clause."""

    within: Annotated[dict[str, Duration | None], BeforeValidator(read_durations)]
    """Time allowed, in minutes, hours or working days: one duration for all priorities, or one for each. `none` means
    no target.
    """

    clause: Clause
    """Clause of the regulation that sets the target. It is shown with the target."""

    clock: ClockKind = ClockKind.WORKING
    """Time that counts: `working` time of calendar.yaml, or `calendar` time (every hour of every day). Example:
    `calendar`.
    """

    until: Literal["moment", "end_of_day"] = "moment"
    """Point at which the target is due: the exact `moment`, or the `end_of_day` of the last working day. Example:
    `end_of_day`.
    """

    @model_validator(mode="after")
    def _units_fit(self) -> Self:
        units = {each.unit for each in self.within.values() if each}
        if self.until == "end_of_day" and units - {"day"}:
            raise ValueError("`until: end_of_day` requires working days; write `1 working day`")
        if self.clock is ClockKind.CALENDAR and "day" in units:
            raise ValueError("`clock: calendar` does not count working days; write hours")
        return self


class StepShape(Shape):
    """A step of an escalation ladder."""

    step: str
    """Name of the step, as `explain` shows it."""

    at: Annotated[float, Field(ge=0.01, le=100)]
    """Share of the target's time at which the step is due: 0.75 is three quarters, 1 the target, 2 twice its time."""

    message: str
    """Text of the private note, by its name in messages.yaml."""

    mentions: tuple[str, ...] = ()
    """People that the note mentions, by keys in `people` of tracker.yaml."""

    assign: str | None = None
    """Person to assign the request to, by key in `people` of tracker.yaml."""

    at_risk: bool = False
    """`true` if the request counts as at risk from this step on."""

    notify: tuple[str, ...] = ()
    """People to notify outside Redmine after the note is written, by keys in `people` of tracker.yaml. Example:
    `[head]`.
    """


def check_metric_key(key: str) -> str:
    if not re.fullmatch(METRIC_KEY, key):
        raise ValueError(f"invalid metric name {key!r}; write it like next_response")
    return key


def check_measure(key: str) -> str:
    if key not in MEASURES:
        raise ValueError(f"unknown measure {key!r}; write {' or '.join(MEASURES)}")
    return key


MetricKey = Annotated[str, AfterValidator(check_metric_key)]


class MetricShape(Shape):
    """A metric, measured on every request. Each agreement has a target for it."""

    measures: Annotated[str, AfterValidator(check_measure)]
    """Rule by which the clock of the metric starts, pauses and stops."""

    internal: bool = False
    """`true` to hide the metric from clients: the acknowledgement and the field `state` ignore it. Example: `true`."""


class AgreementShape(Shape):
    """An agreement: the requests that it matches, and a target for each of `metrics`, under the metric's name."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, TargetShape]
    """Target for one of `metrics`. Every metric is required."""

    levels: tuple[str, ...] | None = None
    """Levels that the agreement matches. If absent: all."""

    channels: tuple[str, ...] | None = None
    """Channels that the agreement matches. If absent: all."""

    categories: tuple[str, ...] | None = None
    """Categories that the agreement matches. If absent: all. Example: `[error]`."""

    ladder: str
    """Escalation ladder to use as a target nears or passes, one of `ladders`."""

    @property
    def targets(self) -> Mapping[str, TargetShape]:
        """The targets by metric."""
        return self.__pydantic_extra__


class WaitingShape(Shape):
    """Rule for requests that wait for the client's answer to a public question of support."""

    within: HoursOrMinutes
    """Time that the client has to answer, in minutes or hours. After it the request is closed."""

    clock: ClockKind = ClockKind.WORKING
    """Time that counts: `working` time of calendar.yaml, or `calendar` time (every hour of every day)."""

    remind_at: Annotated[float, Field(gt=0, lt=1)]
    """Share of the time (between 0 and 1) at which the client gets one reminder."""

    wording: Words
    """Wording of the regulation for a request closed without an answer. Notes in every language quote it."""

    reason: str
    """Reason to set when the request is closed, one of `reasons`."""

    clause: Clause
    """Clause of the regulation that sets the rule."""


class RequirementShape(Shape):
    """An item that a request must contain."""

    clause: Clause
    """Clause of the regulation that requires the item."""

    categories: tuple[str, ...] | None = None
    """Categories whose requests must contain the item. If absent: all."""


class ClausesShape(Shape):
    """Clauses that no other section names, by topic."""

    level: Clause
    """Clause that defines the service levels. Findings cite it if a request has no level."""

    working_hours: Clause
    """Clause that sets the hours of support."""

    channel: Clause
    """Clause that defines the channels. Findings cite it if a request has no channel."""

    refusal: Clause
    """Clause for a request that is refused without a reason."""

    targets_follow_load: Clause
    """Clause that makes targets depend on the workload of support."""

    order_of_arrival: Clause
    """Clause that orders requests by arrival."""

    priority: Clause
    """Clause that lets the operator determine the priority."""

    level_first: Clause
    """Clause that puts a higher level first."""

    out_of_turn: Clause
    """Clause that puts the highest priority before all other requests."""

    development: Clause
    """Clause that makes the release of its version the answer to a request in development."""

    no_guarantee: Clause
    """Clause that does not guarantee the targets."""


class ReasonShape(Shape):
    """A reason to refuse, defer or stop a request."""

    clause: Clause
    """Clause of the regulation that gives this reason."""

    stops_work: bool = False
    """`true` if work on the request stops: the alert `stopped` is sent, then no more notes. Only staff may set such a
    reason.
    """


class ClientNoteShape(Shape):
    """A public note to clients."""

    clause: Clause
    """Clause of the regulation that requires this note."""


class AlertShape(Shape):
    """A private note to staff that is sent at once."""

    clause: Clause
    """Clause of the regulation that requires this note."""

    mentions: tuple[str, ...] = ()
    """People that the note mentions, by keys in `people` of tracker.yaml."""

    assign: str | None = None
    """Person to assign the request to, by key in `people` of tracker.yaml."""


if TYPE_CHECKING:
    ClientNoteKey: TypeAlias = str
    AlertKey: TypeAlias = str
else:  # type checkers cannot evaluate the registry of notices
    ClientNoteKey = Literal[names_in(Section.CLIENT_NOTES)]
    AlertKey = Literal[names_in(Section.ALERTS)]


def _default_metrics() -> dict[str, MetricShape]:
    return {key: MetricShape(measures=key) for key in ("first_response", "resolution")}


class RegulationShape(Shape):
    """regulation.yaml, or an earlier version in the same folder."""

    in_force_from: date
    """First day of this version. A request is evaluated by the version in force on the day it was filed."""

    help_centre: Words
    """Address of the help centre, for the notes to clients."""

    quality_address: Words
    """Address for complaints and praise, for the notes."""

    working_day: HoursOrMinutes
    """Working time of one working day, in hours or minutes."""

    priority_change: PriorityChange = PriorityChange.FROM_START
    """Start of a target's time after staff change the priority: `from_start` of the request, or `from_change`."""

    levels: dict[str, LevelShape]
    """Service levels, the highest first. You choose the keys; tracker.yaml has their names in Redmine."""

    channels: dict[str, ChannelShape]
    """Channels by which requests arrive."""

    categories: dict[str, CategoryShape]
    """Categories of requests."""

    priorities: Annotated[tuple[str, ...], Field(min_length=1)]
    """Priorities, the lowest first. The lowest applies until staff confirm another."""

    metrics: dict[MetricKey, MetricShape] = Field(default_factory=_default_metrics)
    """Metrics, in the order in which they are shown. You choose the keys; messages.yaml needs a text for each. If
    absent: `first_response` and `resolution`.
    """

    agreements: dict[str, AgreementShape]
    """Agreements. The first one that matches a request applies."""

    ladders: dict[str, tuple[StepShape, ...]]
    """Escalation ladders: steps to take as the time of a target is used up. The highest step that is due is sent, once.
    """

    requirements: dict[Item, RequirementShape] = Field(default_factory=dict)
    """Items that a request must contain. A missing item is reported."""

    waiting: WaitingShape
    """Rule for requests that wait for the client's answer."""

    clauses: ClausesShape
    """Clauses that no other section names, by topic."""

    reasons: dict[str, ReasonShape]
    """Reasons to refuse, defer or stop a request."""

    client_notes: dict[ClientNoteKey, ClientNoteShape] = Field(default_factory=dict)
    """Public notes to clients. A note without a line here is not sent."""

    alerts: dict[AlertKey, AlertShape] = Field(default_factory=dict)
    """Private notes to staff that are sent at once. A note without a line here is not sent."""

    @staticmethod
    def default_metrics() -> dict[str, MetricShape]:
        """Return the metrics of a file that has no section `metrics`."""
        return _default_metrics()

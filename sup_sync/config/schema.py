"""The shape of config.yaml and of the files in mappings/."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from sup_sync.issue import Phase
from sup_sync.policy import ClockKind, Metric, PriorityChange
from sup_sync.worktime import Window

EVERY_PRIORITY = "*"

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Length(NamedTuple):
    """A length of time as the regulation writes it: so many minutes, hours or working days."""

    amount: int
    unit: Literal["min", "h", "day"]

    def as_time(self, working_day: timedelta) -> timedelta:
        return {"min": timedelta(minutes=1), "h": timedelta(hours=1), "day": working_day}[self.unit] * self.amount


_LENGTH = re.compile(r"(\d{1,5}) (min|h|working days?)")
_WINDOW = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")


def _length(value: Any) -> Length:
    if isinstance(value, Length):
        return value
    if isinstance(value, int | float):
        raise ValueError(f"{value} has no unit: write `15 min`, `2 h` or `1 working day`")
    match = _LENGTH.fullmatch(str(value))
    if not match or int(match[1]) == 0:
        raise ValueError(f"{value!r} is no length of time: write `15 min`, `2 h` or `1 working day`")
    return Length(int(match[1]), "min" if match[2] == "min" else "h" if match[2] == "h" else "day")


def _within(value: Any) -> dict[str, Length | None]:
    """One length for every priority, `none`, or a length for each."""
    if isinstance(value, Mapping):
        return {str(priority): None if length == "none" else _length(length) for priority, length in value.items()}
    return {EVERY_PRIORITY: None if value == "none" else _length(value)}


def _windows(value: Any) -> tuple[Window, ...]:
    if not isinstance(value, list):
        raise ValueError(f'{value!r} is no list of hours: write ["09:00-18:00"]')
    return tuple(_window(each) for each in value)


def _window(value: Any) -> Window:
    if isinstance(value, int | float):
        raise ValueError(f'{value} is a number, not hours (18:00 read as minutes?): write "09:00-18:00"')
    match = _WINDOW.fullmatch(str(value))
    if not match:
        raise ValueError(f'{value!r} is no stretch of hours: write "09:00-18:00"')
    from_h, from_min, to_h, to_min = map(int, match.groups())
    opens, closes = timedelta(hours=from_h, minutes=from_min), timedelta(hours=to_h, minutes=to_min)
    if not opens < closes <= timedelta(days=1) or max(from_min, to_min) > 59:  # noqa: PLR2004 - minutes of an hour
        raise ValueError(f"{value!r} does not end after it begins, within one day")
    return opens, closes


def _named_weekdays(days: str) -> str:
    first, _, last = days.partition("-")
    if first not in WEEKDAYS or (last or first) not in WEEKDAYS:
        raise ValueError(f"{days!r} is no weekday: write mon, tue, … sun, or mon-fri")
    if not _weekdays(days):
        raise ValueError(f"{days!r} ends before it begins: write two lines, up to sun and from mon")
    return days


def _weekdays(days: str) -> range:
    """`mon-fri` or `sat` as weekday numbers, 0 is Monday."""
    first, _, last = days.partition("-")
    return range(WEEKDAYS.index(first), WEEKDAYS.index(last or first) + 1)


def _hours_or_minutes(length: Length) -> Length:
    if length.unit == "day":
        raise ValueError("a working day is no length here: write hours or minutes")
    return length


Clause = Annotated[str, BeforeValidator(lambda value: str(value) if isinstance(value, int) else value)]
TimeLength = Annotated[Length, BeforeValidator(_length), AfterValidator(_hours_or_minutes)]
Windows = Annotated[tuple[Window, ...], BeforeValidator(_windows)]


class Shape(BaseModel):
    """A part of a file; keys it does not know are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


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
    only: tuple[str, ...] | None = None


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
    at: Annotated[float, Field(gt=0, le=100)]
    message: str
    mentions: tuple[str, ...] = ()
    assign: str | None = None
    at_risk: bool = False


class AgreementShape(Shape):
    """Whom it matches (no key: all) and what it promises."""

    levels: tuple[str, ...] | None = None
    channels: tuple[str, ...] | None = None
    categories: tuple[str, ...] | None = None
    first_response: TargetShape
    resolution: TargetShape
    ladder: str


class RegulationShape(Shape):
    """regulation.yaml."""

    working_day: TimeLength
    priority_change: PriorityChange = PriorityChange.FROM_START
    levels: dict[str, LevelShape]
    channels: dict[str, ChannelShape]
    categories: dict[str, CategoryShape]
    priorities: Annotated[tuple[str, ...], Field(min_length=1)]
    agreements: dict[str, AgreementShape]
    ladders: dict[str, tuple[StepShape, ...]]


class IntakeShape(Shape):
    """What a tracker of Redmine says of what is filed there."""

    category: str
    channel: str | None = None


class StatusShape(Shape):
    """What a status means; `answers`: setting it is a first response."""

    phase: Phase
    answers: bool = False


class StaffShape(Shape):
    """Who answers for support; `former` by their names in the tracker, so that their answers still count."""

    groups: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    former: frozenset[str] = frozenset()


class ClientsRolesShape(Shape):
    """The role that clients have in their projects."""

    roles: frozenset[str] = frozenset()


class PersonShape(Shape):
    """Somebody the ladder names."""

    login: str
    name: str


class FieldsShape(Shape):
    """The custom fields by our keys."""

    level: str
    first_response_due: str
    first_response_at: str
    resolution_due: str
    state: str
    marker: str
    channel: str
    contact_at: str
    priority_confirmed: str
    bin: str


class StatesShape(Shape):
    """The values of the field `state`."""

    on_track: str
    at_risk: str
    breached: str
    met: str
    no_target: str
    waiting: str


class DefaultChannelsShape(Shape):
    """The channel by who filed a request, where nothing else tells."""

    client: str | None = None
    staff: str | None = None


class TrackerShape(Shape):
    """tracker.yaml."""

    trackers: dict[str, IntakeShape]
    statuses: dict[str, StatusShape]
    priorities: dict[str, str]
    fields: FieldsShape
    levels: dict[str, str]
    channels: dict[str, str]
    states: StatesShape
    default_channels: DefaultChannelsShape = DefaultChannelsShape()
    staff: StaffShape
    clients: ClientsRolesShape = ClientsRolesShape()
    people: dict[str, PersonShape] = {}
    parent_dates: Literal["derived", "independent"] = "derived"


class HolidayShape(Shape):
    """A day off that the law names."""

    date: date
    name: str
    estimated: bool = False


class ChangeShape(Shape):
    """A line of the admin's own: an extra day off, a worked day, a cancelled holiday, a move, or other hours."""

    date: date
    kind: Literal["off", "worked", "cancelled", "hours"]
    hours: Windows | None = None
    source: str

    @model_validator(mode="after")
    def _hours_fit(self) -> Self:
        if (self.kind == "hours") != (self.hours is not None) and self.kind != "worked":
            raise ValueError("`hours` goes with `kind: hours` or `kind: worked`, and `kind: hours` needs them")
        return self


class MoveShape(Shape):
    """The working day of `move` is worked on `to` instead."""

    move: date
    to: date
    source: str


def _change(value: Any) -> Any:
    """A move or a change, by its keys, so that a mistake in one is not reported against the other."""
    if isinstance(value, Mapping):
        return MoveShape.model_validate(value) if "move" in value else ChangeShape.model_validate(value)
    raise ValueError("write {date: …, kind: …, source: …} or {move: …, to: …, source: …}")


class CalendarShape(Shape):
    """calendar.yaml."""

    zone: str
    hours: dict[Annotated[str, AfterValidator(_named_weekdays)], Windows]
    years: dict[int, Literal["final", "estimated"]]
    holidays: tuple[HolidayShape, ...] = ()
    changes: tuple[Annotated[Any, BeforeValidator(_change)], ...] = ()

    @field_validator("hours")
    @classmethod
    def _each_day_once(cls, hours: dict[str, tuple[Window, ...]]) -> dict[str, tuple[Window, ...]]:
        days = [weekday for days in hours for weekday in _weekdays(days)]
        for weekday in days:
            if days.count(weekday) > 1:
                raise ValueError(f"{WEEKDAYS[weekday]} has its hours twice")
        return hours

    @property
    def by_weekday(self) -> dict[int, tuple[Window, ...]]:
        """The windows of each weekday, 0 is Monday."""
        return {weekday: windows for days, windows in self.hours.items() for weekday in _weekdays(days)}


class ContractShape(Shape):
    """One contract: whose, by exactly one of project, group and BIN; first and last day."""

    client: str
    level: str
    project: str | None = None
    group: str | None = None
    bin: Annotated[str | None, BeforeValidator(lambda value: str(value) if isinstance(value, int) else value)] = None
    first_on: date = Field(alias="from")
    last_on: date = Field(alias="until")

    @model_validator(mode="after")
    def _one_client(self) -> Self:
        if sum(each is not None for each in (self.project, self.group, self.bin)) != 1:
            raise ValueError("name the client by exactly one of `project`, `group`, `bin`")
        if self.last_on < self.first_on:
            raise ValueError(f"ends on {self.last_on}, before it begins")
        return self


class ClientsShape(Shape):
    """clients.yaml."""

    contracts: tuple[ContractShape, ...] = ()


class MessagesShape(Shape):
    """messages.yaml."""

    kk: dict[str, str]
    ru: dict[str, str]
    en: dict[str, str]


Expected = Annotated[datetime | None, BeforeValidator(lambda value: None if value == "none" else value)]


class ExampleShape(Shape):
    """A request and when it should be answered and closed, in local moments; `none` is no target."""

    filed: datetime
    level: str
    channel: str
    category: str
    priority: str
    first_response: Expected
    resolution: Expected

    @property
    def words(self) -> tuple[str, str, str]:
        return self.level, self.channel, self.category

    def expected(self, metric: Metric) -> datetime | None:
        return self.first_response if metric is Metric.FIRST_RESPONSE else self.resolution


class ExamplesShape(Shape):
    """examples.yaml."""

    examples: tuple[ExampleShape, ...] = ()


class ServerShape(Shape):
    """Where the tracker is, and where its key lies (never the key itself)."""

    url: Annotated[str, Field(pattern=r"^https?://")]
    key_file: str | None = None
    ca_file: str | None = None
    timeout: TimeLength = Length(1, "min")


class LimitsShape(Shape):
    """How much one run may do."""

    notes: Annotated[int, Field(ge=0)] = 50
    changed_share: Annotated[float, Field(gt=0, le=1)] = 0.5


class ConfigShape(Shape):
    """config.yaml."""

    tracker: ServerShape
    projects: Annotated[tuple[str, ...], Field(min_length=1)]
    mappings: str = "mappings"
    language: Literal["kk", "ru", "en"] = "kk"
    enforce_from: date
    closed_days: Annotated[int, Field(ge=1, le=3650)] = 14
    limits: LimitsShape = LimitsShape()

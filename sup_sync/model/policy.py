"""The regulation as data: agreements with their targets, clauses and escalation ladders."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from datetime import date, timedelta
from enum import StrEnum

from sup_sync.immutable import value
from sup_sync.model.issue import Issue
from sup_sync.model.working_time import Calendar


@value
class Metric:
    """A measured time that has a target in every agreement; `measures` is a key of sla/measures.

    Clients do not see an internal metric.
    """

    key: str
    measures: str
    is_internal: bool = False


class ClockKind(StrEnum):
    """The time that a target counts: the support's working time (clause 5) or every hour of the day."""

    WORKING = "working"
    CALENDAR = "calendar"


class PriorityChange(StrEnum):
    """The start of the target after the operator changed the priority."""

    FROM_START = "from_start"
    FROM_CHANGE = "from_change"


@value
class Target:
    """The time within which a metric must be reached, and its clause; without `within` the clause sets no target.

    With `end_of_days`, the target is the end of that working day, counted from the day after the start.
    """

    metric: str
    within: timedelta | None
    clause: str
    clock: ClockKind = ClockKind.WORKING
    end_of_days: int | None = None


@value
class LadderStep:
    """A step of an escalation ladder: the share of the target at which it is due, and its effects.

    `mentions` are the people that its note mentions, `assign` is the new assignee, `notify` are the people who also
    get a notification outside Redmine; all are keys of `people`.
    """

    key: str
    share: float
    message: str
    mentions: tuple[str, ...] = ()
    assign: str | None = None
    is_warning: bool = False
    notify: tuple[str, ...] = ()


@value
class Alert:
    """A private note that is sent at once and only once: the people it mentions and the new assignee."""

    clause: str
    mentions: tuple[str, ...] = ()
    assign: str | None = None


@value
class WaitingRule:
    """The time to wait for the client's answer (clause 15), and the share of it after which a reminder is sent."""

    within: timedelta
    clock: ClockKind
    remind_at: float
    wording: str
    reason: str
    clause: str


@value
class Requirement:
    """An item that requests of some categories (None: all) must contain (clauses 11, 12)."""

    item: str
    clause: str
    categories: frozenset[str] | None = None


@value
class Reason:
    """A reason to refuse, defer or stop a request (clauses 6, 9, 15, 16).

    With `stops_work`, targets no longer apply, and the only notice is the one about the stop.
    """

    key: str
    clause: str
    stops_work: bool = False


@value
class Clauses:
    """The clauses that no other part of the regulation names, by their subjects."""

    level: str
    working_hours: str
    channel: str
    refusal: str
    targets_follow_load: str
    order_of_arrival: str
    priority: str
    level_first: str
    out_of_turn: str
    development: str
    no_guarantee: str


@value
class Agreement:
    """A promise: the requests that it matches (None: all), a target for each metric and priority, and a ladder."""

    key: str
    levels: frozenset[str] | None
    channels: frozenset[str] | None
    categories: frozenset[str] | None
    targets: Mapping[tuple[str, str], Target]
    ladder: tuple[LadderStep, ...]

    def matches(self, level: str, channel: str, category: str) -> bool:
        return (
            (self.levels is None or level in self.levels)
            and (self.channels is None or channel in self.channels)
            and (self.categories is None or category in self.categories)
        )

    def target(self, metric: str, priority: str) -> Target:
        return self.targets[metric, priority]

    @property
    def warning_share(self) -> float | None:
        """The share of a target after which a request is at risk; None if the ladder has no such step."""
        return next((step.share for step in self.ladder if step.is_warning), None)


@value
class Contract:
    """A VIP contract (clause 3) with its first and last day; project, group or BIN identifies the client."""

    client: str
    level: str
    first_on: date
    last_on: date
    project: str | None = None
    group: str | None = None
    bin: str | None = None
    language: str | None = None

    @property
    def client_key(self) -> tuple[str, str]:
        """The kind and value that identify the client: ("project", "alatau-trade")."""
        keys = (("project", self.project), ("group", self.group), ("bin", self.bin))
        return next((kind, value) for kind, value in keys if value is not None)

    def covers(self, issue: Issue, filed_on: date) -> bool:
        """Return whether the issue is from this client and was filed during the contract."""
        if not self.first_on <= filed_on <= self.last_on:
            return False
        if self.project is not None:
            project = issue.filed_project or issue.project
            return self.project in (project.identifier, project.name)
        if self.group is not None:
            return self.group in issue.author.groups
        return self.bin == issue.fields.get("bin", "").strip()

    def is_undecidable(self, issue: Issue, filed_on: date) -> bool:
        """Return whether it is unknown if it covers an issue: a snapshot without lists does not identify the client."""
        if not self.first_on <= filed_on <= self.last_on or self.covers(issue, filed_on):
            return False
        if self.project is not None:
            return not (issue.filed_project or issue.project).identifier
        return self.group is not None and issue.author.has_unknown_groups


@value
class RegulationValue:
    """A level, channel or category and its clause; `levels` are those that may use a channel (None: all)."""

    key: str
    clause: str
    levels: frozenset[str] | None = None


@value
class Policy:
    """A version of the whole regulation, in force from a day on; the first agreement that matches applies.

    Levels, priorities and metrics are ordered: the highest level first, the lowest priority first. `client_notes` are
    the messages to clients with their clauses, `alerts` the immediate messages to staff. `earlier` are the versions
    that this one replaced, the newest first. `working_day` is the working time that its targets count as one day.
    """

    levels: Mapping[str, RegulationValue]
    channels: Mapping[str, RegulationValue]
    categories: Mapping[str, RegulationValue]
    priorities: tuple[str, ...]
    metrics: Mapping[str, Metric]
    agreements: tuple[Agreement, ...]
    waiting: WaitingRule
    clauses: Clauses
    in_force_from: date = date.min
    working_day: timedelta = timedelta(hours=9)
    requirements: tuple[Requirement, ...] = ()
    reasons: Mapping[str, Reason] = field(default_factory=dict)
    client_notes: Mapping[str, str] = field(default_factory=dict)
    alerts: Mapping[str, Alert] = field(default_factory=dict)
    help_centre: str = ""
    quality_address: str = ""
    earlier: tuple[Policy, ...] = ()
    contracts: tuple[Contract, ...] = ()
    default_level: str | None = None
    default_channels: Mapping[str, str] = field(default_factory=dict)
    priority_change: PriorityChange = PriorityChange.FROM_START
    enforce_from: date = date.min

    @property
    def normal_priority(self) -> str:
        """The priority that applies until staff confirm another one (clause 20)."""
        return self.priorities[0]

    @property
    def all_metrics(self) -> Mapping[str, Metric]:
        """The metrics of all versions: first those of the newest, then those that only earlier versions have."""
        metrics: dict[str, Metric] = {}
        for version in (self, *self.earlier):
            metrics = {**metrics, **{key: each for key, each in version.metrics.items() if key not in metrics}}
        return metrics

    def metrics_measuring(self, measures: str) -> Iterator[str]:
        """Find the metrics of one measure, in order."""
        return (key for key, metric in self.metrics.items() if metric.measures == measures)

    @property
    def notified(self) -> frozenset[str]:
        """The people who get a notification outside Redmine from any escalation step in any version."""
        agreements = (agreement for version in (self, *self.earlier) for agreement in version.agreements)
        return frozenset(person for each in agreements for step in each.ladder for person in step.notify)

    def in_force_on(self, day: date) -> Policy | None:
        """Find the version of the regulation in force on a day; None before the first."""
        return next((each for each in (self, *self.earlier) if each.in_force_from <= day), None)

    def agreement_for(self, level: str, channel: str, category: str) -> Agreement | None:
        return next((each for each in self.agreements if each.matches(level, channel, category)), None)

    def contract_for(self, issue: Issue, filed_on: date) -> Contract | None:
        """Find the contract of the client on the day of filing, which determines the level (clause 3)."""
        return next((each for each in self.contracts if each.covers(issue, filed_on)), None)

    def undecidable_contract(self, issue: Issue, filed_on: date) -> Contract | None:
        """Find a contract that may apply instead of the one that `contract_for` finds, as it is unknown if it does."""
        if issue.project.identifier and not issue.author.has_unknown_groups:
            return None
        for each in self.contracts:
            if each.covers(issue, filed_on):
                return None
            if each.is_undecidable(issue, filed_on):
                return each
        return None

    def channel_of(self, issue: Issue) -> str | None:
        """Find the channel: from its field, otherwise from the tracker or author at the filing (clauses 7, 8)."""
        return issue.fields.get("channel") or issue.tracker_channel or self.default_channels.get(issue.author.side)


Calendars = Mapping[ClockKind, Calendar]

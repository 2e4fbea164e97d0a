"""The regulation as data: who is promised what, within what time, by which clause, and what follows when it is late."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from datetime import date, timedelta
from enum import StrEnum

from sup_sync.frozen import value
from sup_sync.model.issue import Issue
from sup_sync.model.working_time import Calendar


@value
class Metric:
    """Something that is measured and has a target in every agreement; `measures` is a key of sla/measures.

    Clients read nothing of an internal metric.
    """

    key: str
    measures: str
    is_internal: bool = False


class ClockKind(StrEnum):
    """Which time a target counts: the support's working time (clause 5) or every hour of the day."""

    WORKING = "working"
    CALENDAR = "calendar"


class PriorityChange(StrEnum):
    """From where the target counts after the operator changed the priority."""

    FROM_START = "from_start"
    FROM_CHANGE = "from_change"


@value
class Target:
    """At most `within`, by `clause`; no `within` is a target that the clause excepts; `metric` is its key.

    With `end_of_days` it runs to the end of that many working days after the day it started, not to the moment.
    """

    metric: str
    within: timedelta | None
    clause: str
    clock: ClockKind = ClockKind.WORKING
    end_of_days: int | None = None


@value
class LadderStep:
    """A step of the ladder: at which share of the target it is due, whom its note mentions, whom it assigns.

    `notify` are the people who are also told outside of the tracker.
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
    """What staff are told at once, and only once: whom the private note mentions, whom it assigns."""

    clause: str
    mentions: tuple[str, ...] = ()
    assign: str | None = None


@value
class WaitingRule:
    """How long support waits for the client's answer (clause 15); a reminder goes at a share of that."""

    within: timedelta
    clock: ClockKind
    remind_at: float
    wording: str
    reason: str
    clause: str


@value
class Requirement:
    """What a request has to carry (clauses 11, 12), in some categories only (None: all)."""

    item: str
    clause: str
    categories: frozenset[str] | None = None


@value
class Reason:
    """Why a request is refused, put off or stopped (clauses 6, 9, 15, 16); `stops_work` silences the tool on it."""

    key: str
    clause: str
    stops_work: bool = False


@value
class Clauses:
    """The clauses that no other part of the regulation has, by what they are about."""

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
    """One promise: whom it matches (None: all), its target for each metric and priority, its ladder."""

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
        """The share of a target from which a request is at risk; None where the ladder has no such step."""
        return next((step.share for step in self.ladder if step.is_warning), None)


@value
class Contract:
    """A VIP contract (clause 3): whose it is, by one of project, group or BIN, and its first and last day."""

    client: str
    level: str
    first_on: date
    last_on: date
    project: str | None = None
    group: str | None = None
    bin: str | None = None
    language: str | None = None

    @property
    def who(self) -> tuple[str, str]:
        """By what the client is known, and its value: ("project", "alatau-trade")."""
        named = (("project", self.project), ("group", self.group), ("bin", self.bin))
        return next((by, value) for by, value in named if value is not None)

    def covers(self, issue: Issue, filed_on: date) -> bool:
        """Whether the issue is this client's and was filed while the contract ran."""
        if not self.first_on <= filed_on <= self.last_on:
            return False
        if self.project is not None:
            return self.project in (issue.project.identifier, issue.project.name)
        if self.group is not None:
            return self.group in issue.author.groups
        return self.bin == issue.fields.get("bin", "").strip()


@value
class RegulationValue:
    """A level, channel or category, and the clause that has it; `levels` these levels may use a channel (None: all)."""

    key: str
    clause: str
    levels: frozenset[str] | None = None


@value
class Policy:
    """All of the regulation from a day on; of the agreements, the first that matches counts.

    Levels and priorities stand in their order: the highest level first, the calmest priority first; so do the metrics
    by their keys. `client_notes` are the
    messages that clients get, with their clauses; `alerts` what staff are told at once. `earlier` are the versions that
    this one replaced, the newest first. `working_day` is what its terms count as one, in working time.
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
        """The priority that counts as long as staff have confirmed no other (clause 20)."""
        return self.priorities[0]

    @property
    def all_metrics(self) -> Mapping[str, Metric]:
        """The metrics of all versions: those of the newest first, then what only earlier ones have."""
        metrics: dict[str, Metric] = {}
        for version in (self, *self.earlier):
            metrics = {**metrics, **{key: each for key, each in version.metrics.items() if key not in metrics}}
        return metrics

    def metrics_that(self, measures: str) -> Iterator[str]:
        """Find the metrics of one measure, in order."""
        return (key for key, metric in self.metrics.items() if metric.measures == measures)

    @property
    def notified(self) -> frozenset[str]:
        """The people whom a step of any ladder, in any version, is to reach outside of the tracker."""
        agreements = (agreement for version in (self, *self.earlier) for agreement in version.agreements)
        return frozenset(person for each in agreements for step in each.ladder for person in step.notify)

    def in_force_on(self, day: date) -> Policy | None:
        """The version of the regulation in force on a day; None before the first."""
        return next((each for each in (self, *self.earlier) if each.in_force_from <= day), None)

    def agreement_for(self, level: str, channel: str, category: str) -> Agreement | None:
        return next((each for each in self.agreements if each.matches(level, channel, category)), None)

    def contract_for(self, issue: Issue, filed_on: date) -> Contract | None:
        """The contract of the issue's client on the day it was filed: the level is of that moment (clause 3)."""
        return next((each for each in self.contracts if each.covers(issue, filed_on)), None)

    def channel_of(self, issue: Issue) -> str | None:
        """The channel: as its field says, else by tracker, else by who filed it (clauses 7, 8)."""
        return issue.fields.get("channel") or issue.tracker_channel or self.default_channels.get(issue.author.side)


Calendars = Mapping[ClockKind, Calendar]

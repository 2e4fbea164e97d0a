"""One request's story: its terms, what happened, where its time went, its clocks, verdicts and ladder, each by its clause."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sup_sync.clock import Calendars, Clock, Standing, Verdict
from sup_sync.errors import CalendarError
from sup_sync.issue import Event, Finding, Phase, Side
from sup_sync.judgement import Judgement, PrioritySet, priorities_that_count
from sup_sync.ladder import MarkerError, due_step, read_marker
from sup_sync.plan import Rulebook
from sup_sync.policy import Agreement, ClockKind, Metric, Policy
from sup_sync.report import Json, finding_json, iso, seconds
from sup_sync.worktime import Span

PRIORITY_CLAUSE = "20"

PARTIES: Mapping[Phase, str] = {
    Phase.OPEN: "support",
    Phase.WAITING: "client",
    Phase.DEVELOPMENT: "development",
    Phase.CLOSED: "closed",
    Phase.REFUSED: "closed",
}
"""With whom a request is in each phase."""


class StepState(StrEnum):
    """How a step of the ladder stands; `passed_over` is due, but a higher one is sent in its place."""

    SENT = "sent"
    DUE = "due"
    PASSED_OVER = "passed_over"
    AHEAD = "ahead"
    STOPPED = "stopped"
    NOT_ENFORCED = "not_enforced"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Term:
    """One of the terms that choose the targets, why it is so, and the clause; None where it is not known."""

    name: str
    value: str | None
    because: str
    clause: str

    def to_json(self) -> Json:
        return {"name": self.name, "value": self.value, "because": self.because, "clause": self.clause}


@dataclass(frozen=True, slots=True)
class PriorityStep:
    """Somebody set or confirmed the priority: what the tracker shows since, and what counts (clause 20)."""

    at: datetime
    side: Side
    name: str
    shown: str
    counts: str

    @property
    def is_wish(self) -> bool:
        return self.shown != self.counts

    def to_json(self) -> Json:
        return {
            "at": iso(self.at),
            "side": self.side.value,
            "name": self.name,
            "shown": self.shown,
            "counts": self.counts,
            "is_wish": self.is_wish,
        }


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened, by whom and what: never the text of a note."""

    at: datetime
    side: Side
    name: str
    what: tuple[str, ...]

    def to_json(self) -> Json:
        return {"at": iso(self.at), "side": self.side.value, "name": self.name, "what": list(self.what)}


@dataclass(frozen=True, slots=True)
class Stay:
    """A stretch of the request's life in one phase; `working` is None outside the calendar's years."""

    phase: Phase
    span: Span
    working: timedelta | None

    @property
    def party(self) -> str:
        return PARTIES[self.phase]

    @property
    def wall(self) -> timedelta:
        return self.span.end - self.span.start

    def to_json(self) -> Json:
        return {
            "phase": self.phase.value,
            "party": self.party,
            "start_at": iso(self.span.start),
            "end_at": iso(self.span.end),
            "working_s": seconds(self.working),
            "wall_s": seconds(self.wall),
        }


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a request's life it was with somebody, in working time and on the wall clock."""

    party: str
    working: timedelta | None
    wall: timedelta

    def to_json(self) -> Json:
        return {"working_s": seconds(self.working), "wall_s": seconds(self.wall)}


@dataclass(frozen=True, slots=True)
class ClockStory:
    """What one target measured; `within` is None where the clause excepts it, pauses that still last have no end."""

    metric: Metric
    agreement: str
    counts: ClockKind
    counts_from: datetime
    within: timedelta | None
    release_on: date | None
    pauses: tuple[tuple[datetime, datetime | None], ...]
    cycle: int
    verdict: Verdict

    def to_json(self) -> Json:
        verdict = self.verdict
        return {
            "metric": self.metric.value,
            "agreement": self.agreement,
            "counts": self.counts.value,
            "counts_from": iso(self.counts_from),
            "within_s": seconds(self.within),
            "release_on": self.release_on.isoformat() if self.release_on else None,
            "pauses": [{"start_at": iso(start), "end_at": iso(end)} for start, end in self.pauses],
            "reopenings": self.cycle,
            "elapsed_s": seconds(verdict.elapsed),
            "left_s": seconds(verdict.left),
            "due_at": iso(verdict.due_at),
            "stopped_at": iso(verdict.stopped_at),
        }


@dataclass(frozen=True, slots=True)
class StepStory:
    """A step of the ladder on one clock: when it is due (None: no telling yet), and how it stands by the marker."""

    metric: Metric
    key: str
    share: float
    due_at: datetime | None
    state: StepState

    def to_json(self) -> Json:
        return {
            "metric": self.metric.value,
            "step": self.key,
            "share": self.share,
            "due_at": iso(self.due_at),
            "state": self.state.value,
        }


@dataclass(frozen=True, slots=True)
class Explanation:
    """One request's story up to `now`; `zone` is the support's, to show moments in."""

    judgement: Judgement
    now: datetime
    zone: ZoneInfo
    terms: tuple[Term, ...]
    priorities: tuple[PriorityStep, ...]
    events: tuple[Happening, ...]
    stays: tuple[Stay, ...]
    clocks: tuple[ClockStory, ...]
    ladder: tuple[StepStory, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        return self.judgement.findings

    @property
    def ledger(self) -> tuple[Share, ...]:
        """Where the minutes went; the wall times add up to all the time since the request was filed."""
        return tuple(_share(party, self.stays) for party in dict.fromkeys(PARTIES.values()))

    def to_json(self) -> Json:
        """{"issue", "subject", "now", "filed_at", "terms", "priorities", "events", "stretches", "ledger", …}.

        `ledger` goes from support, client, development and closed to {"working_s", "wall_s"}; `verdicts` are
        [{"metric", "outcome", "reason", "clause"}]. Moments are ISO in UTC, `…_s` whole seconds, what there is not null.
        """
        judgement = self.judgement
        return {
            "issue": judgement.issue.id,
            "subject": judgement.issue.subject,
            "now": iso(self.now),
            "filed_at": iso(judgement.filed_at),
            "terms": [each.to_json() for each in self.terms],
            "priorities": [each.to_json() for each in self.priorities],
            "events": [each.to_json() for each in self.events],
            "stretches": [each.to_json() for each in self.stays],
            "ledger": {each.party: each.to_json() for each in self.ledger},
            "clocks": [each.to_json() for each in self.clocks],
            "verdicts": [_verdict_json(each) for each in judgement.verdicts],
            "ladder": [each.to_json() for each in self.ladder],
            "findings": [finding_json(each) for each in self.findings],
        }


def _verdict_json(verdict: Verdict) -> Json:
    return {
        "metric": verdict.metric.value,
        "outcome": verdict.outcome.value,
        "reason": verdict.reason,
        "clause": verdict.clause,
    }


def _share(party: str, stays: tuple[Stay, ...]) -> Share:
    theirs = [each for each in stays if each.party == party]
    worked = [each.working for each in theirs if each.working is not None]
    is_known = len(worked) == len(theirs)
    return Share(
        party,
        working=sum(worked, timedelta(0)) if is_known else None,
        wall=sum((each.wall for each in theirs), timedelta(0)),
    )


def explain(judgement: Judgement, rules: Rulebook, now: datetime) -> Explanation:
    """The story of a request judged at `now`."""
    zone = rules.calendars[ClockKind.WORKING].zone
    return Explanation(
        judgement=judgement,
        now=now,
        zone=zone,
        terms=tuple(_terms(judgement, rules.policy)),
        priorities=tuple(_priorities(judgement, rules.policy)),
        events=tuple(_events(judgement)),
        stays=tuple(_stays(judgement, rules.calendars)),
        clocks=tuple(_clocks(judgement, rules.calendars)),
        ladder=tuple(_ladder(judgement, rules, now)),
    )


def _terms(judgement: Judgement, policy: Policy) -> Iterator[Term]:
    issue, contract = judgement.issue, judgement.contract
    words = policy.levels, policy.channels, policy.categories
    level, channel, category = (
        known.get(key or "") for known, key in zip(words, (judgement.level, judgement.channel, judgement.category), strict=True)
    )
    yield Term(
        "level",
        judgement.level,
        f"contract of {contract.client} until {contract.last_on}" if contract else "no contract on the day of filing",
        level.clause if level else "",
    )
    yield Term("channel", judgement.channel, _channel_from(judgement), channel.clause if channel else "")
    yield Term("category", judgement.category, f"tracker «{issue.tracker}»", category.clause if category else "")
    yield Term("priority", judgement.priority, _priority_because(judgement), PRIORITY_CLAUSE)


def _channel_from(judgement: Judgement) -> str:
    issue = judgement.issue
    if issue.fields.get("channel"):
        return "as its field says"
    return f"tracker «{issue.tracker}»" if issue.tracker_channel else f"filed by {issue.author.side}"


def _priority_because(judgement: Judgement) -> str:
    shown = judgement.issue.priority
    return "the operator determines it" if shown == judgement.priority else f"the client's {shown} is a wish so far"


def _priorities(judgement: Judgement, policy: Policy) -> Iterator[PriorityStep]:
    issue = judgement.issue
    counted = list(priorities_that_count(issue, policy, judgement.filed_at))
    shown = next((each.priority[0] for each in issue.events if each.priority), issue.priority)
    yield PriorityStep(judgement.filed_at, issue.author.side, issue.author.name, shown, counted[0].priority)
    for event in issue.events:
        if event.priority or event.priority_confirmed:
            shown = event.priority[1] if event.priority else shown
            yield PriorityStep(event.at, event.by.side, event.by.name, shown, _counts_at(event.at, counted))


def _counts_at(at: datetime, counted: list[PrioritySet]) -> str:
    return [each.priority for each in counted if each.at <= at][-1]


def _events(judgement: Judgement) -> Iterator[Happening]:
    issue = judgement.issue
    if judgement.filed_at != issue.created_at:
        yield Happening(judgement.filed_at, Side.CLIENT, "", ("contact, as entered by support",))
    yield Happening(issue.created_at, issue.author.side, issue.author.name, ("filed",))
    for event in issue.events:
        yield Happening(event.at, event.by.side, event.by.name, tuple(_what(event)) or ("other values",))


def _what(event: Event) -> Iterator[str]:
    if event.has_note:
        yield "private note" if event.is_private else "public note"
    if event.has_attachment:
        yield "attachment"
    if event.status:
        yield f"status {event.status[0].name} → {event.status[1].name}"
    if event.priority:
        yield f"priority {event.priority[0]} → {event.priority[1]}"
    if event.priority_confirmed:
        yield "priority confirmed" if event.priority_confirmed[1] else "priority no longer confirmed"


def _stays(judgement: Judgement, calendars: Calendars) -> Iterator[Stay]:
    calendar = calendars[ClockKind.WORKING]
    for each in judgement.stretches:
        try:
            working = calendar.elapsed(each.span.start, each.span.end)
        except CalendarError:
            working = None
        yield Stay(each.phase, each.span, working)


def _clocks(judgement: Judgement, calendars: Calendars) -> Iterator[ClockStory]:
    agreement = judgement.agreement
    for clock, verdict in zip(judgement.clocks, judgement.verdicts, strict=False):
        ended = tuple((each.start, each.end) for each in clock.pauses)
        yield ClockStory(
            metric=clock.target.metric,
            agreement=agreement.key if agreement else "",
            counts=clock.target.clock,
            counts_from=clock.counts_from,
            within=clock.within(calendars),
            release_on=clock.release_on,
            pauses=(*ended, (clock.paused_at, None)) if clock.paused_at else ended,
            cycle=clock.cycle,
            verdict=verdict,
        )


def _ladder(judgement: Judgement, rules: Rulebook, now: datetime) -> Iterator[StepStory]:
    agreement = judgement.agreement
    for clock, verdict in zip(judgement.clocks, judgement.verdicts, strict=False):
        if agreement and verdict.outcome is not Standing.NO_TARGET:
            yield from _steps(clock, agreement, judgement, rules, now)


def _steps(
    clock: Clock, agreement: Agreement, judgement: Judgement, rules: Rulebook, now: datetime
) -> Iterator[StepStory]:
    story = _Steps(clock, agreement, judgement, rules, now)
    for step in sorted(agreement.ladder, key=lambda step: step.share):
        due_at = story.due_at(step.share)
        yield StepStory(clock.target.metric, step.key, step.share, due_at, story.state(step.share, due_at))


class _Steps:
    """One clock's steps, by what the marker says was sent."""

    def __init__(
        self, clock: Clock, agreement: Agreement, judgement: Judgement, rules: Rulebook, now: datetime
    ) -> None:
        self.clock = clock
        self.calendars = rules.calendars
        self.now = now
        filed_on = judgement.filed_at.astimezone(rules.calendars[ClockKind.WORKING].zone).date()
        self.is_enforced = filed_on >= rules.policy.enforce_from
        try:
            self.sent = read_marker(judgement.issue.fields.get("marker", ""))
            self.is_known = True
        except MarkerError:
            self.sent, self.is_known = {}, False
        self.next = self._next(agreement)

    def _next(self, agreement: Agreement) -> float | None:
        """The share of the step that the next run sends."""
        try:
            due = due_step(self.clock, agreement.ladder, self.sent, self.calendars, self.now)
        except CalendarError:
            return None
        return due.step.share if due else None

    def due_at(self, share: float) -> datetime | None:
        try:
            return self.clock.due_at(self.calendars, share)
        except CalendarError:
            return None

    def state(self, share: float, due_at: datetime | None) -> StepState:
        if not self.is_known:
            return StepState.UNKNOWN
        if share <= self.sent.get((self.clock.target.metric, self.clock.cycle), 0.0):
            return StepState.SENT
        if not self.is_enforced:
            return StepState.NOT_ENFORCED
        if self.clock.stopped_at is not None:
            return StepState.STOPPED
        if share == self.next:
            return StepState.DUE
        is_past = due_at is not None and self.clock.read_at(self.now) > due_at
        return StepState.PASSED_OVER if is_past else StepState.AHEAD

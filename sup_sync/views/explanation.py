"""The explanation of one request: classification, history, time by party, clocks, verdicts and escalation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sup_sync.errors import CalendarError
from sup_sync.immutable import value
from sup_sync.model.issue import Event, Finding, Side
from sup_sync.model.policy import Agreement, Calendars, ClockKind, LadderStep, RegulationValue
from sup_sync.model.rulebook import Rulebook
from sup_sync.planning.ladder import due_step
from sup_sync.planning.marker import Marker, MarkerError, read_marker
from sup_sync.planning.notices.no_answer import NO_ANSWER
from sup_sync.planning.notices.release import with_current_release
from sup_sync.sla.clock import Clock, TargetStatus, Verdict
from sup_sync.sla.judgement import Judgement
from sup_sync.sla.priority import effective_priorities, priority_at
from sup_sync.sla.waiting import Wait
from sup_sync.to_json import Json, json_value
from sup_sync.views.finding import finding_json
from sup_sync.views.time_by_party import PartyPeriod, TimeByParty, party_periods, time_by_party


class StepState(StrEnum):
    """The state of a step of the ladder; `superseded` is due, but a higher step is sent instead."""

    SENT = "sent"
    DUE = "due"
    SUPERSEDED = "superseded"
    AHEAD = "ahead"
    STOPPED = "stopped"
    NOT_ENFORCED = "not_enforced"
    UNKNOWN = "unknown"


@value
class Attribute:
    """An attribute that selects the targets (None: unknown), its reason and its clause."""

    name: str
    value: str | None
    because: str
    clause: str


@value
class PriorityStep:
    """A change or confirmation of the priority: since then Redmine shows `shown`, and `counts` applies (clause 20)."""

    at: datetime
    side: Side
    name: str
    shown: str
    counts: str


@value
class HistoryEntry:
    """An event of the history and its author; it never holds the text of a note."""

    at: datetime
    side: Side
    name: str
    what: tuple[str, ...]


@value
class Pause:
    """A period that does not count; `end_at` is None if it still lasts."""

    start_at: datetime
    end_at: datetime | None


@value
class ClockDetails:
    """The clock of one target: `within` is None if the clause sets no target; `left` and `late` are the verdict's.

    `due_at` is the verdict's too; None while the clock rests in a pause, as it moves until the pause ends, unless the
    target was breached before.
    """

    metric: str
    agreement: str
    counts: ClockKind
    counts_from: datetime
    within: timedelta | None
    release_on: date | None
    pauses: tuple[Pause, ...]
    reopenings: int
    elapsed: timedelta
    left: timedelta | None
    late: timedelta | None
    due_at: datetime | None
    stopped_at: datetime | None


@value
class StepDetails:
    """A step of the ladder on one clock; `due_at` is None outside the years of the calendar, or if it still moves."""

    metric: str
    step: str
    share: float
    due_at: datetime | None
    state: StepState


@value
class Explanation:
    """The explanation of one request at `now`; times are shown in `zone`, and `calendars` are those that judged.

    `wait` is the question whose missing answer closes the request; None if there is none.
    """

    judgement: Judgement
    now: datetime
    zone: ZoneInfo
    attributes: tuple[Attribute, ...]
    priorities: tuple[PriorityStep, ...]
    events: tuple[HistoryEntry, ...]
    party_periods: tuple[PartyPeriod, ...]
    time_by_party: TimeByParty
    clocks: tuple[ClockDetails, ...]
    ladder: tuple[StepDetails, ...]
    wait: Wait | None
    calendars: Calendars

    @property
    def findings(self) -> tuple[Finding, ...]:
        return self.judgement.findings

    def to_json(self) -> Json:
        """Return {"issue", "subject", "now", "filed_at", "classification", "priorities", "events", "periods", …}.

        Most parts are lists of the classes above, by field. `time_by_party` maps support, client, development, closed
        and their sum, elapsed, to {"working", "wall"}. `verdicts` is [{"metric", "outcome", "reason", "clause"}],
        `wait` is {"asked_at", "remind_at", "due_at"} or null, `findings` is as in a plan. Times are ISO in UTC, lengths
        of time are whole seconds, unknown values are null.
        """
        judgement = self.judgement
        return {
            "issue": judgement.issue.id,
            "subject": judgement.issue.subject,
            "now": json_value(self.now),
            "filed_at": json_value(judgement.filed_at),
            "classification": json_value(self.attributes),
            "priorities": json_value(self.priorities),
            "events": json_value(self.events),
            "periods": json_value(self.party_periods),
            "time_by_party": self.time_by_party.to_json(),
            "clocks": json_value(self.clocks),
            "verdicts": [_verdict_json(each) for each in judgement.verdicts],
            "ladder": json_value(self.ladder),
            "wait": json_value(self.wait),
            "findings": [finding_json(each) for each in self.findings],
        }


def _verdict_json(verdict: Verdict) -> Json:
    return {
        "metric": verdict.metric,
        "outcome": verdict.result,
        "reason": verdict.reason,
        "clause": verdict.clause,
    }


def explain(judgement: Judgement, rules: Rulebook, now: datetime) -> Explanation:
    """Explain a request judged at `now`."""
    working = rules.calendars[ClockKind.WORKING]
    periods = tuple(party_periods(judgement.phase_periods, working))
    return Explanation(
        judgement=judgement,
        now=now,
        zone=rules.zone,
        attributes=tuple(_attributes(judgement, rules)),
        priorities=tuple(_priorities(judgement)),
        events=tuple(_events(judgement)),
        party_periods=periods,
        time_by_party=time_by_party(periods, working),
        clocks=tuple(_clocks(judgement, rules.calendars, now)),
        ladder=tuple(_ladder(judgement, rules, now)),
        wait=_wait(judgement),
        calendars=rules.calendars,
    )


def _wait(judgement: Judgement) -> Wait | None:
    """Return the question whose missing answer closes the request; None if sup-sync will not close it."""
    wait, issue, marker = judgement.wait, judgement.issue, _marker(judgement)
    is_written = "marker" in issue.fields and not issue.project.is_closed and not judgement.is_unjudged
    if wait is None or marker is None or not is_written or judgement.is_work_stopped or not judgement.is_enforced:
        return None
    return None if marker.has(NO_ANSWER.name, wait.cycle) else wait


def _marker(judgement: Judgement) -> Marker | None:
    """Read the marker of what was sent; None if it was edited by hand."""
    try:
        return read_marker(judgement.issue)
    except MarkerError:
        return None


def _attributes(judgement: Judgement, rules: Rulebook) -> Iterator[Attribute]:
    issue, contract, policy = judgement.issue, judgement.contract, judgement.policy
    because = f"contract of {contract.client} until {contract.last_on}" if contract else "no contract on that day"
    if issue.filed_project:
        because += f"; filed in {issue.filed_project.name}"
    yield _attribute("level", judgement.level, because, policy.levels)
    yield _attribute("channel", judgement.channel, _channel_because(judgement), policy.channels)
    yield _attribute("category", judgement.category, f"tracker «{issue.tracker}»", policy.categories)
    yield Attribute("priority", judgement.priority, _priority_because(judgement), policy.clauses.priority)
    reason = judgement.reason
    if reason:
        because = "no more notes are sent" if reason.stops_work else f"set in its field, {judgement.phase}"
        yield Attribute("reason", reason.key, because, reason.clause)
    if rules.policy.earlier:
        yield Attribute("regulation", str(policy.in_force_from), "in force from that day, and on the day of filing", "")


def _attribute(name: str, value: str | None, because: str, values: Mapping[str, RegulationValue]) -> Attribute:
    known = values.get(value or "")
    return Attribute(name, value, because, known.clause if known else "")


def _channel_because(judgement: Judgement) -> str:
    issue = judgement.issue
    if issue.fields.get("channel"):
        return "set in its field"
    if not issue.tracker_channel:
        return f"filed by {issue.author.side}"
    return f"filed in tracker «{issue.filed_tracker}»" if issue.filed_tracker else f"tracker «{issue.tracker}»"


def _priority_because(judgement: Judgement) -> str:
    shown = judgement.issue.priority
    if shown == judgement.priority:
        return "the operator determines the priority"
    return f"client requested {shown}; not confirmed by staff"


def _priorities(judgement: Judgement) -> Iterator[PriorityStep]:
    issue = judgement.issue
    counted = list(effective_priorities(issue, judgement.policy, judgement.filed_at))
    shown = next((each.priority[0] for each in issue.events if each.priority), issue.priority)
    yield PriorityStep(issue.created_at, issue.author.side, issue.author.name, shown, counted[0].priority)
    for event in issue.events:
        if event.priority or event.priority_confirmed:
            shown = event.priority[1] if event.priority else shown
            yield PriorityStep(event.at, event.by.side, event.by.name, shown, priority_at(event.at, counted).priority)


def _events(judgement: Judgement) -> Iterator[HistoryEntry]:
    issue = judgement.issue
    if judgement.filed_at != issue.created_at:
        yield HistoryEntry(judgement.filed_at, Side.CLIENT, "", ("contact, as entered by support",))
    yield HistoryEntry(issue.created_at, issue.author.side, issue.author.name, ("filed",))
    for event in issue.events:
        yield HistoryEntry(event.at, event.by.side, event.by.name, tuple(_changes(event)) or ("other values",))


def _changes(event: Event) -> Iterator[str]:
    if event.has_note:
        yield "private note" if event.is_private else "public note"
    if event.has_attachment:
        yield "attachment"
    if event.status:
        yield f"status {event.status[0].name} → {event.status[1].name}"
    if event.priority:
        yield f"priority {event.priority[0]} → {event.priority[1]}"
    if event.reason:
        yield f"reason {event.reason[0] or 'none'} → {event.reason[1] or 'none'}"
    for what, before, after in event.moves:
        yield f"{what} {before} → {after}"
    if event.priority_confirmed:
        yield "priority confirmed" if event.priority_confirmed[1] else "priority no longer confirmed"


def _clocks(judgement: Judgement, calendars: Calendars, now: datetime) -> Iterator[ClockDetails]:
    for clock in judgement.clocks:
        verdict = judgement.verdict_on(clock)
        pauses = tuple(Pause(each.start, each.end) for each in clock.pauses)
        yield ClockDetails(
            metric=clock.target.metric,
            agreement=judgement.agreement.key if judgement.agreement else "",
            counts=clock.target.clock,
            counts_from=clock.counts_from,
            within=clock.within(calendars),
            release_on=clock.release_on,
            pauses=(*pauses, Pause(clock.paused_at, None)) if clock.paused_at and not clock.is_over else pauses,
            reopenings=clock.cycle,
            elapsed=clock.elapsed(calendars, now),
            left=verdict.left,
            late=verdict.late,
            due_at=None if clock.is_resting and verdict.late is None else verdict.due_at,
            stopped_at=clock.stopped_at,
        )


def _ladder(judgement: Judgement, rules: Rulebook, now: datetime) -> Iterator[StepDetails]:
    agreement = judgement.agreement
    for clock in judgement.clocks:
        if agreement and judgement.verdict_on(clock).outcome is not TargetStatus.NO_TARGET:
            yield from _Ladder(clock, agreement, judgement, rules, now).steps()


class _Ladder:
    """The ladder of one clock, with the steps that the marker records as sent."""

    def __init__(
        self, clock: Clock, agreement: Agreement, judgement: Judgement, rules: Rulebook, now: datetime
    ) -> None:
        self.clock = clock
        self.agreement = agreement
        self.rules = rules
        self.now = now
        self.is_enforced = judgement.is_enforced
        marker = _marker(judgement)
        self.is_readable = marker is not None
        self.marker = with_current_release(marker or Marker(), judgement)

    def steps(self) -> Iterator[StepDetails]:
        pending = due_step(self.clock, self.agreement.ladder, self.marker, self.rules.calendars, self.now)
        for step in sorted(self.agreement.ladder, key=lambda step: step.share):
            due_at = self._due_at(step.share)
            state = self._state(step, due_at, pending.step if pending else None)
            yield StepDetails(self.clock.target.metric, step.key, step.share, due_at, state)

    def _due_at(self, share: float) -> datetime | None:
        try:
            due_at = self.clock.due_at(self.rules.calendars, share)
        except CalendarError:
            return None
        is_ahead = due_at is not None and self.clock.effective_now(self.now) <= due_at
        return None if is_ahead and self.clock.is_resting else due_at

    def _state(self, step: LadderStep, due_at: datetime | None, pending: LadderStep | None) -> StepState:
        if not self.is_readable:
            return StepState.UNKNOWN
        if self.marker.has(self.clock.name, self.clock.cycle, step.share):
            return StepState.SENT
        if not self.is_enforced:
            return StepState.NOT_ENFORCED
        if self.clock.is_over:
            return StepState.STOPPED
        if step == pending:
            return StepState.DUE
        is_past = due_at is not None and self.clock.effective_now(self.now) > due_at
        return StepState.SUPERSEDED if is_past else StepState.AHEAD

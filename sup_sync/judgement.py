"""One request before the regulation: its level, channel, category and priority, its clocks, and what is odd."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from sup_sync.clock import Calendars, Clock, Standing, Verdict, judge, no_target
from sup_sync.errors import CalendarError
from sup_sync.issue import Event, Finding, Issue, Phase, Side, Status, Version
from sup_sync.policy import Agreement, ClockKind, Contract, Metric, Policy, PriorityChange
from sup_sync.worktime import Span

MOMENT_FORMAT = "%Y-%m-%d %H:%M"
"""How exact moments stand in the tracker, in the support's zone (fact: Redmine has no date-time field; this sorts)."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A span of a request's life in one phase."""

    phase: Phase
    span: Span


@dataclass(frozen=True, slots=True)
class PrioritySet:
    """From `at` on, this is the priority that counts (clause 20)."""

    at: datetime
    priority: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """How one request stands at a moment; without an agreement it has no targets, and a finding says why."""

    issue: Issue
    filed_at: datetime
    level: str | None
    channel: str | None
    category: str | None
    priority: str
    agreement: Agreement | None
    clocks: tuple[Clock, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    stretches: tuple[Stretch, ...] = ()
    contract: Contract | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def is_set_aside(self) -> bool:
        """Whether it could not be judged: nothing of it is written, and a finding says why."""
        return not self.clocks

    def verdict(self, metric: Metric) -> Verdict:
        return next(each for each in self.verdicts if each.metric is metric)

    @property
    def state(self) -> Standing:
        """The worst of its verdicts."""
        worst = list(Standing)
        return min((each.outcome for each in self.verdicts), key=worst.index)

    @property
    def is_waiting(self) -> bool:
        """Whether a clock stands still until the client answers."""
        return any(each.paused_at for each in self.verdicts)


def judge_issue(issue: Issue, policy: Policy, calendars: Calendars, now: datetime) -> Judgement:
    """How a request stands at `now`: a pure function of its history, the regulation and the moment."""
    return _Case(issue, policy, calendars, now).judgement()


class _Case:
    """One request being judged; collects its findings."""

    def __init__(self, issue: Issue, policy: Policy, calendars: Calendars, now: datetime) -> None:
        self.issue = issue
        self.policy = policy
        self.calendars = calendars
        self.now = now
        self.findings: list[Finding] = []
        self.unjudged: set[Metric] = set()
        self.zone = calendars[ClockKind.WORKING].zone
        self.filed_at = self._filed_at()
        self.stretches = tuple(stretches(issue, self.filed_at, now))
        self.priorities = tuple(priorities_that_count(issue, policy, self.filed_at))

    def judgement(self) -> Judgement:
        filed_on = self.filed_at.astimezone(self.zone).date()
        contract = self.policy.contract_for(self.issue, filed_on)
        level = contract.level if contract else self.policy.default_level
        channel = self.policy.channel_of(self.issue)
        agreement = self._agreement(level, channel)
        verdicts = tuple(no_target(metric, "no agreement matches") for metric in Metric)
        clocks: tuple[Clock, ...] = ()
        if agreement:
            clocks = (self._first_response(agreement), self._resolution(agreement))
            verdicts = tuple(self._verdict(clock, agreement) for clock in clocks)
            clocks = tuple(each for each in clocks if each.target.metric not in self.unjudged)
        self._look_at_people()
        self._look_at_rights(level, channel)
        return Judgement(
            issue=self.issue,
            filed_at=self.filed_at,
            level=level,
            channel=channel,
            category=self.issue.category,
            priority=self.priorities[-1].priority,
            agreement=agreement,
            clocks=clocks,
            verdicts=verdicts,
            stretches=self.stretches,
            contract=contract,
            findings=tuple(self.findings),
        )

    def _find(self, kind: str, text: str, clause: str = "") -> None:
        self.findings.append(Finding(self.issue.id, kind, text, clause))

    def _filed_at(self) -> datetime:
        """The moment of contact where staff filled it in (letters and calls are entered later than they came)."""
        text = self.issue.fields.get("contact_at", "").strip()
        if not text:
            return self.issue.created_at
        contact_at = _moment(text, self.zone)
        if contact_at is None:
            self._find("contact", "moment of contact: write it as YYYY-MM-DD HH:MM; judged from its filing")
        elif contact_at > self.issue.created_at:
            self._find("contact", f"moment of contact {text} is after the filing; judged from its filing")
        else:
            return contact_at
        return self.issue.created_at

    def _agreement(self, level: str | None, channel: str | None) -> Agreement | None:
        category = self.issue.category
        for unknown in self.issue.unknown:
            self._find("unknown", unknown)
        if self.issue.unknown:
            return None
        if level is None:
            self._find("no_level", "no level: no contract covers it and no level is the default", "3")
        if channel is None:
            self._find("no_channel", "no channel: fill in its field, or say in `default_channels` what it is", "8")
        if level is None or channel is None or category is None:
            return None
        agreement = self.policy.agreement_for(level, channel, category)
        if agreement is None:
            self._find("no_agreement", f"no agreement for {level}, {channel}, {category}: add one", "3")
        return agreement

    def _verdict(self, clock: Clock, agreement: Agreement) -> Verdict:
        if self.issue.status.phase is Phase.REFUSED:
            return no_target(clock.target.metric, "refused", "9")
        try:
            return judge(clock, self.calendars, self.now, agreement.warning_share)
        except CalendarError as error:
            self.unjudged.add(clock.target.metric)
            self._find("calendar", f"{clock.target.metric} cannot be judged: {error}", clock.target.clause)
            return no_target(clock.target.metric, "outside the calendar's years", clock.target.clause)

    def _first_response(self, agreement: Agreement) -> Clock:
        """What is filed as ended (a call that was settled at once) waits for no answer."""
        answered_at = self.issue.created_at if self.stretches[0].phase.is_ended else first_response_at(self.issue)
        return self._clock(agreement, Metric.FIRST_RESPONSE, stopped_at=answered_at)

    def _resolution(self, agreement: Agreement) -> Clock:
        """Waiting for the client pauses it (clauses 9, 15), so does closed time before a reopening."""
        life = self.stretches
        reopened = [k for k, (before, after) in enumerate(pairwise(life), 1) if _is_reopening(before, after)]
        cycle = life[reopened[-1] :] if reopened else life
        ended = next((each for each in cycle if each.phase.is_ended), None)
        is_waiting = life[-1].phase is Phase.WAITING
        return self._clock(
            agreement,
            Metric.RESOLUTION,
            pauses=tuple(each.span for each in life[:-1] if each.phase is Phase.WAITING or each.phase.is_ended),
            paused_at=life[-1].span.start if is_waiting else None,
            stopped_at=max(ended.span.start, self.issue.created_at) if ended else None,
            release_on=self._release_on(cycle),
            cycle=len(reopened),
        )

    def _release_on(self, cycle: tuple[Stretch, ...]) -> date | None:
        """The release that answers a request handed to development since its last opening (clause 23)."""
        if not any(each.phase is Phase.DEVELOPMENT for each in cycle):
            return None
        version = self.issue.version
        if cycle[-1].phase is Phase.DEVELOPMENT:
            self._look_at_version(version)
        return version.due_on if version else None

    def _look_at_version(self, version: Version | None) -> None:
        if version is None:
            self._find("no_version", "handed to development without a target version: set one", "23")
        elif version.due_on is None:
            self._find("no_version_date", f"version «{version.name}» has no date: set one", "23")
        elif not version.is_open:
            self._find("closed_version", f"version «{version.name}» is closed, the request is not: set the next", "23")
        elif version.due_on < self.now.astimezone(self.zone).date():
            self._find("past_version", f"version «{version.name}» was due on {version.due_on}: move its date", "23")

    def _clock(
        self,
        agreement: Agreement,
        metric: Metric,
        *,
        pauses: tuple[Span, ...] = (),
        paused_at: datetime | None = None,
        stopped_at: datetime | None = None,
        release_on: date | None = None,
        cycle: int = 0,
    ) -> Clock:
        """A clock judged by the priority that counted when it stopped, or counts now."""
        counts = priority_at(stopped_at or self.now, self.priorities)
        from_change = self.policy.priority_change is PriorityChange.FROM_CHANGE
        return Clock(
            target=agreement.target(metric, counts.priority),
            started_at=self.filed_at,
            counts_from=counts.at if from_change else self.filed_at,
            pauses=pauses,
            paused_at=paused_at,
            stopped_at=stopped_at,
            release_on=release_on,
            cycle=cycle,
        )

    def _look_at_rights(self, level: str | None, channel: str | None) -> None:
        """Call-back and the tracker are for VIP: who uses them without a contract is judged by their own level."""
        word = self.policy.channels.get(channel or "")
        if word and word.only is not None and level is not None and level not in word.only:
            allowed = ", ".join(sorted(word.only))
            self._find(
                "channel", f"level {level} on channel {channel}, which is for {allowed}: judged as {level}", word.clause
            )

    def _look_at_people(self) -> None:
        """Answers of people in no mapped group or role are no first response; say so once for each."""
        strangers = (each.by.name for each in self.issue.events if _is_strangers_answer(each, self.issue))
        for name in dict.fromkeys(strangers):
            text = f"answer by {name!r}, who is no member, does not count: was it staff? Add to `staff.former`"
            self._find("unknown_staff", text)


def first_response_at(issue: Issue) -> datetime | None:
    """When support first answered: a public answer of staff who did not file it, or a status that answers, or its end.

    An operator who filed on a client's behalf is the author; what they add is no answer (regulation, first response).
    """
    return next((each.at for each in issue.events if _is_response(each, issue)), None)


def _is_response(event: Event, issue: Issue) -> bool:
    if event.status and event.status[1].phase.is_ended:
        return True
    if not event.by.is_staff:
        return False
    answers_by_status = event.status is not None and event.status[1].answers
    return answers_by_status or (event.is_public_answer and event.by.id != issue.author.id)


def _is_strangers_answer(event: Event, issue: Issue) -> bool:
    return event.by.side is Side.UNKNOWN and event.is_public_answer and event.by.id != issue.author.id


def stretches(issue: Issue, filed_at: datetime, now: datetime) -> Iterator[Stretch]:
    """The phases that a request went through, each as long as it lasted, up to `now`.

    Waiting ends with the client's answer, whatever the status still says, and begins again when staff ask again.
    """
    status = next((each.status[0] for each in issue.events if each.status), issue.status)
    phase, start = status.phase, filed_at
    for event in issue.events:
        after = event.status[1].phase if event.status else _phase_after_word(phase, status, event)
        status = event.status[1] if event.status else status
        if after is not phase:
            yield Stretch(phase, Span(start, event.at))
            phase, start = after, event.at
    yield Stretch(phase, Span(start, now))


def _phase_after_word(phase: Phase, status: Status, event: Event) -> Phase:
    if status.phase is not Phase.WAITING or not event.is_public_answer or event.by.side is Side.BOT:
        return phase
    return Phase.WAITING if event.by.is_staff else Phase.OPEN


def _is_reopening(before: Stretch, after: Stretch) -> bool:
    return before.phase.is_ended and not after.phase.is_ended


def priorities_that_count(issue: Issue, policy: Policy, filed_at: datetime) -> Iterator[PrioritySet]:
    """The priorities that counted, in order: what staff set or confirmed; a client's own is a wish (clause 20)."""
    set_priorities = [each.priority for each in issue.events if each.priority]
    shown = set_priorities[0][0] if set_priorities else issue.priority
    counts = shown if issue.author.is_staff else policy.normal_priority
    yield PrioritySet(filed_at, counts)
    for event in issue.events:
        if event.priority:
            shown = event.priority[1]
        is_confirming = event.priority_confirmed is not None and event.priority_confirmed[1]
        if event.by.is_staff and (event.priority or is_confirming) and shown != counts:
            counts = shown
            yield PrioritySet(event.at, counts)


def priority_at(at: datetime, counted: Sequence[PrioritySet]) -> PrioritySet:
    """The priority that counted at a moment; the first one also before its filing, where clocks went wrong."""
    first, *later = counted
    return next((each for each in reversed(later) if each.at <= at), first)


def _moment(text: str, zone: ZoneInfo) -> datetime | None:
    try:
        return datetime.strptime(text, MOMENT_FORMAT).replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None

"""One request before the regulation: its level, channel, category and priority, its clocks, and what is odd."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from sup_sync.errors import CalendarError, internal_error
from sup_sync.model.issue import Event, Finding, Issue, Phase, Side, Version
from sup_sync.model.moments import MOMENT_FORMAT
from sup_sync.model.policy import Agreement, Calendars, ClockKind, Metric, Policy, PriorityChange, Reason
from sup_sync.model.required import ItemProblem
from sup_sync.model.working_time import Span
from sup_sync.sla.clock import Clock, Verdict, judge, no_target
from sup_sync.sla.completeness import item_problems
from sup_sync.sla.judgement import REFUSAL_CLAUSE, Judgement
from sup_sync.sla.phases import PhasePeriod, is_reopening, stretches
from sup_sync.sla.priority import PRIORITY_CLAUSE, priorities_that_count, priority_at
from sup_sync.sla.waiting import question_at, wait_of

LONGEST_ENTRY = timedelta(days=90)
"""A moment of contact further back than this is a slip of the pen, not a letter that was entered late."""


def judge_issue(issue: Issue, policy: Policy, calendars: Calendars, now: datetime) -> Judgement:
    """How a request stands at `now`: a pure function of its history, the regulation and the moment.

    A fault of our own sets this request aside, by name, and no other.
    """
    try:
        return _Judge(issue, policy, calendars, now).judgement()
    except Exception as error:  # whatever it is, the others go on
        zone = calendars[ClockKind.WORKING].zone
        return _unjudged(issue, policy, issue.created_at.astimezone(zone).date(), now, error)


def _unjudged(issue: Issue, policy: Policy, filed_on: date, now: datetime, error: Exception) -> Judgement:
    return Judgement(
        issue=issue,
        policy=policy,
        filed_at=issue.created_at,
        filed_on=filed_on,
        level=None,
        channel=None,
        category=issue.category,
        priority=issue.priority,
        agreement=None,
        verdicts=tuple(no_target(metric, "not judged") for metric in Metric),
        stretches=(PhasePeriod(issue.status.phase, Span(issue.created_at, max(now, issue.created_at))),),
        findings=(Finding(issue.id, "internal_error", internal_error(error)),),
    )


class _Judge:
    """One request being judged; collects its findings."""

    def __init__(self, issue: Issue, policy: Policy, calendars: Calendars, now: datetime) -> None:
        self.issue = issue
        self.calendars = calendars
        self.now = now
        self.findings: list[Finding] = []
        self.unjudged: set[Metric] = set()
        self.zone = calendars[ClockKind.WORKING].zone
        self.filed_at = self._filed_at()
        self.filed_on = self.filed_at.astimezone(self.zone).date()
        in_force = policy.in_force_on(self.filed_on)
        self.policy = in_force or policy
        self.has_regulation = in_force is not None
        self.reason = self._reason()
        self.stretches = tuple(stretches(issue, self.filed_at, now))
        self.priorities = tuple(priorities_that_count(issue, self.policy, self.filed_at))

    def judgement(self) -> Judgement:
        contract = self.policy.contract_for(self.issue, self.filed_on)
        level = contract.level if contract else self.policy.default_level
        channel = self.policy.channel_of(self.issue)
        agreement = self._agreement(level, channel)
        clocks: tuple[Clock, ...] = ()
        if agreement:
            clocks = (self._first_response(agreement), self._resolution(agreement))
            verdicts = tuple(self._verdict(clock, agreement) for clock in clocks)
            clocks = tuple(each for each in clocks if each.target.metric not in self.unjudged)
        else:
            verdicts = tuple(no_target(metric, "no agreement matches") for metric in Metric)
        self._look_at_people()
        judgement = Judgement(
            issue=self.issue,
            policy=self.policy,
            filed_at=self.filed_at,
            filed_on=self.filed_on,
            level=level,
            channel=channel,
            category=self.issue.category,
            priority=self.priorities[-1].priority,
            agreement=agreement,
            clocks=clocks,
            verdicts=verdicts,
            stretches=self.stretches,
            contract=contract,
            wait=wait_of(self.issue, self.stretches, self.policy.waiting, self.calendars),
            reason=self.reason,
            item_problems=tuple(item_problems(self.issue, self.policy.requirements)),
        )
        self._look_at_rights(judgement)
        self._look_at_work(judgement)
        return replace(judgement, findings=tuple(self.findings)) if self.findings else judgement

    def _find(self, kind: str, text: str, clause: str = "") -> None:
        self.findings.append(Finding(self.issue.id, kind, text, clause))

    def _filed_at(self) -> datetime:
        """The moment of contact where staff filled it in (letters and calls are entered later than they came)."""
        text = self.issue.fields.get("contact_at", "").strip()
        if not text:
            return self.issue.created_at
        contact_at = _moment(text, self.zone)
        if contact_at is None:
            self._find("bad_contact_time", "moment of contact: write it as YYYY-MM-DD HH:MM; judged from its filing")
        elif self.issue.created_at - contact_at > LONGEST_ENTRY:
            self._find(
                "bad_contact_time",
                f"moment of contact {text} is long before the filing: correct it; judged from its filing",
            )
        elif contact_at > self.issue.created_at:
            self._find("bad_contact_time", f"moment of contact {text} is after the filing; judged from its filing")
        else:
            return contact_at
        return self.issue.created_at

    def _reason(self) -> Reason | None:
        """Why it is refused, put off or stopped; it is staff who stop work on a request, nobody else (clause 16)."""
        reason = self.policy.reasons.get(self.issue.reason or "")
        if reason is None or not reason.stops_work:
            return reason
        if self.issue.reason_set_by.side in (Side.STAFF, Side.UNKNOWN):
            return reason  # somebody who is no member any more was one when they set it
        self._find("not_stopped", f"reason {reason.key} was not set by staff: it does not count", reason.clause)
        return None

    def _agreement(self, level: str | None, channel: str | None) -> Agreement | None:
        category = self.issue.category
        if not self.has_regulation:
            self._find("no_regulation", f"filed on {self.filed_on}, before any regulation: add that of its day")
            return None
        unknown = (*self.issue.unknown, *self._words_of_other_days(level, channel))
        for each in unknown:
            self._find("unmapped_name", each)
        if unknown:
            return None
        if level is None:
            self._find("no_level", "no level: no contract covers it and no level is the default", "3")
        if channel is None:
            self._find("no_channel", self._no_channel(), "8")
        if level is None or channel is None or category is None:
            return None
        agreement = self.policy.agreement_for(level, channel, category)
        if agreement is None:
            self._find("no_agreement", f"no agreement for {level}, {channel}, {category}: add one", "3")
        return agreement

    def _no_channel(self) -> str:
        if self.issue.author.side is Side.UNKNOWN:
            return "no channel, and who filed it is no member: fill in its field, or add them to the project"
        return "no channel: fill in its field, or say in `default_channels` what it is"

    def _words_of_other_days(self, level: str | None, channel: str | None) -> Iterator[str]:
        """What the tracker knows by another version of the regulation only."""
        rules, category = self.policy, self.issue.category
        priorities = dict.fromkeys(each.priority for each in self.priorities)
        words: tuple[tuple[str, str | None, Container[str]], ...] = (
            ("level", level, rules.levels),
            ("channel", channel, rules.channels),
            ("category", category, rules.categories),
            *(("priority", each, rules.priorities) for each in priorities),
        )
        for kind, word, known in () if self.issue.unknown else words:
            if word is not None and word not in known:
                yield f"{kind} {word} is not in the regulation of {self.filed_on}: set another, or add it there"

    def _verdict(self, clock: Clock, agreement: Agreement) -> Verdict:
        if self.issue.status.phase is Phase.REFUSED or (self.reason and self.reason.stops_work):
            what = "refused" if self.issue.status.phase is Phase.REFUSED else "stopped"
            why, clause = (f": {self.reason.key}", self.reason.clause) if self.reason else ("", REFUSAL_CLAUSE)
            return no_target(clock.target.metric, what + why, clause)
        try:
            return judge(clock, self.calendars, self.now, agreement.warning_share)
        except CalendarError as error:
            self.unjudged.add(clock.target.metric)
            self._find("calendar", f"{clock.target.metric} cannot be judged: {error}", clock.target.clause)
            return no_target(clock.target.metric, "outside the calendar's years", clock.target.clause)

    def _first_response(self, agreement: Agreement) -> Clock:
        """What is filed as ended (a call that was settled at once) waits for no answer."""
        answered_at = self.issue.created_at if self.stretches[0].phase.is_final else first_response_at(self.issue)
        return self._clock(agreement, Metric.FIRST_RESPONSE, stopped_at=answered_at)

    def _resolution(self, agreement: Agreement) -> Clock:
        """Waiting for the client pauses it (clauses 9, 15), so does closed time before a reopening.

        A request that ends while it waits stands as it stood when the waiting began.
        """
        life = self.stretches
        reopened = [k for k, (before, after) in enumerate(pairwise(life), 1) if is_reopening(before, after)]
        opened = reopened[-1] if reopened else 0
        ended = next((k for k in range(opened, len(life)) if life[k].phase.is_final), None)
        last = len(life) - 1 if ended is None else max(ended - 1, opened)
        is_waiting = life[last].phase is Phase.WAITING
        return self._clock(
            agreement,
            Metric.RESOLUTION,
            pauses=tuple(each.span for each in life[:last] if each.phase is Phase.WAITING or each.phase.is_final),
            paused_at=life[last].span.start if is_waiting else None,
            stopped_at=None if ended is None else max(life[ended].span.start, self.issue.created_at),
            release_on=self._release_on(life[opened:]),
            cycle=len(reopened),
        )

    def _release_on(self, cycle: tuple[PhasePeriod, ...]) -> date | None:
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
        elif version.is_closed:
            self._find("closed_version", f"version «{version.name}» is closed, the request is not: set the next", "23")
        elif version.due_on is None:
            self._find("no_version_date", f"version «{version.name}» has no date: set one", "23")
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

    def _look_at_rights(self, judgement: Judgement) -> None:
        """Call-back and the tracker are for VIP: who uses them without a contract is judged by their own level."""
        if judgement.is_misrouted:
            level, word = judgement.level, self.policy.channels[judgement.channel or ""]
            allowed = ", ".join(sorted(word.levels or ()))
            text = f"level {level} on channel {word.key}, which is for {allowed}: judged as {level}"
            self._find("restricted_channel", text, word.clause)

    def _look_at_work(self, judgement: Judgement) -> None:
        """What keeps support from working on it, or the tool from keeping the regulation."""
        phase = judgement.phase
        is_told = bool(self.issue.fields.get("reason")) and self.issue.reason is None  # a name that no mapping has
        if phase is Phase.REFUSED and not is_told and self.issue.reason not in self.policy.reasons:
            self._find("no_reason", self._no_reason(), REFUSAL_CLAUSE)
        if phase is Phase.WAITING and judgement.wait is None and question_at(self.issue, self.stretches) is None:
            text = "waits for the client, but nobody asked since: ask in a public note, with the status"
            self._find("no_question", text, self.policy.waiting.clause)
        if phase.is_final:
            return
        if judgement.requested_priority:
            text = f"priority {judgement.requested_priority} is a wish, {judgement.priority} counts: set or confirm it"
            self._find("unconfirmed_priority", text, PRIORITY_CLAUSE)
        if judgement.item_problems:
            items = ", ".join(_shown(each) for each in judgement.item_problems)
            clauses = " and ".join(dict.fromkeys(each.clause for each in judgement.item_problems))
            self._find("incomplete", f"lacks {items}", clauses)

    def _no_reason(self) -> str:
        if self.issue.reason is None:
            return "refused without a reason: set one"
        known = f"which is no reason in the regulation of {self.filed_on}"
        return f"refused for {self.issue.reason}, {known}: set another, or add it there"

    def _look_at_people(self) -> None:
        """Answers of people in no mapped group or role are no first response; say so once for each."""
        strangers = (each.by.name for each in self.issue.events if _is_strangers_answer(each, self.issue))
        for name in dict.fromkeys(strangers):
            text = f"answer by {name!r}, who is no member, does not count: was it staff? Add to `staff.former`"
            self._find("unknown_responder", text)


def first_response_at(issue: Issue) -> datetime | None:
    """When support first answered: a public answer of staff who did not file it, or a status that answers, or its end.

    An operator who filed on a client's behalf is the author; what they add is no answer (regulation, first response).
    """
    return next((each.at for each in issue.events if _is_response(each, issue)), None)


def _is_response(event: Event, issue: Issue) -> bool:
    if event.status and event.status[1].phase.is_final:
        return True
    if not event.by.is_staff:
        return False
    answers_by_status = event.status is not None and event.status[1].is_first_response
    return answers_by_status or (event.is_public_answer and event.by.id != issue.author.id)


def _shown(shortcoming: ItemProblem) -> str:
    item = shortcoming.item.replace("_", " ")
    return f"a right {item}" if shortcoming.is_malformed else item


def _is_strangers_answer(event: Event, issue: Issue) -> bool:
    return event.by.side is Side.UNKNOWN and event.is_public_answer and event.by.id != issue.author.id


def _moment(text: str, zone: ZoneInfo) -> datetime | None:
    try:
        return datetime.strptime(text, MOMENT_FORMAT).replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None

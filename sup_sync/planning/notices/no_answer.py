"""A client who does not answer: one reminder, then the request is closed with a list of actions (clause 15)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sup_sync.errors import CalendarError
from sup_sync.model.issue import Event, Phase, Side
from sup_sync.model.policy import ClockKind
from sup_sync.model.rulebook import Rulebook
from sup_sync.planning.notice import Audience, Notice, NoticeKind, Section, Text
from sup_sync.planning.notice_rule import NoticeRule
from sup_sync.sla import waiting
from sup_sync.sla.phases import events_with_phases, first_phase
from sup_sync.sla.waiting import Wait, is_question

if TYPE_CHECKING:  # commands that only read the files import the declarations, and not the judging of requests
    from sup_sync.planning.case import Case
    from sup_sync.sla.judgement import Judgement

REMINDER = NoticeKind(
    waiting.REMINDER,
    Audience.CLIENT,
    Section.CLIENT_NOTES,
    variables=frozenset({"asked", "due", "wording", "clause"}),
    required=frozenset({"due"}),
)
NO_ANSWER = NoticeKind(
    "no_answer",
    Audience.CLIENT,
    Section.WAITING,
    variables=frozenset({"wording", "asked", "actions", "clause", "quality"}),
    required=frozenset({"wording", "actions", "quality"}),
)

# The note lists only this number of actions, the last ones.
MAX_ACTIONS = 20


def notices(case: Case) -> Iterator[Notice]:
    """Yield the closing note after the time is over, otherwise the reminder; both only in working hours."""
    wait = case.judgement.wait
    if wait is None or not case.is_office_open:
        return
    if case.now > wait.due_at:
        if case.may_send(NO_ANSWER, wait.cycle):
            yield _closing_note(case, wait)
    elif case.now > wait.remind_at and case.may_send(REMINDER, wait.cycle):
        text = case.client_text(
            REMINDER.name,
            asked=case.client_moment(wait.asked_at),
            due=case.client_moment(wait.due_at),
            wording=case.policy.waiting.wording,
            clause=case.policy.client_notes[REMINDER.name],
        )
        reason = f"no answer to the question of {case.admin_moment(wait.asked_at)}"
        clause = case.policy.client_notes[REMINDER.name]
        yield Notice(REMINDER.audience, REMINDER.name, wait.cycle, text, reason, clause)


def _closing_note(case: Case, wait: Wait) -> Notice:
    rule = case.policy.waiting
    text = case.client_text(
        NO_ANSWER.name,
        wording=rule.wording,
        asked=case.client_moment(wait.asked_at),
        actions="\n".join(_actions(case)),
        clause=rule.clause,
        quality=case.policy.quality_address,
    )
    reason = f"no answer by {case.admin_moment(wait.due_at)} to the question of {case.admin_moment(wait.asked_at)}"
    status = case.rules.names.tool_statuses[NO_ANSWER.name]
    return Notice(NO_ANSWER.audience, NO_ANSWER.name, wait.cycle, text, reason, rule.clause, status=status)


def _actions(case: Case) -> list[str]:
    """List the actions from the history: moments and texts of sup-sync, without any text that a person wrote."""
    actions: list[tuple[datetime, str]] = [(case.judgement.issue.created_at, "action_filed")]
    periods = case.judgement.phase_periods  # without slips
    handed_over = {each.span.start for each in periods if each.phase is Phase.DEVELOPMENT}
    before = first_phase(case.judgement.issue)
    for event, phase in events_with_phases(case.judgement.issue):
        key = _action(event, before, phase)
        if key and (key != "action_development" or event.at in handed_over):
            actions.append((event.at, key))
        before = phase
    return [
        case.client_text("action", at=case.client_moment(at), what=case.client_text(key))
        for at, key in actions[-MAX_ACTIONS:]
    ]


def _action(event: Event, before: Phase, phase: Phase) -> str | None:
    """Return the key of an action of support that the client can see; None for other events."""
    is_notice = event.by.side is Side.BOT and event.has_public_note
    if not event.by.is_staff and not is_notice:
        return None
    conditions = {
        "action_asked": is_question(event, phase),
        "action_ended": phase is not before and phase.is_final,
        "action_told": is_notice,
        "action_development": phase is not before and phase is Phase.DEVELOPMENT,
        "action_answered": event.is_public_answer,
        "action_in_work": event.status is not None and phase is Phase.OPEN,
        "action_priority": event.priority is not None,
    }
    return next((key for key, applies in conditions.items() if applies), None)


def next_at(judgement: Judgement, rules: Rulebook, now: datetime) -> Iterator[datetime]:
    """Yield the times of the reminder and of the closing; after hours also the next opening, when they are sent."""
    wait = judgement.wait
    if wait is None:
        return
    yield wait.remind_at
    yield wait.due_at
    if now > wait.remind_at:
        with suppress(CalendarError):
            opening = rules.calendars[ClockKind.WORKING].after(now, timedelta(0))
            if opening > now:
                yield opening


RULE = NoticeRule(
    order=30,
    kinds=(REMINDER, NO_ANSWER),
    due=notices,
    next_at=next_at,
    texts=(
        Text("action", frozenset({"at", "what"}), required=frozenset({"at", "what"})),
        Text("action_filed"),
        Text("action_answered"),
        Text("action_asked"),
        Text("action_in_work"),
        Text("action_development"),
        Text("action_ended"),
        Text("action_priority"),
        Text("action_told"),
    ),
)

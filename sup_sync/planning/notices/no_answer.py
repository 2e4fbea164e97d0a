"""A client who does not answer: reminded once, then the request is ended with what was done by then (clause 15)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sup_sync.model.issue import Event, Phase, Side
from sup_sync.planning.notices.case import Audience, Case, Notice
from sup_sync.sla.phases import first_phase, phases
from sup_sync.sla.waiting import Wait, is_question

NAME, REMINDER = "no_answer", "reminder"

LISTED = 20
"""So many actions at most are listed, the last ones."""


def notices(case: Case) -> Iterator[Notice]:
    """The ending once the time is over, else the reminder; both in working hours only."""
    wait = case.judgement.wait
    if wait is None or not case.is_office_open:
        return
    if case.now > wait.due_at:
        if not case.marker.has(NAME, wait.cycle):
            yield _ending(case, wait)
    elif case.now > wait.remind_at and case.may_send(REMINDER, wait.cycle):
        text = case.client_text(
            REMINDER,
            asked=case.client_moment(wait.asked_at),
            due=case.client_moment(wait.due_at),
            wording=case.policy.waiting.wording,
            clause=case.policy.client_notes[REMINDER],
        )
        reason = f"no answer to the question of {case.shown(wait.asked_at)}"
        yield Notice(Audience.CLIENT, REMINDER, wait.cycle, text, reason, case.policy.client_notes[REMINDER])


def _ending(case: Case, wait: Wait) -> Notice:
    rule = case.policy.waiting
    text = case.client_text(
        NAME,
        wording=rule.wording,
        asked=case.client_moment(wait.asked_at),
        actions="\n".join(_actions(case)),
        clause=rule.clause,
        quality=case.policy.quality_address,
    )
    reason = f"no answer by {case.shown(wait.due_at)} to the question of {case.shown(wait.asked_at)}"
    status = case.rules.names.tool_statuses[NAME]
    return Notice(Audience.CLIENT, NAME, wait.cycle, text, reason, rule.clause, status=status)


def _actions(case: Case) -> list[str]:
    """What was done, by the history alone: moments and our own words, nothing that anybody wrote."""
    done: list[tuple[datetime, str]] = [(case.judgement.issue.created_at, "action_filed")]
    before = first_phase(case.judgement.issue)
    for event, phase in phases(case.judgement.issue):
        key = _action(event, before, phase)
        if key:
            done.append((event.at, key))
        before = phase
    return [
        case.client_text("action", at=case.client_moment(at), what=case.client_text(key)) for at, key in done[-LISTED:]
    ]


def _action(event: Event, before: Phase, phase: Phase) -> str | None:
    """What support did in an event that the client can see; None for what others did."""
    is_told = event.by.side is Side.BOT and event.has_public_note
    if not event.by.is_staff and not is_told:
        return None
    what = {
        "action_asked": is_question(event, phase),
        "action_ended": phase is not before and phase.is_final,
        "action_told": is_told,
        "action_development": phase is not before and phase is Phase.DEVELOPMENT,
        "action_answered": event.is_public_answer,
        "action_in_work": event.status is not None and phase is Phase.OPEN,
        "action_priority": event.priority is not None,
    }
    return next((key for key, is_so in what.items() if is_so), None)

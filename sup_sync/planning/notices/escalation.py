"""The escalation ladder: one private note for the highest step of each clock that is due (clause 3)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from sup_sync.errors import CalendarError
from sup_sync.model.rulebook import Rulebook
from sup_sync.planning.ladder import DueStep, due_step
from sup_sync.planning.notice import Audience, Notice, NoticeKind, Section
from sup_sync.planning.notice_rule import NoticeRule

if TYPE_CHECKING:  # commands that only read the files import the declarations, and not the judging of requests
    from sup_sync.planning.case import Case
    from sup_sync.sla.judgement import Judgement

VARIABLES = frozenset({"metric", "due", "since", "clause", "quality"})
AT_RISK = NoticeKind("at_risk", Audience.STAFF, Section.LADDERS, VARIABLES)
BREACHED = NoticeKind("breached", Audience.STAFF, Section.LADDERS, VARIABLES, required=frozenset({"quality"}))
TO_HEAD = NoticeKind("to_head", Audience.STAFF, Section.LADDERS, VARIABLES, required=frozenset({"quality"}))


def notices(case: Case) -> Iterator[Notice]:
    """Yield the note for the highest due step of each clock; all clocks with the same release share a ladder."""
    agreement = case.judgement.agreement
    clocks = {(clock.name, clock.cycle): clock for clock in reversed(case.judgement.clocks)}
    for clock in reversed(clocks.values()):
        if agreement and (due := due_step(clock, agreement.ladder, case.marker, case.rules.calendars, case.now)):
            yield _notice(case, due)


def _notice(case: Case, due: DueStep) -> Notice:
    metric, step = due.clock.target.metric, due.step
    verdict = case.judgement.verdict_on(due.clock)
    text = case.staff_text(
        step.message,
        metric=case.staff_text(metric),
        due=case.staff_moment(verdict.due_at) if verdict.due_at else "",
        since=case.staff_moment(due.since),
        clause=verdict.clause,
        quality=case.policy.quality_address,
    )
    return Notice(
        Audience.STAFF,
        due.clock.name,
        due.clock.cycle,
        text,
        f"{metric}: {step.key}, since {case.admin_moment(due.since)}",
        verdict.clause,
        share=step.share,
        mentions=step.mentions,
        assign=step.assign,
        notify=step.notify,
    )


def next_at(judgement: Judgement, rules: Rulebook, _now: datetime) -> Iterator[datetime]:
    """Yield the moments at which each running clock reaches the steps of its ladder, in the calendar's years."""
    ladder = judgement.agreement.ladder if judgement.agreement else ()
    for clock in judgement.clocks:
        for step in ladder if clock.is_running else ():
            with suppress(CalendarError):
                at = clock.due_at(rules.calendars, step.share)
                if at:
                    yield at


RULE = NoticeRule(order=70, kinds=(AT_RISK, BREACHED, TO_HEAD), due=notices, next_at=next_at)

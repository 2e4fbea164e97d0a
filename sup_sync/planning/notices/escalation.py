"""The escalation ladder: one private note for the highest step of each clock that is due (clause 3)."""

from __future__ import annotations

from collections.abc import Iterator

from sup_sync.planning.ladder import DueStep, due_step
from sup_sync.planning.notices.case import Audience, Case, Notice


def notices(case: Case) -> Iterator[Notice]:
    agreement = case.judgement.agreement
    clocks = {(clock.name, clock.cycle): clock for clock in reversed(case.judgement.clocks)}  # one ladder for a release
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
        f"{metric}: {step.key}, since {case.shown(due.since)}",
        verdict.clause,
        share=step.share,
        mentions=step.mentions,
        assign=step.assign,
        notify=step.notify,
    )

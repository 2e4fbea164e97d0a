"""What the tool says in the tracker, each rule in a file of its own; the marker keeps all from being said twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sup_sync.planning.notices import acknowledgement, channel, completeness, escalation, no_answer, refusal, release
from sup_sync.planning.notices.case import Audience, Case, Notice

__all__ = ["Audience", "Case", "Notice", "due_notices"]

Rule = Callable[[Case], Iterator[Notice]]

RULES: tuple[Rule, ...] = (
    acknowledgement.notices,
    completeness.notices,
    no_answer.notices,
    refusal.notices,
    channel.notices,
    release.notices,
    escalation.notices,
)
"""In the order in which they stand in a note."""


def due_notices(case: Case) -> tuple[Notice, ...]:
    """All that is to say now; on a request that staff stopped, nothing but that (clause 16)."""
    rules = (refusal.notices,) if case.judgement.is_work_stopped else RULES
    return tuple(notice for rule in rules for notice in rule(case))

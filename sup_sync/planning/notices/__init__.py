"""The notices that sup-sync sends; each module of this package declares some of them as its RULE."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from sup_sync.model.rulebook import Rulebook
from sup_sync.planning.notice import Notice, NoticeKind, Section
from sup_sync.planning.notice_rule import NoticeRule

if TYPE_CHECKING:  # commands that only read the files import the declarations, and not the judging of requests
    from sup_sync.planning.case import Case
    from sup_sync.sla.judgement import Judgement


def _rules() -> tuple[NoticeRule, ...]:
    modules = [import_module(f"{__name__}.{each.name}") for each in iter_modules(__path__)]
    rules: list[NoticeRule] = [module.RULE for module in modules]
    return tuple(sorted(rules, key=lambda rule: rule.order))


RULES = _rules()
KINDS: tuple[NoticeKind, ...] = tuple(kind for rule in RULES for kind in rule.kinds)

_ON_STOPPED_WORK = tuple(rule for rule in RULES if rule.is_for_stopped_work)


def names_in(section: Section) -> tuple[str, ...]:
    """Return the names of the notices that have their line in a section of regulation.yaml."""
    return tuple(kind.name for kind in KINDS if kind.section is section)


def due_notices(case: Case) -> tuple[Notice, ...]:
    """Return the notices to send now; if staff stopped work on the request, only those about the stop (clause 16)."""
    rules = _ON_STOPPED_WORK if case.judgement.is_work_stopped else RULES
    return tuple(notice for rule in rules for notice in rule.due(case))


def next_notices_at(judgement: Judgement, rules: Rulebook, now: datetime) -> Iterator[datetime]:
    """Yield the moments at which time alone may make a notice due, past ones too."""
    for rule in RULES:
        if rule.next_at:
            yield from rule.next_at(judgement, rules, now)

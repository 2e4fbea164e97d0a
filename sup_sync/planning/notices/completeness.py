"""What a request lacks: flagged once to staff, and where the regulation says so asked of the client (11, 12)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sup_sync.errors import CalendarError
from sup_sync.model.issue import Phase
from sup_sync.model.required import ITEMS, ItemProblem
from sup_sync.planning.notice import Audience, Notice, NoticeKind, NoticeRule, Section, Text

if TYPE_CHECKING:  # what only reads the files needs the declarations of notices, and not the judgement of requests
    from sup_sync.planning.case import Case

ASKED = NoticeKind(
    "asked",
    Audience.CLIENT,
    Section.CLIENT_NOTES,
    variables=frozenset({"missing", "due", "wording", "clause"}),
    required=frozenset({"missing", "due"}),
)
INCOMPLETE = NoticeKind(
    "incomplete",
    Audience.STAFF,
    Section.ALERTS,
    variables=frozenset({"missing", "clause"}),
    required=frozenset({"missing"}),
)


def notices(case: Case) -> Iterator[Notice]:
    """Staff are told; a client who filed it themself is asked too, where the status can become the one that waits."""
    judgement = case.judgement
    if judgement.phase.is_final or not judgement.item_problems:
        return
    items = ", ".join(each.item for each in judgement.item_problems)
    is_clients_own = not judgement.issue.author.is_staff
    if is_clients_own and judgement.issue.status.phase is Phase.OPEN and case.may_send(ASKED):
        yield from _asked(case, f"lacks {items}")
    if case.may_send(INCOMPLETE):
        missing = ", ".join(case.staff_text(_key(each)) for each in judgement.item_problems)
        yield case.alert(INCOMPLETE, 0, f"lacks {items}", clause=_clauses(case), missing=missing)


def _asked(case: Case, reason: str) -> Iterator[Notice]:
    """The public question, with the status that starts the waiting clock (clause 15)."""
    rule = case.policy.waiting
    try:
        due_at = case.rules.calendars[rule.clock].after(case.now, rule.within)
    except CalendarError:
        return
    clause = _clauses(case)
    text = case.client_text(
        ASKED.name,
        missing=", ".join(case.client_text(_key(each)) for each in case.judgement.item_problems),
        due=case.client_moment(due_at),
        wording=rule.wording,
        clause=clause,
    )
    status = case.rules.names.tool_statuses[ASKED.name]
    yield Notice(ASKED.audience, ASKED.name, 0, text, reason, clause, status=status)


def _clauses(case: Case) -> str:
    return ", ".join(dict.fromkeys(each.clause for each in case.judgement.item_problems))


def _key(shortcoming: ItemProblem) -> str:
    return f"{'malformed' if shortcoming.is_malformed else 'missing'}_{shortcoming.item}"


RULE = NoticeRule(
    order=20,
    kinds=(ASKED, INCOMPLETE),
    due=notices,
    texts=(
        *(Text(f"missing_{item}") for item in ITEMS),
        Text("malformed_iin"),
        Text("malformed_bin"),
    ),
)

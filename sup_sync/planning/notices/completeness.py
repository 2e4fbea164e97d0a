"""Missing items: staff get one note, and the client is asked if the regulation says so (clauses 11, 12)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sup_sync.errors import CalendarError
from sup_sync.model.issue import Phase
from sup_sync.model.required import ITEMS, ItemProblem
from sup_sync.planning.notice import Audience, Notice, NoticeKind, Section, Text
from sup_sync.planning.notice_rule import NoticeRule

if TYPE_CHECKING:  # commands that only read the files import the declarations, and not the judging of requests
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
    """Yield the note to staff, and a question to a client who filed the request, if it can start to wait."""
    judgement = case.judgement
    if judgement.phase.is_final or not judgement.item_problems:
        return
    items = ", ".join(each.item for each in judgement.item_problems)
    is_clients_own = not judgement.issue.author.is_staff
    if is_clients_own and judgement.issue.status.phase is Phase.OPEN and case.may_send(ASKED):
        yield from _question(case, f"missing: {items}")
    if case.may_send(INCOMPLETE):
        missing = ", ".join(case.staff_text(_key(each)) for each in judgement.item_problems)
        yield case.alert(INCOMPLETE, 0, f"missing: {items}", clause=_clauses(case), missing=missing)


def _question(case: Case, reason: str) -> Iterator[Notice]:
    """Yield the public question, with the status that starts the waiting clock (clause 15)."""
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


def _key(problem: ItemProblem) -> str:
    return f"{'malformed' if problem.is_malformed else 'missing'}_{problem.item}"


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

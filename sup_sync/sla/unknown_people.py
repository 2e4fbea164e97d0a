"""Answers of people who are not in the lists: former staff, strangers, and accounts that were deleted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from zoneinfo import ZoneInfo

from sup_sync.model.anonymous import ANONYMOUS_NAMES
from sup_sync.model.issue import Event, Issue, Person, Side
from sup_sync.model.moments import MOMENT_FORMAT

# The id of a former member of staff whom Redmine does not name any more; no account has it.
NOBODY = 0


def with_counted_answers(issue: Issue, zone: ZoneInfo) -> Issue:
    """Return the issue in which an answer counts as one of staff if the tool has recorded its minute as an answer.

    Redmine passes the journals of a deleted account to its anonymous user, so that the answer would be lost.
    """
    if not issue.counted_answers or all(each.by.side is not Side.UNKNOWN for each in issue.events):
        return issue
    return replace(issue, events=tuple(_counted(each, issue.counted_answers, zone) for each in issue.events))


def _counted(event: Event, counted: frozenset[str], zone: ZoneInfo) -> Event:
    is_counted = event.by.side is Side.UNKNOWN and f"{event.at.astimezone(zone):{MOMENT_FORMAT}}" in counted
    return replace(event, by=Person(NOBODY, event.by.name, Side.STAFF)) if is_counted else event


def unknown_responders(issue: Issue) -> Iterator[str]:
    """Yield a text for each person whose answers do not count, because they are not in a mapped group or role."""
    names = (each.by.name for each in issue.events if _is_by_unknown(each, issue))
    for name in dict.fromkeys(names):
        who = repr(name) if name else "an unnamed person"
        yield f"answer by {who} ignored ({_remedy(name)}"


def _remedy(name: str) -> str:
    if not name or name in ANONYMOUS_NAMES:
        return "a deleted account, or a person without one); check who it was, and answer in public if nobody did"
    return "not a project member); if staff, add to `staff.former`"


def possible_staff(issue: Issue) -> Iterator[str]:
    """Yield a problem for each person who may have acted as staff, as a mapped group or role of staff is gone."""
    people = (issue.author, *(each.by for each in issue.events)) if issue.is_staff_incomplete else ()
    for name in dict.fromkeys(each.name for each in people if each.side is Side.UNKNOWN):
        who = repr(name) if name else "an unnamed person"
        yield f"{who} may be in a group or role of staff that is gone; correct `staff` in mappings/tracker.yaml"


def is_last_answer_unknown(issue: Issue) -> bool:
    """Return whether an unknown person gave the last answer: perhaps support has answered, perhaps not."""
    answers = (each for each in reversed(issue.events) if _is_by_unknown(each, issue) or _is_by_staff(each))
    last = next(answers, None)
    return last is not None and not last.by.is_staff


def _is_by_unknown(event: Event, issue: Issue) -> bool:
    return event.by.side is Side.UNKNOWN and event.is_public_answer and event.by.id != issue.author.id


def _is_by_staff(event: Event) -> bool:
    is_closing = event.status is not None and event.status[1].phase.is_final
    return event.by.is_staff and (event.is_public_answer or is_closing)

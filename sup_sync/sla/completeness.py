"""The items that a request must contain: who asks, and what support needs for the work (clauses 11, 12)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from sup_sync.model.issue import Issue
from sup_sync.model.policy import Requirement
from sup_sync.model.required import EVIDENCE, LINK, ItemProblem

# Clients who act for a company give both items, others give neither.
TOGETHER = {"bin": "organisation", "organisation": "bin"}

DIGITS = 12

# The possible fifth digits of an IIN (a person's number) and of a BIN (a company's number).
PERSONS, COMPANIES = "0123", "456"

# For the first pass, and for the second pass if the first one gives NO_DIGIT.
WEIGHTS: tuple[tuple[int, ...], ...] = ((*range(1, 12),), (*range(3, 12), 1, 2))

MODULUS, NO_DIGIT = 11, 10


def item_problems(issue: Issue, requirements: Sequence[Requirement]) -> Iterator[ItemProblem]:
    """Yield the required items that are missing or invalid, except fields that the request's tracker does not have."""
    for each in requirements:
        if each.categories is not None and issue.category not in each.categories:
            continue
        if each.item == EVIDENCE:
            if not _has_evidence(issue):
                yield ItemProblem(each.item, is_malformed=False, clause=each.clause)
            continue
        text = issue.fields.get(each.item)
        if text is None:
            continue
        text = text.strip()
        if text and not _is_well_formed(each.item, text):
            yield ItemProblem(each.item, is_malformed=True, clause=each.clause)
        elif not text and _is_required(each.item, issue.fields):
            yield ItemProblem(each.item, is_malformed=False, clause=each.clause)


def _is_required(item: str, fields: Mapping[str, str]) -> bool:
    return item not in TOGETHER or bool(fields.get(TOGETHER[item], "").strip())


def _has_evidence(issue: Issue) -> bool:
    """Return whether it has a screenshot (a file of any kind) or a link; True if its files are not known."""
    is_given = issue.has_file is not False or any(each.has_attachment for each in issue.events)
    return is_given or bool(issue.fields.get(LINK, "").strip())


def _is_well_formed(item: str, text: str) -> bool:
    if item == "iin":
        return is_iin(text)
    if item == "bin":
        return is_bin(text)
    return True


def is_iin(text: str) -> bool:
    """Return whether a text is a person's number (ЖСН) with the right check digit."""
    return _is_number(text, PERSONS)


def is_bin(text: str) -> bool:
    """Return whether a text is a company's number (БСН) with the right check digit."""
    return _is_number(text, COMPANIES)


def _is_number(text: str, fifth: str) -> bool:
    return bool(re.fullmatch(r"[0-9]{12}", text)) and text[4] in fifth and check_digit(text) == int(text[-1])


def check_digit(number: str) -> int | None:
    """Compute the check digit from the first eleven digits; None if no number is issued with these digits."""
    digits = [int(each) for each in number[: DIGITS - 1]]
    for weights in WEIGHTS:
        rest = sum(digit * weight for digit, weight in zip(digits, weights, strict=True)) % MODULUS
        if rest != NO_DIGIT:
            return rest
    return None

"""What a request has to carry: who asks, and what support needs to work on it (clauses 11, 12)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from sup_sync.model.issue import Issue
from sup_sync.model.policy import Requirement
from sup_sync.model.required import EVIDENCE, LINK, ItemProblem

TOGETHER = {"bin": "organisation", "organisation": "bin"}
"""Who acts for a company gives both, who does not gives neither."""

DIGITS = 12
PERSONS, COMPANIES = "0123", "456"
"""The fifth digit tells an IIN, a person's number, from a BIN, a company's."""

WEIGHTS: tuple[tuple[int, ...], ...] = ((*range(1, 12),), (*range(3, 12), 1, 2))
"""Those of the first pass, and of the second where the first gives no digit."""

MODULUS, NO_DIGIT = 11, 10


def item_problems(issue: Issue, requirements: Sequence[Requirement]) -> Iterator[ItemProblem]:
    """What a request lacks of what is required; a field that its tracker does not have cannot be asked for."""
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
        elif not text and _is_wanted(each.item, issue.fields):
            yield ItemProblem(each.item, is_malformed=False, clause=each.clause)


def _is_wanted(item: str, fields: Mapping[str, str]) -> bool:
    return item not in TOGETHER or bool(fields.get(TOGETHER[item], "").strip())


def _has_evidence(issue: Issue) -> bool:
    """A screenshot, as a file of any kind, or a link; where nothing tells of files, it is not missed."""
    is_given = issue.has_file is not False or any(each.has_attachment for each in issue.events)
    return is_given or bool(issue.fields.get(LINK, "").strip())


def _is_well_formed(item: str, text: str) -> bool:
    if item == "iin":
        return is_iin(text)
    if item == "bin":
        return is_bin(text)
    return True


def is_iin(text: str) -> bool:
    """Whether a text is a person's number (ЖСН) with the right check digit."""
    return _is_number(text, PERSONS)


def is_bin(text: str) -> bool:
    """Whether a text is a company's number (БСН) with the right check digit."""
    return _is_number(text, COMPANIES)


def _is_number(text: str, fifth: str) -> bool:
    return bool(re.fullmatch(r"[0-9]{12}", text)) and text[4] in fifth and check_digit(text) == int(text[-1])


def check_digit(number: str) -> int | None:
    """The check digit of a number by its first eleven digits; None where no such number is given out."""
    digits = [int(each) for each in number[: DIGITS - 1]]
    for weights in WEIGHTS:
        rest = sum(digit * weight for digit, weight in zip(digits, weights, strict=True)) % MODULUS
        if rest != NO_DIGIT:
            return rest
    return None

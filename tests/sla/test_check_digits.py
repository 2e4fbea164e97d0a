"""The check digits of an IIN, a person's number, and a BIN, a company's (clause 11)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sup_sync.sla.completeness import check_digit, is_bin, is_iin

KAZATOMPROM, KAZMUNAYGAS = "970240000816", "020240000555"
PERSON = "850315300128"
NO_DIGIT = ("85031500191", "97024000083")

elevens = st.text("0123456789", min_size=11, max_size=11)
many = settings(max_examples=500, deadline=None, derandomize=True)


def oracle(eleven: str) -> str | None:
    """Compute the twelfth digit by the rule: the weights start at 1, or at 3 if the result is ten."""
    for first in (1, 3):
        total = 0
        for place in range(11):
            weight = first + place
            if weight > 11:
                weight -= 11
            total += int(eleven[place]) * weight
        if total % 11 < 10:
            return str(total % 11)
    return None


@many
@given(elevens)
def test_check_digit_follows_the_rule(eleven: str) -> None:
    expected = oracle(eleven)
    assert check_digit(eleven) == (None if expected is None else int(expected))


@many
@given(elevens)
def test_only_one_last_digit_is_valid_and_only_as_iin_or_bin(eleven: str) -> None:
    persons = [last for last in "0123456789" if is_iin(eleven + last)]
    companies = [last for last in "0123456789" if is_bin(eleven + last)]
    expected = [last for last in (oracle(eleven),) if last is not None]
    assert persons == (expected if eleven[4] in "0123" else [])
    assert companies == (expected if eleven[4] in "456" else [])


@many
@given(st.text(max_size=14) | st.text("0123456789٣٠", min_size=10, max_size=14))
def test_any_text_is_valid_or_invalid_and_never_an_error(text: str) -> None:
    if is_iin(text) or is_bin(text):
        assert len(text) == 12
        assert set(text) <= set("0123456789")


@pytest.mark.parametrize("number", [KAZATOMPROM, KAZMUNAYGAS])
def test_numbers_of_known_companies_are_valid(number: str) -> None:
    assert is_bin(number)


def test_number_of_a_known_company_needs_the_second_pass() -> None:
    digits = [int(each) for each in KAZATOMPROM]
    assert sum(digit * weight for digit, weight in zip(digits, range(1, 12), strict=False)) % 11 == 10


@pytest.mark.parametrize("eleven", NO_DIGIT)
def test_number_without_a_check_digit_in_both_passes_is_invalid(eleven: str) -> None:
    assert check_digit(eleven) is None
    assert not any(is_right(f"{eleven}{last}") for last in range(10) for is_right in (is_iin, is_bin))


@pytest.mark.parametrize(
    "text",
    [
        "850315300129",
        "85031530012",
        "8503153001280",
        "8503153OO128",
        "٨٥٠٣١٥٣٠٠١٢٨",
        "８５０３１５３００１２８",
        "850315 300128",
        "850315-300128",
        "+85031530012",
        "850315300128\n",
        "",
        KAZATOMPROM,
        KAZMUNAYGAS,
    ],
)
def test_invalid_iin_is_rejected(text: str) -> None:
    assert is_iin(PERSON)
    assert not is_iin(text)


@pytest.mark.parametrize(
    "text", ["970240000817", "97024000081", "9702400008160", "97024000081б", "٩٧٠٢٤٠٠٠٠٨١٦", "", PERSON]
)
def test_invalid_bin_is_rejected(text: str) -> None:
    assert not is_bin(text)

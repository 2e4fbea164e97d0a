"""A text is reported when it appears, when it changes, and then once a day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from sup_sync.run.cache import IN_MEMORY, Cache
from sup_sync.run.reported import select_unreported

MONDAY, TUESDAY = "2026-06-08", "2026-06-09"


@pytest.fixture
def cache() -> Iterator[Cache]:
    with Cache(IN_MEMORY) as opened:
        yield opened


def report(cache: Cache, texts: Mapping[str, str], day: str = MONDAY, checked: set[str] | None = None) -> set[str]:
    return set(select_unreported(cache, "finding", texts, day, checked))


def test_text_is_reported_once_a_day(cache: Cache) -> None:
    days = [MONDAY, MONDAY, TUESDAY, TUESDAY]
    assert [report(cache, {"7": "no channel"}, day) for day in days] == [{"7"}, set(), {"7"}, set()]


def test_changed_text_is_reported_at_once(cache: Cache) -> None:
    report(cache, {"7": "no channel", "8": "no level"})
    assert report(cache, {"7": "no category", "8": "no level"}) == {"7"}


def test_text_that_appears_again_is_reported_again(cache: Cache) -> None:
    report(cache, {"7": "no channel"})
    assert report(cache, {}) == set()
    assert report(cache, {"7": "no channel"}) == {"7"}


def test_text_of_an_unchecked_request_stays_reported_that_day(cache: Cache) -> None:
    report(cache, {"7": "no channel"})
    report(cache, {}, checked={"8"})
    assert report(cache, {"7": "no channel"}, checked={"7"}) == set()
    report(cache, {}, checked={"7"})
    assert report(cache, {"7": "no channel"}, checked={"7"}) == {"7"}


def test_kinds_are_separate(cache: Cache) -> None:
    report(cache, {"7": "x"})
    assert select_unreported(cache, "write", {"7": "x"}, MONDAY) == {"7"}

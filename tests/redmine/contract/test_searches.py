"""The searches for staff find their requests; a filter that Redmine silently drops is found by counting."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from support.worlds import BOT, World

from sup_sync.model.change import Change
from sup_sync.model.directory import Directory
from sup_sync.redmine.reader import Reader
from sup_sync.redmine.searches import Search, check_searches, make_searches
from sup_sync.redmine.writer import Writer


@pytest.fixture
def searches(world: World, directory: Directory, writer: Writer) -> tuple[Search, ...]:
    """The three searches, with requests in each of their states and one in another."""
    for state in ("breached", "breached", "at_risk", "waiting", "on_track"):
        issue_id = world.file("client", "alatau")
        writer.update(issue_id, [Change(issue_id, "state", "", directory.names.states[state], "for a test")], directory)
    return make_searches(directory)


def test_each_search_finds_the_open_requests_in_its_state(reader: Reader, searches: tuple[Search, ...]) -> None:
    rows = reader.fetch_rows(status="open")
    counts = [reader.count(each.filters) for each in searches]
    assert counts == [each.count(rows) for each in searches]
    assert all(0 < number < len(rows) for number in counts)
    assert check_searches(searches, counts, rows) == []


def test_search_by_a_field_without_filter_finds_all_and_is_reported(
    world: World, reader: Reader, searches: tuple[Search, ...]
) -> None:
    unfiltered = [replace(each, field_id=world.id_of("custom_fields", "Сүзгісіз")) for each in searches]
    rows = reader.fetch_rows(status="open")
    counts = [reader.count(each.filters) for each in unfiltered]
    assert set(counts) == {len(rows)}
    problems = check_searches(unfiltered, counts, rows)
    assert [each.is_warning for each in problems] == [True] * 3
    assert str(problems[0]).startswith(
        f"warning: the search for requests that are breached finds {len(rows)} instead of 0; set"
    )


@pytest.mark.parametrize("world", ["real"], indirect=True)  # the fake has no pages of lists
def test_address_of_a_search_shows_the_same_requests_on_a_page(
    world: World, reader: Reader, searches: tuple[Search, ...]
) -> None:
    for search in searches:
        page = world.call(BOT, "GET", search.address("")).text
        assert len(set(re.findall(r'id="issue-(\d+)"', page))) == reader.count(search.filters)

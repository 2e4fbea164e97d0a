"""The searches for staff find what they say, and nobody is told when Redmine drops a filter: so it is counted."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from support.worlds import BOT, World

from sup_sync.model.change import Change
from sup_sync.model.directory import Directory
from sup_sync.redmine.reader import Reader
from sup_sync.redmine.searches import Search, check_searches, searches_of
from sup_sync.redmine.writer import Writer


@pytest.fixture
def searches(world: World, directory: Directory, writer: Writer) -> tuple[Search, ...]:
    """The three, where requests are in each of the states, and one in none."""
    for state in ("breached", "breached", "at_risk", "waiting", "on_track"):
        issue_id = world.file("client", "alatau")
        writer.update(issue_id, [Change(issue_id, "state", "", directory.names.states[state], "for a test")], directory)
    return searches_of(directory)


def test_each_search_finds_the_open_requests_in_its_state(reader: Reader, searches: tuple[Search, ...]) -> None:
    rows = reader.fetch_rows(status="open")
    found = [reader.count(each.filters) for each in searches]
    assert found == [each.count(rows) for each in searches]
    assert all(0 < number < len(rows) for number in found)
    assert check_searches(searches, found, rows) == []


def test_search_by_a_field_without_filter_finds_all_and_is_reported(
    world: World, reader: Reader, searches: tuple[Search, ...]
) -> None:
    plain = [replace(each, field_id=world.id_of("custom_fields", "Сүзгісіз")) for each in searches]
    rows = reader.fetch_rows(status="open")
    found = [reader.count(each.filters) for each in plain]
    assert set(found) == {len(rows)}
    told = check_searches(plain, found, rows)
    assert [each.is_warning for each in told] == [True] * 3
    assert str(told[0]).startswith(
        f"warning: the search for what is breached finds {len(rows)} open requests of 0: tick"
    )


@pytest.mark.parametrize("world", ["real"], indirect=True)  # the fake has no pages of lists
def test_address_of_a_search_shows_the_same_requests_on_a_page(
    world: World, reader: Reader, searches: tuple[Search, ...]
) -> None:
    for search in searches:
        page = world.call(BOT, "GET", search.address("")).text
        assert len(set(re.findall(r'id="issue-(\d+)"', page))) == reader.count(search.filters)

"""The text of the marker field: the record of the notices that were sent."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sup_sync.planning.marker import Marker, MarkerError, format_marker, parse_marker

names = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=20)
cycles = st.integers(0, 999_999_999)
shares = st.integers(1, 99_999).map(lambda hundredths: hundredths / 100)
markers = st.builds(
    Marker,
    sent=st.dictionaries(st.tuples(names, cycles), shares, max_size=8),
    release_on=st.none() | st.dates(),
)


@given(markers)
def test_formatted_marker_is_parsed_unchanged(marker):
    assert parse_marker(format_marker(marker, 7)) == marker


@given(markers, names, cycles, shares)
def test_with_sent_adds_entries_and_keeps_the_others(marker, name, cycle, share):
    after = marker.with_sent({(name, cycle): share})
    assert after.has(name, cycle, share)
    assert after.release_on == marker.release_on
    assert {**after.sent, (name, cycle): share} == after.sent == {**marker.sent, (name, cycle): share}


@given(markers)
def test_marker_text_does_not_depend_on_the_order_of_notices(marker):
    backwards = Marker(dict(reversed(marker.sent.items())), marker.release_on)
    assert format_marker(backwards, 7) == format_marker(marker, 7)


def test_marker_format_in_redmine():
    text = "issue=7 acknowledged#0@1.00 release_on=2026-06-30 resolution#1@0.75"
    marker = Marker({("acknowledged", 0): 1.0, ("resolution", 1): 0.75}, date(2026, 6, 30))
    assert (parse_marker(text), format_marker(marker, 7)) == (marker, text)
    assert parse_marker(text.removeprefix("issue=7 ")) == marker


@pytest.mark.parametrize("text", ["", " ", "\r\n"])
def test_empty_field_is_an_empty_marker(text):
    assert parse_marker(text) == Marker()
    assert format_marker(Marker(), 7) == ""


def test_extra_spaces_in_a_marker_are_ignored():
    assert parse_marker("  resolution#0@1.00 \t acknowledged#0@1.00\n").sent == {
        ("resolution", 0): 1.0,
        ("acknowledged", 0): 1.0,
    }


def test_sent_step_covers_lower_steps_only_in_its_cycle():
    marker = Marker({("resolution", 1): 1.0})
    assert [marker.has("resolution", 1, share) for share in (0.75, 1.0, 1.004, 1.01, 2.0)] == [
        *(True, True, True),
        *(False, False),
    ]
    assert not marker.has("resolution", 0, 0.75)
    assert not marker.has("first_response", 1, 0.75)
    assert (marker.share("resolution", 1), marker.share("resolution")) == (1.0, 0.0)


@pytest.mark.parametrize(
    "word",
    [
        "sent",
        "acknowledged",
        "acknowledged#0",
        "acknowledged@1.00",
        "#0@1.00",
        "acknowledged#@1.00",
        "acknowledged#0@",
        "acknowledged#0@1",
        "acknowledged#0@1.0",
        "acknowledged#0@1.000",
        "acknowledged#0@.50",
        "acknowledged#0@-1.00",
        "acknowledged#0@1,00",
        "acknowledged#0@1000.00",
        "acknowledged#-1@1.00",
        "acknowledged#1234567890@1.00",
        "Acknowledged#0@1.00",
        "acknowledged2#0@1.00",
        "тіркелді#0@1.00",
        "acknowledged#0@1.00,resolution#0@1.00",
        "acknowledged#0@1.00resolution#0@1.00",
        "acknowledged #0@1.00",
        "issue=",
        "issue=x",
        "issue=-1",
        "release_on",
        "release_on=",
        "release_on=2026-6-30",
        "release_on=20260630",
        "release_on=2026-06-31",
        "release_on=30.06.2026",
        "release_on=2026-06-30T00:00",
        "Release_on=2026-06-30",
        "v1 breached",
        "<b>",
    ],
)
def test_marker_with_invalid_text_in_any_place_is_rejected(word):
    for text in (word, f"acknowledged#0@1.00 {word}", f"{word} release_on=2026-06-30"):
        with pytest.raises(MarkerError):
            parse_marker(text)

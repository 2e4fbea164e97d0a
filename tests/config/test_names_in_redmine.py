"""Mistakes in tracker.yaml: ignored trackers and former values."""

from __future__ import annotations

from pathlib import Path

import pytest
from stories.shipped import Copy


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return Copy(tmp_path)


def test_ignored_tracker_and_former_values_are_read(copy: Copy) -> None:
    copy.replace("tracker.yaml", "\n\nstatuses:", "\n  Ішкі: ignore\n\nstatuses:")
    copy.replace(
        "tracker.yaml", "former_values: {}", "former_values: {channels: {E-mail: email}, states: {Late: breached}}"
    )
    names = copy.load().rules.names
    assert (names.ignored_trackers, "Ішкі" in names.trackers) == ({"Ішкі"}, False)
    assert (names.key_of("channel", "E-mail"), names.key_of("channel", "Электрондық пошта")) == ("email", "email")
    assert (names.key_of("state", "Late"), names.key_of("level", "E-mail")) == ("breached", None)


@pytest.mark.parametrize(
    ("old", "new", "mistake"),
    [
        ("Ұсыныс: {category: suggestion}", "Ұсыныс: ignored", "Ұсыныс: invalid value 'ignored'; write 'ignore'"),
        ("Ұсыныс: {category: suggestion}", "Ұсыныс: {categori: suggestion}", "unknown key 'categori'"),
        ("former_values: {}", "former_values: {channels: {E-mail: mail}}", "channel 'mail' is not defined"),
        ("former_values: {}", "former_values: {channel: {}}", "unknown key 'channel'"),
        (
            "former_values: {}",
            "former_values: {levels: {VIP: vip}}",
            '"VIP" is already the name of vip; remove it here',
        ),
    ],
)
def test_mistake_has_one_line_with_its_place(copy: Copy, old: str, new: str, mistake: str) -> None:
    copy.replace("tracker.yaml", old, new)
    mistakes = [each for each in copy.mistakes() if mistake in each]
    assert len(mistakes) == 1, copy.mistakes()
    assert mistakes[0].startswith(f"tracker.yaml:{copy.line('tracker.yaml', new)}: ")

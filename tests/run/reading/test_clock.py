"""Runs under a clock that was fast and was then set back: each request is still judged on time."""

from __future__ import annotations

from dataclasses import replace

import pytest
from end_to_end.scene import HEAD, OPERATOR
from run.reading.cached_site import CachedSite
from run.reading.test_interrupted import interrupt
from stories.shipped import Copy

from sup_sync.run.write import OutcomeKind


def test_interrupted_first_run_under_a_fast_clock_leaves_no_gap(site: CachedSite) -> None:
    """The machine's clock is five hours fast until it is corrected."""
    ids = [site.diary.file("Mon 09:00") for _ in range(3)]
    site.run_with_error("Mon 14:02", KeyboardInterrupt, progress=interrupt(2))
    assert set(site.run("Mon 09:05").result.outcomes) == set(ids)
    assert site.cached_ids() == set(ids)
    site.run("Mon 09:10")
    assert site.run("Mon 09:15").is_idle
    assert set(site.run("Mon 11:05").result.outcomes) == set(ids)


def test_note_deferred_under_a_fast_clock_is_sent_on_time(
    site: CachedSite, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The clock shows 22:00, in quiet hours until the morning; the real time is 14:00."""
    copy = Copy(tmp_path_factory.mktemp("quiet"))
    copy.replace("config.yaml", "# quiet_hours: 21:00-08:00 ", "quiet_hours: 21:00-08:00 ")
    site.diary.config = replace(site.diary.config, rules=copy.load().rules)
    issue_id = site.diary.file("Mon 13:50")
    for now in ("Mon 22:00", "Mon 22:05", "Mon 22:10"):
        site.run(now)
    assert site.run("Mon 14:15").result.outcomes == {issue_id: OutcomeKind.APPLIED}
    assert len(site.diary.notes(OPERATOR, issue_id, private=False)) == 1


def test_change_after_redmines_clock_was_set_back_is_seen(site: CachedSite) -> None:
    issue_id = site.diary.file("Mon 09:00")
    site.run_until_idle("Mon 09:05", "Mon 09:10", "Mon 10:10")
    with site.diary.at("Mon 10:11", issue_id) as world:
        world.note(OPERATOR, issue_id, "Ішкі", private=True)
    site.run_until_idle("Mon 10:15", "Mon 10:20")
    with site.diary.at("Mon 09:21", issue_id) as world:
        world.note(HEAD, issue_id, "Жауап")
    assert site.run("Mon 09:25").result.outcomes == {issue_id: OutcomeKind.APPLIED}
    site.run("Mon 09:30")
    assert site.run("Mon 09:35").is_idle

"""A clock of ours that ran ahead and was set back keeps nothing from being looked at when its time comes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from end_to_end.scene import HEAD, OPERATOR
from run.reading.office import Office
from run.reading.test_interrupted import interrupt
from stories.shipped import Copy

from sup_sync.run.write import OutcomeKind


def test_interrupted_first_run_under_a_fast_clock_leaves_no_gap(office: Office) -> None:
    """The machine's clock is five hours ahead until it hears of the right time."""
    ids = [office.diary.file("Mon 09:00") for _ in range(3)]
    office.broken("Mon 14:02", KeyboardInterrupt, progress=interrupt(2))
    assert set(office.run("Mon 09:05").ran.outcomes) == set(ids)
    assert office.remembered() == set(ids)
    office.run("Mon 09:10")
    assert office.run("Mon 09:15").is_idle
    assert set(office.run("Mon 11:05").ran.outcomes) == set(ids)


def test_note_deferred_under_a_fast_clock_is_sent_on_time(
    office: Office, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """At what looks like 22:00 clients are left in peace until the morning; in truth it is 14:00."""
    copy = Copy(tmp_path_factory.mktemp("quiet"))
    copy.replace("config.yaml", "# quiet_hours: 21:00-08:00 ", "quiet_hours: 21:00-08:00 ")
    office.diary.config = replace(office.diary.config, rules=copy.load().rules)
    issue_id = office.diary.file("Mon 13:50")
    for now in ("Mon 22:00", "Mon 22:05", "Mon 22:10"):
        office.run(now)
    assert office.run("Mon 14:15").ran.outcomes == {issue_id: OutcomeKind.APPLIED}
    assert len(office.diary.notes(OPERATOR, issue_id, private=False)) == 1


def test_change_after_redmines_clock_was_set_back_is_seen(office: Office) -> None:
    issue_id = office.diary.file("Mon 09:00")
    office.mark_idle("Mon 09:05", "Mon 09:10", "Mon 10:10")
    with office.diary.at("Mon 10:11", issue_id) as world:
        world.note(OPERATOR, issue_id, "Ішкі", private=True)
    office.mark_idle("Mon 10:15", "Mon 10:20")
    with office.diary.at("Mon 09:21", issue_id) as world:
        world.note(HEAD, issue_id, "Жауап")
    assert office.run("Mon 09:25").ran.outcomes == {issue_id: OutcomeKind.APPLIED}
    office.run("Mon 09:30")
    assert office.run("Mon 09:35").is_idle

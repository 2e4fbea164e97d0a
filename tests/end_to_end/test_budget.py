"""Busy days: a flood of one client and a long outage are written over several runs, and nobody else waits for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests
from end_to_end.diary import Diary
from end_to_end.scene import BASE, CLIENT, CONSULTATION, MURAGER, OPERATOR, VIP, make_fake
from stories.shipped import shipped_config
from support.promises import DRAINED, LIMITS
from support.worlds import FakeWorld

from sup_sync.errors import UnsafePlan
from sup_sync.planning.limits import Limits
from sup_sync.run.cache import CacheFile
from sup_sync.run.write import OutcomeKind


@pytest.fixture
def size(request: pytest.FixtureRequest) -> int:
    """The factor by which the busy days are larger with --all."""
    return 20 if request.config.getoption("--all") else 1


@pytest.fixture
def busy(size: int, tmp_path: Path) -> Iterator[Diary]:
    """A site with a cache, and limits in proportion to its size."""
    world = FakeWorld()
    make_fake(world)
    config = replace(shipped_config(), limits=Limits(notes=5 * size, status_changes=2, changed_share=0.5))
    with world.rest.running():
        yield Diary(world, config, CacheFile(tmp_path / "cache", pytest.fail))


def drain(diary: Diary, now: str, issue_ids: list[int]) -> Iterator[set[int]]:
    """Run until nothing is left, and yield the requests written by each run."""
    while True:
        run = diary.run(now)
        assert sum(len(each.notes) for each in run.done.outcomes) <= diary.config.limits.notes
        assert set(run.outcomes.values()) <= {OutcomeKind.APPLIED}
        assert run.done.is_complete == (not run.done.postponed)
        assert set(run.done.postponed) <= set(issue_ids)
        yield set(run.outcomes)
        if run.done.is_complete:
            return


@pytest.mark.parametrize("has_cache", [True, False], ids=["known mappings", "cache deleted"])
def test_flood_of_one_client_delays_no_other_client(
    busy: Diary, size: int, count_promise: Callable[[str, str], None], has_cache: bool
) -> None:
    if has_cache:
        assert busy.run("Wed 08:00").done.is_complete
    count = 25 * size
    flood = [busy.file(f"Wed 09:{number * 60 // count:02}", CLIENT, VIP) for number in range(count)]
    others = [busy.file("Wed 09:59", OPERATOR, VIP), busy.file("Wed 09:59", CLIENT, MURAGER, CONSULTATION)]
    first, *later = drain(busy, "Wed 10:00", flood)
    assert set(others) < first
    assert len(later) <= 2 * count / busy.config.limits.notes
    assert set(flood) == (first | set[int]().union(*later)) - set(others)
    for issue_id in (*flood, *others):
        assert len(busy.notes(CLIENT, issue_id, private=False)) == 1
    assert busy.run("Wed 10:00").puts == 0
    count_promise(DRAINED, f"{count} requests of one client in an hour")


def test_requests_due_after_an_outage_are_escalated_over_several_runs(
    busy: Diary, size: int, count_promise: Callable[[str, str], None]
) -> None:
    count = 50 * size
    roomy = replace(busy.config, limits=Limits(notes=10 * count, status_changes=2, changed_share=0.5))
    many = [busy.file(f"last Fri 1{number * 6 // count}:00", OPERATOR, BASE, CONSULTATION) for number in range(count)]
    others = [busy.file("last Fri 15:30", CLIENT, VIP), busy.file("last Fri 15:30", CLIENT, MURAGER, CONSULTATION)]
    assert busy.run("last Fri 15:35", config=roomy, force=True).done.is_complete
    busy.run("last Fri 15:35")
    first, *later = drain(busy, "Tue 09:10", many)
    assert set(others) < first
    assert set(many) == (first | set[int]().union(*later)) - set(others)
    assert len(later) <= count / busy.config.limits.notes
    for issue_id in (*many, *others):
        notes = 2 if issue_id == others[1] else 1  # also about its channel
        assert len(busy.notes(OPERATOR, issue_id)) == notes
    assert busy.run("Tue 09:10").puts == 0
    count_promise(DRAINED, f"{count} requests due after an outage, other requests first")


def test_requests_due_after_an_outage_wait_for_a_review_if_the_cache_is_deleted(
    busy: Diary, size: int, tmp_path: Path, count_promise: Callable[[str, str], None]
) -> None:
    late = [busy.file("last Fri 10:00", CLIENT, VIP) for _ in range(7 * size)]
    busy.run("last Fri 10:01", force=True)
    (tmp_path / "cache").unlink()
    session = busy.session()
    text = rf"{7 * size} notes on late or earlier requests \(limit {5 * size}\)"
    with pytest.raises(UnsafePlan, match=text):
        busy.run("Tue 09:10", session=session)
    assert session.requests_made["PUT"] == 0
    count_promise(LIMITS, "late requests after an outage, without a cache")
    assert set(busy.run("Tue 09:10", force=True).outcomes) == set(late)
    assert busy.run("Tue 09:10").puts == 0


def test_known_mappings_survive_a_reboot(busy: Diary, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    late = [busy.file("last Fri 10:00", CLIENT, VIP) for _ in range(7 * size)]
    busy.run("last Fri 10:01", force=True)
    monkeypatch.setattr("sup_sync.run.cache.boot_id", lambda: "after the reboot")
    assert set().union(*drain(busy, "Tue 09:10", late)) == set(late)


def test_mappings_are_not_known_before_all_projects_were_read(busy: Diary, size: int) -> None:
    for _ in range(7 * size):
        busy.file("last Fri 10:00", CLIENT, VIP)
    session = busy.session()
    session._http.hooks["response"].append(_fail_own_lists)
    assert busy.run("last Fri 10:01", session=session).done.unread_projects
    with pytest.raises(UnsafePlan):
        busy.run("Tue 09:10")


def _fail_own_lists(response: requests.Response, *_: Any, **__: Any) -> None:
    if "sort=updated_on" in (response.request.path_url or ""):
        response.status_code = 500

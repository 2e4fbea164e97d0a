"""Random changes of an administrator between runs, while people go on working: the others are served as usual."""

from __future__ import annotations

import shutil
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest
from end_to_end.scene import OPERATOR
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from odd.busy_site import COUNT, FIRST_RUN, KINDS, BusySite, base_files
from odd.catalogue import DONE_OR_PARTLY, Odd
from odd.changes import show
from odd.test_one_odd_thing import CATALOGUE, by_request, check_others, differences, make_odd, names_head
from stories.moments import ZONE, read_moment

# the odd things that leave most requests as they are
COMBINABLE = [each for each in CATALOGUE if each.codes == DONE_OR_PARTLY]
MOST_AT_ONCE = 20
SMALL = tuple(number for number in range(COUNT) if (number + number // len(KINDS)) % 4 == 0)  # 15 requests
MINUTES = st.sampled_from([1, 16, 31, 61, 125, 245, 485, 24 * 60])


@cache
def small_site() -> BusySite:
    folder = Path(mkdtemp())
    return BusySite(base_files(folder), folder, SMALL)


def search_settings(*, examples: int, steps: int = 50) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        derandomize=True,
        database=None,
        deadline=None,
        print_blob=False,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )


@pytest.mark.parametrize("is_used", [False, True], ids=["first run", "later run"])
def test_others_are_written_as_usual_among_up_to_20_odd_things(is_used: bool, request: pytest.FixtureRequest) -> None:
    combinations = st.lists(st.sampled_from(COMBINABLE), min_size=2, max_size=MOST_AT_ONCE, unique=True)

    @search_settings(examples=60 if request.config.getoption("--all") else 6)
    @given(combinations)
    def check(odds: list[Odd]) -> None:
        folder = Path(mkdtemp())
        check_others(tuple(odds), str(len(odds)), folder, is_used=is_used, is_thorough=True)
        shutil.rmtree(folder)

    check()


class Administration(RuleBasedStateMachine):
    """A site that changes, and its twin that does not; people do the same in both."""

    @initialize()
    def set_up(self) -> None:
        self.folder = Path(mkdtemp())
        self.site, self.twin = (small_site().copy(self.folder / each / "files") for each in ("site", "twin"))
        self.affected: set[int] = set()
        self.is_head_odd = self.is_unseen = False
        self.count = 0
        self.now = read_moment(FIRST_RUN)
        self.run()

    @property
    def at(self) -> str:
        return f"{self.now.astimezone(ZONE):%Y-%m-%d %H:%M}"

    @property
    def usual(self) -> list[int]:
        return [each for each in self.site.ids if each not in self.affected]

    @rule(change=st.sampled_from(COMBINABLE))
    def the_administrator_changes(self, change: Odd) -> None:
        self.count += 1
        self.site.tracker.now = self.now
        with suppress(AssertionError, ValueError):  # what an earlier change made impossible
            self.affected |= make_odd(self.site, (change,), f"{change.name} {self.count}")
            self.is_head_odd |= change.of_head
            self.is_unseen |= change.is_unseen

    @rule()
    def a_hidden_project_is_back(self) -> None:
        if self.site.hidden:
            show(self.site)

    @rule(minutes=MINUTES)
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        self.run()

    @rule(which=st.integers(0, 14), action=st.sampled_from(["client", "staff", "ask"]))
    def a_person_writes(self, which: int, action: str) -> None:
        if not self.usual:
            return
        number = self.usual[which % len(self.usual)]
        self.now += timedelta(minutes=1)
        for site in (self.site, self.twin):
            issue = site.issue(number)
            who = issue.author if action == "client" else site.user(OPERATOR)
            status = {"status": site.waiting.name} if action == "ask" else {}
            site.act(self.at, who, issue, notes=f"Сөз {self.at}", **status)

    @rule()
    def run(self) -> None:
        """Run on both sites; without the cache, the plan is the same."""
        without_cache = self.site.copy(self.folder / "copy" / "files").plan(self.at)
        for site, name in ((self.site, "site"), (self.twin, "twin")):
            ran = site.run(self.at, cache=self.folder / name / "cache")
            assert ran.code in DONE_OR_PARTLY, ran.text
            if site is self.site and not (self.is_head_odd and self.is_unseen):
                ids = self.usual if self.is_unseen else None
                assert by_request(ran.changes, ids) == by_request(without_cache, ids), "the cache changes decisions"
        people = {key for key, state in self.twin.states().items() if names_head(state)} if self.is_head_odd else set()
        assert not differences(self.twin.states(), self.site.states(), self.usual, people)
        for number in (each.id for each in self.site.tracker.issues):
            notes = Counter(self.site.state_of(number).notes)
            assert not [each for each, count in notes.items() if count > 1], "a note was sent twice"

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            shutil.rmtree(self.folder)


def test_others_are_served_while_an_administrator_changes_redmine(request: pytest.FixtureRequest) -> None:
    examples = 60 if request.config.getoption("--all") else 6
    run_state_machine_as_test(Administration, settings=search_settings(examples=examples, steps=12))

"""The `story` fixture, whose input is a test's docstring (see stories/story.py), and what promises were tried."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from stories.story import Story
from support.promises import IDEMPOTENT, write_promises

TRIED = pytest.StashKey[Counter[tuple[str, str]]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--all", action="store_true", help="every fault at every place; a whole run writes docs/promises.md"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.stash[TRIED] = Counter()


@pytest.fixture
def count_promise(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Counts a promise that held under a fault, for the table of docs/promises.md."""
    return lambda promise, fault: request.config.stash[TRIED].update([(promise, fault)])


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    counted = session.config.stash[TRIED]
    if exitstatus == pytest.ExitCode.OK and counted and session.config.getoption("--all"):
        write_promises(counted)


@pytest.fixture
def story(request: pytest.FixtureRequest, tmp_path: Path, count_promise: Callable[[str, str], None]) -> Iterator[Story]:
    """The request that the test's docstring tells; parameters of the test fill in its {words}.

    Whatever the story, once its plan is written there is nothing left to change.
    """
    words = getattr(request.node, "callspec", None)
    text = request.function.__doc__
    told = Story(text.format_map(words.params) if words else text, tmp_path)
    yield told
    assert told.second_plan.changes == ()
    nothing_before_its_moment(told)
    count_promise(IDEMPOTENT, "a story of the regulation, planned again after it is written")


LONG = timedelta(days=60)
"""All that a story's last moment can still bring comes within it."""


def nothing_before_its_moment(told: Story) -> None:
    """Until the moment of the agenda time alone brings nothing to write, wherever one looks."""
    assert told.now
    until = min(told.next_check_at or told.now + LONG, told.now + LONG)
    for share in (0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0):
        moment = told.now + (until - told.now) * share
        assert told.plan_at(moment).changes == (), moment


@pytest.fixture
def make_story(tmp_path: Path) -> Callable[..., Story]:
    """Tells another request: for tests of several, or of the stories themselves."""
    numbers = iter(range(1, 1000))

    def another(text: str) -> Story:
        issue_id = next(numbers)
        folder = tmp_path / str(issue_id)
        folder.mkdir()
        return Story(text, folder, issue_id)

    return another

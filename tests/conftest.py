"""The `story` fixture, whose input is a test's docstring (see stories/story.py), and the count of tested promises."""

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
    """Return a function that counts a promise kept under a fault, for the table of docs/promises.md."""
    return lambda promise, fault: request.config.stash[TRIED].update([(promise, fault)])


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    counted = session.config.stash[TRIED]
    if exitstatus == pytest.ExitCode.OK and counted and session.config.getoption("--all"):
        write_promises(counted)


@pytest.fixture
def story(request: pytest.FixtureRequest, tmp_path: Path, count_promise: Callable[[str, str], None]) -> Iterator[Story]:
    """Make the request that the test's docstring describes; parameters of the test fill in its {words}.

    After the test, check that nothing is left to change once the plan is written.
    """
    callspec = getattr(request.node, "callspec", None)
    text = request.function.__doc__
    story = Story(text.format_map(callspec.params) if callspec else text, tmp_path)
    yield story
    assert story.second_plan.changes == ()
    assert_no_changes_before_next_check(story)
    count_promise(IDEMPOTENT, "a story of the regulation, planned again after it is written")


# All later notices of a story become due within this time.
LONG = timedelta(days=60)


def assert_no_changes_before_next_check(story: Story) -> None:
    """Check at several moments that nothing is to be written before the next check."""
    assert story.now
    until = min(story.next_check_at or story.now + LONG, story.now + LONG)
    for share in (0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0):
        moment = story.now + (until - story.now) * share
        assert story.plan_at(moment).changes == (), moment


@pytest.fixture
def make_story(tmp_path: Path) -> Callable[..., Story]:
    """Return a function that makes a story, for tests of several requests or of the stories themselves."""
    numbers = iter(range(1, 1000))

    def make(text: str) -> Story:
        issue_id = next(numbers)
        folder = tmp_path / str(issue_id)
        folder.mkdir()
        return Story(text, folder, issue_id)

    return make

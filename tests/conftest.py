"""The `story` fixture: a test's docstring is its input (see stories/story.py)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from stories.story import Story


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all", action="store_true", help="fail every request of a run, not only one of each kind")


@pytest.fixture
def story(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Story]:
    """The request that the test's docstring tells; parameters of the test fill in its {words}.

    Whatever the story, once its plan is written there is nothing left to change.
    """
    words = getattr(request.node, "callspec", None)
    text = request.function.__doc__
    told = Story(text.format_map(words.params) if words else text, tmp_path)
    yield told
    assert told.second_plan.changes == ()


@pytest.fixture
def tell(tmp_path: Path) -> Callable[..., Story]:
    """Tells another request: for tests of several, or of the stories themselves."""
    numbers = iter(range(1, 1000))

    def another(text: str) -> Story:
        issue_id = next(numbers)
        folder = tmp_path / str(issue_id)
        folder.mkdir()
        return Story(text, folder, issue_id)

    return another

"""Constructors send no request and use no cache; only `open` does."""

from __future__ import annotations

from typing import Any

import pytest
from stories.moments import read_moment
from stories.shipped import shipped_config
from support.worlds import shipped_names

from sup_sync.redmine.preflight.problem import RedmineState
from sup_sync.run.cache import IN_MEMORY, Cache
from sup_sync.run.gather import IncrementalReader
from sup_sync.run.publish import Publication


class Untouched:
    """An object that fails on any use."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} was used")


def test_a_reader_is_made_without_a_request() -> None:
    untouched: Any = Untouched()
    state = RedmineState(shipped_names(), {}, (), {}, "15")
    with Cache(IN_MEMORY) as cache:
        arguments = shipped_config(), cache, state, read_moment("Mon 09:00"), lambda _done, _of: None
        assert IncrementalReader(untouched, *arguments).histories_read == 0
        with pytest.raises(AssertionError, match="fetch_account was used"):
            IncrementalReader.open(untouched, arguments[0], cache, *arguments[3:])


def test_a_publication_is_made_without_a_request() -> None:
    untouched: Any = Untouched()
    assert Publication(untouched, "Report", 31, None).before is None

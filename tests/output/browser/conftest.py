"""The browser fixture: Debian's chromium."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A browser; if it is missing, tests are skipped, or fail with SUP_SYNC_REAL_REDMINE=1."""
    path = shutil.which("chromium")
    if path is None and os.environ.get("SUP_SYNC_REAL_REDMINE") != "1":
        pytest.skip("needs Debian's chromium: scripts/debian installs it")
    assert path, "chromium is missing; run scripts/debian"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path)
        yield chromium
        chromium.close()

"""The demo's story on a real Redmine site of its own, provisioned and seeded once for all tests here."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from support.demo_site import CONFIG, SUNDAY_NIGHT, Demo, run_ruby, shipped_config
from tools.demo.seed import seed
from tools.demo.site import Site

from sup_sync.redmine.provision import make_script


@pytest.fixture(scope="session")
def demo() -> Iterator[Demo]:
    """Seed the site; skip the tests unless SUP_SYNC_REAL_REDMINE=1."""
    if os.environ.get("SUP_SYNC_REAL_REDMINE") != "1":
        pytest.skip("makes a real Redmine site: set SUP_SYNC_REAL_REDMINE=1")
    site = Site("sup-sync-test-demo")
    site.run("reset")
    try:
        provisioned = run_ruby(site, make_script(shipped_config().rules.names))
        yield Demo(site, provisioned, seed(site, CONFIG, SUNDAY_NIGHT))
    finally:
        site.run("down")

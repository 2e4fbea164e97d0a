"""Fills a provisioned site of scripts/redmine with the demo's story (examples/demo.yaml).

People file, answer and close requests by REST, each with their own key. REST cannot set dates, so every action is then
dated back in the site's database, by working time before the present. A site that contains the story is left as it is.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import sys
from datetime import UTC, datetime
from pathlib import Path

import requests
from tools.demo.actions import ActionSender, backdate
from tools.demo.projects import ProjectSetup
from tools.demo.site import ROOT, DemoError, Site
from tools.demo.story import list_actions, load_story, summarize

from sup_sync.config.load import load_config
from sup_sync.errors import SupSyncError
from sup_sync.model.policy import ClockKind


def seed(site: Site, config: Path, now: datetime) -> str:
    """Fill the site with the story as of `now`, unless it contains it; return a summary."""
    rules = load_config(config, now.date()).rules
    calendar = rules.calendars[ClockKind.WORKING]
    story = load_story()
    setup = ProjectSetup(site, story, rules.names, now.astimezone(calendar.zone).date())
    if setup.is_done():
        return f"{site.name} already contains the story; nothing changed"
    actions = list_actions(story, calendar, now)
    setup.create()
    sender = ActionSender(setup, calendar, now)
    done = sender.send_all(actions)
    sender.check()
    with site.database() as base:
        backdate(base, done, calendar.zone)
    setup.close()
    return summarize(story, actions, calendar.zone)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    site, config = os.environ.get("SUP_SYNC_SITE") or "sup-sync-demo", ROOT / "config.yaml"
    parser.add_argument("--site", default=site, help="site of scripts/redmine, provisioned and otherwise empty")
    parser.add_argument("--config", default=config, type=Path, help="config.yaml with the mappings of the site")
    parser.add_argument(
        "--now", type=datetime.fromisoformat, default=datetime.now(UTC), help="the present time (ISO 8601)"
    )
    options = parser.parse_args()
    try:
        summary = seed(Site(options.site), options.config, options.now.replace(microsecond=0))
    except (DemoError, SupSyncError, requests.RequestException, sqlite3.Error) as error:
        sys.stderr.write(f"demo: {error}\n")
        return 1
    sys.stdout.write(f"{summary}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

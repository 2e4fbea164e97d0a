"""A real Redmine site with the demo's story, and functions to read it."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from tools.demo.site import Json, Person, Site

from sup_sync.config.load import Config, load_config

ROOT = Path(__file__).parent.parent.parent

CONFIG = ROOT / "config.yaml"
SUNDAY_NIGHT = datetime(2026, 11, 15, 22, 30, tzinfo=ZoneInfo("Asia/Almaty"))


@dataclass(frozen=True)
class Demo:
    """The site, and the output of provisioning and of seeding it with the story."""

    site: Site
    provisioned: str
    seeded: str

    def as_person(self, login: str) -> Person:
        return self.site.person(login)

    def run_ruby(self, script: str) -> str:
        return run_ruby(self.site, script)

    def issue_id(self, subject: str) -> int:
        with self.site.database() as base:
            row: tuple[int] = base.execute("SELECT id FROM issues WHERE subject = ?", (subject,)).fetchone()
        return row[0]


def run_ruby(site: Site, script: str) -> str:
    """Run a Ruby script inside the site and return its output."""
    with tempfile.NamedTemporaryFile("w", suffix=".rb", encoding="utf-8") as file:
        file.write(script)
        file.flush()
        return site.run("runner", file.name)


def shipped_config() -> Config:
    return load_config(CONFIG, date(2026, 11, 15))


def issue_as(person: Person, issue_id: int, include: str = "journals,allowed_statuses") -> Json:
    issue: Json = person.send("GET", f"/issues/{issue_id}.json?include={include}")["issue"]
    return issue

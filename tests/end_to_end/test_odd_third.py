"""On a real Redmine: requests of which some are odd; the others get what they get without the odd ones.

There are 60 requests with --all, otherwise 24.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from uuid import uuid4

import pytest
from end_to_end.scene import (
    BASE,
    CLIENT,
    CONSULTATION,
    HEAD,
    MURAGER,
    PROJECTS,
    RealScene,
)
from faults.actions import OPENED, REFUSED, reason_name
from odd.busy_site import (
    ANSWERED,
    COMPANY_LIST,
    COMPANY_TEXT,
    COUNT,
    FIRST_RUN,
    FRESH,
    KIND_NAMES,
    KINDS,
    LATE,
    LONG_LATE,
    NEW,
    PRODUCTS,
    REJECTED,
    TO_CLOSE,
    TO_REMIND,
    base_files,
)
from stories.moments import read_moment
from stories.redmine_json import GIVEN
from support.worlds import ADMIN, BOT, ROOT, USES_SITE, Json, RealWorld

from sup_sync.config.load import Config
from sup_sync.redmine.session import RedmineSession
from sup_sync.run.apply import RunResult, apply

SUPPORT = ROOT / "tests/support"

pytestmark = [
    USES_SITE,
    pytest.mark.skipif(os.environ.get("SUP_SYNC_REAL_REDMINE") != "1", reason="takes minutes on a real Redmine"),
]


@pytest.fixture
def world(real_scene: RealScene) -> Iterator[RealWorld]:
    """Yield a fresh real Redmine; other tests get a fresh one afterwards, as statuses, people and projects change."""
    real_scene.make_fresh()
    yield real_scene.world
    real_scene.stamp = uuid4().hex


def test_others_get_on_a_real_redmine_what_they_get_without_the_odd_requests(
    world: RealWorld, real_scene: RealScene, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    chosen, odd_kinds = (range(COUNT), ODD_KINDS) if request.config.getoption("--all") else (FEW, FEW_ODD_KINDS)
    config = make_config(world, tmp_path)
    file_requests(world, chosen)
    run_once(world, config)
    expected = states(world)
    real_scene.make_fresh()
    file_requests(world, chosen)
    odd = make_odd(world, chosen, odd_kinds)
    result = run_once(world, config)
    assert not result.is_complete
    actual = states(world)
    affected = {*odd, *(name for name, number in SUBJECTS.items() if project_of(number) == MURAGER)}
    affected |= {name for name, number in SUBJECTS.items() if kind_of(number) == REJECTED}
    others = [name for name in expected if name not in affected]
    assert len(others) >= len(chosen) / 2
    wrong = {name: (expected[name], actual[name]) for name in others if actual[name] != expected[name]}
    assert not wrong, [str(each) for each in result.outcomes]
    again = run_once(world, config)
    done = {each.issue_id for each in again.outcomes if each.kind == "applied"}
    assert not done.intersection(numbers(world)[name] for name in others)


SUBJECTS = {f"Өтініш {number}": number for number in range(COUNT)}

# the kinds of the requests that become odd, by what they become
ODD_KINDS = {
    "blank": (LONG_LATE, LATE, FRESH),
    "orphaned": (LONG_LATE, LATE, NEW),
    "copied": (ANSWERED,),
    "duplicates": (TO_CLOSE, TO_CLOSE),
    "parents": (TO_REMIND,),
    "deleted_status": (ANSWERED, NEW),
}
FEW_ODD_KINDS = {key: kinds if key == "duplicates" else kinds[:1] for key, kinds in ODD_KINDS.items()}
# requests of two projects, and of the project that is archived
FEW = (*range(12), *range(36, 44), *range(48, 52))


def kind_of(number: int) -> str:
    return KIND_NAMES[number % len(KINDS)]


def project_of(number: int) -> str:
    return tuple(PROJECTS)[number // len(KINDS)]


def make_config(world: RealWorld, folder: Path) -> Config:
    """Return the shipped configuration with limits that no run of this test exceeds."""
    files = base_files(folder, world.url, has_groups=False)
    return files.load()


def request_of(world: RealWorld, number: int) -> Json:
    """Describe request `number` for busy.rb."""
    at, steps = KINDS[kind_of(number)]
    fields = world.names.fields
    values = {fields[key]: value for key, value in GIVEN.items()}
    if project_of(number) in (BASE, MURAGER):
        values[fields["channel"]] = world.names.channels["email"]
    return {
        "subject": f"Өтініш {number}",
        "project": project_of(number),
        "tracker": CONSULTATION,
        "author": CLIENT,
        "priority": "Қалыпты",
        "at": f"{read_moment(at):%Y-%m-%d %H:%M:%S} UTC",
        "values": {**values, COMPANY_TEXT: f"№ {number}", COMPANY_LIST: PRODUCTS[0]},
        "steps": [step_of(world, number, *step) for step in steps],
    }


def step_of(world: RealWorld, number: int, at: str, login: str, what: Json) -> Json:
    step: dict[str, Any] = {"at": f"{read_moment(at):%Y-%m-%d %H:%M:%S} UTC", "login": login, **what}
    if "version" in what:
        step["version"] = f"{project_of(number)} {what['version']}"
    if "reason" in what:
        step["values"] = {world.names.fields["reason"]: reason_name(what["reason"])}
    return step


def run_script(world: RealWorld, name: str, mark: str, value: Json) -> None:
    """Run a script of tests/support with this value in place of the mark."""
    text = (SUPPORT / name).read_text(encoding="utf-8").replace(mark, json.dumps(value, ensure_ascii=False))
    with NamedTemporaryFile("w", suffix=".rb", encoding="utf-8") as script:
        script.write(text)
        script.flush()
        world.run_ruby(script.name)


def file_requests(world: RealWorld, chosen: Sequence[int]) -> None:
    wanted = {
        "first_status": OPENED,
        "fields": [{"name": COMPANY_TEXT}, {"name": COMPANY_LIST, "values": PRODUCTS}],
        "versions": [
            {"project": project, "name": f"{project} {name}", "due_on": day}
            for project in PROJECTS
            for name, day in (("past", "2026-06-08"), ("next", "2026-06-12"))
        ],
        "requests": [request_of(world, number) for number in chosen],
    }
    run_script(world, "busy.rb", "@WANTED@", wanted)


def make_odd(world: RealWorld, chosen: Sequence[int], odd_kinds: Mapping[str, Sequence[str]]) -> set[str]:
    """Make requests of these kinds odd; return their subjects."""
    left = {kind: [n for n in chosen if kind_of(n) == kind and project_of(n) != MURAGER] for kind in KINDS}
    odd = {key: [f"Өтініш {left[kind].pop(0)}" for kind in kinds] for key, kinds in odd_kinds.items()}
    names = {"text": COMPANY_TEXT, "list": COMPANY_LIST, "head": HEAD, "archived": MURAGER, "renamed": REFUSED}
    run_script(world, "odd.rb", "@ODD@", {**odd, **names, "at": f"{read_moment(FIRST_RUN):%Y-%m-%d %H:%M:%S} UTC"})
    return {subject for key, subjects in odd.items() if key != "copied" for subject in subjects}


def run_once(world: RealWorld, config: Config) -> RunResult:
    """Run `sup-sync apply` on Wednesday, and give its journals that time."""
    now = read_moment(FIRST_RUN)
    session = RedmineSession(world.url, world.user(BOT))
    result = apply(session, config, now, force=False, progress=lambda _done, _of: None)
    with world.database() as base:
        stored = f"{now:%Y-%m-%d %H:%M:%S}"
        base.execute("UPDATE journals SET created_on = ? WHERE created_on > ?", (stored, "2026-07-01"))
        base.execute("UPDATE issues SET updated_on = ? WHERE updated_on > ?", (stored, "2026-07-01"))
    return result


def numbers(world: RealWorld) -> dict[str, int]:
    """Return the ids of the requests by their subjects."""
    with world.database() as base:
        return {subject: number for number, subject in base.execute("SELECT id, subject FROM issues")}


def states(world: RealWorld) -> dict[str, Any]:
    """Return what sup-sync wrote, by the subject of the request, without ids and without the head of support."""
    own = {world.field_id(key) for key in world.names.own_fields}
    return {name: state_of(world, number, own) for name, number in numbers(world).items() if name in SUBJECTS}


def state_of(world: RealWorld, number: int, own: set[int]) -> Any:
    answer = world.call(ADMIN, "GET", f"/issues/{number}.json", params={"include": "journals"})
    if answer.status_code != 200:
        return None
    issue = answer.json()["issue"]
    notes = [(each["private_notes"], clean(each["notes"], number)) for each in issue["journals"] if each["notes"]]
    fields = {each["id"]: clean(each["value"] or "", number) for each in issue["custom_fields"] if each["id"] in own}
    return issue["status"]["id"], issue["due_date"], fields, notes


def clean(text: str, number: int) -> str:
    """Replace the number of the request, and take out the mention of the head, who is locked in one of the worlds."""
    return re.sub(rf"\b{number}\b", "N", text).replace(f"@{HEAD}", "").strip()

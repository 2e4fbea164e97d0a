"""Answers that are valid JSON, but not to what was asked: nothing false is written, and nothing is lost.

A proxy before Redmine changes one answer of a run: it drops a key, changes an id, moves an issue to another project,
drops or repeats a row, or gives the answer to the previous request of that kind.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
from end_to_end.diary import Diary
from end_to_end.scene import CLIENT, CONSULTATION, OPERATOR, make_fake
from faults.failing_proxy import Reply, Request, answer, committer
from faults.wire import Line, use_wire
from stories.moments import read_moment
from stories.shipped import shipped_config
from support.worlds import ADMIN, BOT, FakeWorld

from sup_sync.errors import SupSyncError
from sup_sync.redmine.session import RedmineSession
from sup_sync.run.apply import apply
from sup_sync.run.cache import CacheFile

Json = Any
Mutation = Callable[[Json, random.Random, "Changed"], Json]
Write = tuple[str, str]

NOW = "Wed 12:00"


def places(value: Json) -> Iterator[tuple[Json, Any]]:
    """Yield each place in a JSON value: the object or list that contains it, and its key or index."""
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        yield value, key
        if isinstance(inner, dict | list):
            yield from places(inner)


def rows_of(value: Json) -> list[Json]:
    return next((each for each in value.values() if isinstance(each, list) and each), [])


def drop_key(value: Json, rng: random.Random, _changed: Changed) -> Json:
    holder, key = rng.choice([each for each in places(value) if isinstance(each[0], dict)])
    del holder[key]
    return value


def change_id(value: Json, rng: random.Random, _changed: Changed) -> Json:
    """Replace the id of an object by another one."""
    ids = [each for each in places(value) if each[1] == "id"]
    holder, key = rng.choice(ids or [({}, "id")])
    holder[key] = rng.choice([1, 104, 105, 99_999, 0, -1, "7", "../x", None])
    return value


def move_to_another_project(value: Json, rng: random.Random, changed: Changed) -> Json:
    projects = [{"id": each.id, "name": each.name} for each in changed.world.tracker.projects]
    holders = [each for each in places(value) if each[1] == "project"]
    if holders:
        holder, key = rng.choice(holders)
        holder[key] = rng.choice([each for each in projects if each["id"] != holder[key]["id"]])
    return value


def drop_row(value: Json, rng: random.Random, _changed: Changed) -> Json:
    rows = rows_of(value)
    if rows:
        rows.pop(rng.randrange(len(rows)))
    return value


def drop_row_and_count(value: Json, rng: random.Random, _changed: Changed) -> Json:
    """Drop a row of issues as if Redmine did not have it."""
    if value.get("issues") and value["total_count"] > 1:
        value["issues"].pop(rng.randrange(len(value["issues"])))
        value["total_count"] -= 1
    return value


def repeat_row(value: Json, rng: random.Random, _changed: Changed) -> Json:
    rows = rows_of(value)
    rows += [rng.choice(rows)] if rows else []
    return value


def swap(value: Json, _rng: random.Random, changed: Changed) -> Json:
    """Answer with the answer to an earlier request."""
    return json.loads(changed.bodies[-1]) if changed.bodies else value


MUTATIONS: tuple[Mutation, ...] = (
    drop_key,
    change_id,
    move_to_another_project,
    drop_row,
    drop_row_and_count,
    repeat_row,
    swap,
)


@dataclass
class Changed:
    """A world whose answer to request number `at` is changed.

    `paths` are the requests, `bodies` and `pages` the answers given before, `writes` the bodies that Redmine received.
    """

    world: FakeWorld
    diary: Diary
    cache: CacheFile
    issue_ids: list[int]
    commit: Callable[[Request], Reply]
    mutation: Mutation | None = None
    at: int = -1
    seed: int = 0
    paths: list[str] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)

    def run(self) -> bool:
        """Run once; return whether the run was complete."""
        session = RedmineSession(self.world.url, self.world.user(BOT))
        use_wire(session, self._answer)
        with suppress(SupSyncError):
            config = shipped_config()
            now = read_moment(NOW)
            done = apply(session, config, now, force=False, progress=lambda _done, _of: None, cache=self.cache)
            return done.is_complete
        return False

    def _answer(self, line: Line, prepared: requests.PreparedRequest) -> None:
        body = prepared.body or b""
        body = body.encode() if isinstance(body, str) else body
        request = Request(prepared.method or "", prepared.path_url, prepared.headers, body)
        if request.method == "PUT":
            issue = json.loads(body)["issue"]
            issue.pop("lock_version", None)
            self.writes.append((request.path, json.dumps(issue, sort_keys=True)))
        status, headers, text = self.commit(request)
        if len(self.paths) == self.at:
            text = self._change(text)
        self.paths.append(f"{request.method} {request.path}")
        (self.bodies if text.startswith("{") else self.pages).append(text)
        answer(line, (status, headers, text))  # type: ignore[arg-type]

    def _change(self, text: str) -> str:
        """Change an answer; a page can only be replaced by that of another issue."""
        if text.startswith("{") and self.mutation:
            rng = random.Random(self.seed)  # noqa: S311 - the same failures in each run of the test
            return json.dumps(self.mutation(json.loads(text), rng, self))
        others = [each for each in self.pages if each not in ("", text)]
        return others[-1] if others and self.mutation is swap else text

    def states(self) -> list[Json]:
        """Return what people see of the requests: status, fields, and the notes of sup-sync."""
        with self.world.rest.running():
            seen = [self.world.see(ADMIN, each) for each in self.issue_ids]
            fields = [sorted(self.diary.fields(ADMIN, each).items()) for each in self.issue_ids]
        notes = [
            [(each["notes"], each["private_notes"]) for each in issue["journals"] if each["user"]["name"] == "sup sync"]
            for issue in seen
        ]
        return [
            (issue["status"]["name"], issue["due_date"], values, [each for each in own if each[0]])
            for issue, values, own in zip(seen, fields, notes, strict=True)
        ]


@contextmanager
def changed_world(folder: Path) -> Iterator[Changed]:
    """Make five requests: overdue, without an answer of the client, due for a reminder, new, and acknowledged only."""
    world = FakeWorld()
    make_fake(world)
    diary = Diary(world, shipped_config())
    with world.rest.running():
        overdue = diary.file("Wed 09:00", CLIENT)
        unanswered = diary.file("Mon 09:00", CLIENT)
        to_remind = diary.file("Wed 08:00", CLIENT)
        new = diary.file("Wed 11:55", CLIENT)
        answered = diary.file("Wed 11:00", OPERATOR, "alatau-trade", CONSULTATION)
        for at, issue_id in (("Mon 10:00", unanswered), ("Wed 08:30", to_remind)):
            with diary.at(at, issue_id):
                world.set_status(OPERATOR, issue_id, "Клиент жауабын күтуде", "Сұрақ")
        with diary.at("Wed 11:30", answered):
            world.note(CLIENT, answered, "Рақмет")
    world.tracker.now = read_moment(NOW)
    ids = [overdue, unanswered, to_remind, new, answered]
    yield Changed(world, diary, CacheFile(folder / "cache"), ids, committer(world))


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], list[Write], list[Json]]:
    """Return the requests, the writes and the result of a run whose answers are true."""
    with changed_world(tmp_path_factory.mktemp("undisturbed")) as site:
        assert site.run()
        return list(site.paths), list(site.writes), site.states()


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.__name__)
def test_a_changed_answer_writes_nothing_false_and_loses_nothing(
    mutation: Mutation,
    undisturbed: tuple[list[str], list[Write], list[Json]],
    request: pytest.FixtureRequest,
    tmp_path: Path,
) -> None:
    paths, writes, expected = undisturbed
    positions = [at for at, path in enumerate(paths) if path.startswith("GET")]
    step = 1 if request.config.getoption("--all") else 8
    for number, at in enumerate(positions[MUTATIONS.index(mutation) % step :: step]):
        folder = tmp_path / str(number)
        folder.mkdir()
        with changed_world(folder) as site:
            site.mutation, site.at, site.seed = mutation, at, at
            site.run()
            where = (mutation.__name__, at, paths[at])
            assert set(site.writes) <= set(writes), where
            site.at = -1
            site.run()
            site.run()
            assert site.states() == expected, where
            before = len(site.writes)
            assert site.run(), where
            assert len(site.writes) == before, where

"""Wall time on a real Redmine on this machine (`scripts/redmine`), filled by copies of a few requests with histories.
The same requests again are sent by a bare loop over one connection, to the same database as it was before: in turns of
150 requests, so that both meet the same machine. The admin's loop is what one would write first: over all open issues
by python-redmine, `issue.journals` of each, a due date of its own, and an update where the tracker says another.
"""

from __future__ import annotations

import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import perf_counter, sleep
from unittest.mock import patch

import requests
from end_to_end.scene import CLIENT, CONSULTATION, ERROR, OPERATOR, SCENE, VIP
from redminelib import Redmine
from stories.redmine_json import GIVEN
from support.worlds import BOT, RealWorld
from tools.bench.row import ROOT, Row, Size

from sup_sync.config import load_config
from sup_sync.redmine.session import TrackerSession
from sup_sync.run.apply import apply
from sup_sync.run.cache import CacheFile

TITLE = "On a real Redmine"
PLACE = 4

SITE = "sup-sync-bench"
FEW, MANY = {Size.WHOLE: 300, Size.TINY: 6}, {Size.WHOLE: 2_000, Size.TINY: 9}
HUNDREDTH = {Size.WHOLE: 3, Size.TINY: 1}
ABOVE = 1.05
CRON = timedelta(minutes=5)
TIMEOUT_S, LONGEST_S = 60, 3_600
TURN = {Size.WHOLE: 150, Size.TINY: 20}
"""So many requests take less time than a tracker keeps a connection open that nobody uses."""

SEND = requests.Session.send

COPIED = {"issues": "id", "custom_values": "customized_id", "journals": "journalized_id"}
"""Redmine's tables of an issue, and the column that says whose a row is."""


def rows(size: Size) -> Iterator[Row]:
    if _redmine("up").returncode:
        yield Row("a real Redmine", None, note="none can be had here, as said above")
        return
    try:
        with tempfile.TemporaryDirectory() as name:
            bench = Bench(RealWorld(SITE), Path(name))
            yield from _side_by_side(bench, FEW[size], HUNDREDTH[size])
            yield from _first_run(bench, MANY[size], TURN[size])
    finally:
        _redmine("down").check_returncode()


def _redmine(command: str) -> subprocess.CompletedProcess[bytes]:
    line = [ROOT / "scripts" / "redmine", command, "--site", SITE]
    return subprocess.run(line, stdout=subprocess.DEVNULL, check=False)


@dataclass(frozen=True, slots=True)
class Taken:
    """What something took: how many requests it sent, and seconds of wall time."""

    requests: int
    seconds: float


class Bench:
    """A real Redmine with the shipped mappings, and the tool at work on it; each folder of `memory` is a host's."""

    def __init__(self, world: RealWorld, folder: Path) -> None:
        world.reset(SCENE)
        self.world, self.folder = world, folder
        config = load_config(ROOT / "config.yaml", date(2026, 11, 20))
        server = replace(config.server, url=world.url)
        self.config = replace(config, server=server, projects=(VIP,), run_time_s=LONGEST_S)
        carried = {world.names.fields[key]: value for key, value in GIVEN.items()}
        self.filed = [world.file(CLIENT, VIP, tracker, fields=carried) for tracker in (ERROR, CONSULTATION, ERROR)]
        world.user(BOT)  # its key is made now: what is made later is undone
        for issue_id in self.filed[1:]:
            world.note(CLIENT, issue_id, "Тағы бір сөз")
            world.note(OPERATOR, issue_id, "Жауап")

    def fill(self, count: int) -> None:
        """Copy requests until there are so many, each a minute older than the one before."""
        with self.world.database() as base:
            (there,) = base.execute("SELECT count(*) FROM issues").fetchone()
            (last,) = base.execute("SELECT max(id) FROM issues").fetchone()
            for number in range(1, count - there + 1):
                issue_id = last + number
                for table, owner in COPIED.items():
                    _copy(base, table, owner, self.filed[number % len(self.filed)], issue_id)
                moment = f"{datetime.now(UTC) - timedelta(minutes=10 + number):%Y-%m-%d %H:%M:%S}"
                placed = "UPDATE issues SET root_id = id, created_on = ?1, updated_on = ?1 WHERE id = ?2"
                base.execute(placed, (moment, issue_id))
                base.execute("UPDATE journals SET created_on = ? WHERE journalized_id = ?", (moment, issue_id))

    def run(
        self,
        memory: str,
        *,
        after: timedelta = timedelta(0),
        is_adopting: bool = False,
        in_turn_with: Replay | None = None,
    ) -> Taken:
        """`sup-sync apply`, in this process, as if it was so long after the present."""
        session = TrackerSession(self.world.url, self.world.user(BOT), timeout_s=TIMEOUT_S)

        def work() -> None:
            apply(
                session,
                self.config,
                datetime.now(UTC) + after,
                force=True,
                progress=lambda _done, _of: None,
                is_adopting=is_adopting,
                cache=CacheFile(self.folder / memory),
            )

        return _taken(work, in_turn_with)

    def loop(self) -> Taken:
        redmine = Redmine(self.world.url, key=self.world.user(BOT))
        return _taken(lambda: naive_loop(redmine, self.world.field_id("resolution_due")))

    @contextmanager
    def undone(self) -> Iterator[None]:
        """What is done to the tracker inside is undone."""
        with closing(self.copied()) as before:
            yield
            self.put_back(before)

    def copied(self) -> sqlite3.Connection:
        """The tracker's database as it is now, in memory."""
        copy = sqlite3.connect(":memory:")
        with self.world.database() as base:
            base.backup(copy)
        return copy

    def put_back(self, copy: sqlite3.Connection) -> None:
        with self.world.database() as base:
            copy.backup(base)


class Replay:
    """A bare loop that sends what another has sent since its last turn, each time to the database as it was before."""

    def __init__(self, bench: Bench, length: int) -> None:
        self.bench = bench
        self.length = length
        self.before = bench.copied()
        self.sent: list[requests.Response] = []
        self.seconds = 0.0

    def turn(self) -> None:
        """Send it again, and leave the database as the other left it; raises RuntimeError on another answer."""
        after = self.bench.copied()
        self.bench.put_back(self.before)
        with requests.Session() as http:
            begun = perf_counter()
            codes = [SEND(http, each.request, timeout=TIMEOUT_S).status_code for each in self.sent]
            self.seconds += perf_counter() - begun
        if codes != [each.status_code for each in self.sent]:
            raise RuntimeError("the tracker answers the same requests otherwise: they measure nothing")
        self.bench.put_back(after)
        self.before.close()
        self.before = after
        self.sent.clear()


def naive_loop(redmine: Redmine, field_id: int) -> None:
    """Two days from the filing, or from the client's last word, into the field of the target."""
    for issue in redmine.issue.filter(status_id="open"):
        begun = issue.created_on
        for journal in issue.journals:
            if getattr(journal, "notes", "") and journal.user.id == issue.author.id:
                begun = journal.created_on
        due = f"{begun + timedelta(days=2):%Y-%m-%d %H:%M}"
        shown = next((each.value for each in issue.custom_fields if each.id == field_id), None)
        if shown != due:
            redmine.issue.update(issue.id, custom_fields=[{"id": field_id, "value": due}])


def _copy(base: sqlite3.Connection, table: str, owner: str, old: int, new: int) -> None:
    columns = [row[1] for row in base.execute(f"PRAGMA table_info({table})") if row[1] not in ("id", owner)]
    names = ", ".join(columns)
    base.execute(f"INSERT INTO {table} ({owner}, {names}) SELECT ?, {names} FROM {table} WHERE {owner} = ?", (new, old))  # noqa: S608


def _taken(work: Callable[[], object], in_turn_with: Replay | None = None) -> Taken:
    """What a work takes, without the turns of another."""
    count, waited = 0, 0.0

    def sending(http: requests.Session, request: requests.PreparedRequest, **how: object) -> requests.Response:
        nonlocal count, waited
        count += 1
        if in_turn_with and len(in_turn_with.sent) == in_turn_with.length:
            begun = perf_counter()
            in_turn_with.turn()
            waited += perf_counter() - begun
        answer = SEND(http, request, **how)  # type: ignore[arg-type]
        if in_turn_with:
            in_turn_with.sent.append(answer)
        return answer

    with patch.object(requests.Session, "send", sending):
        begun = perf_counter()
        work()
        return Taken(count, perf_counter() - begun - waited)


def _side_by_side(bench: Bench, count: int, changed: int) -> Iterator[Row]:
    bench.fill(count)
    with bench.undone():
        yield from _both(f"first run over {count} requests", bench.run("few", is_adopting=True), None)
        yield from _both("the next, which reads once more what it wrote", bench.run("few", after=CRON), None)
        yield from _both("idle run", bench.run("few", after=2 * CRON), None)
        _say_something(bench, changed)
        yield from _both(f"run with {changed} changed", bench.run("few", after=3 * CRON), None)
    with bench.undone():
        yield from _both(f"first run over {count} requests", None, bench.loop())
        yield from _both("idle run", None, bench.loop())
        _say_something(bench, changed)
        yield from _both(f"run with {changed} changed", None, bench.loop())


def _say_something(bench: Bench, times: int) -> None:
    sleep(1)  # a tracker's moments are whole seconds
    for issue_id in range(bench.filed[-1] + 1, bench.filed[-1] + 1 + times):
        bench.world.note(CLIENT, issue_id, "Жаңалық бар ма?")


def _both(what: str, ours: Taken | None, theirs: Taken | None) -> Iterator[Row]:
    whose, taken = ("", ours) if ours else ("the admin's loop: ", theirs)
    if taken:
        yield Row(f"{whose}{what}", taken.requests, "requests")
        yield Row(f"{whose}{what}", taken.seconds, "s")


def _first_run(bench: Bench, count: int, turn: int) -> Iterator[Row]:
    bench.fill(count)
    with bench.undone():
        again = Replay(bench, turn)
        first = bench.run("many", is_adopting=True, in_turn_with=again)
        again.turn()
    yield Row(f"first run over {count:,} requests", first.requests, "requests")
    yield Row(f"first run over {count:,} requests", first.seconds, "s")
    yield Row("the same requests by a bare loop", again.seconds, "s")
    yield Row("the first run, against that", first.seconds / again.seconds, "times", at_most=ABOVE)

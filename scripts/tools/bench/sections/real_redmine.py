"""Wall time on a real Redmine on this machine (`scripts/redmine`), filled with copies of a few requests with
histories. For comparison, a plain loop sends the same REST requests over one connection to the same state of the
database, in turns of 150, so that other load affects both. The admin's loop is a simple script by python-redmine: for
each open issue it reads `issue.journals`, computes a due date, and updates the issue if its due date differs.
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

from sup_sync.config.load import load_config
from sup_sync.redmine.session import RedmineSession
from sup_sync.run.apply import apply
from sup_sync.run.cache import CacheFile

TITLE = "On a real Redmine"
ORDER = 4

SITE = "sup-sync-bench"
FEW_ISSUES, MANY_ISSUES = {Size.WHOLE: 300, Size.TINY: 6}, {Size.WHOLE: 2_000, Size.TINY: 9}
CHANGED_ISSUES = {Size.WHOLE: 3, Size.TINY: 1}
MOST_RATIO = 1.05
CRON_INTERVAL = timedelta(minutes=5)
TIMEOUT_S, LONGEST_S = 60, 3_600
TURN = {Size.WHOLE: 150, Size.TINY: 20}  # requests; a turn must be shorter than Redmine's timeout of idle connections

SEND = requests.Session.send

# Redmine's tables of an issue, each with the column of the issue's id
COPIED = {"issues": "id", "custom_values": "customized_id", "journals": "journalized_id"}


def rows(size: Size) -> Iterator[Row]:
    if _redmine("up").returncode:
        yield Row("a real Redmine", None, note="`scripts/redmine up` failed; see its message")
        return
    try:
        with tempfile.TemporaryDirectory() as name:
            bench = Bench(RealWorld(SITE), Path(name))
            yield from _side_by_side(bench, FEW_ISSUES[size], CHANGED_ISSUES[size])
            yield from _first_run(bench, MANY_ISSUES[size], TURN[size])
    finally:
        _redmine("down").check_returncode()


def _redmine(command: str) -> subprocess.CompletedProcess[bytes]:
    line = [ROOT / "scripts" / "redmine", "--site", SITE, command]
    return subprocess.run(line, stdout=subprocess.DEVNULL, check=False)


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of a run: REST requests, and seconds of wall time."""

    requests: int
    seconds: float


class Bench:
    """A real Redmine with the shipped mappings, and the runs on it."""

    def __init__(self, world: RealWorld, folder: Path) -> None:
        world.reset(SCENE)
        self.world, self.folder = world, folder
        config = load_config(ROOT / "config.yaml", date(2026, 11, 20))
        server = replace(config.server, url=world.url)
        self.config = replace(config, server=server, projects=(VIP,), run_time_s=LONGEST_S)
        fields = {world.names.fields[key]: value for key, value in GIVEN.items()}
        self.filed = [world.file(CLIENT, VIP, tracker, fields=fields) for tracker in (ERROR, CONSULTATION, ERROR)]
        world.user(BOT)  # creates the key now, because later changes are rolled back
        for issue_id in self.filed[1:]:
            world.note(CLIENT, issue_id, "Тағы бір сөз")
            world.note(OPERATOR, issue_id, "Жауап")

    def fill(self, count: int) -> None:
        """Copy issues until there are `count`, each a minute older than the one before."""
        with self.world.database() as base:
            (present,) = base.execute("SELECT count(*) FROM issues").fetchone()
            (last,) = base.execute("SELECT max(id) FROM issues").fetchone()
            for number in range(1, count - present + 1):
                issue_id = last + number
                for table, owner in COPIED.items():
                    _copy(base, table, owner, self.filed[number % len(self.filed)], issue_id)
                at = f"{datetime.now(UTC) - timedelta(minutes=10 + number):%Y-%m-%d %H:%M:%S}"
                update = "UPDATE issues SET root_id = id, created_on = ?1, updated_on = ?1 WHERE id = ?2"
                base.execute(update, (at, issue_id))
                base.execute("UPDATE journals SET created_on = ? WHERE journalized_id = ?", (at, issue_id))

    def run(
        self,
        cache: str,
        *,
        after: timedelta = timedelta(0),
        is_adopting: bool = False,
        in_turns_with: Replay | None = None,
    ) -> Cost:
        """Run `sup-sync apply` in this process, `after` the present; `cache` names its cache file."""
        session = RedmineSession(self.world.url, self.world.user(BOT), timeout_s=TIMEOUT_S)

        def run_apply() -> None:
            apply(
                session,
                self.config,
                datetime.now(UTC) + after,
                force=True,
                progress=lambda _done, _of: None,
                is_adopting=is_adopting,
                cache=CacheFile(self.folder / cache),
            )

        return _measure(run_apply, in_turns_with)

    def run_loop(self) -> Cost:
        redmine = Redmine(self.world.url, key=self.world.user(BOT))
        return _measure(lambda: admins_loop(redmine, self.world.field_id("resolution_due")))

    @contextmanager
    def rolled_back(self) -> Iterator[None]:
        """Restore the database at the end of the block."""
        with closing(self.copy_database()) as before:
            yield
            self.restore_database(before)

    def copy_database(self) -> sqlite3.Connection:
        """Copy Redmine's database to memory."""
        copy = sqlite3.connect(":memory:")
        with self.world.database() as base:
            base.backup(copy)
        return copy

    def restore_database(self, copy: sqlite3.Connection) -> None:
        with self.world.database() as base:
            copy.backup(base)


class Replay:
    """A plain loop that repeats the REST requests of another sender in turns, to the same state of the database."""

    def __init__(self, bench: Bench, length: int) -> None:
        self.bench = bench
        self.length = length
        self.before = bench.copy_database()
        self.sent: list[requests.Response] = []
        self.seconds = 0.0

    def turn(self) -> None:
        """Repeat the requests since the last turn, and restore the database; raise RuntimeError if answers differ."""
        after = self.bench.copy_database()
        self.bench.restore_database(self.before)
        with requests.Session() as http:
            start_s = perf_counter()
            codes = [SEND(http, answer.request, timeout=TIMEOUT_S).status_code for answer in self.sent]
            self.seconds += perf_counter() - start_s
        if codes != [answer.status_code for answer in self.sent]:
            raise RuntimeError(
                "Redmine answered the same requests differently, so times are not comparable; run scripts/bench again"
            )
        self.bench.restore_database(after)
        self.before.close()
        self.before = after
        self.sent.clear()


def admins_loop(redmine: Redmine, field_id: int) -> None:
    """Set the field of the target to two days after the filing, or after the client's last note."""
    for issue in redmine.issue.filter(status_id="open"):
        start = issue.created_on
        for journal in issue.journals:
            if getattr(journal, "notes", "") and journal.user.id == issue.author.id:
                start = journal.created_on
        due = f"{start + timedelta(days=2):%Y-%m-%d %H:%M}"
        current = next((each.value for each in issue.custom_fields if each.id == field_id), None)
        if current != due:
            redmine.issue.update(issue.id, custom_fields=[{"id": field_id, "value": due}])


def _copy(base: sqlite3.Connection, table: str, owner: str, old: int, new: int) -> None:
    columns = [row[1] for row in base.execute(f"PRAGMA table_info({table})") if row[1] not in ("id", owner)]
    names = ", ".join(columns)
    base.execute(f"INSERT INTO {table} ({owner}, {names}) SELECT ?, {names} FROM {table} WHERE {owner} = ?", (new, old))  # noqa: S608


def _measure(work: Callable[[], object], in_turns_with: Replay | None = None) -> Cost:
    """Measure the cost of a function, without the turns of `in_turns_with`."""
    count, paused_s = 0, 0.0

    def send(http: requests.Session, request: requests.PreparedRequest, **options: object) -> requests.Response:
        nonlocal count, paused_s
        count += 1
        if in_turns_with and len(in_turns_with.sent) == in_turns_with.length:
            turn_start_s = perf_counter()
            in_turns_with.turn()
            paused_s += perf_counter() - turn_start_s
        answer = SEND(http, request, **options)  # type: ignore[arg-type]
        if in_turns_with:
            in_turns_with.sent.append(answer)
        return answer

    with patch.object(requests.Session, "send", send):
        start_s = perf_counter()
        work()
        return Cost(count, perf_counter() - start_s - paused_s)


def _side_by_side(bench: Bench, count: int, changed: int) -> Iterator[Row]:
    bench.fill(count)
    first, idle, some_changed = f"first run over {count} requests", "idle run", f"run with {changed} changed"
    with bench.rolled_back():
        yield from _cost_rows(first, bench.run("few", is_adopting=True))
        yield from _cost_rows("next run, which rereads what the first one wrote", bench.run("few", after=CRON_INTERVAL))
        yield from _cost_rows(idle, bench.run("few", after=2 * CRON_INTERVAL))
        _add_notes(bench, changed)
        yield from _cost_rows(some_changed, bench.run("few", after=3 * CRON_INTERVAL))
    with bench.rolled_back():
        loop = "the admin's loop: "
        yield from _cost_rows(loop + first, bench.run_loop())
        yield from _cost_rows(loop + idle, bench.run_loop())
        _add_notes(bench, changed)
        yield from _cost_rows(loop + some_changed, bench.run_loop())


def _add_notes(bench: Bench, times: int) -> None:
    sleep(1)  # Redmine's times are in whole seconds
    for issue_id in range(bench.filed[-1] + 1, bench.filed[-1] + 1 + times):
        bench.world.note(CLIENT, issue_id, "Жаңалық бар ма?")


def _cost_rows(name: str, cost: Cost) -> Iterator[Row]:
    yield Row(name, cost.requests, "requests")
    yield Row(name, cost.seconds, "s")


def _first_run(bench: Bench, count: int, turn: int) -> Iterator[Row]:
    bench.fill(count)
    with bench.rolled_back():
        replay = Replay(bench, turn)
        first = bench.run("many", is_adopting=True, in_turns_with=replay)
        replay.turn()
    yield Row(f"first run over {count:,} requests", first.requests, "requests")
    yield Row(f"first run over {count:,} requests", first.seconds, "s")
    yield Row("the same REST requests by a plain loop", replay.seconds, "s")
    yield Row("first run, ratio to that loop", first.seconds / replay.seconds, "times", at_most=MOST_RATIO)

"""Clients, staff, the clock and the tool in any order, with faults, kills and two hosts at once: the promises hold."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import pytest
import requests
from end_to_end.scene import CLIENT, ERROR, OPERATOR, VIP, make_fake
from faults.failing_proxy import FAULTS, Fault, Faulty, Request, answer, committer, late_reply
from faults.wire import Host, Line, Wire, interleave, lay
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from stories.moments import read_moment
from stories.redmine_json import GIVEN
from stories.shipped import Copy, shipped_config
from support.fake_records import Issue, Journal
from support.promises import ANSWERED, HARMLESS, ONCE, PRIVATE
from support.worlds import BOT, FakeWorld

from sup_sync.config.load import Config
from sup_sync.errors import SupSyncError
from sup_sync.model.change import Change
from sup_sync.model.policy import ClockKind
from sup_sync.redmine.preflight import RedmineState
from sup_sync.redmine.reader import Reader
from sup_sync.redmine.session import RedmineSession
from sup_sync.run import apply as sync
from sup_sync.run import redmine_state
from sup_sync.run.apply import plan_run
from sup_sync.run.cache import IN_MEMORY, NO_CACHE, Cache, CacheFile
from sup_sync.run.gather import IncrementalReader
from sup_sync.run.redmine_state import fetch_redmine_state

SIGN = "⟦"
"""Stands in all that people write, and nowhere else."""

OPENED, TAKEN, WAITING, DEVELOPMENT, SOLVED, REFUSED = (
    "Жаңа",
    "Өңделуде",
    "Клиент жауабын күтуде",
    "Әзірлеуге берілді",
    "Шешілді",
    "Бас тартылды",
)
TO_STAFF = {"first_response", "resolution", "release", "incomplete", "stopped", "slipped", "shipped"}
OF_A_RELEASE = {"release", "slipped"}
"""What is said anew of each release that is known."""

WITHIN = timedelta(hours=8)
LONGEST_CLOSED = timedelta(days=14)


class KilledError(BaseException):
    """The end of a run in the middle of its work."""


@dataclass
class Run:
    """A run of the tool: its present, what it could know, and the event at a request of its writing, from 0 on."""

    now: datetime
    known: dict[int, int]
    at: int | None = None
    event: Fault | None = None
    asked: int | None = None
    puts: int = 0

    def is_hit(self, request: Request) -> bool:
        """Whether the event comes at this request; the writing begins with an edit form, or a write without."""
        if self.asked is None and (request.method == "PUT" or re.fullmatch(r"/issues/\d+", request.path)):
            self.asked = 0
        elif self.asked is not None:
            self.asked += 1
        return self.event is not None and self.asked == self.at


@dataclass(frozen=True)
class Sent(Request):
    """A request with the run that sent it."""

    run: Run


@dataclass(frozen=True)
class Write:
    """A write of the tool that the tracker took: what the issue's history had before, and what came to it."""

    issue: Issue
    run: Run
    past: list[Journal]
    new: list[Journal]

    @property
    def notes(self) -> list[Journal]:
        return [each for each in self.new if each.notes]


@dataclass
class Office:
    """The tracker in memory, people at their desks, and the tool at work through a wire that may fail."""

    config: Config
    world: FakeWorld = field(default_factory=FakeWorld)
    writes: list[Write] = field(default_factory=list)
    versions: list[int] = field(default_factory=list)
    lists: dict[tuple[object, ...], RedmineState] = field(default_factory=dict)
    words: int = 0
    memory: TemporaryDirectory[str] | None = None

    def __post_init__(self) -> None:
        make_fake(self.world)
        self.base, self.wire = self.world.tracker, Faulty(self._commit)
        self.reply = committer(self.world)
        self.base.now = read_moment("Mon 09:00")
        self.world._http.mount(self.world.url, Wire(self._of_people))
        for name, days in (("2.4", 2), ("2.5", 9)):
            self.versions.append(self.world.add_version(VIP, name, (self.base.now + timedelta(days=days)).date()))

    def text(self, kind: str = "сөз") -> str:
        self.words += 1
        return f"{SIGN}{kind} {self.words}⟧"

    def _request(self, request: requests.PreparedRequest, run: Run) -> Sent:
        body = request.body or b""
        return Sent(
            request.method or "",
            request.path_url,
            request.headers,
            body.encode() if isinstance(body, str) else body,
            run,
        )

    def _of_people(self, line: Any, request: requests.PreparedRequest) -> None:
        answer(line, self.reply(self._request(request, Run(self.base.now, {}))))

    def _commit(self, request: Request) -> tuple[int, Any, str]:
        """What reaches the tracker of the tool's requests, sooner or later."""
        found = re.fullmatch(r"/issues/(\d+)\.json", request.path) if request.method == "PUT" else None
        if found is None or not isinstance(request, Sent):
            return self.reply(request)
        issue = self.base.pick(self.base.issues, found[1])
        past = list(issue.journals)
        said = self.reply(request)
        if said[0] == requests.codes.no_content:
            self.writes.append(Write(issue, request.run, past, issue.journals[len(past) :]))
        return said

    def _pass_on(self, run: Run, pause: Callable[[], None], line: Line, prepared: requests.PreparedRequest) -> None:
        request = self._request(prepared, run)
        if request.path.startswith("/issues/"):
            pause()
        run.puts += request.method == "PUT"
        if run.is_hit(request):
            event, run.event = run.event, None
            event(self.wire, line, request)  # type: ignore[arg-type]
        else:
            answer(line, self.wire.commit(request))  # type: ignore[arg-type]

    def cache(self, host: int = 0) -> CacheFile:
        return CacheFile(Path(self.memory.name) / str(host)) if self.memory else NO_CACHE

    def forget(self) -> None:
        for path in Path(self.memory.name).iterdir() if self.memory else ():
            path.unlink()

    def run(
        self, at: int = 0, event: Fault | None = None, pause: Callable[[], None] = lambda: None, host: int = 0
    ) -> Run:
        """One run of a host, whatever becomes of it."""
        run = Run(self.base.now, {each.id: len(each.journals) for each in self.base.issues}, at, event)
        session = RedmineSession(self.world.url, self.world.user(BOT))
        lay(session, partial(self._pass_on, run, pause))
        with suppress(SupSyncError, KilledError):
            sync.apply(
                session,
                self.config,
                run.now,
                force=False,
                progress=lambda _done, _of: None,
                cache=self.cache(host),
            )
        assert run.puts == session.requests_made["PUT"], "a write is never tried again"
        return run

    def plan(self) -> None:
        """What `plan` or `queue` reads beside the runs of the first host, without a lock."""
        self.cache().use(lambda kept: self._reading(kept).current())

    def _reading(self, kept: Cache) -> IncrementalReader:
        session = RedmineSession(self.world.url, self.world.user(BOT))
        lay(session, partial(self._pass_on, Run(self.base.now, {}), lambda: None))
        return IncrementalReader.open(Reader(session), self.config, kept, self.base.now, lambda _done, _of: None)

    def planned_afresh(self) -> tuple[Change, ...]:
        """What a run that remembers nothing would write."""
        with Cache(IN_MEMORY) as kept:
            return plan_run(self._reading(kept), self.config, self.base.now, is_adopting=False).plan.changes

    def examined(self, reader: Reader, config: Config, _account: Any) -> RedmineState:
        """The tracker's lists, read again only where they changed: other tests let these requests fail."""
        state = (len(self.base.issues), *(each.due_on for each in self.base.versions))
        if state not in self.lists:
            self.lists[state] = fetch_redmine_state(reader, config)
        return self.lists[state]


# --- what people do


def asks(office: Office, issue_id: int) -> None:
    office.world.set_status(OPERATOR, issue_id, WAITING, office.text())


def takes_up_development(office: Office, issue_id: int, version: int = 0) -> None:
    status = office.world.id_of("issue_statuses", DEVELOPMENT)
    office.world.edit(OPERATOR, issue_id, status_id=status, fixed_version_id=office.versions[version])


def puts_off(office: Office, _issue_id: int) -> None:
    """The cache learns of it on the next day, or where it matters to a note: here at once."""
    version = office.base.pick(office.base.versions, office.versions[0])
    office.world.change_version(version.id, due_date=(version.due_on + timedelta(days=5)).isoformat())
    office.forget()


def sets(office: Office, issue_id: int, key: str, value: str, status: str | None = None) -> None:
    given: dict[str, Any] = {"custom_fields": office.world.values({office.world.names.fields[key]: value})}
    if status:
        given["status_id"] = office.world.id_of("issue_statuses", status)
    office.world.edit(OPERATOR, issue_id, **given)


def reason(key: str) -> str:
    return shipped_config().rules.names.reasons[key] if key else ""


def fills_in(office: Office, issue_id: int) -> None:
    office.world.set_fields(CLIENT, issue_id, {office.world.names.fields["steps"]: office.text()})


def sets_priority(office: Office, issue_id: int) -> None:
    office.world.edit(OPERATOR, issue_id, priority_id=office.world.id_of("issue_priorities", "Дереу"))


DEEDS: dict[str, Callable[[Office, int], None]] = {
    "client notes": lambda office, issue_id: office.world.note(CLIENT, issue_id, office.text()),
    "client attaches": lambda office, issue_id: office.world.attach(CLIENT, issue_id, office.text()),
    "client fills in": fills_in,
    "client reopens": lambda office, issue_id: office.world.set_status(CLIENT, issue_id, OPENED, office.text()),
    "staff ask": asks,
    "staff wait without a word": lambda office, issue_id: office.world.set_status(OPERATOR, issue_id, WAITING),
    "staff answer": lambda office, issue_id: office.world.note(OPERATOR, issue_id, office.text()),
    "staff note in private": lambda office, issue_id: office.world.note(
        OPERATOR, issue_id, office.text("құпия"), private=True
    ),
    "staff take it": lambda office, issue_id: office.world.set_status(OPERATOR, issue_id, TAKEN),
    "staff hand it on": takes_up_development,
    "staff hand it on for later": partial(takes_up_development, version=1),
    "the release is put off": puts_off,
    "staff refuse": lambda office, issue_id: sets(office, issue_id, "reason", reason("law"), REFUSED),
    "staff refuse without a reason": lambda office, issue_id: office.world.set_status(OPERATOR, issue_id, REFUSED),
    "staff stop": lambda office, issue_id: sets(office, issue_id, "reason", reason("insult")),
    "staff take the reason back": lambda office, issue_id: sets(office, issue_id, "reason", ""),
    "staff solve": lambda office, issue_id: office.world.set_status(OPERATOR, issue_id, SOLVED, office.text()),
    "staff set the priority": sets_priority,
    "staff confirm the priority": lambda office, issue_id: sets(office, issue_id, "priority_confirmed", "1"),
}


OFTEN = ["staff ask", "staff ask", "staff ask", "client notes", "client reopens", "staff stop"]
DEED = st.sampled_from([*DEEDS, *OFTEN])
ANSWERS = ["client fills in", "client fills in", "client attaches", "client attaches", "staff note in private"]
DAY = 24 * 60
MINUTES = st.sampled_from([0, 1, 31, 95, 121, 245, 485, 545, DAY, 3 * DAY])
LONG = st.sampled_from([31, 121, 245, 485, DAY])
PLACES = st.integers(0, 8)
"""How far into the writing of a run: the edit form, the state, the write, the look at it, and so on."""


# --- what a history tells, by rules of its own


class History:
    """The journals of an issue up to a moment, read without any code of the tool."""

    def __init__(self, office: Office, issue: Issue, journals: list[Journal]) -> None:
        self.issue, self.journals = issue, journals
        self.world = office.world
        self.bot = office.base.user_of(office.world.user(BOT))
        self.client = office.base.user_of(office.world.user(CLIENT))
        self.names = {str(each.id): each.name for each in office.base.statuses}

    def change(self, journal: Journal, name: str) -> tuple[str, str] | None:
        """What an attribute, or a field by our key, was and became."""
        key = name if name.endswith("_id") else str(self.world.field_id(name))
        found = (each for each in journal.details if each["name"] == key and each["property"] != "attachment")
        return next(((each["old_value"] or "", each["new_value"] or "") for each in found), None)

    def status(self, journal: Journal) -> str | None:
        changed = self.change(journal, "status_id")
        return self.names[changed[1]] if changed else None

    def is_answer(self, journal: Journal) -> bool:
        is_attached = any(each["property"] == "attachment" for each in journal.details)
        return bool(journal.notes and not journal.is_private) or is_attached

    def is_staff(self, journal: Journal) -> bool:
        return journal.user not in (self.bot, self.client)

    def question(self) -> Journal | None:
        """The public question that the client has not answered yet."""
        status, asked = OPENED, None
        for each in self.journals:
            new = self.status(each)
            status = new or status
            if status != WAITING:
                asked = None
            elif each.user is self.client:
                asked = None if self.is_answer(each) or self.change(each, "steps") else asked
            elif each.notes and not each.is_private and (new or each.user is not self.bot):
                asked = each
            elif new:
                asked = None
        return asked

    def stopped(self) -> int | None:
        """The place of the journal in which staff stopped work on it, if it is stopped."""
        found = [
            (place, change[1]) for place, each in enumerate(self.journals) if (change := self.change(each, "reason"))
        ]
        return found[-1][0] if found and found[-1][1] == reason("insult") else None

    def answered_at(self) -> datetime | None:
        ended = (SOLVED, REFUSED, "Жабылды")
        found = (
            each.created_at
            for each in self.journals
            if (self.is_staff(each) and self.is_answer(each)) or self.status(each) in ended
        )
        return next(found, None)

    def said(self) -> list[Journal]:
        return [each for each in self.journals if each.user is self.bot and each.notes]


# --- the promises


class AnyOrder(RuleBasedStateMachine):
    """People, the clock and the tool; each write of the tool is looked at, and every now and then all is settled."""

    held: Callable[[], object]

    @initialize(kind=st.sampled_from(["shipped", "asks"]), is_remembering=st.booleans())
    def opens(self, kind: str, is_remembering: bool) -> None:
        self.office = Office(config_of(kind), memory=TemporaryDirectory() if is_remembering else None)
        self.judged_requests = 0
        self.patched = patch.object(redmine_state, "fetch_redmine_state", self.office.examined)
        self.patched.start()
        self.files(is_whole=True)

    def time_goes_on(self, minutes: int) -> None:
        self.office.base.now += timedelta(minutes=minutes)

    def write(self, deed: str, which: int) -> None:
        self.office.base.now += timedelta(seconds=1)
        DEEDS[deed](self.office, self.office.base.issues[which % len(self.office.base.issues)].id)

    @precondition(lambda self: len(self.office.base.issues) < 4)
    @rule(is_whole=st.booleans())
    def files(self, is_whole: bool) -> None:
        names = self.office.world.names.fields
        fields = {names[key]: value for key, value in GIVEN.items() if is_whole or key != "steps"}
        words = {"subject": self.office.text(), "description": self.office.text()}
        self.office.world.file(CLIENT, VIP, ERROR, fields=fields, **words)

    @rule(deed=DEED, which=st.integers(0, 2))
    def somebody_acts(self, deed: str, which: int) -> None:
        self.write(deed, which)

    @rule(minutes=MINUTES)
    def the_tool_runs(self, minutes: int) -> None:
        self.time_goes_on(minutes)
        self.office.run()

    @rule(minutes=LONG, deed=DEED, which=st.integers(0, 2), at=PLACES)
    def somebody_acts_during_a_run(self, minutes: int, deed: str, which: int, at: int) -> None:
        def event(wire: Faulty, line: Any, request: Request) -> None:
            self.write(deed, which)
            answer(line, wire.commit(request))

        self.time_goes_on(minutes)
        self.office.run(at, event)

    @rule(deed=DEED, which=st.integers(0, 2), at=PLACES)
    def somebody_acts_while_their_silence_ends_it(self, deed: str, which: int, at: int) -> None:
        self.write("staff ask", which)
        self.somebody_acts_during_a_run(DAY, deed, which, at)

    @rule(which=st.integers(0, 2), deed=st.sampled_from([None, *ANSWERS]))
    def a_question_waits(self, which: int, deed: str | None) -> None:
        """Until after its reminder, when somebody may act, and then until after its end."""
        calendar = self.office.config.rules.calendars[ClockKind.WORKING]
        self.write("staff ask", which)
        asked_at = self.office.base.now
        self.office.base.now = calendar.after(asked_at, WITHIN * 0.6)
        self.office.run()
        if deed:
            self.write(deed, which)
        self.office.base.now = calendar.after(asked_at, WITHIN * 1.1)
        self.all_settles()

    @rule(
        which=st.integers(0, 2),
        deed=st.sampled_from(["staff stop", "staff refuse", "client notes"]),
        at=st.integers(0, 2),
    )
    def somebody_acts_while_a_client_comes_back(self, which: int, deed: str, at: int) -> None:
        self.a_question_waits(which, None)
        self.write("client reopens", which)
        self.somebody_acts_during_a_run(1, deed, which, at)

    @precondition(lambda self: len(self.office.base.issues) < 4)
    @rule(minutes=LONG, deed=DEED, at=st.integers(3, 5))
    def somebody_acts_between_two_notes(self, minutes: int, deed: str, at: int) -> None:
        self.office.run()
        self.files(is_whole=True)
        self.somebody_acts_during_a_run(minutes, deed, len(self.office.base.issues) - 1, at)

    @rule(which=st.integers(0, 2), minutes=LONG)
    def a_release_slips(self, which: int, minutes: int) -> None:
        self.write("staff hand it on", which)
        self.office.run()
        self.time_goes_on(minutes)
        self.write("the release is put off", which)
        self.office.run()

    @rule(minutes=LONG, fault=st.sampled_from([each for each in FAULTS if each is not late_reply]), at=PLACES)
    def a_request_fails(self, minutes: int, fault: Fault, at: int) -> None:
        self.time_goes_on(minutes)
        self.office.run(at, fault)

    @precondition(lambda self: self.office.wire.held)
    @rule(minutes=LONG, at=PLACES)
    def what_was_held_back_comes_during_a_run(self, minutes: int, at: int) -> None:
        def event(wire: Faulty, line: Any, request: Request) -> None:
            wire.release()
            answer(line, wire.commit(request))

        self.time_goes_on(minutes)
        self.office.run(at, event)

    @rule(minutes=LONG, at=PLACES, is_committed=st.booleans())
    def a_run_is_killed(self, minutes: int, at: int, is_committed: bool) -> None:
        def event(wire: Faulty, _line: Any, request: Request) -> None:
            if is_committed:
                wire.commit(request)
            raise KilledError

        self.time_goes_on(minutes)
        self.office.run(at, event)

    @rule(minutes=LONG, turns=st.lists(st.integers(1, 9), min_size=1, max_size=6))
    def two_hosts_run_at_once(self, minutes: int, turns: list[int]) -> None:
        self.time_goes_on(minutes)
        interleave([Host(partial(self.run_on, host)) for host in range(2)], turns)

    def run_on(self, host: int, pause: Callable[[], None]) -> None:
        self.office.run(pause=pause, host=host)

    @precondition(lambda self: self.office.memory)
    @rule(minutes=LONG, deed=DEED, which=st.integers(0, 2), at=PLACES)
    def somebody_acts_and_another_plans_during_a_run(self, minutes: int, deed: str, which: int, at: int) -> None:
        def event(wire: Faulty, line: Any, request: Request) -> None:
            self.write(deed, which)
            self.time_goes_on(2)
            self.office.plan()
            answer(line, wire.commit(request))

        self.time_goes_on(minutes)
        self.office.run(at, event)

    @precondition(lambda self: self.office.memory)
    @rule(is_damaged=st.booleans())
    def the_cache_is_lost(self, is_damaged: bool) -> None:
        if is_damaged:
            for path in Path(self.office.memory.name).iterdir():
                path.write_bytes(path.read_bytes()[:-3000] + b"\0" * 3000)
        else:
            self.office.forget()

    @rule()
    def all_settles(self) -> None:
        """After any faults two healthy runs bring every step that is due, and the next has nothing to write."""
        self.office.wire.release()
        self.office.run()
        self.office.run()
        assert self.office.run().puts == 0
        assert not self.office.planned_afresh(), "without what it remembers it would write"
        self.every_write_keeps_the_promises()
        for issue in self.office.base.issues:
            self.look_at_what_is_owed(History(self.office, issue, issue.journals))

    def teardown(self) -> None:
        if hasattr(self, "office"):
            try:
                self.all_settles()
                self.time_goes_on(DAY)
                self.all_settles()
                self.held()
            finally:
                self.patched.stop()
                if self.office.memory:
                    self.office.memory.cleanup()

    @invariant()
    def every_write_keeps_the_promises(self) -> None:
        if not hasattr(self, "office"):
            return
        writes, self.judged_requests = self.office.writes[self.judged_requests :], len(self.office.writes)
        for write in writes:
            before = History(self.office, write.issue, write.past)
            look_at_places(History(self.office, write.issue, [*write.past, *write.new]))
            look_at_ending(self.office, before, write)
            look_at_stop(before, write)
            look_at_lateness(before, write)
            look_at_reason(before, write)
            assert not [each for each in write.notes if SIGN in each.notes], "a person's words in a note"
            self.look_at_the_run(write)
        for issue in {write.issue.id: write.issue for write in writes}.values():
            look_at_the_client(self.office, History(self.office, issue, issue.journals))

    def look_at_the_run(self, write: Write) -> None:
        ours = [note for each in self.office.writes for note in each.notes if each.run is write.run]
        said = [each.is_private for each in ours if each in write.issue.journals]
        assert max(said.count(True), said.count(False)) <= 1, "two notes of a kind in one run"

    def look_at_what_is_owed(self, history: History) -> None:
        """By the history alone: the end for want of an answer, the acknowledgement, the head, why it is refused."""
        issue, now = history.issue, self.office.base.now
        calendar = self.office.config.rules.calendars[ClockKind.WORKING]
        if issue.updated_at < now - LONGEST_CLOSED and issue.status.is_closed:
            return
        said = history.said()
        if history.stopped() is not None:
            assert any("@d.bekova" in each.notes for each in said if each.is_private)
            return
        answered_at = history.answered_at()
        shown = issue.values.get(self.office.world.field_id("first_response_at"), "")
        assert shown == (f"{answered_at.astimezone(calendar.zone):%Y-%m-%d %H:%M}" if answered_at else "")
        asked = history.question()
        if asked and calendar.is_open(now):
            assert calendar.elapsed(asked.created_at, now) <= WITHIN, "nobody answered, and it is not ended"
        if answered_at is None and issue.status.name in (OPENED, TAKEN):
            assert any(f"№ {issue.id} " in each.notes for each in said if not each.is_private)
        if answered_at is None and calendar.elapsed(issue.created_at, now) > timedelta(hours=4):
            assert any("@d.bekova" in each.notes for each in said if each.is_private), "the head was not told"
        if issue.status.name == REFUSED and issue.values.get(self.office.world.field_id("reason")) == reason("law"):
            assert any("қабылданбады" in each.notes for each in said if not each.is_private)


def look_at_places(history: History) -> None:
    """Every note has places in the marker that are written with it, and no place is written twice."""
    told: dict[tuple[str, str, int], float] = {}
    releases, gained, kept, acknowledged = 0, set[str](), set[str](), 0
    for each in history.journals:
        if each.user is not history.bot:
            continue
        if marked := history.change(each, "marker"):
            old, new = (set(text.split()) for text in marked)
            releases += any(word.startswith("release_on") for word in old ^ new)
            assert not gained, "marked, and no note with it"
            gained = {word for word in new - old if not word.startswith("release_on")}
            is_released_anew = any(word.startswith("release_on") for word in new - old)
            kept = {word for word in new & old if is_released_anew and word.partition("#")[0] in OF_A_RELEASE}
            for word in gained:
                name, cycle, share = re.split("[#@]", word)
                place = name, cycle, releases if name in OF_A_RELEASE else 0
                assert float(share) > told.get(place, 0), f"said twice: {word}"
                told[place] = float(share)
        if each.notes:
            places = gained or kept  # the same word may be said of another release
            assert places, "a note without its place in the marker"
            assert {word.partition("#")[0] in TO_STAFF for word in places} == {each.is_private}
            gained, kept = set(), set()
            acknowledged += f"№ {history.issue.id} " in each.notes
    assert not gained, "marked, and no note with it"
    assert acknowledged <= 1


def look_at_ending(office: Office, before: History, write: Write) -> None:
    if not any(before.status(each) == "Жабылды" for each in write.new):
        return
    calendar, asked = office.config.rules.calendars[ClockKind.WORKING], before.question()
    assert asked, "ended, though the client answered or nobody asked"
    assert calendar.elapsed(asked.created_at, write.run.now) >= WITHIN, "ended before its time"
    assert calendar.is_open(write.run.now), "ended outside working hours"


def look_at_stop(before: History, write: Write) -> None:
    """On what is stopped staff are told so, once; then there is nothing at all."""
    stopped = before.stopped()
    if stopped is None:
        return
    told = [place for place, each in enumerate(before.journals) if each in before.said() and place > stopped]
    notes = write.notes
    assert all(each.is_private for each in notes), "clients are told of what is stopped"
    assert len(told) + len(notes) <= 1, "told again of what is stopped"
    assert not any(before.status(each) for each in write.new)
    assert not told or told[0] >= write.run.known.get(write.issue.id, 0), "written after all was said"


def look_at_lateness(before: History, write: Write) -> None:
    marked = [change[1] for each in write.new if (change := before.change(each, "marker"))]
    old = [change[1] for each in write.past if (change := before.change(each, "marker"))]
    gained = set(" ".join(marked).split()) - set(old[-1].split() if old else ())
    is_late = any(word.startswith("first_response#") for word in gained)
    assert not (is_late and before.answered_at()), "called late, though it was answered"


def look_at_reason(before: History, write: Write) -> None:
    """A reason of staff goes only where the tool ends the request."""
    for each in write.new:
        changed = before.change(each, "reason")
        setters = [past for past in before.journals if before.change(past, "reason")]
        if changed and changed[0] and not before.status(each):
            assert setters[-1].user is before.bot, "a reason of staff is overwritten"


def look_at_the_client(office: Office, history: History) -> None:
    """What the client sees holds neither a private note, nor any part of one, nor the marker."""
    seen = office.world.see(CLIENT, history.issue.id)
    private = [part for each in history.journals if each.is_private for part in each.notes.split("\n\n")]
    public = [each["notes"] for each in seen["journals"]]
    assert not [each for each in seen["journals"] if each["private_notes"]]
    assert not [each for each in public for part in private if part in each]
    assert office.world.names.fields["marker"] not in {each["name"] for each in seen["custom_fields"]}


@cache
def config_of(kind: str) -> Config:
    """The shipped configuration for one project, or one by which the tool asks clients for what is missing."""
    if kind == "shipped":
        return replace(shipped_config(), projects=(VIP,))
    with TemporaryDirectory() as folder:
        copy = Copy(Path(folder))
        copy.replace("regulation.yaml", "# asked: {clause: 11}", "asked: {clause: 11}")
        return replace(copy.load(), projects=(VIP,))


@pytest.fixture
def searching(request: pytest.FixtureRequest) -> settings:
    count = 300 if request.config.getoption("--all") else 28
    return settings(
        max_examples=count,
        stateful_step_count=25,
        derandomize=True,
        database=None,
        deadline=None,
        print_blob=False,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )


def test_promises_hold_for_any_order_of_people_time_and_failures(
    searching: settings, count_promise: Callable[[str, str], None]
) -> None:
    fault = "people, the clock, two hosts, faults and kills in any order"
    promises = (ONCE, ANSWERED, PRIVATE, HARMLESS)
    held = staticmethod(lambda: [count_promise(promise, fault) for promise in promises])
    machine = type("AnyOrder", (AnyOrder,), {"held": held})
    run_state_machine_as_test(machine, settings=searching)

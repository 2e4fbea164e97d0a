"""A Redmine in memory with 60 requests in every state, and runs of sup-sync over it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import requests
from end_to_end.scene import (
    BASE,
    CLIENT,
    CLIENT_ROLE,
    CONSULTATION,
    ERROR,
    HEAD,
    MURAGER,
    OPERATOR,
    PROJECTS,
    SCENE,
    STAFF_GROUP,
    UNMAPPED_STATUS,
    UNMAPPED_TRACKER,
)
from faults.actions import DEVELOPMENT, REFUSED, SOLVED, TAKEN, WAITING, reason_name
from faults.failing_proxy import answer
from faults.wire import Line, Wire
from stories.moments import read_moment
from stories.redmine_json import GIVEN
from stories.shipped import Copy
from support.fake_records import Issue, Json, Named, Project, Status, User, Version
from support.fake_rest import Answer, FakeRest
from support.worlds import BOT, FakeWorld

from sup_sync.config.load import Config
from sup_sync.errors import SupSyncError
from sup_sync.model.change import Change
from sup_sync.redmine.reader import Reader
from sup_sync.redmine.session import RedmineSession
from sup_sync.run.apply import apply
from sup_sync.run.cache import IN_MEMORY, NO_CACHE, Cache, CacheFile
from sup_sync.run.gather import IncrementalReader
from sup_sync.run.run_plan import plan_run

# Wednesday: the first run, what people do after it, and the second run of that day
FIRST_RUN, ACTS, CHANGES, SECOND_RUN = "Wed 10:00", "Wed 11:00", "Wed 11:30", "Wed 15:30"
NEXT_DAY = "Thu 09:05"

SECOND_OPERATOR, SECOND_CLIENT, GROUP_CLIENT = "b.nurlanov", "s.abenova", "k.tolegen"
VIP_GROUP, ENDED_GROUP = "VIP Тобыл", "VIP Ескі"
SPARE = "ishki-isteri"  # a project that the configuration does not name

# fields of the company, which sup-sync does not map
COMPANY_TEXT, COMPANY_LIST = "Шарт нөмірі", "Өнім"
PRODUCTS = ("Портал", "Мобильді қосымша")

FRESH, NEW, LATE, LONG_LATE, ANSWERED, TO_REMIND, TO_CLOSE, IN_DEVELOPMENT, SLIPPED, DONE, REJECTED, REPLIED = (
    "fresh",
    "new",
    "late",
    "long late",
    "answered",
    "to remind",
    "to close",
    "in development",
    "slipped release",
    "done",
    "rejected",
    "replied",
)

Step = tuple[str, str, Json]  # when, who, what


def _status(name: str, note: str = "", **more: Any) -> Json:
    return {"status": name, "notes": note, **more}


# the filing, and what people did then, by kind of request
KINDS: dict[str, tuple[str, tuple[Step, ...]]] = {
    FRESH: ("Wed 09:50", ()),
    NEW: ("Wed 08:40", ()),
    LATE: ("Tue 10:00", ()),
    LONG_LATE: ("Mon 09:00", ()),
    ANSWERED: ("Tue 11:00", (("Tue 11:30", OPERATOR, _status(TAKEN, "Қарап жатырмыз")),)),
    TO_REMIND: ("Tue 14:00", (("Tue 15:00", OPERATOR, _status(WAITING, "Нөмірі қандай?")),)),
    TO_CLOSE: ("Mon 10:00", (("Mon 12:00", OPERATOR, _status(WAITING, "Қай күні?")),)),
    IN_DEVELOPMENT: ("Mon 11:00", (("Mon 12:00", OPERATOR, _status(DEVELOPMENT, "Түзетеміз", version="next")),)),
    SLIPPED: ("Mon 11:30", (("Mon 12:30", OPERATOR, _status(DEVELOPMENT, "Түзетеміз", version="past")),)),
    DONE: ("Mon 15:00", (("Tue 16:00", OPERATOR, _status(SOLVED, "Дайын")),)),
    REJECTED: ("Mon 16:00", (("Tue 17:00", OPERATOR, _status(REFUSED, "", reason="law")),)),
    REPLIED: (
        "Tue 09:30",
        (("Tue 10:00", OPERATOR, _status(WAITING, "Қалай?")), ("Tue 12:00", CLIENT, {"notes": "Былай"})),
    ),
}
KIND_NAMES = tuple(KINDS)
COUNT = len(PROJECTS) * len(KINDS)


@dataclass(frozen=True)
class State:
    """What sup-sync may change on a request, by ids, and its notes."""

    status: int
    priority: int
    assignee: int | None
    due_on: date | None
    fields: tuple[tuple[int, str], ...]
    notes: tuple[tuple[bool, str], ...]


@dataclass(frozen=True)
class Ran:
    """The exit code of a run, its error or findings, the requests that it wrote to, and its plan (None: no plan)."""

    code: int
    text: str
    written: frozenset[int]
    changes: tuple[Change, ...] | None = None


@dataclass
class BusySite:
    """The Redmine with the requests of some numbers, by default 60; `kinds` are those of KINDS, by request.

    `overrides` replace its answers by pattern of method and path, `edits` change the JSON of answers by method and
    path.
    """

    files: Copy
    folder: Path
    numbers: Sequence[int] = range(COUNT)
    world: FakeWorld = field(default_factory=FakeWorld)
    kinds: dict[int, str] = field(default_factory=dict)
    overrides: dict[str, Answer | type[Exception]] = field(default_factory=dict)
    edits: dict[str, Callable[[Any], Any]] = field(default_factory=dict)
    hidden: list[tuple[Project, list[Issue], set[str]]] = field(default_factory=list)
    config: Config = field(init=False)
    own_fields: tuple[int, ...] = ()
    waiting: Status = field(init=False)

    def __post_init__(self) -> None:
        self.config = self.files.load()
        self._make_people()
        for number in self.numbers:
            self._file(number)
        self.waiting = self.named("statuses", WAITING)
        self.own_fields = tuple(sorted(map(self.field_id, self.config.rules.names.own_fields)))

    @property
    def tracker(self) -> Any:
        return self.world.tracker

    @property
    def ids(self) -> list[int]:
        return list(self.kinds)

    # --- setup

    def _make_people(self) -> None:
        self.world.reset(SCENE)
        tracker = self.tracker
        tracker.anonymous.id = 9_003
        tracker.statuses.append(Status(9_001, UNMAPPED_STATUS))
        tracker.trackers.append(Named(9_002, UNMAPPED_TRACKER))
        second = tracker.add_user(SECOND_OPERATOR, "Бекзат Нұрланов")
        clients = [tracker.add_user(SECOND_CLIENT, "Сәуле Әбенова"), tracker.add_user(GROUP_CLIENT, "Қанат Төлеген")]
        tracker.add_group(STAFF_GROUP, [second])
        groups = [tracker.add_group(VIP_GROUP, clients[1:]), tracker.add_group(ENDED_GROUP, ())]
        tracker.add_project(SPARE, "Ішкі істер")
        for project in tracker.projects:
            project.trackers = [each for each in tracker.trackers if each.name in (ERROR, CONSULTATION)]
            tracker.join(project, second, ())
            tracker.join(project, self.group(STAFF_GROUP), ("Қолдау операторы",))
            for who in (*clients, *groups):
                tracker.join(project, who, (CLIENT_ROLE,))
            for name, due_on in (("past", "2026-06-08"), ("next", "2026-06-12")):
                tracker.add_version(project, f"{project.identifier} {name}", due_on)
        trackers = [each.name for each in tracker.trackers]
        tracker.add_field({"name": COMPANY_TEXT, "trackers": trackers})
        tracker.add_field({"name": COMPANY_LIST, "trackers": trackers, "values": PRODUCTS})

    def _file(self, number: int) -> None:
        """File request `number` of its kind, and do what people did since."""
        identifier = tuple(PROJECTS)[number // len(KINDS)]
        kind = KIND_NAMES[number % len(KINDS)]
        filed_at, steps = KINDS[kind]
        client = self._client(number)
        self.tracker.now = read_moment(filed_at)
        given = {key: value for key, value in GIVEN.items() if number % 7 != 3 or key != "iin"}
        fields = {self.world.names.fields[key]: value for key, value in given.items()}
        if identifier in (BASE, MURAGER) and number % 4:
            fields[self.world.names.fields["channel"]] = "Электрондық пошта"
        issue = self.tracker.file(
            client,
            {
                "project_id": identifier,
                "tracker_id": self.named("trackers", (ERROR, CONSULTATION)[number % 2]).id,
                "subject": f"Өтініш {number}",
                "priority_id": self.named("priorities", "Жедел" if number % 5 == 2 else "Қалыпты").id,
                "custom_fields": self.values({**fields, COMPANY_TEXT: f"№ {number}", COMPANY_LIST: PRODUCTS[0]}),
            },
        )
        self.kinds[issue.id] = kind
        for at, login, what in steps:
            self.act(at, client if login == CLIENT else self.user(login), issue, **what)

    def _client(self, number: int) -> User:
        login = (CLIENT, SECOND_CLIENT, GROUP_CLIENT)[number % 3]
        return self.user(login)

    def act(self, at: str, who: User, issue: Issue, **what: Any) -> None:
        """Change a request as a person: its status by name, its version, its reason, a note."""
        self.tracker.now = read_moment(at)
        sent: dict[str, Any] = {"notes": what.get("notes", "")}
        if "status" in what:
            sent["status_id"] = self.named("statuses", what["status"]).id
        if "version" in what:
            sent["fixed_version_id"] = self.version(issue.project, what["version"]).id
        if "reason" in what:
            sent["custom_fields"] = self.values({self.world.names.fields["reason"]: reason_name(what["reason"])})
        self.tracker.update(who, issue, sent)

    # --- lookup

    def named(self, kind: str, name: str) -> Any:
        return next(each for each in getattr(self.tracker, kind) if each.name == name)

    def user(self, login: str) -> User:
        return next(each for each in self.tracker.users if each.login == login)

    def group(self, name: str) -> Any:
        return self.named("groups", name)

    def project(self, identifier: str) -> Project:
        return next(each for each in self.tracker.projects if each.identifier == identifier)

    def version(self, project: Project, name: str) -> Version:
        return next(each for each in self.tracker.versions if each.name == f"{project.identifier} {name}")

    def issue(self, issue_id: int) -> Issue:
        return next(each for each in self.tracker.issues if each.id == issue_id)

    def field_id(self, key: str) -> int:
        return int(self.named("fields", self.world.names.fields.get(key, key)).id)

    def values(self, fields: dict[str, str]) -> list[Json]:
        return [{"id": self.named("fields", name).id, "value": value} for name, value in fields.items()]

    def where(self, test: Callable[[Issue], bool]) -> set[int]:
        """Return the requests that pass a test."""
        return {each.id for each in self.tracker.issues if test(each)}

    def in_project(self, identifier: str) -> set[int]:
        return self.where(lambda each: each.project.identifier == identifier)

    # --- changes of the configuration

    def rename_in_files(self, old: str, new: str, name: str = "tracker.yaml") -> None:
        """Replace a text in a file of the mappings, and load the files again."""
        if not (self.folder / "config.yaml").exists():
            self.files = copy_files(self.files, self.folder)
        self.files.replace(name, old, new)
        self.config = self.files.load()

    # --- runs

    def run(self, at: str, *, cache: Path | None = None) -> Ran:
        """Run `sup-sync apply` at that time; an error that is not of sup-sync fails the test."""
        now = self.tracker.now = read_moment(at)
        written: set[int] = set()
        try:
            done = apply(
                self._session(written),
                self.config,
                now,
                force=False,
                progress=lambda _done, _of: None,
                cache=CacheFile(cache) if cache else NO_CACHE,
            )
        except SupSyncError as error:
            return Ran(error.exit_code, str(error), frozenset(written))
        findings = [f"#{each.issue_id} {each.text}" for each in done.plan.findings]
        outcomes = [f"#{each.issue_id} {each.kind} {each.text}" for each in done.outcomes if each.text]
        unread = [f"{name}: {reason}" for name, reason in done.unread_projects.items()]
        text = "\n".join([*unread, *findings, *outcomes])
        return Ran(0 if done.is_complete else 3, text, frozenset(written), done.plan.changes)

    def plan(self, at: str) -> tuple[Change, ...] | None:
        """Return the changes that a run without a cache would write at that time; None if it cannot plan."""
        now = self.tracker.now = read_moment(at)
        try:
            with Cache(IN_MEMORY) as cache:
                reader = Reader(self._session(set()))
                reading = IncrementalReader.open(reader, self.config, cache, now, lambda _done, _of: None)
                return plan_run(reading, self.config, now, is_adopting=False).plan.changes
        except SupSyncError:
            return None

    def _session(self, written: set[int]) -> RedmineSession:
        """Return a session with this site, which adds to `written` the requests that it writes to."""
        session = RedmineSession(self.world.url, self.world.user(BOT))
        http = session._http
        retries = http.get_adapter(f"{self.world.url}/").max_retries
        http.mount(f"{self.world.url}/", Wire(lambda line, sent: self._answer(line, sent, written), retries))
        return session

    def _answer(self, line: Line, request: requests.PreparedRequest, written: set[int]) -> None:
        method, path = request.method or "", (request.path_url or "").partition("?")[0]
        number = re.fullmatch(r"/issues/(\d+)\.json", path)
        if method == "PUT" and number:
            written.add(int(number[1]))
        for pattern, override in self.overrides.items():
            if re.fullmatch(pattern, f"{method} {path}"):
                if isinstance(override, type):
                    raise override(request=request)  # type: ignore[call-arg]
                return answer(line, override)
        status, headers, text = self.world.rest.answer(request)
        edit = self.edits.get(f"{method} {path}")
        if edit and status == requests.codes.ok:
            text = json.dumps(edit(json.loads(text)))
        answer(line, (status, headers, text))
        return None

    def states(self, *, without: set[int] | frozenset[int] = frozenset()) -> dict[int, State]:
        """Return the states of the 60 requests, without some."""
        present = {each.id for each in self.tracker.issues}
        return {each: self.state_of(each) for each in self.ids if each in present and each not in without}

    def state_of(self, issue_id: int) -> State:
        """Return the state of a request."""
        issue = self.issue(issue_id)
        notes = [each for each in issue.journals if each.notes and each.user.login == BOT]
        return State(
            status=issue.status.id,
            priority=issue.priority.id,
            assignee=issue.assignee.id if issue.assignee else None,
            due_on=issue.due_on,
            fields=tuple((key, issue.values.get(key, "")) for key in self.own_fields),
            notes=tuple((each.is_private, each.notes) for each in notes),
        )

    def copy(self, folder: Path) -> BusySite:
        """Return an independent copy of the site in its current state, with a folder for files that it changes."""
        other = deepcopy(self, {id(self.files): self.files, id(self.config): self.config})
        other.folder = folder
        other.world.rest = FakeRest(other.tracker, other.world.url)
        return other

    def let_people_work(self) -> None:
        """Let people answer, ask and reply to some requests that stay usual."""
        for number, kind in self.kinds.items():
            issue, is_odd_number = self.issue(number), number % 2
            if kind == TO_REMIND and is_odd_number:
                self.act(ACTS, issue.author, issue, notes="Міне")
            elif kind == NEW and is_odd_number:
                self.act(ACTS, self.user(OPERATOR), issue, status=WAITING, notes="Қашан?")
            elif kind == LATE and is_odd_number:
                self.act(ACTS, self.user(HEAD), issue, notes="Жауап")


class Victims:
    """The third of the requests that may become odd; each is taken once, in a random order by `seed`."""

    def __init__(self, site: BusySite, seed: str) -> None:
        self.site = site
        ids = site.ids
        self.left = [each for number, each in enumerate(ids) if (number + number // len(KINDS)) % 3 == 0]
        Random(seed).shuffle(self.left)  # noqa: S311 - not a secret

    def take(self, count: int, *kinds: str) -> list[Issue]:
        """Take requests of some kinds, of any if none is named, as many as are left and not hidden or deleted."""
        present = {each.id for each in self.site.tracker.issues}
        fitting = [each for each in self.left if not kinds or self.site.kinds[each] in kinds]
        chosen = [each for each in fitting if each in present][:count]
        self.left = [each for each in self.left if each not in chosen]
        return [self.site.issue(each) for each in chosen]


def base_files(folder: Path, url: str = FakeWorld.url, *, has_groups: bool = True) -> Copy:
    """Write the shipped files with limits that no run of these tests exceeds, and optionally contracts by group."""
    files = Copy(folder)
    files.replace("config.yaml", "http://127.0.0.1:3000", url)
    for old, new in (("notes: 50", "notes: 500"), ("status_changes: 10", "status_changes: 100")):
        files.replace("config.yaml", old, new)
    files.replace("config.yaml", "changed_share: 0.5", "changed_share: 1.0")
    lines = (
        ()
        if not has_groups
        else (
            f"  - {{client: Тобыл, level: vip, group: {VIP_GROUP}, from: 2025-01-01, until: 2028-12-31}}",
            f"  - {{client: Ескі, level: vip, group: {ENDED_GROUP}, from: 2024-01-01, until: 2025-12-31}}",
        )
    )
    path = files.path("clients.yaml")
    path.write_text(path.read_text(encoding="utf-8") + "\n".join(lines) + "\n", encoding="utf-8")
    return files


def copy_files(files: Copy, folder: Path) -> Copy:
    """Copy a folder of files."""
    shutil.copytree(files.folder, folder, dirs_exist_ok=True)
    copied = object.__new__(Copy)
    copied.folder = folder
    return copied

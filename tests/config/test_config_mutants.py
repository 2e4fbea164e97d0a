"""Mutants of the shipped files, with one mistake each: none may write anything that is false.

The checks of the files, the preflight check of Redmine, or the limits must refuse each, or its requests are skipped.
Redmine is a fake in memory with 120 requests in the correct state, so the unchanged configuration has nothing to write.
Each mutant runs with the cache of the unchanged configuration, and without a cache.

Names of people are the exception: a run goes on without somebody who is not there, `check` reports it, and all that is
written is right.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import pytest
from end_to_end.diary import Diary
from end_to_end.scene import BASE, CLIENT, CONSULTATION, HEAD, OPERATOR, VIP, make_fake
from stories.moments import WEEK, read_moment
from stories.shipped import REPOSITORY, Copy, shipped_config
from support.promises import LIMITS
from support.worlds import FakeWorld

from sup_sync.config.load import Config, load_config
from sup_sync.errors import AccessError, ConfigError, RedmineMismatchError, UnsafePlan
from sup_sync.redmine.preflight.checks import check_redmine
from sup_sync.redmine.reader import Reader
from sup_sync.run.cache import IN_MEMORY, NO_CACHE, Cache, CacheFile
from sup_sync.run.gather import IncrementalReader
from sup_sync.run.run_plan import RunPlan, plan_run

NOW, LATER = "Wed 12:00", "Fri 17:00"
BASE_REQUESTS, VIP_REQUESTS = 70, 50
CONFIG, REGULATION, TRACKER = "config.yaml", "regulation.yaml", "tracker.yaml"
CALENDAR, CLIENTS, MESSAGES = "calendar.yaml", "clients.yaml", "messages.yaml"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Diary]:
    world = FakeWorld()
    make_fake(world)
    with world.rest.running():
        cache = CacheFile(tmp_path_factory.mktemp("state") / "cache", pytest.fail)
        diary = Diary(world, shipped_config(), cache)
        by_mail = {world.names.fields["channel"]: "Электрондық пошта"}
        base = [diary.file("Wed 10:00", OPERATOR, BASE, CONSULTATION, fields=by_mail) for _ in range(BASE_REQUESTS)]
        vip = [diary.file("Wed 10:00", CLIENT, VIP) for _ in range(VIP_REQUESTS)]
        for issue_id in vip[:25]:
            with diary.at("Wed 10:30", issue_id):
                world.note(OPERATOR, issue_id, "Жауап")
        for issue_id in vip[25:]:
            with diary.at("Wed 11:00", issue_id):
                world.set_status(OPERATOR, issue_id, "Клиент жауабын күтуде", "Сұрақ")
        world.tracker.now = read_moment(NOW)
        assert len(base) == len(diary.run(NOW, force=True).outcomes) - len(vip)
        assert diary.run(NOW).puts == 0
        yield diary


def swapped(one: str, other: str) -> tuple[tuple[str, str], ...]:
    return ((one, "\0"), (other, one), ("\0", other))


FIELD = {key: f"  {key}: {name}" for key, name in shipped_config().rules.names.fields.items()}


def fields_swapped(one: str, other: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    names = shipped_config().rules.names.fields
    new = {one: f"  {one}: {names[other]}", other: f"  {other}: {names[one]}"}
    return TRACKER, ((f"{FIELD[one]}\n", "\0\n"), (f"{FIELD[other]}\n", f"{new[other]}\n"), ("\0\n", f"{new[one]}\n"))


def one(file: str, old: str, new: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    return file, ((old, new),)


ORDER = ("level", "first_response_due", "first_response_at", "resolution_due", "state", "marker", "channel")

MUTANTS = {
    # fields swapped, shifted or renamed
    **{f"{a} and {b} swapped": fields_swapped(a, b) for a, b in pairwise(ORDER)},
    "level and state swapped": fields_swapped("level", "state"),
    "the due fields swapped": fields_swapped("first_response_due", "resolution_due"),
    "marker and reason swapped": fields_swapped("marker", "reason"),
    "marker and BIN swapped": fields_swapped("marker", "bin"),
    "two fields of one name": one(TRACKER, "  state: Мерзім күйі", "  state: Шешу мерзімі"),
    "a field renamed": one(TRACKER, "  level: Қызмет көрсету деңгейі", "  level: Деңгей"),
    "the marker's field renamed": one(TRACKER, "  marker: sup-sync", "  marker: sup_sync"),
    "a field left out": one(TRACKER, "  resolution_due: Шешу мерзімі\n", ""),
    # names
    "levels swapped": (TRACKER, (("  vip: VIP\n  base: Базалық", "  vip: Базалық\n  base: VIP"),)),
    "a level renamed": one(TRACKER, "  base: Базалық", "  base: VIP"),
    "states swapped": (
        TRACKER,
        (
            ("  on_track: Мерзімінде\n", "  on_track: Мерзімі өтті\n"),
            ("  breached: Мерзімі өтті", "  breached: Мерзімінде"),
        ),
    ),
    "waiting and on track swapped": (
        TRACKER,
        (
            ("  on_track: Мерзімінде", "  on_track: Клиент жауабы күтілуде"),
            ("  waiting: Клиент жауабы күтілуде", "  waiting: Мерзімінде"),
        ),
    ),
    "a status renamed": one(TRACKER, "  Жаңа: {phase: open}", "  Жаңа2: {phase: open}"),
    "new requests taken for closed": one(TRACKER, "  Жаңа: {phase: open}", "  Жаңа: {phase: closed}"),
    "closed requests taken for open": one(TRACKER, "  Жабылды: {phase: closed}", "  Жабылды: {phase: open}"),
    "new requests taken for waiting": one(TRACKER, "  Жаңа: {phase: open}", "  Жаңа: {phase: waitin}"),
    "nothing waits": one(TRACKER, "күтуде: {phase: waiting}", "күтуде: {phase: open}"),
    "a tracker renamed": one(TRACKER, "  Кеңес: {category: consultation}", "  Кенес: {category: consultation}"),
    "a tracker of no category": one(TRACKER, "  Кеңес: {category: consultation}", "  Кеңес: {category: advice}"),
    "a priority renamed": one(TRACKER, "  normal: Қалыпты", "  normal: Қалыпты2"),
    "two priorities of one name": one(TRACKER, "  urgent: Жедел", "  urgent: Қалыпты"),
    "priorities swapped": (
        TRACKER,
        (("  normal: Қалыпты", "  normal: Дереу"), ("  immediate: Дереу", "  immediate: Қалыпты")),
    ),
    "channels swapped": (
        TRACKER,
        (
            ("  online_assistant: Онлайн көмекші", "  online_assistant: Электрондық пошта"),
            ("  email: Электрондық пошта", "  email: Онлайн көмекші"),
        ),
    ),
    "clients filed by online assistant": one(TRACKER, "  client: tracker", "  client: online_assistant"),
    "clients filed by an unknown channel": one(TRACKER, "  client: tracker", "  client: traker"),
    # people
    "the staff's group renamed": one(TRACKER, "groups: [Қолдау қызметі]", "groups: [Қолдау]"),
    "the only group of staff renamed, and the role of others": one(
        TRACKER, "  groups: [Қолдау қызметі]\n  roles: [Қолдау операторы]", "  groups: [Қолдау]\n  roles: [Әзірлеуші]"
    ),
    "clients taken for staff": one(
        TRACKER, "  groups: [Қолдау қызметі]\n  roles: [Қолдау операторы]", "  groups: []\n  roles: [Клиент]"
    ),
    "no staff": one(TRACKER, "  groups: [Қолдау қызметі]\n  roles: [Қолдау операторы]", "  groups: []\n  roles: []"),
    "the head renamed": one(TRACKER, "name: Дана Бекова", "name: Дана Бекава"),
    "the head is a client": one(TRACKER, "name: Дана Бекова", "name: Марат Омаров"),
    "the head is a client, with the login": one(
        TRACKER, "login: d.bekova, name: Дана Бекова", "login: m.omarov, name: Марат Омаров"
    ),
    "the ladder names an unknown person": one(
        REGULATION, "mentions: [head], assign: head}\n", "mentions: [hed], assign: head}\n"
    ),
    # projects and contracts
    "projects swapped in the contracts": (
        CLIENTS,
        (
            ("project: alatau-trade", "project: \0"),
            ("project: kokshe-qurylys", "project: portal-users"),
            ("project: \0", "project: kokshe-qurylys"),
        ),
    ),
    "the contract of another project": one(CLIENTS, "project: alatau-trade", "project: murager-group"),
    "the project of all clients under contract": one(CLIENTS, "project: alatau-trade", "project: portal-users"),
    "a contract of an unread project": one(CLIENTS, "project: alatau-trade", "project: alatau"),
    "a contract that expired long ago": one(
        CLIENTS, "from: 2024-01-01, until: 2028-12-31", "from: 2014-01-01, until: 2018-12-31"
    ),
    "a contract of the other level": one(
        CLIENTS, "{client: «Алатау Трейд» ЖШС, level: vip", "{client: «Алатау Трейд» ЖШС, level: base"
    ),
    "a contract twice": (
        CLIENTS,
        (
            (
                "contracts:\n",
                "contracts:\n"
                "  - {client: X, level: base, project: alatau-trade, from: 2024-01-01, until: 2028-12-31}\n",
            ),
        ),
    ),
    "a project misspelt": one(CONFIG, "projects: [alatau-trade,", "projects: [alatau-trad,"),
    # targets and times
    "hours for minutes": one(REGULATION, "within: 15 min, clause: SLA VIP.1", "within: 15 h, clause: SLA VIP.1"),
    "minutes for hours": one(REGULATION, "{normal: 2 h, urgent: 1 h", "{normal: 2 min, urgent: 1 min"),
    "a day for two": one(REGULATION, "2 working days, clause: SLA Base.3", "1 working day, clause: SLA Base.3"),
    "no unit": one(REGULATION, "within: 15 min, clause: SLA Base.1", "within: 15, clause: SLA Base.1"),
    "a short working day": one(REGULATION, "working_day: 9 h", "working_day: 9 min"),
    "eight minutes for an answer": one(REGULATION, "  within: 8 h ", "  within: 8 min "),
    "eight hours of the night too": one(REGULATION, "working_day: 9 h", "working_day: 24 h"),
    "all clients VIP": (
        REGULATION,
        (
            ("  vip: {clause: 3}", "  vip: {clause: 3, default: true}"),
            ("base: {clause: 3, default: true}", "base: {clause: 3}"),
        ),
    ),
    "everything matches the first agreement": one(
        REGULATION, "    levels: [vip]\n    channels: [online_assistant]\n", ""
    ),
    "agreements of no channel known": one(REGULATION, "channels: [official_letter]", "channels: [letters]"),
    "letters with a target for resolution": one(REGULATION, "{within: none, clause", "{within: 1 working day, clause"),
    "the regulation not yet in force": one(REGULATION, "in_force_from: 2023-01-01", "in_force_from: 2033-01-01"),
    "an empty calendar": one(CALENDAR, 'mon-fri: ["09:00-18:00"]', "mon-fri: []"),
    "another zone": one(CALENDAR, "zone: Asia/Almaty", "zone: Europe/London"),
    "no zone": one(CALENDAR, "zone: Asia/Almaty", "zone: Asia/Almatty"),
    "hours as numbers": one(CALENDAR, '"09:00-18:00"', "1080"),
    "hours of the evening": one(CALENDAR, "09:00-18:00", "18:00-23:00"),
    "a year left out": one(CALENDAR, "2026: final", "2036: final"),
    "no step is a warning at all": one(REGULATION, "- {step: at_risk, at: 0.75", "- {step: at_risk, at: 75"),
    # messages and the run
    "a message missing": one(MESSAGES, "  reminder: |-\n    Мы ждём", "  remainder: |-\n    Мы ждём"),
    "a client's text in a note": one(MESSAGES, "№ $number өтінішіңіз", "№ $subject өтінішіңіз"),
    "an open status for closing": one(TRACKER, "  no_answer: Жабылды ", "  no_answer: Өңделуде "),
    "a literal key": one(CONFIG, "redmine:\n", "redmine:\n  key: 0123456789abcdef0123456789abcdef01234567\n"),
    "no limit known": one(CONFIG, "  changed_share: 0.5", "  changed_share: 50"),
}

# Mutants that are only reported, with a part of the text: notes do not mention or assign the head, who is not found;
# the staff still have their role, so that the group is not needed.
REPORTED = {
    "the staff's group renamed": 'group "Қолдау" (staff) is in no project',
    "the head renamed": '"Дана Бекава" is not a staff member of any project',
    "the head is a client": '"Марат Омаров" has the login m.omarov, not d.bekova',
    "the head is a client, with the login": '"Марат Омаров" is not a staff member of any project',
}


def test_at_least_sixty_mutants_exist() -> None:
    assert len(MUTANTS) >= 60


def test_unchanged_configuration_writes_nothing(office: Diary, tmp_path: Path) -> None:
    config = load_config(copy_of_all(tmp_path).folder / "config.yaml", WEEK)
    assert office.run(NOW, config=config).puts == 0


@pytest.mark.parametrize("name", MUTANTS)
def test_mutant_writes_nothing(
    office: Diary,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    count_promise: Callable[[str, str], None],
) -> None:
    path = mutant_of_all(tmp_path, name)
    before, session = office.traces(), office.session()
    with suppress(ConfigError):
        config = load_config(path, WEEK)
        for cache in (office.cache, NO_CACHE):
            monkeypatch.setattr(office, "cache", cache)
            with suppress(AccessError, RedmineMismatchError, UnsafePlan):
                ran = office.run(NOW, session=session, config=config)
                if name not in REPORTED:
                    assert ran.done.skipped >= BASE_REQUESTS  # each is reported as not mapped
                    assert not ran.done.is_complete
    assert session.requests_made["PUT"] == 0
    assert office.traces() == before
    count_promise(LIMITS, "a mistake in a configuration file")


@pytest.mark.parametrize("name", REPORTED)
def test_mutant_that_is_only_reported_plans_nothing_false(office: Diary, tmp_path: Path, name: str) -> None:
    right = planned(office, load_config(copy_of_all(tmp_path / "right").folder / "config.yaml", WEEK))
    mutant = planned(office, load_config(mutant_of_all(tmp_path / "mutant", name), WEEK))
    assert any(REPORTED[name] in str(each) for each in check_redmine(mutant.state))
    head = {each.issue_id for each in right.plan.changes if each.field == "assignee"}
    assert head
    if "head" in name:
        assert {each.issue_id for each in mutant.plan.findings if each.kind == "unavailable_person"} == head
        assert all(each.field != "assignee" and not each.new.startswith("@") for each in mutant.plan.changes)
        assert written(mutant) == {(*key, text.removeprefix(f"@{HEAD}\n\n")) for *key, text in written(right)}
    else:
        assert written(mutant) == written(right)
    assert mutant.plan.notifications == right.plan.notifications


def planned(office: Diary, config: Config) -> RunPlan:
    """Return what a run without a cache would write at a later time, when notes to the head are due."""
    now = read_moment(LATER)
    with Cache(IN_MEMORY) as cache:
        reading = IncrementalReader.open(Reader(office.session()), config, cache, now, lambda _done, _of: None)
        return plan_run(reading, config, now, is_adopting=False)


def written(planned: RunPlan) -> set[tuple[int, str, int, str]]:
    """Return the values to write without the assignments: request, field, number of the write, text."""
    changes = (each for each in planned.plan.changes if each.field != "assignee")
    return {(each.issue_id, each.field, each.write_number, each.new) for each in changes}


def mutant_of_all(folder: Path, name: str) -> Path:
    """Copy the shipped files with the mistake, and return the path of config.yaml."""
    copy = copy_of_all(folder)
    file, changes = MUTANTS[name]
    for old, new in changes:
        copy.replace(file, old, new, times=1)
    return copy.folder / "config.yaml"


def copy_of_all(folder: Path) -> Copy:
    """Copy the shipped files, including the acceptance table."""
    folder.mkdir(exist_ok=True)
    copy = Copy(folder)
    shutil.copy(REPOSITORY / "mappings" / "examples.yaml", copy.path("examples.yaml"))
    copy.replace("config.yaml", "http://127.0.0.1:3000", "http://127.0.0.1:3999")
    return copy

"""Every kind of mistake in the configuration, reported with file, line, what is wrong and what to do."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from stories.shipped import Copy

from sup_sync.config.yaml_file import load_yaml
from sup_sync.errors import ConfigError

CONFIG, REGULATION, TRACKER = "config.yaml", "regulation.yaml", "tracker.yaml"
CALENDAR, CLIENTS, MESSAGES = "calendar.yaml", "clients.yaml", "messages.yaml"


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return Copy(tmp_path)


def test_all_mistakes_of_all_files_are_reported_at_once(copy):
    copy.replace(CONFIG, "  url: http", "  key: 0123abcd\n  url: http")
    copy.replace(CONFIG, "\nlanguage: kk", "\nlanguage: de")
    copy.replace(REGULATION, "first_response: {within: 15 min, clause: SLA VIP.1}",
                 "first_response: {within: 15 min, clause: SLA VIP.1, clok: calendar}")  # fmt: skip
    copy.replace(REGULATION, "within: {normal: 2 h, urgent: 1 h, immediate: 30 min}", "within: 18:00", times=1)
    copy.replace(REGULATION, "within: {normal: 2 h, urgent: 1 h, immediate: 30 min}",
                 "within: {normal: 1 h, urgent: 2 h, immediate: 30 min}")  # fmt: skip
    copy.replace(REGULATION, "levels: [base]\n    channels: [online_assistant]", "levels: [base]\n    channels: [fax]")
    copy.replace(REGULATION, "mentions: [head]", "mentions: [boss]", times=1)
    copy.replace(TRACKER, "Кеңес: {category: consultation}", "Кеңес: {category: advice}")
    copy.replace(TRACKER, "  urgent: Жедел\n", "  urgent: Жедел\n  urgent: Шұғыл\n")
    copy.replace(CALENDAR, "date: 2023-07-01, kind: worked", "date: 2022-07-01, kind: worked")
    copy.replace(CLIENTS, "project: alatau-trade", "project: alatau")
    copy.replace(MESSAGES, "  resolution: Resolution\n", "  resolution: $metric\n")
    copy.replace(MESSAGES, "  first_response: First response\n", "")
    with pytest.raises(ConfigError) as raised:
        copy.load()
    fax = copy.line(REGULATION, "[fax]")
    channels = "online_assistant, email, official_letter, callback, tracker"
    projects = "alatau-trade, saryarka-logistic, kokshe-qurylys, portal-users, murager-group"
    assert str(raised.value).splitlines() == [
        f"calendar.yaml:{copy.line(CALENDAR, '2022-07-01')}: 2022-07-01 is outside the years 2023-2027;"
        " correct the date or add its year",
        f"clients.yaml:8: project 'alatau' is not in config.yaml; add it or choose from {projects}",
        "config.yaml:5: API key in config.yaml; move it to its own file and set `key_file`, or use SUP_SYNC_KEY",
        f"config.yaml:{copy.line(CONFIG, 'language: de')}: language: unknown language 'de'; write 'kk', 'ru' or 'en'",
        f"messages.yaml:{copy.line(MESSAGES, 'en:')}: missing text first_response in en; add it",
        f"messages.yaml:{copy.line(MESSAGES, 'resolution: $metric')}: resolution in en: variable 'metric'"
        " is not defined; none are available",
        f"regulation.yaml:{copy.line(REGULATION, 'clok')}: unknown key 'clok'; did you mean 'clock'?",
        f"regulation.yaml:{copy.line(REGULATION, '18:00')}: within: invalid duration '18:00';"
        " write `15 min`, `2 h` or `1 working day`",
        f"regulation.yaml:{copy.line(REGULATION, 'normal: 1 h')}: urgent is slower than normal;"
        " swap or correct their targets",
        f"regulation.yaml:{fax}: channel 'fax' is not defined; choose from {channels}",
        f"regulation.yaml:{copy.line(REGULATION, '[boss]')}: person 'boss' is not defined in tracker.yaml;"
        " choose from head",
        f"tracker.yaml:{copy.line(TRACKER, 'advice')}: category 'advice' is not defined;"
        " choose from consultation, error, suggestion",
        f"tracker.yaml:{copy.line(TRACKER, 'Шұғыл')}: duplicate key 'urgent'"
        f" (first on line {copy.line(TRACKER, 'urgent: Жедел')}); remove one",
    ]
    assert raised.value.exit_code == 78


VIP_1 = "first_response: {within: 15 min, clause: SLA VIP.1}"
VIP_2 = "first_response: {within: {normal: 2 h, urgent: 1 h, immediate: 30 min}, clause: SLA VIP.2}"
VIP_3 = "resolution: {within: 1 working day, clause: SLA VIP.3}"
BASE_2 = "first_response: {within: 1 working day, clause: SLA Base.2}"
HOURS = 'mon-fri: ["09:00-18:00"]'
WHO = "project: alatau-trade"
LENGTHS = "write `15 min`, `2 h` or `1 working day`"
STRETCH = 'write "09:00-18:00"'

SINGLE = [
    # file, shipped text (first occurrence), wrong text, text on the reported line, message
    (CONFIG, "url: http", "url: ftp", "url: ftp", "url: invalid URL; write it like https"),
    (CONFIG, "projects: [", "projects: []\nx: [", "projects: []", "projects: invalid value []; write at least one"),
    (CONFIG, "projects: [", "projekts: [", "projekts", "unknown key 'projekts'; did you mean 'projects'?"),
    (CONFIG, "projects: [", "zzz: [", "zzz", "unknown key 'zzz'; remove it"),
    (CONFIG, "enforce_from: 2026-01-01", "", "redmine:", "missing key 'enforce_from'; add it"),
    (CONFIG, "from: 2026-01-01", "from: soon", "soon",
     "enforce_from: invalid value 'soon'; write a date like 2026-03-20"),
    (CONFIG, "closed_days: 14", "closed_days: 0", "closed_days", "closed_days: invalid value 0; write 1 or more"),
    (CONFIG, "notes: 50", "notes: many", "many", "notes: invalid value 'many'; write a whole number"),
    (CONFIG, "share: 0.5", "share: 50", "share: 50", "changed_share: invalid value 50; write 1 or less"),
    (CONFIG, "  url:", "  timeout: 60\n  url:", "timeout", f"timeout: 60 has no unit; {LENGTHS}"),
    (REGULATION, VIP_1, VIP_1.replace("15 min", "15"), "within: 15,", f"within: 15 has no unit; {LENGTHS}"),
    (REGULATION, VIP_1, VIP_1.replace("15 min", "15 minutes"), "15 minutes", "within: invalid duration '15 minutes'"),
    (REGULATION, VIP_1, VIP_1.replace("15 min", "0 min"), "0 min", "within: invalid duration '0 min'"),
    (REGULATION, VIP_1, VIP_1.replace("15 min", "-5 min"), "-5 min", "within: invalid duration '-5 min'"),
    (REGULATION, VIP_1, VIP_1.replace("15 min", "18:00"), "18:00", "within: invalid duration '18:00'"),
    (REGULATION, VIP_1, VIP_1.replace(", clause", ", until: end_of_day, clause"), "end_of_day",
     "first_response: `until: end_of_day` requires working days"),
    (REGULATION, VIP_3, VIP_3.replace(", clause", ", clock: calendar, clause"), "clock: calendar, clause",
     "resolution: `clock: calendar` does not count working days; write hours"),
    (REGULATION, VIP_1, VIP_1.replace(", clause: SLA VIP.1", ""), "{within: 15 min}",
     "missing key 'clause' in first_response; add it"),
    (REGULATION, VIP_1, "", "vip_online_assistant:", "missing key 'first_response' in vip_online_assistant; add it"),
    (REGULATION, VIP_1, f"{VIP_1}\n    first_response: {{within: 9 h, clause: X}}", "9 h, clause: X",
     "duplicate key 'first_response' (first on line 40); remove one"),
    (REGULATION, VIP_2, VIP_2.replace("immediate", "imediate"), "imediate",
     "priority 'imediate' is not defined; choose from normal, urgent, immediate"),
    (REGULATION, VIP_2, VIP_2.replace(", immediate: 30 min", ""), "urgent: 1 h}",
     "missing target for priority immediate; add it, or write one duration for all"),
    (REGULATION, VIP_2, VIP_2.replace("urgent: 1 h", "urgent: 3 h"), "urgent: 3 h",
     "urgent is slower than normal; swap or correct their targets"),
    (REGULATION, VIP_3, VIP_3.replace("1 working day", "3 working days"), "3 working days",
     "vip is slower than base (base_online_assistant) for normal, urgent, immediate; correct one of them"),
    (REGULATION, BASE_2, BASE_2.replace("1 working day", "3 working days"), "3 working days",
     "normal: first response is due after the resolution; correct one of them"),
    (REGULATION, "levels: [base]\n    first", "levels: [base]\n    channels: [email]\n    first", "agreements:",
     "no agreement covers level base, channel callback; add one"),
    (REGULATION, "    levels: [vip]", "    levels: [vipp]", "[vipp]",
     "level 'vipp' is not defined; choose from vip, base"),
    (REGULATION, "    levels: [vip]", "    levels: [vip]\n    categories: [advice]", "advice",
     "category 'advice' is not defined; choose from consultation, error, suggestion"),
    (REGULATION, "8, levels: [vip]", "8, levels: [gold]", "[gold]",
     "level 'gold' is not defined; choose from vip, base"),
    (REGULATION, "ladder: standard", "ladder: gold", "gold", "ladder 'gold' is not defined; choose from standard"),
    (REGULATION, "at: 0.75", "at: 0", "at: 0,", "at: invalid value 0; write 0.01 or more"),
    (REGULATION, "at: 0.75", "at: 0.009", "at: 0.009", "at: invalid value 0.009; write 0.01 or more"),
    (REGULATION, "clause: 8, levels: [vip]", "clause: 8, levels: []", "levels: []",
     "levels: invalid value []; write at least one"),
    (REGULATION, "at: 0.75", "at: 1", "  standard:\n",
     "steps are not in ascending order; give each a larger `at` than the step before"),
    (REGULATION, "message: breached", "message: late", "message: late", "message 'late' is not defined; choose from"),
    (REGULATION, "assign: head", "notify: [boss], assign: head", "boss",
     "person 'boss' is not defined in tracker.yaml"),
    (REGULATION, "assign: head", "assign: boss", "boss", "person 'boss' is not defined in tracker.yaml; choose from"),
    (REGULATION, "vip: {clause: 3}", "vip: {clause: 3, default: true}", "  base: {clause",
     "second default level after vip; remove `default` from one of them"),
    (REGULATION, "from_start", "later", "later",
     "priority_change: invalid value 'later'; write 'from_start' or 'from_change'"),
    (REGULATION, "working_day: 9 h", "working_day: 1 working day", "working_day", "working days are not allowed here"),
    (REGULATION, "[normal, urgent, immediate]", "[normal, urgent, immediate, urgent]", "priorities:",
     "duplicate priority 'urgent'; remove one"),
    (REGULATION, "[normal, urgent, immediate]", "[]", "priorities:",
     "priorities: invalid value []; write at least one"),
    (CALENDAR, "years: {2023: final", "years: {2022: final, 2024: final", "years:", "duplicate key 2024"),
    (CALENDAR, "05, kind: worked, source", "05, kind: worked, sorce", "sorce",
     "unknown key 'sorce'; did you mean 'source'?"),
    (TRACKER, "priority_aliases: {}", "priority_aliases: {Аса: asap}", "asap",
     "priority 'asap' is not defined; choose from normal, urgent, immediate"),
    (TRACKER, "priority_aliases: {}", "priority_aliases: {Дереу: urgent}", "{Дереу",
     '"Дереу" is already the name of immediate; remove it here'),
    (TRACKER, "  bin: БСН", "  bin: '?'", "  bin:", "bin is still `?`; enter its name in Redmine"),
    (TRACKER, "login: d.bekova", "login: '?'", "  head:",
     "head is still `?`; enter the person's login and full name in Redmine"),
    (TRACKER, "phase: waiting", "phase: wait", "phase: wait", "phase: invalid value 'wait'; write 'open', 'waiting',"),
    (TRACKER, "phase: waiting", "phase: open", "statuses:", "no status has the phase waiting; add one"),
    (TRACKER, "  urgent: Жедел\n", "", "priorities:", "urgent has no name in Redmine; add it"),
    (TRACKER, "  vip: VIP\n", "  vip: VIP\n  gold: G\n", "gold", "level 'gold' is not defined; choose from vip, base"),
    (TRACKER, "urgent: Жедел", "urgent: Дереу", "immediate: Дереу",
     '"Дереу" is already the name of urgent; choose another'),
    (TRACKER, "channel: callback", "channel: call", "call}",
     "channel 'call' is not defined; choose from online_assist"),
    (TRACKER, "staff: email", "staff: emil", "emil", "channel 'emil' is not defined; choose from online_assistant"),
    (TRACKER, "  bin: БСН\n", "", "fields:", "missing key 'bin' in fields; add it"),
    (TRACKER, "parent_dates: derived", "parent_dates: some", "some",
     "parent_dates: invalid value 'some'; write 'derived' or"),
    (CALENDAR, HOURS, "mon-fri: []", "hours:", "empty calendar; add hours for at least one weekday"),
    (CALENDAR, HOURS, "mon-fri: [1080]", "mon-fr", f"1080 is a number (perhaps 18:00 read as minutes); {STRETCH}"),
    (CALENDAR, HOURS, "mon-fri: [18:00]", "mon-fr", f"invalid time range '18:00'; {STRETCH}"),
    (CALENDAR, HOURS, "mon-fri: 18:00", "mon-fr", "invalid hours '18:00'; write a list: [\"09:00-18:00\"]"),
    (CALENDAR, HOURS, 'mon-fri: ["18:00-09:00"]', "mon-fr", "invalid time range '18:00-09:00'; its end must be later"),
    (CALENDAR, HOURS, 'mon-fri: ["09:00-17:60"]', "mon-fr", "invalid time range '09:00-17:60'; its end must be later"),
    (CALENDAR, HOURS, 'mon-fry: ["09:00-18:00"]', "mon-fr", "invalid weekday 'mon-fry'; write mon, tue, … sun"),
    (CALENDAR, HOURS, f'{HOURS}\n  fri: ["09:00-16:00"]', "hours:", "duplicate hours for fri; remove one line"),
    (CALENDAR, HOURS, 'sat-mon: ["09:00-18:00"]', "sat-mon",
     "range 'sat-mon' crosses the end of the week; write two lines"),
    (CALENDAR, HOURS, 'mon-fri: ["09:00-13:00", "12:00-18:00"]', "hours:", "weekday 0: 12:00:00 to 18:00:00 starts"),
    (CALENDAR, "zone: Asia/Almaty", "zone: Asia/Astana", "zone:",
     "unknown time zone 'Asia/Astana'; write an IANA name like Asia/Almaty"),
    (CALENDAR, "2024: final, ", "", "years:", "years are not consecutive; add the missing years, in order"),
    (CALENDAR, "2027: estimated", "2027: maybe", "years:", "invalid value 'maybe'; write 'final' or 'estimated'"),
    (CALENDAR, "date: 2023-01-01", "date: 2022-01-01", "2022-01-01",
     "2022-01-01 is outside the years 2023-2027; correct the date or add its year"),
    (CALENDAR, "date: 2023-07-01, kind: worked", "date: 2024-05-04, kind: worked", "for 8 May",
     "duplicate change of 2024-05-04; keep one line"),
    (CALENDAR, "2023-07-01, kind: worked", "2023-07-01, kind: cancelled", "kind: cancelled",
     "2023-07-01 is not a holiday; remove the line or correct the date"),
    (CALENDAR, "2023-07-01, kind: worked", "2023-07-01, kind: busy", "busy",
     "kind: invalid value 'busy'; write 'off', 'worked',"),
    (CALENDAR, "2023-07-01, kind: worked", "2023-07-01, kind: hours", "kind: hours,", "`hours` is for `kind: hours`"),
    (CALENDAR, "\nchanges:\n", "\nchanges:\n  - 2023-07-07\n", "- 2023-07-07", "write {date: …, kind: …, source: …}"),
    (CLIENTS, WHO, f"{WHO}, bin: 0", "bin: 0", "give exactly one of `project`, `group`, `bin` to identify the client"),
    (CLIENTS, f"{WHO}, ", "", "«Алатау", "give exactly one of `project`, `group`, `bin` to identify the client"),
    (CLIENTS, WHO, "project: alatau", "project: alatau,", "project 'alatau' is not in config.yaml; add it or choose"),
    (CLIENTS, "level: vip", "level: gold", "gold", "level 'gold' is not defined; choose from vip, base"),
    (CLIENTS, "until: 2028-12-31", "until: 2023-12-31", "2023-12-31",
     "`until` (2023-12-31) is before `from` (2024-01-01); correct one of them"),
    (CLIENTS, "until: 2028-12-31", "until: 2028-02-30", "2028-02-30",
     "until: invalid value '2028-02-30'; write a date like 2026-03-20"),
    (MESSAGES, "\n  first_response: Первый ответ\n", "\n", "ru:", "missing text first_response in ru; add it"),
    (MESSAGES, "kk:\n", "kk:\n  hello: Сәлем\n", "hello", "unknown text 'hello'; remove it"),
    (REGULATION, "{measures: resolution}", "{measures: resolutoin}", "resolutoin",
     "measures: unknown measure 'resolutoin'; write first_response or resolution"),
    (REGULATION, "  resolution: {measures", "  Next-one: {measures: resolution}\n  resolution: {measures", "Next-one:",
     "invalid metric name 'Next-one'; write it like next_response"),
    (REGULATION, "  resolution: {measures", "  release: {measures: resolution}\n  resolution: {measures",
     "  release: {",
     "'release' is a reserved name; choose another name"),
    (REGULATION, "    first_response: {within: 15", "    first_respons: {within: 15", "first_respons:",
     "unknown key 'first_respons'; did you mean 'first_response'?"),
    (REGULATION, "  resolution: {measures", "  full_answer: {measures: resolution}\n  resolution: {measures",
     "  vip_online_assistant:",
     "missing key 'full_answer' in vip_online_assistant; add it"),
    (TRACKER, "  resolution_due:", "  resolution_duee:", "resolution_duee", "did you mean 'resolution_due'?"),
    (MESSAGES, "en:\n", "English:\n", "English:", "invalid language 'English'; write its code, like kk or pt-br"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "where", "text"), SINGLE)
def test_mistake_is_reported_with_file_and_line(copy, name, old, new, where, text):
    copy.replace(name, old, new, times=1)
    with pytest.raises(ConfigError) as raised:
        copy.load()
    line = copy.line(name, where.strip("\n"))
    reported = str(raised.value).splitlines()
    assert [each for each in reported if each.startswith(f"{name}:{line}: ") and text in each], reported


HEAD = "  head: {login: d.bekova, name: Дана Бекова}"


@pytest.mark.parametrize(
    ("head", "deputy", "text"),
    [
        ("[boss]", "", "person 'boss' is not defined; choose from head, deputy"),
        ("[head]", "", "head would be their own deputy; remove one of them"),
        ("[deputy]", ", else: [head]", "head would be their own deputy; remove one of them"),
    ],
    ids=["not defined", "themselves", "circle"],
)
def test_deputy_who_cannot_replace_a_person_is_a_mistake(copy, head, deputy, text):
    people = f"{HEAD[:-1]}, else: {head}}}\n  deputy: {{login: o.kim, name: Ольга Ким{deputy}}}"
    copy.replace(TRACKER, HEAD, people)
    assert f"tracker.yaml:{copy.line(TRACKER, HEAD[:-1])}: {text}" in copy.mistakes()


def test_deputies_are_followed_by_their_own_deputies(copy):
    chain = "head: {login: a, name: A, else: [b, d]}\n  b: {login: b, name: B, else: [c]}"
    copy.replace(TRACKER, HEAD[2:], f"{chain}\n  c: {{login: c, name: C}}\n  d: {{login: d, name: D, else: [c]}}")
    assert copy.load().rules.names.with_deputies("head") == ("head", "b", "c", "d")


def test_deleted_status_is_mapped_by_its_id(copy):
    copy.replace(TRACKER, "statuses:", 'statuses:\n  "#14": {phase: waiting}', times=1)
    names = copy.load().rules.names
    assert "#14" not in names.statuses
    assert names.former_statuses["#14"].phase == "waiting"


def test_deleted_status_cannot_be_set_by_the_tool(copy):
    copy.replace(TRACKER, "statuses:", 'statuses:\n  "#14": {phase: closed}', times=1)
    copy.replace(TRACKER, "no_answer: Жабылды", 'no_answer: "#14"')
    (mistake,) = copy.mistakes()
    assert "status '#14' is not defined" in mistake


def test_staff_without_groups_and_roles_is_a_mistake(copy):
    copy.replace(TRACKER, "  groups: [Қолдау қызметі]\n  roles: [Қолдау операторы]\n", "  roles: []\n")
    line = copy.line(TRACKER, "# members of these groups")
    assert copy.mistakes() == [f"tracker.yaml:{line}: no staff; add groups or roles"]


@pytest.mark.parametrize("name", [CONFIG, REGULATION, TRACKER, CALENDAR, CLIENTS, MESSAGES])
def test_missing_file_is_a_mistake(copy, name):
    copy.path(name).unlink()
    assert copy.mistakes() == [f"{name}:1: file not found; copy it from the shipped mappings"]


@pytest.mark.parametrize("name", [CONFIG, TRACKER])
def test_unreadable_file_is_a_mistake(copy, name):
    copy.path(name).unlink()
    copy.path(name).mkdir()
    (mistake,) = copy.mistakes()
    assert mistake.startswith(f"{name}:1: cannot be read: ")


def test_file_not_in_utf8_is_a_mistake(copy):
    copy.path(CLIENTS).write_bytes("contracts: []  # Алатау".encode("cp1251"))
    (mistake,) = copy.mistakes()
    assert mistake.startswith("clients.yaml:1: cannot be read: 'utf-8' codec can't decode")


@pytest.mark.parametrize("text", ["", "# nothing\n", "- a list\n", "text\n"])
def test_file_without_keys_is_a_mistake(copy, text):
    copy.path(CLIENTS).write_text(text, encoding="utf-8")
    assert copy.mistakes() == ["clients.yaml:1: no keys found; compare with the shipped file of this name"]


def test_invalid_yaml_is_a_mistake_with_its_line(copy):
    copy.path(CLIENTS).write_text("contracts:\n  - {client: X\n", encoding="utf-8")
    (mistake,) = copy.mistakes()
    assert mistake.startswith("clients.yaml:3: invalid YAML: ")


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        *((each * 100_000, "clients.yaml:1: nested too deeply") for each in ("[", "{a: ", "? ", "- ")),
        ("contracts:\n- &a [*a]\n", "clients.yaml:2: invalid alias *a; define &a above it, without aliases inside"),
        ("contracts:\n- *a\n", "clients.yaml:2: invalid alias *a; define &a above it, without aliases inside"),
        (
            "x: &x [1]\na: &a [*x]\nb: *a\n",
            "clients.yaml:3: invalid alias *a; define &a above it, without aliases inside",
        ),
        ("contracts: []\n---\ncontracts: []\n", "clients.yaml:3: second YAML document; keep only one"),
    ],
)
def test_unsupported_yaml_is_a_mistake(copy, text, mistake):
    copy.path(CLIENTS).write_text(text, encoding="utf-8")
    assert copy.mistakes() == [mistake]


def test_alias_has_the_value_of_its_anchor(copy):
    copy.path(CLIENTS).write_text("a: &one {b: 1}\nc:\n- *one\n*one : 2\n", encoding="utf-8")
    file = load_yaml(copy.path(CLIENTS), CLIENTS)
    assert file.data == {"a": {"b": 1}, "c": [{"b": 1}], "{'b': 1}": 2}
    assert file.line(("c", 0, "b")) == 3


def test_mapping_as_a_key_is_an_unknown_key(copy):
    copy.path(CLIENTS).write_text("? {a: b}\n: 1\n", encoding="utf-8")
    assert "clients.yaml:1" in copy.mistakes()[0]
    assert "{'a': 'b'}" in copy.mistakes()[0]


def test_other_files_are_checked_despite_a_mistake_in_one(copy):
    copy.path(CALENDAR).unlink()
    copy.replace(REGULATION, "ladder: standard", "ladder: gold")
    copy.replace(TRACKER, "staff: email", "staff: emil")
    files = {mistake.split(":")[0] for mistake in copy.mistakes()}
    assert files == {CALENDAR, REGULATION, TRACKER}


# Warnings, which do not prevent a run


def test_expired_contract_is_a_warning(copy):
    copy.replace(CLIENTS, "until: 2028-12-31", "until: 2026-06-07", times=1)
    line = copy.line(CLIENTS, "2026-06-07")
    assert copy.mistakes() == [
        f"clients.yaml:{line}: warning: contract of «Алатау Трейд» ЖШС expired on 2026-06-07;"
        " renew it, or it does not apply to new requests"
    ]
    assert [str(each) for each in copy.load().warnings] == copy.mistakes()


def test_contract_is_not_expired_on_its_last_day(copy):
    copy.replace(CLIENTS, "until: 2028-12-31", "until: 2026-06-08", times=1)
    assert copy.mistakes() == []


def test_renewed_contract_is_not_a_warning(copy):
    old = '  - {client: "«Алатау Трейд» ЖШС", level: vip, project: alatau-trade, from: 2020-01-01, until: 2023-12-31}'
    copy.replace(CLIENTS, "contracts:\n", f"contracts:\n{old}\n")
    assert copy.mistakes() == []


def test_current_year_outside_the_calendar_is_a_warning(copy):
    line = copy.line(CALENDAR, "years:")
    assert (
        f"calendar.yaml:{line}: warning: 2028 is outside the years 2023-2027; add it and its holidays"
        in copy.mistakes(date(2028, 1, 1))
    )


def test_config_error_does_not_contain_warnings(copy):
    copy.replace(CLIENTS, "until: 2028-12-31", "until: 2026-06-07", times=1)
    copy.replace(CONFIG, "\nlanguage: kk", "\nlanguage: de")
    with pytest.raises(ConfigError) as raised:
        copy.load()
    assert [each.file for each in raised.value.mistakes] == [CONFIG]

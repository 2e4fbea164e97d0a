"""The provisioning script: its text, its effects on a real Redmine, and the permissions of its roles."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.demo_site import Demo, issue_as, shipped_config
from support.worlds import USES_SITE
from tools.demo.site import Json, Person

from sup_sync.errors import ConfigError
from sup_sync.model.issue import Phase
from sup_sync.model.names import RedmineNames
from sup_sync.redmine.permissions import BOT_PERMISSIONS
from sup_sync.redmine.provision import BOT_LOGIN, BOT_ROLE, make_script

pytestmark = USES_SITE

NAMES = shipped_config().rules.names
STAFF_ROLE, CLIENT_ROLE = "Қолдау операторы", "Клиент"
CLIENT_FIELDS = {"БСН", "ЖСН", "Аты-жөні", "Ұйым", "Байланыс деректері", "Әрекеттер реті", "Жобаға сілтеме", "Тіл"}
CLIENT, OPERATOR = "m.omarov", "a.serikova"
OWN_REQUEST = "Карточка лота открывается пустой"
WAITING_REQUEST = "Өтінімді жіберу батырмасы жұмыс істемейді"


def wanted(names: RedmineNames) -> Json:
    """Return the data inside the script."""
    data = make_script(names).partition("<<'WANTED')\n")[2].partition("\nWANTED\n")[0]
    parsed: Json = json.loads(data)
    return parsed


def role(name: str) -> Json:
    return next(each for each in wanted(NAMES)["roles"] if each["name"] == name)


@pytest.fixture
def ruby() -> str:
    path = shutil.which("ruby")
    if path is None and os.environ.get("SUP_SYNC_REAL_REDMINE") != "1":
        pytest.skip("ruby is not installed")
    assert path, "ruby is missing, though SUP_SYNC_REAL_REDMINE=1; install Debian's redmine"
    return path


# --- the script's text


def test_the_script_is_ruby(ruby: str) -> None:
    checked = subprocess.run([ruby, "-wc"], input=make_script(NAMES), capture_output=True, text=True, check=False)
    assert (checked.stdout.strip(), checked.stderr) == ("Syntax OK", "")


def test_names_are_data_and_never_code(ruby: str) -> None:
    hostile = "#{exit 3} ' \" \\ \nWANTED\n `exit 4`"
    script = make_script(replace(NAMES, staff_groups=frozenset([hostile])))
    reading = script.partition("\nclass ")[0] + '\nputs wanted["groups"].to_json'
    result = subprocess.run([ruby], input=reading, capture_output=True, text=True, check=True)
    assert json.loads(result.stdout) == [hostile]


def test_the_script_names_every_name_of_the_mapping() -> None:
    script = make_script(NAMES)
    names = [
        *NAMES.trackers,
        *NAMES.statuses,
        *NAMES.priorities.values(),
        *NAMES.fields.values(),
        *NAMES.levels.values(),
        *NAMES.channels.values(),
        *NAMES.states.values(),
        *NAMES.staff_groups,
        *NAMES.staff_roles,
        *NAMES.client_roles,
    ]
    assert [name for name in names if f'"{name}"' not in script] == []


def test_the_script_is_the_same_every_time_and_contains_no_secret() -> None:
    script = make_script(NAMES)
    assert script == make_script(replace(NAMES, staff_roles=frozenset([*NAMES.staff_roles])))
    assert not re.search(r"[0-9a-f]{16}|api_key *=|password *=(?!=)", script)


def test_a_status_is_closed_by_its_phase() -> None:
    closed = {each["name"] for each in wanted(NAMES)["statuses"] if each["is_closed"]}
    assert closed == {"Шешілді", "Жабылды", "Бас тартылды"}


def test_the_tool_may_close_waiting_requests_and_ask_on_open_ones() -> None:
    assert role(BOT_ROLE)["transitions"] == [
        ["Клиент жауабын күтуде", "Жабылды"],
        ["Жаңа", "Клиент жауабын күтуде"],
        ["Өңделуде", "Клиент жауабын күтуде"],
    ]


def test_a_client_may_only_file_and_reopen() -> None:
    assert role(CLIENT_ROLE)["transitions"] == [[None, "Жаңа"], ["Шешілді", "Жаңа"], ["Жабылды", "Жаңа"]]


def test_a_client_may_write_only_the_fields_about_themselves_and_their_steps() -> None:
    assert {*NAMES.fields.values()} - {*role(CLIENT_ROLE)["read_only"]} == CLIENT_FIELDS


def test_only_staff_see_and_set_the_reason_for_refusing_or_stopping_work() -> None:
    (reason,) = (each for each in wanted(NAMES)["fields"] if each["name"] == "Тоқтату себебі")
    assert (reason["format"], reason["seen_by"]) == ("list", [STAFF_ROLE, BOT_ROLE])
    assert "Тоқтату себебі" not in role(STAFF_ROLE)["read_only"]


def test_script_is_refused_without_an_open_status() -> None:
    closed_only = {name: each for name, each in NAMES.statuses.items() if each.phase is not Phase.OPEN}
    with pytest.raises(ConfigError, match="`statuses` has none of phase open; add one"):
        make_script(replace(NAMES, statuses=closed_only))


# --- the script in a real Redmine


@pytest.fixture(scope="module")
def scenes(demo: Demo) -> dict[str, Any]:
    """Return the results of the script in the scenes of provision_scenes.rb."""
    ruby_scenes = (Path(__file__).parent / "provision_scenes.rb").read_text(encoding="utf-8")
    script = (
        f"# encoding: utf-8\nPROVISION = +<<'PROVISION_SCRIPT'\n{make_script(NAMES)}\nPROVISION_SCRIPT\n{ruby_scenes}"
    )
    results: dict[str, Any] = json.loads(demo.run_ruby(script))
    return results


def test_the_first_run_reports_what_it_made(demo: Demo) -> None:
    output = demo.provisioned.splitlines()
    assert 'created tracker "Қате, істеліп бітпеген"' in output
    assert 'created field "Қызмет көрсету деңгейі"' in output
    assert 'created workflow "Кеңес" of "Клиент": 115 rules' in output
    assert output[-1] == "49 created, 1 changed, 0 kept"


def test_the_second_run_has_nothing_to_do(scenes: dict[str, Any]) -> None:
    again = scenes["again"]
    assert (again["code"], again["output"][-1]) == (0, "nothing to do: 49 kept")
    assert {line.split()[0] for line in again["output"][:-1]} == {"kept"}


def test_provisioning_needs_none_of_redmines_default_data(scenes: dict[str, Any]) -> None:
    empty = scenes["empty"]
    assert empty["first"]["output"][-1] == "49 created, 3 changed, 0 kept"
    assert empty["second"]["output"][-1] == "nothing to do: 49 kept"
    assert empty["priorities"] == [["Қалыпты", True], ["Жедел", False], ["Дереу", False]]
    assert empty["rest"] is True


def test_changes_of_fields_send_no_mail(scenes: dict[str, Any]) -> None:
    events = scenes["empty"]["events"]
    assert "issue_updated" not in events
    assert {"issue_added", "issue_note_added", "issue_status_updated", "issue_assigned_to_updated"} <= {*events}


def test_a_status_added_later_joins_the_workflows_and_removed_transitions_stay_removed(
    scenes: dict[str, Any],
) -> None:
    later = scenes["later"]
    assert 'created status "Бас тартылды"' in later["output"]
    assert later["refusals"] == 4 * 7  # each tracker: staff, from a new request and from the six other statuses
    assert later["client_files"] == 0


def test_all_obstacles_are_reported_at_once_and_nothing_is_changed(scenes: dict[str, Any]) -> None:
    obstacles = scenes["obstacles"]
    assert (obstacles["code"], obstacles["output"], obstacles["changed"]) == (1, [], False)
    heading, status, field, account = obstacles["errors"]
    assert heading == "sup-sync: nothing was changed, because of conflicts:"
    assert status.startswith('- status "Шешілді" is an open status in Redmine')
    assert field.startswith('- field "sup-sync" exists with the format int, but sup-sync needs string; rename')
    assert account == '- account "sup-sync" is an administrator; remove that right'


def test_a_name_that_redmine_rejects_is_reported_as_an_obstacle(scenes: dict[str, Any]) -> None:
    unfit = scenes["unfit name"]
    assert (unfit["code"], unfit["changed"]) == (1, False)
    assert re.match(r'- tracker "Ұ{31}" cannot be created: ', unfit["errors"][1])


def test_changed_objects_of_ours_are_restored_and_other_roles_are_not_touched(scenes: dict[str, Any]) -> None:
    restored = scenes["changed"]
    changed = [line for line in restored["first"]["output"] if line.startswith("changed")]
    assert ['"'.join(line.split('"')[:2]) for line in changed] == [
        'changed priority "Дереу',
        'changed priorities "Қалыпты, Жедел, Дереу',
        'changed role "sup-sync',
        'changed field "Мерзім күйі',
        'changed field "sup-sync',
        'changed field "Арна',
        'changed account "sup-sync',
    ]
    assert restored["second"]["output"][-1] == "nothing to do: 49 kept"
    assert {"Факс", *NAMES.channels.values()} == {*restored["channels"]}
    assert (restored["is_seen_by_all"], restored["seen_by"]) == (False, sorted([BOT_ROLE, STAFF_ROLE]))
    assert "view_files" in restored["client_may"]
    assert restored["priorities"][-3:] == ["Қалыпты", "Жедел", "Дереу"]
    assert restored["watches"] == []


# --- permissions of the roles


def fields_of(issue: Json) -> dict[str, Any]:
    return {each["name"]: each.get("value") for each in issue["custom_fields"]}


@pytest.fixture
def field_ids(demo: Demo) -> dict[str, int]:
    rows = demo.as_person("admin").send("GET", "/custom_fields.json")["custom_fields"]
    return {row["name"]: row["id"] for row in rows}


def put(person: Person, issue_id: int, **values: object) -> None:
    person.send("PUT", f"/issues/{issue_id}.json", {"issue": values})


@pytest.fixture
def bot(demo: Demo) -> Person:
    return demo.as_person(BOT_LOGIN)


def test_the_tools_account_is_not_an_admin_and_reads_members_groups_roles_and_versions(bot: Person) -> None:
    account = bot.send("GET", "/users/current.json?include=memberships")["user"]
    assert account.get("admin") is not True
    assert len(account["memberships"]) == 5
    members = bot.send("GET", "/projects/alatau-trade/memberships.json")["memberships"]
    group = next(each["group"]["id"] for each in members if each.get("group", {}).get("name") == "Қолдау қызметі")
    users = bot.send("GET", f"/groups/{group}.json?include=users")["group"]["users"]
    assert {user["name"] for user in users} == {"Дана Бекова", "Айгүл Серікова", "Ерлан Жақсыбеков", "Ольга Ким"}
    role_id = account["memberships"][0]["roles"][0]["id"]
    assert {*bot.send("GET", f"/roles/{role_id}.json")["role"]["permissions"]} == {*BOT_PERMISSIONS}
    versions = bot.send("GET", "/projects/alatau-trade/versions.json")["versions"]
    assert {version["name"] for version in versions} == {"Портал 4.6", "Портал 4.8"}


def test_a_client_reads_the_tools_fields_except_the_marker_and_private_notes(
    demo: Demo, bot: Person, field_ids: dict[str, int]
) -> None:
    issue_id = demo.issue_id(OWN_REQUEST)
    written = {"Қызмет көрсету деңгейі": "VIP", "Мерзім күйі": "Мерзімінде", "sup-sync": "first_response#0@0.75"}
    values = [{"id": field_ids[name], "value": value} for name, value in written.items()]
    put(bot, issue_id, custom_fields=values, due_date="2030-01-31", notes="only for staff", private_notes=True)

    as_bot = issue_as(bot, issue_id)
    assert written.items() <= fields_of(as_bot).items()
    assert as_bot["due_date"] == "2030-01-31"
    notes = [(each["notes"], each["private_notes"]) for each in as_bot["journals"]]
    assert notes == [(None, False), ("only for staff", True)]  # Redmine records changes of fields apart from the note

    as_client = issue_as(demo.as_person(CLIENT), issue_id)
    assert fields_of(as_client)["Қызмет көрсету деңгейі"] == "VIP"
    assert as_client["due_date"] == "2030-01-31"
    assert "sup-sync" not in fields_of(as_client)
    assert "only for staff" not in str(as_client)
    assert "first_response#0@0.75" not in str(as_client)


def test_a_client_changes_none_of_the_tools_fields(demo: Demo, bot: Person, field_ids: dict[str, int]) -> None:
    issue_id = demo.issue_id(OWN_REQUEST)
    before = issue_as(bot, issue_id)
    client = demo.as_person(CLIENT)
    values = [{"id": each, "value": value_of(name)} for name, each in field_ids.items()]
    put(client, issue_id, custom_fields=values, due_date="2031-05-05", assigned_to_id=before["author"]["id"])
    after = issue_as(bot, issue_id)
    assert fields_of(after) == fields_of(before) | {name: value_of(name) for name in CLIENT_FIELDS}
    assert after["due_date"] == before["due_date"]
    assert "assigned_to" not in after


def value_of(name: str) -> str:
    """Return a value that is valid for the field."""
    of_lists = {
        "Қызмет көрсету деңгейі": "Базалық",
        "Мерзім күйі": "Орындалды",
        "Арна": "Ресми хат",
        "Тоқтату себебі": "Балағаттау",
        "Тіл": "Русский",
    }
    others = {"Басымдық расталды": "1", "Жүгіну уақыты": "2026-11-13 09:00"}
    return (of_lists | others).get(name, "210340033664")


def test_staff_see_the_marker_and_do_not_write_it(demo: Demo, bot: Person, field_ids: dict[str, int]) -> None:
    issue_id = demo.issue_id(WAITING_REQUEST)
    put(bot, issue_id, custom_fields=[{"id": field_ids["sup-sync"], "value": "resolution#0@1.00"}])
    operator = demo.as_person(OPERATOR)
    put(operator, issue_id, custom_fields=[{"id": field_ids["sup-sync"], "value": ""}])
    assert fields_of(issue_as(operator, issue_id))["sup-sync"] == "resolution#0@1.00"


def test_the_tool_may_close_a_waiting_request_and_assign_the_head(demo: Demo, bot: Person) -> None:
    issue_id = demo.issue_id(WAITING_REQUEST)
    allowed = {each["name"] for each in issue_as(bot, issue_id)["allowed_statuses"]}
    assert allowed == {"Клиент жауабын күтуде", "Жабылды"}
    head = demo.as_person("d.bekova").send("GET", "/users/current.json")["user"]["id"]
    put(bot, issue_id, assigned_to_id=head)
    assert issue_as(bot, issue_id)["assigned_to"]["id"] == head


def test_the_tool_does_not_become_a_watcher_of_what_it_writes_to(demo: Demo, bot: Person) -> None:
    issue_id = demo.issue_id(WAITING_REQUEST)
    put(bot, issue_id, notes="seen", private_notes=True)
    operator = demo.as_person("e.zhaqsybekov")
    put(operator, issue_id, notes="seen as well", private_notes=True)
    watchers = issue_as(demo.as_person("admin"), issue_id, include="watchers")["watchers"]
    assert [each["name"] for each in watchers] == ["Ерлан Жақсыбеков"]


def may_view_issues(bot: Person, _issue_id: int, _field: int) -> bool:
    return bool(bot.send("GET", "/issues.json?status_id=*")["issues"])


def may_edit_issues(bot: Person, issue_id: int, field: int) -> bool:
    value = "" if fields_of(issue_as(bot, issue_id))["Шешу мерзімі"] else "2026-11-16 09:00"
    put(bot, issue_id, custom_fields=[{"id": field, "value": value}])
    return bool(fields_of(issue_as(bot, issue_id))["Шешу мерзімі"] == value)


def may_add_issue_notes(bot: Person, issue_id: int, _field: int) -> bool:
    before = len(issue_as(bot, issue_id)["journals"])
    put(bot, issue_id, notes="a note", private_notes=True)
    return len(issue_as(bot, issue_id)["journals"]) == before + 1


def may_view_private_notes(bot: Person, issue_id: int, _field: int) -> bool:
    """Return whether the account sees a private note of another author; it always sees its own."""
    journals = issue_as(bot, issue_id)["journals"]
    return any(each["private_notes"] and each["user"]["name"] == "Ольга Ким" for each in journals)


def may_set_notes_private(bot: Person, issue_id: int, _field: int) -> bool:
    put(bot, issue_id, notes="between us", private_notes=True)
    return bool(issue_as(bot, issue_id)["journals"][-1]["private_notes"])


@contextmanager
def without(permission: str, demo: Demo) -> Iterator[None]:
    """Take a permission from the bot's role inside the `with` block."""
    with demo.site.database() as base:
        (before,) = base.execute("SELECT permissions FROM roles WHERE name = ?", (BOT_ROLE,)).fetchone()
        assert f"- :{permission}\n" in before
        fewer = before.replace(f"- :{permission}\n", "")
        base.execute("UPDATE roles SET permissions = ? WHERE name = ?", (fewer, BOT_ROLE))
    try:
        yield
    finally:
        with demo.site.database() as base:
            base.execute("UPDATE roles SET permissions = ? WHERE name = ?", (before, BOT_ROLE))


PROBES: dict[str, Callable[[Person, int, int], bool]] = {
    "view_issues": may_view_issues,
    "edit_issues": may_edit_issues,
    "add_issue_notes": may_add_issue_notes,
    "view_private_notes": may_view_private_notes,
    "set_notes_private": may_set_notes_private,
}


@pytest.mark.parametrize("permission", BOT_PERMISSIONS)
def test_the_tool_needs_each_of_its_permissions(
    permission: str, demo: Demo, bot: Person, field_ids: dict[str, int]
) -> None:
    issue_id, field = demo.issue_id("Поставщики не видят изменённый срок подачи"), field_ids["Шешу мерзімі"]
    assert PROBES[permission](bot, issue_id, field)
    with without(permission, demo):
        assert not PROBES[permission](bot, issue_id, field)

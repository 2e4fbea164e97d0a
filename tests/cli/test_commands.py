"""What each command prints where, on good days."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from urllib.parse import unquote

import pytest
from cli.office import NOW, Office
from end_to_end.scene import BASE, OPERATOR, UNMAPPED_TRACKER
from support.shell import CommandResult, Shell
from support.worlds import BOT


def test_provision_prints_ruby(shell: Shell) -> None:
    said = shell("provision", "--script")
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("# encoding: utf-8\n")
    if shutil.which("ruby"):
        checked = subprocess.run(["ruby", "-c"], input=said.out, capture_output=True, text=True, check=False)
        assert checked.stdout == "Syntax OK\n"


def test_calendar_refresh_prints_lines_for_the_calendar(shell: Shell) -> None:
    said = shell("calendar", "refresh", "2026")
    assert (said.code, said.err) == (0, "")
    first, *lines = said.out.splitlines()
    assert first == "holidays:"
    shipped = shell.files.path("calendar.yaml").read_text(encoding="utf-8").splitlines()
    assert '  - {date: 2026-01-01, name: "New Year\'s Day"}' in lines
    assert set(lines) <= set(shipped)


@pytest.mark.parametrize("words", [("--version",), ("--help",), ("plan", "--help"), ("-q", "check", "-h")])
def test_help_and_version_go_to_stdout(shell: Shell, words: tuple[str, ...]) -> None:
    said = shell(*words)
    assert (said.code, said.err) == (0, "")
    assert "sup-sync" in said.out


def test_the_help_cuts_nothing_of_what_a_command_does(shell: Shell) -> None:
    assert "..." not in shell("--help").out.partition("Commands:")[2]


def test_clients_names_a_level_as_every_screen_does(shell: Shell) -> None:
    assert " VIP " in shell("clients").out


def test_a_bare_command_shows_the_help_and_is_a_mistake(shell: Shell) -> None:
    said = shell()
    assert (said.code, said.out) == (2, "")
    assert "apply" in said.err


def test_check_offline_has_nothing_to_say_of_what_is_shipped(shell: Shell) -> None:
    said = shell("check", "--offline")
    assert (said.code, said.out, len(said.err.splitlines())) == (0, "", 1)
    assert shell("check", "--offline", "-q") == CommandResult(0, "", "")


def test_check_names_on_stdout_what_to_mend(shell: Shell, office: Office) -> None:
    office.file()
    said = shell("check")
    assert said.code == 0
    unmapped, unseen, *searches = said.out.splitlines()
    assert unmapped.startswith('warning: project portal-users uses tracker "Ішкі", which is not mapped; ')
    assert unseen.startswith("warning: fields not checked, because there is no request yet: ")
    assert len(searches) == 3
    office.world.tracker.statuses = [each for each in office.world.tracker.statuses if each.name != "Шешілді"]
    office.world.tracker.role(BOT).permissions -= {"set_notes_private"}
    said = shell("check")
    assert said.code == 77
    assert 'status "Шешілді" not found in Redmine; correct `statuses`' in said.out
    assert said.out.count("the account lacks set_notes_private; grant it to its role") == 5
    office.world.tracker.role(BOT).permissions |= {"set_notes_private"}
    assert shell("check").code == 78


def test_check_ends_with_the_searches_for_staff_once_they_work(shell: Shell, office: Office) -> None:
    assert "warning: the searches for staff cannot be checked, because no request is open" in shell("check").out
    late, _ = office.file("Mon 09:00"), office.file("Mon 10:00")
    state = office.world.field_id("state")
    office.world.tracker.pick(office.world.tracker.issues, late).values[state] = "Мерзімі өтті"
    found = shell("check").out.splitlines()[-3:]
    assert [each.partition(": ")[0] for each in found] == ["Мерзімі өтті", "Мерзімі таяу", "Клиент жауабы күтілуде"]
    assert unquote(found[0]).endswith(f"/issues?set_filter=1&status_id=o&cf_{state}=Мерзімі өтті")
    assert "set_filter" not in shell("check", "-q").out
    next(each for each in office.world.tracker.fields if each.id == state).is_filter = False
    said = shell("check")
    assert (said.code, "set_filter" in said.out) == (0, False)
    assert 'warning: the search for requests that are breached finds 2 instead of 1; set "Used as a filter"' in said.out
    office.world.tracker.role(BOT).permissions -= {"set_notes_private"}
    assert shell("check").code == 77


def test_a_day_with_the_tool(shell: Shell, office: Office) -> None:
    issue_id = office.file()
    assert shell("plan", "--exit-code").code == 5
    said = shell("apply")
    assert (said.code, said.out, said.err) == (0, "Written: 1 applied.\n", "")
    said = shell("plan", "--exit-code")
    assert (said.code, said.out, said.err) == (0, "Nothing to write on 1 request.\n", "")
    assert shell("apply").out == "Nothing was to be written.\n"
    assert shell("queue").out.splitlines()[-1].startswith("1 request to work on")
    assert f"#{issue_id} VIP · error" in shell("explain", issue_id).out
    assert shell("explain", f"#{issue_id}").out == shell("explain", issue_id).out
    assert shell("report").out.startswith("1 request filed 2026-06-08 to 2026-06-08")


def test_quiet_says_nothing_when_there_is_nothing_to_say(shell: Shell, office: Office) -> None:
    office.file()
    said = shell("apply", "-q")
    assert (said.code, said.out) == (0, "Written: 1 applied.\n")
    for words in (("apply", "-q"), ("-q", "apply"), ("plan", "-q"), ("--quiet", "plan", "--exit-code")):
        assert shell(*words) == CommandResult(0, "", "")


def test_a_tracker_without_requests_has_nothing_to_do(shell: Shell, office: Office) -> None:
    assert office.world.tracker.issues == []
    assert shell("check").code == 0
    assert shell("apply", "-q") == CommandResult(0, "", "")


def test_quiet_still_says_why_a_run_was_not_whole(shell: Shell, office: Office) -> None:
    office.file("Mon 09:00", OPERATOR, BASE, UNMAPPED_TRACKER)
    said = shell("apply", "-q")
    assert said.code == 3
    assert f'"{UNMAPPED_TRACKER}"' in said.out


def test_data_goes_to_stdout_and_everything_else_to_stderr(shell: Shell, snapshot: Path) -> None:
    lines = snapshot.read_text().splitlines()
    bare = shell.write("bare.jsonl", lines[1])
    shell.files.replace("clients.yaml", "until: 2028-12-31", "until: 2026-05-31")
    said = shell("plan", "--from", bare, "--now", NOW, "--json")
    assert set(said.json) == {"now", "changes", "findings", "summary"}
    assert [line.split(":")[0] for line in said.err.splitlines()] == ["sup-sync"] * len(said.err.splitlines())
    assert f"clients.yaml:{shell.files.line('clients.yaml', '2026-05-31')}: warning: " in said.err
    assert "bare.jsonl: no first line with the tracker's lists, as `sup-sync snapshot` writes it" in said.err
    assert shell("plan", "--from", bare, "--now", NOW, "--json", "-q").err == ""


def test_json_has_the_keys_that_others_rely_on(shell: Shell, snapshot: Path) -> None:
    read = ("--from", snapshot, "--now", NOW, "--json")
    plan = shell("plan", *read).json
    assert plan["now"] == "2026-06-08T05:31:00+00:00"
    assert {key for each in plan["changes"] for key in each} == {"issue", "field", "old", "new", "reason", "clause"}
    assert set(plan["summary"]) == {"set", "change", "clear", "notes", "requests", "judged", "findings"}
    queue = shell("queue", *read).json
    assert set(queue) == {"entries", "waiting", "development"}
    assert {"position", "issue", "level", "priority", "metric", "due_at", "left_s"} <= set(queue["entries"][0])
    report = shell("report", *read).json
    assert set(report) == {"filed_from", "filed_until", "total", "by", "reasons"}
    assert set(report["by"]) == {"level", "channel", "category", "priority", "month"}
    story = shell("explain", plan["changes"][0]["issue"], *read).json
    assert {"issue", "classification", "events", "clocks", "verdicts", "ladder", "findings"} <= set(story)


def test_the_present_can_be_set_with_and_without_an_offset(shell: Shell, snapshot: Path) -> None:
    plans = [shell("plan", "--from", snapshot, "--json", "--now", now).out for now in (NOW, "2026-06-08T05:31:00Z")]
    assert plans[0] == plans[1]
    assert "private_note" in plans[0]
    assert "private_note" not in shell("plan", "--from", snapshot, "--now", "2026-06-08T10:30").out
    assert shell("plan", "--from", snapshot, "--json", "--now", "2026-06-08T08:59").json["changes"] == []


def test_an_issue_may_lie_bare_or_inside_issue_and_come_by_a_pipe(shell: Shell, snapshot: Path) -> None:
    tracker, issue = snapshot.read_text().splitlines()
    wrapped = json.dumps({"issue": json.loads(issue)})
    texts = {"whole": f"{tracker}\n{wrapped}\n", "bare": f"{issue}\n", "wrapped": f"\n{wrapped}\n\n"}
    plans = {
        name: shell("plan", "--from", shell.write(name, text), "--now", NOW, "--json").json
        for name, text in texts.items()
    }
    assert plans["whole"] == shell("plan", "--from", snapshot, "--now", NOW, "--json").json
    assert plans["bare"] == plans["wrapped"]
    piped = shell.process("plan", "--from", "-", "--now", NOW, "--json", input=texts["whole"])
    assert piped.json == plans["whole"]


@pytest.mark.usefixtures("empty_folder")
def test_what_ships_as_an_example_can_be_planned_anywhere(shell: Shell) -> None:
    examples = Path(__file__).parents[2] / "examples/requests.jsonl"
    said = shell.process("plan", "--from", examples, "--now", "2026-11-20T18:00")
    assert (said.code, said.err) == (0, "")
    assert "Plan: " in said.out

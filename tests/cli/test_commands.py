"""The output of each command on stdout and stderr if nothing goes wrong."""

from __future__ import annotations

import json
import shutil
import stat
import subprocess
from pathlib import Path
from urllib.parse import unquote

import pytest
from cli.office import NOW, Office
from end_to_end.scene import BASE, DEVELOPER_ROLE, OPERATOR, PUBLISHER, TALKER, UNMAPPED_TRACKER
from support.many_requests import UNJUDGED
from support.shell import CommandResult, Shell
from support.worlds import BOT

from sup_sync.redmine.provision import BOT_ROLE


def test_provision_prints_ruby(shell: Shell) -> None:
    result = shell("provision", "--script")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("# encoding: utf-8\n")
    if shutil.which("ruby"):
        checked = subprocess.run(["ruby", "-c"], input=result.out, capture_output=True, text=True, check=False)
        assert checked.stdout == "Syntax OK\n"


def test_calendar_refresh_prints_lines_for_the_calendar(shell: Shell) -> None:
    result = shell("calendar", "refresh", "2026")
    assert (result.code, result.err) == (0, "")
    first, *lines = result.out.splitlines()
    assert first == "holidays:"
    shipped = shell.files.path("calendar.yaml").read_text(encoding="utf-8").splitlines()
    assert '  - {date: 2026-01-01, name: "New Year\'s Day"}' in lines
    assert set(lines) <= set(shipped)


@pytest.mark.parametrize("words", [("--version",), ("--help",), ("plan", "--help"), ("-q", "check", "-h")])
def test_help_and_version_go_to_stdout(shell: Shell, words: tuple[str, ...]) -> None:
    result = shell(*words)
    assert (result.code, result.err) == (0, "")
    assert "sup-sync" in result.out


def test_help_shows_whole_sentences(shell: Shell) -> None:
    look = shell("--help").out.partition("\nLook:\n")[2]
    assert look
    assert "..." not in look


def test_clients_shows_labels_of_levels(shell: Shell) -> None:
    assert " VIP " in shell("clients").out


def test_missing_command_shows_the_help_and_is_a_mistake(shell: Shell) -> None:
    result = shell()
    assert (result.code, result.out) == (2, "")
    assert "apply" in result.err


def test_check_offline_finds_no_mistakes_in_shipped_files(shell: Shell) -> None:
    result = shell("check", "--offline")
    assert (result.code, result.out, len(result.err.splitlines())) == (0, "", 1)
    assert shell("check", "--offline", "-q") == CommandResult(0, "", "")


def test_check_prints_problems_on_stdout(shell: Shell, office: Office) -> None:
    office.file()
    result = shell("check")
    assert result.code == 0
    *warnings, _, _, _ = result.out.splitlines()
    unmapped, unseen, *roles = warnings
    assert unmapped.startswith('warning: project portal-users uses tracker "Ішкі", which is not mapped; ')
    assert unseen.startswith("warning: fields not checked, because there is no request yet: ")
    assert all(each.startswith("warning: role ") for each in roles)
    assert {each.split('"')[1] for each in roles} == {PUBLISHER, TALKER, BOT_ROLE, DEVELOPER_ROLE}
    assert result.out.count("/issues?set_filter=1&") == 3
    office.world.tracker.statuses = [each for each in office.world.tracker.statuses if each.name != "Жабылды"]
    office.world.tracker.role(BOT).permissions -= {"set_notes_private"}
    result = shell("check")
    assert result.code == 77
    assert 'status "Жабылды" not found in Redmine; correct `statuses`' in result.out
    assert result.out.count("the account lacks set_notes_private; grant it to its role") == 5
    office.world.tracker.role(BOT).permissions |= {"set_notes_private"}
    assert shell("check").code == 78


def test_check_prints_the_searches_for_staff_if_they_work(shell: Shell, office: Office) -> None:
    assert "warning: the searches for staff cannot be checked, because no request is open" in shell("check").out
    late, _ = office.file("Mon 09:00"), office.file("Mon 10:00")
    state = office.world.field_id("state")
    office.world.tracker.pick(office.world.tracker.issues, late).values[state] = "Мерзімі өтті"
    searches = shell("check").out.splitlines()[-3:]
    assert [each.partition(": ")[0] for each in searches] == ["Мерзімі өтті", "Мерзімі таяу", "Клиент жауабы күтілуде"]
    assert unquote(searches[0]).endswith(f"/issues?set_filter=1&status_id=o&cf_{state}=Мерзімі өтті")
    assert "set_filter" not in shell("check", "-q").out
    next(each for each in office.world.tracker.fields if each.id == state).is_filter = False
    result = shell("check")
    assert (result.code, "set_filter" in result.out) == (0, False)
    assert (
        'warning: the search for requests that are breached finds 2 instead of 1; set "Used as a filter"' in result.out
    )
    office.world.tracker.role(BOT).permissions -= {"set_notes_private"}
    assert shell("check").code == 77


def test_a_day_with_the_tool(shell: Shell, office: Office) -> None:
    issue_id = office.file()
    assert shell("plan", "--exit-code").code == 5
    result = shell("apply")
    assert (result.code, result.out, result.err) == (0, "Written: 1 applied.\n", "")
    result = shell("plan", "--exit-code")
    assert (result.code, result.out, result.err) == (0, "Nothing to write on 1 request.\n", "")
    assert shell("apply").out == "Nothing to write.\n"
    assert shell("queue").out.splitlines()[-1].startswith("1 request to work on")
    assert f"#{issue_id} VIP · error" in shell("explain", issue_id).out
    assert shell("explain", f"#{issue_id}").out == shell("explain", issue_id).out
    assert shell("report").out.startswith("1 request filed 2026-06-08 to 2026-06-08")


def test_quiet_prints_nothing_if_nothing_changes(shell: Shell, office: Office) -> None:
    office.file()
    result = shell("apply", "-q")
    assert (result.code, result.out) == (0, "Written: 1 applied.\n")
    for words in (("apply", "-q"), ("-q", "apply"), ("plan", "-q"), ("--quiet", "plan", "--exit-code")):
        assert shell(*words) == CommandResult(0, "", "")


def test_redmine_without_requests_needs_no_changes(shell: Shell, office: Office) -> None:
    assert office.world.tracker.issues == []
    assert shell("check").code == 0
    assert shell("apply", "-q") == CommandResult(0, "", "")


def test_quiet_prints_why_a_run_is_incomplete(shell: Shell, office: Office) -> None:
    office.file("Mon 09:00", OPERATOR, BASE, UNMAPPED_TRACKER)
    result = shell("apply", "-q")
    assert result.code == 3
    assert f'"{UNMAPPED_TRACKER}"' in result.out
    assert shell("apply", "-q") == CommandResult(3, "", "")  # cron sends no mail about it again today
    assert f'"{UNMAPPED_TRACKER}"' in shell("apply").out
    shell.forget()
    assert f'"{UNMAPPED_TRACKER}"' in shell("apply", "-q").out


def test_run_without_the_requests_that_the_mappings_ignore_is_complete_and_quiet(shell: Shell, office: Office) -> None:
    issue_id = office.file("Mon 09:00", OPERATOR, BASE, UNMAPPED_TRACKER)
    assert f'tracker "{UNMAPPED_TRACKER}" is not mapped' in shell("explain", issue_id).out
    shell.files.replace("tracker.yaml", "\n\nstatuses:", f"\n  {UNMAPPED_TRACKER}: ignore\n\nstatuses:")
    result = shell("explain", issue_id)
    assert result.code == 2
    assert f'in tracker "{UNMAPPED_TRACKER}", which mappings/tracker.yaml ignores; ' in result.line
    assert shell("apply", "-q") == CommandResult(0, "", "")
    for words in (("plan", "-q"), ("queue", "-q")):
        assert shell(*words) == CommandResult(0, "", "")
    assert UNMAPPED_TRACKER not in shell("check").out


def test_data_goes_to_stdout_and_messages_go_to_stderr(shell: Shell, snapshot: Path) -> None:
    lines = snapshot.read_text().splitlines()
    bare = shell.write("bare.jsonl", lines[1])
    shell.files.replace("clients.yaml", "until: 2028-12-31", "until: 2026-05-31")
    result = shell("plan", "--from", bare, "--now", NOW, "--json")
    assert set(result.json) == {"now", "changes", "findings", "summary", "limits"}
    assert [line.split(":")[0] for line in result.err.splitlines()] == ["sup-sync"] * len(result.err.splitlines())
    assert f"clients.yaml:{shell.files.line('clients.yaml', '2026-05-31')}: warning: " in result.err
    assert (
        "bare.jsonl: the first line does not contain the lists of Redmine, so everyone except the authors" in result.err
    )
    quiet = shell("plan", "--from", bare, "--now", NOW, "--json", "-q")
    assert (quiet.code, quiet.err.count("\n")) == (3, 1)
    assert "could not be judged: #" in quiet.err
    assert {each["kind"] for each in quiet.json["findings"]} == {"no_level"}


def test_snapshot_file_can_be_read_by_its_owner_only(snapshot: Path) -> None:
    assert stat.S_IMODE(snapshot.stat().st_mode) == 0o600


def test_json_has_the_documented_keys(shell: Shell, snapshot: Path) -> None:
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


def test_now_is_accepted_with_and_without_an_offset(shell: Shell, snapshot: Path) -> None:
    plans = [shell("plan", "--from", snapshot, "--json", "--now", now).out for now in (NOW, "2026-06-08T05:31:00Z")]
    assert plans[0] == plans[1]
    assert "private_note" in plans[0]
    assert "private_note" not in shell("plan", "--from", snapshot, "--now", "2026-06-08T10:30").out
    assert shell("plan", "--from", snapshot, "--json", "--now", "2026-06-08T08:59").json["changes"] == []


def test_snapshot_is_accepted_wrapped_bare_and_from_stdin(shell: Shell, snapshot: Path) -> None:
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
def test_shipped_example_can_be_planned_in_any_folder(shell: Shell) -> None:
    examples = Path(__file__).parents[2] / "examples/requests.jsonl"
    result = shell.process("plan", "--from", examples, "--now", "2026-11-20T18:00")
    assert (result.code, result.err) == (3, UNJUDGED)
    assert "Plan: " in result.out

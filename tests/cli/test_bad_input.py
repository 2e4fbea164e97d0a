"""Bad input of any kind: one line for each mistake, the right exit code, nothing written, no key printed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cli.office import CLOSED_PORT, DUE, NOW, REDMINE_COMMANDS, SENTINEL, Office
from support.scripted_server import Answer, half, reply, reply_json, serve
from support.shell import Shell, one_line

Json = dict[str, Any]


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (("pla",), ("No such command 'pla'",)),
        (("plan", "--form", "x"), ("No such option", "--form")),
        (("explain",), ("N",)),
        (("explain", "0"), ("0", "x>=1")),
        (("explain", "one"), ("'one'",)),
        (("provision",), ("--script",)),
        (("plan", "--now", "tomorrow"), ("--now", "invalid time 'tomorrow'; write 2026-03-20T17:50")),
        (("plan", "--now", "0001-01-01"), ("invalid time '0001-01-01'",)),
        (("plan", "--now", "9999-12-31T23:59:59-12:00"), ("invalid time",)),
        (("plan", "--from", "nowhere.jsonl"), ("nowhere.jsonl",)),
        (("plan", "--from", "mappings"), ("mappings", "directory")),
        (("--config", "mappings", "plan"), ("mappings", "directory")),
        (DUE[:-1], ("--category",)),
        ((*DUE[:3], "--level", "gold", *DUE[5:]), ("--level: 'gold' is not one of vip, base",)),
        ((*DUE, "--priority", "asap"), ("--priority: 'asap' is not one of normal, urgent, immediate",)),
        ((*DUE[:5], "--channel", "fax", *DUE[7:]), ("--channel: 'fax' is not one of online_assistant",)),
    ],
)
def test_mistyped_command_is_reported_in_one_line(shell: Shell, words: tuple[str, ...], parts: tuple[str, ...]) -> None:
    one_line(shell(*words), 2, *parts)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("{}\n", ":1: not an issue, as it has no valid `id`"),
        ('{"id": 1}\nnonsense\n', ":2: not a JSON object; each line must be an issue"),
        ('{"id": 1}\n\n[1]\n', ":3: not a JSON object"),
        ('{"issue": {"id": "7"}}', ":1: not an issue, as it has no valid `id`"),
        ("[" * 100_000, ":1: not a JSON object"),
        ('{"tracker": {"people": [{}]}}', "`tracker`: not the lists that `sup-sync snapshot` writes"),
        ('{"tracker": 1}', ":1: `tracker` is not an object"),
        (b"\xff\xfe", ": not UTF-8 text"),
    ],
)
@pytest.mark.parametrize("command", ["plan", "queue", "report"])
def test_invalid_snapshot_line_is_reported_with_file_and_line(
    shell: Shell, command: str, text: str | bytes, where: str
) -> None:
    one_line(shell(command, "-q", "--from", shell.write("odd.jsonl", text)), 2, where)


@pytest.mark.parametrize("value", ['{"id": 7}', '{"id": 7, "status": 1}', '{"id": 7, "journals": null}'])
def test_malformed_issue_is_a_finding_and_others_are_planned(shell: Shell, snapshot: Path, value: str) -> None:
    path = shell.write("odd.jsonl", f"{snapshot.read_text()}{value}\n{value}\n")
    for source in (path, shell.write("bare.jsonl", "\n".join(path.read_text().splitlines()[1:]))):
        plan = shell("plan", "--from", source, "--now", NOW, "--json").json
        assert [each["issue"] for each in plan["findings"] if each["kind"] == "unreadable"] == [7]
        assert plan["summary"]["judged"] == 1


def filed_at_the_beginning_of_time(issue: Json) -> None:
    next(each for each in issue["custom_fields"] if each["name"] == "Жүгіну уақыты")["value"] = "0001-01-01 00:00"


def closed_before_it_was_filed(issue: Json) -> None:
    """The clock of Redmine's machine was set back."""
    status, priority = str(issue["status"]["id"]), str(issue["priority"]["id"])
    details = [("status_id", status, "0"), ("priority_id", priority, priority)]
    issue["status"] = {"id": 0, "name": "Шешілді", "is_closed": True}
    journal = {
        "id": 1,
        "user": {"id": 0, "name": "Айгүл Серікова"},
        "notes": "Жауап",
        "created_on": "2026-06-08T03:59:58Z",
        "details": [
            {"property": "attr", "name": name, "old_value": old, "new_value": new} for name, old, new in details
        ],
    }
    issue["journals"] = [journal]


@pytest.mark.parametrize("spoil", [filed_at_the_beginning_of_time, closed_before_it_was_filed])
def test_impossible_times_do_not_stop_commands(shell: Shell, snapshot: Path, spoil: Callable[[Json], None]) -> None:
    lists, issue = map(json.loads, snapshot.read_text().splitlines())
    lists["tracker"]["statuses"].append({"id": 0, "name": "Шешілді"})
    spoil(issue)
    path = shell.write("odd.jsonl", f"{json.dumps(lists)}\n{json.dumps(issue)}\n")
    for command in (("plan",), ("queue",), ("report",), ("explain", issue["id"])):
        for form in ((), ("--json",)):
            result = shell(*command, "--from", path, "--now", NOW, *form)
            assert (command, result.code, result.err) == (command, 0, "")


def test_unmapped_status_is_a_finding(shell: Shell, snapshot: Path) -> None:
    """The lists of a snapshot have the current name of a status, which decides."""
    text = snapshot.read_text().replace('{"id": 2, "name": "Жаңа"', '{"id": 2, "name": "Ескі"')
    path = shell.write("odd.jsonl", text)
    plan = shell("plan", "--from", path, "--now", NOW, "--json").json
    assert plan["changes"] == []
    (finding,) = plan["findings"]
    assert finding["kind"] == "unmapped_name"
    assert '"Ескі"' in finding["text"]
    assert "mappings/tracker.yaml" in finding["text"]


def test_missing_request_is_reported(shell: Shell, snapshot: Path) -> None:
    one_line(shell("explain", 999, "--from", snapshot), 2, "snapshot.jsonl: request #999 not found")
    one_line(shell("explain", 999_999), 2, "/issues/999999.json", "404")
    issue_id = json.loads(snapshot.read_text().splitlines()[1])["id"]
    early = shell("explain", issue_id, "--from", snapshot, "--now", "2026-06-08T08:00")
    one_line(early, 2, f"#{issue_id} was not filed yet at 2026-06-08 08:00")


def test_each_mistake_of_all_files_has_its_line(shell: Shell) -> None:
    mistakes = {
        "calendar.yaml": ("zone: Asia/Almaty", "zone: Asia/Nowhere"),
        "config.yaml": ("language: kk", "language: kz"),
        "messages.yaml": ("action_filed: ", "action_fild: "),
        "regulation.yaml": ("working_day: 9 h", "working_day: 9"),
        "tracker.yaml": ("{phase: waiting}", "{phase: sleeping}"),
    }
    for name, (right, wrong) in mistakes.items():
        shell.files.replace(name, right, wrong)
    checked = shell("check", "--offline")
    assert (checked.code, checked.err) == (78, "")
    places = [line.partition(": ")[0] for line in checked.out.splitlines()]
    assert {f"{name}:{shell.files.line(name, wrong)}" for name, (_, wrong) in mistakes.items()} <= set(places)
    for words in (("plan",), ("apply", "-q"), DUE, ("provision", "--script")):
        result = shell(*words)
        assert (result.code, result.out) == (78, "")
        assert result.err.splitlines() == [f"sup-sync: {line}" for line in checked.out.splitlines()]


@pytest.mark.usefixtures("empty_folder")
@pytest.mark.parametrize("command", REDMINE_COMMANDS)
def test_commands_do_not_contact_redmine_without_a_config(shell: Shell, command: str) -> None:
    one_line(shell(command), 78, "config.yaml:1: not in the current directory; pass --config or run `sup-sync init`")


def test_missing_file_of_config_option_is_reported(shell: Shell) -> None:
    one_line(shell("--config", "other.yaml", "plan"), 78, "other.yaml:1: file not found; correct --config")


@pytest.mark.parametrize(
    ("response", "code", "parts"),
    [
        (reply(200, "<!DOCTYPE html><html>Welcome</html>"), 75, ("an HTML page instead of JSON", "check that `url`")),
        (reply(200, ""), 75, ("an empty response",)),
        (half, 75, ("the connection broke",)),
        (reply(200, '{"user": {"id"'), 75, ("not a complete JSON object",)),
        (reply_json([]), 75, ("not a complete JSON object",)),
        (reply_json({"project": {}}), 75, ("JSON without `user`",)),
        (
            reply(302, location="https://elsewhere.example/users/current.json?key=1"),
            75,
            ("redirect (302) to https://elsewhere.example was not followed",),
        ),
        (reply(401), 77, ("API key rejected (401)",)),
        (reply(404), 78, ("not found (404); check that `url` is Redmine's base URL",)),
        (reply(500), 75, ("answered 500",)),
    ],
    ids=lambda value: str(value) if isinstance(value, int) else None,
)
def test_response_that_is_not_of_redmine_stops_the_command(
    shell: Shell, response: Answer, code: int, parts: tuple[str, ...]
) -> None:
    with serve(response) as server:
        shell.files.replace("config.yaml", CLOSED_PORT, server.url)
        for command in REDMINE_COMMANDS:
            one_line(shell(command), code, "GET /users/current.json", *parts)
        assert {each.path.partition("?")[0] for each in server.asked} == {"/users/current.json"}


def test_unreachable_redmine_stops_the_command(shell: Shell) -> None:
    one_line(shell("apply"), 75, "connection failed; check that Redmine is up and `url` is correct")


@pytest.mark.parametrize(
    ("url", "code", "part"),
    [
        ("ftp://tracker.example", 78, "url: invalid URL; write it like https://redmine.example.kz"),
        ("https://", 78, "url: invalid URL"),
        ("http://tracker.example", 78, "must be https; plain http exposes the key"),
        (f"https://user:{SENTINEL}@tracker.example", 78, "contains a user name"),
        (f"https://tracker.example/?key={SENTINEL}", 78, "contains a user name, query"),
    ],
)
def test_unsafe_url_is_rejected(shell: Shell, url: str, code: int, part: str) -> None:
    shell.files.replace("config.yaml", CLOSED_PORT, url)
    one_line(shell("apply"), code, part)
    assert not (shell.folder / "state").exists()


def test_wrong_key_is_reported(shell: Shell, office: Office) -> None:
    office.file()
    shell.use_key(SENTINEL)
    for command in REDMINE_COMMANDS:
        one_line(shell(command), 77, "API key rejected (401)")


def test_missing_key_is_reported_with_its_place(shell: Shell) -> None:
    shell.patch.delenv("SUP_SYNC_KEY")
    one_line(shell("plan"), 77, "no API key; set SUP_SYNC_KEY, or `key_file` in config.yaml")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_key_file_readable_by_others_is_rejected(shell: Shell, mode: int) -> None:
    shell.patch.delenv("SUP_SYNC_KEY")
    shell.files.replace("config.yaml", "# key_file: /etc/sup-sync/key", "key_file: key")
    shell.write("key", SENTINEL, mode)
    one_line(shell("plan"), 77, "sup-sync: key: readable by other users; run chmod 600 ")


def test_key_in_the_config_is_rejected_and_not_printed(shell: Shell) -> None:
    shell.files.replace("config.yaml", "redmine:\n", f"redmine:\n  key: {SENTINEL}\n")
    one_line(shell("plan"), 78, "config.yaml:5: API key in config.yaml; move it to its own file")

"""Hostile text of clients and unusual requests: in output, on stderr, in the audit log."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from cli.office import Office
from end_to_end.scene import BASE, CLIENT, CONSULTATION, OPERATOR
from support.fake_records import Issue, Journal
from support.promises import HARMLESS, ISOLATED
from support.scripted_server import reply
from support.shell import CommandResult, Shell

Tried = Callable[[str, str], None]

SIGN = "⟦"
HOSTILE = f"{SIGN}\x1b[2J\x9b31m\x07\u202e\r\nsup-sync: all is well\n{SIGN}=1+1"


def is_clean(text: str) -> bool:
    """Check that a text contains no control characters, including those that change the direction of text."""
    return all(each.isprintable() or each == "\n" for each in text)


@pytest.fixture
def hostile(office: Office) -> Issue:
    """A request with hostile text in all texts of its client, and in the names of project and people."""
    issue_id = office.file("last Mon 09:00", OPERATOR, BASE, CONSULTATION)
    tracker = office.world.tracker
    issue: Issue = tracker.pick(tracker.issues, issue_id)
    client = next(each for each in tracker.users if each.login == CLIENT)
    issue.author, issue.subject, issue.description = client, HOSTILE, HOSTILE
    client.name = f"Марат {HOSTILE}"
    issue.project.name = HOSTILE
    for key in ("steps", "organisation", "bin", "contact"):
        issue.values[field_id(office, key)] = HOSTILE
    journal = Journal(900_000, client, datetime.now(UTC), HOSTILE)
    journal.details = [{"property": "attachment", "name": "1", "old_value": None, "new_value": HOSTILE}]
    issue.journals.append(journal)
    return issue


def field_id(office: Office, key: str) -> int:
    name = office.world.names.fields[key]
    return next(each.id for each in office.world.tracker.fields if each.name == name)


def test_client_text_cannot_control_a_terminal_or_break_a_log_line(
    shell: Shell, office: Office, hostile: Issue, count_promise: Tried
) -> None:
    office.responses[rf"/issues/{office.file('Mon 09:00')}\.json"] = reply(500)  # so that an error is on stderr
    for words in (("plan",), ("queue",), ("report",), ("explain", hostile.id), ("clients",), ("check",)):
        look_at(shell(*words), count_promise, words[0])
    for words in (("plan", "--json"), ("queue", "--json"), ("report", "--json"), ("explain", hostile.id, "--json")):
        result = shell(*words)
        json.loads(result.out)
        look_at(result, count_promise, f"{words[0]} --json")
    own_list = rf"/issues\.json\?(?!.*tracker_id).*project_id={hostile.project.id}\b"
    office.responses[own_list] = reply(500)  # so that the project is named
    shell.forget()
    result = shell("plan")
    assert SIGN in result.err
    look_at(result, count_promise, "stderr")


def look_at(result: CommandResult, count_promise: Tried, place: str) -> None:
    assert is_clean(result.out), place
    assert is_clean(result.err), place
    assert all(line.startswith(("sup-sync: ", " ")) for line in result.err.splitlines())
    assert "sup-sync: all is well" not in [line.strip() for line in (result.out + result.err).splitlines()]
    count_promise(HARMLESS, f"control characters and line breaks in texts of clients: {place}")


def test_audit_log_contains_no_client_text(shell: Shell, office: Office, hostile: Issue, count_promise: Tried) -> None:
    assert shell("apply", "--force").code == 0
    (log,) = (shell.folder / "state" / "sup-sync").glob("*.audit.jsonl")
    text = log.read_bytes().decode("ascii")
    records = [json.loads(line) for line in text.splitlines()]
    run, *writes = records
    assert (run["event"], run["command"]) == ("run", "apply")
    assert {each["issue"] for each in writes} == {hostile.id}
    assert text.isascii()
    assert is_clean(text)
    assert json.dumps(SIGN)[1:-1] not in text
    with office.people() as diary:
        ours = [
            each["notes"] for each in diary.see(OPERATOR, hostile.id)["journals"] if each["user"]["name"] == "sup sync"
        ]
    assert any(ours)
    assert SIGN not in "".join(ours)
    count_promise(HARMLESS, "control characters and line breaks in texts of clients: notes and the audit log")


# --- poison


def ten_megabytes(_office: Office, issue: Issue) -> None:
    issue.description = "ұзақ мәтін " * 500_000
    issue.journals.append(Journal(900_001, issue.author, issue.created_at, "x" * 10_000_000))


def nul(_office: Office, issue: Issue) -> None:
    issue.subject = issue.description = "a\0b"
    issue.journals.append(Journal(900_001, issue.author, issue.created_at, "\0"))


def emoji(_office: Office, issue: Issue) -> None:
    issue.subject = issue.description = "😀👩‍👩‍👧‍👦" * 1000


def five_hundred_journals(_office: Office, issue: Issue) -> None:
    for number in range(500):
        issue.journals.append(Journal(900_000 + number, issue.author, issue.created_at, f"{number}"))


@pytest.mark.parametrize("poison", [ten_megabytes, nul, emoji, five_hundred_journals])
def test_unusual_request_is_judged_like_others(
    shell: Shell, office: Office, count_promise: Tried, poison: Callable[[Office, Issue], None]
) -> None:
    odd, other = office.file(), office.file()
    poison(office, office.world.tracker.pick(office.world.tracker.issues, odd))
    result = shell("apply")
    assert (result.code, result.out) == (0, "Written: 2 applied.\n")
    with office.people() as diary:
        for issue_id in (odd, other):
            notes = [*diary.notes(OPERATOR, issue_id), *diary.notes(OPERATOR, issue_id, private=False)]
            assert len([each for each in notes if "егламент" in each]) == 2
    count_promise(ISOLATED, f"{poison.__name__.replace('_', ' ')}: handled like any other")


def a_422(office: Office, issue: Issue) -> None:
    """Require a field that this request lacks: Redmine rejects each write of the request."""
    tracker = office.world.tracker
    tracker.add_field({"name": "Міндетті", "is_required": True})
    for each in tracker.issues:
        if each is not issue:
            each.values[tracker.fields[-1].id] = "бар"


def an_unmapped_status(office: Office, issue: Issue) -> None:
    issue.status = next(each for each in office.world.tracker.statuses if each.name == "Тексерілуде")


@pytest.mark.parametrize("poison", [a_422, an_unmapped_status])
def test_request_that_fails_is_reported_and_others_are_written(
    shell: Shell, office: Office, count_promise: Tried, poison: Callable[[Office, Issue], None]
) -> None:
    first, poisoned, last = (office.file() for _ in range(3))
    poison(office, office.world.tracker.pick(office.world.tracker.issues, poisoned))
    result = shell("apply")
    assert result.code == 3
    assert f"#{poisoned}" in result.out
    assert f"#{first}" not in result.out
    assert f"#{last}" not in result.out
    assert "2 applied" in result.out
    with office.people() as diary:
        assert [len(diary.notes(OPERATOR, each)) for each in (first, poisoned, last)] == [1, 0, 1]
    count_promise(ISOLATED, f"{poison.__name__.replace('_', ' ')}: reported, exit 3")

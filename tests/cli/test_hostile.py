"""What clients write, and what poisons a request, as the command meets it: in logs, on stderr, in the audit log."""

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
    """Nothing in it steers a terminal or turns the direction of what follows."""
    return all(each.isprintable() or each == "\n" for each in text)


@pytest.fixture
def hostile(office: Office) -> Issue:
    """A request whose client writes it wherever they can; the names of the project and of people hold it too."""
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


def test_nothing_that_clients_write_steers_a_terminal_or_breaks_a_line_of_a_log(
    shell: Shell, office: Office, hostile: Issue, count_promise: Tried
) -> None:
    office.faults[rf"/issues/{office.file('Mon 09:00')}\.json"] = reply(500)  # so that a project is named on stderr
    for words in (("plan",), ("queue",), ("report",), ("explain", hostile.id), ("clients",), ("check",)):
        look_at(shell(*words), count_promise, words[0])
    for words in (("plan", "--json"), ("queue", "--json"), ("report", "--json"), ("explain", hostile.id, "--json")):
        said = shell(*words)
        json.loads(said.out)
        look_at(said, count_promise, f"{words[0]} --json")
    office.faults[rf"/issues/{hostile.id}\.json"] = reply(500)
    shell.forget()
    said = shell("plan")
    assert SIGN in said.err
    look_at(said, count_promise, "stderr")


def look_at(said: CommandResult, count_promise: Tried, place: str) -> None:
    assert is_clean(said.out), place
    assert is_clean(said.err), place
    assert all(line.startswith(("sup-sync: ", " ")) for line in said.err.splitlines())
    assert "sup-sync: all is well" not in [line.strip() for line in (said.out + said.err).splitlines()]
    count_promise(HARMLESS, f"control characters and line breaks in texts of clients: {place}")


def test_the_audit_log_keeps_none_of_it_and_a_line_for_each_record(
    shell: Shell, office: Office, hostile: Issue, count_promise: Tried
) -> None:
    assert shell("apply", "--force").code == 0
    (log,) = (shell.folder / "state" / "sup-sync").glob("*.audit.jsonl")
    text = log.read_bytes().decode("ascii")
    records = [json.loads(line) for line in text.splitlines()]
    assert {each["issue"] for each in records} == {hostile.id}
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
def test_what_is_only_odd_is_judged_as_any_other(
    shell: Shell, office: Office, count_promise: Tried, poison: Callable[[Office, Issue], None]
) -> None:
    odd, other = office.file(), office.file()
    poison(office, office.world.tracker.pick(office.world.tracker.issues, odd))
    said = shell("apply")
    assert (said.code, said.out) == (0, "Written: 2 applied.\n")
    with office.people() as diary:
        for issue_id in (odd, other):
            notes = [*diary.notes(OPERATOR, issue_id), *diary.notes(OPERATOR, issue_id, private=False)]
            assert len([each for each in notes if "егламент" in each]) == 2
    count_promise(ISOLATED, f"{poison.__name__.replace('_', ' ')}: handled like any other")


def a_422(office: Office, issue: Issue) -> None:
    """A field became required after this request was filed without it: Redmine refuses each write of it."""
    tracker = office.world.tracker
    tracker.add_field({"name": "Міндетті", "is_required": True})
    for each in tracker.issues:
        if each is not issue:
            each.values[tracker.fields[-1].id] = "бар"


def an_unmapped_status(office: Office, issue: Issue) -> None:
    issue.status = next(each for each in office.world.tracker.statuses if each.name == "Тексерілуде")


@pytest.mark.parametrize("poison", [a_422, an_unmapped_status])
def test_what_cannot_be_judged_or_written_is_named_and_the_others_go_on(
    shell: Shell, office: Office, count_promise: Tried, poison: Callable[[Office, Issue], None]
) -> None:
    first, poisoned, last = (office.file() for _ in range(3))
    poison(office, office.world.tracker.pick(office.world.tracker.issues, poisoned))
    said = shell("apply")
    assert said.code == 3
    assert f"#{poisoned}" in said.out
    assert f"#{first}" not in said.out
    assert f"#{last}" not in said.out
    assert "2 applied" in said.out
    with office.people() as diary:
        assert [len(diary.notes(OPERATOR, each)) for each in (first, poisoned, last)] == [1, 0, 1]
    count_promise(ISOLATED, f"{poison.__name__.replace('_', ' ')}: reported, exit 3")

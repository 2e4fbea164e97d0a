"""Notifications of people outside Redmine, by real HTTP on loopback: their text, and failed deliveries."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

import pytest
from cli.office import Office
from end_to_end.scene import OPERATOR
from support.scripted_server import ScriptedServer, reply, reset, serve
from support.shell import Shell

STEP = "message: to_head, mentions: [head], assign: head"
PASSWORD = "s3cret"


def issue_ids(office: Office) -> list[int]:
    return [issue.id for issue in office.world.tracker.issues]


@pytest.fixture
def channel() -> Iterator[ScriptedServer]:
    with serve(reply(200)) as server:
        yield server


@pytest.fixture
def desk(shell: Shell, office: Office, channel: ScriptedServer) -> Shell:
    """A shell with a ladder that notifies the head; Redmine has a request long overdue."""
    shell.files.replace("regulation.yaml", STEP, f"{STEP}, notify: [head]")
    shell.files.replace("config.yaml", "\nlanguage: kk ", "\nnotify_file: channels\nlanguage: kk ")
    write_route(shell, channel.url)
    with office.people() as diary:
        diary.file("last Mon 09:00", subject="Құпия", description="Құпия")
    return shell


def write_route(shell: Shell, url: str) -> None:
    shell.write("channels", f"head={url.replace('http', 'json').replace('//', f'//head:{PASSWORD}@')}/hook\n", 0o600)


def notes(office: Office, issue_id: int) -> list[str]:
    with office.people() as diary:
        return diary.notes(OPERATOR, issue_id)


def test_head_gets_request_target_time_and_link(desk: Shell, office: Office, channel: ScriptedServer) -> None:
    assert desk("apply", "-q").code == 0
    (issue_id,) = issue_ids(office)
    (note,) = notes(office, issue_id)
    (asked,) = channel.asked
    assert (asked.method, asked.path) == ("POST", "/hook")
    sent = json.loads(asked.body)
    assert sent["title"] == f"#{issue_id}"
    body, _, link = sent["message"].rpartition("\n")
    assert link.endswith(f"/issues/{issue_id}")
    assert body in note
    assert "екі есе асқан уақыт: 2026 жылғы 1 маусым, 13:00" in body
    assert "Құпия" not in asked.body.decode("unicode-escape")
    assert not any("X-Redmine-API-Key" in each.headers for each in channel.asked)
    assert desk("apply", "-q").code == 0
    assert len(channel.asked) == 1


@pytest.mark.parametrize("answer", [reply(500), reply(302, location="http://127.0.0.1:9/"), reset])
def test_failed_delivery_is_one_line_and_the_note_is_written(desk: Shell, office: Office, answer) -> None:
    with serve(answer) as broken:
        write_route(desk, broken.url)
        result = desk.process("apply", "-q")  # a process of its own, so that its stderr gets the log of apprise
        assert broken.asked
    assert result.code == 3
    (line,) = result.err.splitlines()
    assert line.endswith(": head was not notified: delivery failed")
    assert PASSWORD not in result.out + result.err
    assert [len(notes(office, each)) for each in issue_ids(office)] == [1]
    assert desk("apply", "-q").code == 0


def test_notifications_are_skipped_after_three_failures(desk: Shell, office: Office) -> None:
    with office.people() as diary:
        for _ in range(4):
            diary.file("last Mon 09:00")
    with serve(reply(500)) as broken:
        write_route(desk, broken.url)
        result = desk("apply", "-q")
        assert len(broken.asked) == 3
    assert result.err.count("delivery failed") == 3
    assert result.err.count("skipped after 3 failures") == 2
    assert result.out == "Written: 5 applied.\n"


def broken_file(desk: Shell) -> str:
    desk.write("channels", "head=json://127.0.0.1:9\n", 0o644)
    return "readable by other users; run chmod 600"


def missing_file(desk: Shell) -> str:
    (desk.folder / "channels").unlink()
    return "`notify_file` of config.yaml: cannot read this file (No such file or directory)"


def unknown_person(desk: Shell) -> str:
    desk.write("channels", "boss=json://127.0.0.1:9\n", 0o600)
    return "add a line head=URL (people with valid lines: boss)"


def no_file(desk: Shell) -> str:
    desk.files.replace("config.yaml", "notify_file: channels\n", "")
    return "set SUP_SYNC_NOTIFY, or `notify_file` in config.yaml"


def no_apprise(desk: Shell) -> str:
    desk.patch.setitem(sys.modules, "sup_sync.host.notify", None)
    return "pip install 'sup-sync[notify]'"


def broken_apprise(desk: Shell) -> str:
    def raising(**_: object) -> None:
        raise RuntimeError(PASSWORD)

    desk.patch.setattr("sup_sync.host.notify.Apprise", raising)
    return "RuntimeError at host/notify.py:"


BROKEN = [broken_file, missing_file, unknown_person, no_file, no_apprise, broken_apprise]


@pytest.mark.parametrize("broken", BROKEN)
def test_check_and_apply_report_unusable_routes(desk: Shell, office: Office, broken) -> None:
    before = desk("check").out
    why = broken(desk)
    checked = desk("check")
    assert checked.code == 78
    (line,) = set(checked.out.splitlines()) - set(before.splitlines())
    assert line.startswith("head: cannot be notified outside Redmine")
    assert why in line
    result = desk("apply", "-q")
    assert result.code == 3
    (line,) = result.err.splitlines()
    assert ": head was not notified: " in line
    assert [len(notes(office, each)) for each in issue_ids(office)] == [1]


def test_exception_of_a_route_is_a_failed_delivery(desk: Shell) -> None:
    def raising(*_: object, **__: object) -> None:
        raise RuntimeError(PASSWORD)

    desk.patch.setattr("apprise.Apprise.notify", raising)
    result = desk("apply", "-q")
    assert result.code == 3
    assert result.err.endswith(": head was not notified: delivery failed\n")


def test_routes_can_come_from_the_environment(desk: Shell, channel: ScriptedServer) -> None:
    no_file(desk)
    desk.patch.setenv("SUP_SYNC_NOTIFY", f"head={channel.url.replace('http', 'json')}")
    assert desk("apply", "-q").code == 0
    assert [each.path for each in channel.asked] == ["/"]


def test_routes_are_not_read_without_a_step_that_notifies(shell: Shell, office: Office) -> None:
    office.file()
    shell.files.replace("config.yaml", "\nlanguage: kk ", "\nnotify_file: nowhere\nlanguage: kk ")
    assert shell("apply", "-q").code == 0

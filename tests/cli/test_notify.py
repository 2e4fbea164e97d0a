"""People outside of the tracker, by real channels on loopback: what reaches them, and what a channel's failure does."""

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
    """A shell whose ladder reaches the head by the channel; the office has a request long overdue."""
    shell.files.replace("regulation.yaml", STEP, f"{STEP}, notify: [head]")
    shell.files.replace("config.yaml", "\nlanguage: kk ", "\nnotify_file: channels\nlanguage: kk ")
    lead_to(shell, channel.url)
    with office.people() as diary:
        diary.file("last Mon 09:00", subject="Құпия", description="Құпия")
    return shell


def lead_to(shell: Shell, url: str) -> None:
    shell.write("channels", f"head={url.replace('http', 'json').replace('//', f'//head:{PASSWORD}@')}/hook\n", 0o600)


def notes(office: Office, issue_id: int) -> list[str]:
    with office.people() as diary:
        return diary.notes(OPERATOR, issue_id)


def test_the_head_reads_which_request_and_target_since_when_and_where(
    desk: Shell, office: Office, channel: ScriptedServer
) -> None:
    assert desk("apply", "-q").code == 0
    (issue_id,) = issue_ids(office)
    (note,) = notes(office, issue_id)
    (asked,) = channel.asked
    assert (asked.method, asked.path) == ("POST", "/hook")
    told = json.loads(asked.body)
    assert told["title"] == f"#{issue_id}"
    body, _, link = told["message"].rpartition("\n")
    assert link.endswith(f"/issues/{issue_id}")
    assert body in note
    assert "екі есе асқан уақыт: 2026 жылғы 1 маусым, 13:00" in body
    assert "Құпия" not in asked.body.decode("unicode-escape")
    assert not any("X-Redmine-API-Key" in each.headers for each in channel.asked)
    assert desk("apply", "-q").code == 0
    assert len(channel.asked) == 1


@pytest.mark.parametrize("answer", [reply(500), reply(302, location="http://127.0.0.1:9/"), reset])
def test_a_channel_that_fails_is_one_line_and_the_note_is_there(desk: Shell, office: Office, answer) -> None:
    with serve(answer) as broken:
        lead_to(desk, broken.url)
        said = desk.process("apply", "-q")  # where nothing but its own stderr takes what apprise logs
        assert broken.asked
    assert said.code == 3
    (line,) = said.err.splitlines()
    assert line.endswith(": head was not notified: delivery failed")
    assert PASSWORD not in said.out + said.err
    assert [len(notes(office, each)) for each in issue_ids(office)] == [1]
    assert desk("apply", "-q").code == 0


def test_after_three_failures_in_a_row_the_others_are_not_tried(desk: Shell, office: Office) -> None:
    with office.people() as diary:
        for _ in range(4):
            diary.file("last Mon 09:00")
    with serve(reply(500)) as broken:
        lead_to(desk, broken.url)
        said = desk("apply", "-q")
        assert len(broken.asked) == 3
    assert said.err.count("delivery failed") == 3
    assert said.err.count("skipped after 3 failures") == 2
    assert said.out == "Written: 5 applied.\n"


def broken_file(desk: Shell) -> str:
    desk.write("channels", "head=json://127.0.0.1:9\n", 0o644)
    return "readable by other users; run chmod 600"


def missing_file(desk: Shell) -> str:
    (desk.folder / "channels").unlink()
    return "`notify_file` of config.yaml: cannot read this file (No such file or directory)"


def nobodys(desk: Shell) -> str:
    desk.write("channels", "boss=json://127.0.0.1:9\n", 0o600)
    return "add a line head=URL (those that can be read are for boss)"


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
    return "RuntimeError at test_notify.py:"


BROKEN = [broken_file, missing_file, nobodys, no_file, no_apprise, broken_apprise]


@pytest.mark.parametrize("broken", BROKEN)
def test_what_is_amiss_is_told_by_check_before_and_by_apply_in_a_line(desk: Shell, office: Office, broken) -> None:
    before = desk("check").out
    why = broken(desk)
    checked = desk("check")
    assert checked.code == 78
    (line,) = set(checked.out.splitlines()) - set(before.splitlines())
    assert line.startswith("head: no ")
    assert why in line
    said = desk("apply", "-q")
    assert said.code == 3
    (line,) = said.err.splitlines()
    assert ": head was not notified: " in line
    assert [len(notes(office, each)) for each in issue_ids(office)] == [1]


def test_a_channel_whose_code_breaks_is_one_that_did_not_take_it(desk: Shell) -> None:
    def raising(*_: object, **__: object) -> None:
        raise RuntimeError(PASSWORD)

    desk.patch.setattr("apprise.Apprise.notify", raising)
    said = desk("apply", "-q")
    assert said.code == 3
    assert said.err.endswith(": head was not notified: delivery failed\n")


def test_the_environment_names_channels_too(desk: Shell, channel: ScriptedServer) -> None:
    no_file(desk)
    desk.patch.setenv("SUP_SYNC_NOTIFY", f"head={channel.url.replace('http', 'json')}")
    assert desk("apply", "-q").code == 0
    assert [each.path for each in channel.asked] == ["/"]


def test_without_such_a_step_nothing_of_it_is_looked_at(shell: Shell, office: Office) -> None:
    office.file()
    shell.files.replace("config.yaml", "\nlanguage: kk ", "\nnotify_file: nowhere\nlanguage: kk ")
    assert shell("apply", "-q").code == 0

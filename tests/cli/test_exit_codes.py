"""Exit codes of a run: exit code, message and ping agree, for each reason to stop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from cli.office import SENTINEL, Office
from end_to_end.scene import BASE, CLIENT, CONSULTATION, OPERATOR, UNMAPPED_TRACKER
from support.promises import LIMITS, SECRET, TRUTH
from support.scripted_server import ScriptedServer, reply, serve
from support.shell import Shell
from support.worlds import BOT

from sup_sync.host.lock import hold_lock
from sup_sync.redmine.provision import BOT_ROLE
from sup_sync.redmine.session import RedmineSession

Tried = Callable[[str, str], None]


@pytest.fixture
def monitor() -> Iterator[ScriptedServer]:
    with serve(reply(200)) as server:
        yield server


def all_is_well(_shell: Shell, _office: Office) -> None:
    pass


def a_history_fails(_shell: Shell, office: Office) -> None:
    office.responses[rf"/issues/{office.file('Mon 09:00', OPERATOR, BASE, CONSULTATION)}\.json"] = reply(500)


def a_request_is_skipped(_shell: Shell, office: Office) -> None:
    office.file("Mon 09:00", OPERATOR, BASE, UNMAPPED_TRACKER)


def a_write_is_refused(_shell: Shell, office: Office) -> None:
    office.world.tracker.add_field({"name": "Міндетті", "is_required": True})


def over_the_limits(shell: Shell, _office: Office) -> None:
    shell.files.replace("config.yaml", "notes: 50", "notes: 0")


def internal_error(shell: Shell, _office: Office) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(shell.key)

    shell.patch.setattr("sup_sync.run.apply.apply", broken)


def redmine_is_unreachable(_shell: Shell, office: Office) -> None:
    office.responses[r"/"] = reply(500)


def no_time_is_left(shell: Shell, _office: Office) -> None:
    shell.patch.setattr("sup_sync.cli.context.monotonic", lambda: float("inf"))


def the_key_is_wrong(shell: Shell, _office: Office) -> None:
    shell.use_key(SENTINEL)


def a_permission_is_missing(_shell: Shell, office: Office) -> None:
    role = office.world.tracker.role(BOT_ROLE)
    role.permissions -= {"set_notes_private"}


def the_configuration_is_wrong(shell: Shell, _office: Office) -> None:
    shell.files.replace("config.yaml", "projects:", "project:")


def the_audit_log_cannot_be_written(shell: Shell, _office: Office) -> None:
    shell.write("state", "a file where a folder should be")


CASES = [
    (all_is_well, 0, "Written: 1 applied."),
    (internal_error, 1, "internal error: RuntimeError at cli/commands/apply.py:"),
    (a_history_fails, 3, "1 request could not be evaluated; see the findings."),
    (a_request_is_skipped, 3, "1 request could not be evaluated; see the findings."),
    (a_write_is_refused, 3, "Written: 1 refused."),
    (over_the_limits, 4, "limits exceeded: 2 notes (limit 0); nothing was written. Review `sup-sync plan`"),
    (redmine_is_unreachable, 75, "answered 500; try again later"),
    (no_time_is_left, 75, "the run is out of time; the next run continues"),
    (the_key_is_wrong, 77, "API key rejected (401)"),
    (a_permission_is_missing, 77, "the account lacks set_notes_private"),
    (the_configuration_is_wrong, 78, "config.yaml"),
    (the_audit_log_cannot_be_written, 78, "set XDG_STATE_HOME"),
]


@pytest.mark.parametrize(("set_up", "code", "message"), CASES, ids=lambda each: getattr(each, "__name__", None))
def test_code_summary_and_ping_say_the_same(
    shell: Shell,
    office: Office,
    monitor: ScriptedServer,
    count_promise: Tried,
    set_up: Callable[[Shell, Office], None],
    code: int,
    message: str,
) -> None:
    late = office.file()
    set_up(shell, office)
    result = shell("apply", "--ping", monitor.url)
    assert result.code == code
    assert message in " ".join((result.out + result.err).split())
    assert [each.path for each in monitor.asked] == ["/start", f"/{code}"]
    is_written = bool(office.world.tracker.pick(office.world.tracker.issues, late).journals)
    assert is_written == (code in (0, 3) and set_up is not a_write_is_refused)
    how = set_up.__name__.replace("_", " ")
    count_promise(TRUTH, f"exit code {code}: {how}")
    if code == 4:
        count_promise(LIMITS, "more notes than the limit, by the command")
    assert shell.key not in everything_kept(shell)
    assert not any(shell.key in str(each.headers) + each.path for each in monitor.asked)
    count_promise(SECRET, f"files, output and pings of a run: {how}")


def test_held_lock_is_reported_to_the_monitor(
    shell: Shell, office: Office, monitor: ScriptedServer, count_promise: Tried
) -> None:
    office.file()
    assert shell("apply", "-q").code == 0
    (path,) = (shell.folder / "state/sup-sync").glob("*.lock")
    with hold_lock(path):
        assert shell("apply", "--ping", monitor.url).code == 75
    assert [each.path for each in monitor.asked] == ["/start", "/75"]
    count_promise(TRUTH, "exit code 75: the lock is held")


@pytest.mark.parametrize("after", [22, 26, 30])
def test_run_that_stops_while_writing_reports_remaining_work(
    shell: Shell, office: Office, monitor: ScriptedServer, count_promise: Tried, after: int
) -> None:
    """Let the deadline pass after this number of HTTP requests."""
    for _ in range(3):
        office.file("Mon 09:00", CLIENT)
    with deadline(shell, after) as requests:
        result = shell("apply", "--ping", monitor.url)
    assert len(requests) > after
    assert result.code in (3, 75)
    assert "the run is out of time; the next run continues" in " ".join((result.out + result.err).split())
    assert [each.path for each in monitor.asked] == ["/start", f"/{result.code}"]
    assert shell("apply", "-q").code == 0
    with office.people() as diary:
        for issue in office.world.tracker.issues:
            assert len(diary.notes(OPERATOR, issue.id, private=False)) == 1
    count_promise(TRUTH, "a run that reaches its deadline")


@contextmanager
def deadline(shell: Shell, after: int) -> Iterator[list[str]]:
    sent: list[str] = []
    send = RedmineSession._send

    def counted(self: RedmineSession, method: str, path: str, **content: object) -> object:
        sent.append(path)
        if len(sent) > after:
            self._time_left = lambda: 0.0
        return send(self, method, path, **content)

    with shell.patch.context() as patch:
        patch.setattr(RedmineSession, "_send", counted)
        yield sent


def everything_kept(shell: Shell) -> str:
    """Read all files in the folder and below: the lock, the audit log and others."""
    files = (each for each in shell.folder.rglob("*") if each.is_file())
    return "".join(each.read_text(encoding="utf-8", errors="replace") for each in files)


def test_key_would_be_found_in_kept_files(shell: Shell, office: Office) -> None:
    """Check the search for the key: Redmine gets the key, and a file that contains it is found."""
    assert office.world.user(BOT) == shell.key
    shell.write("mappings/leak.log", f"key={shell.key}")
    assert shell.key in everything_kept(shell)

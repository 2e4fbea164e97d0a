"""Screens in general: complete, within the width, and safe from client text."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from rich.cells import cell_len
from rich.console import Console
from stories.moments import ZONE
from stories.story import Story
from support.promises import HARMLESS

from sup_sync.output.terminal.explanation import show_explanation
from sup_sync.output.terminal.labels import duration, moment
from sup_sync.output.terminal.layout import make_console
from sup_sync.output.terminal.plan import show_plan
from sup_sync.output.terminal.progress import progress
from sup_sync.output.terminal.report import show_report
from sup_sync.output.terminal.work_queue import show_queue
from sup_sync.planning.plan import make_plan
from sup_sync.sanitize import clean
from sup_sync.views.compliance import compliance
from sup_sync.views.explanation import explain
from sup_sync.views.work_queue import queue

MakeStory = Callable[..., Story]
Show = Callable[[Console], None]

NOW = "Thu 15:20 now"

REQUESTS = (
    "Tue 09:00 filed by client, VIP, immediate \n Tue 09:20 staff: confirms the priority \n Tue 09:30 sup-sync runs",
    "Thu 14:50 filed by operator, VIP, error, immediate, by e-mail",
    "Thu 13:00 filed by client, VIP, consultation, normal",
    "Wed 13:00 filed by operator, Base, consultation, by e-mail",
    "Thu 15:10 filed by operator, Base, consultation, by online assistant",
    "Tue 10:10 filed by operator, Base, by e-mail \n Tue 12:00 staff: asks and waiting for client",
    "Mon 10:10 filed by operator, VIP, by official letter, contact at last Fri 16:00 \n Mon 12:00 staff: public note",
    "Mon 10:10 filed by operator, Base, consultation \n Mon 10:40 staff: refuses and public note",
    "Mon 10:10 filed by operator, Base, status «Белгісіз»",
    "Mon 10:10 filed by operator, in a closed project",
    "Mon 09:00 filed by client, VIP \n Mon 11:00 staff: hands to development and sets version 2.4 due 2026-06-19",
    "last Mon 10:00 filed by client, VIP \n last Mon 17:00 staff: solves \n Mon 09:00 client: reopens",
)


@pytest.fixture
def requests(make_story: MakeStory) -> tuple[Story, ...]:
    """Requests of every kind with control characters and markup in subjects and names."""
    stories = tuple(make_story(f"{text} \n {NOW}") for text in REQUESTS)
    for story in stories:
        story.request.raw["subject"] = (
            "Қате [red]x[/red] [/] :bomb: \x1b[31m\x9b2J\u202e\u200b\ud800\r\n\ttail 🔥漢字" + "ә" * 90
        )
        for person in story.request.lists["people"]:
            person["name"] = f"{person['name']}\x1b[2J\u202e[/b]"
    return stories


def screens(stories: tuple[Story, ...]) -> list[Show]:
    """Return every screen of these requests."""
    first, judgements = stories[0], [story.judgement for story in stories]
    rules, now = first.rules, first.now
    assert now is not None
    plan = make_plan(judgements, rules, first.directory, now)
    made_queue = queue(judgements, rules.calendars)
    report = compliance(judgements, rules.policy, rules.calendars)
    explanations = [explain(each, rules, now) for each in judgements]
    return [
        lambda console: show_plan(console, plan, judgements),
        lambda console: show_queue(console, made_queue),
        lambda console: show_report(console, report),
        *(lambda console, each=each: show_explanation(console, each) for each in explanations),
    ]


def shown(show: Show, width: int = 80, *, is_terminal: bool = False) -> str:
    file = StringIO()
    console = make_console(file)
    console.width = width
    if is_terminal:
        console = Console(file=file, width=width, force_terminal=True, color_system="standard", markup=False)
    show(console)
    return file.getvalue()


def lines(show: Show, width: int = 80) -> list[str]:
    return shown(show, width).splitlines()


# ---- the console


def test_pipe_gets_100_columns_and_no_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    file = StringIO()
    console = make_console(file)
    console.print("x", style="bold red")
    assert console.width == 100
    assert file.getvalue() == "x\n"


@pytest.mark.parametrize(("columns", "width"), [("120", 120), ("80", 80), ("0", 40), ("wide", 100), ("", 100)])
def test_columns_in_the_environment_set_the_width(monkeypatch: pytest.MonkeyPatch, columns: str, width: int) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert make_console(StringIO()).width == width


def test_console_raises_broken_pipe_instead_of_exiting() -> None:
    class Gone(StringIO):
        def write(self, _text: str, /) -> int:
            raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        make_console(Gone()).print("x")


def test_stdout_encoding_replaces_letters_that_it_lacks() -> None:
    code = "from sup_sync.output.terminal.layout import make_console; make_console().print('a → ә')"
    command = [sys.executable, "-X", "utf8=0", "-c", code]
    done = subprocess.run(command, env={"PYTHONIOENCODING": "ascii"}, capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (0, b"a ? ?\n")


def test_progress_is_not_drawn_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    for quiet in (False, True):
        with progress(quiet) as advance:
            advance(1, 3)
    assert capsys.readouterr() == ("", "")


def test_progress_is_drawn_on_a_terminal_s_stderr_unless_quiet(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    with progress(quiet=True) as advance:
        advance(1, 3)
    assert capsys.readouterr().err == ""
    seconds = iter([0.0, 1.5])
    with progress(quiet=False, clock=lambda: next(seconds)) as advance:
        advance(1, 3)
    out, err = capsys.readouterr()
    assert "1/3" in err
    assert out == ""


def test_progress_is_not_drawn_in_the_first_second(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    seconds = iter([0.0, 0.4, 1.0])
    with progress(quiet=False, clock=lambda: next(seconds)) as advance:
        advance(1, 3)
        advance(3, 3)
    assert capsys.readouterr() == ("", "")


# ---- labels


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Қате: «есеп» №5 🔥", "Қате: «есеп» №5 🔥"),
        ("\x1b[31mred\x1b[0m", "[31mred[0m"),
        ("\x9b2J\x07\x08\x00", "2J"),
        ("a\r\nb\tc", "a  b c"),
        ("\u202eabc\u2066d\u200b\ufeff", "abcd"),
        ("a\u2028b\u00a0c", "a b c"),
        ("\ud800x\U000e0041", "x"),
        ("[bold]x[/bold]", "[bold]x[/bold]"),
    ],
)
def test_clean(text: str, words: str) -> None:
    assert clean(text) == words


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(hours=2, minutes=10), "2 h 10 min"),
        (timedelta(minutes=45, seconds=59), "45 min"),
        (timedelta(hours=9), "9 h"),
        (timedelta(days=2, hours=1), "49 h"),
        (-timedelta(minutes=45), "45 min"),
        (timedelta(seconds=59), "59 s"),
        (timedelta(microseconds=1), "1 s"),
        (-timedelta(seconds=15), "15 s"),
        (timedelta(minutes=2, seconds=59), "2 min"),
        (timedelta(0), "0 min"),
    ],
)
def test_duration(length: timedelta, words: str) -> None:
    assert duration(length) == words


def test_moment_is_shown_in_the_support_s_time_zone() -> None:
    assert moment(datetime(2026, 11, 22, 19, 30, tzinfo=UTC), ZONE) == "Mon 2026-11-23 00:30"
    assert moment(None, ZONE) == "—"


# ---- every screen


@pytest.mark.parametrize("width", [40, 60, 79, 80, 100, 120])
def test_every_line_of_every_screen_keeps_within_the_width(requests: tuple[Story, ...], width: int) -> None:
    for show in screens(requests):
        for line in lines(show, width):
            assert cell_len(line) <= width
            assert line == line.rstrip()


@pytest.mark.parametrize("width", [40, 60, 79, 80, 120])
def test_every_request_of_the_queue_and_every_group_of_the_report_is_named(
    requests: tuple[Story, ...], width: int
) -> None:
    _plan, queue_screen, report_screen, *_ = screens(requests)
    queued = shown(queue_screen, width)
    for position in range(1, 6):
        assert re.search(rf"^\W*{position} +#?\d+\b", queued, flags=re.MULTILINE)
    assert queued.count("overdue") + queued.count(" left") >= 4
    reported = shown(report_screen, width)
    for name in ("all", "by level", "VIP", "Base", "by channel", "online assistant", "by category", "consultation"):
        assert re.search(rf"^ *{name}\b", reported, flags=re.MULTILINE)


@pytest.mark.parametrize("width", [80, 120])
def test_client_text_is_shown_without_control_characters_or_markup(
    requests: tuple[Story, ...], width: int, count_promise: Callable[[str, str], None]
) -> None:
    for show in screens(requests):
        text = shown(show, width)
        assert text.encode()
        assert all(each.isprintable() or each == "\n" for each in text)
        count_promise(HARMLESS, "control characters and markup on a screen")
    plan, queue_screen, _report, explanation, *_ = screens(requests)
    for show in (plan, queue_screen, explanation):
        assert "Қате [red]x[/red] [/] :bomb: [31m" in shown(show, 200)
    assert "Ерлан Садықов[2J[/b]" in shown(explanation, 200)


def test_terminal_gets_only_our_own_control_sequences(requests: tuple[Story, ...]) -> None:
    for show in screens(requests):
        text = shown(show, is_terminal=True)
        assert "\x1b[2J" not in text
        assert "\x9b" not in text
        assert "\u202e" not in text
    assert "\x1b[31moverdue" in shown(screens(requests)[1], is_terminal=True)

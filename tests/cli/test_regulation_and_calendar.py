"""`sup-sync regulation` and `sup-sync calendar`: languages, pages, colours, and mistakes in their options."""

from __future__ import annotations

import html
import os
import pty
import re
import subprocess
from pathlib import Path

import pytest
from stories.shipped import LANGUAGES
from support.shell import PROGRAM, CommandResult, Shell, one_line


@pytest.mark.parametrize(("language", "title"), [("kk", "Қолдау"), ("ru", "Регламент поддержки"), ("en", "Support")])
def test_regulation_uses_the_language_of_the_option(shell: Shell, language: str, title: str) -> None:
    result = shell("regulation", "--language", language)
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith(title)


def test_default_language_is_that_of_staff(shell: Shell) -> None:
    assert shell("regulation").out == shell("regulation", "--language", "kk").out
    shell.files.replace("config.yaml", "language: kk", "language: ru", times=1)
    assert shell("regulation").out == shell("regulation", "--language", "ru").out


def test_day_before_the_first_version_is_a_mistake(shell: Shell) -> None:
    one_line(
        shell("regulation", "--on", "2022-12-31"),
        2,
        "--on",
        "no regulation was in force on 2022-12-31; choose a day from 2023-01-01 on",
    )
    one_line(shell("regulation", "--on", "soon"), 2, "invalid day 'soon'; write 2026-03-20")


def test_calendar_takes_the_year_before_or_after_options(shell: Shell) -> None:
    result = shell("calendar", "2025", "--language", "en")
    assert result.out.startswith("Support calendar: 2025\n246 working days")
    assert shell("calendar", "--language", "en", "2025") == result
    assert shell("calendar", "2025", "--json").json["working_days"] == 246
    assert shell("calendar", "--json").json["year"] in range(2023, 2028)


def test_year_that_the_calendar_lacks_is_reported_with_the_fix(shell: Shell) -> None:
    one_line(shell("calendar", "2035"), 2, "calendar.yaml covers 2023 to 2027, not 2035", "calendar refresh 2035")
    one_line(shell("calendar", "soon"), 2, "'soon' is neither a year nor a command; write `calendar 2026`")


@pytest.mark.parametrize("words", [("regulation",), ("calendar", "2026")])
def test_page_is_written_and_nothing_printed(shell: Shell, words: tuple[str, ...]) -> None:
    page = shell.folder / "page.html"
    for language in LANGUAGES:
        assert shell(*words, "--html", page, "--language", language) == CommandResult(0, "", "")
        text = page.read_text(encoding="utf-8")
        assert f'<html lang="{language}">' in text
        assert "default-src 'none'; style-src 'sha256-" in html.unescape(text)


@pytest.mark.parametrize("words", [("regulation",), ("calendar",)])
def test_page_needs_jinja2(shell: Shell, words: tuple[str, ...]) -> None:
    shell.patch.setattr("sup_sync.cli.pages.find_spec", lambda _: None)
    one_line(shell(*words, "--html", "page.html"), 2, "pip install 'sup-sync[report]'")


@pytest.mark.parametrize("words", [("regulation",), ("calendar", "2025"), ("clients",)])
def test_pipe_and_no_color_get_plain_text(shell: Shell, words: tuple[str, ...]) -> None:
    piped = shell.process(*words)
    assert "\x1b" not in piped.out
    shell.patch.setenv("NO_COLOR", "1")
    shell.patch.setenv("COLUMNS", "80")
    shell.patch.setenv("TERM", "xterm-256color")
    written = on_a_terminal(words)
    assert not re.search(r"\x1b\[[0-9;]*[34][0-9]", written)
    assert all(len(line) <= 80 for line in re.sub(r"\x1b\[[0-9;]*m", "", written).splitlines())


def on_a_terminal(words: tuple[str, ...]) -> str:
    """Run a command on a terminal of its own; return its output with control sequences."""
    ours, theirs = pty.openpty()
    with subprocess.Popen([PROGRAM, *words], stdout=theirs, stderr=subprocess.DEVNULL) as process:
        os.close(theirs)
        parts = []
        while part := _read(ours):
            parts.append(part)
    os.close(ours)
    assert process.returncode == 0
    return b"".join(parts).decode().replace("\r\n", "\n")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # how Linux says that the other side is closed
        return b""


def test_terminal_gets_colour_without_no_color(shell: Shell) -> None:
    shell.patch.delenv("NO_COLOR", raising=False)
    shell.patch.setenv("TERM", "xterm-256color")
    assert "\x1b[31m" in on_a_terminal(("calendar", "2025"))


def test_pages_load_no_other_file(shell: Shell) -> None:
    for words in (("regulation",), ("calendar", "2026")):
        page = Path("page.html")
        shell(*words, "--html", page)
        text = page.read_text(encoding="utf-8")
        assert not {
            part for part in ("<script", "<link", "<img", " src=", " style=", "http://", "https://") if part in text
        }

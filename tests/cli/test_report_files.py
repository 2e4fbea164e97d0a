"""`report --csv` and `--html`: to files, whole or not at all, and to standard output."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from stories.shipped import REPOSITORY
from support.shell import CommandResult, Shell, one_line

EXAMPLES = REPOSITORY / "examples/requests.jsonl"
READ = ("--from", "judged.jsonl", "--now", "2026-11-20T18:00")


@pytest.fixture
def shell(shell: Shell) -> Shell:
    """A folder with the examples that can be judged: all but request 20, whose tracker is not mapped."""
    lines = EXAMPLES.read_text(encoding="utf-8").splitlines()
    shell.write("judged.jsonl", "\n".join(line for line in lines if not line.startswith('{"id": 20,')))
    return shell


def test_csv_file_is_utf_8_with_a_byte_order_mark(shell: Shell, tmp_path: Path) -> None:
    assert shell("report", *READ, "--csv", tmp_path / "requests.csv", "-q") == CommandResult(0, "", "")
    text = (tmp_path / "requests.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbfissue,")
    assert len(list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"), newline="")))) == 34
    assert [path.name for path in tmp_path.glob("*.part")] == []


def test_csv_on_stdout_has_no_byte_order_mark(shell: Shell, tmp_path: Path) -> None:
    shell("report", *READ, "--csv", tmp_path / "requests.csv")
    with (tmp_path / "printed.csv").open("wb") as printed:
        shell.process("report", *READ, "--csv", "-", stdout=printed)
    assert (tmp_path / "printed.csv").read_bytes() == (tmp_path / "requests.csv").read_bytes()[3:]


def test_csv_and_json_need_different_streams(shell: Shell, tmp_path: Path) -> None:
    assert shell("report", *READ, "--csv", tmp_path / "requests.csv", "--json").json["total"]["requests"] == 34
    one_line(shell("report", *READ, "--csv", "-", "--json"), 2, "pass a file name to --csv")


def test_unwritable_csv_is_reported(shell: Shell, tmp_path: Path) -> None:
    one_line(shell("report", *READ, "--csv", tmp_path / "nowhere/requests.csv"), 2, "cannot be written")


def test_page_is_in_the_language_of_staff_or_of_the_option(shell: Shell, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    assert shell("report", *READ, "--html", page, "-q") == CommandResult(0, "", "")
    assert '<html lang="kk">' in page.read_text()
    assert shell("report", *READ, "--html", page, "--language", "en").out == ""
    assert '<html lang="en">' in page.read_text()
    assert [path.name for path in tmp_path.glob("*.part")] == []


def test_page_that_fails_keeps_the_old_file(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "page.html"
    page.write_text("old")
    one_line(shell("report", *READ, "--html", page, "--csv", "no/where.csv"), 2, "no/where")
    monkeypatch.setattr("sup_sync.output.pages.frame._digest", lambda _: 1 / 0)
    one_line(shell("report", *READ, "--html", page), 1, "internal error: ZeroDivisionError at output/pages/frame.py:")
    assert page.read_text() == "old"


def test_page_in_a_missing_folder_is_rejected(shell: Shell, tmp_path: Path) -> None:
    one_line(shell("report", *READ, "--html", tmp_path / "nowhere/page.html"), 2, "cannot be written")


@pytest.mark.parametrize("library", ["jinja2", "matplotlib"])
def test_missing_library_is_reported_with_its_extra(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    real_find_spec = find_spec
    monkeypatch.setattr("sup_sync.cli.pages.find_spec", lambda name: None if name == library else real_find_spec(name))
    result = shell("report", *READ, "--html", tmp_path / "page.html")
    one_line(result, 2, library, "pip install 'sup-sync[report]'")
    assert not (tmp_path / "page.html").exists()


def test_unwritable_folder_of_matplotlib_is_not_reported(shell: Shell, tmp_path: Path) -> None:
    environment = {**os.environ, "MPLCONFIGDIR": "/proc/nowhere"}
    result = shell.process("report", *READ, "--html", tmp_path / "page.html", env=environment)
    assert result == CommandResult(0, "", "")


@pytest.mark.parametrize("words", [("report", *READ), ("report", *READ, "--csv", "-"), ("plan", *READ)])
def test_only_a_page_imports_its_libraries(shell: Shell, words: tuple[object, ...]) -> None:
    program = (
        "import sys; from sup_sync.cli.main import run; run(sys.argv[1:]);"
        " sys.exit(any(name in sys.modules for name in ('jinja2', 'matplotlib', 'sup_sync.output.pages')))"
    )
    line = [sys.executable, "-c", program, *map(str, words)]
    done = subprocess.run(line, cwd=shell.folder, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_incomplete_page_is_marked(shell: Shell, tmp_path: Path) -> None:
    lines = EXAMPLES.read_text(encoding="utf-8").splitlines()
    shell.write("broken.jsonl", "\n".join([*lines[:3], lines[3].replace('"created_on"', '"created_off"')]))
    page = tmp_path / "page.html"
    read = ("--from", "broken.jsonl", "--now", "2026-11-20T18:00")
    assert shell("report", *read, "--html", page, "--language", "en").code == 3
    assert "some projects could not be read" in page.read_text()

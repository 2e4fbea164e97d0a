"""`report --csv`: to a file, whole or not at all, and to standard output."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from shell import Said, Shell, one_line
from stories.shipped import REPOSITORY

READ = ("--from", REPOSITORY / "examples/requests.jsonl", "--now", "2026-11-20T18:00")


def test_the_requests_are_written_as_a_table_that_spreadsheets_know_as_utf_8(shell: Shell, tmp_path: Path) -> None:
    assert shell("report", *READ, "--csv", tmp_path / "requests.csv", "-q") == Said(0, "", "")
    text = (tmp_path / "requests.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbfissue,")
    assert len(list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"), newline="")))) == 35
    assert [path.name for path in tmp_path.glob("*.part")] == []


def test_the_same_goes_to_standard_output(shell: Shell, tmp_path: Path) -> None:
    shell("report", *READ, "--csv", tmp_path / "requests.csv")
    with (tmp_path / "printed.csv").open("wb") as printed:
        shell.process("report", *READ, "--csv", "-", stdout=printed)
    assert (tmp_path / "printed.csv").read_bytes() == (tmp_path / "requests.csv").read_bytes()[3:]


def test_a_table_can_come_with_json_but_not_on_the_same_stream(shell: Shell, tmp_path: Path) -> None:
    assert shell("report", *READ, "--csv", tmp_path / "requests.csv", "--json").json["total"]["requests"] == 35
    one_line(shell("report", *READ, "--csv", "-", "--json"), 2, "name a file for --csv")


def test_a_table_that_cannot_be_written_leaves_what_was_there(shell: Shell, tmp_path: Path) -> None:
    one_line(shell("report", *READ, "--csv", tmp_path / "nowhere/requests.csv"), 2, "cannot be written")

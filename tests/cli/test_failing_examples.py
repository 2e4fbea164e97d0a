"""A failing row of the acceptance table: `apply` writes nothing, and all other commands work."""

from __future__ import annotations

import pytest
from cli.office import DUE, Office
from stories.shipped import REPOSITORY
from support.shell import Shell
from support.worlds import ADMIN


@pytest.fixture
def failing(shell: Shell) -> Shell:
    """A shell whose acceptance table expects another time than the mappings give."""
    table = (REPOSITORY / "mappings/examples.yaml").read_text(encoding="utf-8")
    wrong = table.replace("first_response: 2026-03-18 10:15", "first_response: 2026-03-18 10:20", 1)
    assert wrong != table
    shell.files.path("examples.yaml").write_text(wrong, encoding="utf-8")
    return shell


def test_apply_writes_nothing_and_names_the_row(failing: Shell, office: Office) -> None:
    issue_id = office.file()
    result = failing("apply", "-q")
    assert (result.code, result.out) == (78, "")
    assert result.line.startswith("sup-sync: examples.yaml:")
    assert "expected first_response 2026-03-18 10:20" in result.line
    with office.people() as diary:
        assert diary.see(ADMIN, issue_id)["journals"] == []
    assert failing("check", "--offline").code == 78


@pytest.mark.parametrize(
    "words", [("plan",), ("queue",), ("report",), ("regulation",), ("clients",), DUE], ids="_".join
)
def test_other_commands_work_and_warn_on_stderr(failing: Shell, office: Office, words: tuple[str, ...]) -> None:
    office.file()
    result = failing(*words)
    assert result.code == 0
    assert result.out
    assert result.err.startswith("sup-sync: examples.yaml:")
    assert "Until then `apply` does not run" in result.err
    assert failing(*words, "-q").err == ""

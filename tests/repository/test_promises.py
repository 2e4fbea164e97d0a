"""The table docs/promises.md: it contains all twelve promises, and only a complete test run writes it."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import promises


def test_table_lists_all_promises_and_their_platforms() -> None:
    head, _, rows = promises.PROMISES.read_text(encoding="utf-8").partition("| --- | --- | --- | --- |\n")
    assert promises.numbers_of(rows.splitlines()) == promises.ALL
    assert all(row.endswith(" | held |") for row in rows.splitlines())
    assert "CPUs, " in head


def test_partial_test_run_writes_no_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(promises, "PROMISES", tmp_path / "promises.md")
    count_promise = {(f"{number}: promise", "done"): 2 for number in promises.ALL}
    last = count_promise.pop(("12: promise", "done"))
    assert not promises.write_promises(count_promise)
    assert not promises.PROMISES.exists()
    assert promises.write_promises(count_promise | {("2, 12: promise", "done"): last})
    assert promises.PROMISES.read_text(encoding="utf-8").count("| held |") == 12

"""The audit log: the writes of a run with their results, without the texts of notes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from end_to_end.diary import Diary
from end_to_end.scene import OPERATOR
from support.shell import Shell
from support.worlds import BOT


def test_audit_log_records_each_write_before_sending_and_its_result(
    diary: Diary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    diary.use_real_time()
    shell = Shell(tmp_path, diary.world.url, diary.world.user(BOT), monkeypatch, capsys)
    issue_id = diary.file("last Mon 09:00", subject="Құпия")
    assert shell("apply", "-q").code == 0
    (log,) = (tmp_path / "state" / "sup-sync").glob("*.audit.jsonl")
    records = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert [each["event"] for each in records] == ["run", "intent", "intent", "result"]
    start, first, second, result = records
    assert {each["issue"] for each in (first, second, result)} == {issue_id}
    assert (start["command"], len({each["run"] for each in records})) == ("apply", 1)
    assert (first["old"]["level"], "public_note" in first["old"]) == ("", False)
    assert (first["changes"]["level"], first["changes"]["public_note"]) == ("VIP", None)
    assert second["changes"]["private_note"] is None
    assert (result["kind"], result["text"]) == ("applied", "")
    texts = [*diary.notes(OPERATOR, issue_id), *diary.notes(OPERATOR, issue_id, private=False)]
    assert len(texts) == 2
    assert not any(json.dumps(text)[1:30] in log.read_text(encoding="utf-8") for text in [*texts, "Құпия"])
    assert shell("apply", "-q").code == 0
    assert len(log.read_text(encoding="utf-8").splitlines()) == 4

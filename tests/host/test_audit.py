"""The audit log: writes before they are sent and their results, on disk, in order."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest
from stories.moments import read_moment

from sup_sync.errors import AuditError
from sup_sync.host import audit
from sup_sync.host.audit import open_audit


def clock() -> datetime:
    return read_moment("Mon 09:00")


def write(path: Path, *texts: str) -> None:
    with open_audit(path, clock) as record:
        for text in texts:
            record({"event": "result", "text": text})


def lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def test_record_is_one_line_with_its_time_for_any_text(tmp_path: Path) -> None:
    path = tmp_path / "state" / "audit.jsonl"
    write(path, "line\nbreak \x1b[31m Жауап", "second")
    first, second = map(json.loads, lines(path))
    assert (first["at"], first["text"]) == ("2026-06-08T04:00:00.000+00:00", "line\nbreak \x1b[31m Жауап")
    assert path.read_bytes().isascii()
    assert "\x1b" not in path.read_text(encoding="utf-8")
    assert second["run"] == first["run"]


def test_record_is_appended_and_readable_at_once(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    write(path, "first")
    with open_audit(path, clock) as record:
        record({"text": "second"})
        assert [json.loads(line)["text"] for line in lines(path)] == ["first", "second"]


def test_full_file_is_rotated_and_the_oldest_deleted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "LARGEST_BYTES", 1)
    monkeypatch.setattr(audit, "KEPT", 2)
    path = tmp_path / "audit.jsonl"
    for text in ("first", "second", "third", "fourth"):
        write(path, text)
    names = {each.name: json.loads(lines(each)[0])["text"] for each in tmp_path.iterdir()}
    assert names == {"audit.jsonl": "fourth", "audit.jsonl.1": "third", "audit.jsonl.2": "second"}


def test_log_that_cannot_be_opened_raises_before_anything_is_sent(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("not a directory")
    with pytest.raises(AuditError, match="cannot open the audit log"), open_audit(tmp_path / "state" / "a", clock):
        pass


def test_record_that_does_not_reach_the_disk_raises() -> None:
    with pytest.raises(AuditError, match="nothing more is sent"), open_audit(Path("/dev/full"), clock) as record:
        record({"text": "x"})

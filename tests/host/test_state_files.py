"""Files of the state folder: the lock and the audit log."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sup_sync.cli.files import replace_file
from sup_sync.errors import AuditError, LockError
from sup_sync.host.audit import open_audit
from sup_sync.host.lock import hold_lock
from sup_sync.run.cache import Cache, CacheFile

Open = Callable[[Path], AbstractContextManager[object]]


@contextmanager
def open_cache(path: Path) -> Iterator[None]:
    CacheFile(path).use(Cache.forget_redmine_state)
    yield


OPENERS: tuple[Open, ...] = (hold_lock, lambda path: open_audit(path, lambda: datetime.now(UTC)), open_cache)
each_file = pytest.mark.parametrize("opened", OPENERS, ids=["lock", "audit log", "cache"])


@each_file
@pytest.mark.parametrize("umask", [0, 0o022, 0o777])
def test_only_the_owner_can_read_it_regardless_of_the_umask(opened: Open, umask: int, tmp_path: Path) -> None:
    before = os.umask(umask)
    try:
        with opened(tmp_path / "file"):
            assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o600
    finally:
        os.umask(before)


@each_file
def test_mode_of_an_older_file_is_corrected(opened: Open, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.touch(mode=0o644)
    with opened(path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


@each_file
def test_planted_link_is_not_followed(opened: Open, tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("theirs", encoding="utf-8")
    target.chmod(0o644)
    (tmp_path / "file").symlink_to(target)
    refused = pytest.raises((AuditError, LockError), match="Too many levels of symbolic links")
    with nullcontext() if opened is open_cache else refused, opened(tmp_path / "file"):
        pass
    assert (target.read_text(encoding="utf-8"), stat.S_IMODE(target.stat().st_mode)) == ("theirs", 0o644)


@pytest.mark.parametrize("mode", [None, 0o600])
@pytest.mark.parametrize("is_dangling", [False, True])
def test_new_file_replaces_planted_links(mode: int | None, is_dangling: bool, tmp_path: Path) -> None:
    """One link in place of the file, one in place of its temporary file."""
    target, path = tmp_path / "target", tmp_path / "file"
    if not is_dangling:
        target.write_text("theirs", encoding="utf-8")
    path.symlink_to(target)
    (tmp_path / f".file.{os.getpid()}.part").symlink_to(target)
    replace_file(path, "ours", mode=mode)
    assert (path.read_text(encoding="utf-8"), path.is_symlink()) == ("ours", False)
    assert is_dangling is not target.exists()
    assert is_dangling or target.read_text(encoding="utf-8") == "theirs"
    assert sorted(tmp_path.iterdir()) == sorted({path, *([] if is_dangling else [target])})

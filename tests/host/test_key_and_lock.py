"""The places of the key and the access to its file, and the lock for one run at a time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sup_sync.errors import AccessError, LockError, LockHeldError
from sup_sync.host.lock import hold_lock
from sup_sync.host.secret_files import load_key

KEY = "5e171e15e171e15e171e15e171e15e171e15e171"


def put(path: Path, text: str | bytes = KEY, mode: int = 0o600) -> Path:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    path.chmod(mode)
    return path


# --- the key


def test_key_comes_from_the_environment_then_a_credential_then_the_file(tmp_path: Path) -> None:
    file = put(tmp_path / "key", "of-the-file")
    put(tmp_path / "sup-sync-key", "of-systemd")
    credentials = {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    assert load_key(file, credentials | {"SUP_SYNC_KEY": "of-the-environment"}) == "of-the-environment"
    assert load_key(file, credentials | {"SUP_SYNC_KEY": ""}) == "of-systemd"
    assert load_key(None, credentials) == "of-systemd"
    assert load_key(file, {}) == "of-the-file"


def test_credentials_of_other_names_are_ignored(tmp_path: Path) -> None:
    put(tmp_path / "another")
    file = put(tmp_path / "key", "of-the-file")
    assert load_key(file, {"CREDENTIALS_DIRECTORY": str(tmp_path)}) == "of-the-file"


@pytest.mark.parametrize("text", [KEY, f"{KEY}\n", f"  {KEY}\r\n"])
def test_white_space_around_the_key_is_stripped(tmp_path: Path, text: str) -> None:
    assert load_key(put(tmp_path / "key", text), {}) == KEY
    assert load_key(None, {"SUP_SYNC_KEY": text}) == KEY


def test_missing_key_raises_with_the_places_for_one() -> None:
    with pytest.raises(AccessError, match=r"no API key; set SUP_SYNC_KEY, or `key_file` in config\.yaml") as caught:
        load_key(None, {})
    assert caught.value.exit_code == 77


@pytest.mark.parametrize("mode", [0o640, 0o620, 0o610, 0o604, 0o602, 0o601, 0o644, 0o666])
def test_key_file_is_rejected_if_others_can_access_it(tmp_path: Path, mode: int) -> None:
    file = put(tmp_path / "key", mode=mode)
    with pytest.raises(AccessError, match=f"chmod 600 {file}") as caught:
        load_key(file, {})
    assert KEY not in str(caught.value)


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o700])
def test_key_file_is_read_if_only_its_owner_can_access_it(tmp_path: Path, mode: int) -> None:
    assert load_key(put(tmp_path / "key", mode=mode), {}) == KEY


def test_mode_of_a_links_target_decides(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(put(tmp_path / "key"))
    assert load_key(link, {}) == KEY
    (tmp_path / "key").chmod(0o644)
    with pytest.raises(AccessError, match="chmod 600"):
        load_key(link, {})


def test_missing_or_unreadable_key_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(AccessError, match=r"^`key_file` of config\.yaml: cannot read this file"):
        load_key(tmp_path / "missing", {})
    with pytest.raises(AccessError, match="key: does not contain a readable key"):
        load_key(put(tmp_path / "key", b"\xff\xfe\x00"), {})
    folder = tmp_path / "folder"
    folder.mkdir(mode=0o700)
    with pytest.raises(AccessError, match="folder: does not contain a readable key"):
        load_key(folder, {})


# --- the lock

HOLDER = """
import sys, time
from pathlib import Path
from sup_sync.host.lock import hold_lock
with hold_lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_second_holder_raises_at_once_and_a_later_one_succeeds(tmp_path: Path) -> None:
    path = tmp_path / "state/sup-sync/tracker.lock"
    with hold_lock(path):
        with (
            pytest.raises(LockHeldError, match=r"tracker\.lock: another run is in progress") as caught,
            hold_lock(path),
        ):
            pass
        with hold_lock(tmp_path / "other.lock"):
            pass
    assert caught.value.exit_code == 75
    with hold_lock(path):
        pass


def test_lock_is_released_when_its_process_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "tracker.lock"
    with subprocess.Popen([sys.executable, "-c", HOLDER, path], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(LockHeldError), hold_lock(path):
            pass
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait()
    with hold_lock(path):
        pass


def test_lock_is_released_after_an_error(tmp_path: Path) -> None:
    path = tmp_path / "tracker.lock"
    with pytest.raises(ZeroDivisionError), hold_lock(path):
        raise ZeroDivisionError
    with hold_lock(path):
        pass


def test_lock_folder_is_readable_only_by_its_owner(tmp_path: Path) -> None:
    with hold_lock(tmp_path / "sup-sync/tracker.lock"):
        assert (tmp_path / "sup-sync").stat().st_mode & 0o077 == 0


def test_lock_that_cannot_be_created_raises_with_path_and_fix(tmp_path: Path) -> None:
    put(tmp_path / "state")
    with pytest.raises(LockError, match=r"state/tracker\.lock: cannot create the lock .*XDG_STATE_HOME") as caught:
        hold_lock(tmp_path / "state/tracker.lock").__enter__()
    assert caught.value.exit_code == 78

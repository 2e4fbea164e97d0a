"""Where secrets lie: the environment, a systemd credential, or a file that only its owner can read."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from pathlib import Path

from sup_sync.errors import AccessError

VARIABLE = "SUP_SYNC_KEY"
CREDENTIAL = "sup-sync-key"
ROUTES_VARIABLE = "SUP_SYNC_NOTIFY"
ROUTES_CREDENTIAL = "sup-sync-notify"


def load_key(
    key_file: Path | None, environment: Mapping[str, str], *, named_by: str = "`key_file` of config.yaml"
) -> str:
    """The key; never from an argument, which every user of the machine could read. Raises AccessError.

    `named_by` is what names the file, for whoever has to correct it.
    """
    if environment.get(VARIABLE):
        return environment[VARIABLE].strip()
    file = _credential(CREDENTIAL, environment) or _private(key_file, named_by, "the key")
    if file is None:
        raise AccessError(f"no key: set {VARIABLE}, or name its file as `key_file` in config.yaml")
    return _text(file, "key", "ascii")


def load_contact_routes(notify_file: Path | None, environment: Mapping[str, str]) -> str:
    """The lines that say where people are reached, whose addresses may hold passwords. Raises AccessError."""
    if environment.get(ROUTES_VARIABLE):
        return environment[ROUTES_VARIABLE]
    file = _credential(ROUTES_CREDENTIAL, environment) or _private(
        notify_file, "`notify_file` of config.yaml", "the channels"
    )
    if file is None:
        text = f"no channels: set {ROUTES_VARIABLE}, or name their file as `notify_file` in config.yaml"
        raise AccessError(text)
    return _text(file, "channels", "utf-8")


def _credential(name: str, environment: Mapping[str, str]) -> Path | None:
    folder = environment.get("CREDENTIALS_DIRECTORY")
    return Path(folder) / name if folder and (Path(folder) / name).is_file() else None


def _private(file: Path | None, setting: str, what: str) -> Path | None:
    """The file that a setting names, once it is certain that nobody but its owner can read it."""
    if file is None:
        return None
    try:
        mode = file.stat().st_mode
    except OSError as error:
        text = f"the file that {setting} names cannot be read ({error.strerror}): correct its path"
        raise AccessError(text) from None  # without the path, which may be the secret, pasted there by mistake
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise AccessError(f"{file}: others than its owner can read {what}: chmod 600 {file}")
    return file


def _text(path: Path, what: str, encoding: str) -> str:
    try:
        return path.read_text(encoding=encoding).strip()
    except (OSError, UnicodeDecodeError):
        raise AccessError(f"{path}: holds no {what} that can be read: write into it again") from None

"""Secrets from the environment, a systemd credential, or a file that only its owner can read."""

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
    """Load the key, but never from an argument, which every user of the machine could read. Raises AccessError.

    `named_by` is the setting or option with the path of the file, for error messages.
    """
    if environment.get(VARIABLE):
        return environment[VARIABLE].strip()
    file = _credential(CREDENTIAL, environment) or _private(key_file, named_by)
    if file is None:
        raise AccessError(f"no API key; set {VARIABLE}, or `key_file` in config.yaml")
    return _text(file, "key", "ascii")


def load_contact_routes(notify_file: Path | None, environment: Mapping[str, str]) -> str:
    """Load the lines with the addresses of people, which may contain passwords. Raises AccessError."""
    if environment.get(ROUTES_VARIABLE):
        return environment[ROUTES_VARIABLE]
    file = _credential(ROUTES_CREDENTIAL, environment) or _private(notify_file, "`notify_file` of config.yaml")
    if file is None:
        text = f"no addresses for notifications; set {ROUTES_VARIABLE}, or `notify_file` in config.yaml"
        raise AccessError(text)
    return _text(file, "list of addresses", "utf-8")


def _credential(name: str, environment: Mapping[str, str]) -> Path | None:
    folder = environment.get("CREDENTIALS_DIRECTORY")
    return Path(folder) / name if folder and (Path(folder) / name).is_file() else None


def _private(file: Path | None, setting: str) -> Path | None:
    """Return the file of a setting; raises AccessError if others than its owner can access it."""
    if file is None:
        return None
    try:
        mode = file.stat().st_mode
    except OSError as error:
        text = f"{setting}: cannot read this file ({error.strerror}); correct its path"
        raise AccessError(text) from None  # without the path, which may be the secret itself by mistake
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise AccessError(f"{file}: readable by other users; run chmod 600 {file}")
    return file


def _text(path: Path, secret: str, encoding: str) -> str:
    try:
        return path.read_text(encoding=encoding).strip()
    except (OSError, UnicodeDecodeError):
        raise AccessError(f"{path}: does not contain a readable {secret}; write the file again") from None

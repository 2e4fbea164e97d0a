"""Where the API key lies: the environment, a systemd credential, or a file that only its owner can read."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from pathlib import Path

from sup_sync.errors import AccessError

VARIABLE = "SUP_SYNC_KEY"
CREDENTIAL = "sup-sync-key"


def load_key(
    key_file: Path | None, environment: Mapping[str, str], *, named_by: str = "`key_file` of config.yaml"
) -> str:
    """The key; never from an argument, which every user of the machine could read. Raises AccessError.

    `named_by` is what names the file, for whoever has to correct it.
    """
    if environment.get(VARIABLE):
        return environment[VARIABLE].strip()
    credentials = environment.get("CREDENTIALS_DIRECTORY")
    if credentials and (Path(credentials) / CREDENTIAL).is_file():
        return _text(Path(credentials) / CREDENTIAL)
    if key_file is None:
        raise AccessError(f"no key: set {VARIABLE}, or name its file as `key_file` in config.yaml")
    try:
        mode = key_file.stat().st_mode
    except OSError as error:
        text = f"the file that {named_by} names cannot be read ({error.strerror}): correct its path"
        raise AccessError(text) from None  # without the path, which may be the key itself, pasted there by mistake
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise AccessError(f"{key_file}: others than its owner can read the key: chmod 600 {key_file}")
    return _text(key_file)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        raise AccessError(f"{path}: holds no key that can be read") from None

"""A guarded session with a scripted server, and one request of each kind."""

from __future__ import annotations

from support.scripted_server import ScriptedServer

from sup_sync.redmine.session import RedmineSession

KEY = "5ec2e7ca11ab1e0ddba11c0ffee0ddba115eca7e"


def session(script: ScriptedServer, **options: object) -> RedmineSession:
    return RedmineSession(script.url, KEY, **options)  # type: ignore[arg-type] # each test passes only the options that it tests


def get(script: ScriptedServer, **options: object) -> dict[str, object]:
    return session(script, **options).get_json("/issues.json", {"limit": "100"})


def put(script: ScriptedServer, *, has_lock_version: bool = False, **options: object) -> None:
    session(script, **options).put_json(
        "/issues/7.json", {"issue": {"notes": "Жауап"}}, has_lock_version=has_lock_version
    )


def post(script: ScriptedServer, **options: object) -> dict[str, object]:
    return session(script, **options).post_file("/uploads.json", "a b.png", b"\x89PNG\x00")

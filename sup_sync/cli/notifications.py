"""People outside of the tracker, as a run tells them and `check` looks for them; apprise comes in only for that."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from sup_sync.errors import AccessError, origin_of

if TYPE_CHECKING:
    from sup_sync.config import Config
    from sup_sync.host.notify import Channels
    from sup_sync.planning.notification import Call


def notifier(config: Config) -> Callable[[Call], str | None]:
    """Tells a person what a call says; returns why that failed. The channels are looked up at the first call."""

    @cache
    def channels() -> Channels | str:
        return _channels(config)

    def notify(call: Call) -> str | None:
        found = channels()
        if isinstance(found, str):
            return found
        return found.send(call.person, call.title, call.body(config.server.url))

    return notify


def unreachable(config: Config) -> list[str]:
    """Why somebody whom a ladder is to reach outside of the tracker could not be, a line for each reason."""
    people = config.rules.policy.notified
    if not people:
        return []
    found = _channels(config)
    if isinstance(found, str):
        return [f"{', '.join(sorted(people))}: no way outside of the tracker: {found}"]
    known = ", ".join(found.people()) or "nobody"
    return [
        f"{person}: no channel outside of the tracker, but a ladder has `notify: [{person}]`: "
        f"add a line {person}=URL (those that can be read are for {known})"
        for person in found.unknown(people)
    ]


def _channels(config: Config) -> Channels | str:
    """The channels, or why there are none."""
    from sup_sync.host.secret_files import load_channels

    try:
        from sup_sync.host.notify import Channels

        return Channels(load_channels(config.notify_file, os.environ))
    except AccessError as error:
        return str(error)
    except ImportError:
        return "apprise is not installed: pip install 'sup-sync[notify]'"
    except Exception as error:  # whatever it is, the run goes on
        return f"{type(error).__name__} at {origin_of(error)}"

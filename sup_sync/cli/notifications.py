"""The notifications of a run to people outside Redmine, by apprise, which is imported only for that."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from sup_sync.errors import AccessError, origin_of

if TYPE_CHECKING:
    from sup_sync.config.load import Config
    from sup_sync.host.notify import ContactRoutes
    from sup_sync.planning.notification import Notification


def notifier(config: Config) -> Callable[[Notification], str | None]:
    """Tells a person what a call says; returns why that failed. The channels are looked up at the first call."""

    @cache
    def routes() -> ContactRoutes | str:
        return _contact_routes(config)

    def notify(call: Notification) -> str | None:
        found = routes()
        if isinstance(found, str):
            return found
        return found.send(call.person, call.title, call.body(config.server.url))

    return notify


def unreachable(config: Config) -> list[str]:
    """Why somebody whom a ladder is to reach outside of the tracker could not be, a line for each reason."""
    people = config.rules.policy.notified
    if not people:
        return []
    found = _contact_routes(config)
    if isinstance(found, str):
        return [f"{', '.join(sorted(people))}: no way outside of the tracker: {found}"]
    known = ", ".join(found.people()) or "nobody"
    return [
        f"{person}: no channel outside of the tracker, but a ladder has `notify: [{person}]`: "
        f"add a line {person}=URL (those that can be read are for {known})"
        for person in found.unknown(people)
    ]


def _contact_routes(config: Config) -> ContactRoutes | str:
    """The channels, or why there are none."""
    from sup_sync.host.secret_files import load_contact_routes

    try:
        from sup_sync.host.notify import ContactRoutes

        return ContactRoutes(load_contact_routes(config.notify_file, os.environ))
    except AccessError as error:
        return str(error)
    except ImportError:
        return "apprise is not installed: pip install 'sup-sync[notify]'"
    except Exception as error:  # whatever it is, the run goes on
        return f"{type(error).__name__} at {origin_of(error)}"

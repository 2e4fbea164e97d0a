"""The notifications of a run to people outside Redmine, by apprise, which is imported only if one is sent."""

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


def make_notifier(config: Config) -> Callable[[Notification], str | None]:
    """Make the function that sends a notification and returns an error or None; it loads the routes when first used."""

    @cache
    def routes() -> ContactRoutes | str:
        return _contact_routes(config)

    def notify(notification: Notification) -> str | None:
        loaded = routes()
        if isinstance(loaded, str):
            return loaded
        return loaded.send(notification.person, notification.title, notification.body(config.server.url))

    return notify


def find_unreachable(config: Config) -> list[str]:
    """Describe each person in a ladder's `notify`, and each deputy, without a route outside Redmine, one line each."""
    names = config.rules.names
    people = frozenset(each for person in config.rules.policy.notified for each in names.with_deputies(person))
    if not people:
        return []
    routes = _contact_routes(config)
    if isinstance(routes, str):
        return [f"{', '.join(sorted(people))}: cannot be notified outside Redmine: {routes}"]
    known = ", ".join(routes.people()) or "none"
    return [
        f"{person}: cannot be notified outside Redmine, but a ladder's `notify` names them or a person they replace; "
        f"add a line {person}=URL (people with valid lines: {known})"
        for person in routes.unknown(people)
    ]


def _contact_routes(config: Config) -> ContactRoutes | str:
    """Load the routes to people, or return the reason why that failed."""
    from sup_sync.host.secret_files import load_contact_routes

    try:
        from sup_sync.host.notify import ContactRoutes

        return ContactRoutes(load_contact_routes(config.notify_file, os.environ))
    except AccessError as error:
        return str(error)
    except ImportError:
        return "apprise is not installed; run pip install 'sup-sync[notify]'"
    except Exception as error:  # an error in a library must not stop the run
        return f"{type(error).__name__} at {origin_of(error)}"

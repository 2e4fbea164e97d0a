"""Notifications to people outside Redmine by apprise: mail, chat, SMS and others."""

from __future__ import annotations

from collections.abc import Iterable

from apprise import Apprise, AppriseAsset, AppriseConfig

FAILED_NOTIFICATIONS = 3  # in a row; the run then sends no more, since each may take seconds


class ContactRoutes:
    """The addresses of people in apprise's text format, one per line: `head=mailto://…`.

    An error text of apprise may contain an address, and so a secret. It is never shown.
    """

    def __init__(self, text: str) -> None:
        asset = AppriseAsset(app_id="sup-sync", app_desc="sup-sync")
        config = AppriseConfig(asset=asset)
        config.add_config(text, asset=asset, format="text")
        self._apprise = Apprise(asset=asset)
        self._apprise.add(config)
        self._failed = 0
        any(self._apprise.find())  # imports what the lines need, which may fail

    def unknown(self, people: Iterable[str]) -> list[str]:
        """Return the people without a line."""
        return sorted(person for person in set(people) if not any(self._apprise.find(person)))

    def people(self) -> list[str]:
        """Return the people of all lines that apprise could read."""
        return sorted({str(tag) for service in self._apprise for tag in service.tags})

    def send(self, person: str, title: str, body: str) -> str | None:
        """Send a notification to a person; return the error, None if it was delivered to all their addresses."""
        if self._failed >= FAILED_NOTIFICATIONS:
            return f"skipped after {FAILED_NOTIFICATIONS} failures"
        try:
            if self.unknown([person]):
                return f"no address for {person}; run `sup-sync check`"
            is_delivered = bool(self._apprise.notify(body=body, title=title, tag=person))
        except Exception:  # a plug-in of apprise may raise anything, and the run must continue
            is_delivered = False
        self._failed = 0 if is_delivered else self._failed + 1
        return None if is_delivered else "delivery failed"

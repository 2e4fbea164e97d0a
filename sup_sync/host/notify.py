"""The way to people outside of the tracker: mail, chats, telephones, by whatever apprise knows."""

from __future__ import annotations

from collections.abc import Iterable

from apprise import Apprise, AppriseAsset, AppriseConfig

FAILED_NOTIFICATIONS = 3
"""After this many failures in a row the run sends no more notifications: each may take seconds of its time."""


class ContactRoutes:
    """Where people are reached, as apprise's own text says it: `head=mailto://…`, one a line.

    What apprise says of a failure may hold such an address, and so a secret: it is told to nobody.
    """

    def __init__(self, text: str) -> None:
        asset = AppriseAsset(app_id="sup-sync", app_desc="sup-sync")
        config = AppriseConfig(asset=asset)
        config.add_config(text, asset=asset, format="text")
        self._apprise = Apprise(asset=asset)
        self._apprise.add(config)
        self._failed = 0
        any(self._apprise.find())  # brings in what the lines need, which may fail

    def unknown(self, people: Iterable[str]) -> list[str]:
        """Those of the people that no line is for."""
        return sorted(person for person in set(people) if not any(self._apprise.find(person)))

    def people(self) -> list[str]:
        """Those whom the lines that apprise could read are for."""
        return sorted({str(tag) for channel in self._apprise for tag in channel.tags})

    def send(self, person: str, title: str, body: str) -> str | None:
        """Tell a person; returns why it failed, None where all of the person's channels took it."""
        if self._failed >= FAILED_NOTIFICATIONS:
            return "not tried, as those before failed"
        try:
            if self.unknown([person]):
                return f"no channel for {person}: see `sup-sync check`"
            is_told = bool(self._apprise.notify(body=body, title=title, tag=person))
        except Exception:  # whatever a channel's code raises, the run goes on
            is_told = False
        self._failed = 0 if is_told else self._failed + 1
        return None if is_told else "a channel did not take it"

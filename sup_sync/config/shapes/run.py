"""The shape of config.yaml."""

import re
from datetime import date, time
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from sup_sync.config.shapes.base import Length, Shape, TimeLength


def stretch_of_hours(value: Any) -> tuple[time, time] | None:
    if value is None:
        return None
    parts = re.fullmatch(r"(\d\d:\d\d)-(\d\d:\d\d)", str(value))
    try:
        first, last = (time.fromisoformat(each) for each in parts.groups()) if parts else (None, None)
    except ValueError:
        first = last = None
    if first is None or last is None or first == last:
        raise ValueError(f'{value!r} is no stretch of hours: write "21:00-08:00"')
    return first, last


_ADDRESS = r"^https?://[^/?#\s]"


def address(url: str) -> str:
    if not re.match(_ADDRESS, url):
        raise ValueError("no address of a tracker: write it as https://tracker.example.kz")
    return url


class ServerShape(Shape):
    """Where the tracker is, and where its key lies (never the key itself)."""

    url: Annotated[str, AfterValidator(address), Field(json_schema_extra={"pattern": _ADDRESS})]
    """The address of the tracker's front page, https unless it is on this machine."""

    key_file: str | None = None
    """The file with the API key of the tool's account, readable by its owner alone; a path from this file's folder or
    a whole one. `SUP_SYNC_KEY` and a systemd credential go before it. Example: `/etc/sup-sync/key`.
    """

    ca_file: str | None = None
    """The certificates to trust, where the tracker's own one is of your company's making; a path as above. Example:
    `/etc/ssl/certs/company.pem`.
    """

    timeout: TimeLength = Length(1, "min")
    """How long one answer of the tracker may take, in minutes or hours. Example: `2 min`."""

    wiki_markup: Literal["textile", "markdown"] = "textile"
    """The markup of the tracker's wiki, in which `report --publish` writes. Example: `markdown`."""


class LimitsShape(Shape):
    """How much one run may do."""

    notes: Annotated[int, Field(ge=0)] = 50
    """So many notes, public and private together, one run may write."""

    status_changes: Annotated[int, Field(ge=0)] = 10
    """So many requests one run may end or put to another status."""

    run_time: TimeLength = Length(15, "min")
    """How long one run may take, in minutes or hours; then it stops, and the next one goes on."""

    changed_share: Annotated[float, Field(gt=0, le=1)] = 0.5
    """The share (0 to 1) of the requests judged that may lose a value they had. More than that looks like a mistake in
    mappings/.
    """


class ConfigShape(Shape):
    """config.yaml."""

    redmine: ServerShape
    """The tracker and the key."""

    projects: Annotated[tuple[str, ...], Field(min_length=1)]
    """The projects to look after, by their identifiers: the word in the project's address."""

    mappings: str = "mappings"
    """The folder of the other files, from this file's folder or a whole path. Example: `/srv/regulation`."""

    language: str | None = None
    """The language of the notes that staff read, one of messages.yaml; without the key: the first there."""

    client_language: str | None = None
    """The language of the notes that clients read, where neither the request nor the contract names one; without the
    key: the first of messages.yaml.
    """

    notify_file: str | None = None
    """The file that says where people are reached outside of the tracker, readable by its owner alone, as it may hold
    passwords. `SUP_SYNC_NOTIFY` and a systemd credential go before it. Example: `/etc/sup-sync/notify`.
    """

    quiet_hours: Annotated[tuple[time, time] | None, BeforeValidator(stretch_of_hours)] = None
    """The hours of the day, in the support's zone, in which clients are told nothing; what is due waits until they
    end. Example: `21:00-08:00`.
    """

    enforce_from: date
    """The first day from which on requests are escalated and ended; those filed earlier are judged only."""

    closed_days: Annotated[int, Field(ge=1, le=3650)] = 14
    """Requests closed longer ago than so many days are left alone."""

    limits: LimitsShape = Field(default_factory=LimitsShape)
    """How much one run may do; over it nothing is written, and the exit code is 4."""

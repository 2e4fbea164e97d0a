"""The shape of config.yaml."""

import re
from datetime import date, time
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from sup_sync.config.shapes.base import Duration, HoursOrMinutes, Shape


def read_time_range(value: Any) -> tuple[time, time] | None:
    if value is None:
        return None
    parts = re.fullmatch(r"(\d\d:\d\d)-(\d\d:\d\d)", str(value))
    try:
        first, last = (time.fromisoformat(each) for each in parts.groups()) if parts else (None, None)
    except ValueError:
        first = last = None
    if first is None or last is None or first == last:
        raise ValueError(f'invalid time range {value!r}; write "21:00-08:00"')
    return first, last


_URL = r"^https?://[^/?#\s]"


def check_url(url: str) -> str:
    if not re.match(_URL, url):
        raise ValueError("invalid URL; write it like https://redmine.example.kz")  # the URL itself may contain secrets
    return url


class ServerShape(Shape):
    """Connection to Redmine. The API key itself never belongs in this file."""

    url: Annotated[str, AfterValidator(check_url), Field(json_schema_extra={"pattern": _URL})]
    """Base URL of Redmine. It must be https unless Redmine runs on this machine."""

    key_file: str | None = None
    """File with the API key of sup-sync's account. Only the owner may be able to read it. The path is absolute or
    relative to config.yaml. `SUP_SYNC_KEY` and a systemd credential take precedence. Example: `/etc/sup-sync/key`.
    """

    ca_file: str | None = None
    """CA certificates (PEM) to trust, if a private CA signed Redmine's certificate. The path is absolute or relative to
    config.yaml. Example: `/etc/ssl/certs/company.pem`.
    """

    timeout: HoursOrMinutes = Duration(1, "min")
    """Maximum time for one response of Redmine, in minutes or hours. Example: `2 min`."""

    wiki_markup: Literal["textile", "markdown"] = "textile"
    """Markup of Redmine's wiki (its setting "Text formatting"). `report --publish` writes pages in it. Example:
    `markdown`.
    """


class LimitsShape(Shape):
    """Limits of one run."""

    notes: Annotated[int, Field(ge=0)] = 50
    """Maximum notes per run, public and private. Projects and authors share them; the rest waits for the next run."""

    status_changes: Annotated[int, Field(ge=0)] = 10
    """Maximum requests per run that sup-sync closes or sets to another status. A run that would exceed it writes
    nothing. New requests with missing items do not count: they wait for the next run.
    """

    run_time: HoursOrMinutes = Duration(15, "min")
    """Maximum time for one run, in minutes or hours. After it the run stops, and the next run continues."""

    changed_share: Annotated[float, Field(gt=0, le=1)] = 0.5
    """Maximum share (0 to 1) of the evaluated requests whose existing values a run may replace. A larger share usually
    means a mistake in mappings/, so the run writes nothing.
    """


class ConfigShape(Shape):
    """config.yaml."""

    redmine: ServerShape
    """Connection to Redmine."""

    projects: Annotated[tuple[str, ...], Field(min_length=1)]
    """Projects to process, by identifier: the last part of a project's URL."""

    mappings: str = "mappings"
    """Folder of the other files. The path is absolute or relative to config.yaml. Example: `/srv/regulation`."""

    language: str | None = None
    """Language of the notes to staff, one of messages.yaml. If absent: the first language of messages.yaml."""

    client_language: str | None = None
    """Language of the notes to clients if neither the request nor the contract names one. If absent: the first language
    of messages.yaml.
    """

    notify_file: str | None = None
    """File with the addresses for notifications outside Redmine. Only the owner may be able to read it, because it may
    contain passwords. `SUP_SYNC_NOTIFY` and a systemd credential take precedence. Example: `/etc/sup-sync/notify`.
    """

    quiet_hours: Annotated[tuple[time, time] | None, BeforeValidator(read_time_range)] = None
    """Hours of the day, in the support's time zone, in which clients get no notes. Notes that come due are sent
    afterwards. Example: `21:00-08:00`.
    """

    enforce_from: date
    """First day of enforcement. Requests filed earlier are evaluated, but not escalated or closed."""

    closed_days: Annotated[int, Field(ge=1, le=3650)] = 14
    """Number of days for which a closed request is still processed."""

    limits: LimitsShape = Field(default_factory=LimitsShape)
    """Limits of one run. A run that would exceed them writes nothing and exits with code 4."""

"""The page put together: template, style and charts, with every text of somebody else's clean and escaped."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from sup_sync import __version__
from sup_sync.figures import Figures
from sup_sync.html import charts
from sup_sync.html.texts import Texts
from sup_sync.ledger import Party
from sup_sync.policy import ClockKind, Metric
from sup_sync.printable import shortened
from sup_sync.report import Report
from sup_sync.rulebook import Rulebook

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Basis:
    """What a report rests on: the tracker's URL, the files' SHA-256 by name, and whether all could be read."""

    rules: Rulebook
    tracker_url: str
    digests: Mapping[str, str]
    is_whole: bool


def render_report(report: Report, figures: Figures, basis: Basis, now: datetime, language: str) -> str:
    """The whole page in a language: nothing in it is fetched, and no text of a client is anything but text."""
    texts = Texts(language, basis.rules.messages, basis.rules.zone)
    style = (FOLDER / "report.css").read_text(encoding="utf-8")
    return (
        _environment()
        .get_template("report.html")
        .render(
            t=texts,
            language=language,
            style=Markup(style),  # noqa: S704 - our own file
            policy=f"default-src 'none'; style-src 'sha256-{_digest(style)}'; base-uri 'none'; form-action 'none'",
            report=report,
            figures=figures,
            basis=basis,
            links=basis.tracker_url if basis.tracker_url.startswith(("https://", "http://")) else "",
            years=basis.rules.calendars[ClockKind.WORKING].years,
            drawn=_drawings(report, figures, texts),
            metrics=tuple(Metric),
            parties=tuple(Party),
            bar_name=charts.bar_name,
            last_months=charts.LAST_MONTHS,
            tool=f"sup-sync {__version__}",
            now=now,
        )
    )


def _drawings(report: Report, figures: Figures, texts: Texts) -> Mapping[str, Markup]:
    """The charts by name; in them stand words of ours and of the mappings alone, escaped where they were drawn."""
    drawn = {
        "share": charts.share_chart(figures, texts),
        "response": charts.response_chart(figures, texts),
        "hours": charts.hours_chart(figures, texts),
        "ball": charts.ball_chart(report, texts),
    }
    return {name: Markup(charts.svg_of(drawing)) for name, drawing in drawn.items()}  # noqa: S704 - our own drawings


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["shown"] = shortened
    return environment


def _digest(style: str) -> str:
    """The style as a policy names it."""
    return b64encode(hashlib.sha256(style.encode()).digest()).decode()

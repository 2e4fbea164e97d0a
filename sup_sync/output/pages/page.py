"""The report's page put together: its template with figures and charts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from markupsafe import Markup

from sup_sync.frozen import value
from sup_sync.model.policy import ClockKind, Metric
from sup_sync.model.rulebook import Rulebook
from sup_sync.output.pages import charts
from sup_sync.output.pages.frame import render_page
from sup_sync.output.texts import Texts
from sup_sync.views.compliance import Report
from sup_sync.views.figures import Figures
from sup_sync.views.time_by_party import Party


@value
class Basis:
    """What a report rests on: the tracker's URL, the files' SHA-256 by name, and whether all could be read."""

    rules: Rulebook
    tracker_url: str
    digests: Mapping[str, str]
    is_whole: bool


def render_report(report: Report, figures: Figures, basis: Basis, now: datetime, language: str) -> str:
    """The whole page in a language: nothing in it is fetched, and no text of a client is anything but text."""
    texts = Texts("report", language, basis.rules.messages, basis.rules.zone)
    return render_page(
        "report",
        texts,
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
        now=now,
    )


def _drawings(report: Report, figures: Figures, texts: Texts) -> Mapping[str, Markup]:
    """The charts by name; in them stand words of ours and of the mappings alone, escaped where they were drawn."""
    drawn = {
        "share": charts.share_chart(figures, texts),
        "response": charts.response_chart(figures, texts),
        "hours": charts.hours_chart(figures, texts),
        "ball": charts.party_chart(report, texts),
    }
    return {name: Markup(charts.svg_of(drawing)) for name, drawing in drawn.items()}  # noqa: S704 - our own drawings

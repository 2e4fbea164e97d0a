"""The HTML page of a report: its template filled with figures and charts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from markupsafe import Markup

from sup_sync.immutable import value
from sup_sync.model.policy import ClockKind
from sup_sync.model.rulebook import Rulebook
from sup_sync.output.pages import charts
from sup_sync.output.pages.frame import render_page
from sup_sync.output.texts import Texts
from sup_sync.views.compliance import Report
from sup_sync.views.figures import Figures
from sup_sync.views.time_by_party import Party


@value
class ReportSources:
    """The sources of a report: rules, Redmine's URL, SHA-256 of the files by name, and if all projects were read."""

    rules: Rulebook
    redmine_url: str
    digests: Mapping[str, str]
    is_complete: bool


def render_report(report: Report, figures: Figures, sources: ReportSources, now: datetime, language: str) -> str:
    """Render the page in a language; it loads nothing from the network, and client text is escaped."""
    texts = Texts("report", language, sources.rules.messages, sources.rules.zone)
    return render_page(
        "report",
        texts,
        report=report,
        figures=figures,
        sources=sources,
        links=sources.redmine_url if sources.redmine_url.startswith(("https://", "http://")) else "",
        years=sources.rules.calendars[ClockKind.WORKING].years,
        charts=_drawings(report, figures, texts),
        parties=tuple(Party),
        bar_name=charts.bar_name,
        last_months=charts.LAST_MONTHS,
        now=now,
    )


def _drawings(report: Report, figures: Figures, texts: Texts) -> Mapping[str, Markup]:
    """Draw the charts by name; they hold only texts of sup-sync and of the mappings, escaped by the drawing."""
    drawings = {
        "share": charts.share_chart(figures, texts),
        "response": charts.response_chart(figures, texts),
        "hours": charts.hours_chart(figures, texts),
        "party": charts.party_chart(report, texts),
    }
    return {name: Markup(charts.svg_of(drawing)) for name, drawing in drawings.items()}  # noqa: S704 - our own drawings

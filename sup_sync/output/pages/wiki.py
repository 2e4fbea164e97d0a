"""The monthly report as a wiki page: figures, labels of the mappings, request numbers, and no client text."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta
from hashlib import sha256

from sup_sync import __version__
from sup_sync.immutable import value
from sup_sync.model.policy import ClockKind
from sup_sync.output.pages import charts
from sup_sync.output.pages.markup import MARKUPS, Markup, strip_markup
from sup_sync.output.pages.page import ReportSources
from sup_sync.output.texts import Texts
from sup_sync.views.compliance import Dimension, Group, Report
from sup_sync.views.figures import Breach, Figures
from sup_sync.views.report_page import CHART_PREFIX, PAGE_SIGNATURE, WikiContent

MAX_REQUESTS = 100  # per list; Redmine looks up each one whenever the page is opened

DIMENSIONS = (Dimension.LEVEL, Dimension.CHANNEL, Dimension.CATEGORY, Dimension.PRIORITY)


@value
class ReportData:
    """The data of a page: a report and its figures, of one month or of all months up to its end."""

    report: Report
    figures: Figures


def title_of(month: date, texts: Texts) -> str:
    """Return the title of a month's page, with underscores, because Redmine stores spaces as underscores."""
    return texts.text("wiki_title", month=f"{month:%Y-%m}").replace(" ", "_")


def render_wiki(
    month: ReportData, so_far: ReportData, sources: ReportSources, first: date, now: datetime, texts: Texts, kind: str
) -> WikiContent:
    """Render the page of the month that begins on `first`; `so_far` has all requests up to its end."""
    drawings = {
        "share": charts.share_chart(so_far.figures, texts),
        "party": charts.party_chart(so_far.report, texts),
        "response": charts.response_chart(month.figures, texts),
        "hours": charts.hours_chart(month.figures, texts),
    }
    pictures = {name: charts.png_of(drawing) for name, drawing in drawings.items()}
    files = {
        name: f"{CHART_PREFIX}{first:%Y-%m}-{name}-{sha256(png).hexdigest()[:12]}.png" for name, png in pictures.items()
    }
    page = _Page(month, sources, first, now, texts, MARKUPS[kind]())
    parts = [*page.head(), *page.summary(), *page.charts(files), *page.compliance(), *page.breaches(), *page.findings()]
    text = "\n\n".join([*parts, *page.foot()])
    return WikiContent(text, {files[name]: png for name, png in pictures.items()})


class _Page:
    """The builder of a page; each method yields the paragraphs of one part."""

    def __init__(
        self, data: ReportData, sources: ReportSources, first: date, now: datetime, texts: Texts, markup: Markup
    ) -> None:
        self.report, self.figures = data.report, data.figures
        self.sources = sources
        self.first = first
        self.now = now
        self.t = texts
        self.m = markup

    def head(self) -> Iterator[str]:
        t = self.t
        last = (self.first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        yield "{{>toc}}"
        yield self.m.heading(1, f"{t.text('title')}: {self.first:%Y-%m}")
        period = t.text("period", first=self.first, last=last)
        yield f"{period}. {t.text('as_of', moment=self.now.astimezone(t.zone).date())}."
        clauses = self.sources.rules.policy.clauses
        yield t.text("targets_note", load=clauses.targets_follow_load, guarantee=clauses.no_guarantee)
        if not self.sources.is_complete:
            yield self.m.strong(t.text("incomplete"))

    def summary(self) -> Iterator[str]:
        t, total = self.t, self.report.total
        yield self.m.heading(2, t.text("summary"))
        counts = [("requests", total.requests), ("refused", total.refused), ("skipped", total.skipped)]
        yield self.m.table(["", t.text("count")], [[t.text(name), str(count)] for name, count in counts])
        heads = [t.text(each) for each in ("metric", "met_share", "met", "breached", "running", "median", "ninetieth")]
        tallies = total.tallies
        yield self.m.table(
            heads,
            [
                [
                    t.metric(each.metric),
                    t.percent(each.share_met),
                    str(each.met),
                    str(each.breached),
                    str(each.running),
                    t.time(each.median),
                    t.time(each.ninetieth),
                ]
                for each in tallies
            ],
        )

    def charts(self, files: dict[str, str]) -> Iterator[str]:
        t = self.t
        yield self.m.heading(2, t.text("charts"))
        for name, file in files.items():
            yield self.m.heading(3, t.text(f"{name}_title"))
            yield t.text(f"{name}_text")
            yield self.m.image(file, t.text(f"{name}_title"))

    def compliance(self) -> Iterator[str]:
        t = self.t
        yield self.m.heading(2, t.text("compliance"))
        for metric in self.figures.metrics:
            yield self.m.heading(3, t.metric(metric).capitalize())
            heads = ("requests", "met", "breached", "running", "no_target", "share", "median", "ninetieth")
            rows = [[self.m.strong(t.text("all")), *self._tally(self.report.total, metric)]]
            for dimension in DIMENSIONS:
                rows.append([self.m.strong(t.text(f"by_{dimension.value}")), *[""] * len(heads)])
                groups = self.report.by[dimension]
                rows += [[strip_markup(t.label(each.key)), *self._tally(each, metric)] for each in groups]
            yield self.m.table(["", *map(t.text, heads)], rows)
        if self.report.reasons:
            yield self.m.heading(3, t.text("reasons"))
            reasons = [
                [strip_markup(t.reason(e.reason)), strip_markup(e.clause), str(e.count)] for e in self.report.reasons
            ]
            yield self.m.table([t.text("reason"), t.text("clause"), t.text("count")], reasons, words=2)

    def _tally(self, group: Group, metric: str) -> list[str]:
        tally, t = group.tally(metric), self.t
        counts = (group.requests, tally.met, tally.breached, tally.running, tally.no_target)
        return [*map(str, counts), t.percent(tally.share_met), t.time(tally.median), t.time(tally.ninetieth)]

    def breaches(self) -> Iterator[str]:
        t, breaches = self.t, self.figures.breaches
        yield self.m.heading(2, f"{t.text('breaches')} ({len(breaches)})")
        if not breaches:
            yield t.text("no_breaches")
            return
        heads = ("request", "metric", "state", "level", "priority", "clause", "due", "late_by")
        yield self.m.table([*map(t.text, heads)], [self._breach(each) for each in breaches[:MAX_REQUESTS]], words=6)
        yield from self._rest(breaches)

    def _breach(self, breach: Breach) -> list[str]:
        t, judgement = self.t, breach.judgement
        return [
            f"#{breach.issue.id}",
            t.metric(breach.metric),
            self.m.strong(t.text("overdue")) if breach.is_running else t.text("finished_late"),
            strip_markup(t.label(judgement.level)),
            strip_markup(t.label(judgement.priority)),
            strip_markup(breach.clause),
            t.moment(breach.due_at),
            t.time(breach.late),
        ]

    def findings(self) -> Iterator[str]:
        t = self.t
        yield self.m.heading(2, t.text("findings"))
        if not self.figures.findings:
            yield t.text("no_findings")
        for kind, findings in self.figures.findings.items():
            ids = dict.fromkeys(each.issue.id for each in findings)
            numbers = ", ".join(f"#{each}" for each in [*ids][:MAX_REQUESTS])
            yield f"{self.m.strong(f'{t.finding(kind)} ({len(ids)})')}: {numbers}"
            yield from self._rest(ids)

    def _rest(self, requests: Collection[object]) -> Iterator[str]:
        more = len(requests) - MAX_REQUESTS
        if more > 0:
            yield self.t.text("and_more", count=more)

    def foot(self) -> Iterator[str]:
        t, rules = self.t, self.sources.rules
        years = rules.calendars[ClockKind.WORKING].years
        estimated = ", ".join(map(str, sorted(rules.estimated_years)))
        yield self.m.heading(2, t.text("versions"))
        yield f"{t.text('regulation')}: {t.text('in_force_from', day=rules.policy.in_force_from)}."
        yield (
            f"{t.text('calendar')}: {t.text('calendar_years', first=years[0], last=years[-1])};"
            f" {t.text('estimated', years=estimated) if estimated else t.text('all_final')}."
        )
        made_by = t.text("made_by", tool=f"sup-sync {__version__}")
        yield f"{made_by}. {t.text('wiki_note')} {self.m.code(f'{PAGE_SIGNATURE} {self.first:%Y-%m}')}"

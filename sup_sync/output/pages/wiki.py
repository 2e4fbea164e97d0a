"""The month's report as a wiki page: figures, words of the mappings, numbers of requests, and no text of a client."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta
from hashlib import sha256

from sup_sync import __version__
from sup_sync.frozen import value
from sup_sync.model.policy import ClockKind, Metric
from sup_sync.output.pages import charts
from sup_sync.output.pages.markup import MARKUPS, Markup, word
from sup_sync.output.pages.page import Basis
from sup_sync.output.texts import Texts
from sup_sync.views.compliance import Dimension, Group, Report
from sup_sync.views.figures import Breach, Figures
from sup_sync.views.report_page import CHART_PREFIX, PAGE_SIGNATURE, WikiContent

MOST = 100
"""So many requests are listed at most: the tracker looks each one up whenever somebody opens the page."""

BY = (Dimension.LEVEL, Dimension.CHANNEL, Dimension.CATEGORY, Dimension.PRIORITY)


@value
class ReportData:
    """What a page tells: a report and its figures, of one month or of all up to its end."""

    report: Report
    figures: Figures


def title_of(month: date, texts: Texts) -> str:
    """A month's page as the wiki calls it (fact: it keeps blanks as underscores)."""
    return texts.say("wiki_title", month=f"{month:%Y-%m}").replace(" ", "_")


def render_wiki(
    month: ReportData, so_far: ReportData, basis: Basis, first: date, now: datetime, texts: Texts, kind: str
) -> WikiContent:
    """The page of the month that begins on `first`, in a markup; `so_far` are all requests up to the end of it."""
    drawings = {
        "share": charts.share_chart(so_far.figures, texts),
        "ball": charts.party_chart(so_far.report, texts),
        "response": charts.response_chart(month.figures, texts),
        "hours": charts.hours_chart(month.figures, texts),
    }
    pictures = {name: charts.png_of(drawing) for name, drawing in drawings.items()}
    files = {
        name: f"{CHART_PREFIX}{first:%Y-%m}-{name}-{sha256(png).hexdigest()[:12]}.png" for name, png in pictures.items()
    }
    page = _Page(month, basis, first, now, texts, MARKUPS[kind]())
    parts = [*page.head(), *page.sums(), *page.charts(files), *page.compliance(), *page.breaches(), *page.findings()]
    text = "\n\n".join([*parts, *page.foot()])
    return WikiContent(text, {files[name]: png for name, png in pictures.items()})


class _Page:
    """The parts of a page, each a list of paragraphs."""

    def __init__(
        self, told: ReportData, basis: Basis, first: date, now: datetime, texts: Texts, markup: Markup
    ) -> None:
        self.report, self.figures = told.report, told.figures
        self.basis = basis
        self.first = first
        self.now = now
        self.t = texts
        self.m = markup

    def head(self) -> Iterator[str]:
        t = self.t
        last = (self.first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        yield "{{>toc}}"
        yield self.m.heading(1, f"{t.say('title')}: {self.first:%Y-%m}")
        period = t.say("period", first=self.first, last=last)
        yield f"{period}. {t.say('as_of', moment=self.now.astimezone(t.zone).date())}."
        yield t.say("targets_note")
        if not self.basis.is_whole:
            yield self.m.strong(t.say("partly_read"))

    def sums(self) -> Iterator[str]:
        t, total = self.t, self.report.total
        yield self.m.heading(2, t.say("sum_up"))
        counts = [("requests", total.requests), ("refused", total.refused), ("set_aside", total.skipped)]
        yield self.m.table(["", t.say("count")], [[t.say(name), str(count)] for name, count in counts])
        heads = [t.say(each) for each in ("metric", "met_share", "met", "breached", "running", "median", "ninetieth")]
        tallies = [total.tally(metric) for metric in Metric]
        yield self.m.table(
            heads,
            [
                [
                    t.say(each.metric.value),
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
        yield self.m.heading(2, t.say("charts"))
        for name, file in files.items():
            yield self.m.heading(3, t.say(f"{name}_title"))
            yield t.say(f"{name}_text")
            yield self.m.image(file, t.say(f"{name}_title"))

    def compliance(self) -> Iterator[str]:
        t = self.t
        yield self.m.heading(2, t.say("compliance"))
        for metric in Metric:
            yield self.m.heading(3, t.say(metric.value).capitalize())
            heads = ("requests", "met", "breached", "running", "no_target", "share", "median", "ninetieth")
            rows = [[self.m.strong(t.say("all")), *self._tally(self.report.total, metric)]]
            for dimension in BY:
                rows.append([self.m.strong(t.say(f"by_{dimension.value}")), *[""] * len(heads)])
                groups = self.report.by[dimension]
                rows += [[word(t.word(each.key)), *self._tally(each, metric)] for each in groups]
            yield self.m.table(["", *map(t.say, heads)], rows)
        if self.report.reasons:
            yield self.m.heading(3, t.say("reasons"))
            reasons = [[word(t.reason(e.reason)), word(e.clause), str(e.count)] for e in self.report.reasons]
            yield self.m.table([t.say("reason"), t.say("clause"), t.say("count")], reasons, words=2)

    def _tally(self, group: Group, metric: Metric) -> list[str]:
        tally, t = group.tally(metric), self.t
        counts = (group.requests, tally.met, tally.breached, tally.running, tally.no_target)
        return [*map(str, counts), t.percent(tally.share_met), t.time(tally.median), t.time(tally.ninetieth)]

    def breaches(self) -> Iterator[str]:
        t, found = self.t, self.figures.breaches
        yield self.m.heading(2, f"{t.say('breaches')} ({len(found)})")
        if not found:
            yield t.say("no_breaches")
            return
        heads = ("request", "metric", "standing", "level", "priority", "clause", "due", "late")
        yield self.m.table([*map(t.say, heads)], [self._breach(each) for each in found[:MOST]], words=6)
        yield from self._rest(found)

    def _breach(self, breach: Breach) -> list[str]:
        t, judgement = self.t, breach.judgement
        return [
            f"#{breach.issue.id}",
            t.say(breach.metric.value),
            self.m.strong(t.say("still")) if breach.is_running else t.say("ended"),
            word(t.word(judgement.level)),
            word(t.word(judgement.priority)),
            word(breach.clause),
            t.moment(breach.due_at),
            t.time(breach.late),
        ]

    def findings(self) -> Iterator[str]:
        t = self.t
        yield self.m.heading(2, t.say("findings"))
        if not self.figures.findings:
            yield t.say("no_findings")
        for kind, found in self.figures.findings.items():
            ids = dict.fromkeys(each.issue.id for each in found)
            yield f"{self.m.strong(f'{t.finding(kind)} ({len(ids)})')}: {', '.join(f'#{e}' for e in [*ids][:MOST])}"
            yield from self._rest(ids)

    def _rest(self, found: Collection[object]) -> Iterator[str]:
        more = len(found) - MOST
        if more > 0:
            yield self.t.say("and_more", count=more)

    def foot(self) -> Iterator[str]:
        t, rules = self.t, self.basis.rules
        years = rules.calendars[ClockKind.WORKING].years
        estimated = ", ".join(map(str, sorted(rules.estimated_years)))
        yield self.m.heading(2, t.say("versions"))
        yield f"{t.say('regulation')}: {t.say('in_force_from', day=rules.policy.in_force_from)}."
        yield (
            f"{t.say('calendar')}: {t.say('calendar_years', first=years[0], last=years[-1])};"
            f" {t.say('estimated', years=estimated) if estimated else t.say('all_final')}."
        )
        made = t.say("made_by", tool=f"sup-sync {__version__}")
        yield f"{made}. {t.say('wiki_note')} {self.m.code(f'{PAGE_SIGNATURE} {self.first:%Y-%m}')}"

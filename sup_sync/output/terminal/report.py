"""The report on the terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sup_sync.model.policy import Metric
from sup_sync.output.terminal.labels import METRICS, PIPE_WIDTH, count, duration, moment, word
from sup_sync.output.terminal.layout import new_table, print_section, print_summary, print_table, text
from sup_sync.output.terminal.level import level_label
from sup_sync.views.compliance import Dimension, Group, Report
from sup_sync.views.time_by_party import Party
from sup_sync.views.whatif import WhatIf

HEADERS = ("", "all", "met", "breached", "running", "no\ntarget", "share\nmet", "median", "90 % in")
LEGEND = (
    "running: within its target, of them at risk in brackets; median and 90 %: of the time that stopped clocks took"
)


def show_report(console: Console, report: Report) -> None:
    """How far each target was kept, in all and group by group."""
    total = report.total
    filed = f" filed {report.filed_from} to {report.filed_until}" if report.filed_from else ""
    aside = [(total.refused, "refused or stopped"), (total.skipped, "not judged")]
    notes = "".join(f", {number} {words}" for number, words in aside if number)
    print_summary(console, (f"{count(total.requests, 'request')}{filed}{notes}", "bold"))
    for metric in Metric:
        print_section(console, METRICS[metric].capitalize())
        print_table(console, _table(console, report, metric))
    console.print()
    print_summary(console, (LEGEND, "dim"))
    print_section(console, "Who had the ball, in working time")
    print_table(console, _time_table(console, report))
    _show_reasons(console, report)


def _show_reasons(console: Console, report: Report) -> None:
    if not report.reasons:
        return
    print_section(console, "Refused, put off, stopped or ended, by reason")
    table = new_table("  reason", "clause", "requests", right=("requests",))
    for each in report.reasons:
        reason = word(each.reason) if each.reason else "no reason given"
        table.add_row(text(f"  {reason}"), text(each.clause), text(str(each.count)))
    print_table(console, table)


def _table(console: Console, report: Report, metric: Metric) -> Table:
    table = new_table(*HEADERS, right=HEADERS[1:], gap=1 if console.width < PIPE_WIDTH else 2)
    table.add_row(text("all"), *_figures(report.total, metric), style="bold")
    for dimension, groups in report.by.items():
        table.add_row(text((f"by {dimension}", "dim")))
        for group in groups:
            name = level_label(group.key) if dimension is Dimension.LEVEL else word(group.key)
            table.add_row(text(f"  {name}"), *_figures(group, metric))
    return table


def _time_table(console: Console, report: Report) -> Table:
    """All requests, and month by month; the parts add up to the time elapsed."""
    headers = ("", *Party, "elapsed")
    table = new_table(*headers, right=headers[1:], gap=1 if console.width < PIPE_WIDTH else 2)
    months = report.by.get(Dimension.MONTH, ())
    for name, group in (("all", report.total), *((word(each.key), each) for each in months)):
        ledger = group.time_by_party.in_minutes()
        times = (each.working for each in (*ledger.parts.values(), ledger.elapsed))
        cells = (text("—" if each is None else duration(each) if each else "·") for each in times)
        table.add_row(text(f"  {name}"), *cells)
    return table


def _figures(group: Group, metric: Metric) -> list[Text]:
    tally = group.tally(metric)
    running = f"{tally.running} ({tally.at_risk})" if tally.at_risk else str(tally.running)
    counts = (str(group.requests), str(tally.met), str(tally.breached), running, str(tally.no_target))
    share = "—" if tally.share_met is None else f"{tally.share_met:.0%}"
    times = ("—" if each is None else duration(each) for each in (tally.median, tally.ninetieth))
    return [text("·" if each == "0" else each) for each in (*counts, share, *times)]


def show_whatif(console: Console, compared: WhatIf) -> None:
    """The verdicts that flip, and how many of what kind."""
    table = new_table("#", "level", "target", "today", "by DIR", "due today", "due by DIR", right=("#",))
    for each in compared.changes:
        table.add_row(
            text(str(each.issue)),
            text(level_label(each.level)),
            text(METRICS[each.metric]),
            text(word(each.before)),
            text(word(each.after)),
            text(moment(each.due_before, compared.zone)),
            text(moment(each.due_after, compared.zone)),
        )
    if compared.changes:
        print_table(console, table)
        console.print()
    for (level, before, after), number in compared.by_level.items():
        print_summary(console, f"{level_label(level)}: {count(number, 'verdict')} from {word(before)} to {word(after)}")
    flips = f"{count(len(compared.changes), 'verdict')} of {count(compared.judged, 'request')}"
    print_summary(console, (f"{flips} {'flips' if len(compared.changes) == 1 else 'flip'}.", "bold"))

"""The compliance report and the what-if comparison on the terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sup_sync.output.terminal.labels import PIPE_WIDTH, count, duration, label, moment
from sup_sync.output.terminal.layout import new_table, print_section, print_summary, print_table, text
from sup_sync.output.terminal.level import level_label
from sup_sync.views.compliance import Dimension, Group, Report
from sup_sync.views.time_by_party import Party
from sup_sync.views.whatif import WhatIf

HEADERS = ("", "all", "met", "breached", "running", "no\ntarget", "share\nmet", "median", "90 % in")
LEGEND = "running: not overdue, in brackets those at risk; median and 90 %: time until the clock stopped"


def show_report(console: Console, report: Report) -> None:
    """Print compliance for each target, in total and by group, then time by party and reasons."""
    total = report.total
    filed = f" filed {report.filed_from} to {report.filed_until}" if report.filed_from else ""
    excluded = [(total.refused, "refused or stopped"), (total.skipped, "not evaluated")]
    notes = "".join(f", {number} {reason}" for number, reason in excluded if number)
    print_summary(console, (f"{count(total.requests, 'request')}{filed}{notes}", "bold"))
    for metric in (each.metric for each in total.tallies):
        print_section(console, label(metric).capitalize())
        print_table(console, _table(console, report, metric))
        skipped = total.tally(metric).skipped
        if skipped:
            print_summary(console, (f"{count(skipped, 'request')} not evaluated for this target", "dim"))
    console.print()
    print_summary(console, (LEGEND, "dim"))
    print_section(console, "Working time by party")
    print_table(console, _time_table(console, report))
    _show_reasons(console, report)


def _show_reasons(console: Console, report: Report) -> None:
    if not report.reasons:
        return
    print_section(console, "Refused, deferred, stopped or auto-closed, by reason")
    table = new_table("  reason", "clause", "requests", right=("requests",))
    for each in report.reasons:
        reason = label(each.reason) if each.reason else "no reason given"
        table.add_row(text(f"  {reason}"), text(each.clause), text(str(each.count)))
    print_table(console, table)


def _table(console: Console, report: Report, metric: str) -> Table:
    table = new_table(*HEADERS, right=HEADERS[1:], gap=1 if console.width < PIPE_WIDTH else 2)
    table.add_row(text("all"), *_figures(report.total, metric), style="bold")
    for dimension, groups in report.by.items():
        table.add_row(text((f"by {dimension}", "dim")))
        for group in groups:
            name = level_label(group.key) if dimension is Dimension.LEVEL else label(group.key)
            table.add_row(text(f"  {name}"), *_figures(group, metric))
    return table


def _time_table(console: Console, report: Report) -> Table:
    """Create the table of working time, in total and by month; the parts add up to the time elapsed."""
    headers = ("", *Party, "elapsed")
    table = new_table(*headers, right=headers[1:], gap=1 if console.width < PIPE_WIDTH else 2)
    months = report.by.get(Dimension.MONTH, ())
    for name, group in (("all", report.total), *((label(each.key), each) for each in months)):
        rounded = group.time_by_party.in_minutes()
        times = (each.working for each in (*rounded.parts.values(), rounded.elapsed))
        cells = (text("—" if each is None else duration(each) if each else "·") for each in times)
        table.add_row(text(f"  {name}"), *cells)
    return table


def _figures(group: Group, metric: str) -> list[Text]:
    tally = group.tally(metric)
    running = f"{tally.running} ({tally.at_risk})" if tally.at_risk else str(tally.running)
    counts = (str(group.requests), str(tally.met), str(tally.breached), running, str(tally.no_target))
    share = "—" if tally.share_met is None else f"{tally.share_met:.0%}"
    times = ("—" if each is None else duration(each) for each in (tally.median, tally.ninetieth))
    return [text("·" if each == "0" else each) for each in (*counts, share, *times)]


def show_whatif(console: Console, comparison: WhatIf) -> None:
    """Print the results that change, with counts by level."""
    table = new_table("#", "level", "target", "today", "with DIR", "due today", "due with DIR", right=("#",))
    for each in comparison.changes:
        table.add_row(
            text(str(each.issue)),
            text(level_label(each.level)),
            text(label(each.metric)),
            text(label(each.before)),
            text(label(each.after)),
            text(moment(each.due_before, comparison.zone)),
            text(moment(each.due_after, comparison.zone)),
        )
    if comparison.changes:
        print_table(console, table)
        console.print()
    for (level, before, after), number in comparison.by_level.items():
        print_summary(
            console, f"{level_label(level)}: {count(number, 'result')} from {label(before)} to {label(after)}"
        )
    changed = len(comparison.changes)
    results = f"{count(changed, 'result')} {'changes' if changed == 1 else 'change'}"
    print_summary(console, (f"{results} ({count(comparison.judged, 'request')}).", "bold"))

"""A plan and the result of a run on the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from sup_sync.model.change import NOTES, Change
from sup_sync.model.issue import Finding
from sup_sync.output.terminal.labels import clause_label, count, numbers
from sup_sync.output.terminal.layout import print_hanging, print_heading, print_line, print_parts, print_summary, text
from sup_sync.planning.forecast import Forecast
from sup_sync.planning.plan import Plan
from sup_sync.sla.judgement import Judgement
from sup_sync.views.plan_summary import PlanSummary

if TYPE_CHECKING:  # importing them would load the Redmine session
    from sup_sync.run.apply import RunResult
    from sup_sync.run.write import WriteOutcome

FIELD_WIDTH, VALUE_WIDTH = 18, 16  # columns of the longest field name, and of a date with time

NOTE_INDENT = "    | "
NO_LIMITS = Forecast()

KINDS = ("applied", "unneeded", "stale", "deferred", "refused", "failed")


def show_plan(
    console: Console,
    plan: Plan,
    judgements: Iterable[Judgement],
    forecast: Forecast = NO_LIMITS,
    *,
    whole_notes: bool = False,
) -> None:
    """Print the changes of each request, then the findings, a summary line, and what the limits make of the plan."""
    by_id = {each.issue.id: each for each in judgements}
    for issue_id, changes in plan.by_issue():
        print_heading(console, by_id[issue_id])
        for change in changes:
            show_change(console, change, whole_notes=whole_notes)
        console.print()
    show_findings(console, plan.findings)
    print_summary(console, (_summary(PlanSummary.of(plan)), "bold"))
    if forecast.excesses:
        text = f"`apply` would write nothing: limits exceeded: {' and '.join(forecast.excesses)}{forecast.hint}."
        print_summary(console, (f"{text} If the plan is correct, run `sup-sync apply --force` once.", "red"))
    show_postponed(console, forecast.postponed)


def show_change(console: Console, change: Change, *, whole_notes: bool = False) -> None:
    """Print the value and its reason; a reason that does not fit goes on the next line, and so does a whole note."""
    sign, style = _sign(change)
    is_whole = whole_notes and change.field in NOTES
    value = "" if is_whole else " → ".join(filter(None, (change.old, change.new)))
    why = text((change.reason + clause_label(change.clause), "dim"))
    head = text((f"  {sign} ", style), f"{change.field:<{FIELD_WIDTH}}  ")
    indent = Text(" " * head.cell_len)
    line = head + text((f"{value:<{VALUE_WIDTH}}  ", "" if change.new else "strike"))
    if line.cell_len + why.cell_len <= console.width:
        print_line(console, line + why)
    else:
        print_line(console, line)
        print_hanging(console, indent, why)
    for note_line in change.new.splitlines() if is_whole else ():
        print_hanging(console, text(NOTE_INDENT), text(note_line))


def _sign(change: Change) -> tuple[str, str]:
    if change.field in NOTES:
        return "!", "bold magenta"
    if not change.old:
        return "+", "green"
    return ("~", "yellow") if change.new else ("-", "red")


def _summary(figures: PlanSummary) -> str:
    values = [(figures.set, "to set"), (figures.change, "to change"), (figures.clear, "to clear")]
    parts = [f"{number} {words}" for number, words in values if number]
    if parts:
        number, _, words = parts[0].partition(" ")
        parts[0] = f"{count(int(number), 'value')} {words}"
    if figures.notes:
        parts.append(count(figures.notes, "note"))
    findings = f" {count(figures.findings, 'finding')}." if figures.findings else ""
    requests = count(figures.judged, "request")
    if figures.requests and not parts:
        parts.append("only sup-sync's marker")
    if parts:
        return f"Plan: {', '.join(parts)} on {figures.requests} of {requests}.{findings}"
    return f"Nothing to write on {requests}.{findings}"


def show_findings(console: Console, findings: Sequence[Finding]) -> None:
    """Print the findings in order of request, those with the same text on one line."""
    if not findings:
        return
    print_parts(console, ("Findings", "bold"))
    groups: dict[tuple[str, str], list[int]] = {}
    for each in findings:
        groups.setdefault((each.text, each.clause), []).append(each.issue_id)
    width = max(len(_requests(ids)) for ids in groups.values())
    for (problem, clause), ids in groups.items():
        head = text(f"  {_requests(ids):<{width}}  ")
        print_hanging(console, head, text(problem, (clause_label(clause), "dim"), _numbers_of_group(ids)))
    console.print()


def _requests(ids: Sequence[int]) -> str:
    return f"#{ids[0]}" if len(ids) == 1 else f"{len(ids)} requests"


def _numbers_of_group(ids: Sequence[int]) -> str:
    return f": {numbers(ids)}" if len(ids) > 1 else ""


def show_outcomes(console: Console, outcomes: Sequence[WriteOutcome]) -> None:
    """Print the writes that were not applied as a whole, by kind and text, then the number of writes of each kind."""
    groups: dict[tuple[str, str], list[int]] = {}
    for each in outcomes:
        if each.kind != KINDS[0] or each.text:
            groups.setdefault((each.kind, each.text), []).append(each.issue_id)
    for (kind, reason), ids in groups.items():
        head = text((f"  {kind:<9}", "yellow"), f"{_requests(ids)}  ")
        print_hanging(console, head, text(reason, _numbers_of_group(ids)))
    counts = Counter(str(each.kind) for each in outcomes)
    totals = [f"{counts[kind]} {kind}" for kind in KINDS if counts[kind]]
    print_summary(console, (f"Written: {', '.join(totals)}." if totals else "Nothing to write.", "bold"))


def show_run_result(console: Console, result: RunResult) -> None:
    """Print the findings and writes of a run, and the number of requests that could not be judged."""
    show_findings(console, result.plan.findings)
    show_outcomes(console, result.outcomes)
    if result.skipped:
        print_summary(
            console, (f"{count(result.skipped, 'request')} could not be evaluated; see the findings.", "yellow")
        )
    show_postponed(console, result.postponed)


def show_postponed(console: Console, postponed: Sequence[int]) -> None:
    """Print the requests that the limits leave for the next run."""
    if postponed:
        numbers = ", ".join(f"#{each}" for each in postponed)
        requests = count(len(postponed), "request")
        print_summary(console, (f"Left for the next run because of `limits`: {requests}: {numbers}.", "yellow"))

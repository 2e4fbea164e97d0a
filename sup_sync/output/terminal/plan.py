"""A plan and the result of a run on the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from sup_sync.model.change import NOTES, Change
from sup_sync.model.issue import Finding
from sup_sync.output.terminal.labels import clause_label, count
from sup_sync.output.terminal.layout import print_hanging, print_heading, print_line, print_parts, print_summary, text
from sup_sync.planning.plan import Plan
from sup_sync.sla.judgement import Judgement
from sup_sync.views.plan_summary import PlanSummary

if TYPE_CHECKING:  # importing them would load the Redmine session
    from sup_sync.run.apply import RunResult
    from sup_sync.run.write import WriteOutcome

FIELD_WIDTH, VALUE_WIDTH = 18, 16  # columns of the longest field name, and of a date with time

KINDS = ("applied", "unneeded", "stale", "deferred", "refused", "failed")


def show_plan(console: Console, plan: Plan, judgements: Iterable[Judgement]) -> None:
    """Print the changes of each request, then the findings, then a summary line."""
    by_id = {each.issue.id: each for each in judgements}
    for issue_id, changes in plan.by_issue():
        print_heading(console, by_id[issue_id])
        for change in changes:
            _show_change(console, change)
        console.print()
    show_findings(console, plan.findings)
    print_summary(console, (_summary(PlanSummary.of(plan)), "bold"))


def _show_change(console: Console, change: Change) -> None:
    """Print the value and its reason; a reason that does not fit goes on the next line."""
    sign, style = _sign(change)
    value = " → ".join(filter(None, (change.old, change.new)))
    why = text((change.reason + clause_label(change.clause), "dim"))
    head = text((f"  {sign} ", style), f"{change.field:<{FIELD_WIDTH}}  ")
    indent = Text(" " * head.cell_len)
    line = head + text((f"{value:<{VALUE_WIDTH}}  ", "" if change.new else "strike"))
    if line.cell_len + why.cell_len <= console.width:
        print_line(console, line + why)
    else:
        print_line(console, line)
        print_hanging(console, indent, why)


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
    """Print the findings in order of request."""
    if not findings:
        return
    print_parts(console, ("Findings", "bold"))
    width = max(len(str(each.issue_id)) for each in findings)
    for each in findings:
        head = text(f"  #{each.issue_id:<{width}}  ")
        print_hanging(console, head, text(each.text, (clause_label(each.clause), "dim")))
    console.print()


def show_outcomes(console: Console, outcomes: Sequence[WriteOutcome]) -> None:
    """Print every write that was not applied as a whole, then the number of writes of each kind."""
    for each in outcomes:
        if each.kind != KINDS[0] or each.text:
            print_hanging(console, text((f"  {each.kind:<9}", "yellow"), f"#{each.issue_id}  "), text(each.text))
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

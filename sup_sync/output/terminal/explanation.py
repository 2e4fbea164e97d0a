"""The explanation of one request on the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta, tzinfo

from rich.console import Console
from rich.text import Text

from sup_sync.model.issue import Side
from sup_sync.output.durations import is_close
from sup_sync.output.terminal.labels import clause_label, count, duration, label, moment, time_left
from sup_sync.output.terminal.layout import (
    STYLES,
    new_table,
    print_hanging,
    print_heading,
    print_parts,
    print_section,
    print_table,
    text,
)
from sup_sync.output.terminal.level import level_label
from sup_sync.output.terminal.plan import show_findings
from sup_sync.output.terminal.timeline import show_timelines
from sup_sync.planning.notices.no_answer import REMINDER
from sup_sync.sanitize import clean
from sup_sync.sla.clock import Verdict
from sup_sync.views.explanation import ClockDetails, Explanation, StepState

NAME_WIDTH = 20

STEP_STATES = {
    StepState.SENT: "sent",
    StepState.DUE: "sent by the next run",
    StepState.SUPERSEDED: "superseded",
    StepState.AHEAD: "not due yet",
    StepState.STOPPED: "not needed",
    StepState.NOT_ENFORCED: "before enforce_from",
    StepState.UNKNOWN: "marker unreadable",
}


def show_explanation(console: Console, explanation: Explanation) -> None:
    """Print the explanation part by part; a part that is empty is left out."""
    print_heading(console, explanation.judgement)
    print_parts(console, f"as of {moment(explanation.now, explanation.zone)}")
    for show in (
        _show_attributes,
        _show_events,
        _show_party_periods,
        _show_clocks,
        show_timelines,
        _show_wait,
        _show_ladder,
    ):
        show(console, explanation)
    console.print()
    show_findings(console, explanation.findings)


def _show_attributes(console: Console, explanation: Explanation) -> None:
    print_section(console, "Classification")
    for each in explanation.attributes:
        value = level_label(each.value) if each.name == "level" else label(each.value)
        head = text(f"  {each.name:<10}{value:<18}  ")
        print_hanging(console, head, text(each.because, (clause_label(each.clause), "dim")))
    for step in explanation.priorities:
        unconfirmed = "" if step.shown == step.counts else f": not confirmed, {label(step.counts)} applies"
        head = text(f"  {'':<10}{moment(step.at, explanation.zone)}  ")
        print_hanging(console, head, text(f"{label(step.shown)} by {step.side} {step.name}{unconfirmed}"))


def _show_events(console: Console, explanation: Explanation) -> None:
    print_section(console, "History")
    width = min(max(len(clean(each.name)) for each in explanation.events), NAME_WIDTH)
    for each in explanation.events:
        author = (f"{each.side:<8}{clean(each.name)[:width]:<{width}}  ", "cyan" if each.side is Side.CLIENT else "")
        print_hanging(console, text(f"  {moment(each.at, explanation.zone)}  ", author), text(", ".join(each.what)))


def _show_party_periods(console: Console, explanation: Explanation) -> None:
    print_section(console, "Time by party")
    table = new_table("  held by", "from", "working time", "wall clock", right=("working time", "wall clock"))
    for each in explanation.party_periods:
        table.add_row(*_times(each.party, moment(each.start_at, explanation.zone), each.working, each.wall))
    totals = explanation.time_by_party.in_minutes()
    for party, time in (*totals.parts.items(), ("elapsed", totals.elapsed)):
        if time.wall:
            table.add_row(*_times(party, "total", time.working, time.wall), style="bold")
    print_table(console, table)


def _times(party: str, start: str, working: timedelta | None, wall: timedelta) -> list[Text]:
    worked = "—" if working is None else duration(working)
    return [text(f"  {party}"), text(start), text(worked), text(duration(wall))]


def _show_clocks(console: Console, explanation: Explanation) -> None:
    print_section(console, "Targets")
    clocks = {each.metric: each for each in explanation.clocks}
    for verdict in explanation.judgement.verdicts:
        head = text(f"  {label(verdict.metric):<16}")
        outcome = (label(verdict.result), STYLES.get(verdict.outcome, ""))
        body = text(outcome, f": {verdict.reason}", (clause_label(verdict.clause), "dim"))
        print_hanging(console, head, body)
        clock = clocks.get(verdict.metric)
        for line in _clock_lines(clock, verdict, explanation.zone) if clock else ():
            print_hanging(console, Text(" " * head.cell_len), text(line))


def _clock_lines(clock: ClockDetails, verdict: Verdict, zone: tzinfo) -> Iterator[str]:
    took = "took " if clock.stopped_at else ""
    elapsed = duration(clock.elapsed, exact=is_close(clock.elapsed, clock.within))
    of = "of" if clock.within is None else f"of {duration(clock.within)}"
    yield f"{took}{elapsed} {of} {clock.counts} time{_left_or_late(clock, verdict)}"
    due = f", due {moment(clock.due_at, zone, exact=True)}" if clock.due_at else ""
    yield f"counts from {moment(clock.counts_from, zone, exact=True)}{due}"
    if clock.release_on:
        yield f"the release of {clock.release_on} is the target"
    for pause in clock.pauses:
        end = f"until {moment(pause.end_at, zone)}" if pause.end_at else "on"
        yield f"paused from {moment(pause.start_at, zone)} {end}"
    if clock.stopped_at:
        yield f"stopped {moment(clock.stopped_at, zone, exact=True)}"
    if clock.reopenings:
        yield f"reopened {count(clock.reopenings, 'time')}"


def _left_or_late(clock: ClockDetails, verdict: Verdict) -> str:
    if clock.left is not None:
        resting = "resting, " if clock.due_at is None else ""
        return f", {resting}{time_left(clock.left, verdict.outcome)}"
    return f", late by {duration(clock.late)}" if clock.late else ""


def _show_wait(console: Console, explanation: Explanation) -> None:
    wait, rule = explanation.wait, explanation.judgement.policy.waiting
    if wait is None:
        return
    print_section(console, "Waiting for the client")
    asked, remind, due = (moment(each, explanation.zone) for each in (wait.asked_at, wait.remind_at, wait.due_at))
    reminder = f"reminded after {remind}, " if REMINDER.name in explanation.judgement.policy.client_notes else ""
    line = f"asked {asked}, {reminder}closed after {due}, in working hours only"
    print_hanging(console, text("  "), text(line, (clause_label(rule.clause), "dim")))


def _show_ladder(console: Console, explanation: Explanation) -> None:
    if explanation.ladder:
        print_section(console, "Escalation")
    for step in explanation.ladder:
        due = f"{step.share:>5.0%}  {moment(step.due_at, explanation.zone):<20}"
        head = text(f"  {label(step.metric):<16}{label(step.step):<12}{due}  ")
        print_hanging(console, head, text(STEP_STATES[step.state]))

"""One request's story on the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta, tzinfo

from rich.console import Console
from rich.text import Text

from sup_sync.model.issue import Side
from sup_sync.output.terminal.labels import METRICS, clause_label, count, duration, moment, time_left, word
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
from sup_sync.output.terminal.timeline import show_lines
from sup_sync.sanitize import clean
from sup_sync.sla.clock import Verdict
from sup_sync.views.explanation import ClockDetails, Explanation, StepState

NAME_WIDTH = 20

STEP_STATES = {
    StepState.SENT: "sent",
    StepState.DUE: "due: in the next run",
    StepState.SUPERSEDED: "a higher one is due",
    StepState.AHEAD: "ahead",
    StepState.STOPPED: "not needed",
    StepState.NOT_ENFORCED: "before enforce_from",
    StepState.UNKNOWN: "marker unreadable",
}


def show_explanation(console: Console, told: Explanation) -> None:
    """One request's story, part by part."""
    print_heading(console, told.judgement)
    print_parts(console, f"as of {moment(told.now, told.zone)}")
    for show in (
        _show_attributes,
        _show_events,
        _show_party_periods,
        _show_clocks,
        show_lines,
        _show_wait,
        _show_ladder,
    ):
        show(console, told)
    console.print()
    show_findings(console, told.findings)


def _show_attributes(console: Console, told: Explanation) -> None:
    print_section(console, "Terms")
    for term in told.attributes:
        value = level_label(term.value) if term.name == "level" else word(term.value)
        head = text(f"  {term.name:<10}{value:<18}  ")
        print_hanging(console, head, text(term.because, (clause_label(term.clause), "dim")))
    for step in told.priorities:
        wish = "" if step.shown == step.counts else f": a wish, {word(step.counts)} counts"
        head = text(f"  {'':<10}{moment(step.at, told.zone)}  ")
        print_hanging(console, head, text(f"{word(step.shown)} by {step.side} {step.name}{wish}"))


def _show_events(console: Console, told: Explanation) -> None:
    print_section(console, "What happened")
    width = min(max(len(clean(each.name)) for each in told.events), NAME_WIDTH)
    for each in told.events:
        who = (f"{each.side:<8}{clean(each.name)[:width]:<{width}}  ", "cyan" if each.side is Side.CLIENT else "")
        print_hanging(console, text(f"  {moment(each.at, told.zone)}  ", who), text(", ".join(each.what)))


def _show_party_periods(console: Console, told: Explanation) -> None:
    print_section(console, "Where its time went")
    table = new_table("  with", "from", "working time", "wall clock", right=("working time", "wall clock"))
    for stay in told.party_periods:
        table.add_row(*_times(stay.party, moment(stay.start_at, told.zone), stay.working, stay.wall))
    ledger = told.time_by_party.in_minutes()
    for party, time in (*ledger.parts.items(), ("elapsed", ledger.elapsed)):
        if time.wall:
            table.add_row(*_times(party, "in all", time.working, time.wall), style="bold")
    print_table(console, table)


def _times(party: str, when: str, working: timedelta | None, wall: timedelta) -> list[Text]:
    worked = "—" if working is None else duration(working)
    return [text(f"  {party}"), text(when), text(worked), text(duration(wall))]


def _show_clocks(console: Console, told: Explanation) -> None:
    print_section(console, "Targets")
    clocks = {each.metric: each for each in told.clocks}
    for verdict in told.judgement.verdicts:
        head = text(f"  {METRICS[verdict.metric]:<16}")
        outcome = (word(verdict.outcome), STYLES.get(verdict.outcome, ""))
        body = text(outcome, f": {verdict.reason}", (clause_label(verdict.clause), "dim"))
        print_hanging(console, head, body)
        clock = clocks.get(verdict.metric)
        for line in _clock_lines(clock, verdict, told.zone) if clock else ():
            print_hanging(console, Text(" " * head.cell_len), text(line))


def _clock_lines(clock: ClockDetails, verdict: Verdict, zone: tzinfo) -> Iterator[str]:
    took = "took " if clock.stopped_at else ""
    of = "of" if clock.within is None else f"of {duration(clock.within)}"
    left = "" if clock.left is None else f", {time_left(clock.left, verdict.outcome)}"
    yield f"{took}{duration(clock.elapsed)} {of} {clock.counts} time{left}"
    is_paused = bool(clock.pauses) and clock.pauses[-1].end_at is None
    due = f", due {moment(clock.due_at, zone)}" if clock.due_at else ""
    yield f"counts from {moment(clock.counts_from, zone)}{due}{' plus this pause' if due and is_paused else ''}"
    if clock.release_on:
        yield f"the release of {clock.release_on} is the target"
    for pause in clock.pauses:
        end = f"until {moment(pause.end_at, zone)}" if pause.end_at else "on"
        yield f"paused from {moment(pause.start_at, zone)} {end}"
    if clock.stopped_at:
        yield f"stopped {moment(clock.stopped_at, zone)}"
    if clock.reopenings:
        yield f"reopened {count(clock.reopenings, 'time')}"


def _show_wait(console: Console, told: Explanation) -> None:
    wait, rule = told.wait, told.judgement.policy.waiting
    if wait is None:
        return
    print_section(console, "Waiting for the client")
    asked, remind, due = (moment(each, told.zone) for each in (wait.asked_at, wait.remind_at, wait.due_at))
    reminder = f"reminded after {remind}, " if "reminder" in told.judgement.policy.client_notes else ""
    told_of = f"asked {asked}, {reminder}ended after {due}, in working hours only"
    print_hanging(console, text("  "), text(told_of, (clause_label(rule.clause), "dim")))


def _show_ladder(console: Console, told: Explanation) -> None:
    if told.ladder:
        print_section(console, "Ladder")
    for step in told.ladder:
        when = f"{step.share:>5.0%}  {moment(step.due_at, told.zone):<20}"
        head = text(f"  {METRICS[step.metric]:<16}{word(step.step):<12}{when}  ")
        print_hanging(console, head, text(STEP_STATES[step.state]))

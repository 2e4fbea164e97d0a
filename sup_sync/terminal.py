"""What the commands print: plans, queues, explanations and reports, laid out for a terminal or a pipe."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta, tzinfo
from io import TextIOWrapper
from typing import Any, Protocol, TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from sup_sync.clock import Standing, Verdict
from sup_sync.errors import Mistake
from sup_sync.explanation import ClockStory, Explanation, StepState
from sup_sync.issue import Finding, Side
from sup_sync.judgement import Judgement
from sup_sync.plan import NOTES, Change, Plan
from sup_sync.policy import Metric
from sup_sync.queue import Queue, QueueEntry
from sup_sync.report import Group, PlanSummary, Report, Tally

PIPE_WIDTH = 100
LEAST_WIDTH = 40
SUBJECT_WIDTH = 24
"""Columns that a subject needs; where there are fewer it goes on a line of its own."""

FIELD_WIDTH, VALUE_WIDTH = 18, 16
"""Columns of a plan's field names, and of a moment."""

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LEVELS = {"vip": "VIP", "base": "Base"}
METRICS = {Metric.FIRST_RESPONSE: "first response", Metric.RESOLUTION: "closing"}
SHORT_METRICS = {Metric.FIRST_RESPONSE: "response", Metric.RESOLUTION: "closing"}
STYLES = {Standing.BREACHED: "red", Standing.AT_RISK: "yellow", Standing.MET: "green"}
STEP_STATES = {
    StepState.SENT: "sent",
    StepState.DUE: "due: the next run sends it",
    StepState.PASSED_OVER: "due, but a higher one goes out",
    StepState.AHEAD: "ahead",
    StepState.STOPPED: "not needed: the clock stopped",
    StepState.NOT_ENFORCED: "never: filed before `enforce_from`",
    StepState.UNKNOWN: "unknown: the marker was edited by hand",
}


class OutcomeLike(Protocol):
    """How the writing of one request's changes ended (see `sup_sync.writing.Outcome`)."""

    @property
    def issue_id(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def text(self) -> str: ...


class AppliedLike(Protocol):
    """What a run did (see `sup_sync.sync.Applied`)."""

    @property
    def plan(self) -> Plan: ...
    @property
    def outcomes(self) -> Sequence[OutcomeLike]: ...
    @property
    def set_aside(self) -> int: ...


def make_console(file: TextIO | None = None) -> Console:
    """The console for data: as wide as the terminal or COLUMNS, else of a fixed width, and plain."""
    if file is None and isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    console = Console(file=file, markup=False, emoji=False, highlight=False)
    if not console.is_terminal and not os.environ.get("COLUMNS", "").isdigit():
        console.width = PIPE_WIDTH
    console.width = max(console.width, LEAST_WIDTH)
    return console


@contextmanager
def progress(quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr, told how many of how many are done; none where nobody would see it."""
    console = Console(stderr=True, markup=False, emoji=False, highlight=False)
    if quiet or not console.is_terminal:
        yield lambda _done, _total: None
        return
    columns = (TextColumn("requests"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("")
        yield lambda done, total: bar.update(task, completed=done, total=total)


def clean(text: str) -> str:
    """A text of somebody else's as one printable line: without control characters, and none that turn its direction."""
    return "".join(each if each.isprintable() else " " * each.isspace() for each in text)


def duration(length: timedelta) -> str:
    """A length of time in whole hours and minutes: `2 h 10 min`."""
    minutes = int(abs(length).total_seconds()) // 60
    hours, rest = divmod(minutes, 60)
    if not minutes:
        return "under 1 min" if length else "0 min"
    return " ".join([*([f"{hours} h"] if hours else []), *([f"{rest} min"] if rest else [])])


def moment(at: datetime | None, zone: tzinfo | None = None) -> str:
    """A moment on the support's wall clock, with its weekday."""
    if at is None:
        return "—"
    local = at.astimezone(zone) if zone else at
    return f"{WEEKDAYS[local.weekday()]} {local:%Y-%m-%d %H:%M}"


def _text(*parts: str | tuple[str, str]) -> Text:
    """A line of cleaned words, each plain or with its style; nothing in them is markup."""
    text = Text()
    for part in parts:
        words, style = (part, "") if isinstance(part, str) else part
        text.append(clean(words), style)
    return text


def _line(console: Console, *parts: str | tuple[str, str]) -> None:
    """One line, cut where it is too long."""
    console.print(_text(*parts), no_wrap=True, overflow="ellipsis")


def _hang(console: Console, head: Text, body: Text) -> None:
    """A line that goes on below its body where it is too long."""
    first, *rest = body.wrap(console, max(console.width - head.cell_len, SUBJECT_WIDTH // 2)) or [Text()]
    console.print(head + first, no_wrap=True, overflow="ellipsis")
    for line in rest:
        console.print(Text(" " * head.cell_len) + line, no_wrap=True, overflow="ellipsis")


def _print_table(console: Console, table: Table) -> None:
    """A table without blanks at the ends of its lines."""
    for segments in console.render_lines(table, pad=False):
        line = Text.assemble(*((each.text, each.style or "") for each in segments))
        line.rstrip()
        console.print(line, no_wrap=True, overflow="ellipsis")


def _table(*headers: str, right: Iterable[str] = (), gap: int = 2) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, gap, 0, 0), header_style="dim", show_header=any(headers))
    for header in headers:
        table.add_column(Text(header), justify="right" if header in right else "left", no_wrap=True, vertical="bottom")
    return table


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _word(key: str | None) -> str:
    return "—" if key is None else key.replace("_", " ")


def _level(key: str | None) -> str:
    return LEVELS.get(key or "", _word(key))


def _clause(clause: str) -> str:
    return f"clause {clause}" if clause[:1].isdigit() else clause


def _title(judgement: Judgement) -> str:
    terms = (_level(judgement.level), *map(_word, (judgement.category, judgement.priority, judgement.channel)))
    return " · ".join(terms)


def _heading(console: Console, judgement: Judgement) -> None:
    issue = judgement.issue
    _line(console, (f"#{issue.id} {_title(judgement)}", "bold"), f" — {issue.subject}")


# ---- plan and apply


def show_plan(console: Console, plan: Plan, judgements: Iterable[Judgement]) -> None:
    """What would change on each request, value by value, then the findings, then a line of figures."""
    by_id = {each.issue.id: each for each in judgements}
    for issue_id, changes in plan.by_issue():
        _heading(console, by_id[issue_id])
        for change in changes:
            _show_change(console, change)
        console.print()
    show_findings(console, plan.findings)
    _line(console, (_plan_summary(PlanSummary.of(plan)), "bold"))


def _show_change(console: Console, change: Change) -> None:
    """The value, and behind it why; where that does not fit, why goes below."""
    sign, style = _sign(change)
    value = " → ".join(filter(None, (change.old, change.new)))
    why = " ".join(filter(None, (change.reason, f"({_clause(change.clause)})" if change.clause else "")))
    head = _text((f"  {sign} ", style), f"{change.field:<{FIELD_WIDTH}}  ")
    indent = head.cell_len
    head.append_text(_text((f"{value:<{VALUE_WIDTH}}", "" if change.new else "strike")))
    if head.cell_len + len(why) + 2 <= console.width:
        console.print(head + _text(f"  {why}".rstrip()), no_wrap=True, overflow="ellipsis")
        return
    head.rstrip()
    console.print(head, no_wrap=True, overflow="ellipsis")
    _hang(console, Text(" " * indent), _text((why, "dim")))


def _sign(change: Change) -> tuple[str, str]:
    if change.field in NOTES:
        return "!", "bold magenta"
    if not change.old:
        return "+", "green"
    return ("~", "yellow") if change.new else ("-", "red")


def _plan_summary(figures: PlanSummary) -> str:
    values = [(figures.set, "to set"), (figures.change, "to change"), (figures.clear, "to clear")]
    parts = [f"{number} {words}" for number, words in values if number]
    if parts:
        number, _, words = parts[0].partition(" ")
        parts[0] = f"{_count(int(number), 'value')} {words}"
    parts += [_count(figures.notes, "note")] if figures.notes else []
    findings = f" {_count(figures.findings, 'finding')}." if figures.findings else ""
    if parts:
        return f"Plan: {', '.join(parts)} on {figures.requests} of {_count(figures.judged, 'request')}.{findings}"
    verb = "stands" if figures.judged == 1 else "stand"
    return f"Nothing to do: {_count(figures.judged, 'request')} {verb} as the regulation wants.{findings}"


def show_findings(console: Console, findings: Sequence[Finding]) -> None:
    """What a person should look at, in the order of the requests."""
    if not findings:
        return
    _line(console, ("Findings", "bold"))
    width = max(len(str(each.issue_id)) for each in findings)
    for each in findings:
        clause = f" ({_clause(each.clause)})" if each.clause else ""
        _hang(console, _text(f"  #{each.issue_id:<{width}}  "), _text(each.text, (clause, "dim")))
    console.print()


def show_outcomes(console: Console, outcomes: Sequence[OutcomeLike]) -> None:
    """Every write that was not applied, and how many ended how."""
    counts = Counter(str(each.kind) for each in outcomes)
    for each in outcomes:
        if each.kind != "applied":
            _hang(console, _text((f"  {each.kind:<8}", "yellow"), f"#{each.issue_id}  "), _text(each.text))
    kinds = [f"{number} {kind}" for kind, number in sorted(counts.items(), key=lambda pair: _OUTCOMES.index(pair[0]))]
    _line(console, (f"Written: {', '.join(kinds)}." if kinds else "Nothing was to be written.", "bold"))


_OUTCOMES = ("applied", "already", "stale", "refused", "failed")


def show_applied(console: Console, done: AppliedLike) -> None:
    """What a run found, wrote and could not judge."""
    show_findings(console, done.plan.findings)
    show_outcomes(console, done.outcomes)
    if done.set_aside:
        _line(console, (f"{_count(done.set_aside, 'request')} could not be judged: see the findings.", "yellow"))


# ---- queue


def show_queue(console: Console, queue: Queue) -> None:
    """The requests in the order to work on, and with how many it is somebody else's turn."""
    turns = [each for each in queue.entries if not each.is_stuck]
    if turns:
        _show_turns(console, queue, turns)
    if any(each.jumps for each in turns):
        _line(console, ("↑ out of turn (clause 22)", "dim"))
    stuck = queue.entries[len(turns) :]
    if stuck:
        console.print()
        _line(console, ("Nobody can work on these as they are", "bold"))
    for entry in stuck:
        _hang(console, _text(f"  #{entry.judgement.issue.id}  "), _text(entry.reason))
    console.print()
    _line(
        console,
        (f"{_count(len(turns), 'request')} to work on", "bold"),
        f"; {queue.waiting} waiting for the client, {queue.development} with development.",
    )


def _show_turns(console: Console, queue: Queue, turns: Sequence[QueueEntry]) -> None:
    """One line for each, its subject behind where that has room, else below."""
    rows = [_turn(place, entry, queue.zone) for place, entry in enumerate(turns, 1)]
    headers = ("", "#", "level", "priority", "next", "due", "time left")
    columns = [max(len(header), *(row[k].cell_len for row in rows)) for k, header in enumerate(headers)]
    gap = 2 if sum(columns) + 2 * len(columns) <= console.width else 1
    rest = console.width - sum(columns) - gap * len(columns)
    is_wide = rest >= SUBJECT_WIDTH
    table = _table(*headers, *(["subject"] if is_wide else []), right=("", "#"), gap=gap)
    for row, entry in zip(rows, turns, strict=True):
        subject = _text(entry.judgement.issue.subject)
        subject.truncate(rest if is_wide else console.width, overflow="ellipsis")
        table.add_row(*row, *([subject] if is_wide else []))
    if is_wide:
        _print_table(console, table)
    else:
        _print_with_subjects(console, table, turns, indent=columns[0] + columns[1] + 2 * gap)


def _print_with_subjects(console: Console, table: Table, turns: Sequence[QueueEntry], indent: int) -> None:
    header, *lines = console.render_lines(table, pad=False)
    subjects = ["", *(entry.judgement.issue.subject for entry in turns)]
    for segments, subject in zip([header, *lines], subjects, strict=True):
        line = Text.assemble(*((each.text, each.style or "") for each in segments))
        line.rstrip()
        console.print(line, no_wrap=True, overflow="ellipsis")
        if subject:
            _line(console, (" " * indent + subject, "dim"))


def _turn(place: int, entry: QueueEntry, zone: tzinfo) -> list[Text]:
    judgement = entry.judgement
    outcome = judgement.verdict(entry.metric).outcome if entry.metric else Standing.NO_TARGET
    return [
        _text((f"↑ {place}" if entry.jumps else str(place), "bold" if entry.jumps else "")),
        _text(str(judgement.issue.id)),
        _text(_level(judgement.level)),
        _text((_word(judgement.priority), "bold" if entry.jumps else "")),
        _text(SHORT_METRICS[entry.metric] if entry.metric else "—"),
        _text(moment(entry.due_at, zone)),
        _text((_left(entry.left, outcome), STYLES.get(outcome, ""))),
    ]


def _left(left: timedelta | None, outcome: Standing) -> str:
    if left is None:
        return "no target"
    return f"breached {duration(left)} ago" if outcome is Standing.BREACHED else f"{duration(left)} left"


# ---- explanation


def show_explanation(console: Console, told: Explanation) -> None:
    """One request's story, part by part."""
    _heading(console, told.judgement)
    _line(console, f"as it stands {moment(told.now, told.zone)}")
    for show in (_show_terms, _show_events, _show_stays, _show_clocks, _show_ladder):
        show(console, told)
    console.print()
    show_findings(console, told.findings)


def _section(console: Console, title: str) -> None:
    console.print()
    _line(console, (title, "bold"))


def _show_terms(console: Console, told: Explanation) -> None:
    _section(console, "Terms")
    for term in told.terms:
        value = _level(term.value) if term.name == "level" else _word(term.value)
        clause = f" ({_clause(term.clause)})" if term.clause else ""
        _hang(console, _text(f"  {term.name:<10}{value:<18}  "), _text(term.because, (clause, "dim")))
    for step in told.priorities:
        wish = "" if step.shown == step.counts else f", a wish: {step.counts} counts"
        who = f"{step.side} {step.name}"
        _hang(console, _text(f"  {'':<10}{moment(step.at, told.zone)}  "), _text(f"{_word(step.shown)} by {who}{wish}"))


def _show_events(console: Console, told: Explanation) -> None:
    _section(console, "What happened")
    names = max(len(clean(each.name)) for each in told.events)
    for each in told.events:
        style = "cyan" if each.side is Side.CLIENT else ""
        who = f"{each.side:<8}{clean(each.name):<{min(names, 20)}}  "
        _hang(console, _text(f"  {moment(each.at, told.zone)}  ", (who, style)), _text(", ".join(each.what)))


def _show_stays(console: Console, told: Explanation) -> None:
    _section(console, "Where its time went")
    table = _table("  with", "from", "working time", "all", right=("working time", "all"))
    for stay in told.stays:
        table.add_row(*_times(stay.party, moment(stay.start_at, told.zone), stay.working, stay.wall))
    for share in told.ledger:
        if share.wall:
            table.add_row(*_times(share.party, "in all", share.working, share.wall), style="bold")
    _print_table(console, table)


def _times(party: str, when: str, working: timedelta | None, wall: timedelta) -> list[Text]:
    return [
        _text(f"  {party}"),
        _text(when),
        _text("—" if working is None else duration(working)),
        _text(duration(wall)),
    ]


def _show_clocks(console: Console, told: Explanation) -> None:
    _section(console, "Targets")
    clocks = {each.metric: each for each in told.clocks}
    for verdict in told.judgement.verdicts:
        clause = f" ({_clause(verdict.clause)})" if verdict.clause else ""
        name = _text(f"  {METRICS[verdict.metric]:<16}")
        outcome = _text(
            (_word(verdict.outcome), STYLES.get(verdict.outcome, "")), f": {verdict.reason}", (clause, "dim")
        )
        _hang(console, name, outcome)
        for line in _clock_lines(clocks[verdict.metric], verdict, told.zone) if verdict.metric in clocks else ():
            _hang(console, Text(" " * name.cell_len), _text(line))


def _clock_lines(clock: ClockStory, verdict: Verdict, zone: tzinfo) -> Iterator[str]:
    release = f", until the release on {clock.release_on}" if clock.release_on else ""
    of = f" of {duration(clock.within)}" if clock.within is not None else ""
    left = f", {_left(clock.left, verdict.outcome)}" if clock.left is not None else ""
    yield f"{duration(clock.elapsed)}{of} {clock.counts} time{left}{release}"
    yield f"counts from {moment(clock.counts_from, zone)}" + (
        f", due {moment(clock.due_at, zone)}" if clock.due_at else ""
    )
    for pause in clock.pauses:
        end = f"until {moment(pause.end_at, zone)}" if pause.end_at else "and still is"
        yield f"paused from {moment(pause.start_at, zone)} {end}"
    if clock.stopped_at:
        yield f"stopped {moment(clock.stopped_at, zone)}"
    if clock.reopenings:
        yield f"reopened {_count(clock.reopenings, 'time')}"


def _show_ladder(console: Console, told: Explanation) -> None:
    if not told.ladder:
        return
    _section(console, "Ladder")
    for step in told.ladder:
        when = moment(step.due_at, told.zone)
        head = f"  {METRICS[step.metric]:<16}{_word(step.step):<12}{step.share:>5.0%}  {when:<20}  "
        _hang(console, _text(head), _text(STEP_STATES[step.state]))


# ---- report


REPORT_HEADERS = ("", "all", "met", "breached", "running", "no target", "share", "median", "90 % in")


def show_report(console: Console, report: Report) -> None:
    """How far each target was kept, in all and group by group."""
    total = report.total
    span = f" filed {report.filed_from} to {report.filed_until}" if report.filed_from else ""
    aside = [(total.refused, "refused"), (total.set_aside, "not judged")]
    notes = "".join(f", {number} {words}" for number, words in aside if number)
    _line(console, (f"{_count(total.requests, 'request')}{span}{notes}", "bold"))
    for metric in Metric:
        _section(console, METRICS[metric].capitalize())
        _print_table(console, _report_table(console, report, metric))
    console.print()
    _hang(
        console,
        Text(),
        _text(
            (
                "running: within its target, in brackets those at risk; median, 90 %: time that stopped clocks took",
                "dim",
            )
        ),
    )


def _report_table(console: Console, report: Report, metric: Metric) -> Table:
    table = _table(*REPORT_HEADERS, right=REPORT_HEADERS[1:], gap=1 if console.width < PIPE_WIDTH else 2)
    table.add_row(_text("all"), *_figures(report.total, metric), style="bold")
    for dimension, groups in report.by.items():
        table.add_row(_text((f"by {dimension}", "dim")))
        for group in groups:
            name = _level(group.key) if dimension == "level" else _word(group.key)
            table.add_row(_text(f"  {name}"), *_figures(group, metric))
    return table


def _figures(group: Group, metric: Metric) -> list[Text]:
    tally: Tally = group.tally(metric)
    running = f"{tally.running} ({tally.at_risk})" if tally.at_risk else str(tally.running)
    counts = (str(group.requests), str(tally.met), str(tally.breached), running, str(tally.no_target))
    share = "—" if tally.share_met is None else f"{tally.share_met:.0%}"
    times = ("—" if each is None else duration(each) for each in (tally.median, tally.ninetieth))
    return [_text("·" if each == "0" else each) for each in (*counts, share, *times)]


# ---- due and check


def show_due(console: Console, targets: Sequence[Mapping[str, Any]]) -> None:
    """The targets of a described request, as `due` gives them: seconds, ISO moments with the support's offset."""
    table = _table("target", "within", "due", "clause", "agreement")
    for target in targets:
        within, due_at = target["within"], target["due_at"]
        table.add_row(
            _text(METRICS[Metric(target["metric"])]),
            _text("no target" if within is None else duration(timedelta(seconds=within))),
            _text(moment(datetime.fromisoformat(due_at) if due_at else None)),
            _text(target["clause"]),
            _text(target["agreement"]),
        )
    _print_table(console, table)


def show_mistakes(console: Console, mistakes: Sequence[Mistake]) -> None:
    """Every mistake on a line of its own, never broken, so that an editor can jump to it; then how many."""
    for each in mistakes:
        console.print(_text((str(each), "yellow" if each.is_warning else "red")), soft_wrap=True)
    warnings = sum(each.is_warning for each in mistakes)
    parts = [_count(len(mistakes) - warnings, "mistake"), *([_count(warnings, "warning")] if warnings else [])]
    _line(console, (f"{', '.join(parts)}.", "bold"))

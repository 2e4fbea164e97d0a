"""The queue on the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sup_sync.output.terminal.labels import clause_label, count, label, moment, time_left
from sup_sync.output.terminal.layout import (
    STYLES,
    new_table,
    print_cards,
    print_hanging,
    print_line,
    print_section,
    print_summary,
    table_lines,
    text,
)
from sup_sync.output.terminal.level import level_label
from sup_sync.sla.clock import TargetStatus
from sup_sync.views.work_queue import Queue, QueueEntry

HEADERS = ("", "#", "level", "priority", "next", "due", "time left", "subject")
SHORT_METRICS = {"first_response": "response"}  # for a narrow column

SUBJECT_WIDTH = 24  # columns; with fewer, the subject goes on the next line


def show_queue(console: Console, queue: Queue) -> None:
    """Print the requests in the order to handle them, the blocked ones, and the number of those waiting elsewhere."""
    turns = [each for each in queue.entries if not each.is_blocked]
    if turns:
        _show_turns(console, turns, queue.zone)
    out_of_turn = [each.judgement.policy.clauses.out_of_turn for each in turns if each.out_of_turn]
    if out_of_turn:
        print_summary(console, (f"↑ out of turn{_clauses(out_of_turn)}", "dim"))
    unconfirmed = [each.judgement.policy.clauses.priority for each in turns if each.judgement.requested_priority]
    if unconfirmed:
        note = "(…?) requested by the client, not confirmed by staff"
        print_summary(console, (f"{note}{_clauses(unconfirmed)}", "dim"))
    _show_blocked(console, queue.entries[len(turns) :])
    if queue.entries:
        console.print()
    elsewhere = f"; {queue.waiting} waiting for the client, {queue.development} with development."
    print_summary(console, (f"{count(len(turns), 'request')} to work on", "bold"), elsewhere)


def _clauses(clauses: Sequence[str]) -> str:
    """Cite each clause once; requests may be judged by different versions of the regulation."""
    return clause_label(" and ".join(dict.fromkeys(clauses)))


def _show_blocked(console: Console, entries: Sequence[QueueEntry]) -> None:
    if entries:
        print_section(console, "Blocked")
    for entry in entries:
        print_hanging(console, text(f"  #{entry.judgement.issue.id}  "), text(entry.reason))


def _show_turns(console: Console, turns: Sequence[QueueEntry], zone: tzinfo) -> None:
    """Print one line per request, or a card if lines do not fit; narrow lines move the requested priority down."""
    for requested_below in (False, True):
        rows = [_row(position, entry, zone, requested_below=requested_below) for position, entry in enumerate(turns, 1)]
        widths = [max(len(header), *(row[k].cell_len for row in rows)) for k, header in enumerate(HEADERS[:-1])]
        if sum(widths) + len(widths) - 1 <= console.width:
            _show_lines(console, rows, widths)
            return
    rows = [_row(position, entry, zone, requested_below=False) for position, entry in enumerate(turns, 1)]
    print_cards(console, _table([[first, text("#") + number, *rest] for first, number, *rest in rows]), heads=2)


def _show_lines(console: Console, rows: Sequence[Sequence[Text]], widths: Sequence[int]) -> None:
    """Print the rows in columns of these widths; the subject is last in the line, or below it if there is no room."""
    gap = 2 if sum(widths) + 2 * len(widths) <= console.width else 1
    rest = console.width - sum(widths) - gap * len(widths)
    if rest >= SUBJECT_WIDTH:
        for *_, subject in rows:
            subject.truncate(rest, overflow="ellipsis")
        for line in table_lines(console, _table(rows, gap)):
            print_line(console, line)
        return
    indent = Text(" " * (widths[0] + widths[1] + 2 * gap))
    first, *lines = table_lines(console, _table([row[:-1] for row in rows], gap))
    print_line(console, first)
    for line, (*_, subject) in zip(lines, rows, strict=True):
        print_line(console, line)
        print_line(console, indent + subject)


def _table(rows: Sequence[Sequence[Text]], gap: int = 2) -> Table:
    """Create a table in which each row is one line."""
    table = new_table(*HEADERS[: len(rows[0])], right=HEADERS[:2], gap=gap)
    table.columns[0].no_wrap = True
    for row in rows:
        table.add_row(*row)
    return table


def _row(position: int, entry: QueueEntry, zone: tzinfo, *, requested_below: bool) -> list[Text]:
    judgement, emphasis = entry.judgement, "bold" if entry.out_of_turn else ""
    status = judgement.verdict(entry.metric).outcome if entry.metric else TargetStatus.NO_TARGET
    left = "no target" if entry.left is None else time_left(entry.left, status)
    requested = f"({label(judgement.requested_priority)}?)" if judgement.requested_priority else ""
    right, below = (
        ("", f"{requested} " if requested else "") if requested_below else (f" {requested}" if requested else "", "")
    )
    return [
        text((f"↑ {position}" if entry.out_of_turn else str(position), emphasis)),
        text(str(judgement.issue.id)),
        text(level_label(judgement.level)),
        text((label(judgement.priority), emphasis), (right, "dim")),
        text(SHORT_METRICS.get(entry.metric, label(entry.metric)) if entry.metric else "—"),
        text(moment(entry.due_at, zone)),
        text((left, STYLES.get(status, ""))),
        text((below, "dim"), judgement.issue.subject),
    ]

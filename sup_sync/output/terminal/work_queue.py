"""The queue on the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sup_sync.output.terminal.labels import clause_label, count, metric_label, moment, time_left, word
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
NEXT = {"first_response": "response"}
"""Shorter names of metrics, for a narrow column."""

SUBJECT_WIDTH = 24
"""Columns that a subject needs; where there are fewer it goes on a line of its own."""


def show_queue(console: Console, queue: Queue) -> None:
    """The requests in the order to work on, and with how many it is somebody else's turn."""
    turns = [each for each in queue.entries if not each.is_blocked]
    if turns:
        _show_turns(console, turns, queue.zone)
    jumping = [each.judgement.policy.clauses.out_of_turn for each in turns if each.out_of_turn]
    if jumping:
        print_summary(console, (f"↑ out of turn{_clauses(jumping)}", "dim"))
    wished = [each.judgement.policy.clauses.priority for each in turns if each.judgement.requested_priority]
    if wished:
        what = "(…?) the client's wish, which staff have not confirmed"
        print_summary(console, (f"{what}{_clauses(wished)}", "dim"))
    _show_stuck(console, queue.entries[len(turns) :])
    if queue.entries:
        console.print()
    elsewhere = f"; {queue.waiting} waiting for the client, {queue.development} with development."
    print_summary(console, (f"{count(len(turns), 'request')} to work on", "bold"), elsewhere)


def _clauses(clauses: Sequence[str]) -> str:
    """The clauses of the versions of the regulation by which these requests are judged."""
    return clause_label(" and ".join(dict.fromkeys(clauses)))


def _show_stuck(console: Console, entries: Sequence[QueueEntry]) -> None:
    if entries:
        print_section(console, "Nobody can work on these as they are")
    for entry in entries:
        print_hanging(console, text(f"  #{entry.judgement.issue.id}  "), text(entry.reason))


def _show_turns(console: Console, turns: Sequence[QueueEntry], zone: tzinfo) -> None:
    """One line for each, the wish beside the priority or the subject; a card for each where that has no room."""
    for wish_below in (False, True):
        rows = [_turn(place, entry, zone, wish_below=wish_below) for place, entry in enumerate(turns, 1)]
        widths = [max(len(header), *(row[k].cell_len for row in rows)) for k, header in enumerate(HEADERS[:-1])]
        if sum(widths) + len(widths) - 1 <= console.width:
            _show_lines(console, rows, widths)
            return
    rows = [_turn(place, entry, zone, wish_below=False) for place, entry in enumerate(turns, 1)]
    print_cards(console, _table([[first, text("#") + number, *rest] for first, number, *rest in rows]), heads=2)


def _show_lines(console: Console, rows: Sequence[Sequence[Text]], widths: Sequence[int]) -> None:
    """The rows in columns of these widths, the subject behind where it has room, else below."""
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
    """A line for each row, none of which goes on in another."""
    table = new_table(*HEADERS[: len(rows[0])], right=HEADERS[:2], gap=gap)
    table.columns[0].no_wrap = True
    for row in rows:
        table.add_row(*row)
    return table


def _turn(place: int, entry: QueueEntry, zone: tzinfo, *, wish_below: bool) -> list[Text]:
    judgement, emphasis = entry.judgement, "bold" if entry.out_of_turn else ""
    standing = judgement.verdict(entry.metric).outcome if entry.metric else TargetStatus.NO_TARGET
    left = "no target" if entry.left is None else time_left(entry.left, standing)
    wish = f"({word(judgement.requested_priority)}?)" if judgement.requested_priority else ""
    beside, below = ("", f"{wish} " if wish else "") if wish_below else (f" {wish}" if wish else "", "")
    return [
        text((f"↑ {place}" if entry.out_of_turn else str(place), emphasis)),
        text(str(judgement.issue.id)),
        text(level_label(judgement.level)),
        text((word(judgement.priority), emphasis), (beside, "dim")),
        text(NEXT.get(entry.metric, metric_label(entry.metric)) if entry.metric else "—"),
        text(moment(entry.due_at, zone)),
        text((left, STYLES.get(standing, ""))),
        text((below, "dim"), judgement.issue.subject),
    ]

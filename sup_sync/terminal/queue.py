"""The queue on the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

from rich.console import Console
from rich.text import Text

from sup_sync.clock import Standing
from sup_sync.policy import Metric
from sup_sync.queue import Queue, QueueEntry
from sup_sync.terminal.layout import (
    STYLES,
    count,
    left_words,
    level_word,
    moment,
    new_table,
    print_hanging,
    print_line,
    print_parts,
    print_section,
    print_summary,
    table_lines,
    text,
    word,
)

HEADERS = ("", "#", "level", "priority", "next", "due", "time left", "subject")
NEXT = {Metric.FIRST_RESPONSE: "response", Metric.RESOLUTION: "closing"}

SUBJECT_WIDTH = 24
"""Columns that a subject needs; where there are fewer it goes on a line of its own."""


def show_queue(console: Console, queue: Queue) -> None:
    """The requests in the order to work on, and with how many it is somebody else's turn."""
    turns = [each for each in queue.entries if not each.is_stuck]
    if turns:
        _show_turns(console, turns, queue.zone)
    if any(each.jumps for each in turns):
        print_parts(console, ("↑ out of turn (clause 22)", "dim"))
    if any(each.judgement.wish for each in turns):
        print_parts(console, ("(…?) the client's wish, which staff have not confirmed (clause 20)", "dim"))
    _show_stuck(console, queue.entries[len(turns) :])
    if queue.entries:
        console.print()
    elsewhere = f"; {queue.waiting} waiting for the client, {queue.development} with development."
    print_summary(console, (f"{count(len(turns), 'request')} to work on", "bold"), elsewhere)


def _show_stuck(console: Console, entries: Sequence[QueueEntry]) -> None:
    if entries:
        print_section(console, "Nobody can work on these as they are")
    for entry in entries:
        print_hanging(console, text(f"  #{entry.judgement.issue.id}  "), text(entry.reason))


def _show_turns(console: Console, turns: Sequence[QueueEntry], zone: tzinfo) -> None:
    """One line for each, its subject behind where that has room, else below."""
    *headers, subject = HEADERS
    rows = [_turn(place, entry, zone) for place, entry in enumerate(turns, 1)]
    widths = [max(len(header), *(row[k].cell_len for row in rows)) for k, header in enumerate(headers)]
    gap = 2 if sum(widths) + 2 * len(widths) <= console.width else 1
    is_wide = console.width - sum(widths) - gap * len(widths) >= SUBJECT_WIDTH
    table = new_table(*headers, *([subject] if is_wide else []), right=HEADERS[:2], gap=gap)
    subjects = [text(entry.judgement.issue.subject) for entry in turns]
    for row, about in zip(rows, subjects, strict=True):
        table.add_row(*row, *([about] if is_wide else []))
    first, *lines = table_lines(console, table)
    print_line(console, first)
    for line, about in zip(lines, subjects, strict=True):
        print_line(console, line)
        if not is_wide:
            print_line(console, Text(" " * (widths[0] + widths[1] + 2 * gap)) + about)


def _turn(place: int, entry: QueueEntry, zone: tzinfo) -> list[Text]:
    judgement, emphasis = entry.judgement, "bold" if entry.jumps else ""
    standing = judgement.verdict(entry.metric).outcome if entry.metric else Standing.NO_TARGET
    left = "no target" if entry.left is None else left_words(entry.left, standing)
    return [
        text((f"↑ {place}" if entry.jumps else str(place), emphasis)),
        text(str(judgement.issue.id)),
        text(level_word(judgement.level)),
        text((word(judgement.priority), emphasis), (f" ({word(judgement.wish)}?)" if judgement.wish else "", "dim")),
        text(NEXT[entry.metric] if entry.metric else "—"),
        text(moment(entry.due_at, zone)),
        text((left, STYLES.get(standing, ""))),
    ]

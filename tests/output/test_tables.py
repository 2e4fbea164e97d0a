"""Tables at any width: narrower gaps, wrapped columns, or cards, but never a cut cell."""

from __future__ import annotations

from collections import Counter

import pytest
from rich.cells import cell_len
from support.screens import screen_lines

from sup_sync.output.terminal.layout import new_table, print_hanging, print_table, text

HEADERS = ("client", "who", "due", "share\nmet")
ROWS = (
    ("«Алатау Трейд» ЖШС", "project alatau-trade", "Fri 2026-11-20 16:50", "77%"),
    ("АҚ", "bin 040440000237", "—", "100%"),
    ("", "bin", "Mon 2026-11-23 10:10", "·"),
)


def printed(width: int, *, wraps: bool = False) -> list[str]:
    table = new_table(*HEADERS, right=HEADERS[3:])
    for row in ROWS:
        table.add_row(*map(text, row))
    return screen_lines(lambda console: print_table(console, table, wraps=wraps), width)


@pytest.mark.parametrize("wraps", [False, True])
@pytest.mark.parametrize("width", range(40, 101))
def test_every_cell_is_printed_at_every_width(width: int, wraps: bool) -> None:
    lines = printed(width, wraps=wraps)
    assert all(cell_len(line) <= width and line == line.rstrip() for line in lines)
    words = Counter(" ".join(lines).split())
    for row in ROWS:
        assert all(words[word] for cell in row for word in cell.split())
    assert "…" not in " ".join(lines)


def test_table_that_fits_is_printed_as_a_table() -> None:
    assert printed(80) == [
        "                                                                share",
        "client              who                   due                     met",
        "«Алатау Трейд» ЖШС  project alatau-trade  Fri 2026-11-20 16:50    77%",
        "АҚ                  bin 040440000237      —                      100%",
        "                    bin                   Mon 2026-11-23 10:10      ·",
    ]


def test_first_column_wraps_when_a_table_is_too_wide() -> None:
    assert printed(66)[2:5] == [
        "«Алатау Трейд»",
        "ЖШС              project alatau-trade  Fri 2026-11-20 16:50    77%",
        "АҚ               bin 040440000237      —                      100%",
    ]


def test_table_without_room_becomes_cards() -> None:
    assert printed(50) == [
        "«Алатау Трейд» ЖШС",
        "    who        project alatau-trade",
        "    due        Fri 2026-11-20 16:50",
        "    share met  77%",
        "АҚ",
        "    who        bin 040440000237",
        "    due        —",
        "    share met  100%",
        "    who        bin",
        "    due        Mon 2026-11-23 10:10",
        "    share met  ·",
    ]


def test_body_goes_below_a_head_that_fills_the_line() -> None:
    head, body = text("  first response  at risk  75%  "), text("sent by the next run")
    assert screen_lines(lambda console: print_hanging(console, head, body), 40) == [
        "  first response  at risk  75%",
        "    sent by the next run",
    ]

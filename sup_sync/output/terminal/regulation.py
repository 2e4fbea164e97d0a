"""The regulation on the terminal, in any language."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from sup_sync.output.terminal.layout import new_table, print_hanging, print_section, print_summary, print_table, text
from sup_sync.output.texts.regulation import Pair, RegulationText


def show_regulation(console: Console, regulation_text: RegulationText) -> None:
    """Print the targets of each level as a table, then the other rules as lists."""
    print_summary(console, (regulation_text.title, "bold"))
    for line in regulation_text.head:
        print_summary(console, line)
    for table in regulation_text.tables:
        print_section(console, table.title)
        screen_table = new_table(*table.headers)
        for cells in table.rows:
            screen_table.add_row(*map(text, cells))
        print_table(console, screen_table, wraps=True)
    for title, pairs in regulation_text.lists:
        print_section(console, title)
        for pair in pairs:
            _show_pair(console, pair)


def _show_pair(console: Console, pair: Pair) -> None:
    name, details = pair
    print_hanging(console, Text("  "), text(f"{name}: {details}" if details else name))

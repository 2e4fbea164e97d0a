"""What the configuration alone tells, on the terminal: targets and mistakes."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from sup_sync.errors import Mistake
from sup_sync.output.terminal.labels import count, word
from sup_sync.output.terminal.layout import new_table, print_summary, print_table, text
from sup_sync.output.terminal.level import level_label
from sup_sync.views.contracts import ContractState, ContractStatus

TERM_STYLES = {ContractStatus.ENDS_SOON: "yellow", ContractStatus.ENDED: "dim", ContractStatus.COMING: "dim"}


def show_clients(console: Console, states: Sequence[ContractState]) -> None:
    """Every contract with its days left, the one that ends first at the top."""
    table = new_table("client", "level", "who", "from", "until", "days left", right=("days left",))
    for state in states:
        contract, style = state.contract, TERM_STYLES.get(state.status, "")
        left = str(state.days_left) if state.days_left else word(state.status)
        days = (contract.first_on, contract.last_on)
        cells = (contract.client, level_label(contract.level), " ".join(contract.client_key), *days, left)
        table.add_row(*(text((str(cell), style)) for cell in cells))
    print_table(console, table)
    soon = [state for state in states if state.status is ContractStatus.ENDS_SOON]
    for state in soon:
        print_summary(console, (f"{state.contract.client}: ends in {count(state.days_left, 'day')}", "yellow"))


def show_mistakes(console: Console, mistakes: Sequence[Mistake]) -> None:
    """Every mistake on a line of its own, never broken, so that an editor can jump to it."""
    for each in mistakes:
        console.print(text((str(each), "yellow" if each.is_warning else "red")), soft_wrap=True)

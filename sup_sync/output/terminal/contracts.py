"""The contracts of clients, and the mistakes of a configuration, on the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from sup_sync.errors import Mistake
from sup_sync.output.terminal.labels import count, label
from sup_sync.output.terminal.layout import new_table, print_summary, print_table, text
from sup_sync.output.terminal.level import level_label
from sup_sync.views.contracts import ContractState, ContractStatus

STATUS_STYLES = {ContractStatus.ENDS_SOON: "yellow", ContractStatus.ENDED: "dim", ContractStatus.COMING: "dim"}


def show_clients(console: Console, states: Sequence[ContractState]) -> None:
    """Print every contract with its days left, the first to end at the top."""
    table = new_table("client", "level", "who", "from", "until", "days left", right=("days left",))
    for state in states:
        contract, style = state.contract, STATUS_STYLES.get(state.status, "")
        left = str(state.days_left) if state.days_left else label(state.status)
        days = (contract.first_on, contract.last_on)
        cells = (contract.client, level_label(contract.level), " ".join(contract.client_key), *days, left)
        table.add_row(*(text((str(cell), style)) for cell in cells))
    print_table(console, table)
    soon = [state for state in states if state.status is ContractStatus.ENDS_SOON]
    for state in soon:
        print_summary(console, (f"{state.contract.client}: ends in {count(state.days_left, 'day')}", "yellow"))


def show_mistakes(console: Console, mistakes: Sequence[Mistake]) -> None:
    """Print each mistake on one unbroken line, so that an editor can jump to it."""
    for each in mistakes:
        console.print(text((str(each), "yellow" if each.is_warning else "red")), soft_wrap=True)

"""The contracts and their status on a day (clause 3)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Any

from sup_sync.immutable import value
from sup_sync.model.policy import Contract

ENDS_SOON_DAYS = 30  # the last day included


class ContractStatus(StrEnum):
    """The status of a contract on a day."""

    COMING = "coming"
    RUNNING = "running"
    ENDS_SOON = "ends_soon"
    ENDED = "ended"


@value
class ContractState:
    """A contract on a day; `days_left` includes the last day, and is 0 if the contract is not running."""

    contract: Contract
    status: ContractStatus
    days_left: int

    def to_json(self) -> dict[str, Any]:
        """Return {"client", "level", "by" (project, group or bin), "who", "from", "until", "status", "days_left"}."""
        by, who = self.contract.client_key
        return {
            "client": self.contract.client,
            "level": self.contract.level,
            "by": by,
            "who": who,
            "from": self.contract.first_on.isoformat(),
            "until": self.contract.last_on.isoformat(),
            "status": self.status.value,
            "days_left": self.days_left,
        }


def contract_states(contracts: Iterable[Contract], today: date) -> tuple[ContractState, ...]:
    """Return the state of every contract, in order of the last day, with ended contracts last."""
    states = (_state(contract, today) for contract in contracts)
    return tuple(
        sorted(
            states, key=lambda each: (each.status is ContractStatus.ENDED, each.contract.last_on, each.contract.client)
        )
    )


def _state(contract: Contract, today: date) -> ContractState:
    if today < contract.first_on:
        return ContractState(contract, ContractStatus.COMING, 0)
    days_left = (contract.last_on - today).days + 1
    if days_left <= 0:
        return ContractState(contract, ContractStatus.ENDED, 0)
    return ContractState(
        contract, ContractStatus.ENDS_SOON if days_left <= ENDS_SOON_DAYS else ContractStatus.RUNNING, days_left
    )

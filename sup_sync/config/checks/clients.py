"""Checks of the contracts in clients.yaml: defined terms, expiry, overlaps, contradictions."""

from __future__ import annotations

from collections.abc import Iterator

from sup_sync.config.checks.files import CLIENTS, Check, Files
from sup_sync.config.yaml_file import Place
from sup_sync.errors import Mistake


def check_contracts(files: Files) -> Iterator[Mistake]:
    if not files.clients:
        return
    contracts = files.clients.contracts
    for index, contract in enumerate(contracts):
        place: Place = ("contracts", index)
        yield from files.undefined_terms(CLIENTS, (*place, "level"), [contract.level], "levels")
        if contract.project and files.config and contract.last_on >= files.today:  # an ended one is history
            known = files.config.projects
            if contract.project not in known:
                text = f"project {contract.project!r} is not in config.yaml; add it or choose from {', '.join(known)}"
                yield files.mistake(CLIENTS, (*place, "project"), text)
        last_on = max(each.last_on for each in contracts if each.client == contract.client)
        if contract.last_on == last_on < files.today:
            text = f"contract of {contract.client} expired on {last_on}; renew it, or it does not apply to new requests"
            yield files.mistake(CLIENTS, (*place, "until"), text, is_warning=True)


def check_contracts_do_not_overlap(files: Files) -> Iterator[Mistake]:
    """Report two contracts with the same client key on the same day: which one applies is undefined."""
    contracts = files.clients.contracts if files.clients else ()
    for index, later in enumerate(contracts):
        for first, earlier in enumerate(contracts[:index]):
            is_same = (earlier.project, earlier.group, earlier.bin) == (later.project, later.group, later.bin)
            if is_same and earlier.first_on <= later.last_on and later.first_on <= earlier.last_on:
                line = files.sources[CLIENTS].line(("contracts", first))
                text = f"overlaps the contract on line {line} for the same client; end one before the other starts"
                yield files.mistake(CLIENTS, ("contracts", index), text)


def check_contracts_do_not_contradict(files: Files) -> Iterator[Mistake]:
    """Report a client with two levels at the same time, for example one by project and one by BIN."""
    contracts = files.clients.contracts if files.clients else ()
    for index, later in enumerate(contracts):
        for first, earlier in enumerate(contracts[:index]):
            is_same_time = earlier.first_on <= later.last_on and later.first_on <= earlier.last_on
            if is_same_time and earlier.client == later.client and earlier.level != later.level:
                line = files.sources[CLIENTS].line(("contracts", first))
                text = f"{later.client}: level {later.level} here, but {earlier.level} on line {line} for the same days"
                yield files.mistake(CLIENTS, ("contracts", index, "level"), f"{text}; correct one of them")


CHECKS: tuple[Check, ...] = (
    check_contracts,
    check_contracts_do_not_overlap,
    check_contracts_do_not_contradict,
)

"""Whether the contracts of clients.yaml are told apart, and who has to be asked to renew."""

from __future__ import annotations

from collections.abc import Iterator

from sup_sync.config.checks.files import CLIENTS, Check, Files
from sup_sync.config.yaml_file import Place
from sup_sync.errors import Mistake


def check_contracts(files: Files) -> Iterator[Mistake]:
    if not files.clients:
        return
    contracts = files.clients.contracts
    for number, contract in enumerate(contracts):
        place: Place = ("contracts", number)
        yield from files.undefined_words(CLIENTS, (*place, "level"), [contract.level], "levels")
        if contract.project and files.config:
            known = files.config.projects
            if contract.project not in known:
                text = (
                    f"project {contract.project!r} is not in config.yaml: correct it here or there: {', '.join(known)}"
                )
                yield files.mistake(CLIENTS, (*place, "project"), text)
        last_on = max(each.last_on for each in contracts if each.client == contract.client)
        if contract.last_on == last_on < files.today:
            text = f"contract of {contract.client} expired on {last_on}: renew it, else new requests are judged without"
            yield files.mistake(CLIENTS, (*place, "until"), text, is_warning=True)


def check_contracts_do_not_overlap(files: Files) -> Iterator[Mistake]:
    """Of two contracts for the same client on the same day, nobody could say which counts."""
    contracts = files.clients.contracts if files.clients else ()
    for number, later in enumerate(contracts):
        for first, earlier in enumerate(contracts[:number]):
            is_same = (earlier.project, earlier.group, earlier.bin) == (later.project, later.group, later.bin)
            if is_same and earlier.first_on <= later.last_on and later.first_on <= earlier.last_on:
                line = files.sources[CLIENTS].line(("contracts", first))
                text = f"overlaps the contract of line {line} for the same client: let one end before the other begins"
                yield files.mistake(CLIENTS, ("contracts", number), text)


def check_contracts_do_not_contradict(files: Files) -> Iterator[Mistake]:
    """A client known in two ways, by project and by BIN say, has one level at a time."""
    contracts = files.clients.contracts if files.clients else ()
    for number, later in enumerate(contracts):
        for first, earlier in enumerate(contracts[:number]):
            is_same_time = earlier.first_on <= later.last_on and later.first_on <= earlier.last_on
            if is_same_time and earlier.client == later.client and earlier.level != later.level:
                line = files.sources[CLIENTS].line(("contracts", first))
                text = f"{later.client}: level {later.level} here, {earlier.level} in line {line} on the same days"
                yield files.mistake(CLIENTS, ("contracts", number, "level"), f"{text}: correct one of them")


CHECKS: tuple[Check, ...] = (
    check_contracts,
    check_contracts_do_not_overlap,
    check_contracts_do_not_contradict,
)

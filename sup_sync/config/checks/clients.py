"""Checks of the contracts in clients.yaml: defined terms, expiry, overlaps, contradictions.

None compares every contract with every other, since a desk may keep tens of thousands of expired ones.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator

from sup_sync.config.checks.files import CLIENTS, Check, Files
from sup_sync.config.shapes import ContractShape
from sup_sync.config.yaml_file import Place
from sup_sync.errors import Mistake

Indexed = tuple[int, ContractShape]  # a contract with its index in the file


def check_contracts(files: Files) -> Iterator[Mistake]:
    if not files.clients:
        return
    contracts = files.clients.contracts
    projects = files.config and dict.fromkeys(files.config.projects)
    levels = dict.fromkeys(each.level for each in contracts)
    undefined = {each for each in levels if any(files.undefined_terms(CLIENTS, ("contracts",), [each], "levels"))}
    last_days = {each.client: each.last_on for each in sorted(contracts, key=lambda each: each.last_on)}
    for index, contract in enumerate(contracts):
        place: Place = ("contracts", index)
        if contract.level in undefined:
            yield from files.undefined_terms(CLIENTS, (*place, "level"), [contract.level], "levels")
        is_history = contract.last_on < files.today
        if contract.project and projects and contract.project not in projects and not is_history:
            text = f"project {contract.project!r} is not in config.yaml; add it or choose from {', '.join(projects)}"
            yield files.mistake(CLIENTS, (*place, "project"), text)
        last_on = last_days[contract.client]
        if is_history and contract.last_on == last_on:
            text = f"contract of {contract.client} expired on {last_on}; renew it, or it does not apply to new requests"
            yield files.mistake(CLIENTS, (*place, "until"), text, is_warning=True)


def check_contracts_do_not_overlap(files: Files) -> Iterator[Mistake]:
    """Report two contracts with the same client key on the same day: which one applies is undefined."""
    for contracts in _groups(files, lambda each: (each.project, each.group, each.bin)):
        latest: Indexed | None = None  # of those that start earlier, the one that ends last
        for index, contract in contracts:
            if latest and contract.first_on <= latest[1].last_on:
                first, later = sorted((index, latest[0]))
                line = files.sources[CLIENTS].line(("contracts", first))
                text = f"overlaps the contract on line {line} for the same client; end one before the other starts"
                yield files.mistake(CLIENTS, ("contracts", later), text)
            if latest is None or contract.last_on > latest[1].last_on:
                latest = index, contract


def check_contracts_do_not_contradict(files: Files) -> Iterator[Mistake]:
    """Report a client with two levels at the same time, for example one by project and one by BIN."""
    for contracts in _groups(files, lambda each: each.client):
        latest: dict[str, Indexed] = {}  # by level: of those that start earlier, the one that ends last
        for index, contract in contracts:
            for level, (other_index, other) in latest.items():
                if level != contract.level and contract.first_on <= other.last_on:
                    yield _contradiction(files, *sorted(((index, contract), (other_index, other)), key=_index))
            if contract.level not in latest or contract.last_on > latest[contract.level][1].last_on:
                latest[contract.level] = index, contract


def _index(indexed: Indexed) -> int:
    return indexed[0]


def _contradiction(files: Files, earlier: Indexed, later: Indexed) -> Mistake:
    line = files.sources[CLIENTS].line(("contracts", earlier[0]))
    text = f"{later[1].client}: level {later[1].level} here, but {earlier[1].level} on line {line} for the same days"
    return files.mistake(CLIENTS, ("contracts", later[0], "level"), f"{text}; correct one of them")


def _groups(files: Files, key: Callable[[ContractShape], Hashable]) -> Iterator[list[Indexed]]:
    """Yield contracts with the same key together, if two or more, with their indices, in order of the first day."""
    groups: dict[Hashable, list[Indexed]] = defaultdict(list)
    for indexed in enumerate(files.clients.contracts if files.clients else ()):
        groups[key(indexed[1])].append(indexed)
    for group in groups.values():
        if len(group) > 1:
            yield sorted(group, key=lambda each: (each[1].first_on, each[0]))


CHECKS: tuple[Check, ...] = (
    check_contracts,
    check_contracts_do_not_overlap,
    check_contracts_do_not_contradict,
)

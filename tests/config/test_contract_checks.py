"""The checks of contracts compare neighbours; they find the same clients as a comparison of all pairs."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from sup_sync.config.checks.clients import check_contracts_do_not_contradict, check_contracts_do_not_overlap
from sup_sync.config.checks.files import CLIENTS, Files, RegulationVersion
from sup_sync.config.shapes import ClientsShape, ContractShape
from sup_sync.config.yaml_file import YamlFile

FIRST_DAY = date(2026, 1, 1)


@st.composite
def contracts(draw: st.DrawFn) -> ContractShape:
    """Draw a contract of one of two clients, by one of two groups, within ten days."""
    start, length = draw(st.integers(0, 9)), draw(st.integers(0, 4))
    return ContractShape.model_validate(
        {
            "client": draw(st.sampled_from(["Алатау", "Сарыарқа"])),
            "group": draw(st.sampled_from(["A", "B"])),
            "level": draw(st.sampled_from(["base", "vip", "gold"])),
            "from": FIRST_DAY + timedelta(start),
            "until": FIRST_DAY + timedelta(start + length),
        }
    )


def make_files(rows: list[ContractShape]) -> Files:
    """Make files of which only clients.yaml was read, with contract N on line N + 1."""
    lines = {("contracts", index): index + 1 for index in range(len(rows))}
    version = RegulationVersion("regulation.yaml", None, ())
    return Files(
        sources={CLIENTS: YamlFile(CLIENTS, lines=lines)},
        config=None,
        tracker=None,
        calendar=None,
        clients=ClientsShape(contracts=tuple(rows)),
        messages=None,
        examples=None,
        version=version,
        versions=(version,),
        pruned=frozenset(),
        today=FIRST_DAY,
    )


def have_common_days(one: ContractShape, other: ContractShape) -> bool:
    return one.first_on <= other.last_on and other.first_on <= one.last_on


@given(st.lists(contracts(), max_size=8))
def test_overlaps_are_found_for_the_same_groups_as_by_comparing_all_pairs(rows: list[ContractShape]):
    wrong = {a.group for a, b in combinations(rows, 2) if a.group == b.group and have_common_days(a, b)}
    mistakes = list(check_contracts_do_not_overlap(make_files(rows)))
    assert {rows[each.line - 1].group for each in mistakes} == wrong
    assert len(mistakes) < max(len(rows), 1)


@given(st.lists(contracts(), max_size=8))
def test_contradictions_are_found_for_the_same_clients_as_by_comparing_all_pairs(rows: list[ContractShape]):
    pairs = [(a, b) for a, b in combinations(rows, 2) if a.client == b.client and a.level != b.level]
    wrong = {a.client for a, b in pairs if have_common_days(a, b)}
    mistakes = list(check_contracts_do_not_contradict(make_files(rows)))
    assert {rows[each.line - 1].client for each in mistakes} == wrong

"""Contracts: their status on a day, and mistakes in clients.yaml."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from stories.shipped import Copy

from sup_sync.model.policy import Contract
from sup_sync.views.contracts import ContractStatus, contract_states

YEAR = Contract("Алатау", "vip", date(2026, 1, 1), date(2026, 12, 31), project="alatau-trade")


@pytest.mark.parametrize(
    ("today", "status", "days_left"),
    [
        (date(2025, 12, 31), ContractStatus.COMING, 0),
        (date(2026, 1, 1), ContractStatus.RUNNING, 365),
        (date(2026, 12, 1), ContractStatus.RUNNING, 31),
        (date(2026, 12, 2), ContractStatus.ENDS_SOON, 30),
        (date(2026, 12, 31), ContractStatus.ENDS_SOON, 1),
        (date(2027, 1, 1), ContractStatus.ENDED, 0),
    ],
)
def test_contract_counts_its_days_to_the_last_one(today, status, days_left):
    (state,) = contract_states([YEAR], today)
    assert (state.status, state.days_left) == (status, days_left)


def test_contracts_are_ordered_by_last_day_with_expired_ones_last():
    ended = Contract("Ескі", "vip", date(2020, 1, 1), date(2020, 12, 31), bin="970240000816")
    later = Contract("Сарыарқа", "vip", date(2026, 1, 1), date(2027, 6, 30), group="Сарыарқа")
    states = contract_states([ended, later, YEAR], date(2026, 6, 1))
    assert [each.contract.client for each in states] == ["Алатау", "Сарыарқа", "Ескі"]
    assert [each.to_json()["by"] for each in states] == ["project", "group", "bin"]


def test_overlapping_contracts_of_a_client_are_a_mistake(tmp_path: Path):
    copy = Copy(tmp_path)
    line = "  - {client: Алатау, level: vip, project: alatau-trade, from: 2028-12-31, until: 2029-12-31}\n"
    copy.path("clients.yaml").write_text(copy.path("clients.yaml").read_text(encoding="utf-8") + line, encoding="utf-8")
    first, second = copy.line("clients.yaml", "alatau-trade"), copy.line("clients.yaml", "2029-12-31")
    text = f"overlaps the contract on line {first} for the same client; end one before the other starts"
    assert copy.mistakes() == [f"clients.yaml:{second}: {text}"]


def test_contract_that_follows_another_is_not_a_mistake(tmp_path: Path):
    copy = Copy(tmp_path)
    line = "  - {client: Алатау, level: vip, project: alatau-trade, from: 2029-01-01, until: 2029-12-31}\n"
    copy.path("clients.yaml").write_text(copy.path("clients.yaml").read_text(encoding="utf-8") + line, encoding="utf-8")
    assert copy.mistakes() == []


def test_client_with_two_levels_on_the_same_day_is_a_mistake(tmp_path: Path):
    copy = Copy(tmp_path)
    lines = (
        "  - {client: Алтын, level: vip, group: Алтын, from: 2026-01-01, until: 2026-12-31}\n"
        '  - {client: Алтын, level: base, bin: "970240000816", from: 2026-12-31, until: 2027-12-31}\n'
        '  - {client: Алтын, level: base, bin: "020240000555", from: 2027-01-01, until: 2027-12-31}\n'
    )
    copy.path("clients.yaml").write_text(
        copy.path("clients.yaml").read_text(encoding="utf-8") + lines, encoding="utf-8"
    )
    first, second = copy.line("clients.yaml", "group: Алтын"), copy.line("clients.yaml", "970240000816")
    text = f"Алтын: level base here, but vip on line {first} for the same days; correct one of them"
    assert copy.mistakes() == [f"clients.yaml:{second}: {text}"]

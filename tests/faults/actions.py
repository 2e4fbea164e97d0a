"""The actions of clients and staff in a simulation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from end_to_end.scene import CLIENT, OPERATOR
from faults.simulation import Simulation
from stories.shipped import shipped_config

OPENED, TAKEN, WAITING, DEVELOPMENT, SOLVED, REFUSED = (
    "Жаңа",
    "Өңделуде",
    "Клиент жауабын күтуде",
    "Әзірлеуге берілді",
    "Шешілді",
    "Бас тартылды",
)


def ask(simulation: Simulation, issue_id: int) -> None:
    simulation.world.set_status(OPERATOR, issue_id, WAITING, simulation.text())


def hand_to_development(simulation: Simulation, issue_id: int, version: int = 0) -> None:
    status = simulation.world.id_of("issue_statuses", DEVELOPMENT)
    simulation.world.edit(OPERATOR, issue_id, status_id=status, fixed_version_id=simulation.versions[version])


def delay_release(simulation: Simulation, _issue_id: int) -> None:
    """Delay the first release, and delete the cache, which would see it only on the next day."""
    version = simulation.base.pick(simulation.base.versions, simulation.versions[0])
    simulation.world.change_version(version.id, due_date=(version.due_on + timedelta(days=5)).isoformat())
    simulation.delete_cache()


def set_field(simulation: Simulation, issue_id: int, key: str, value: str, status: str | None = None) -> None:
    given: dict[str, Any] = {"custom_fields": simulation.world.values({simulation.world.names.fields[key]: value})}
    if status:
        given["status_id"] = simulation.world.id_of("issue_statuses", status)
    simulation.world.edit(OPERATOR, issue_id, **given)


def reason_name(key: str) -> str:
    return shipped_config().rules.names.reasons[key] if key else ""


def fill_in(simulation: Simulation, issue_id: int) -> None:
    simulation.world.set_fields(CLIENT, issue_id, {simulation.world.names.fields["steps"]: simulation.text()})


def set_priority(simulation: Simulation, issue_id: int) -> None:
    simulation.world.edit(OPERATOR, issue_id, priority_id=simulation.world.id_of("issue_priorities", "Дереу"))


ACTIONS: dict[str, Callable[[Simulation, int], None]] = {
    "client notes": lambda simulation, issue_id: simulation.world.note(CLIENT, issue_id, simulation.text()),
    "client attaches": lambda simulation, issue_id: simulation.world.attach(CLIENT, issue_id, simulation.text()),
    "client fills in": fill_in,
    "client reopens": lambda simulation, issue_id: simulation.world.set_status(
        CLIENT, issue_id, OPENED, simulation.text()
    ),
    "staff ask": ask,
    "staff wait without a note": lambda simulation, issue_id: simulation.world.set_status(OPERATOR, issue_id, WAITING),
    "staff answer": lambda simulation, issue_id: simulation.world.note(OPERATOR, issue_id, simulation.text()),
    "staff write a private note": lambda simulation, issue_id: simulation.world.note(
        OPERATOR, issue_id, simulation.text("құпия"), private=True
    ),
    "staff take it": lambda simulation, issue_id: simulation.world.set_status(OPERATOR, issue_id, TAKEN),
    "staff hand it on": hand_to_development,
    "staff hand it on for a later release": partial(hand_to_development, version=1),
    "the release is delayed": delay_release,
    "staff refuse": lambda simulation, issue_id: set_field(simulation, issue_id, "reason", reason_name("law"), REFUSED),
    "staff refuse without a reason": lambda simulation, issue_id: simulation.world.set_status(
        OPERATOR, issue_id, REFUSED
    ),
    "staff stop": lambda simulation, issue_id: set_field(simulation, issue_id, "reason", reason_name("insult")),
    "staff take the reason back": lambda simulation, issue_id: set_field(simulation, issue_id, "reason", ""),
    "staff solve": lambda simulation, issue_id: simulation.world.set_status(
        OPERATOR, issue_id, SOLVED, simulation.text()
    ),
    "staff set the priority": set_priority,
    "staff confirm the priority": lambda simulation, issue_id: set_field(
        simulation, issue_id, "priority_confirmed", "1"
    ),
}

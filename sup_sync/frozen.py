"""The decorators of immutable data: `value`, and `fast_value` for what a run makes by the thousand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def value(cls: type[T]) -> type[T]:
    """Make a dataclass with slots that cannot be changed: the type checker and Python both refuse."""
    return dataclass(slots=True, frozen=True)(cls)


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def fast_value(cls: type[T]) -> type[T]:
    """Make a dataclass with slots that only the type checker keeps from being changed.

    For what is made for each request. Its fields must not be assigned: its hash follows them, so sets would lose it.
    """
    # To refuse at run time, `frozen=True` sets each field by a call: a value of four fields then takes more than twice
    # as long to make, and `report` a fifth more CPU if all values do (scripts/bench values).
    return dataclass(slots=True, unsafe_hash=True)(cls)

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
    # To refuse at run time, `frozen=True` sets each field by a call: a value of four fields took 2 to 3 times as long
    # to make. `report` of 10,500 requests took 3.8 s of CPU, and 4.7 s with all values frozen at run time; with 2,100
    # requests there was no difference. Measured on a busy machine; `scripts/bench values` measures again.
    return dataclass(slots=True, unsafe_hash=True)(cls)

"""Decorators for immutable data: `value`, and `fast_value` for objects that a run makes by the thousand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def value(cls: type[T]) -> type[T]:
    """Make a dataclass with slots that cannot be changed; both the type checker and Python refuse."""
    return dataclass(slots=True, frozen=True)(cls)


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def fast_value(cls: type[T]) -> type[T]:
    """Make a dataclass with slots in which only the type checker refuses changes.

    Use it for objects of each request. Never assign a field: the hash depends on all fields, so sets would lose it.
    """
    # To refuse at run time, `frozen=True` sets each field by a call: a value of four fields took 2 to 3 times as long
    # to make. `report` of 10,500 requests took 3.8 s of CPU, and 4.7 s with all values frozen at run time; with 2,100
    # requests there was no difference. Measured on a busy machine; `scripts/bench values` measures again.
    return dataclass(slots=True, unsafe_hash=True)(cls)

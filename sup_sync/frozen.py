"""What all our data is made of: values that nobody changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(cls: type[T]) -> type[T]:
    """A dataclass with slots that the type checker keeps from being changed.

    Python's own `frozen=True` does that at run time, at a cost for every field of every value that is made.
    """
    return dataclass(slots=True, unsafe_hash=True)(cls)

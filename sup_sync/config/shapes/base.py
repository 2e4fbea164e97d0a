"""What the shapes of all files share: how a part, a length of time and a clause are written."""

import re
from datetime import timedelta
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field


class Length(NamedTuple):
    """A length of time as the regulation writes it: so many minutes, hours or working days."""

    amount: int
    unit: Literal["min", "h", "day"]

    def as_time(self, working_day: timedelta) -> timedelta:
        return {"min": timedelta(minutes=1), "h": timedelta(hours=1), "day": working_day}[self.unit] * self.amount


_LENGTH = re.compile(r"(\d{1,5}) (min|h|working days?)")


def read_length(value: Any) -> Length:
    if isinstance(value, Length):
        return value
    if isinstance(value, int | float):
        raise ValueError(f"{value} has no unit: write `15 min`, `2 h` or `1 working day`")
    match = _LENGTH.fullmatch(str(value))
    if not match or int(match[1]) == 0:
        raise ValueError(f"{value!r} is no length of time: write `15 min`, `2 h` or `1 working day`")
    return Length(int(match[1]), "min" if match[2] == "min" else "h" if match[2] == "h" else "day")


def hours_or_minutes(length: Length) -> Length:
    if length.unit == "day":
        raise ValueError("a working day is no length here: write hours or minutes")
    return length


def written_number(value: Any) -> Any:
    """A number as it was written: a clause and a BIN are names."""
    return str(value) if isinstance(value, int | float) else value


Words = Annotated[str, Field(min_length=1)]
Clause = Annotated[str, BeforeValidator(written_number)]
TimeLength = Annotated[Length, BeforeValidator(read_length), AfterValidator(hours_or_minutes)]


class Shape(BaseModel):
    """A part of a file; keys it does not know are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True, defer_build=True)

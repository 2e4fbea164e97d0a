"""Parts that the shapes of all files share: the base class, durations and clauses."""

import re
from datetime import timedelta
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field


class Duration(NamedTuple):
    """A duration as the regulation writes it: a number of minutes, hours or working days."""

    amount: int
    unit: Literal["min", "h", "day"]

    def as_time(self, working_day: timedelta) -> timedelta:
        return {"min": timedelta(minutes=1), "h": timedelta(hours=1), "day": working_day}[self.unit] * self.amount


_DURATION = re.compile(r"(\d{1,5}) (min|h|working days?)")


def read_duration(value: Any) -> Duration:
    if isinstance(value, Duration):
        return value
    if isinstance(value, int | float):
        raise ValueError(f"{value} has no unit; write `15 min`, `2 h` or `1 working day`")
    match = _DURATION.fullmatch(str(value))
    if not match or int(match[1]) == 0:
        raise ValueError(f"invalid duration {value!r}; write `15 min`, `2 h` or `1 working day`")
    return Duration(int(match[1]), "min" if match[2] == "min" else "h" if match[2] == "h" else "day")


def check_hours_or_minutes(duration: Duration) -> Duration:
    if duration.unit == "day":
        raise ValueError("working days are not allowed here; write hours or minutes")
    return duration


def read_as_text(value: Any) -> Any:
    """Return a number as it is written in the file: a clause or a BIN is a name."""
    return str(value) if isinstance(value, int | float) else value


Words = Annotated[str, Field(min_length=1)]
Clause = Annotated[str, BeforeValidator(read_as_text)]
HoursOrMinutes = Annotated[Duration, BeforeValidator(read_duration), AfterValidator(check_hours_or_minutes)]


class Shape(BaseModel):
    """A part of a file. A key that it does not declare is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True, defer_build=True)

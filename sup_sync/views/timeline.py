"""A target's clock as a line of equal stretches of time: where it ran, stood still, or nobody worked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from sup_sync.frozen import value
from sup_sync.model.policy import Calendars
from sup_sync.model.working_time import Span
from sup_sync.views.explanation import ClockDetails, Pause, StepDetails


class CellKind(StrEnum):
    """What a stretch of the line is: `closed` has no working time, `ahead` is to come, `over` after its stop."""

    RUNNING = "running"
    PAUSED = "paused"
    CLOSED = "closed"
    AHEAD = "ahead"
    OVER = "over"


@value
class Mark:
    """A moment on the line: `due`, `now`, `stopped`, or a step of the ladder by its name."""

    name: str
    at: datetime
    cell: int


@value
class Timeline:
    """The line from its first moment to its last, in stretches of the same length."""

    start_at: datetime
    end_at: datetime
    cells: tuple[CellKind, ...]
    marks: tuple[Mark, ...]


def timeline(
    clock: ClockDetails,
    steps: Sequence[StepDetails],
    filed_at: datetime,
    now: datetime,
    calendars: Calendars,
    cells: int,
) -> Timeline | None:
    """The clock's line in as many cells, to the present or its stop, and its due moment; None where it has no length.

    Raises CalendarError where it goes beyond the calendar's years.
    """
    read_at = clock.stopped_at or now
    end_at = max(read_at, clock.due_at or read_at)
    if end_at <= filed_at:
        return None
    edges = [filed_at + (end_at - filed_at) * number / cells for number in range(cells + 1)]
    drawn = _Drawn(clock, calendars, read_at)
    stretches = tuple(drawn.cell_kind(start, end) for start, end in pairwise(edges))
    marks = tuple(_marks(clock, steps, now))
    length = end_at - filed_at
    return Timeline(
        filed_at,
        end_at,
        stretches,
        tuple(
            Mark(name, at, min(int((at - filed_at) / length * cells), cells - 1))
            for name, at in marks
            if filed_at <= at <= end_at
        ),
    )


def _marks(clock: ClockDetails, steps: Sequence[StepDetails], now: datetime) -> Iterator[tuple[str, datetime]]:
    """What is marked, the most important first."""
    if clock.due_at:
        yield "due", clock.due_at
    if clock.stopped_at:
        yield "stopped", clock.stopped_at
    else:
        yield "now", now
    yield from ((step.step, step.due_at) for step in steps if step.due_at and step.due_at != clock.due_at)


class _Drawn:
    """What a stretch of one clock's line is, by the working time in it."""

    def __init__(self, clock: ClockDetails, calendars: Calendars, read_at: datetime) -> None:
        self.calendar = calendars[clock.counts]
        self.is_work_stopped = clock.stopped_at is not None
        self.pauses = tuple(map(self._span, clock.pauses, [read_at] * len(clock.pauses)))
        self.read_at = read_at

    @staticmethod
    def _span(pause: Pause, read_at: datetime) -> Span:
        return Span(pause.start_at, pause.end_at or read_at)

    def cell_kind(self, start: datetime, end: datetime) -> CellKind:
        if self.is_work_stopped and start >= self.read_at:
            return CellKind.OVER
        worked = self.calendar.elapsed(start, end)
        if not worked:
            return CellKind.CLOSED
        past = self.calendar.elapsed(start, min(end, self.read_at))
        if past * 2 < worked and not self.is_work_stopped:
            return CellKind.AHEAD
        counted = self.calendar.elapsed(start, min(end, self.read_at), without=self.pauses)
        return CellKind.RUNNING if counted * 2 >= past else CellKind.PAUSED

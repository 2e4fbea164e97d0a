"""A target's clock as a line of cells of equal length: running, paused, outside working hours, or ahead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from sup_sync.immutable import value
from sup_sync.model.policy import Calendars
from sup_sync.model.working_time import Span
from sup_sync.views.explanation import ClockDetails, Pause, StepDetails


class CellKind(StrEnum):
    """The state of the clock in a cell: `closed` has no working time, `ahead` is future, `over` is after the stop."""

    RUNNING = "running"
    PAUSED = "paused"
    CLOSED = "closed"
    AHEAD = "ahead"
    OVER = "over"


@value
class Mark:
    """A time on the line: `due`, `now`, `stopped`, or the name of a step of the ladder."""

    name: str
    at: datetime
    cell: int


@value
class Timeline:
    """The line from its start to its end, in cells of equal length."""

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
    """Draw the clock from filing to its stop or the present, and to its due time if later; None if that has no length.

    Raises CalendarError if the line leaves the years of the calendar.
    """
    read_at = clock.stopped_at or now
    end_at = max(read_at, clock.due_at or read_at)
    if end_at <= filed_at:
        return None
    edges = [filed_at + (end_at - filed_at) * number / cells for number in range(cells + 1)]
    classifier = _CellClassifier(clock, calendars, read_at)
    kinds = tuple(classifier.cell_kind(start, end) for start, end in pairwise(edges))
    marks = tuple(_marks(clock, steps, now))
    length = end_at - filed_at
    return Timeline(
        filed_at,
        end_at,
        kinds,
        tuple(
            Mark(name, at, min(int((at - filed_at) / length * cells), cells - 1))
            for name, at in marks
            if filed_at <= at <= end_at
        ),
    )


def _marks(clock: ClockDetails, steps: Sequence[StepDetails], now: datetime) -> Iterator[tuple[str, datetime]]:
    """Yield the marks, the most important first."""
    if clock.due_at:
        yield "due", clock.due_at
    if clock.stopped_at:
        yield "stopped", clock.stopped_at
    else:
        yield "now", now
    yield from ((step.step, step.due_at) for step in steps if step.due_at and step.due_at != clock.due_at)


class _CellClassifier:
    """The rule that gives a cell its kind, by the working time in it."""

    def __init__(self, clock: ClockDetails, calendars: Calendars, read_at: datetime) -> None:
        self.calendar = calendars[clock.counts]
        self.is_stopped = clock.stopped_at is not None
        self.pauses = tuple(map(self._span, clock.pauses, [read_at] * len(clock.pauses)))
        self.read_at = read_at

    @staticmethod
    def _span(pause: Pause, read_at: datetime) -> Span:
        return Span(pause.start_at, pause.end_at or read_at)

    def cell_kind(self, start: datetime, end: datetime) -> CellKind:
        if self.is_stopped and start >= self.read_at:
            return CellKind.OVER
        worked = self.calendar.elapsed(start, end)
        if not worked:
            return CellKind.CLOSED
        past = self.calendar.elapsed(start, min(end, self.read_at))
        if past * 2 < worked and not self.is_stopped:
            return CellKind.AHEAD
        counted = self.calendar.elapsed(start, min(end, self.read_at), without=self.pauses)
        return CellKind.RUNNING if counted * 2 >= past else CellKind.PAUSED

"""The pictures of docs/how.md, narrow enough for a phone, with times that sup-sync itself computes."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from html import escape
from pathlib import Path
from typing import NamedTuple

from sup_sync.config.load import load_config
from sup_sync.model.policy import ClockKind, Metric
from sup_sync.model.working_time import Span

ROOT = Path(__file__).parent.parent.parent.parent
WIDTH, EDGE, LINE = 380, 14, 18
FONT = "system-ui, DejaVu Sans, sans-serif"
INK, MUTED, FRAME, BLUE, ORANGE, NIGHT = "#1b2733", "#52606d", "#9fb3c8", "#2f6fb0", "#d9822b", "#eef2f6"

CONFIG = load_config(ROOT / "config.yaml", date(2026, 11, 20))
POLICY, CALENDAR = CONFIG.rules.policy, CONFIG.rules.calendars[ClockKind.WORKING]
ZONE = CONFIG.rules.zone
AGREEMENT = next(each for each in POLICY.agreements if each.key == "vip")
LOW_PRIORITY, HIGH_PRIORITY = "normal", "immediate"


def parse_time(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def format_time(at: datetime) -> str:
    local = at.astimezone(ZONE)
    return f"{local:%a %d %b, %H:%M:%S}".removesuffix(":00")


class Drawing:
    """An SVG image that grows downwards; `y` is where its next part begins."""

    def __init__(self, title: str) -> None:
        self.title, self.parts, self.y = title, [], float(EDGE)

    def add(self, part: str) -> None:
        self.parts.append(part)

    def text(self, x: float, y: float, text: str, style: str = "") -> None:
        self.add(f'<text x="{x:g}" y="{y:g}"{style}>{escape(text)}</text>')

    def paragraph(self, x: float, text: str, width: int, style: str = "") -> None:
        """Add a text in lines of at most `width` letters."""
        for line in textwrap.wrap(text, width):
            self.y += LINE
            self.text(x, self.y, line, style)

    def bar(self, x: float, width: float, y: float, height: float, colour: str) -> None:
        self.add(f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="{colour}"/>')

    def svg(self) -> str:
        height = self.y + EDGE
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}" width="{WIDTH}" '
            f'height="{height:g}" role="img" font-family="{FONT}" font-size="13" fill="{INK}">'
        )
        background = f'<rect width="{WIDTH}" height="{height:g}" rx="8" fill="#ffffff" stroke="{FRAME}"/>'
        return "\n".join([head, f"<title>{escape(self.title)}</title>", background, *self.parts, "</svg>\n"])


BOLD, SMALL = ' font-weight="bold"', f' font-size="12" fill="{MUTED}"'


def flow(title: str, steps: Sequence[tuple[str, str]]) -> str:
    """Draw boxes from top to bottom with arrows between them; a step is a name and a sentence."""
    drawing = Drawing(title)
    for number, (name, sentence) in enumerate(steps):
        if number:
            x, y = WIDTH / 2, drawing.y
            drawing.add(f'<path d="M{x:g} {y:g}v14m-5 -6l5 6l5 -6" fill="none" stroke="{MUTED}" stroke-width="1.5"/>')
            drawing.y += 16
        top = drawing.y
        drawing.y += 4
        drawing.paragraph(EDGE + 12, name, 46, BOLD)
        drawing.paragraph(EDGE + 12, sentence, 50, SMALL)
        drawing.y += 10
        box = f'x="{EDGE}" y="{top:g}" width="{WIDTH - 2 * EDGE}" height="{drawing.y - top:g}"'
        drawing.add(f'<rect {box} rx="6" fill="none" stroke="{FRAME}" stroke-width="1.5"/>')
    return drawing.svg()


def timeline(title: str, events: Sequence[tuple[datetime, str, str]]) -> str:
    """Draw events from top to bottom; an event is a time, a name and a sentence."""
    drawing = Drawing(title)
    x = EDGE + 8
    first = drawing.y + LINE - 4
    last = first
    for at, name, sentence in events:
        last = drawing.y + LINE - 4
        drawing.paragraph(x + 20, f"{format_time(at)} — {name}", 44, BOLD)
        drawing.paragraph(x + 20, sentence, 50, SMALL)
        drawing.add(f'<circle cx="{x}" cy="{last:g}" r="5" fill="{BLUE}"/>')
        drawing.y += 8
    drawing.parts.insert(0, f'<path d="M{x} {first:g}V{last:g}" stroke="{FRAME}" stroke-width="2"/>')
    return drawing.svg()


class Event(NamedTuple):
    """A time with a sentence, numbered in the picture."""

    at: datetime
    sentence: str


OPENS, CLOSES = 9, 18
LEFT, HOUR = 104, 28


def days(title: str, events: Sequence[Event], paused: Span) -> str:
    """Draw a row for each day from the first event to the last, with working hours, running clock and pause."""
    drawing = Drawing(title)
    for hour in range(OPENS, CLOSES + 1, 3):
        drawing.text(LEFT + (hour - OPENS) * HOUR, drawing.y + 12, f"{hour}:00", f'{SMALL} text-anchor="middle"')
    drawing.y += 20
    first, last = (events[end].at.astimezone(ZONE) for end in (0, -1))
    for day in range((last.date() - first.date()).days + 1):
        _row(drawing, first.date() + timedelta(days=day), events, paused)
    drawing.y += 6
    for colour, text in ((BLUE, "clock runs"), (ORANGE, "clock is paused: waiting for the client")):
        drawing.bar(EDGE, 12, drawing.y + 6, 12, colour)
        drawing.paragraph(EDGE + 20, text, 50)
    for number, event in enumerate(events, 1):
        drawing.paragraph(EDGE, f"{number}  {format_time(event.at)} — {event.sentence}", 50)
    return drawing.svg()


def _row(drawing: Drawing, day: date, events: Sequence[Event], paused: Span) -> None:
    opens, closes = (datetime(day.year, day.month, day.day, hour, tzinfo=ZONE) for hour in (OPENS, CLOSES))
    y, is_working_day = drawing.y, CALENDAR.elapsed(opens, closes) > timedelta(0)
    drawing.text(EDGE, y + 26, f"{day:%a %d %b}")
    drawing.bar(LEFT, (CLOSES - OPENS) * HOUR, y + 14, 16, NIGHT)
    if not is_working_day:
        drawing.text(LEFT + 6, y + 26, "not a working day", SMALL)
    bars = [(Span(events[0].at, events[-1].at), BLUE), (paused, ORANGE)] if is_working_day else []
    for span, colour in bars:
        start, end = max(span.start, opens), min(span.end, closes)
        if start < end:
            drawing.bar(_x(start, opens), _x(end, opens) - _x(start, opens), y + 14, 16, colour)
    for number, event in enumerate(events, 1):
        if event.at.astimezone(ZONE).date() == day:
            x = _x(event.at, opens)
            drawing.add(f'<path d="M{x:g} {y + 12:g}v20" stroke="{INK}" stroke-width="2"/>')
            drawing.text(x, y + 9, str(number), f'{BOLD} text-anchor="middle"')
    drawing.y += 36


def _x(at: datetime, opens: datetime) -> float:
    return LEFT + (at - opens) / timedelta(hours=1) * HOUR


def path_picture() -> str:
    return flow(
        "From the history in Redmine to the changes",
        [
            ("config.yaml, mappings/", "Targets, calendar, contracts, and the names in Redmine"),
            (
                "Read",
                "Each request with its history. If a page is missing, that project is skipped: nothing is guessed",
            ),
            ("Judge", "Level, channel, category, priority; the state of the clocks at this time; the clause of each"),
            ("Plan", "The value of each field, the notes to send, and their readers"),
            ("Limits", "With too many notes, status changes or changed values nothing is written; exit code 4"),
            ("Write", "Oldest breach first; every write is read back"),
        ],
    )


def clock_picture() -> str:
    filed, asked, answered = map(parse_time, ("2026-11-20T16:20", "2026-11-23T10:00", "2026-11-23T11:30"))
    paused = Span(asked, answered)
    within = AGREEMENT.targets[Metric.RESOLUTION, LOW_PRIORITY].within
    due, without = CALENDAR.after(filed, within, without=(paused,)), CALENDAR.after(filed, within)
    events = [
        Event(filed, "a VIP client files an error"),
        Event(asked, "support asks and sets the waiting status"),
        Event(answered, "the client answers"),
        Event(due, f"resolution target (without the pause: {format_time(without)})"),
    ]
    return days("A resolution target over a weekend, with a pause", events, paused)


def ladder_picture() -> str:
    filed = parse_time("2026-11-20T16:20")
    within = AGREEMENT.targets[Metric.FIRST_RESPONSE, HIGH_PRIORITY].within
    events = [(filed, "filed", f"VIP, immediate: first response within {within // timedelta(minutes=1)} minutes")]
    for step in AGREEMENT.ladder:
        head = " to the head of support, who is assigned" if step.assign else ""
        sentence = f"at {step.share:.0%} of the time: private note{head}"
        events.append((CALENDAR.after(filed, within * step.share), step.key.replace("_", " "), sentence))
    return timeline("Escalation of a request without an answer", events)


def waiting_picture() -> str:
    rule, asked = POLICY.waiting, parse_time("2026-11-19T15:00")
    reminded = CALENDAR.after(asked, rule.within * rule.remind_at)
    return timeline(
        "A question without an answer from the client",
        [
            (asked, "asked", "support asks in a public note and sets the waiting status"),
            (reminded, "reminded", f"at {rule.remind_at:.0%} of the time the client gets one reminder"),
            (
                CALENDAR.after(asked, rule.within),
                "closed",
                f"{rule.within // timedelta(hours=1)} working hours after the question the request is closed, "
                "with a note of the work done so far",
            ),
        ],
    )


def writing_picture() -> str:
    return flow(
        "How a note is sent exactly once",
        [
            ("Decide", "A note is due, and the marker field does not contain it"),
            ("Reread the request", "First its version number, then its state"),
            ("Decide again", "If the request changed, or the note is not due any more, leave it to the next run"),
            (
                "One write",
                "Fields, marker and note together, with the version number; Redmine rejects an outdated one",
            ),
            ("Read back", "Check that it was saved. Without an answer nothing is sent again: the next run checks"),
        ],
    )


def pictures() -> Iterator[tuple[str, str]]:
    """Yield the path of each picture and its text."""
    for draw in (path_picture, clock_picture, ladder_picture, waiting_picture, writing_picture):
        yield f"docs/pictures/{draw.__name__.removesuffix('_picture')}.svg", draw()

"""The pictures of docs/how.md: drawn narrow, so that a phone shows them in full, with moments that the code reckons."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from html import escape
from pathlib import Path
from typing import NamedTuple

from sup_sync.config.load import load_config
from sup_sync.model.policy import ClockKind
from sup_sync.model.working_time import Span

ROOT = Path(__file__).parent.parent.parent.parent
WIDTH, EDGE, LINE = 380, 14, 18
FONT = "system-ui, DejaVu Sans, sans-serif"
INK, MUTED, FRAME, BLUE, ORANGE, NIGHT = "#1b2733", "#52606d", "#9fb3c8", "#2f6fb0", "#d9822b", "#eef2f6"

CONFIG = load_config(ROOT / "config.yaml", date(2026, 11, 20))
POLICY, CALENDAR = CONFIG.rules.policy, CONFIG.rules.calendars[ClockKind.WORKING]
ZONE = CONFIG.rules.zone
AGREEMENT = next(each for each in POLICY.agreements if each.key == "vip")
CALM, HOT = "normal", "immediate"


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def shown(at: datetime) -> str:
    local = at.astimezone(ZONE)
    return f"{local:%a %d %b, %H:%M:%S}".removesuffix(":00")


class Drawing:
    """An SVG that grows downwards."""

    def __init__(self, title: str) -> None:
        self.title, self.parts, self.y = title, [], float(EDGE)

    def add(self, part: str) -> None:
        self.parts.append(part)

    def text(self, x: float, y: float, words: str, look: str = "") -> None:
        self.add(f'<text x="{x:g}" y="{y:g}"{look}>{escape(words)}</text>')

    def paragraph(self, x: float, words: str, width: int, look: str = "") -> None:
        """Words over so many lines as they need; `width` in letters."""
        for line in textwrap.wrap(words, width):
            self.y += LINE
            self.text(x, self.y, line, look)

    def bar(self, x: float, width: float, y: float, height: float, colour: str) -> None:
        self.add(f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="{colour}"/>')

    def svg(self) -> str:
        height = self.y + EDGE
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}" width="{WIDTH}" '
            f'height="{height:g}" role="img" font-family="{FONT}" font-size="13" fill="{INK}">'
        )
        ground = f'<rect width="{WIDTH}" height="{height:g}" rx="8" fill="#ffffff" stroke="{FRAME}"/>'
        return "\n".join([head, f"<title>{escape(self.title)}</title>", ground, *self.parts, "</svg>\n"])


BOLD, SMALL = ' font-weight="bold"', f' font-size="12" fill="{MUTED}"'


def flow(title: str, steps: Sequence[tuple[str, str]]) -> str:
    """Boxes from top to bottom, an arrow between each two: a name and a sentence in each."""
    drawing = Drawing(title)
    for number, (name, words) in enumerate(steps):
        if number:
            x, y = WIDTH / 2, drawing.y
            drawing.add(f'<path d="M{x:g} {y:g}v14m-5 -6l5 6l5 -6" fill="none" stroke="{MUTED}" stroke-width="1.5"/>')
            drawing.y += 16
        top = drawing.y
        drawing.y += 4
        drawing.paragraph(EDGE + 12, name, 46, BOLD)
        drawing.paragraph(EDGE + 12, words, 50, SMALL)
        drawing.y += 10
        box = f'x="{EDGE}" y="{top:g}" width="{WIDTH - 2 * EDGE}" height="{drawing.y - top:g}"'
        drawing.add(f'<rect {box} rx="6" fill="none" stroke="{FRAME}" stroke-width="1.5"/>')
    return drawing.svg()


def timeline(title: str, stops: Sequence[tuple[datetime, str, str]]) -> str:
    """Moments from top to bottom: when, a name, and a sentence."""
    drawing = Drawing(title)
    x = EDGE + 8
    first = drawing.y + LINE - 4
    last = first
    for at, name, words in stops:
        last = drawing.y + LINE - 4
        drawing.paragraph(x + 20, f"{shown(at)} — {name}", 44, BOLD)
        drawing.paragraph(x + 20, words, 50, SMALL)
        drawing.add(f'<circle cx="{x}" cy="{last:g}" r="5" fill="{BLUE}"/>')
        drawing.y += 8
    drawing.parts.insert(0, f'<path d="M{x} {first:g}V{last:g}" stroke="{FRAME}" stroke-width="2"/>')
    return drawing.svg()


class Mark(NamedTuple):
    """A moment with a sentence, numbered in the picture."""

    at: datetime
    words: str


OPENS, CLOSES = 9, 18
LEFT, HOUR = 104, 28


def days(title: str, marks: Sequence[Mark], paused: Span) -> str:
    """A row for each day from the first mark to the last, its working hours, and where the clock runs and rests."""
    drawing = Drawing(title)
    for hour in range(OPENS, CLOSES + 1, 3):
        drawing.text(LEFT + (hour - OPENS) * HOUR, drawing.y + 12, f"{hour}:00", f'{SMALL} text-anchor="middle"')
    drawing.y += 20
    first, last = (marks[end].at.astimezone(ZONE) for end in (0, -1))
    for day in range((last.date() - first.date()).days + 1):
        _row(drawing, first.date() + timedelta(days=day), marks, paused)
    drawing.y += 6
    for colour, words in ((BLUE, "the clock runs"), (ORANGE, "it rests: the client has the ball")):
        drawing.bar(EDGE, 12, drawing.y + 6, 12, colour)
        drawing.paragraph(EDGE + 20, words, 50)
    for number, mark in enumerate(marks, 1):
        drawing.paragraph(EDGE, f"{number}  {shown(mark.at)} — {mark.words}", 50)
    return drawing.svg()


def _row(drawing: Drawing, day: date, marks: Sequence[Mark], paused: Span) -> None:
    opens, closes = (datetime(day.year, day.month, day.day, hour, tzinfo=ZONE) for hour in (OPENS, CLOSES))
    y, works = drawing.y, CALENDAR.elapsed(opens, closes) > timedelta(0)
    drawing.text(EDGE, y + 26, f"{day:%a %d %b}")
    drawing.bar(LEFT, (CLOSES - OPENS) * HOUR, y + 14, 16, NIGHT)
    if not works:
        drawing.text(LEFT + 6, y + 26, "no working day", SMALL)
    stretches = [(Span(marks[0].at, marks[-1].at), BLUE), (paused, ORANGE)] if works else []
    for span, colour in stretches:
        start, end = max(span.start, opens), min(span.end, closes)
        if start < end:
            drawing.bar(_x(start, opens), _x(end, opens) - _x(start, opens), y + 14, 16, colour)
    for number, mark in enumerate(marks, 1):
        if mark.at.astimezone(ZONE).date() == day:
            x = _x(mark.at, opens)
            drawing.add(f'<path d="M{x:g} {y + 12:g}v20" stroke="{INK}" stroke-width="2"/>')
            drawing.text(x, y + 9, str(number), f'{BOLD} text-anchor="middle"')
    drawing.y += 36


def _x(at: datetime, opens: datetime) -> float:
    return LEFT + (at - opens) / timedelta(hours=1) * HOUR


def path_picture() -> str:
    return flow(
        "From the tracker's history to what is written",
        [
            ("config.yaml, mappings/", "The promises, the calendar, the contracts, and the tracker's names for them"),
            ("Read", "Each request with its history. A page that is missing ends that project: nothing is guessed"),
            ("Judge", "Level, channel, category, priority; what the clocks say at this moment; the clause of each"),
            ("Plan", "What should stand in each field, what should be said, and to whom"),
            ("Limits", "Too many notes, endings or changed values: nothing at all is written, exit code 4"),
            ("Write", "The oldest breach first; every write is read back"),
        ],
    )


def clock_picture() -> str:
    filed, asked, answered = map(moment, ("2026-11-20T16:20", "2026-11-23T10:00", "2026-11-23T11:30"))
    paused = Span(asked, answered)
    within = AGREEMENT.targets["resolution", CALM].within
    due, without = CALENDAR.after(filed, within, without=(paused,)), CALENDAR.after(filed, within)
    marks = [
        Mark(filed, "a VIP client files an error"),
        Mark(asked, "support asks, and sets the waiting status"),
        Mark(answered, "the client answers"),
        Mark(due, f"the closing target (without the pause: {shown(without)})"),
    ]
    return days("A closing target over a weekend, with a pause", marks, paused)


def ladder_picture() -> str:
    filed = moment("2026-11-20T16:20")
    within = AGREEMENT.targets["first_response", HOT].within
    stops = [(filed, "filed", f"VIP, immediate: first response within {within // timedelta(minutes=1)} minutes")]
    for step in AGREEMENT.ladder:
        whom = ", names the head, who gets the request" if step.assign else ""
        words = f"at {step.share:.0%} of the time: a private note{whom}"
        stops.append((CALENDAR.after(filed, within * step.share), step.key.replace("_", " "), words))
    return timeline("The ladder of a request that nobody answers", stops)


def waiting_picture() -> str:
    rule, asked = POLICY.waiting, moment("2026-11-19T15:00")
    reminded = CALENDAR.after(asked, rule.within * rule.remind_at)
    return timeline(
        "A question that the client does not answer",
        [
            (asked, "asked", "support asks in public, and sets the waiting status"),
            (reminded, "reminded", f"at {rule.remind_at:.0%} of the time the client is reminded, once"),
            (
                CALENDAR.after(asked, rule.within),
                "ended",
                f"{rule.within // timedelta(hours=1)} working hours after the question the request is ended, "
                "with what was done by then",
            ),
        ],
    )


def writing_picture() -> str:
    return flow(
        "How a note is written exactly once",
        [
            ("Decided", "A note is due, and the marker field does not say that it was said"),
            ("Read the request again", "First its version number, then its state"),
            ("Decide again", "Has anybody touched it, and is the note still due? If not: leave it to the next run"),
            (
                "One write",
                "Fields, marker and note together, with the version number: Redmine refuses it if that moved on",
            ),
            ("Read back", "Whether it stands there. Without an answer nothing is sent again: the next run looks"),
        ],
    )


def pictures() -> Iterator[tuple[str, str]]:
    """The place of each picture in the repository, and its text."""
    for draw in (path_picture, clock_picture, ladder_picture, waiting_picture, writing_picture):
        yield f"docs/pictures/{draw.__name__.removesuffix('_picture')}.svg", draw()

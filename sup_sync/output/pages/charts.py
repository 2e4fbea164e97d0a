"""The charts of reports: SVG to embed in a page, in the page's text colour and without styles, or PNG."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from io import BytesIO, StringIO
from typing import Any
from xml.etree import ElementTree

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sup_sync.immutable import value
from sup_sync.output.texts import Texts
from sup_sync.views.compliance import Dimension, Report
from sup_sync.views.figures import UP_TO, Figures
from sup_sync.views.time_by_party import Party

LAST_MONTHS = 12  # months that fit on a phone; the table below a chart has all

WIDTH = 4.6  # inches of 72 units; on a phone a unit of the drawing is about a pixel

INK = "#010203"  # placeholder for the text colour of the page

# distinguishable to colour-blind readers (after Okabe and Ito), with a contrast of 3 or more to white and dark pages
COLOURS = ("#0072b2", "#d55e00", "#008a65", "#8c6bb1", "#767676")

MARKERS = ("o", "s", "^", "D", "v")

STYLE: Any = {
    "font.family": "DejaVu Sans",
    "font.size": 12,
    "svg.fonttype": "path",
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
    "figure.constrained_layout.use": True,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "text.parse_math": False,
}

HOUR = timedelta(hours=1)
_SVG = "http://www.w3.org/2000/svg"
_LINK = "{http://www.w3.org/1999/xlink}href"


@value
class Drawing:
    """A chart that is not drawn yet: its name, its height in inches of 72 units, and the function that draws it."""

    name: str
    height: float
    draw: Callable[[Figure], None]


def share_chart(figures: Figures, texts: Texts) -> Drawing:
    """Chart the share of targets met by month: one plot per target, one line per level."""
    months = figures.months[-LAST_MONTHS:]

    def draw(figure: Figure) -> None:
        rows_of_axes = figure.subplots(len(figures.metrics), sharex=True, squeeze=False)
        for (axes,), metric in zip(rows_of_axes, figures.metrics, strict=True):
            for number, level in enumerate(figures.levels):
                rows = {each.month: each for each in figures.shares if (each.level, each.metric) == (level, metric)}
                shares = [None if (share := rows[month].share) is None else share * 100 for month in months]
                _line(axes, shares, number, texts.label(level))
            axes.set_title(texts.metric(metric), loc="left")
            axes.set_ylim(-5, 105)
            axes.set_yticks([0, 50, 100], [texts.percent(share) for share in (0, 0.5, 1)])
            axes.grid(axis="y", alpha=0.25, color=INK)
            _months(axes, months)
        _legend(figure, axes)

    return Drawing("share", 2.2 * len(figures.metrics), draw)


def _line(axes: Axes, shares: Sequence[float | None], number: int, label: str) -> None:
    """Plot the line of a level; later levels have larger, hollow markers, so that overlapping points stay visible."""
    axes.plot(
        range(len(shares)),
        [float("nan") if each is None else each for each in shares],
        marker=MARKERS[number % len(MARKERS)],
        color=COLOURS[number % len(COLOURS)],
        markersize=5 + 4 * number,
        markerfacecolor=COLOURS[0] if number == 0 else "none",
        label=label,
        clip_on=False,
    )


def response_chart(figures: Figures, texts: Texts) -> Drawing:
    """Chart the number of first responses by time taken: one bar per limit, stacked by level."""
    bars = [bar_name(each.up_to, texts) for each in figures.responses]

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        rows = {texts.label(level): [each.by_level[level] for each in figures.responses] for level in figures.levels}
        _stacked(axes, bars, rows)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        _legend(figure, axes)

    return Drawing("responses", 3.4, draw)


def bar_name(up_to: timedelta | None, texts: Texts) -> str:
    """Return the label of a bar of the distribution; the last has no upper limit."""
    return (
        texts.text("more_than", time=texts.time(UP_TO[-1]))
        if up_to is None
        else texts.text("up_to", time=texts.time(up_to))
    )


def hours_chart(figures: Figures, texts: Texts) -> Drawing:
    """Chart the number of breaches by hour of filing, stacked by target."""

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        hours, floor = [each.hour for each in figures.hours], [0] * len(figures.hours)
        for number, metric in enumerate(figures.metrics):
            counts = [each.breaches[metric] for each in figures.hours]
            axes.bar(hours, counts, bottom=floor, color=COLOURS[number % len(COLOURS)], label=texts.metric(metric))
            floor = [below + each for below, each in zip(floor, counts, strict=True)]
        axes.set_xticks(range(0, 24, 6), [f"{hour}:00" for hour in range(0, 24, 6)])
        axes.set_xlim(-0.6, 23.6)
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        _legend(figure, axes)

    return Drawing("hours", 3, draw)


def party_chart(report: Report, texts: Texts) -> Drawing:
    """Chart working hours by month and party; time after closing keeps growing, so it has its own scale."""
    groups = report.by[Dimension.MONTH][-LAST_MONTHS:]
    months = [each.key or "" for each in groups]
    times = {party: [each.time_by_party.parts[party].working for each in groups] for party in Party}
    hours = {texts.text(party.value): [(each or timedelta(0)) / HOUR for each in row] for party, row in times.items()}
    *active, closed = hours.items()

    def draw(figure: Figure) -> None:
        above, below = figure.subplots(2, sharey=True)
        _stacked(above, months, dict(active))
        _stacked(below, months, dict([closed]), first_colour=len(active))
        for axes in (above, below):
            axes.xaxis.set_major_locator(MaxNLocator(6))
        _legend(figure, above, below)

    return Drawing("party", 2 + 0.3 * len(months), draw)


def _stacked(axes: Axes, names: Sequence[str], rows: Mapping[str, Sequence[float]], first_colour: int = 0) -> None:
    """Draw stacked horizontal bars, the first name on top."""
    starts = [0.0] * len(names)
    for number, (label, widths) in enumerate(rows.items(), start=first_colour):
        axes.barh(range(len(names)), widths, left=starts, color=COLOURS[number % len(COLOURS)], label=label, height=0.7)
        starts = [start + width for start, width in zip(starts, widths, strict=True)]
    axes.set_yticks(range(len(names)), names)
    if not axes.yaxis_inverted():
        axes.invert_yaxis()
    axes.set_xlim(0, max([*starts, 1]) * 1.02)


def _months(axes: Axes, months: Sequence[str]) -> None:
    axes.set_xticks(range(len(months)), months, rotation=45 if len(months) > FEW_MONTHS else 0)
    axes.set_xlim(-0.5, max(len(months), 1) - 0.5)


FEW_MONTHS = 5  # their labels fit without rotation


def _legend(figure: Figure, *axes: Axes) -> None:
    """Draw the legend above the plots, in as many columns as fit."""
    handles, labels = (
        [each for part in parts for each in part]
        for parts in zip(*(one.get_legend_handles_labels() for one in axes), strict=True)
    )
    figure.legend(
        handles, labels, loc="outside upper left", ncols=2 if len(labels) > FEW_LABELS else 3, borderaxespad=0
    )


FEW_LABELS = 3


def svg_of(drawing: Drawing) -> str:
    """Draw a chart as an <svg> element to embed in a page; equal figures give equal text."""
    text = StringIO()
    unknown = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    with mpl.rc_context({**STYLE, "svg.hashsalt": drawing.name}):
        _drawn(drawing).savefig(text, format="svg", metadata=unknown)
    return _embeddable(text.getvalue(), drawing.name)


def png_of(drawing: Drawing) -> bytes:
    """Draw a chart on white, for pages that cannot embed SVG; equal figures give equal bytes."""
    picture = BytesIO()
    with mpl.rc_context({**STYLE, "figure.facecolor": "white"}):
        _drawn(drawing).savefig(picture, format="png", dpi=PNG_DPI, metadata={"Software": None})
    return picture.getvalue()


PNG_DPI = 96  # makes a chart 440 pixels wide, which fits a wiki page with a sidebar


def _drawn(drawing: Drawing) -> Figure:
    figure = Figure(figsize=(WIDTH, drawing.height))
    drawing.draw(figure)
    return figure


def _embeddable(svg: str, name: str) -> str:
    """Turn styles into attributes, because the page's policy forbids them, and make the ids unique in the page."""
    ElementTree.register_namespace("", _SVG)
    ElementTree.register_namespace("xlink", _LINK[1:].partition("}")[0])
    root = ElementTree.fromstring(svg)  # noqa: S314 - our own drawing
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in (f"{{{_SVG}}}metadata", f"{{{_SVG}}}style"):
                parent.remove(child)
    for each in root.iter():
        _move_style_to_attributes(each)
        _prefix_ids(each, name)
    for size in ("width", "height"):
        root.attrib.pop(size, None)
    root.attrib.update(
        {"stroke-linejoin": "round", "stroke-linecap": "butt", "aria-hidden": "true", "focusable": "false"}
    )
    return ElementTree.tostring(root, encoding="unicode").replace(INK, "currentColor")


def _move_style_to_attributes(each: ElementTree.Element) -> None:
    """Turn each declaration of a style into an attribute."""
    for declaration in each.attrib.pop("style", "").split(";"):
        key, _, text = declaration.partition(":")
        if text:
            each.set(key.strip(), text.strip())


def _prefix_ids(each: ElementTree.Element, name: str) -> None:
    if "id" in each.attrib:
        each.set("id", f"{name}-{each.attrib['id']}")
    for key, text in each.attrib.items():
        if key == _LINK:
            each.set(key, text.replace("#", f"#{name}-"))
        elif "url(#" in text:
            each.set(key, re.sub(r"url\(#", f"url(#{name}-", text))

"""Runs the bench's sections, prints their table, and saves it with the machine's description as docs/performance.md."""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from pkgutil import iter_modules

from rich.console import Console
from rich.table import Table
from tools.bench import sections as bench_sections
from tools.bench.row import ROOT, Row, Size, shown

PAGE = ROOT / "docs" / "performance.md"
HEADERS = ("what", "figure", "unit", "target", "kept", "note")
PIPE_WIDTH = 160
KEPT = {None: "", True: "yes", False: "no"}


@dataclass(frozen=True, slots=True)
class Section:
    """A section as it came out; `text` says how it was measured."""

    title: str
    text: str
    rows: tuple[Row, ...]


def section_names() -> list[str]:
    """The sections in the order of the page."""
    names = [each.name for each in iter_modules(bench_sections.__path__)]
    return sorted(names, key=lambda name: _module(name).PLACE)


def _module(name: str):
    return importlib.import_module(f"tools.bench.sections.{name}")


def measure(name: str, size: Size) -> Section:
    module = _module(name)
    text = " ".join((module.__doc__ or "").split())
    return Section(module.TITLE, text, tuple(module.rows(size)))


def cells(row: Row) -> tuple[str, ...]:
    figure = "—" if row.figure is None else shown(row.figure)
    return row.what, figure, row.unit, row.target, KEPT[row.is_kept], row.note


def print_sections(console: Console, sections: Sequence[Section]) -> None:
    """One table, a part of it for each section."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for header in HEADERS:
        table.add_column(header, justify="right" if header == "figure" else "left", overflow="fold")
    for section in sections:
        table.add_row(section.title, style="bold")
        for row in section.rows:
            style = {False: "red", True: "green", None: ""}[row.is_kept]
            table.add_row(*cells(row), style=style)
    console.print(table)


def page(sections: Sequence[Section], machine: Sequence[str]) -> str:
    """The table as docs/performance.md."""
    lines = ["# Performance", "", "Written by `scripts/bench`, all in one run; don't edit: run it again.", ""]
    lines += [f"- {line}" for line in machine]
    for section in sections:
        table = (HEADERS, ["---"] * len(HEADERS), *map(cells, section.rows))
        lines += ["", f"## {section.title}", "", section.text, "", *map(_markdown, table)]
    return "\n".join(lines) + "\n"


def _markdown(words: Sequence[str]) -> str:
    return "| " + " | ".join(word.replace("|", "\\|") for word in words) + " |"


def machine(now: datetime) -> Iterator[str]:
    """What the figures were measured on, and of which commit."""
    yield f"{_cpu()}, {os.cpu_count()} cores, {_memory_gb():.0f} GB"
    yield f"{_system()}, Python {platform.python_version()}"
    changed = " with changes that are not committed" if _git("status", "--porcelain") else ""
    yield f"{now:%Y-%m-%d}, commit {_git('rev-parse', '--short', 'HEAD') or 'unknown'}{changed}"


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(models, platform.processor() or "an unknown processor")


def _memory_gb() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return platform.platform()


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S607
    return done.stdout.strip()


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=f"of {', '.join(section_names())}; default: all")
    parser.add_argument(
        "--tiny", action="store_true", help="measure next to nothing, to see that it runs; saves nothing"
    )
    options = parser.parse_args(arguments)
    unknown = set(options.sections) - set(section_names())
    if unknown:
        parser.error(f"no section {', '.join(sorted(unknown))}: there are {', '.join(section_names())}")
    begun = datetime.now(UTC)
    described = list(machine(begun))
    sections = []
    for name in options.sections or section_names():
        sys.stderr.write(f"bench: {name}\n")
        sections.append(measure(name, Size.TINY if options.tiny else Size.WHOLE))
    console = Console(markup=False, highlight=False)
    if not console.is_terminal:
        console.width = PIPE_WIDTH
    print_sections(console, sections)
    if not options.sections and not options.tiny:
        PAGE.write_text(page(sections, described), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

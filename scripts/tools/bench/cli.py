"""Runs the bench's sections, prints a table, and saves it with a description of the machine as docs/performance.md."""

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
from tools.bench.row import ROOT, Row, Size, format_figure

PAGE = ROOT / "docs" / "performance.md"
HEADERS = ("measurement", "figure", "unit", "target", "met", "note")
PIPE_WIDTH = 160
MET = {None: "", True: "yes", False: "no"}


@dataclass(frozen=True, slots=True)
class Section:
    """A measured section; `text` describes the method."""

    title: str
    text: str
    rows: tuple[Row, ...]


def section_names() -> list[str]:
    """List the sections in the order of the page."""
    names = [module.name for module in iter_modules(bench_sections.__path__)]
    return sorted(names, key=lambda name: _module(name).ORDER)


def _module(name: str):
    return importlib.import_module(f"tools.bench.sections.{name}")


def measure(name: str, size: Size) -> Section:
    module = _module(name)
    text = " ".join((module.__doc__ or "").split())
    return Section(module.TITLE, text, tuple(module.rows(size)))


def cells(row: Row) -> tuple[str, ...]:
    figure = "—" if row.figure is None else format_figure(row.figure)
    return row.name, figure, row.unit, row.target, MET[row.is_met], row.note


def print_sections(console: Console, sections: Sequence[Section]) -> None:
    """Print one table of all sections."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for header in HEADERS:
        table.add_column(header, justify="right" if header == "figure" else "left", overflow="fold")
    for section in sections:
        table.add_row(section.title, style="bold")
        for row in section.rows:
            style = {False: "red", True: "green", None: ""}[row.is_met]
            table.add_row(*cells(row), style=style)
    console.print(table)


def make_page(sections: Sequence[Section], machine: Sequence[str]) -> str:
    """Return the text of docs/performance.md."""
    lines = ["# Performance", "", "`scripts/bench` writes this page in one run; do not edit it.", ""]
    lines += [f"- {line}" for line in machine]
    for section in sections:
        table = (HEADERS, ["---"] * len(HEADERS), *map(cells, section.rows))
        lines += ["", f"## {section.title}", "", section.text, "", *map(_markdown, table)]
    return "\n".join(lines) + "\n"


def _markdown(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def describe_machine(now: datetime) -> Iterator[str]:
    """Describe the machine, the date and the commit of the figures."""
    yield f"{_cpu()}, {os.cpu_count()} cores, {_memory_gb():.0f} GB"
    yield f"{_system()}, Python {platform.python_version()}"
    changes = " with uncommitted changes" if _git("status", "--porcelain") else ""
    yield f"{now:%Y-%m-%d}, commit {_git('rev-parse', '--short', 'HEAD') or 'unknown'}{changes}"


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(models, platform.processor() or "unknown processor")


def _memory_gb() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return platform.platform()


def _git(*words: str) -> str:
    result = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S607
    return result.stdout.strip()


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=f"{', '.join(section_names())}; default: all")
    parser.add_argument(
        "--tiny", action="store_true", help="measure almost nothing, to check that the bench runs; save nothing"
    )
    options = parser.parse_args(arguments)
    unknown = set(options.sections) - set(section_names())
    if unknown:
        parser.error(f"unknown section {', '.join(sorted(unknown))}; choose from {', '.join(section_names())}")
    machine = list(describe_machine(datetime.now(UTC)))
    sections = []
    for name in options.sections or section_names():
        sys.stderr.write(f"bench: {name}\n")
        sections.append(measure(name, Size.TINY if options.tiny else Size.WHOLE))
    console = Console(markup=False, highlight=False)
    if not console.is_terminal:
        console.width = PIPE_WIDTH
    print_sections(console, sections)
    if not options.sections and not options.tiny:
        PAGE.write_text(make_page(sections, machine), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

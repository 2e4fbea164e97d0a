"""The time to make a value of four fields with each decorator, then `sup-sync report --from` of the example requests
repeated, in turns: as it is, with all values frozen at run time, and with Python's own settings of the garbage
collector. The minimum CPU of whole processes.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from timeit import repeat

from support.many_requests import NOW, write_many
from tools.bench.row import Row, Size, measure_in_turns, minimum_row

from sup_sync.immutable import fast_value, value

TITLE = "Values and garbage"
ORDER = 7

MONTHS = {Size.WHOLE: 150, Size.TINY: 1}
RUNS = {Size.WHOLE: 7, Size.TINY: 1}
MADE = {Size.WHOLE: 200_000, Size.TINY: 10}

CHANGES = {
    "as it is": "",
    "all values frozen at run time": "frozen.fast_value = frozen.value",
    "with Python's own garbage collection": "garbage.gc = types.SimpleNamespace("
    "set_threshold=lambda *_: None, disable=lambda: None, enable=lambda: None, freeze=lambda: None)",
}
PROGRAM = "import types\nimport sup_sync.immutable as frozen\nimport sup_sync.cli.garbage as garbage\n{}\n{}"
START = "from sup_sync.cli.main import main\nmain()"


def rows(size: Size) -> Iterator[Row]:
    fast, checked = (_making_ns(decorator, size) for decorator in (fast_value, value))
    yield Row("making a `fast_value` of four fields", fast, "ns")
    yield Row("making a `value` of four fields", checked, "ns", note=f"{checked / fast:.2g} times as long")
    with tempfile.TemporaryDirectory() as name:
        snapshot = write_many(Path(name) / "many.jsonl", MONTHS[size])
        words = ("report", "--from", snapshot, "--now", NOW, "--json")
        commands = [(sys.executable, "-c", PROGRAM.format(change, START), *words) for change in CHANGES.values()]
        for what, taken in zip(CHANGES, measure_in_turns(commands, RUNS[size]), strict=True):
            yield minimum_row(f"`sup-sync report --from`, {what}", taken, "s")


def _making_ns(decorator: Callable[[type], type], size: Size) -> float:
    fields = {"__annotations__": dict.fromkeys(("a", "b", "c", "d"), int)}
    made = decorator(type("Made", (), fields))
    return min(repeat(lambda: made(1, 2, 3, 4), number=MADE[size], repeat=RUNS[size])) / MADE[size] * 1e9

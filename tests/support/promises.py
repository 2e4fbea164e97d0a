"""The table of docs/promises.md, made by the run that tried them."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

ONCE = "1, 2, 6: said once, never lost, and then nothing more is written"
UNREAD = "3: an incomplete read or a failed preflight writes nothing in that scope"
LIMITS = "4: over the limits nothing is written, and it says what would have been"
ANSWERED = "5: no request is ended whose client answered before the write"
SETTLED = "6: the second run writes nothing"
PRIVATE = "7: nothing private becomes public"
TRUTH = "8: exit code, summary and ping tell the truth, also of what is left for the next run"
SECRET = "9: the key goes to the tracker alone, and stands in no fault, outcome or log"
HARMLESS = "10: client text can do nothing"
POISONED = "11: a poisoned request does no harm to the others, and is named where it can't be judged or written"
DRAINED = "12: one note each, oldest breach first, drained"

ALL = set(range(1, 13))

PROMISES = Path(__file__).parent.parent.parent / "docs" / "promises.md"

HEAD = """\
# Promises under fault

What was tried, and how often; made by a run of the tests with all faults, as `scripts/test --all` is one, which ends
red where one does not hold. Tools that do without the write protocol break under the same faults:
`tests/faults/test_naive_tools_fail.py`.

The run: {machine}.

| promise | what was done to it | times | result |
| --- | --- | --- | --- |
"""


def numbers_of(promises: Iterable[str]) -> set[int]:
    """The numbers that promises, or the rows of the table, begin with."""
    heads = (re.match(r"(?:\| )?([\d, ]+):", each) for each in promises)
    return {int(number) for head in heads if head for number in head[1].split(",")}


def write_promises(count_promise: Mapping[tuple[str, str], int]) -> bool:
    """A row for each promise and fault, how often it held; returns whether, as one run has to have tried them all."""
    if numbers_of(promise for promise, _ in count_promise) != ALL:
        return False
    in_order = sorted(count_promise.items(), key=lambda each: (int(re.split("[:,]", each[0][0])[0]), each[0]))
    rows = (f"| {promise} | {fault} | {times} | held |\n" for (promise, fault), times in in_order)
    PROMISES.write_text(HEAD.format(machine=_machine()) + "".join(rows), encoding="utf-8")
    return True


def _machine() -> str:
    system = platform.freedesktop_os_release()["PRETTY_NAME"] if Path("/etc/os-release").exists() else platform.system()
    return f"{os.cpu_count()} CPUs, {system}, Python {platform.python_version()}"

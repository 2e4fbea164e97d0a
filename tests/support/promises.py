"""The promises of sup-sync, and the table of docs/promises.md with the failures under which each was tested."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

ONCE = "1, 2, 6: each note is sent exactly once, and then nothing more is written"
UNREAD = "3: an incomplete read or a failed preflight writes nothing in that scope"
LIMITS = "4: over the limits nothing is written, and the message shows what would have been"
ANSWERED = "5: a request is not closed if its client answered before the write"
IDEMPOTENT = "6: the second run writes nothing"
PRIVATE = "7: nothing private becomes public"
TRUTH = "8: exit code, summary and ping are true, and include what is left to the next run"
SECRET = "9: the key is sent only to Redmine, and is in no error, outcome or log"
HARMLESS = "10: text of clients has no effect"
ISOLATED = "11: a request that fails does not affect the others, and is reported if it cannot be judged or written"
DRAINED = "12: one note for each request, oldest breach first, until all are sent"

ALL = set(range(1, 13))

PROMISES = Path(__file__).parent.parent.parent / "docs" / "promises.md"

HEAD = """\
# Promises under failures

This table shows the promises, the failures under which each was tested, and how often. `scripts/test --all` writes it
if all tests pass, so every row held. Simpler tools, without sup-sync's write protocol, break under the same failures:
see `tests/faults/test_naive_tools_fail.py`.

Tested on: {machine}.

| promise | failure | times | result |
| --- | --- | --- | --- |
"""


def numbers_of(promises: Iterable[str]) -> set[int]:
    """Return the numbers at the start of promises, or of the table's rows."""
    heads = (re.match(r"(?:\| )?([\d, ]+):", each) for each in promises)
    return {int(number) for head in heads if head for number in head[1].split(",")}


def write_promises(counts: Mapping[tuple[str, str], int]) -> bool:
    """Write the table, a row for each promise and failure; return False if the run did not test all promises."""
    if numbers_of(promise for promise, _ in counts) != ALL:
        return False
    in_order = sorted(counts.items(), key=lambda each: (int(re.split("[:,]", each[0][0])[0]), each[0]))
    rows = (f"| {promise} | {failure} | {times} | held |\n" for (promise, failure), times in in_order)
    PROMISES.write_text(HEAD.format(machine=_machine()) + "".join(rows), encoding="utf-8")
    return True


def _machine() -> str:
    system = platform.freedesktop_os_release()["PRETTY_NAME"] if Path("/etc/os-release").exists() else platform.system()
    return f"{os.cpu_count()} CPUs, {system}, Python {platform.python_version()}"

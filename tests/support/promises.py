"""The table docs/promises.md, written by a test run that covers all promises."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

ONCE = "1, 2, 6: each note is sent once and never lost, then nothing more is written"
UNREAD = "3: an incomplete read or a failed preflight writes nothing in that scope"
LIMITS = "4: over the limits nothing is written, and the output shows the planned changes"
ANSWERED = "5: no request is closed if its client answered before the write"
SETTLED = "6: the second run writes nothing"
PRIVATE = "7: nothing private becomes public"
TRUTH = "8: exit code, summary and ping are correct, also about the work left for the next run"
SECRET = "9: the key is sent only to Redmine, and is in no error, output or log"
HARMLESS = "10: client text is never executed"
POISONED = "11: a broken request does not affect others, and is reported if it cannot be evaluated or written"
DRAINED = "12: after an outage each request gets one note, the oldest breach first, until all are sent"

ALL = set(range(1, 13))

PROMISES = Path(__file__).parent.parent.parent / "docs" / "promises.md"

HEAD = """\
# Promises under faults

The promises that the tests check while they inject faults, and the number of attempts. `scripts/test --all` writes this
page, and fails if a promise is broken. Tools without the write protocol fail under the same faults:
`tests/faults/test_naive_tools_fail.py`.

Test machine: {machine}.

| promise | injected fault | times | result |
| --- | --- | --- | --- |
"""


def numbers_of(promises: Iterable[str]) -> set[int]:
    """Return the numbers at the start of promises or of rows of the table."""
    heads = (re.match(r"(?:\| )?([\d, ]+):", each) for each in promises)
    return {int(number) for head in heads if head for number in head[1].split(",")}


def write_promises(count_promise: Mapping[tuple[str, str], int]) -> bool:
    """Write a row for each promise and fault, and return True; return False if the run did not cover all promises."""
    if numbers_of(promise for promise, _ in count_promise) != ALL:
        return False
    in_order = sorted(count_promise.items(), key=lambda each: (int(re.split("[:,]", each[0][0])[0]), each[0]))
    rows = (f"| {promise} | {fault} | {times} | held |\n" for (promise, fault), times in in_order)
    PROMISES.write_text(HEAD.format(machine=_machine()) + "".join(rows), encoding="utf-8")
    return True


def _machine() -> str:
    system = platform.freedesktop_os_release()["PRETTY_NAME"] if Path("/etc/os-release").exists() else platform.system()
    return f"{os.cpu_count()} CPUs, {system}, Python {platform.python_version()}"

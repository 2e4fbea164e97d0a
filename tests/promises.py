"""The table of docs/promises.md, made by the run that tried them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

ONCE = "1, 2, 6: said once, never lost, and then nothing more is written"

PROMISES = Path(__file__).parent.parent / "docs" / "promises.md"

HEAD = """\
# Promises under fault

What was tried on the tracker in memory, and how often; made by `scripts/test --all`, which ends red where one does not
hold. Tools that do without the write protocol break under the same faults: `tests/faults/test_naive_tools_fail.py`.

| promise | what was done to it | times | result |
| --- | --- | --- | --- |
"""


def write_promises(tried: Mapping[tuple[str, str], int]) -> None:
    """A row for each promise and fault: how often it held; where it did not, no table is written."""
    rows = (f"| {promise} | {fault} | {times} | held |\n" for (promise, fault), times in sorted(tried.items()))
    PROMISES.write_text(HEAD + "".join(rows), encoding="utf-8")

"""`sup-sync report --from` on a real event log (UCI 498, 2016-17), converted to a snapshot with its mappings:
statuses, priorities, and the author of each change, but no texts. The log's own verdict covers the time from opening
to closing without pauses; the target and the working hours reproduce it for the priority Moderate. Growth compares the
CPU per request, less that of a report of a few requests, with that of the smallest size. Each figure is the minimum of
seven processes.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from itertools import groupby, islice
from pathlib import Path

from tools.bench import servicenow as log
from tools.bench.row import Row, Size, measure_command, measure_in_turns, minimum_row
from tools.bench.sections.startup import PROGRAM

from sup_sync.config.load import Config, load_config
from sup_sync.redmine.snapshot import load_snapshot
from sup_sync.run.caseload import decode_caseload, judge_caseload
from sup_sync.sla.clock import TargetStatus
from sup_sync.sla.judgement import Judgement

TITLE = "Judging"
ORDER = 2

CASES = {Size.WHOLE: 30_000, Size.TINY: 40}  # more than the log contains
GROWTH_CASES = {Size.WHOLE: 5_000, Size.TINY: 10}
TIMES = (1, 2, 4)
RUNS = {Size.WHOLE: 7, Size.TINY: 1}

WHOLE_S, WHOLE_MB, AGREEMENT, STEADY = 4, 400, 0.99, 1.1
MODERATE = log.PRIORITIES["moderate"]


def rows(size: Size) -> Iterator[Row]:
    if not log.LOG.exists():
        yield Row("`sup-sync report --from`", None, note=f"shared/data/{log.LOG.name} not found next to the checkout")
        return
    lists, cases = _cases(CASES[size])
    issues = [case.issue for case in cases]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config_file = log.write_mappings(folder)
        log.write_snapshot(folder / "whole.jsonl", lists, issues)
        yield from _whole(folder, len(issues), sum(1 + len(issue["journals"]) for issue in issues), size)
        config = load_config(config_file, log.NOW.date())
        yield _agreement(cases, _judge(folder / "whole.jsonl", config))
        yield from _growth(folder, lists, issues[: GROWTH_CASES[size]], RUNS[size])


def _cases(most: int) -> tuple[log.Json, list[log.Case]]:
    """Convert the first requests of the log."""
    conversion = log.Conversion()
    by_case = (list(case_rows) for _, case_rows in groupby(log.read_log(), key=lambda row: row["case_id"]))
    cases = list(conversion.cases(row for case_rows in islice(by_case, most) for row in case_rows))
    return conversion.lists(), cases


def _whole(folder: Path, requests: int, events: int, size: Size) -> Iterator[Row]:
    costs = [measure_command(_report("whole.jsonl"), folder) for _ in range(RUNS[size])]
    yield Row("requests", requests, note=f"with {events:,} events")
    yield minimum_row("`sup-sync report --from`, CPU", [cost.cpu_s for cost in costs], "s", WHOLE_S)
    yield Row("its peak memory", max(cost.memory_mb for cost in costs), "MB", at_most=WHOLE_MB)


def _judge(snapshot: Path, config: Config) -> tuple[Judgement, ...]:
    with snapshot.open(encoding="utf-8") as file:
        lists, issues = load_snapshot(file, snapshot.name)
    return judge_caseload(decode_caseload(lists, issues, config.rules, log.NOW), config.rules, log.NOW)


def _agreement(cases: Sequence[log.Case], judgements: Sequence[Judgement]) -> Row:
    """Make a row of the share of moderate requests with the same verdict as in the log."""
    pairs = zip(cases, judgements, strict=True)
    moderate = [(case, judged.verdict("resolution")) for case, judged in pairs if case.priority == MODERATE]
    agreed = sum((verdict.outcome is TargetStatus.BREACHED) != case.made_sla for case, verdict in moderate)
    note = f"{len(moderate) - agreed} of {len(moderate):,} differ from the log"
    return Row("same verdict as the log, priority Moderate", agreed / len(moderate), at_least=AGREEMENT, note=note)


def _growth(folder: Path, lists: log.Json, issues: Sequence[log.Json], runs: int) -> Iterator[Row]:
    few = issues[: len(issues) // 50 + 1]
    log.write_snapshot(folder / "few.jsonl", lists, few)
    for times in TIMES:
        log.write_snapshot(folder / f"{times}.jsonl", lists, log.copies(issues, times))
    commands = [_report(f"{name}.jsonl") for name in ("few", *TIMES)]
    few_s, *sizes_s = map(min, measure_in_turns(commands, runs, folder))
    by_size = zip(sizes_s, TIMES, strict=True)
    request_s = [(cpu_s - few_s) / (len(issues) * times - len(few)) for cpu_s, times in by_size]
    for times, ratio in zip(TIMES[1:], (cpu_s / request_s[0] for cpu_s in request_s[1:]), strict=True):
        name, note = f"{times} times as many requests, CPU per request", f"{len(issues) * times:,} requests"
        yield Row(name, ratio, "times", at_most=STEADY, note=note)


def _report(snapshot: str) -> list[str | Path]:
    return [PROGRAM, "--config", "config.yaml", "report", "--from", snapshot, "--now", log.NOW.isoformat()]

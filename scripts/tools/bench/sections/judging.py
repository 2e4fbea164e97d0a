"""`sup-sync report --from` over a real event log (UCI 498, 2016-17) as a snapshot with mappings of its own: statuses,
priorities, who changed what; it has no words. The log's own verdict runs from opening to closing without pauses; the
target and the hours are those that reproduce it on its priority Moderate. Growth is the CPU for each request, above a
report of a few, against that of the smallest size. The least of whole processes, seven of each.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from itertools import groupby, islice
from pathlib import Path

from tools.bench import servicenow as log
from tools.bench.row import Row, Size, cost_of, in_turns, least
from tools.bench.sections.startup import PROGRAM

from sup_sync.config.load import Config, load_config
from sup_sync.redmine.snapshot import load_snapshot
from sup_sync.run.caseload import decode_caseload, judge_caseload
from sup_sync.sla.clock import TargetStatus
from sup_sync.sla.judgement import Judgement

TITLE = "Judging"
PLACE = 2

CASES = {Size.WHOLE: 30_000, Size.TINY: 40}  # more than the log has
GROWTH_CASES = {Size.WHOLE: 5_000, Size.TINY: 10}
TIMES = (1, 2, 4)
RUNS = {Size.WHOLE: 7, Size.TINY: 1}

WHOLE_S, WHOLE_MB, AGREEMENT, STEADY = 4, 400, 0.99, 1.1
MODERATE = log.PRIORITIES["moderate"]


def rows(size: Size) -> Iterator[Row]:
    if not log.LOG.exists():
        yield Row("`sup-sync report --from`", None, note=f"no shared/data/{log.LOG.name} beside the checkout")
        return
    lists, cases = _cases(CASES[size])
    issues = [each.issue for each in cases]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config_file = log.write_mappings(folder)
        log.write_snapshot(folder / "whole.jsonl", lists, issues)
        yield from _whole(folder, len(issues), sum(1 + len(each["journals"]) for each in issues), size)
        config = load_config(config_file, log.NOW.date())
        yield _agreement(cases, _judged(folder / "whole.jsonl", config))
        yield from _growth(folder, lists, issues[: GROWTH_CASES[size]], RUNS[size])


def _cases(most: int) -> tuple[log.Json, list[log.Case]]:
    """The first requests of the log."""
    translation = log.Translation()
    by_case = (list(of_case) for _, of_case in groupby(log.read_log(), key=lambda row: row["case_id"]))
    cases = list(translation.cases(row for of_case in islice(by_case, most) for row in of_case))
    return translation.lists(), cases


def _whole(folder: Path, requests: int, events: int, size: Size) -> Iterator[Row]:
    costs = [cost_of(_report("whole.jsonl"), folder) for _ in range(RUNS[size])]
    yield Row("requests", requests, note=f"with {events:,} events")
    yield least("`sup-sync report --from`, CPU", [each.cpu_s for each in costs], "s", WHOLE_S)
    yield Row("its largest memory", max(each.memory_mb for each in costs), "MB", at_most=WHOLE_MB)


def _judged(snapshot: Path, config: Config) -> tuple[Judgement, ...]:
    with snapshot.open(encoding="utf-8") as file:
        lists, issues = load_snapshot(file, snapshot.name)
    return judge_caseload(decode_caseload(lists, issues, config.rules), config.rules, log.NOW)


def _agreement(cases: Sequence[log.Case], judgements: Sequence[Judgement]) -> Row:
    """The share of the log's moderate requests on whose breach we say the same."""
    pairs = zip(cases, judgements, strict=True)
    moderate = [(case, judged.verdict("resolution")) for case, judged in pairs if case.priority == MODERATE]
    agreed = sum((verdict.outcome is TargetStatus.BREACHED) != case.made_sla for case, verdict in moderate)
    note = f"{len(moderate) - agreed} of {len(moderate):,} otherwise than the log"
    return Row("breached as the log says, priority Moderate", agreed / len(moderate), at_least=AGREEMENT, note=note)


def _growth(folder: Path, lists: log.Json, issues: Sequence[log.Json], runs: int) -> Iterator[Row]:
    few = issues[: len(issues) // 50 + 1]
    log.write_snapshot(folder / "few.jsonl", lists, few)
    for times in TIMES:
        log.write_snapshot(folder / f"{times}.jsonl", lists, log.copies(issues, times))
    commands = [_report(f"{name}.jsonl") for name in ("few", *TIMES)]
    start_s, *taken = map(min, in_turns(commands, runs, folder))
    each = [(cpu_s - start_s) / (len(issues) * times - len(few)) for cpu_s, times in zip(taken, TIMES, strict=True)]
    for times, ratio in zip(TIMES[1:], (cpu_s / each[0] for cpu_s in each[1:]), strict=True):
        what, note = f"{times} times as many requests, CPU for each", f"{len(issues) * times:,} requests"
        yield Row(what, ratio, "times", at_most=STEADY, note=note)


def _report(snapshot: str) -> list[str | Path]:
    return [PROGRAM, "--config", "config.yaml", "report", "--from", snapshot, "--now", log.NOW.isoformat()]

"""The requests that Redmine links with others, judged when a closing depends on them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from sup_sync.errors import SupSyncError
from sup_sync.model.directory import Directory
from sup_sync.model.issue import Finding
from sup_sync.model.rulebook import Rulebook
from sup_sync.redmine.reader import Reader
from sup_sync.run.caseload import decode_or_report, judge_filed
from sup_sync.sla.judgement import Judgement
from sup_sync.to_json import Json

# Reads one issue with its history; None if it is not there.
Source = Callable[[int], Json | None]


class LinkedRequests:
    """The judgements of linked requests by id, each from the first source that has it, read at most once.

    A request that could not be read or decoded has none; the closing that depends on it then waits.
    """

    def __init__(self, directory: Directory, rules: Rulebook, now: datetime, *sources: Source) -> None:
        self._directory = directory
        self._rules = rules
        self._now = now
        self._sources = sources
        self._judged: dict[int, Judgement | None] = {}

    def __call__(self, issue_id: int) -> Judgement | None:
        if issue_id not in self._judged:
            self._judged[issue_id] = self._judge(issue_id)
        return self._judged[issue_id]

    def _judge(self, issue_id: int) -> Judgement | None:
        raw = next((raw for source in self._sources if (raw := source(issue_id)) is not None), None)
        issue = None if raw is None else decode_or_report(raw, self._directory)
        return None if issue is None or isinstance(issue, Finding) else judge_filed(issue, self._rules, self._now)


def from_redmine(reader: Reader) -> Source:
    """Make the source that asks Redmine; an issue that it does not deliver is not there."""

    def fetch(issue_id: int) -> Json | None:
        with suppress(SupSyncError):
            return reader.fetch_issue(issue_id)
        return None

    return fetch

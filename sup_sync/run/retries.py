"""The requests that earlier runs failed to write: they are tried last, or wait, and are reported once a day."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sup_sync.errors import SupSyncError
from sup_sync.model.issue import Issue
from sup_sync.model.moments import MOMENT_FORMAT
from sup_sync.planning.plan import Plan
from sup_sync.redmine.reader import Reader
from sup_sync.run.diagnosis import Concern
from sup_sync.run.failures import FailureLog
from sup_sync.run.write import OutcomeKind, WriteOutcome

FAILED_WRITES = "failed_writes"  # their key in the cache

# The number of edit forms that a run reads to see if one changed; one shows the fields of all in its tracker.
FORMS_READ = 5

DONE = (OutcomeKind.APPLIED, OutcomeKind.UNNEEDED)


class Retries:
    """The failed writes among the `issues` of a run's plan.

    A wait ends if the issue or `files_hash` changes, or its edit form or another one of its project and tracker.
    `urgent` issues never wait, as their client still waits for the first response of a contract.
    """

    def __init__(self, log: FailureLog, issues: Iterable[Issue], files_hash: str, urgent: Collection[int]) -> None:
        self.log = log
        self._files_hash = files_hash
        self._issues = {issue.id: issue for issue in issues}
        self._urgent = urgent
        log.remove(log.failures.keys() - self._issues.keys())
        self._waiting = self._find_waiting()

    def end_waits_by_form(self, reader: Reader) -> None:
        """Read some edit forms, those read longest ago; if one changed, end the waits in its project and tracker."""
        by_place: dict[tuple[int, str], list[int]] = {}
        for issue_id in sorted(self._waiting, key=lambda each: self.log.failures[each].form_read_at):
            if self.log.failures[issue_id].form:
                issue = self._issues[issue_id]
                by_place.setdefault((issue.project.id, issue.tracker), []).append(issue_id)
        for first, *others in list(by_place.values())[:FORMS_READ]:
            try:
                form = reader.fetch_form_state(first).digest
            except SupSyncError:
                continue
            if form == self.log.failures[first].form:
                self.log.record_form(first)
            else:
                self._waiting -= {first, *others}

    def parts(self, plan: Plan) -> tuple[Plan, Plan]:
        """Split a plan: what was not tried yet, and then what is tried again; what waits is in neither."""
        failed = self.log.failures.keys()
        new = tuple(each for each in plan.changes if each.issue_id not in failed)
        again = tuple(each for each in plan.changes if each.issue_id in failed - self._waiting)
        return replace(plan, changes=new), replace(plan, changes=again)

    def _find_waiting(self) -> set[int]:
        return {
            issue_id
            for issue_id in self.log.failures
            if issue_id not in self._urgent and self.log.is_waiting(issue_id, self._version(issue_id))
        }

    def deferred(self, zone: ZoneInfo) -> Iterator[WriteOutcome]:
        """Yield the outcome of each request that waits."""
        for issue_id in sorted(self._waiting):
            failure, is_known = self.log.failures[issue_id], not self.log.report(issue_id)
            next_try = datetime.fromtimestamp(failure.tried_at + failure.wait_s, UTC).astimezone(zone)
            text = f"{failure.reason}; tried again after {next_try.strftime(MOMENT_FORMAT)}"
            yield WriteOutcome(issue_id, OutcomeKind.DEFERRED, text, is_known=is_known)

    def record(self, outcome: WriteOutcome) -> WriteOutcome:
        """Record the outcome of a try, and return it with whether it is known; a failed place is tried in each run."""
        issue_id, is_own = outcome.issue_id, outcome.concern is Concern.REQUEST
        if outcome.kind in DONE:
            self.log.remove([issue_id])
        elif is_own or outcome.kind is OutcomeKind.REFUSED:
            version = self._version(issue_id, outcome.updated_at) if is_own else ""
            self.log.add(issue_id, outcome.text, version, outcome.form)
            return replace(outcome, is_known=not self.log.report(issue_id))
        return outcome

    def _version(self, issue_id: int, updated_at: datetime | None = None) -> str:
        at = updated_at or self._issues[issue_id].updated_at
        return f"{at.astimezone(UTC).isoformat()} {self._files_hash}"

"""One request at a moment: the input of the rules in planning/notices/."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime
from typing import TYPE_CHECKING

from sup_sync.errors import CalendarError
from sup_sync.immutable import fast_value
from sup_sync.model.moments import MOMENT_FORMAT
from sup_sync.model.policy import ClockKind, Policy
from sup_sync.model.rulebook import Rulebook
from sup_sync.planning.marker import Marker
from sup_sync.planning.notice import Notice, NoticeKind, Section

if TYPE_CHECKING:  # commands that only read the files import the declarations, and not the judging of requests
    from sup_sync.sla.judgement import Judgement


@fast_value
class Case:
    """One request at a moment, with everything that its notices need; `promised_on` is the last known release date."""

    judgement: Judgement
    rules: Rulebook
    marker: Marker
    now: datetime
    promised_on: date | None = None
    is_adopting: bool = False

    @property
    def policy(self) -> Policy:
        return self.judgement.policy

    @property
    def is_office_open(self) -> bool:
        """True in working hours; no request is closed after hours (clause 5) or outside the calendar's years."""
        if self.is_adopting:
            return True  # due notices are only marked as sent: one left out now would be sent later
        with suppress(CalendarError):
            return self.rules.calendars[ClockKind.WORKING].is_open(self.now)
        return False

    @property
    def client_language(self) -> str:
        """The language of the request, otherwise of the contract; Redmine's REST API has none for users (fact)."""
        contract = self.judgement.contract
        return self.judgement.issue.language or (contract and contract.language) or self.rules.messages.client_language

    def local(self, at: datetime) -> datetime:
        return at.astimezone(self.rules.zone)

    def admin_moment(self, at: datetime) -> str:
        """Format a moment for reasons, which admins read."""
        return self.local(at).strftime(MOMENT_FORMAT)

    def client_text(self, key: str, **variables: str) -> str:
        return self.rules.messages.text(self.client_language, key, **variables)

    def client_moment(self, at: datetime) -> str:
        return self.rules.messages.moment(self.client_language, self.local(at))

    def staff_text(self, key: str, **variables: str) -> str:
        return self.rules.messages.text(self.rules.messages.staff_language, key, **variables)

    def staff_moment(self, at: datetime) -> str:
        return self.rules.messages.moment(self.rules.messages.staff_language, self.local(at))

    def staff_day(self, day: date) -> str:
        return self.rules.messages.day(self.rules.messages.staff_language, day)

    def alert(self, kind: NoticeKind, cycle: int, reason: str, /, **variables: str) -> Notice:
        """Make a notice to staff that has a line in `alerts`; a `clause` in `variables` replaces that of the line."""
        rule = self.policy.alerts[kind.name]
        variables = {"clause": rule.clause, **variables}
        return Notice(
            kind.audience,
            kind.name,
            cycle,
            self.staff_text(kind.name, **variables),
            reason,
            variables["clause"],
            mentions=rule.mentions,
            assign=rule.assign,
        )

    def has_line(self, kind: NoticeKind) -> bool:
        """Return whether the regulation has the line that a notice needs."""
        if kind.section is Section.CLIENT_NOTES:
            return kind.name in self.policy.client_notes
        return kind.section is not Section.ALERTS or kind.name in self.policy.alerts

    def may_send(self, kind: NoticeKind, cycle: int = 0) -> bool:
        """Return whether the regulation has the notice's line, and the notice was not sent in this cycle yet."""
        return self.has_line(kind) and not self.marker.has(kind.name, cycle)

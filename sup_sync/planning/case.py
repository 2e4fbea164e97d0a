"""One request at a moment, as the rules of planning/notices/ see it."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime
from typing import TYPE_CHECKING

from sup_sync.errors import CalendarError
from sup_sync.frozen import fast_value
from sup_sync.model.moments import MOMENT_FORMAT
from sup_sync.model.policy import ClockKind, Policy
from sup_sync.model.rulebook import Rulebook
from sup_sync.planning.marker import Marker
from sup_sync.planning.notice import Notice, NoticeKind, Section

if TYPE_CHECKING:  # what only reads the files needs the declarations of notices, and not the judgement of requests
    from sup_sync.sla.judgement import Judgement


@fast_value
class Case:
    """One request at a moment, with all that its notices need; `promised_on` is the release that was last known."""

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
        """Whether support works now: nothing ends outside working hours (clause 5), nor in years nobody knows."""
        if self.is_adopting:
            return True  # what is due is only remembered, at any hour: kept back now it would be done later
        with suppress(CalendarError):
            return self.rules.calendars[ClockKind.WORKING].is_open(self.now)
        return False

    @property
    def client_language(self) -> str:
        """As the request says, else the contract; Redmine's REST tells nobody's language (fact)."""
        contract = self.judgement.contract
        return self.judgement.issue.language or (contract and contract.language) or self.rules.messages.client_language

    def local(self, at: datetime) -> datetime:
        return at.astimezone(self.rules.zone)

    def shown(self, at: datetime) -> str:
        """A moment as reasons, which admins read, show it."""
        return self.local(at).strftime(MOMENT_FORMAT)

    def client_text(self, key: str, **words: str) -> str:
        return self.rules.messages.text(self.client_language, key, **words)

    def client_moment(self, at: datetime) -> str:
        return self.rules.messages.moment(self.client_language, self.local(at))

    def staff_text(self, key: str, **words: str) -> str:
        return self.rules.messages.text(self.rules.messages.staff_language, key, **words)

    def staff_moment(self, at: datetime) -> str:
        return self.rules.messages.moment(self.rules.messages.staff_language, self.local(at))

    def staff_day(self, day: date) -> str:
        return self.rules.messages.day(self.rules.messages.staff_language, day)

    def alert(self, kind: NoticeKind, cycle: int, why: str, /, **words: str) -> Notice:
        """Build the notice to staff that has a line in `alerts`; `words` may give another clause than that line."""
        rule = self.policy.alerts[kind.name]
        words = {"clause": rule.clause, **words}
        text = self.staff_text(kind.name, **words)
        return Notice(
            kind.audience, kind.name, cycle, text, why, words["clause"], mentions=rule.mentions, assign=rule.assign
        )

    def has_line(self, kind: NoticeKind) -> bool:
        """Return whether the regulation has the line that a notice needs."""
        if kind.section is Section.CLIENT_NOTES:
            return kind.name in self.policy.client_notes
        return kind.section is not Section.ALERTS or kind.name in self.policy.alerts

    def may_send(self, kind: NoticeKind, cycle: int = 0) -> bool:
        """Return whether the regulation has the notice's line, and the notice was not yet sent in this cycle."""
        return self.has_line(kind) and not self.marker.has(kind.name, cycle)

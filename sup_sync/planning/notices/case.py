"""What there is to say about one request, and the desk at which every rule works out its own notices."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime
from enum import StrEnum

from sup_sync.errors import CalendarError
from sup_sync.frozen import fast_value
from sup_sync.model.moments import MOMENT_FORMAT
from sup_sync.model.policy import ClockKind, Policy
from sup_sync.model.rulebook import Rulebook
from sup_sync.planning.marker import Marker
from sup_sync.sla.judgement import Judgement


class Audience(StrEnum):
    """Who reads a notice: clients a public note, staff a private one."""

    CLIENT = "client"
    STAFF = "staff"


@fast_value
class Notice:
    """Something to say once: `name`, `cycle` and `share` are its place in the marker, the rest is what it does.

    `mentions`, `assign` and `notify` are keys of mappings/tracker.yaml's `people`, `status` is one of its statuses.
    """

    audience: Audience
    name: str
    cycle: int
    text: str
    reason: str
    clause: str
    share: float = 1.0
    mentions: tuple[str, ...] = ()
    assign: str | None = None
    status: str | None = None
    notify: tuple[str, ...] = ()


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

    def alert(self, key: str, cycle: int, why: str, /, **words: str) -> Notice:
        """What staff are told at once, by its line in the regulation's `alerts`; `clause` may say another than it."""
        rule = self.policy.alerts[key]
        words = {"clause": rule.clause, **words}
        text = self.staff_text(key, **words)
        clause = words["clause"]
        return Notice(Audience.STAFF, key, cycle, text, why, clause, mentions=rule.mentions, assign=rule.assign)

    def may_alert(self, key: str, cycle: int = 0) -> bool:
        """Whether staff want this alert, and have not had it yet."""
        return key in self.policy.alerts and not self.marker.has(key, cycle)

    def may_send(self, key: str, cycle: int = 0) -> bool:
        """Whether clients are told this, and this one was not yet."""
        return key in self.policy.client_notes and not self.marker.has(key, cycle)

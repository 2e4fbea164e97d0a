"""Checks of sup-sync's writes by an independent reading of the histories."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from end_to_end.scene import CLIENT
from faults.actions import OPENED, REFUSED, SOLVED, WAITING, reason_name
from faults.simulation import Simulation, Write
from support.fake_records import Issue, Journal
from support.worlds import BOT

from sup_sync.model.policy import ClockKind
from sup_sync.model.working_time import Calendar

TO_STAFF = {"first_response", "resolution", "release", "incomplete", "stopped", "slipped", "shipped"}

# steps that are sent again for each new release date
OF_A_RELEASE = {"release", "slipped"}

FINAL = (SOLVED, REFUSED, "Жабылды")

WITHIN = timedelta(hours=8)


class History:
    """The journals of an issue up to a time, interpreted without code of sup-sync."""

    def __init__(self, simulation: Simulation, issue: Issue, journals: list[Journal]) -> None:
        self.issue, self.journals = issue, journals
        self.world = simulation.world
        self.bot = simulation.base.user_of(simulation.world.user(BOT))
        self.client = simulation.base.user_of(simulation.world.user(CLIENT))
        self.names = {str(each.id): each.name for each in simulation.base.statuses}

    def change(self, journal: Journal, name: str) -> tuple[str, str] | None:
        """Return the old and new value of an attribute, or of a field by its key, if the journal changed it."""
        key = name if name.endswith("_id") else str(self.world.field_id(name))
        details = (each for each in journal.details if each["name"] == key and each["property"] != "attachment")
        return next(((each["old_value"] or "", each["new_value"] or "") for each in details), None)

    def status(self, journal: Journal) -> str | None:
        changed = self.change(journal, "status_id")
        return self.names[changed[1]] if changed else None

    def is_answer(self, journal: Journal) -> bool:
        is_attached = any(each["property"] == "attachment" for each in journal.details)
        return bool(journal.notes and not journal.is_private) or is_attached

    def is_staff(self, journal: Journal) -> bool:
        return journal.user not in (self.bot, self.client)

    def question(self) -> Journal | None:
        """Return the public question that the client has not answered yet."""
        status, asked = OPENED, None
        for each in self.journals:
            new = self.status(each)
            status = new or status
            if status != WAITING:
                asked = None
            elif each.user is self.client:
                asked = None if self.is_answer(each) or self.change(each, "steps") else asked
            elif each.notes and not each.is_private and (new or each.user is not self.bot):
                asked = each
            elif new:
                asked = None
        return asked

    def stopped_index(self) -> int | None:
        """Return the index of the journal in which staff stopped the work, if it is stopped."""
        reasons = [
            (index, change[1]) for index, each in enumerate(self.journals) if (change := self.change(each, "reason"))
        ]
        return reasons[-1][0] if reasons and reasons[-1][1] == reason_name("insult") else None

    def answered_at(self) -> datetime | None:
        """Return when staff first answered or closed it; a closing by sup-sync is no answer."""
        times = (
            each.created_at
            for each in self.journals
            if (self.is_staff(each) and self.is_answer(each))
            or (each.user is not self.bot and self.status(each) in FINAL)
        )
        return next(times, None)

    def open_time(self, calendar: Calendar, now: datetime) -> timedelta:
        """Return the working time in which it was not closed."""
        total, opened_at = timedelta(), self.issue.created_at
        changes = [(each.created_at, status in FINAL) for each in self.journals if (status := self.status(each))]
        is_closed = False
        for at, is_final in (*changes, (now, True)):
            if is_final and not is_closed:
                total += calendar.elapsed(opened_at, at)
            elif is_closed and not is_final:
                opened_at = at
            is_closed = is_final
        return total

    def notes(self) -> list[Journal]:
        return [each for each in self.journals if each.user is self.bot and each.notes]


def check_marker(history: History) -> None:
    """Check that every note is written with its steps in the marker, and that no step is written twice."""
    reached: dict[tuple[str, str, int], float] = {}
    releases, gained, kept, acknowledged = 0, set[str](), set[str](), 0
    for each in history.journals:
        if each.user is not history.bot:
            continue
        if marked := history.change(each, "marker"):
            old, new = ({word for word in text.split() if not word.startswith("issue=")} for text in marked)
            releases += any(word.startswith("release_on") for word in old ^ new)
            assert not gained, "marked without a note"
            gained = {word for word in new - old if not word.startswith("release_on")}
            is_new_release = any(word.startswith("release_on") for word in new - old)
            kept = {word for word in new & old if is_new_release and word.partition("#")[0] in OF_A_RELEASE}
            for word in gained:
                name, cycle, share = re.split("[#@]", word)
                step = name, cycle, releases if name in OF_A_RELEASE else 0
                assert float(share) > reached.get(step, 0), f"sent twice: {word}"
                reached[step] = float(share)
        if each.notes:
            steps = gained or kept  # the same step may be sent for another release
            assert steps, "a note without its step in the marker"
            assert {word.partition("#")[0] in TO_STAFF for word in steps} == {each.is_private}
            gained, kept = set(), set()
            acknowledged += f"№ {history.issue.id} " in each.notes
    assert not gained, "marked without a note"
    assert acknowledged <= 1


def check_closing(simulation: Simulation, before: History, write: Write) -> None:
    if not any(before.status(each) == "Жабылды" for each in write.new):
        return
    calendar, asked = simulation.config.rules.calendars[ClockKind.WORKING], before.question()
    assert asked, "closed, though the client answered or no question was asked"
    assert calendar.elapsed(asked.created_at, write.run.now) >= WITHIN, "closed too early"
    assert calendar.is_open(write.run.now), "closed outside working hours"


def check_stop(before: History, write: Write) -> None:
    """Check that one private note, and nothing else, is written after staff stopped the work."""
    stopped = before.stopped_index()
    if stopped is None:
        return
    sent = [index for index, each in enumerate(before.journals) if each in before.notes() and index > stopped]
    notes = write.notes
    assert all(each.is_private for each in notes), "a public note after the work was stopped"
    assert len(sent) + len(notes) <= 1, "a second note after the work was stopped"
    assert not any(before.status(each) for each in write.new)
    assert not sent or sent[0] >= write.run.known.get(write.issue.id, 0), "a write after the last note"


def check_lateness(before: History, write: Write) -> None:
    marked = [change[1] for each in write.new if (change := before.change(each, "marker"))]
    old = [change[1] for each in write.past if (change := before.change(each, "marker"))]
    gained = set(" ".join(marked).split()) - set(old[-1].split() if old else ())
    is_late = any(word.startswith("first_response#") for word in gained)
    assert not (is_late and before.answered_at()), "escalated, though it was answered"


def check_reason(before: History, write: Write) -> None:
    """Check that a reason set by staff is overwritten only if the request is closed for want of an answer."""
    for each in write.new:
        changed = before.change(each, "reason")
        setters = [past for past in before.journals if before.change(past, "reason")]
        if changed and changed[0] and not before.status(each):
            assert setters[-1].user is before.bot, "a reason of staff is overwritten"


def check_client_view(simulation: Simulation, history: History) -> None:
    """Check that the client sees neither private notes, nor parts of them, nor the marker."""
    seen = simulation.world.see(CLIENT, history.issue.id)
    private = [part for each in history.journals if each.is_private for part in each.notes.split("\n\n")]
    public = [each["notes"] for each in seen["journals"]]
    assert not [each for each in seen["journals"] if each["private_notes"]]
    assert not [each for each in public for part in private if part in each]
    assert simulation.world.names.fields["marker"] not in {each["name"] for each in seen["custom_fields"]}

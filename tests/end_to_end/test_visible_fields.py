"""The fields, notes and dates that a client and an operator see after a run."""

from __future__ import annotations

from end_to_end.diary import Diary
from end_to_end.scene import BASE, CLIENT, CONSULTATION, OPERATOR
from stories.redmine_json import GIVEN
from support.worlds import Json

from sup_sync.run.write import OutcomeKind


def details(journals: list[Json], field_id: int) -> list[Json]:
    return [detail for journal in journals for detail in journal["details"] if detail["name"] == str(field_id)]


def test_the_client_sees_level_targets_state_and_due_date_but_nothing_internal(diary: Diary) -> None:
    issue_id = diary.file("Mon 09:00")
    run = diary.run("Mon 10:31")
    assert (run.outcomes, run.puts, run.done.is_complete) == ({issue_id: OutcomeKind.APPLIED}, 2, True)
    fields = diary.fields(CLIENT, issue_id)
    assert not {"marker", "reason"} & set(fields)
    assert {key: value for key, value in fields.items() if value and key not in GIVEN} == {
        "level": "VIP",
        "first_response_due": "2026-06-08 11:00",
        "resolution_due": "2026-06-08 18:00",
        "state": "Мерзімі таяу",
    }
    issue = diary.see(CLIENT, issue_id)
    assert issue["due_date"] == "2026-06-08"
    (acknowledgement,) = [each for each in issue["journals"] if each["notes"] or each["private_notes"]]
    assert acknowledgement["notes"].startswith(f"№ {issue_id} өтінішіңіз тіркелді: 2026 жылғы 8 маусым, 09:00 ")
    assert len(details(issue["journals"], diary.world.field_id("state"))) == 1
    assert details(issue["journals"], diary.world.field_id("marker")) == []

    (note,) = diary.notes(OPERATOR, issue_id)
    marker = diary.fields(OPERATOR, issue_id)["marker"]
    assert marker
    page = diary.world.call(CLIENT, "GET", f"/issues/{issue_id}").text
    assert "<html" in page
    assert marker not in page
    assert note.split(".")[0] not in page


def test_a_request_by_mail_counts_from_the_moment_of_contact_by_base_targets(diary: Diary) -> None:
    channel, contact_at = (diary.world.names.fields[key] for key in ("channel", "contact_at"))
    fields = {channel: "Электрондық пошта", contact_at: "2026-06-08 10:00"}
    issue_id = diary.file("Tue 09:30", OPERATOR, BASE, CONSULTATION, fields=fields)
    diary.run("Tue 10:01")
    fields = {key: value for key, value in diary.fields(OPERATOR, issue_id).items() if key not in GIVEN}
    assert fields == {
        "level": "Базалық",
        "first_response_due": "2026-06-09 10:00",
        "first_response_at": "",
        "resolution_due": "2026-06-10 10:00",
        "state": "Мерзімі өтті",
        "marker": "acknowledged#0@1.00 first_response#0@1.00",
        "channel": "Электрондық пошта",
        "contact_at": "2026-06-08 10:00",
        "priority_confirmed": "",
        "reason": "",
        "language": "",
        "bin": "",
        "organisation": "",
    }
    assert diary.see(OPERATOR, issue_id)["due_date"] == "2026-06-10"

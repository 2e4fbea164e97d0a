"""Clients without a contract on a VIP channel: they are flagged and served as Base (clauses 7, 8)."""

import pytest

ALERT = "«Базалық» деңгейіне «{}» арнасы арналмаған. Өтініш өз деңгейінің мерзімдерімен қаралады. Регламент, 8-тармақ."


@pytest.mark.parametrize(
    ("facts", "channel"),
    [
        ("call-back", "Кері қоңырау"),
        ("error", "Жобаларды басқару жүйесі"),
        ("error, by tracker", "Жобаларды басқару жүйесі"),
        ("consultation, by call-back", "Кері қоңырау"),
    ],
)
def test_staff_get_a_note_about_a_base_client_on_a_vip_channel(make_story, facts, channel):
    story = make_story(f"""
        Mon 09:00 filed by client, Base, {facts}
        Mon 09:05 now
        """)
    assert story.notes == [ALERT.format(channel)]
    assert story.changes["marker"] == "acknowledged#0@1.00 misrouted#0@1.00"


def test_note_names_the_clause_and_mentions_and_assigns_no_person(story):
    """
    Mon 09:00 filed by client, Base, call-back
    Mon 09:05 now
    """
    notes = [change for change in story.plan.changes if change.field == "private_note"]
    assert [(each.clause, each.reason) for each in notes] == [("8", "level base on channel callback")]
    assert "@" not in notes[0].new
    assert "assignee" not in story.changes


def test_staff_get_the_note_once(story):
    """
    Mon 09:00 filed by client, Base, call-back
    Mon 09:05 sup-sync runs
    Mon 09:10 sup-sync runs
    Mon 10:00 staff: public note
    Tue 10:00 now
    """
    assert len(story.notes) == 1
    assert list(story.findings) == ["restricted_channel"]


def test_a_call_that_an_operator_wrote_down_is_flagged_too(story):
    """
    Mon 09:00 filed by operator, Base, call-back
    Mon 09:05 now
    """
    assert len(story.notes) == 1


def test_the_targets_are_those_of_base(story):
    """
    Mon 09:00 filed by client, Base, call-back, immediate
    Mon 09:05 now
    """
    assert story.first_response.due == "Mon 18:00"
    assert story.first_response.clause == "SLA Base.2"
    assert story.resolution.due == "Tue 18:00"
    assert story.changes["level"] == "Базалық"


@pytest.mark.parametrize("facts", ["VIP, call-back", "VIP, error", "VIP, error, by online assistant"])
def test_a_vip_client_may_use_every_channel(make_story, facts):
    story = make_story(f"""
        Mon 09:00 filed by client, {facts}
        Mon 09:05 now
        """)
    assert story.notes == []
    assert story.findings == {}


@pytest.mark.parametrize("channel", ["online assistant", "e-mail", "official letter"])
def test_a_base_client_may_use_the_others(make_story, channel):
    story = make_story(f"""
        Mon 09:00 filed by client, Base, error, by {channel}
        Mon 09:05 now
        """)
    assert story.notes == []
    assert story.findings == {}


def test_client_with_an_expired_contract_is_flagged(story):
    """
    contract of project «portal-users» from 2026-01-01 until 2026-06-07
    Mon 09:00 filed by client, Base, call-back
    Mon 09:05 now
    """
    assert len(story.notes) == 1


def test_client_with_a_current_contract_is_not_flagged(story):
    """
    contract of project «portal-users» from 2026-01-01 until 2026-06-08
    Mon 09:00 filed by client, Base, call-back
    Mon 09:05 now
    """
    assert story.notes == []


@pytest.mark.parametrize("ends", ["public note and closes", "refuses and sets the reason to law"])
def test_closed_request_is_not_flagged(make_story, ends):
    story = make_story(f"""
        Mon 09:00 filed by client, Base, call-back
        Mon 09:05 staff: {ends}
        Mon 09:10 now
        """)
    assert story.notes == []


def test_corrected_channel_makes_no_note(story):
    """
    Mon 09:00 filed by client, Base, error
    Mon 09:03 staff: sets the channel to e-mail
    Mon 09:05 now
    """
    assert story.notes == []
    assert story.findings == {}


def test_no_note_is_sent_without_the_alert_line(story):
    """
    in regulation.yaml «misrouted: {clause: 8}» becomes «»
    Mon 09:00 filed by client, Base, call-back
    Mon 09:05 now
    """
    assert story.notes == []
    assert list(story.findings) == ["restricted_channel"]


def test_one_note_to_staff_has_all_alerts(story):
    """
    Mon 09:00 filed by client, Base, call-back, without iin
    Mon 09:05 now
    """
    assert len(story.notes) == 1
    lacking, misrouted = story.changes["private_note"].split("\n\n")
    assert lacking == "Өтініште жетіспейді: ЖСН. Регламент, 11-тармақ."
    assert misrouted == ALERT.format("Кері қоңырау")
    assert story.changes["marker"] == "acknowledged#0@1.00 incomplete#0@1.00 misrouted#0@1.00"

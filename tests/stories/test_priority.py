"""The priority: only the operator determines it (clause 20)."""

import pytest


def test_priority_of_the_client_does_not_apply(story):
    """
    Mon 09:00 filed by client, VIP, error, urgent
    Mon 09:30 now
    """
    assert story.judgement.priority == "normal"
    assert story.first_response.due == "Mon 11:00"


def test_staff_confirm_the_clients_priority(story):
    """
    Mon 09:00 filed by client, VIP, error, urgent
    Mon 09:10 staff: confirms the priority
    Mon 09:30 now
    """
    assert story.judgement.priority == "urgent"
    assert story.first_response.due == "Mon 10:00"


def test_staff_set_the_priority(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:10 staff: sets priority immediate
    Mon 09:20 now
    """
    assert story.judgement.priority == "immediate"
    assert story.first_response.due == "Mon 09:30"


def test_priority_of_an_operator_applies_at_filing(story):
    """
    Mon 09:00 filed by operator, VIP, error, urgent, by e-mail
    Mon 09:30 now
    """
    assert story.first_response.due == "Mon 10:00"


def test_a_client_cannot_confirm_their_own_priority(story):
    """
    Mon 09:00 filed by client, VIP, error, urgent
    Mon 09:10 client: confirms the priority
    Mon 09:30 now
    """
    assert story.judgement.priority == "normal"


def test_a_client_cannot_file_with_a_confirmed_priority(story):
    """
    Mon 09:00 filed by client, VIP, error, urgent, priority confirmed
    Mon 09:30 now
    """
    assert story.judgement.priority == "normal"


def test_priority_set_by_the_tool_does_not_confirm_it(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:10 bot: sets priority urgent
    Mon 09:30 now
    """
    assert story.judgement.priority == "normal"


def test_change_of_a_confirmed_priority_by_the_client_does_not_apply(story):
    """
    Mon 09:00 filed by client, VIP, error, urgent
    Mon 09:10 staff: confirms the priority
    Mon 09:20 client: sets priority immediate
    Mon 09:25 now
    """
    assert story.judgement.priority == "urgent"


def test_staff_confirm_what_the_client_changed_it_to(story):
    """
    Mon 09:00 filed by client, VIP, error, urgent
    Mon 09:20 client: sets priority immediate
    Mon 09:25 staff: confirms the priority
    Mon 09:26 now
    """
    assert story.judgement.priority == "immediate"


def test_withdrawn_confirmation_does_not_change_the_priority(story):
    """
    Mon 09:00 filed by client, VIP, error, urgent, priority confirmed
    Mon 09:10 staff: withdraws the confirmation
    Mon 09:30 now
    """
    assert story.judgement.priority == "normal"


def test_a_change_counts_from_the_start(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:30 staff: sets priority urgent
    Mon 10:40 now
    """
    assert story.first_response.due == "Mon 10:00"
    assert story.first_response.outcome == "breached"


def test_target_counts_from_the_change_if_set_so(story):
    """
    in regulation.yaml «priority_change: from_start» becomes «priority_change: from_change»
    Mon 09:00 filed by client, VIP, error
    Mon 10:30 staff: sets priority urgent
    Mon 10:40 now
    """
    assert story.first_response.due == "Mon 11:30"
    assert story.first_response.outcome == "on_track"
    assert story.first_response.elapsed == "0:10"


def test_without_a_change_the_target_counts_from_the_filing(story):
    """
    in regulation.yaml «priority_change: from_start» becomes «priority_change: from_change»
    Mon 09:00 filed by operator, VIP, error, urgent
    Mon 09:20 staff: confirms the priority
    Mon 09:40 now
    """
    assert story.first_response.due == "Mon 10:00"


def test_the_pauses_stay_after_a_change(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: asks and waiting for client
    Mon 12:00 client: answers
    Mon 13:00 staff: sets priority urgent
    Mon 14:00 now
    """
    assert story.resolution.elapsed == "3:00"
    assert story.resolution.due == "Tue 11:00"


def test_a_pause_that_lasts_beyond_the_change_stays_when_it_counts_forward(story):
    """
    in regulation.yaml «priority_change: from_start» becomes «priority_change: from_change»
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: asks and waiting for client
    Mon 13:00 staff: sets priority urgent
    Mon 15:00 client: answers
    Mon 16:00 now
    """
    assert story.resolution.elapsed == "1:00"
    assert story.resolution.due == "Tue 15:00"


def test_change_after_the_answer_does_not_change_its_verdict(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:30 staff: public note
    Mon 11:30 staff: sets priority immediate
    Mon 12:00 now
    """
    assert story.judgement.priority == "immediate"
    assert story.first_response.due == "Mon 11:00"
    assert story.first_response.outcome == "met"


def test_a_priority_set_with_the_answer_judges_the_answer(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:30 staff: public note and sets priority urgent
    Mon 12:00 now
    """
    assert story.first_response.due == "Mon 10:00"
    assert story.first_response.outcome == "breached"


def test_withdrawn_request_for_a_priority_has_no_effect(story):
    """
    Mon 09:00 filed by client, VIP, error, immediate
    Mon 10:00 client: sets priority normal
    Mon 10:30 staff: confirms the priority
    Mon 10:40 now
    """
    assert story.first_response.due == "Mon 11:00"


@pytest.mark.parametrize("priority", ["set at the filing", "set later"])
def test_priority_of_another_rank_in_redmine_is_not_judged(make_story, priority):
    """Two names may have been swapped in the mappings, so that the target would be false."""
    filed, later = ("immediate", "public note") if "filing" in priority else ("normal", "sets priority immediate")
    story = make_story(f"""
        Mon 09:00 filed by operator, VIP, error, {filed}
        Mon 09:10 staff: {later}
        Mon 09:20 now
    """)
    roles = story.rules.names.staff_roles | story.rules.names.client_roles
    story.request.lists["roles"] = [{"id": number, "name": name} for number, name in enumerate(sorted(roles))]
    story.request.lists["priorities"].reverse()
    assert "unmapped_name" in story.findings
    assert story.plan.changes == ()


def test_priority_of_the_same_rank_is_judged_though_others_are_swapped(make_story):
    story = make_story("""
        Mon 09:00 filed by operator, VIP, error, urgent
        Mon 09:20 now
    """)
    story.request.lists["priorities"].reverse()
    assert "unmapped_name" not in story.findings
    assert story.judgement.priority == "urgent"

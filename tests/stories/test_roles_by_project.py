"""Staff of one project who is a client in another is a client there: channel, requested priority, answers."""

import pytest
from stories import redmine_json as redmine

FILED_BY_THEM = """
    Mon 09:00 filed by operator, VIP, consultation, immediate
    Mon 09:20 staff: asks and waiting for client
    Mon 10:00 operator: public note
    Tue 15:00 now
"""


def give_roles(story, project: str, groups=(), **roles: list[str]) -> None:
    """Give people roles in a project, by their names in stories."""
    row = next(each for each in story.request.lists["projects"] if each["identifier"] == project)
    row["roles"] = {str(redmine.PEOPLE[who]["id"]): held for who, held in roles.items()}
    row["groups"] = list(groups)


def test_staff_of_another_project_is_a_client_in_the_project_of_the_client(make_story):
    story = make_story(FILED_BY_THEM)
    give_roles(story, redmine.VIP_PROJECT, operator=["Клиент"], staff=["Қолдау операторы"])
    assert story.judgement.channel == "tracker"
    assert story.judgement.priority == "normal"
    assert story.findings["unconfirmed_priority"]
    assert story.judgement.wait is None
    assert story.judgement.phase == "open"


def test_the_same_person_is_staff_in_the_project_of_their_group(make_story):
    story = make_story(FILED_BY_THEM)
    give_roles(story, redmine.BASE_PROJECT, operator=["Клиент"])
    give_roles(story, redmine.VIP_PROJECT, groups=["Қолдау қызметі"], operator=["Қолдау операторы"])
    assert story.judgement.channel == "email"
    assert story.judgement.priority == "immediate"
    assert story.judgement.wait is not None


@pytest.mark.parametrize(("roles", "stopped"), [(["Клиент"], None), (["Қолдау операторы"], "Mon 10:00")])
def test_an_answer_counts_by_the_roles_in_the_project(make_story, roles, stopped):
    story = make_story("""
        Mon 09:00 filed by client, VIP, error
        Mon 10:00 staff: public note
        Mon 10:30 now
    """)
    give_roles(story, redmine.VIP_PROJECT, staff=roles, client=["Клиент"])
    assert story.first_response.stopped == stopped


def test_a_client_of_this_project_is_not_assigned_although_staff_elsewhere(make_story):
    story = make_story("""
        Mon 09:00 filed by client, VIP, error
        Mon 13:01 now
    """)
    give_roles(story, redmine.VIP_PROJECT, head=["Клиент"])
    assert "assignee" not in story.changes
    assert "unavailable_person" in story.findings

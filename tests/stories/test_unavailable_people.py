"""People of the ladder who are locked, have left, or have a namesake: the note is sent, to their deputies if any."""

from dataclasses import replace

import pytest

from sup_sync.model.names import MappedPerson

AT_BREACH = """
    Mon 09:00 filed by client, VIP, error{facts}
    Mon 09:05 sup-sync runs
    Mon 13:01 now
"""


def with_deputies(story, *, notify=False):
    """Give the head two deputies, in order; with `notify`, the steps that mention the head also notify them."""
    rules = story.config.rules
    people = {
        "head": MappedPerson("d.bekova", "Дана Бекова", ("operator", "staff")),
        "operator": MappedPerson("a.qasymova", "Айгүл Қасымова"),
        "staff": MappedPerson("b.ermekov", "Болат Ермеков"),
    }
    policy = rules.policy
    if notify:
        agreements = [
            replace(each, ladder=tuple(replace(step, notify=step.mentions) for step in each.ladder))
            for each in policy.agreements
        ]
        policy = replace(policy, agreements=tuple(agreements))
    story.config = replace(story.config, rules=replace(rules, policy=policy, names=replace(rules.names, people=people)))
    return story


@pytest.mark.parametrize("facts", [", the head is locked", ", no head in its project"])
def test_note_is_sent_without_a_person_who_is_not_available(make_story, facts):
    story = make_story(AT_BREACH.format(facts=facts))
    assert story.findings["unavailable_person"] == (
        '"Дана Бекова" (head) is not an active staff member of the project; not assigned'
    )
    assert "assignee" not in story.changes
    assert "@d.bekova" not in story.changes["private_note"]


@pytest.mark.parametrize(
    ("facts", "deputy", "login"),
    [
        ("", "head", "@d.bekova"),
        (", the head is locked", "operator", "@a.qasymova"),
        (", the head is locked, the operator is locked", "staff", "@b.ermekov"),
    ],
)
def test_first_available_deputy_is_mentioned_and_assigned(make_story, facts, deputy, login):
    story = with_deputies(make_story(AT_BREACH.format(facts=facts)))
    assert story.changes["assignee"] == deputy
    assert story.changes["private_note"].startswith(f"{login}\n\n")
    replaced = {"unavailable_person"} if deputy != "head" else set()
    assert set(story.findings) == replaced
    assert all(text.endswith(f"; {deputy} replaces them") for text in story.findings.values())


@pytest.mark.parametrize(
    ("facts", "person"),
    [
        (", the head is locked", "operator"),
        (", the head is locked, the operator is locked, the staff is locked", "head"),  # a phone needs no account
    ],
)
def test_deputy_is_notified_outside_redmine(make_story, facts, person):
    story = with_deputies(make_story(AT_BREACH.format(facts=facts)), notify=True)
    assert [each.person for each in story.plan.notifications] == [person]


def test_namesake_is_mentioned_by_login_and_not_assigned(make_story):
    story = make_story(AT_BREACH.format(facts=""))
    story.request.lists["people"].append({"id": 55, "name": "Дана Бекова", "groups": [], "roles": ["Қолдау операторы"]})
    assert story.findings["unavailable_person"] == (
        '2 staff members of the project are named "Дана Бекова" (head); not assigned'
    )
    assert "assignee" not in story.changes
    assert story.changes["private_note"].startswith("@d.bekova\n\n")


def test_namesake_is_told_apart_by_the_login(make_story):
    story = make_story(AT_BREACH.format(facts=""))
    people = story.request.lists["people"]
    head = next(each for each in people if each["name"] == "Дана Бекова")
    head["login"] = "D.Bekova"  # Redmine ignores case in logins
    people.append({"id": 55, "name": "Дана Бекова", "groups": [], "roles": ["Қолдау операторы"], "login": "d.bekova2"})
    assert [each.assignee_id for each in story.plan.changes if each.field == "assignee"] == [head["id"]]
    assert story.findings == {}

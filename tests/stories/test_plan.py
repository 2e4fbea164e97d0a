"""The plan for several requests: its order."""

from stories.story import Story

from sup_sync.planning.plan import Plan, make_plan

CALM = """
    Mon 17:00 filed by client, Base, error, by e-mail
    Mon 17:10 now
    """
LATE = """
    Mon 13:00 filed by client, VIP, error
    Mon 17:10 now
    """
LATEST = """
    Mon 09:00 filed by client, VIP, error
    Mon 17:10 now
    """


def plan_of(stories: list[Story]) -> Plan:
    judgements = [story.judgement for story in stories]
    return make_plan(judgements, stories[0].rules, stories[0].directory, stories[0].now)


def test_the_oldest_breach_comes_first_then_the_number(make_story):
    plan = plan_of([make_story(CALM), make_story(LATE), make_story(CALM), make_story(LATEST)])
    assert [issue_id for issue_id, _ in plan.by_issue()] == [4, 2, 1, 3]
    assert plan.judged == 4


def test_plan_does_not_depend_on_the_order_of_requests(make_story):
    stories = [make_story(CALM), make_story(LATE), make_story(LATEST)]
    assert plan_of(stories) == plan_of(stories[::-1])


def test_findings_are_in_the_order_of_requests(make_story):
    calm, latest = (text.replace("error", "error, starts on 2026-06-30") for text in (CALM, LATEST))
    plan = plan_of([make_story(calm), make_story(latest)])
    assert [issue_id for issue_id, _ in plan.by_issue()] == [2, 1]
    assert [(finding.issue_id, finding.kind) for finding in plan.findings] == [
        (1, "start_after_due"),
        (2, "start_after_due"),
    ]

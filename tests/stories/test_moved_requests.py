"""Requests that were moved, re-authored or given another version later: the history decides (clauses 3, 8, 23)."""

import pytest
from stories.moments import read_moment
from stories.story import Story


def judged_at(story: Story, moment: str):
    return story._judged(story.request.raw, read_moment(moment))


@pytest.mark.parametrize(("filed", "moved"), [("Base", "VIP"), ("VIP", "Base")])
def test_level_is_that_of_the_project_at_the_filing(make_story, filed, moved):
    story = make_story(f"""
        Mon 09:00 filed by client, {filed}, consultation, by e-mail
        Tue 09:00 staff: moves it to {moved}
        Wed 10:00 now
        """)
    assert story.judgement.level == filed.lower()
    before, after = (judged_at(story, each).issue.project.name for each in ("Mon 10:00", "Tue 09:00"))
    assert before != after == story.request.raw["project"]["name"]


def test_level_is_that_of_the_present_project_if_it_was_moved_back(story):
    """
    Mon 09:00 filed by client, VIP, consultation, by e-mail
    Tue 09:00 staff: moves it to Base
    Tue 10:00 staff: moves it to VIP
    Wed 10:00 now
    """
    assert story.judgement.level == "vip"
    assert story.judgement.issue.filed_project is None


def test_project_that_is_not_in_the_lists_is_assumed_to_be_the_present_one(story):
    """
    Mon 09:00 filed by client, VIP, consultation, by e-mail
    Tue 09:00 staff: moves it from a project that is not in the lists
    Wed 10:00 now
    """
    assert story.judgement.level == "vip"
    assert story.findings["assumption"] == (
        'filed in project #99, which is not known; judged as filed in project "Алатау Трейд"'
    )


def test_channel_is_that_of_the_tracker_at_the_filing(story):
    """
    Mon 09:00 filed by client, VIP, call-back
    Mon 10:00 staff: public note and moves it to the tracker error
    Wed 10:00 now
    """
    assert (story.judgement.channel, story.judgement.category) == ("callback", "error")
    assert judged_at(story, "Mon 09:59").category == "consultation"


def test_category_is_that_of_the_tracker_at_the_closing(story):
    """
    Mon 09:00 filed by client, VIP, consultation
    Mon 10:00 staff: public note and closes
    Tue 10:00 staff: moves it to the tracker error
    Wed 10:00 now
    """
    assert story.judgement.category == "consultation"


def test_who_filed_it_stays_the_author(story):
    """
    Mon 09:00 filed by client, VIP, consultation, immediate
    Mon 09:10 staff: public note and takes it
    Mon 10:00 head: makes staff the author
    Wed 10:00 now
    """
    assert (story.judgement.channel, story.judgement.priority) == ("tracker", "normal")
    assert story.first_response.outcome == "met"
    assert story.first_response.stopped == "Mon 09:10"


RELEASED_LATE = """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: hands to development and sets version 4.6 due 2026-06-10
    Thu 12:00 staff: closes
    """


def test_version_set_after_the_closing_does_not_count(make_story):
    kept = make_story(f"{RELEASED_LATE} Fri 12:00 now")
    story = make_story(f"{RELEASED_LATE} Fri 12:00 staff: sets version 4.8 due 2026-06-30\nnext Mon 12:00 now")
    assert kept.resolution.outcome == story.resolution.outcome == "breached"
    assert kept.resolution.due == story.resolution.due == "Wed 18:00"
    assert judged_at(story, "Thu 18:00").issue.version.name == "4.6"


def test_version_set_with_the_closing_counts(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: hands to development and sets version 4.6 due 2026-06-10
    Thu 12:00 staff: closes and sets version 4.8 due 2026-06-30
    Fri 12:00 now
    """
    assert story.resolution.outcome == "met"


def test_version_of_a_reopened_request_is_the_present_one(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: hands to development and sets version 4.6 due 2026-06-10
    Mon 11:00 staff: closes
    Mon 12:00 staff: sets version 4.8 due 2026-06-30
    Tue 09:00 client: status «Әзірлеуге берілді»
    Tue 12:00 now
    """
    assert story.judgement.issue.version.name == "4.8"
    assert story.findings == {}


def test_values_set_later_do_not_count_at_an_earlier_time(story):
    """
    Mon 09:00 filed by client, VIP, error, contact at Mon 08:00
    Mon 10:00 staff: sets contact at Mon 07:00 and sets the channel to e-mail and sets priority urgent
    Mon 11:00 staff: sets the reason to insult and assigns head and fills in iin «1» and sets version 9.0 due 2099-01-01
    Mon 12:00 staff: attachment and sets due_date 2026-12-31 and edits the marker to «mine»
    Mon 13:00 staff: status «Кейін» and moves it to Base
    Mon 14:00 now
    """
    then = judged_at(story, "Mon 09:30")
    assert then.filed_at == read_moment("Mon 08:00")
    assert (then.level, then.channel, then.priority, then.reason) == ("vip", "tracker", "normal", None)
    issue = then.issue
    assert (issue.assignee_id, issue.version, issue.due_on, issue.has_file) == (None, None, None, False)
    assert (issue.fields["marker"], issue.fields["iin"], issue.events, issue.unknown) == ("", "850315300128", (), ())
    assert not then.is_unjudged

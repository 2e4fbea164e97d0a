"""The absence of client text in everything that the tool writes: no subject, note, file name or field."""

import pytest
from stories import redmine_json as redmine
from stories.shipped import shipped_config
from stories.story import Story
from support.promises import HARMLESS

from sup_sync.model.change import NOTES
from sup_sync.planning.marker import parse_marker

SIGN = "⟦"
PLAIN = "⟦сөз⟧"
WORDS = ["⟦$quality ${due}⟧", "⟦@d.bekova⟧", "⟦%s {0} \\1⟧", '⟦h1. *x* <b>y</b> "z":http://x⟧', "⟦QA@mitwork.net⟧"]

# Every kind of note, with a text that the client writes in every possible place.
STORIES = {
    "from the acknowledgement up the ladder": """
        Mon 09:00 filed by operator, VIP, error, in the words «{words}», contact at Mon 08:50
        Mon 09:01 sup-sync runs
        Mon 09:30 client: answers and attachment and fills in steps «{words}»
        Mon 10:25 sup-sync runs
        Mon 10:51 sup-sync runs
        Mon 12:51 sup-sync runs
        Mon 15:46 sup-sync runs
        Mon 18:00 sup-sync runs
        Wed 18:00 now
        """,
    "asked, reminded, closed": """
        in regulation.yaml «# asked: {{clause: 11}}» becomes «asked: {{clause: 11}}»
        Mon 09:00 filed by client, Base, call-back, in {language}, in the words «{words}»
        Mon 09:05 sup-sync runs
        Mon 09:10 staff: private note
        Mon 13:06 sup-sync runs
        Mon 17:06 now
        """,
    "answered, asked by staff, closed": """
        Mon 09:00 filed by client, VIP, error, in {language}, in the words «{words}»
        Mon 09:05 staff: asks and waiting for client
        Mon 09:10 client: fills in contact «{words}» and edits the description to «{words}»
        Mon 09:15 staff: public note
        Mon 09:20 client: answers and attachment
        Mon 09:30 staff: asks
        Mon 17:31 now
        """,
    "refused": """
        Mon 09:00 filed by client, VIP, error, in {language}, in the words «{words}»
        Mon 09:10 staff: public note and refuses and sets the reason to law
        Mon 09:15 now
        """,
    "stopped": """
        Mon 09:00 filed by client, VIP, error, in the words «{words}»
        Mon 09:10 staff: sets the reason to insult
        Mon 09:15 now
        """,
    "delayed and shipped without": """
        Mon 09:00 filed by client, VIP, error, in the words «{words}»
        Mon 09:10 staff: public note and hands to development and sets version 2.4 due 2026-06-12
        Mon 09:15 sup-sync runs
        Tue 09:10 staff: sets version 2.4 due 2026-06-18
        Tue 09:15 sup-sync runs
        Wed 09:10 staff: sets version 2.4 due 2026-06-18, closed
        Wed 09:15 sup-sync runs
        next Fri 09:15 now
        """,
}

every_story = pytest.mark.parametrize("text", STORIES.values(), ids=STORIES)
every_language = pytest.mark.parametrize("language", ["Kazakh", "Russian", "English"])


@pytest.fixture
def make_story_with(tmp_path_factory):
    """Return a function that makes a story of the same request with another client text and language."""

    def make(text: str, words: str = PLAIN, language: str = "Kazakh") -> Story:
        return Story(text.format(words=words, language=language), tmp_path_factory.mktemp("story"))

    return make


def written(story: Story) -> list[tuple[str, str, str]]:
    """List all values that the tool wrote, with their fields and reasons."""
    plans = [*story.runs, story.plan]
    return [(each.field, each.new, each.reason) for plan in plans for each in plan.changes]


def sent_shares(story: Story) -> set[tuple[str, float]]:
    """Return the names and shares of all notices in the markers."""
    markers = [parse_marker(new) for field, new, _ in written(story) if field == "marker"]
    return {(name, share) for marker in markers for (name, _), share in marker.sent.items()}


@every_story
@every_language
def test_notes_do_not_depend_on_client_text_and_contain_none(make_story_with, text, language, count_promise):
    plain = written(make_story_with(text, PLAIN, language))
    assert any(field in NOTES for field, _, _ in plain)
    for words in WORDS:
        changes = written(make_story_with(text, words, language))
        assert changes == plain
        assert not [each for each in changes if SIGN in "".join(each)]
        count_promise(HARMLESS, "markup, mentions and templates in texts of clients, in every kind of note")


@every_story
def test_stories_have_client_text_in_every_field(make_story_with, text):
    raw = make_story_with(text).request.raw
    assert raw["subject"] == raw["description"] == raw["author"]["name"] == PLAIN
    filled_in = {key for key in redmine.FIELDS if redmine.field(raw, key)["value"] == PLAIN}
    theirs = {*redmine.GIVEN, "bin", "organisation"}
    assert theirs <= filled_in <= theirs | {"contact_at"}


def test_stories_cover_every_kind_of_note(make_story_with):
    policy = shipped_config().rules.policy
    kinds = {*policy.client_notes, "asked", "no_answer", *policy.alerts, *policy.metrics, "release"}
    everything = set().union(*(sent_shares(make_story_with(text)) for text in STORIES.values()))
    assert {name for name, _ in everything} == kinds
    assert {share for name, share in everything if name == "first_response"} == {0.75, 1.0, 2.0}

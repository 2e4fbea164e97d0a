"""The explanation of the request of a story."""

from __future__ import annotations

from stories.story import Story

from sup_sync.views.explanation import Explanation, explain


def explain_story(story: Story) -> Explanation:
    """Explain the request of a story at the time of its `now` line."""
    assert story.now is not None
    return explain(story.judgement, story.rules, story.now)

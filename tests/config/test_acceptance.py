"""The acceptance table, mappings/examples.yaml: target times that the owner of the regulation computed by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from stories.moments import WEEK
from stories.shipped import REPOSITORY, Copy

from sup_sync.config.load import load_config, require_valid_examples
from sup_sync.config.yaml_file import load_yaml
from sup_sync.errors import ConfigError

TABLE = (REPOSITORY / "mappings/examples.yaml").read_text(encoding="utf-8")
ROWS = load_yaml(REPOSITORY / "mappings/examples.yaml", "examples.yaml").data["examples"]


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    """The shipped files with their acceptance table."""
    copy = Copy(tmp_path)
    copy.path("examples.yaml").write_text(TABLE, encoding="utf-8")
    return copy


def test_shipped_mappings_pass_the_acceptance_table(copy):
    assert len(ROWS) >= 40
    assert copy.mistakes() == []


def test_acceptance_table_covers_every_row_of_the_regulation():
    """Covers each level and channel, and each priority for VIP except by online assistant."""
    policy = load_config(REPOSITORY / "config.yaml", WEEK).rules.policy
    seen = {(row["level"], row["channel"]) for row in ROWS}
    assert seen == {(level, channel) for level in policy.levels for channel in policy.channels}
    by_priority = {(row["channel"], row["priority"]) for row in ROWS if row["level"] == "vip"}
    others = set(policy.channels) - {"online_assistant"}
    assert by_priority >= {(channel, priority) for channel in others for priority in policy.priorities}


def test_failing_example_is_reported_and_stops_only_apply(copy):
    copy.replace("examples.yaml", "first_response: 2026-03-18 10:15", "first_response: 2026-03-18 10:20", times=1)
    line = copy.line("examples.yaml", "10:20")
    text = (
        "expected first_response 2026-03-18 10:20, but the mappings give 2026-03-18 10:15 (base_online_assistant);"
        " correct one of them"
    )
    config = copy.load()
    with pytest.raises(ConfigError) as caught:
        require_valid_examples(config)
    assert str(caught.value) == f"examples.yaml:{line}: {text}"


@pytest.mark.parametrize("text", ["", "examples: [", "examples:\n  - {filed: 2026-03-18, level: vip}\n", "rows: []\n"])
def test_unreadable_examples_stop_only_apply(copy, text):
    copy.path("examples.yaml").write_text(text, encoding="utf-8")
    config = copy.load()
    with pytest.raises(ConfigError, match=r"^examples\.yaml:"):
        require_valid_examples(config)


def test_unexpected_target_is_reported(copy):
    copy.replace("regulation.yaml", "{within: none, clause: SLA VIP.3}", "{within: 2 working days, clause: SLA VIP.3}")
    mistakes = copy.mistakes()
    assert len(mistakes) == sum(row["resolution"] == "none" for row in ROWS) > 0
    assert all("expected resolution none, but the mappings give 20" in each for each in mistakes)


def test_examples_are_skipped_if_the_regulation_is_invalid_but_not_for_other_files(copy):
    copy.replace("examples.yaml", "first_response: 2026-03-18 10:15", "first_response: 2026-03-18 10:20", times=1)
    copy.replace("tracker.yaml", "  urgent: Жедел", "  urgnt: Жедел")
    assert any(each.startswith("examples.yaml:") for each in copy.mistakes())
    copy.replace("regulation.yaml", "within: 15 min, clause: SLA Base.1", "within: 15, clause: SLA Base.1")
    assert not any(each.startswith("examples.yaml:") for each in copy.mistakes())

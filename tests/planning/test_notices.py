"""The parts of a notice: a module of planning/notices/, its texts, and its line in the mappings."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from stories.shipped import LANGUAGES, REPOSITORY, Copy

from sup_sync.planning.notices import KINDS, RULES

STILL_OPEN = '''
"""An invented notice: after two hours of working time, the client is informed that support is still working."""

from datetime import timedelta

from sup_sync.model.policy import ClockKind
from sup_sync.planning.notice import Audience, Notice, NoticeKind, Section
from sup_sync.planning.notice_rule import NoticeRule

KIND = NoticeKind(
    "still_open", Audience.CLIENT, Section.CLIENT_NOTES, frozenset({"number", "clause"}), frozenset({"number"})
)


def next_at(judgement, rules, now):
    if not judgement.phase.is_final:
        yield rules.calendars[ClockKind.WORKING].after(judgement.filed_at, timedelta(hours=2))


def due(case):
    if case.may_send(KIND) and any(at < case.now for at in next_at(case.judgement, case.rules, case.now)):
        clause = case.policy.client_notes[KIND.name]
        text = case.client_text(KIND.name, number=str(case.judgement.issue.id), clause=clause)
        yield Notice(KIND.audience, KIND.name, 0, text, "two hours", clause)


RULE = NoticeRule(order=15, kinds=(KIND,), due=due, next_at=next_at)
'''

TEXT = "  still_open: № $number, $clause\n"
LINE = "  still_open: {clause: 14}\n"

RUN_STORY = """
import json, sys
from datetime import date
from pathlib import Path
from stories import story
from stories.moments import WEEK, show_moment
from sup_sync.config.load import load_config

story.shipped_config = lambda: load_config(Path("config.yaml"), WEEK)
made = story.Story(sys.argv[1], Path())
lines = {"tracker": made.request.lists}, made.request.raw
Path("requests.jsonl").write_text("\\n".join(map(json.dumps, lines)), encoding="utf-8")
print(json.dumps([show_moment(made.next_check_at), made.public_notes]))
"""


class ExtendedCopy:
    """A copy of the package with one more notice, and a copy of the shipped files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files = Copy(folder)
        self.package = folder / "lib/sup_sync"
        shutil.copytree(REPOSITORY / "sup_sync", self.package, ignore=shutil.ignore_patterns("__pycache__"))
        (self.package / "planning/notices/still_open.py").write_text(STILL_OPEN, encoding="utf-8")

    def add_text(self, *languages: str) -> None:
        text = self.files.path("messages.yaml").read_text(encoding="utf-8")
        for language in languages:
            text = text.replace(f"\n{language}:\n", f"\n{language}:\n{TEXT}")
        self.files.path("messages.yaml").write_text(text, encoding="utf-8")

    def add_line(self) -> None:
        self.files.replace("regulation.yaml", "  reminder: {clause: 15}", f"{LINE}  reminder: {{clause: 15}}")

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        path = os.pathsep.join([str(self.package.parent), str(REPOSITORY / "tests")])
        line = [sys.executable, "-B", *words]
        return subprocess.run(
            line, cwd=self.folder, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False
        )

    def make_story(self, *lines: str) -> Any:
        """Return the next check and the public notes of a story's request."""
        result = self.run("-c", RUN_STORY, "\n".join(["Mon 09:00 filed by client, VIP, error", *lines]))
        assert result.stderr == ""
        return json.loads(result.stdout)


@pytest.fixture
def extended(tmp_path: Path) -> ExtendedCopy:
    return ExtendedCopy(tmp_path)


def test_a_new_notice_needs_its_module_its_texts_and_its_line(extended: ExtendedCopy) -> None:
    extended.add_text(*LANGUAGES)
    extended.add_line()
    checked = extended.run("-m", "sup_sync", "check", "--offline", "-q")
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")
    answered = ("Mon 09:05 sup-sync runs", "Mon 09:30 staff: public note")
    next_check_at, notes = extended.make_story(*answered, "Mon 09:40 now")
    assert (next_check_at, len(notes)) == ("Mon 11:00", 1)
    next_check_at, notes = extended.make_story(*answered, "Mon 11:01 now")
    assert (next_check_at, notes[1:]) == ("Mon 15:45", ["№ 1, 14"])
    planned = extended.run("-m", "sup_sync", "plan", "--from", "requests.jsonl", "--now", "2026-06-08T11:01", "--json")
    changes = {each["field"]: each for each in json.loads(planned.stdout)["changes"]}
    assert (changes["public_note"]["new"], changes["public_note"]["clause"]) == ("№ 1, 14", "14")
    assert "still_open#0@1.00" in changes["marker"]["new"]


def test_a_new_notice_is_shown_in_the_regulation_by_its_name_until_it_has_a_label(extended: ExtendedCopy) -> None:
    extended.add_text(*LANGUAGES)
    extended.add_line()
    shown = extended.run("-m", "sup_sync", "regulation", "--language", "en")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "still open (clause 14)" in shown.stdout


def test_a_new_notice_is_not_sent_without_its_line(extended: ExtendedCopy) -> None:
    extended.add_text(*LANGUAGES)
    _, notes = extended.make_story("Mon 09:05 sup-sync runs", "Mon 09:30 staff: public note", "Mon 11:01 now")
    assert len(notes) == 1


def test_check_names_each_language_without_the_text_of_a_new_notice(extended: ExtendedCopy) -> None:
    extended.add_text("kk")
    extended.add_line()
    checked = extended.run("-m", "sup_sync", "check", "--offline")
    assert checked.returncode == 78
    lines = (checked.stdout + checked.stderr).splitlines()
    missing = [line.partition(": ")[2] for line in lines if "still_open" in line]
    assert missing == [f"missing text still_open in {each}; add it" for each in ("ru", "en")]


def test_check_names_a_text_of_a_new_notice_without_a_required_variable(extended: ExtendedCopy) -> None:
    extended.add_text(*LANGUAGES)
    extended.files.replace("messages.yaml", "№ $number, $clause", "№ 1, $clause")
    checked = extended.run("-m", "sup_sync", "check", "--offline")
    lines = (checked.stdout + checked.stderr).splitlines()
    lacking = [line.partition(": ")[2] for line in lines if "still_open" in line]
    assert lacking == [f"still_open in {each} does not contain $number; add it" for each in LANGUAGES]


def test_a_line_without_its_module_is_an_unknown_key(tmp_path: Path) -> None:
    files = Copy(tmp_path)
    files.replace("regulation.yaml", "  reminder: {clause: 15}", f"{LINE}  reminder: {{clause: 15}}")
    (mistake,) = files.mistakes()
    assert "unknown key 'still_open'; choose from 'acknowledged', 'asked', 'reminder' or 'refused'" in mistake


def test_no_two_modules_declare_the_same_text_or_order() -> None:
    keys = Counter(text.key for rule in RULES for text in (*(kind.text for kind in rule.kinds), *rule.texts))
    assert set(keys.values()) == {1}
    assert len({rule.order for rule in RULES}) == len(RULES)


def test_required_variables_of_a_text_are_among_its_variables() -> None:
    assert [kind.name for kind in KINDS if not kind.required <= kind.variables] == []

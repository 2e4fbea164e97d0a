"""Metrics and languages as data: each command shows one more of each if the mappings contain them."""

from __future__ import annotations

import csv
import json
import re
from io import StringIO
from pathlib import Path

import pytest
import yaml
from cli.office import DUE, Office
from end_to_end.scene import CLIENT
from stories.shipped import Copy
from support.many_requests import UNJUDGED
from support.shell import Shell

from sup_sync.cli.commands import init as init_command
from sup_sync.cli.exit_codes import DONE, PARTLY_DONE

METRIC, LABEL = "full_answer", "Volle Antwort"
LANGUAGE = "de"
PUBLIC_LINE, STAFF_LINE = f"Ziel der vollen Antwort: ${METRIC}.", "Ziel überschritten"
EXAMPLES = Path(__file__).parents[2] / "examples" / "requests.jsonl"
NOW = "2026-11-20T18:00"


def extend(copy: Copy, *, internal: bool = False) -> None:
    """Add a metric that measures the first response once more, and a language with the texts of English."""
    add_metric(copy, internal=internal)
    add_language(copy)


def add_metric(copy: Copy, *, internal: bool) -> None:
    regulation = copy.path("regulation.yaml")
    text = regulation.read_text(encoding="utf-8")
    line = f"  {METRIC}: {{measures: first_response{', internal: true' if internal else ''}}}\n"
    text = text.replace("  resolution: {measures: resolution}\n", f"  resolution: {{measures: resolution}}\n{line}")
    text = text.replace("    ladder: standard\n", f"    {METRIC}: {{within: 3 h, clause: X.1}}\n    ladder: standard\n")
    regulation.write_text(text, encoding="utf-8")
    messages = yaml.safe_load(copy.path("messages.yaml").read_text(encoding="utf-8"))
    for texts in messages.values():
        texts[METRIC] = LABEL
        texts["acknowledged"] += "" if internal else f"\n{PUBLIC_LINE}"
    copy.path("messages.yaml").write_text(yaml.safe_dump(messages, allow_unicode=True, sort_keys=False), "utf-8")
    copy.replace("tracker.yaml", "  state: Мерзім күйі\n", f"  {METRIC}_due: Толық жауап\n  state: Мерзім күйі\n")


def add_language(copy: Copy) -> None:
    messages = yaml.safe_load(copy.path("messages.yaml").read_text(encoding="utf-8"))
    english = messages["en"]
    messages[LANGUAGE] = {**english, "breached": f"{STAFF_LINE}. {english['breached']}"}
    copy.path("messages.yaml").write_text(yaml.safe_dump(messages, allow_unicode=True, sort_keys=False), "utf-8")
    copy.replace("tracker.yaml", "  en: English\n", f"  en: English\n  {LANGUAGE}: Deutsch\n")
    copy.replace("config.yaml", "\nlanguage: kk", f"\nlanguage: {LANGUAGE}")
    copy.replace("config.yaml", "\nclient_language: kk", f"\nclient_language: {LANGUAGE}")


@pytest.fixture
def extended(shell: Shell) -> Shell:
    extend(shell.files)
    return shell


def of_file(shell: Shell, *words: object) -> str:
    """Return the output of a command for the example requests, one of which cannot be judged."""
    result = shell(*words, "--from", EXAMPLES, "--now", NOW)
    expected = (DONE, "") if words[0] == "explain" else (PARTLY_DONE, UNJUDGED)
    assert (result.code, result.err) == expected
    return result.out


def test_check_accepts_new_metric_and_language(extended: Shell) -> None:
    assert extended("check", "--offline").code == 0
    assert list(extended.files.load().rules.policy.metrics) == ["first_response", "resolution", METRIC]


def test_kazakh_is_not_required(shell: Shell) -> None:
    messages = yaml.safe_load(shell.files.path("messages.yaml").read_text(encoding="utf-8"))
    shell.files.path("messages.yaml").write_text(yaml.safe_dump({"en": messages["en"]}, sort_keys=False), "utf-8")
    shell.files.replace("tracker.yaml", "  kk: Қазақша\n  ru: Русский\n", "")
    shell.files.replace("clients.yaml", "language: ru", "language: en")
    for key in ("language", "client_language"):
        shell.files.replace("config.yaml", f"\n{key}: kk", f"\n# {key}: kk")
    assert shell("check", "--offline").code == 0
    assert shell("regulation").out == shell("regulation", "--language", "en").out
    assert of_file(shell, "plan", "--json")


def test_due_has_a_row_for_the_metric(extended: Shell) -> None:
    rows = extended(*DUE, "--json").json
    assert [each["metric"] for each in rows] == ["first_response", "resolution", METRIC]
    assert rows[2]["due_at"] == "2026-06-09T17:00:00+05:00"
    assert "full answer" in extended(*DUE).out


def test_explain_shows_its_clock_and_its_ladder(extended: Shell) -> None:
    for out in (of_file(extended, "explain", 23), of_file(extended, "explain", 30)):
        assert len(re.findall("^  full answer ", out, re.MULTILINE)) > 1
    explanation = json.loads(of_file(extended, "explain", 30, "--json"))
    assert [each["metric"] for each in explanation["verdicts"]] == ["first_response", "resolution", METRIC]
    assert {each["metric"] for each in explanation["ladder"]} == {"first_response", "resolution", METRIC}


def test_queue_and_plan_run(extended: Shell) -> None:
    assert "response" in of_file(extended, "queue")
    changes = json.loads(of_file(extended, "plan", "--json"))["changes"]
    assert STAFF_LINE in "".join(each["new"] for each in changes if each["field"] == "private_note")
    assert PUBLIC_LINE.partition("$")[0] in "".join(each["new"] for each in changes if each["field"] == "public_note")
    assert of_file(extended, "plan")


def test_whatif_compares_mappings_with_and_without_the_metric(
    shell: Shell, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = Copy(tmp_path_factory.mktemp("other"))
    add_metric(other, internal=True)
    for _ in range(2):
        changes = json.loads(of_file(shell, "whatif", other.folder / "mappings", "--json"))["changes"]
        assert {each["metric"] for each in changes} == {METRIC}
        assert "full answer" in of_file(shell, "whatif", other.folder / "mappings")
        add_metric(shell.files, internal=True)
        other = Copy(tmp_path_factory.mktemp("shipped"))


def test_report_has_the_metric_in_all_formats(extended: Shell) -> None:
    assert "Full answer" in of_file(extended, "report")
    assert json.loads(of_file(extended, "report", "--json"))["total"][METRIC]["met"] > 0
    (first, *_) = csv.DictReader(StringIO(of_file(extended, "report", "--csv", "-")))
    assert first[f"{METRIC}_outcome"] in {"met", "breached", "on_track", "at_risk", "no_target"}


@pytest.mark.parametrize("language", ["kk", "en", LANGUAGE])
def test_each_page_is_written_in_each_language(extended: Shell, language: str) -> None:
    page = extended.folder / "page.html"
    of_file(extended, "report", "--html", page, "--language", language)
    assert f'<html lang="{language}">' in page.read_text(encoding="utf-8")
    assert LABEL in page.read_text(encoding="utf-8")
    for words in (("regulation",), ("calendar", "2026")):
        assert extended(*words, "--html", page, "--language", language).code == 0
        assert f'<html lang="{language}">' in page.read_text(encoding="utf-8")


def test_screens_use_the_new_language(extended: Shell) -> None:
    assert LABEL in extended("regulation", "--language", LANGUAGE).out
    assert extended("regulation").out == extended("regulation", "--language", LANGUAGE).out
    assert LABEL in extended("regulation", "--language", "ru").out
    levels = extended("regulation", "--json").json["levels"]
    assert list(levels[0]["rows"][0]["terms"][0]) == ["priorities", "first_response", "resolution", METRIC]
    assert extended("calendar", "2026", "--language", LANGUAGE).code == 0
    assert extended("clients").code == 0


def test_language_that_messages_lack_is_a_mistake(extended: Shell) -> None:
    result = extended("regulation", "--language", "fr")
    assert result.code == 2
    assert "'fr' is not one of 'kk', 'ru', 'en', 'de'" in result.err


def test_completion_offers_the_language(extended: Shell) -> None:
    assert extended("completion", "bash").code == 0
    typed = {"COMP_WORDS": "sup-sync regulation --language d", "COMP_CWORD": "3", "_SUP_SYNC_COMPLETE": "bash_complete"}
    for name, value in typed.items():
        extended.patch.setenv(name, value)
    assert f"plain,{LANGUAGE}" in extended.process().out


def test_provision_creates_the_field_and_the_value(extended: Shell) -> None:
    out = extended("provision", "--script").out
    assert "Толық жауап" in out
    assert "Deutsch" in out


def test_init_offers_the_language(shell: Shell) -> None:
    add_language(shell.files)
    shell.patch.setattr(init_command, "shipped_folder", lambda: shell.folder)
    result = shell("init", "--url", "http://127.0.0.1:9", "--language", LANGUAGE, "--directory", "new", "--yes")
    assert result.code == 75  # it came as far as asking Redmine
    assert shell("init", "--language", "fr", "--directory", "new", "--yes").code == 2


def test_run_writes_the_metric(extended: Shell, office: Office) -> None:
    tracker = office.world.tracker
    tracker.add_field({"name": "Толық жауап"})
    next(each for each in tracker.fields if each.name == "Тіл").values += ("Deutsch",)
    office.world.names = extended.files.load().rules.names
    issue_id = office.file("Mon 09:00", CLIENT)
    assert extended("plan", "--exit-code").code == 5
    assert extended("apply").code == 0
    with office.people() as diary:
        assert diary.fields(CLIENT, issue_id)[f"{METRIC}_due"] == "2026-06-08 12:00"
    assert extended("apply", "--json").json["outcomes"]["applied"] == 0
    assert extended("snapshot", "-o", extended.folder / "all.jsonl").code == 0
    assert extended("check").code == 0

"""`sup-sync init` for an unprepared Redmine: from an empty folder to a check without problems."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import pytest
from cli.office import CLOSED_PORT, SENTINEL
from support.foreign_sites import DATA_SETS, HEAD, HEAD_NAME, OWN_RU, PROJECTS, REDMINE_EN, REDMINE_RU, ForeignRedmine
from support.scripted_server import Answer, reply
from support.shell import CommandResult, Shell, one_line, serve_world
from support.worlds import ADMIN, BOT

from sup_sync.model.names import NamesInRedmine

WHO = ("--head", HEAD, HEAD_NAME)


class Place:
    """An empty folder to type in, and a fake Redmine with these names at `url`."""

    def __init__(self, shell: Shell, folder: Path, survey: NamesInRedmine, url: str, site: ForeignRedmine) -> None:
        self.shell, self.folder, self.survey, self.url, self.site = shell, folder, survey, url, site

    def init(self, *words: object) -> CommandResult:
        return self.shell("init", "--url", self.url, "--yes", *words)

    def is_empty(self) -> bool:
        return not any(self.folder.iterdir())


@pytest.fixture
def responses() -> dict[str, Answer]:
    return {}


@pytest.fixture
def make_place(
    shell: Shell, empty_folder: Path, responses: dict[str, Answer]
) -> Iterator[Callable[[NamesInRedmine], Place]]:
    sockets = []

    def make(survey: NamesInRedmine) -> Place:
        site = ForeignRedmine(survey)
        socket = serve_world(site.world, responses)
        sockets.append(socket)
        shell.use_key(site.world.user(ADMIN))
        return Place(shell, empty_folder, survey, socket.__enter__(), site)

    yield make
    for each in sockets:
        each.__exit__(None, None, None)


@pytest.fixture
def place(make_place: Callable[[NamesInRedmine], Place]) -> Place:
    return make_place(REDMINE_EN)


# --- from nothing to a check that finds nothing


@pytest.mark.parametrize("survey", DATA_SETS.values(), ids=DATA_SETS)
def test_unprepared_redmine_matches_after_init_and_provision(
    make_place: Callable[[NamesInRedmine], Place], survey: NamesInRedmine
) -> None:
    place = make_place(survey)
    shell, site = place.shell, place.site
    assert place.init(*WHO).code == 0
    assert shell("check", "--offline") == CommandResult(0, "", "sup-sync: config.yaml and its mappings are valid\n")
    script = shell("provision", "--script")
    site.run_script(script.out)
    site.add_account()
    shell.use_key(site.world.user(BOT))
    result = shell("check")
    assert (result.code, result.err) == (0, f"sup-sync: {place.url} matches the mappings\n")
    assert len(re.findall(rf"^.+: {place.url}/issues\?set_filter=1&.+$", result.out, flags=re.MULTILINE)) == 3
    assert shell("plan", "-q").code == 0


def test_init_works_for_an_account_that_is_not_an_administrator(place: Place) -> None:
    shell, site = place.shell, place.site
    place.init(*WHO)
    site.run_script(shell("provision", "--script").out)
    site.add_account()
    shell.use_key(site.world.user(BOT))
    assert place.init("--directory", "again", *WHO).code == 0
    again = Path("again/mappings/tracker.yaml").read_text(encoding="utf-8")
    assert again.count("# new") == 2 + 5 + 6 + 10 + 3  # the values of lists, which only administrators can read
    assert shell("--config", "again/config.yaml", "check").code == 0


# --- what it says


def test_init_shows_proposal_result_of_check_and_next_steps(place: Place) -> None:
    result = place.init()
    assert result.code == 3
    assert "trackers    Bug → error · Feature → suggestion · Support → consultation\n" in result.out
    assert "Low → normal · High → urgent\n" in result.out
    assert "tracker.yaml:" in result.out.splitlines()[-1]
    assert "head is still `?`" in result.out.splitlines()[-1]
    assert [line.partition(".")[0] for line in result.err.splitlines()] == [
        "sup-sync: result of `sup-sync check`:",
        "sup-sync: next: 1",
        "sup-sync: 2",
        "sup-sync: 3",
    ]


def test_proposal_fits_a_terminal_of_eighty_columns(make_place: Callable[[NamesInRedmine], Place]) -> None:
    place = make_place(OWN_RU)
    place.shell.patch.setenv("COLUMNS", "80")
    result = place.init(*WHO)
    assert max(map(len, result.out.splitlines())) <= 80


def test_quiet_init_prints_only_problems(place: Place) -> None:
    result = place.init("-q")
    assert result.err == ""
    assert len(result.out.splitlines()) == 1


def test_control_characters_in_names_are_removed(
    make_place: Callable[[NamesInRedmine], Place],
) -> None:
    place = make_place(
        NamesInRedmine(["Bug \x1b[31m\u202e"], {"New": False, "x\x1b": False}, ["Normal"], roles=["Manager"])
    )
    result = place.init(*WHO)
    assert result.code == 3
    assert not {"\x1b", "\u202e"} & set(result.out + result.err)
    assert not {"\x1b", "\u202e"} & set(Path("mappings/tracker.yaml").read_text(encoding="utf-8"))


# --- the answers


def test_files_do_not_contain_the_key(place: Place) -> None:
    key_file = place.shell.write("key", place.shell.key + "\n", 0o600)
    place.shell.patch.delenv("SUP_SYNC_KEY")
    place.init("--key-file", key_file, *WHO)
    assert f"key_file: {key_file}" in Path("config.yaml").read_text(encoding="utf-8")
    for path in place.folder.rglob("*.yaml"):
        assert place.shell.key not in path.read_text(encoding="utf-8")


def test_projects_and_language_of_options_are_written(place: Place) -> None:
    place.init("--project", "alatau", "--language", "ru", *WHO)
    text = Path("config.yaml").read_text(encoding="utf-8")
    assert "projects: [alatau]\n" in text
    assert "\nlanguage: ru " in text
    assert "\nclient_language: ru " in text


def test_closed_project_is_left_out(place: Place) -> None:
    next(each for each in place.site.tracker.projects if each.identifier == "alatau").is_closed = True
    place.init(*WHO)
    assert "projects: [support]\n" in Path("config.yaml").read_text(encoding="utf-8")


def test_directory_is_created_and_named_in_the_next_steps(place: Place) -> None:
    result = place.init("--directory", "etc/sup-sync", *WHO)
    assert sorted(path.name for path in Path("etc/sup-sync").iterdir()) == ["config.yaml", "mappings"]
    for path in Path("etc/sup-sync").rglob("*.yaml"):
        tied = re.match(r"# yaml-language-server: \$schema=(\S+)\n", path.read_text(encoding="utf-8"))
        assert tied, path
        assert (path.parent / tied[1]).is_file()
    assert f"`sup-sync --config {place.folder}/etc/sup-sync/config.yaml check`" in result.err


class Typing(StringIO):
    """A terminal on which a person types these lines."""

    def isatty(self) -> bool:
        return True


def test_init_prompts_on_a_terminal(place: Place) -> None:
    key_file = place.shell.write("key", place.shell.key, 0o600)
    place.shell.patch.delenv("SUP_SYNC_KEY")
    answers = [place.url, str(key_file), "support", "ru", HEAD, HEAD_NAME, "y"]
    place.shell.patch.setattr(sys, "stdin", Typing("\n".join([*answers, ""])))
    result = place.shell("init")
    assert result.code == 0
    assert "projects: [support]" in Path("config.yaml").read_text(encoding="utf-8")
    assert f"head: {{login: {HEAD}, name: {HEAD_NAME}}}" in Path("mappings/tracker.yaml").read_text(encoding="utf-8")
    assert "\nclient_language: ru " in Path("config.yaml").read_text(encoding="utf-8")
    assert f"projects: {', '.join(sorted(PROJECTS))}" in result.err
    assert f"staff: {HEAD_NAME}\n" in result.err


def test_wrong_answer_is_reported_and_asked_again(place: Place) -> None:
    key_file = place.shell.write("key", place.shell.key, 0o600)
    place.shell.patch.delenv("SUP_SYNC_KEY")
    urls = ["tracker", "http://tracker.example.kz", place.url]
    keys = [str(place.folder / "nowhere"), str(key_file)]
    answers = [*urls, *keys, "suport", "support, alatau", "ru", HEAD, "", "y"]
    place.shell.patch.setattr(sys, "stdin", Typing("\n".join([*answers, ""])))
    result = place.shell("init")
    for message in (
        "write it as https://redmine.example.kz",
        "plain http",
        "your answer: cannot read this file",
        "project suport:",
    ):
        assert message in result.err
    assert "projects: [support, alatau]" in Path("config.yaml").read_text(encoding="utf-8")
    assert "head is still `?`" in result.out
    assert result.code == 3


def test_nothing_is_written_if_the_proposal_is_declined(place: Place) -> None:
    place.shell.patch.setattr(sys, "stdin", Typing("all\n\nlater\nn\n"))
    result = place.shell("init", "--url", place.url)
    assert result.code == 130
    assert place.is_empty()


# --- what goes wrong: one line each, and nothing written


def test_wrong_key_is_reported_and_nothing_written(place: Place) -> None:
    place.shell.use_key(SENTINEL)
    one_line(place.init(), 77, "API key rejected")
    assert place.is_empty()


def test_disabled_rest_api_is_reported(place: Place) -> None:
    with place.site.world.rest_off():
        one_line(place.init(), 77, "that the REST API is on")
    assert place.is_empty()


def test_missing_or_unsafe_key_file_is_reported(place: Place) -> None:
    place.shell.patch.delenv("SUP_SYNC_KEY")
    one_line(place.init(), 77, "no API key; set SUP_SYNC_KEY or pass --key-file")
    one_line(place.init("--key-file", "nowhere"), 77, "--key-file: cannot read this file")
    key_file = place.shell.write("key", place.shell.key, 0o644)
    one_line(place.init("--key-file", key_file), 77, "chmod 600")
    assert place.is_empty()


@pytest.mark.parametrize(
    ("url", "code", "part"),
    [
        (CLOSED_PORT, 75, "connection failed; check that Redmine is up"),
        ("tracker", 78, "write it as https://redmine.example.kz"),
        ("http://tracker.example.kz", 78, "plain http"),
    ],
)
def test_wrong_url_is_reported(place: Place, url: str, code: int, part: str) -> None:
    one_line(place.shell("init", "--yes", "--url", url), code, part)
    assert place.is_empty()


def test_url_below_the_base_url_is_reported(place: Place, responses: dict[str, Answer]) -> None:
    responses["/users/current"] = reply(200, "<html>")
    one_line(place.init(), 75, "an HTML page instead of JSON; check that `url` is Redmine's base URL")
    one_line(place.shell("init", "--yes", "--url", f"{place.url}/issues"), 78, "check that `url` is Redmine's base URL")
    assert place.is_empty()


def test_unknown_project_and_missing_projects_are_reported(place: Place) -> None:
    one_line(place.init("--project", "nowhere"), 77, "project nowhere: ", "choose from alatau, support")
    place.site.tracker.projects.clear()
    one_line(place.init(), 77, "no open project")
    assert place.is_empty()


def test_missing_answers_are_reported_without_a_terminal(place: Place) -> None:
    one_line(place.shell("init", "--yes"), 2, "--url")
    one_line(place.shell("init", "--url", place.url), 2, "stdin is not a terminal", "--yes")
    assert place.is_empty()


@pytest.mark.parametrize("there", ["config.yaml", "mappings"])
def test_existing_files_are_not_overwritten(place: Place, there: str) -> None:
    Path(there).write_text("mine")
    one_line(place.init(), 2, f"{there} already exists")
    assert [path.name for path in place.folder.iterdir()] == [there]
    assert Path(there).read_text() == "mine"


@pytest.mark.parametrize("name", ["config.yaml", "mappings"])
def test_nothing_is_left_if_a_rename_fails(place: Place, name: str) -> None:
    rename = Path.rename

    def refuse(self: Path, target: Path) -> Path:
        if target.name == name and target.parent == Path():
            raise OSError(28, "No space left on device")
        return rename(self, target)

    place.shell.patch.setattr(Path, "rename", refuse)
    result = place.init("-q")
    one_line(result, 2, "cannot be written (No space left on device)")
    assert place.is_empty()


def test_nothing_is_left_if_redmine_fails(place: Place, responses: dict[str, Answer]) -> None:
    responses["/issue_statuses"] = reply(500, "")
    one_line(place.init(), 75, "answered 500")
    assert place.is_empty()


def test_init_recognizes_russian_names(make_place: Callable[[NamesInRedmine], Place]) -> None:
    result = make_place(REDMINE_RU).init()
    assert "trackers    Ошибка → error · Улучшение → suggestion · Поддержка → consultation\n" in result.out
    assert "language    ru\n" in result.out

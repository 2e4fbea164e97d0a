"""`sup-sync init` beside a tracker that nobody prepared: from an empty folder to a check that finds nothing."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import pytest
from cli.office import CLOSED_PORT, SENTINEL
from support.foreign_sites import DATA_SETS, HEAD, HEAD_NAME, OWN_RU, PROJECTS, REDMINE_EN, REDMINE_RU, Unprepared
from support.scripted_server import Answer, reply
from support.shell import CommandResult, Shell, on_a_socket, one_line
from support.worlds import ADMIN, BOT

from sup_sync.model.names import NamesInRedmine

WHO = ("--head", HEAD, HEAD_NAME)


class Place:
    """An empty folder to type in, and a tracker of these names that answers at `url`."""

    def __init__(self, shell: Shell, folder: Path, survey: NamesInRedmine, url: str, site: Unprepared) -> None:
        self.shell, self.folder, self.survey, self.url, self.site = shell, folder, survey, url, site

    def init(self, *words: object) -> CommandResult:
        return self.shell("init", "--url", self.url, "--yes", *words)

    def is_empty(self) -> bool:
        return not any(self.folder.iterdir())


@pytest.fixture
def faults() -> dict[str, Answer]:
    return {}


@pytest.fixture
def make_place(
    shell: Shell, empty_folder: Path, faults: dict[str, Answer]
) -> Iterator[Callable[[NamesInRedmine], Place]]:
    sockets = []

    def make(survey: NamesInRedmine) -> Place:
        site = Unprepared(survey)
        socket = on_a_socket(site.world, faults)
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
def test_an_unprepared_tracker_fits_after_init_and_provision(
    make_place: Callable[[NamesInRedmine], Place], survey: NamesInRedmine
) -> None:
    place = make_place(survey)
    shell, site = place.shell, place.site
    assert place.init(*WHO).code == 0
    assert shell("check", "--offline") == CommandResult(
        0, "", "sup-sync: no mistakes in config.yaml and its mappings\n"
    )
    script = shell("provision", "--script")
    site.run_script(script.out)
    site.add_account()
    shell.use_key(site.world.user(BOT))
    said = shell("check")
    assert (said.code, said.err) == (0, f"sup-sync: {place.url} is as the mappings say\n")
    assert len(re.findall(rf"^.+: {place.url}/issues\?set_filter=1&.+$", said.out, flags=re.MULTILINE)) == 3
    assert shell("plan", "-q").code == 0


def test_an_account_that_is_no_administrator_may_prepare_it_too(place: Place) -> None:
    shell, site = place.shell, place.site
    place.init(*WHO)
    site.run_script(shell("provision", "--script").out)
    site.add_account()
    shell.use_key(site.world.user(BOT))
    assert place.init("--directory", "again", *WHO).code == 0
    again = Path("again/mappings/tracker.yaml").read_text(encoding="utf-8")
    assert again.count("# new") == 2 + 5 + 6 + 10 + 3  # the values of lists, which administrators alone read
    assert shell("--config", "again/config.yaml", "check").code == 0


# --- what it says


def test_it_shows_what_it_proposes_what_check_says_and_what_comes_next(place: Place) -> None:
    said = place.init()
    assert said.code == 3
    assert "trackers    Bug → error · Feature → suggestion · Support → consultation\n" in said.out
    assert "Low → normal · High → urgent\n" in said.out
    assert "tracker.yaml:" in said.out.splitlines()[-1]
    assert "head is still to be said" in said.out.splitlines()[-1]
    assert [line.partition(".")[0] for line in said.err.splitlines()] == [
        "sup-sync: check says:",
        "sup-sync: next: 1",
        "sup-sync: 2",
        "sup-sync: 3",
    ]


def test_it_fits_a_terminal_of_eighty_columns(make_place: Callable[[NamesInRedmine], Place]) -> None:
    place = make_place(OWN_RU)
    place.shell.patch.setenv("COLUMNS", "80")
    said = place.init(*WHO)
    assert max(map(len, said.out.splitlines())) <= 80


def test_quiet_it_tells_nothing_but_what_is_wrong(place: Place) -> None:
    said = place.init("-q")
    assert said.err == ""
    assert len(said.out.splitlines()) == 1


def test_names_that_steer_a_terminal_are_shown_and_written_harmless(
    make_place: Callable[[NamesInRedmine], Place],
) -> None:
    place = make_place(
        NamesInRedmine(["Bug \x1b[31m\u202e"], {"New": False, "x\x1b": False}, ["Normal"], roles=["Manager"])
    )
    said = place.init(*WHO)
    assert said.code == 3
    assert not {"\x1b", "\u202e"} & set(said.out + said.err)
    assert not {"\x1b", "\u202e"} & set(Path("mappings/tracker.yaml").read_text(encoding="utf-8"))


# --- the answers


def test_the_key_itself_is_written_nowhere(place: Place) -> None:
    key_file = place.shell.write("key", place.shell.key + "\n", 0o600)
    place.shell.patch.delenv("SUP_SYNC_KEY")
    place.init("--key-file", key_file, *WHO)
    assert f"key_file: {key_file}" in Path("config.yaml").read_text(encoding="utf-8")
    for path in place.folder.rglob("*.yaml"):
        assert place.shell.key not in path.read_text(encoding="utf-8")


def test_the_projects_named_are_those_of_support(place: Place) -> None:
    place.init("--project", "alatau", "--language", "ru", *WHO)
    text = Path("config.yaml").read_text(encoding="utf-8")
    assert "projects: [alatau]\n" in text
    assert "\nlanguage: ru " in text
    assert "\nclient_language: ru " in text


def test_a_closed_project_is_none_of_supports(place: Place) -> None:
    next(each for each in place.site.tracker.projects if each.identifier == "alatau").is_closed = True
    place.init(*WHO)
    assert "projects: [support]\n" in Path("config.yaml").read_text(encoding="utf-8")


def test_a_folder_is_made_and_the_next_steps_name_it(place: Place) -> None:
    said = place.init("--directory", "etc/sup-sync", *WHO)
    assert sorted(path.name for path in Path("etc/sup-sync").iterdir()) == ["config.yaml", "mappings"]
    for path in Path("etc/sup-sync").rglob("*.yaml"):
        tied = re.match(r"# yaml-language-server: \$schema=(\S+)\n", path.read_text(encoding="utf-8"))
        assert tied, path
        assert (path.parent / tied[1]).is_file()
    assert f"`sup-sync --config {place.folder}/etc/sup-sync/config.yaml check`" in said.err


class Typing(StringIO):
    """Somebody at a terminal who types these lines."""

    def isatty(self) -> bool:
        return True


def test_whoever_sits_at_a_terminal_is_asked(place: Place) -> None:
    key_file = place.shell.write("key", place.shell.key, 0o600)
    place.shell.patch.delenv("SUP_SYNC_KEY")
    answers = [place.url, str(key_file), "support", "ru", HEAD, HEAD_NAME, "y"]
    place.shell.patch.setattr(sys, "stdin", Typing("\n".join([*answers, ""])))
    said = place.shell("init")
    assert said.code == 0
    assert "projects: [support]" in Path("config.yaml").read_text(encoding="utf-8")
    assert f"head: {{login: {HEAD}, name: {HEAD_NAME}}}" in Path("mappings/tracker.yaml").read_text(encoding="utf-8")
    assert "\nclient_language: ru " in Path("config.yaml").read_text(encoding="utf-8")
    assert f"projects: {', '.join(sorted(PROJECTS))}" in said.err
    assert f"staff: {HEAD_NAME}\n" in said.err


def test_a_wrong_answer_is_told_and_asked_again(place: Place) -> None:
    key_file = place.shell.write("key", place.shell.key, 0o600)
    place.shell.patch.delenv("SUP_SYNC_KEY")
    urls = ["tracker", "http://tracker.example.kz", place.url]
    keys = [str(place.folder / "nowhere"), str(key_file)]
    answers = [*urls, *keys, "suport", "support, alatau", "ru", HEAD, "", "y"]
    place.shell.patch.setattr(sys, "stdin", Typing("\n".join([*answers, ""])))
    said = place.shell("init")
    for told in (
        "write it as https://redmine.example.kz",
        "plain http",
        "your answer: cannot read this file",
        "project suport:",
    ):
        assert told in said.err
    assert "projects: [support, alatau]" in Path("config.yaml").read_text(encoding="utf-8")
    assert "head is still to be said" in said.out
    assert said.code == 3


def test_nothing_is_written_when_the_proposal_is_turned_down(place: Place) -> None:
    place.shell.patch.setattr(sys, "stdin", Typing("all\n\nlater\nn\n"))
    said = place.shell("init", "--url", place.url)
    assert said.code == 130
    assert place.is_empty()


# --- what goes wrong: one line each, and nothing written


def test_a_wrong_key(place: Place) -> None:
    place.shell.use_key(SENTINEL)
    one_line(place.init(), 77, "API key rejected")
    assert place.is_empty()


def test_rest_switched_off(place: Place) -> None:
    with place.site.world.rest_off():
        one_line(place.init(), 77, "that the REST API is on")
    assert place.is_empty()


def test_no_key_at_all(place: Place) -> None:
    place.shell.patch.delenv("SUP_SYNC_KEY")
    one_line(place.init(), 77, "no key: set SUP_SYNC_KEY, or name its file by --key-file")
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
def test_a_wrong_url(place: Place, url: str, code: int, part: str) -> None:
    one_line(place.shell("init", "--yes", "--url", url), code, part)
    assert place.is_empty()


def test_a_url_that_is_not_the_trackers_root(place: Place, faults: dict[str, Answer]) -> None:
    faults["/users/current"] = reply(200, "<html>")
    one_line(place.init(), 75, "an HTML page instead of JSON; check that `url` is Redmine's base URL")
    one_line(place.shell("init", "--yes", "--url", f"{place.url}/issues"), 78, "check that `url` is Redmine's base URL")
    assert place.is_empty()


def test_a_project_that_is_not_there_and_none_at_all(place: Place) -> None:
    one_line(place.init("--project", "nowhere"), 77, "project nowhere: ", "there are alatau, support")
    place.site.tracker.projects.clear()
    one_line(place.init(), 77, "no open project")
    assert place.is_empty()


def test_answers_that_are_missing_where_nobody_can_be_asked(place: Place) -> None:
    one_line(place.shell("init", "--yes"), 2, "--url")
    one_line(place.shell("init", "--url", place.url), 2, "no terminal to ask at", "--yes")
    assert place.is_empty()


@pytest.mark.parametrize("there", ["config.yaml", "mappings"])
def test_what_is_there_is_not_overwritten(place: Place, there: str) -> None:
    Path(there).write_text("mine")
    one_line(place.init(), 2, f"{there} is there already")
    assert [path.name for path in place.folder.iterdir()] == [there]
    assert Path(there).read_text() == "mine"


@pytest.mark.parametrize("name", ["config.yaml", "mappings"])
def test_where_one_part_cannot_be_put_in_its_place_none_is(place: Place, name: str) -> None:
    rename = Path.rename

    def refuse(self: Path, target: Path) -> Path:
        if target.name == name and target.parent == Path():
            raise OSError(28, "No space left on device")
        return rename(self, target)

    place.shell.patch.setattr(Path, "rename", refuse)
    said = place.init("-q")
    one_line(said, 2, "cannot be written: No space left on device")
    assert place.is_empty()


def test_a_tracker_that_breaks_off_leaves_nothing(place: Place, faults: dict[str, Answer]) -> None:
    faults["/issue_statuses"] = reply(500, "")
    one_line(place.init(), 75, "answered 500")
    assert place.is_empty()


def test_it_reads_redmine_in_russian_as_well(make_place: Callable[[NamesInRedmine], Place]) -> None:
    said = make_place(REDMINE_RU).init()
    assert "trackers    Ошибка → error · Улучшение → suggestion · Поддержка → consultation\n" in said.out
    assert "language    ru\n" in said.out

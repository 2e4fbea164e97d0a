"""The command init: config.yaml and mappings/ for a tracker that nobody prepared, by the names it has."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any, TypeVar

import click

from sup_sync.cli.commands.check import run_check
from sup_sync.cli.context import Settings, log_line, pass_settings, shipped
from sup_sync.cli.exit_codes import DONE, PARTLY_DONE
from sup_sync.cli.options import global_options
from sup_sync.errors import AccessError, SupSyncError
from sup_sync.frozen import value
from sup_sync.host.secret_files import CREDENTIAL, VARIABLE, load_key
from sup_sync.model.languages import LANGUAGES

if TYPE_CHECKING:
    from sup_sync.config.onboarding import Proposal
    from sup_sync.model.names import NamesInRedmine
    from sup_sync.redmine.reader import Reader

Json = Mapping[str, Any]
T = TypeVar("T")
CONFIG, MAPPINGS, SCHEMAS = "config.yaml", "mappings", "schemas"
ALL, LATER = "all", "later"
"""What may be answered instead of names."""


@value
class Answers:
    """What the options say, and then whoever sits at the terminal; `yes` is to ask nobody."""

    url: str | None
    key_file: Path | None
    ca_file: Path | None
    projects: tuple[str, ...]
    language: str | None
    head: tuple[str, str] | None
    yes: bool


@click.command()
@click.option("--url", help="The tracker's root, like https://tracker.example.kz")
@click.option(
    "--key-file", metavar="FILE", type=click.Path(path_type=Path), help=f"Holds the API key; else {VARIABLE}."
)
@click.option("--ca-file", metavar="FILE", type=click.Path(path_type=Path), help="CA (PEM) of a private certificate.")
@click.option(
    "--project", "projects", metavar="ID", multiple=True, help="One of support's; again for more. Default: all."
)
@click.option("--language", type=click.Choice(LANGUAGES), help="Of notes and new names. Default: that of most names.")
@click.option("--head", nargs=2, metavar="LOGIN NAME", help="Whom the ladder names last, as the tracker shows them.")
@click.option(
    "--directory",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="Where to write. Default: here.",
)
@click.option("--yes", is_flag=True, help="Ask nothing.")
@global_options
@pass_settings
def init(settings: Settings, /, directory: Path, **given: Any) -> int:
    """Write config.yaml and mappings/ for a tracker as it is, by the names it has, and check them."""
    _require_room(directory)
    answers = _ask_where(Answers(**given))
    survey, projects = _look(answers)
    proposal = _propose(survey, answers)
    if not answers.yes:
        answers = _ask_who(answers, proposal)
        proposal = _propose(survey, answers)
    texts = _fill_in(answers, projects, proposal)
    if not settings.quiet:
        _show(proposal, projects)
    if not answers.yes and not click.confirm(
        f"Write {CONFIG} and {MAPPINGS}/ to {directory.absolute()}?", True, err=True
    ):
        raise click.Abort
    _write(directory, texts)
    settings.config_path = directory / CONFIG
    _check(settings)
    for step in _next_steps(directory):
        settings.tell(step)
    return PARTLY_DONE if proposal.has_placeholders or proposal.may_have_missed_a_role else DONE


def _require_room(directory: Path) -> None:
    for path in (directory / CONFIG, directory / MAPPINGS):
        if os.path.lexists(path):
            raise click.UsageError(
                f"{path} is there already, and is not overwritten: name another folder by --directory"
            )


# --- what has to be known


def _ask_where(answers: Answers) -> Answers:
    """Where the tracker and the key are, asked for unless options or the environment tell."""
    if not answers.yes and not sys.stdin.isatty():
        raise click.UsageError("no terminal to ask at: give the answers as options, and --yes")
    if not answers.url:
        if answers.yes:
            raise click.UsageError("Missing option '--url', which --yes does not ask for")
        answers = replace(answers, url=click.prompt("Tracker's URL", value_proc=_asked_again(_address), err=True))
    if not answers.key_file and not _is_key_around():
        if answers.yes:
            raise AccessError(f"no key: set {VARIABLE}, or name its file by --key-file")
        asked = click.prompt(
            "File that holds the API key and that its owner alone can read",
            value_proc=_asked_again(_key_file),
            err=True,
        )
        answers = replace(answers, key_file=asked)
    return answers


def _asked_again(read: Callable[[str], T]) -> Callable[[str], T]:
    """What takes the answer to a question: what is wrong with one is told, and click asks again."""

    def answered(asked: str) -> T:
        try:
            return read(asked)
        except SupSyncError as error:
            raise click.UsageError(str(error)) from None

    return answered


def _address(asked: str) -> str:
    from sup_sync.redmine.session import checked_root

    return checked_root(asked)


def _key_file(asked: str) -> Path:
    path = Path(asked).expanduser()
    load_key(path, {}, named_by="your answer")
    return path


def _is_key_around() -> bool:
    credentials = os.environ.get("CREDENTIALS_DIRECTORY")
    return bool(os.environ.get(VARIABLE)) or bool(credentials and (Path(credentials) / CREDENTIAL).is_file())


def _look(answers: Answers) -> tuple[NamesInRedmine, list[str]]:
    """The names in the tracker, and the identifiers of the projects chosen."""
    from sup_sync.redmine.reader import Reader
    from sup_sync.redmine.session import RedmineSession

    key = load_key(answers.key_file, os.environ, named_by="--key-file")
    reader = Reader(RedmineSession(answers.url or "", key, ca_file=answers.ca_file))
    account = reader.fetch_account()
    chosen = _chosen(reader, account, answers)
    return reader.fetch_survey(account, chosen), [each["identifier"] for each in chosen]


def _chosen(reader: Reader, account: Json, answers: Answers) -> Sequence[Json]:
    """The projects named, all by default; AccessError where there is none of them."""
    found = {each["identifier"]: each for each in reader.fetch_projects(account)}
    if not found:
        whose = "the tracker has" if account.get("admin") else "the account is a member of"
        raise AccessError(f"{whose} no open project: make support's, and the account a member of them")
    if answers.projects or answers.yes or len(found) == 1:
        return _named(answers.projects, found)
    log_line(f"projects: {', '.join(found)}")
    chosen: Sequence[Json] = click.prompt(
        "Those of support, with blanks between them",
        default=ALL,
        value_proc=_asked_again(lambda asked: _named(asked.replace(",", " ").split(), found)),
        err=True,
    )
    return chosen


def _named(identifiers: Sequence[str], found: Mapping[str, Json]) -> Sequence[Json]:
    """The projects of these identifiers, each once; all of them by default."""
    unknown = [each for each in identifiers if each not in (*found, ALL)]
    if unknown:
        text = f"project {', '.join(unknown)}: none that the account is a member of and that is open"
        raise AccessError(f"{text}: there are {', '.join(found)}")
    wanted = found if ALL in identifiers else dict.fromkeys(identifiers or found)
    return [found[each] for each in wanted]


def _ask_who(answers: Answers, proposal: Proposal) -> Answers:
    """What is asked once the names are known: the language, and who has the last word."""
    if not answers.language:
        asked = click.prompt(
            "Language of notes and of what is new", default=proposal.language, type=click.Choice(LANGUAGES), err=True
        )
        answers = replace(answers, language=asked)
    if answers.head:
        return answers
    log_line(f"staff: {', '.join(proposal.staff) or 'nobody yet'}")
    login = click.prompt("Login of support's head, whom the ladder names last", default=LATER, err=True)
    if login == LATER:
        return answers
    name = click.prompt("Their name, as the tracker shows it", default=LATER, err=True)
    return answers if name == LATER else replace(answers, head=(login, name))


# --- what comes of it


def _propose(survey: NamesInRedmine, answers: Answers) -> Proposal:
    from sup_sync.config.onboarding import Head, propose
    from sup_sync.redmine.provision import BOT_ROLE

    head = Head(*answers.head) if answers.head else None
    return propose(survey, answers.language, head, own_role=BOT_ROLE)


def _fill_in(answers: Answers, projects: Sequence[str], proposal: Proposal) -> dict[str, str]:
    from sup_sync.config.onboarding.fill_in import Site, fill_in

    sources = [shipped() / CONFIG, *sorted((shipped() / MAPPINGS).glob("*.yaml"))]
    texts = {path.name: path.read_text(encoding="utf-8") for path in sources}
    key_file, ca_file = (str(path.absolute()) if path else None for path in (answers.key_file, answers.ca_file))
    site = Site((answers.url or "").rstrip("/"), key_file, ca_file, projects)
    return fill_in(texts, site, proposal, datetime.now(UTC).date())


def _show(proposal: Proposal, projects: Sequence[str]) -> None:
    from sup_sync.output.terminal.layout import make_console
    from sup_sync.output.terminal.proposal import show_proposal

    show_proposal(make_console(), proposal, projects)


def _write(directory: Path, texts: Mapping[str, str]) -> None:
    """All files, or none: they are put in their place once all are written."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        draft = Path(mkdtemp(prefix=".sup-sync-init-", dir=directory))
    except OSError as error:
        raise _unwritable(directory, error) from None
    try:
        shutil.copytree(shipped() / MAPPINGS / SCHEMAS, draft / MAPPINGS / SCHEMAS)
        for name, text in texts.items():
            path = draft / name if name == CONFIG else draft / MAPPINGS / name
            path.write_text(text, encoding="utf-8")
        (draft / MAPPINGS).rename(directory / MAPPINGS)
        try:
            (draft / CONFIG).rename(directory / CONFIG)
        except OSError:
            (directory / MAPPINGS).rename(draft / MAPPINGS)
            raise
    except OSError as error:
        raise _unwritable(directory, error) from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _unwritable(directory: Path, error: OSError) -> click.UsageError:
    return click.UsageError(f"{directory}: cannot be written: {error.strerror}: name another by --directory")


def _check(settings: Settings) -> None:
    """Show what `check` says of it; that is for whoever reads it, not init's own ending."""
    settings.tell("check says:")
    try:
        run_check(settings, offline=False)
    except SupSyncError as error:
        for line in str(error).splitlines():
            log_line(line)


def _next_steps(directory: Path) -> tuple[str, str, str]:
    command = f"sup-sync --config {(directory / CONFIG).absolute()}"
    return (
        f"next: 1. look through {directory / MAPPINGS}/: tracker.yaml (each TODO), clients.yaml (the contracts), "
        "regulation.yaml (help_centre, quality_address, which clients read)",
        f"2. `{command} provision --script | RAILS_ENV=production bin/rails runner -` in Redmine's folder; "
        "make the account sup-sync a member of the projects, and name a file with its key as `key_file`",
        f"3. `{command} check` until it finds nothing; then `plan`, and `apply --adopt` for the first run",
    )

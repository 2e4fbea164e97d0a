"""`sup-sync init`: create config.yaml and mappings/ from the names in an existing Redmine."""

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
from sup_sync.cli.context import Settings, log_line, pass_settings, shipped_folder
from sup_sync.cli.examples import ExampleCommand
from sup_sync.cli.exit_codes import DONE, PARTLY_DONE
from sup_sync.cli.options import global_options, require_language
from sup_sync.errors import AccessError, SupSyncError
from sup_sync.host.secret_files import CREDENTIAL, VARIABLE, load_key
from sup_sync.immutable import value

if TYPE_CHECKING:
    from sup_sync.config.onboarding import Proposal
    from sup_sync.model.names import NamesInRedmine
    from sup_sync.redmine.reader import Reader
    from sup_sync.to_json import Json

T = TypeVar("T")
CONFIG, MAPPINGS, SCHEMAS = "config.yaml", "mappings", "schemas"
ALL, LATER = "all", "later"  # answers that are accepted instead of names


@value
class Answers:
    """The answers of the options, and then of the prompts, which `yes` turns off."""

    url: str | None
    key_file: Path | None
    ca_file: Path | None
    projects: tuple[str, ...]
    language: str | None
    head: tuple[str, str] | None
    yes: bool


@click.command(
    cls=ExampleCommand,
    examples=(
        "sup-sync init",
        "sup-sync init --url https://redmine.example.kz --key-file key --project support --yes",
    ),
)
@click.option("--url", help="Base URL of Redmine, e.g. https://redmine.example.kz")
@click.option(
    "--key-file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help=f"File with the API key; {VARIABLE} takes precedence.",
)
@click.option("--ca-file", metavar="FILE", type=click.Path(path_type=Path), help="CA certificate (PEM) to trust.")
@click.option(
    "--project", "projects", metavar="ID", multiple=True, help="Project identifier; repeatable. Default: all."
)
@click.option(
    "--language", metavar="KEY", help="Language of notes and new names. Default: that of most existing names."
)
@click.option(
    "--head",
    nargs=2,
    metavar="LOGIN NAME",
    help="Login and full name of the head of support, the last escalation step.",
)
@click.option(
    "--directory",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="Output directory. Default: the current one.",
)
@click.option("--yes", is_flag=True, help="Do not prompt.")
@global_options
@pass_settings
def init(settings: Settings, /, directory: Path, **options: Any) -> int:
    """Create config.yaml and mappings/ from the names in an existing Redmine, and check them."""
    _require_unused(directory)
    answers = Answers(**options)
    if answers.language:
        require_language(answers.language, _languages())
    answers = _ask_connection(answers)
    survey, projects = _fetch_names(answers)
    proposal = _propose(survey, answers)
    if not answers.yes:
        answers = _ask_people(answers, proposal)
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
        settings.info(step)
    return PARTLY_DONE if proposal.has_placeholders or proposal.may_have_missed_a_role else DONE


def _require_unused(directory: Path) -> None:
    """Raise UsageError if a file or folder that init would write already exists."""
    for path in (directory / CONFIG, directory / MAPPINGS):
        if os.path.lexists(path):
            raise click.UsageError(f"{path} already exists; choose another --directory")


# --- the answers


def _languages() -> list[str]:
    """Return the languages of the shipped messages."""
    from sup_sync.config.yaml_file import load_yaml

    return list(load_yaml(shipped_folder() / MAPPINGS / "messages.yaml", "messages.yaml").data)


def _ask_connection(answers: Answers) -> Answers:
    """Ask for the URL of Redmine and the key file, unless options or the environment contain them."""
    if not answers.yes and not sys.stdin.isatty():
        raise click.UsageError("stdin is not a terminal; pass the answers as options, with --yes")
    if not answers.url:
        if answers.yes:
            raise click.UsageError("Missing option '--url', which --yes requires")
        answers = replace(answers, url=click.prompt("Base URL of Redmine", value_proc=_retried(_url), err=True))
    if not answers.key_file and not _has_key():
        if answers.yes:
            raise AccessError(f"no API key; set {VARIABLE} or pass --key-file")
        key_file = click.prompt(
            "File with the API key, readable only by its owner", value_proc=_retried(_key_file), err=True
        )
        answers = replace(answers, key_file=key_file)
    return answers


def _retried(read: Callable[[str], T]) -> Callable[[str], T]:
    """Wrap the reading of an answer so that click shows its error and asks again."""

    def read_answer(answer: str) -> T:
        try:
            return read(answer)
        except SupSyncError as error:
            raise click.UsageError(str(error)) from None

    return read_answer


def _url(answer: str) -> str:
    from sup_sync.redmine.session import checked_root

    return checked_root(answer)


def _key_file(answer: str) -> Path:
    path = Path(answer).expanduser()
    load_key(path, {}, named_by="your answer")
    return path


def _has_key() -> bool:
    credentials = os.environ.get("CREDENTIALS_DIRECTORY")
    return bool(os.environ.get(VARIABLE)) or bool(credentials and (Path(credentials) / CREDENTIAL).is_file())


def _fetch_names(answers: Answers) -> tuple[NamesInRedmine, list[str]]:
    """Fetch the names in Redmine, and the identifiers of the chosen projects."""
    from sup_sync.redmine.reader import Reader
    from sup_sync.redmine.session import RedmineSession

    key = load_key(answers.key_file, os.environ, named_by="--key-file")
    reader = Reader(RedmineSession(answers.url or "", key, ca_file=answers.ca_file))
    account = reader.fetch_account()
    chosen = _choose_projects(reader, account, answers)
    return reader.fetch_survey(account, chosen), [each["identifier"] for each in chosen]


def _choose_projects(reader: Reader, account: Json, answers: Answers) -> Sequence[Json]:
    """Return the projects of the options or the prompt, by default all; raise AccessError if there are none."""
    projects = {each["identifier"]: each for each in reader.fetch_projects(account)}
    if not projects:
        if account.get("admin"):
            raise AccessError("no open project in Redmine; create the projects of support")
        raise AccessError("no open project that the account is a member of; add the account to support's projects")
    if answers.projects or answers.yes or len(projects) == 1:
        return _select_projects(answers.projects, projects)
    log_line(f"projects: {', '.join(projects)}")
    chosen: Sequence[Json] = click.prompt(
        "Projects of support, separated by spaces",
        default=ALL,
        value_proc=_retried(lambda answer: _select_projects(answer.replace(",", " ").split(), projects)),
        err=True,
    )
    return chosen


def _select_projects(identifiers: Sequence[str], projects: Mapping[str, Json]) -> Sequence[Json]:
    """Return the projects with these identifiers, each once; by default all. Raises AccessError."""
    unknown = [each for each in identifiers if each not in (*projects, ALL)]
    if unknown:
        text = f"project {', '.join(unknown)}: not an open project of the account"
        raise AccessError(f"{text}; choose from {', '.join(projects)}")
    selected = projects if ALL in identifiers else dict.fromkeys(identifiers or projects)
    return [projects[each] for each in selected]


def _ask_people(answers: Answers, proposal: Proposal) -> Answers:
    """Ask for the language and the head of support, which depend on the names in Redmine."""
    if not answers.language:
        language = click.prompt(
            "Language of notes and new names", default=proposal.language, type=click.Choice(_languages()), err=True
        )
        answers = replace(answers, language=language)
    if answers.head:
        return answers
    log_line(f"staff: {', '.join(proposal.staff) or 'none yet'}")
    login = click.prompt("Login of the head of support (last escalation step)", default=LATER, err=True)
    if login == LATER:
        return answers
    name = click.prompt("Full name of the head of support, as Redmine shows it", default=LATER, err=True)
    return answers if name == LATER else replace(answers, head=(login, name))


# --- the files


def _propose(survey: NamesInRedmine, answers: Answers) -> Proposal:
    from sup_sync.config.onboarding import Head, propose
    from sup_sync.redmine.provision import BOT_ROLE

    head = Head(*answers.head) if answers.head else None
    return propose(survey, answers.language, head, own_role=BOT_ROLE)


def _fill_in(answers: Answers, projects: Sequence[str], proposal: Proposal) -> dict[str, str]:
    from sup_sync.config.onboarding.fill_in import Site, fill_in

    sources = [shipped_folder() / CONFIG, *sorted((shipped_folder() / MAPPINGS).glob("*.yaml"))]
    texts = {path.name: path.read_text(encoding="utf-8") for path in sources}
    key_file, ca_file = (str(path.absolute()) if path else None for path in (answers.key_file, answers.ca_file))
    site = Site((answers.url or "").rstrip("/"), key_file, ca_file, projects)
    return fill_in(texts, site, proposal, datetime.now(UTC).date())


def _show(proposal: Proposal, projects: Sequence[str]) -> None:
    from sup_sync.output.terminal.layout import make_console
    from sup_sync.output.terminal.proposal import show_proposal

    show_proposal(make_console(), proposal, projects)


def _write(directory: Path, texts: Mapping[str, str]) -> None:
    """Write all files or none: to a temporary folder, from which they are then moved. Raises UsageError."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        temporary = Path(mkdtemp(prefix=".sup-sync-init-", dir=directory))
    except OSError as error:
        raise _unwritable(directory, error) from None
    try:
        shutil.copytree(shipped_folder() / MAPPINGS / SCHEMAS, temporary / MAPPINGS / SCHEMAS)
        for name, text in texts.items():
            path = temporary / name if name == CONFIG else temporary / MAPPINGS / name
            path.write_text(text, encoding="utf-8")
        (temporary / MAPPINGS).rename(directory / MAPPINGS)
        try:
            (temporary / CONFIG).rename(directory / CONFIG)
        except OSError:
            (directory / MAPPINGS).rename(temporary / MAPPINGS)
            raise
    except OSError as error:
        raise _unwritable(directory, error) from None
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _unwritable(directory: Path, error: OSError) -> click.UsageError:
    return click.UsageError(f"{directory}: cannot be written ({error.strerror}); choose another --directory")


def _check(settings: Settings) -> None:
    """Show the result of `check`, without its exit code: that of init does not depend on it."""
    settings.info("result of `sup-sync check`:")
    try:
        run_check(settings, offline=False)
    except SupSyncError as error:
        for line in str(error).splitlines():
            log_line(line)


def _next_steps(directory: Path) -> tuple[str, str, str]:
    command = f"sup-sync --config {(directory / CONFIG).absolute()}"
    return (
        f"next: 1. review {directory / MAPPINGS}/: tracker.yaml (each TODO), clients.yaml (the contracts), "
        "regulation.yaml (help_centre and quality_address, which are in notes to clients)",
        f"2. `{command} provision --script | RAILS_ENV=production bin/rails runner -` in Redmine's folder; "
        "add the account sup-sync to the projects, write its key to a file, and set `key_file` to that file",
        f"3. `{command} check` until it reports no problems; then `plan`, and `apply --adopt` for the first run",
    )

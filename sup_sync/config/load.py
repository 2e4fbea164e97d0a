"""Loading of config.yaml and mappings/ into a `Config`, with a list of every mistake in them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ValidationError

from sup_sync.config import checks
from sup_sync.config.acceptance import failing_examples
from sup_sync.config.build import agreements_of, calendar_lines_of, calendars_of, names_of, policy_of
from sup_sync.config.metric_keys import UNKNOWN_KEY, has_metric_keys, key_errors, metrics_in
from sup_sync.config.shapes import (
    CalendarShape,
    ClientsShape,
    ConfigShape,
    ExamplesShape,
    MessagesShape,
    RegulationShape,
    TrackerShape,
)
from sup_sync.config.wording import Error, part_to_prune, place_of, to_mistakes
from sup_sync.config.yaml_file import Place, YamlFile, load_yaml
from sup_sync.errors import CalendarError, ConfigError, Mistake
from sup_sync.immutable import value
from sup_sync.model.calendar_lines import Line
from sup_sync.model.messages import Messages
from sup_sync.model.policy import Calendars
from sup_sync.model.rulebook import Rulebook
from sup_sync.model.working_time import check_zone_data
from sup_sync.planning.limits import Limits

S = TypeVar("S", bound=BaseModel)


@value
class Server:
    """The connection to Redmine. `timeout_s` limits one response, in seconds; `wiki_markup` is textile or markdown."""

    url: str
    key_file: Path | None
    ca_file: Path | None
    timeout_s: float
    wiki_markup: str


@value
class Config:
    """The configuration of a run. `warnings` do not prevent it; a mistake in examples.yaml stops only `apply`.

    `run_time_s` limits a run, in seconds; the next run does what remains. `notify_file` contains the addresses for
    notifications outside Redmine. `calendar_lines` explain single days. `digests` are SHA-256 of the files, by name.
    """

    server: Server
    projects: tuple[str, ...]
    closed_days: int
    rules: Rulebook
    limits: Limits
    run_time_s: float
    notify_file: Path | None
    calendar_lines: tuple[Line, ...]
    digests: Mapping[str, str]
    warnings: tuple[Mistake, ...]

    @property
    def digest(self) -> str:
        """SHA-256 of all files that decide what a run writes; the acceptance table decides nothing."""
        return self._digest_without(checks.EXAMPLES)

    @property
    def mappings_digest(self) -> str:
        """SHA-256 of the files in mappings/ that decide what a run writes."""
        return self._digest_without(checks.EXAMPLES, checks.CONFIG)

    def _digest_without(self, *names: str) -> str:
        parts = sorted((name, digest) for name, digest in self.digests.items() if name not in names)
        return hashlib.sha256(repr(parts).encode()).hexdigest()


def load_config(path: Path, today: date, mappings: Path | None = None) -> Config:
    """Load the configuration at `path`, with other `mappings` if given. Raises ConfigError with all mistakes.

    Warnings about expired contracts and missing years are as of `today`.
    """
    config, mistakes = check_files(path, today, mappings)
    if config is None:
        errors = [each for each in mistakes if not each.is_warning]
        raise ConfigError([_with_folder(each, mappings) for each in errors] if mappings else errors)
    return config


def require_valid_examples(config: Config) -> None:
    """Raise ConfigError with the mistakes in the acceptance table: the mappings are not what their owner expects."""
    mistakes = [each for each in config.warnings if not each.is_warning]
    if mistakes:
        raise ConfigError(mistakes)


def _with_folder(mistake: Mistake, mappings: Path) -> Mistake:
    """Prefix the mistake's file with the folder, unless it is config.yaml, which is not in it."""
    return mistake if mistake.file == checks.CONFIG else replace(mistake, file=str(mappings / mistake.file))


def check_files(path: Path, today: date, mappings: Path | None = None) -> tuple[Config | None, list[Mistake]]:
    """Load and check all files. Return the configuration, and all mistakes and warnings.

    The configuration is None if there are mistakes in other files than the acceptance table. Other `mappings` skip
    that table, which is about the current mappings.
    """
    loader = _Loader(path, today, mappings)
    files = loader.load()
    checked = [files.of_version(version) for version in files.versions]
    mistakes = [each for version in checked for check in checks.CHECKS for each in check(version)]
    calendars = loader.calendars(files)
    mistakes = sorted({*mistakes, *loader.mistakes})
    invalid_files = {each.file for each in mistakes if not each.is_warning}
    if (
        mappings is None
        and calendars
        and files.examples
        and not invalid_files & {checks.CALENDAR, *(each.file for each in files.versions)}
    ):
        source = loader.sources[checks.EXAMPLES]
        mistakes = sorted([*mistakes, *failing_examples(source, files.examples.examples, files.versions, calendars)])
    if any(not each.is_warning and each.file != checks.EXAMPLES for each in mistakes):
        return None, mistakes
    return _config(path, files, calendars, tuple(mistakes)), mistakes


class _Loader:
    """A loader of all files, which collects the mistakes in their shapes and the parts skipped for them."""

    def __init__(self, path: Path, today: date, mappings: Path | None) -> None:
        self.path = path
        self.mappings = mappings
        self.today = today
        self.mistakes: list[Mistake] = []
        self.sources: dict[str, YamlFile] = {}
        self.pruned: set[Place] = set()
        self.metrics: Collection[str] | None = None

    def load(self) -> checks.Files:
        config = self._shape(ConfigShape, checks.CONFIG, self.path)
        folder = self.mappings or self.path.parent / (config.mappings if config else "mappings")
        versions = tuple(self._version(each) for each in (folder / checks.REGULATION, *_earlier(folder)))
        self.mistakes += _misnamed_versions(folder, {each.file for each in versions})
        if all(each.shape and (each.file, "metrics") not in self.pruned for each in versions):
            self.metrics = list(dict.fromkeys(metric for each in versions for metric in each.metrics))
        return checks.Files(
            sources=self.sources,
            config=config,
            tracker=self._shape(TrackerShape, checks.TRACKER, folder / checks.TRACKER),
            calendar=self._shape(CalendarShape, checks.CALENDAR, folder / checks.CALENDAR),
            clients=self._shape(ClientsShape, checks.CLIENTS, folder / checks.CLIENTS),
            messages=self._shape(MessagesShape, checks.MESSAGES, folder / checks.MESSAGES),
            examples=self._shape(ExamplesShape, checks.EXAMPLES, folder / checks.EXAMPLES),
            version=versions[0],
            versions=versions,
            pruned=frozenset(self.pruned),
            today=self.today,
        )

    def _version(self, path: Path) -> checks.RegulationVersion:
        shape = self._shape(RegulationShape, path.name, path)
        return checks.RegulationVersion(path.name, shape, agreements_of(shape) if shape else ())

    def _shape(self, shape: type[S], name: str, path: Path) -> S | None:
        """Read a file into its shape; None if that is impossible.

        Parts with mistakes are reported and skipped, so that the rest can be checked too.
        """
        source = self.sources[name] = load_yaml(path, name)
        self.mistakes += source.mistakes
        if source.mistakes and source.data is None:
            return None
        if not isinstance(source.data, dict):
            self.mistakes.append(source.mistake((), "no keys found; compare with the shipped file of this name"))
            return None
        skipped: set[Place] = set()
        while True:
            result, errors = self._validate(shape, source)
            if not errors:
                return result
            parts = {part_to_prune(each) for each in errors}
            if parts & skipped:
                return None
            self.mistakes += to_mistakes(errors, source, shape)
            known = [place_of(each) for each in errors if each["type"] != UNKNOWN_KEY]
            self.pruned |= {(name, *place[:length]) for place in known for length in (1, 2)}
            if any(part not in source.lines for part in parts):
                return None
            skipped |= parts
            source = self.sources[name] = source.without(parts)

    def _validate(self, shape: type[S], source: YamlFile) -> tuple[S | None, Sequence[Error]]:
        """Return the file in its shape, and the errors in it, those in keys named after metrics first."""
        metrics = self._metrics_for(shape, source)
        errors = [] if metrics is None else list(key_errors(shape, source.data, metrics))
        unknown = [error["loc"] for error in errors if error["type"] == UNKNOWN_KEY]
        try:
            result = shape.model_validate(source.data)
        except ValidationError as error:
            others = [each for each in error.errors() if not any(each["loc"][: len(loc)] == loc for loc in unknown)]
            return None, [*errors, *others]
        return result, errors

    def _metrics_for(self, shape: type[BaseModel], source: YamlFile) -> Collection[str] | None:
        """Return the metrics after which keys of a file are named; None if there are none or one is invalid."""
        if not has_metric_keys(shape):
            return None
        if shape is RegulationShape:
            return None if (source.name, "metrics") in self.pruned else metrics_in(source.data)
        return self.metrics

    def calendars(self, files: checks.Files) -> Calendars | None:
        source = self.sources[checks.CALENDAR]
        if not files.calendar or not files.calendar.years or not any(files.calendar.hours.values()):
            return None
        try:
            zone = ZoneInfo(files.calendar.zone)
            check_zone_data(zone)
            return calendars_of(files.calendar, zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self.mistakes.append(
                source.mistake(
                    ("zone",), f"unknown time zone {files.calendar.zone!r}; write an IANA name like Asia/Almaty"
                )
            )
        except CalendarError as error:
            self.mistakes.append(source.mistake(("hours",), str(error)))
        return None


def _earlier(folder: Path) -> list[Path]:
    """Return the earlier versions of the regulation: files like regulation-2024.yaml, the last name first."""
    return sorted(folder.glob("regulation-*.yaml"), reverse=True)


def _misnamed_versions(folder: Path, read: set[str]) -> Iterator[Mistake]:
    """Warn about files named almost like earlier versions: they are not read, so no rules apply to their days."""
    for path in sorted(folder.glob("regulation*.y*ml")):
        if path.name not in read:
            text = "file ignored; rename an earlier version like regulation-2022.yaml"
            yield Mistake(path.name, 1, text, is_warning=True)


def _config(path: Path, files: checks.Files, calendars: Calendars | None, warnings: tuple[Mistake, ...]) -> Config:
    config, calendar, messages = files.config, files.calendar, files.messages
    if not (config and calendar and messages and calendars and files.regulation and files.tracker and files.clients):
        raise AssertionError("files without mistakes have a shape")
    server, policy = config.redmine, policy_of(files)
    texts = messages.languages
    first_language = next(iter(texts))
    return Config(
        server=Server(
            url=server.url.rstrip("/"),
            key_file=path.parent / server.key_file if server.key_file else None,
            ca_file=path.parent / server.ca_file if server.ca_file else None,
            timeout_s=server.timeout.as_time(timedelta(days=1)).total_seconds(),
            wiki_markup=server.wiki_markup,
        ),
        projects=config.projects,
        closed_days=config.closed_days,
        rules=Rulebook(
            policy=policy,
            calendars=calendars,
            names=names_of(files.tracker, policy.all_metrics),
            messages=Messages(texts, config.language or first_language, config.client_language or first_language),
            estimated_years=frozenset(year for year, kind in calendar.years.items() if kind == "estimated"),
            quiet_hours=config.quiet_hours,
        ),
        limits=Limits(config.limits.notes, config.limits.status_changes, config.limits.changed_share),
        run_time_s=config.limits.run_time.as_time(timedelta(days=1)).total_seconds(),
        notify_file=path.parent / config.notify_file if config.notify_file else None,
        calendar_lines=calendar_lines_of(calendar),
        digests={name: each.digest for name, each in files.sources.items()},
        warnings=warnings,
    )

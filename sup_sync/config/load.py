"""Reads config.yaml and mappings/, names every mistake, and builds the `Config` that the rest works with."""

from __future__ import annotations

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
from sup_sync.config.wording import Error, part_to_prune, place_of, tell
from sup_sync.config.yaml_file import Place, YamlFile, load_yaml
from sup_sync.errors import CalendarError, ConfigError, Mistake
from sup_sync.frozen import value
from sup_sync.model.calendar_lines import Line
from sup_sync.model.messages import Messages
from sup_sync.model.policy import Calendars
from sup_sync.model.rulebook import Rulebook
from sup_sync.model.working_time import check_zone_data
from sup_sync.planning.limits import Limits

S = TypeVar("S", bound=BaseModel)


@value
class Server:
    """Where the tracker is, where its key lies, how many seconds an answer may take, and how its wiki is written."""

    url: str
    key_file: Path | None
    ca_file: Path | None
    timeout_s: float
    wiki_markup: str


@value
class Config:
    """All that a run needs to know before it asks the tracker; `warnings` stop nothing.

    `run_time_s` is how long a run may take, in seconds: what is left then is for the next one. `notify_file` says where
    people are reached outside of the tracker. `calendar_lines` tell why single days are as they are. `digests` are the
    SHA-256 of all these files, by name.
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


def load_config(path: Path, today: date, mappings: Path | None = None) -> Config:
    """The configuration at `path`, with other `mappings` where given; raises ConfigError with all its mistakes.

    `today` dates the warnings.
    """
    config, mistakes = check_files(path, today, mappings)
    if config is None:
        stopping = [each for each in mistakes if not each.is_warning]
        raise ConfigError([_placed(each, mappings) for each in stopping] if mappings else stopping)
    return config


def _placed(mistake: Mistake, mappings: Path) -> Mistake:
    """The mistake with the folder that its file is in, where that is not the configuration's own."""
    return mistake if mistake.file == checks.CONFIG else replace(mistake, file=str(mappings / mistake.file))


def check_files(path: Path, today: date, mappings: Path | None = None) -> tuple[Config | None, list[Mistake]]:
    """The configuration, None where a mistake keeps it from being used, and all mistakes and warnings.

    Other `mappings` are not held to their acceptance table: it says what the present ones have to give.
    """
    reading = _Reading(path, today, mappings)
    files = reading.files()
    checked = [files.of_version(version) for version in files.versions]
    mistakes = [each for version in checked for check in checks.CHECKS for each in check(version)]
    calendars = reading.calendars(files)
    mistakes = sorted({*mistakes, *reading.mistakes})
    unsound = {each.file for each in mistakes if not each.is_warning}
    if (
        mappings is None
        and calendars
        and files.examples
        and not unsound & {checks.CALENDAR, *(each.file for each in files.versions)}
    ):
        source = reading.sources[checks.EXAMPLES]
        mistakes = sorted([*mistakes, *failing_examples(source, files.examples.examples, files.versions, calendars)])
    if any(not each.is_warning for each in mistakes):
        return None, mistakes
    return _config(path, files, calendars, tuple(mistakes)), mistakes


class _Reading:
    """The files being read; collects the mistakes of their shapes."""

    def __init__(self, path: Path, today: date, mappings: Path | None) -> None:
        self.path = path
        self.mappings = mappings
        self.today = today
        self.mistakes: list[Mistake] = []
        self.sources: dict[str, YamlFile] = {}
        self.pruned: set[Place] = set()
        self.metrics: Collection[str] | None = None

    def files(self) -> checks.Files:
        config = self._shape(ConfigShape, checks.CONFIG, self.path)
        folder = self.mappings or self.path.parent / (config.mappings if config else "mappings")
        versions = tuple(self._version(each) for each in (folder / checks.REGULATION, *_earlier(folder)))
        self.mistakes += _look_alikes(folder, {each.file for each in versions})
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
        """The file in its shape; a mistaken part is named and left out, so that the rest is checked as well."""
        source = self.sources[name] = load_yaml(path, name)
        self.mistakes += source.mistakes
        if source.mistakes and source.data is None:
            return None
        if not isinstance(source.data, dict):
            self.mistakes.append(source.mistake((), "no keys: see the shipped file of this name"))
            return None
        left_out: set[Place] = set()
        while True:
            made, errors = self._validated(shape, source)
            if not errors:
                return made
            parts = {part_to_prune(each) for each in errors}
            if parts & left_out:
                return None
            self.mistakes += tell(errors, source, shape)
            known = [place_of(each) for each in errors if each["type"] != UNKNOWN_KEY]
            self.pruned |= {(name, *place[:length]) for place in known for length in (1, 2)}
            if any(part not in source.lines for part in parts):
                return None
            left_out |= parts
            source = self.sources[name] = source.without(parts)

    def _validated(self, shape: type[S], source: YamlFile) -> tuple[S | None, Sequence[Error]]:
        """The file in its shape, or the errors in it, those of keys that are named after metrics first."""
        metrics = self._metrics_for(shape, source)
        errors = [] if metrics is None else list(key_errors(shape, source.data, metrics))
        unknown = [error["loc"] for error in errors if error["type"] == UNKNOWN_KEY]
        try:
            made = shape.model_validate(source.data)
        except ValidationError as error:
            found = [each for each in error.errors() if not any(each["loc"][: len(loc)] == loc for loc in unknown)]
            return None, [*errors, *found]
        return made, errors

    def _metrics_for(self, shape: type[BaseModel], source: YamlFile) -> Collection[str] | None:
        """The metrics after which a file's keys are named; None if there are no such keys, or not all are known."""
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
            self.mistakes.append(source.mistake(("zone",), f"no time zone {files.calendar.zone!r}: write Asia/Almaty"))
        except CalendarError as error:
            self.mistakes.append(source.mistake(("hours",), str(error)))
        return None


def _earlier(folder: Path) -> list[Path]:
    """Earlier versions of the regulation lie beside it as regulation-2024.yaml and the like."""
    return sorted(folder.glob("regulation-*.yaml"), reverse=True)


def _look_alikes(folder: Path, read: set[str]) -> Iterator[Mistake]:
    """Files whose names are almost those of earlier versions: nothing reads them, so their days have no regulation."""
    for path in sorted(folder.glob("regulation*.y*ml")):
        if path.name not in read:
            text = "is not read: an earlier version is named like regulation-2022.yaml"
            yield Mistake(path.name, 1, text, is_warning=True)


def _config(path: Path, files: checks.Files, calendars: Calendars | None, warnings: tuple[Mistake, ...]) -> Config:
    config, calendar, messages = files.config, files.calendar, files.messages
    if not (config and calendar and messages and calendars and files.regulation and files.tracker and files.clients):
        raise AssertionError("a file without mistakes has its shape")
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

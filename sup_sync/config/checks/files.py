"""All files at once, as the checks see them, and how a mistake in one is named."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date

from sup_sync.config.shapes import (
    CalendarShape,
    ClientsShape,
    ConfigShape,
    ExamplesShape,
    MessagesShape,
    MetricShape,
    RegulationShape,
    TrackerShape,
)
from sup_sync.config.yaml_file import Place, YamlFile
from sup_sync.errors import Mistake
from sup_sync.frozen import value
from sup_sync.model.policy import Agreement

CONFIG, REGULATION, TRACKER = "config.yaml", "regulation.yaml", "tracker.yaml"
CALENDAR, CLIENTS, MESSAGES, EXAMPLES = "calendar.yaml", "clients.yaml", "messages.yaml", "examples.yaml"
SINGULAR = {
    "levels": "level",
    "channels": "channel",
    "categories": "category",
    "priorities": "priority",
    "reasons": "reason",
}


@value
class RegulationVersion:
    """A version of the regulation as its file has it."""

    file: str
    shape: RegulationShape | None
    agreements: tuple[Agreement, ...]

    @property
    def of_file(self) -> str:
        """Where its words come from, as a mistake says it; the newest version needs no mention."""
        return "" if self.file == REGULATION else f" of {self.file}"

    @property
    def metrics(self) -> Mapping[str, MetricShape]:
        """What it measures."""
        return self.shape.metrics if self.shape else {}


@value
class Files:
    """All files as far as they could be read: None where one could not.

    `pruned` are the parts left out for their mistakes, and the sections these stood in.

    `regulation` and `agreements` are those of the `version` that is checked, one of `versions`, the newest first.
    """

    sources: Mapping[str, YamlFile]
    config: ConfigShape | None
    tracker: TrackerShape | None
    calendar: CalendarShape | None
    clients: ClientsShape | None
    messages: MessagesShape | None
    examples: ExamplesShape | None
    version: RegulationVersion
    versions: tuple[RegulationVersion, ...]
    pruned: frozenset[Place]
    today: date

    def of_version(self, version: RegulationVersion) -> Files:
        """The files with this version of the regulation to be checked; its mistakes name its file."""
        return replace(self, version=version, sources={**self.sources, REGULATION: self.sources[version.file]})

    @property
    def regulation(self) -> RegulationShape | None:
        return self.version.shape

    @property
    def agreements(self) -> tuple[Agreement, ...]:
        return self.version.agreements

    def words(self, section: str) -> dict[str, RegulationVersion]:
        """The words that any version of the regulation has, each with the newest version that has it."""
        words: dict[str, RegulationVersion] = {}
        for version in self.versions:
            for word in getattr(version.shape, section) if version.shape else ():
                words.setdefault(word, version)
        return words

    def is_complete(self, section: str) -> bool:
        """Whether no word of a section was left out for a mistake, in any version."""
        return all(each.shape and (each.file, section) not in self.pruned for each in self.versions)

    def is_pruned(self, section: str) -> bool:
        """Whether the version that is checked had a part of this section left out."""
        return (self.version.file, section) in self.pruned

    def mistake(self, file: str, place: Place, text: str, *, is_warning: bool = False) -> Mistake:
        return self.sources[file].mistake(place, text, is_warning=is_warning)

    def undefined(
        self, file: str, place: Place, names: Iterable[str], known: Iterable[str], what: str
    ) -> Iterator[Mistake]:
        """A mistake for each name that is used here but defined nowhere."""
        known = tuple(known)
        for name in names:
            if name not in known:
                yield self.mistake(
                    file, place, f"{what} {name!r} is not defined: there are {', '.join(known) or 'none'}"
                )

    def undefined_words(self, file: str, place: Place, words: Iterable[str], section: str) -> Iterator[Mistake]:
        """A mistake for each word that no version of the regulation has, once all of theirs are known."""
        if self.is_complete(section):
            yield from self.undefined(file, place, words, self.words(section), SINGULAR[section])


Check = Callable[[Files], Iterator[Mistake]]

"""All files together, as input of the checks."""

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
from sup_sync.immutable import value
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
    """A version of the regulation: its file, shape and agreements."""

    file: str
    shape: RegulationShape | None
    agreements: tuple[Agreement, ...]

    @property
    def in_file(self) -> str:
        """The origin of its terms, as a suffix of messages; empty for regulation.yaml."""
        return "" if self.file == REGULATION else f" in {self.file}"

    @property
    def metrics(self) -> Mapping[str, MetricShape]:
        """The metrics that this version defines."""
        return self.shape.metrics if self.shape else {}


@value
class Files:
    """All files. A file that could not be read is None.

    `pruned` contains the parts that were skipped because of mistakes, and the sections of these parts.

    `versions` of the regulation are in descending order. `regulation` and `agreements` are those of the `version` that
    is being checked.
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
        """Return the files with this version of the regulation as the one to check. Its mistakes name its file."""
        return replace(self, version=version, sources={**self.sources, REGULATION: self.sources[version.file]})

    @property
    def regulation(self) -> RegulationShape | None:
        return self.version.shape

    @property
    def agreements(self) -> tuple[Agreement, ...]:
        return self.version.agreements

    def terms(self, section: str) -> dict[str, RegulationVersion]:
        """Return the terms of a section in all versions of the regulation, each with its newest version."""
        terms: dict[str, RegulationVersion] = {}
        for version in self.versions:
            for term in getattr(version.shape, section) if version.shape else ():
                terms.setdefault(term, version)
        return terms

    def is_complete(self, section: str) -> bool:
        """Return True if no version of the regulation has a skipped part in this section."""
        return all(each.shape and (each.file, section) not in self.pruned for each in self.versions)

    def is_pruned(self, section: str) -> bool:
        """Return True if the version that is being checked has a skipped part in this section."""
        return (self.version.file, section) in self.pruned

    def mistake(self, file: str, place: Place, text: str, *, is_warning: bool = False) -> Mistake:
        return self.sources[file].mistake(place, text, is_warning=is_warning)

    def undefined(
        self, file: str, place: Place, names: Iterable[str], known: Iterable[str], kind: str, where: str = ""
    ) -> Iterator[Mistake]:
        """Yield a mistake for each name that is used but not defined. `where` is the file to define it in."""
        known = tuple(known)
        for name in names:
            if name not in known:
                yield self.mistake(file, place, not_defined(f"{kind} {name!r}", known, where))

    def undefined_terms(self, file: str, place: Place, terms: Iterable[str], section: str) -> Iterator[Mistake]:
        """Yield a mistake for each term that no version of the regulation defines, if all their terms could be read."""
        if self.is_complete(section):
            yield from self.undefined(file, place, terms, self.terms(section), SINGULAR[section])


def not_defined(subject: str, known: Iterable[str], where: str = "") -> str:
    """Return the message for an undefined term, with the terms to choose from."""
    names = ", ".join(known)
    return f"{subject} is not defined{where}; " + (f"choose from {names}" if names else "none are available")


Check = Callable[[Files], Iterator[Mistake]]

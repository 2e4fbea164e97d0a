"""All files at once, as the checks see them, and how a mistake in one is named."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from sup_sync.config.shapes import (
    CalendarShape,
    ClientsShape,
    ConfigShape,
    ExamplesShape,
    MessagesShape,
    RegulationShape,
    TrackerShape,
)
from sup_sync.config.yaml_file import Place, YamlFile
from sup_sync.errors import Mistake
from sup_sync.policy import Agreement

CONFIG, REGULATION, TRACKER = "config.yaml", "regulation.yaml", "tracker.yaml"
CALENDAR, CLIENTS, MESSAGES, EXAMPLES = "calendar.yaml", "clients.yaml", "messages.yaml", "examples.yaml"
AGREEMENTS: Place = (REGULATION, "agreements")


@dataclass(frozen=True)
class Version:
    """A version of the regulation as its file has it."""

    file: str
    shape: RegulationShape | None
    agreements: tuple[Agreement, ...]


@dataclass(frozen=True)
class Files:
    """All files as far as they could be read: None where one could not; `pruned` sections had a part left out.

    `regulation` and `agreements` are those of the version that is checked, one of `versions`, the newest first.
    """

    sources: Mapping[str, YamlFile]
    config: ConfigShape | None
    regulation: RegulationShape | None
    tracker: TrackerShape | None
    calendar: CalendarShape | None
    clients: ClientsShape | None
    messages: MessagesShape | None
    examples: ExamplesShape | None
    agreements: tuple[Agreement, ...]
    versions: tuple[Version, ...]
    pruned: frozenset[Place]
    today: date

    def of_version(self, version: Version) -> Files:
        """The files with this version of the regulation to be checked; its mistakes name its file."""
        ours = {(REGULATION, *place) for name, *place in self.pruned if name == version.file}
        others = {place for place in self.pruned if place[0] not in (version.file, REGULATION)}
        return replace(
            self,
            regulation=version.shape,
            agreements=version.agreements,
            sources={**self.sources, REGULATION: self.sources[version.file]},
            pruned=frozenset(ours | others),
        )

    def words(self, section: str) -> tuple[str, ...]:
        """The words that any version of the regulation has."""
        return tuple(
            dict.fromkeys(word for each in self.versions if each.shape for word in getattr(each.shape, section))
        )

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


Check = Callable[[Files], Iterator[Mistake]]

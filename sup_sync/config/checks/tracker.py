"""Whether tracker.yaml has a name of its own for every word of the regulation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sup_sync.config.checks.files import TRACKER, Check, Files
from sup_sync.config.yaml_file import Place
from sup_sync.errors import Mistake
from sup_sync.issue import Phase


def check_tracker_names_every_word(files: Files) -> Iterator[Mistake]:
    """Every word of the regulation has a name in the tracker, and every name is a word of the regulation."""
    if not files.regulation or not files.tracker:
        return
    rules, names = files.regulation, files.tracker
    for section in ("levels", "channels", "priorities", "reasons"):
        used = getattr(names, section)
        for key in used:
            yield from files.undefined(TRACKER, (section, key), [key], files.words(section), section)
        for key in (each for each in getattr(rules, section) if each not in used):
            yield files.mistake(TRACKER, (section,), f"{key} has no name here: add it")
    for name, intake in names.trackers.items():
        categories, channels = files.words("categories"), files.words("channels")
        yield from files.undefined(TRACKER, ("trackers", name), [intake.category], categories, "category")
        if intake.channel:
            yield from files.undefined(TRACKER, ("trackers", name), [intake.channel], channels, "channel")
    for side, channel in names.default_channels:
        if channel:
            yield from files.undefined(TRACKER, ("default_channels", side), [channel], rules.channels, "channel")


def _repeated_names(files: Files, place: Place, names: Mapping[str, str]) -> Iterator[Mistake]:
    seen: dict[str, str] = {}
    for key, name in names.items():
        if name in seen:
            yield files.mistake(
                TRACKER, (*place, key), f"«{name}» already names {seen[name]}: each needs a name of its own"
            )
        seen.setdefault(name, key)


def check_names_differ(files: Files) -> Iterator[Mistake]:
    if files.tracker:
        for section in ("priorities", "fields", "levels", "channels", "states", "reasons", "languages"):
            names = {key: name for key, name in dict(getattr(files.tracker, section)).items() if name is not None}
            yield from _repeated_names(files, (section,), names)


def check_phases_are_mapped(files: Files) -> Iterator[Mistake]:
    if files.tracker and (TRACKER, "statuses") not in files.pruned:
        phases = {status.phase.value for status in files.tracker.statuses.values()}
        for phase in ("open", "waiting", "closed"):
            if phase not in phases:
                yield files.mistake(TRACKER, ("statuses",), f"no status has the phase {phase}: name one")


def check_the_tools_statuses(files: Files) -> Iterator[Mistake]:
    """What the tool sets itself is mapped, and means what it sets it for (clauses 11, 15)."""
    if not files.tracker or (TRACKER, "statuses") in files.pruned:
        return
    for key, phase in (("no_answer", Phase.CLOSED), ("asked", Phase.WAITING)):
        name: str = getattr(files.tracker.sets, key)
        yield from files.undefined(TRACKER, ("sets", key), [name], files.tracker.statuses, "status")
        status = files.tracker.statuses.get(name)
        if status and status.phase is not phase:
            yield files.mistake(TRACKER, ("sets", key), f"«{name}» has the phase {status.phase}: name one of {phase}")


def check_reasons_have_a_field(files: Files) -> Iterator[Mistake]:
    if files.tracker and files.regulation and files.regulation.reasons and not files.tracker.fields.reason:
        yield files.mistake(TRACKER, ("fields",), "no field `reason` for the reasons of the regulation: name one")


def check_staff_are_named(files: Files) -> Iterator[Mistake]:
    if files.tracker and not files.tracker.staff.groups and not files.tracker.staff.roles:
        yield files.mistake(TRACKER, ("staff",), "nobody is staff: name groups or roles")


CHECKS: tuple[Check, ...] = (
    check_tracker_names_every_word,
    check_names_differ,
    check_phases_are_mapped,
    check_the_tools_statuses,
    check_reasons_have_a_field,
    check_staff_are_named,
)

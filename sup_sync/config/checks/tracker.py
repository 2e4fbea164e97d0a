"""Whether tracker.yaml has a name of its own for every word of the regulation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sup_sync.config.checks.files import TRACKER, Check, Files
from sup_sync.config.yaml_file import Place
from sup_sync.errors import Mistake
from sup_sync.model.issue import Phase
from sup_sync.model.names import PLACEHOLDER
from sup_sync.model.required import EVIDENCE


def check_tracker_names_every_word(files: Files) -> Iterator[Mistake]:
    """Every word of the regulation, in any version, has a name in the tracker, and every name is such a word."""
    if not files.tracker:
        return
    for section in ("levels", "channels", "priorities", "reasons"):
        named = getattr(files.tracker, section)
        for key in named:
            yield from files.undefined_words(TRACKER, (section, key), [key], section)
        for key, version in files.words(section).items():
            if key not in named and (TRACKER, section, key) not in files.pruned:
                yield files.mistake(TRACKER, (section,), f"{key}{version.of_file} has no name here: add it")
    for name, intake in files.tracker.trackers.items():
        yield from files.undefined_words(TRACKER, ("trackers", name), [intake.category], "categories")
        if intake.channel:
            yield from files.undefined_words(TRACKER, ("trackers", name), [intake.channel], "channels")


def check_default_channels(files: Files) -> Iterator[Mistake]:
    """The channel of a request that tells none is one of each version, as any of them may be in force."""
    if files.tracker and files.regulation and not files.is_pruned("channels"):
        what, known = f"channel{files.version.of_file}", files.regulation.channels
        for side, channel in files.tracker.default_channels:
            if channel:
                yield from files.undefined(TRACKER, ("default_channels", side), [channel], known, what)


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
            named = dict(getattr(files.tracker, section))
            names = {key: name for key, name in named.items() if name not in (None, PLACEHOLDER)}
            yield from _repeated_names(files, (section,), names)


def check_priority_aliases(files: Files) -> Iterator[Mistake]:
    """A further name counts as one of the regulation's priorities, and is none of those named already."""
    if not files.tracker:
        return
    named = {name: key for key, name in files.tracker.priorities.items()}
    for name, key in files.tracker.priority_aliases.items():
        place: Place = ("priority_aliases", name)
        yield from files.undefined_words(TRACKER, place, [key], "priorities")
        if name in named:
            yield files.mistake(TRACKER, place, f"«{name}» already names {named[name]}: remove it here")


def check_names_are_said(files: Files) -> Iterator[Mistake]:
    """What `init` could not guess is written by now; statuses and trackers are looked at by other checks."""
    if not files.tracker:
        return
    for section in ("priorities", "fields", "levels", "channels", "states", "reasons", "languages"):
        for key, name in dict(getattr(files.tracker, section)).items():
            if name == PLACEHOLDER:
                yield files.mistake(
                    TRACKER, (section, key), f"{key} is still to be said: write the tracker's name for it"
                )
    for key, person in files.tracker.people.items():
        if PLACEHOLDER in (person.login, person.name):
            text = f"{key} is still to be said: write their login, and their name as the tracker shows it"
            yield files.mistake(TRACKER, ("people", key), text)


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
        name: str = getattr(files.tracker.tool_statuses, key)
        yield from files.undefined(TRACKER, ("tool_statuses", key), [name], files.tracker.statuses, "status")
        status = files.tracker.statuses.get(name)
        if status and status.phase is not phase:
            text = f"«{name}» has the phase {status.phase}: name a status of the phase {phase}"
            yield files.mistake(TRACKER, ("tool_statuses", key), text)


def check_reasons_have_a_field(files: Files) -> Iterator[Mistake]:
    if files.tracker and files.regulation and files.regulation.reasons and not files.tracker.fields.reason:
        yield files.mistake(TRACKER, ("fields",), "no field `reason` for the reasons of the regulation: name one")


def check_languages_have_a_field(files: Files) -> Iterator[Mistake]:
    if not files.tracker or (TRACKER, "languages") in files.pruned:
        return
    field, languages = files.tracker.fields.language, files.tracker.languages
    if languages and not field:
        yield files.mistake(TRACKER, ("fields",), "no field `language` for the languages below: name one")
    if field and not languages:
        text = f"nothing says what the values of «{field}» are: add the section `languages`"
        yield files.mistake(TRACKER, ("fields", "language"), text)


def check_requirements_have_a_field(files: Files) -> Iterator[Mistake]:
    """What has no field cannot be asked for: it stops nothing, but whoever wrote the requirement should know."""
    if not files.tracker or not files.regulation:
        return
    for item in files.regulation.requirements:
        if item != EVIDENCE and not getattr(files.tracker.fields, item):
            text = f"no field `{item}`, which the regulation requires: until it is named, nobody is asked for it"
            yield files.mistake(TRACKER, ("fields",), text, is_warning=True)


def check_staff_are_named(files: Files) -> Iterator[Mistake]:
    if files.tracker and not files.tracker.staff.groups and not files.tracker.staff.roles:
        yield files.mistake(TRACKER, ("staff",), "nobody is staff: name groups or roles")


CHECKS: tuple[Check, ...] = (
    check_tracker_names_every_word,
    check_default_channels,
    check_names_differ,
    check_priority_aliases,
    check_names_are_said,
    check_phases_are_mapped,
    check_the_tools_statuses,
    check_reasons_have_a_field,
    check_languages_have_a_field,
    check_requirements_have_a_field,
    check_staff_are_named,
)

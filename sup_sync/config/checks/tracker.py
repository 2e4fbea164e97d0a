"""Checks of tracker.yaml: a distinct name for every term of the regulation, phases, fields, staff."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sup_sync.config.checks.files import TRACKER, Check, Files
from sup_sync.config.shapes.tracker import PersonShape, TrackerMappingShape
from sup_sync.config.yaml_file import Place
from sup_sync.errors import Mistake
from sup_sync.model.anonymous import ANONYMOUS_NAMES
from sup_sync.model.issue import Phase
from sup_sync.model.names import PLACEHOLDER, is_id
from sup_sync.model.required import EVIDENCE


def check_every_term_has_a_name(files: Files) -> Iterator[Mistake]:
    """Check that exactly the terms of the regulation, in all its versions, have names in Redmine."""
    if not files.tracker:
        return
    for section in ("levels", "channels", "priorities", "reasons"):
        named = getattr(files.tracker, section)
        for key in named:
            yield from files.undefined_terms(TRACKER, (section, key), [key], section)
        for key, version in files.terms(section).items():
            if key not in named and (TRACKER, section, key) not in files.pruned:
                yield files.mistake(TRACKER, (section,), f"{key}{version.in_file} has no name in Redmine; add it")
    for name, mapping in files.tracker.trackers.items():
        if not isinstance(mapping, TrackerMappingShape):
            continue
        yield from files.undefined_terms(TRACKER, ("trackers", name), [mapping.category], "categories")
        if mapping.channel:
            yield from files.undefined_terms(TRACKER, ("trackers", name), [mapping.channel], "channels")


def check_default_channels(files: Files) -> Iterator[Mistake]:
    """Check that every version defines the default channels, because any version may apply to a request."""
    if files.tracker and files.regulation and not files.is_pruned("channels"):
        known, where = files.regulation.channels, files.version.in_file
        for side, channel in files.tracker.default_channels:
            if channel:
                yield from files.undefined(TRACKER, ("default_channels", side), [channel], known, "channel", where)


def _repeated_names(files: Files, place: Place, names: Mapping[str, str]) -> Iterator[Mistake]:
    seen: dict[str, str] = {}
    for key, name in names.items():
        if name in seen:
            yield files.mistake(TRACKER, (*place, key), f'"{name}" is already the name of {seen[name]}; choose another')
        seen.setdefault(name, key)


def check_names_differ(files: Files) -> Iterator[Mistake]:
    if files.tracker:
        for section in ("priorities", "fields", "levels", "channels", "states", "reasons", "languages"):
            named = dict(getattr(files.tracker, section))
            names = {key: name for key, name in named.items() if name not in (None, PLACEHOLDER)}
            yield from _repeated_names(files, (section,), names)


def check_priority_aliases(files: Files) -> Iterator[Mistake]:
    """Check that aliases refer to priorities of the regulation and are not names of priorities already."""
    if not files.tracker:
        return
    named = {name: key for key, name in files.tracker.priorities.items()}
    for name, key in files.tracker.priority_aliases.items():
        place: Place = ("priority_aliases", name)
        yield from files.undefined_terms(TRACKER, place, [key], "priorities")
        if name in named:
            yield files.mistake(TRACKER, place, f'"{name}" is already the name of {named[name]}; remove it here')


def check_former_values(files: Files) -> Iterator[Mistake]:
    """Check that former values refer to named terms, and are not names of values already."""
    if not files.tracker:
        return
    for section, former in files.tracker.former_values:
        names = {key: name for key, name in dict(getattr(files.tracker, section)).items() if name}
        current = {name: key for key, name in names.items()}
        for text, key in former.items():
            place: Place = ("former_values", section, text)
            yield from files.undefined(TRACKER, place, [key], names, section.removesuffix("s"))
            if text in current:
                already = f'"{text}" is already the name of {current[text]}; remove it here'
                yield files.mistake(TRACKER, place, already)


def check_placeholders_are_replaced(files: Files) -> Iterator[Mistake]:
    """Report the placeholders that `init` wrote. Those of statuses and trackers fail other checks."""
    if not files.tracker:
        return
    for section in ("priorities", "fields", "levels", "channels", "states", "reasons", "languages"):
        for key, name in dict(getattr(files.tracker, section)).items():
            if name == PLACEHOLDER:
                text = f"{key} is still `{PLACEHOLDER}`; enter its name in Redmine"
                yield files.mistake(TRACKER, (section, key), text)
    for key, person in files.tracker.people.items():
        if PLACEHOLDER in (person.login, person.name):
            text = f"{key} is still `{PLACEHOLDER}`; enter the person's login and full name in Redmine"
            yield files.mistake(TRACKER, ("people", key), text)


def check_deputies(files: Files) -> Iterator[Mistake]:
    """Check that deputies are mapped people, and that none replaces a person whom they would be replaced by."""
    people = files.tracker.people if files.tracker else {}
    for key, person in people.items():
        place: Place = ("people", key, "else")
        yield from files.undefined(TRACKER, place, person.deputies, people, "person")
        if key in _all_deputies(key, people):
            yield files.mistake(TRACKER, place, f"{key} would be their own deputy; remove one of them")


def _all_deputies(key: str, people: Mapping[str, PersonShape]) -> set[str]:
    """Return the deputies of a person, their deputies, and so on."""
    found: set[str] = set()
    left = [key]
    while left:
        person = people.get(left.pop())
        new = set(person.deputies if person else ()) - found
        found |= new
        left += new
    return found


def check_phases_are_mapped(files: Files) -> Iterator[Mistake]:
    if files.tracker and (TRACKER, "statuses") not in files.pruned:
        phases = {status.phase.value for name, status in files.tracker.statuses.items() if not is_id(name)}
        for phase in ("open", "waiting", "closed"):
            if phase not in phases:
                yield files.mistake(TRACKER, ("statuses",), f"no status has the phase {phase}; add one")


def check_tool_statuses(files: Files) -> Iterator[Mistake]:
    """Check that the statuses sup-sync sets are mapped and have the right phase (clauses 11, 15)."""
    if not files.tracker or (TRACKER, "statuses") in files.pruned:
        return
    for key, phase in (("no_answer", Phase.CLOSED), ("asked", Phase.WAITING)):
        name: str = getattr(files.tracker.tool_statuses, key)
        existing = [each for each in files.tracker.statuses if not is_id(each)]
        yield from files.undefined(TRACKER, ("tool_statuses", key), [name], existing, "status")
        status = files.tracker.statuses.get(name)
        if status and status.phase is not phase:
            text = f'"{name}" has the phase {status.phase}; choose a status with the phase {phase}'
            yield files.mistake(TRACKER, ("tool_statuses", key), text)


def check_reasons_have_a_field(files: Files) -> Iterator[Mistake]:
    if files.tracker and files.regulation and files.regulation.reasons and not files.tracker.fields.reason:
        yield files.mistake(TRACKER, ("fields",), "missing field `reason` for the reasons of the regulation; add it")


def check_languages_have_a_field(files: Files) -> Iterator[Mistake]:
    if not files.tracker or (TRACKER, "languages") in files.pruned:
        return
    field, languages = files.tracker.fields.language, files.tracker.languages
    if languages and not field:
        yield files.mistake(TRACKER, ("fields",), "missing field `language` for the section `languages`; add it")
    if field and not languages:
        text = f'the values of "{field}" are not mapped; add the section `languages`'
        yield files.mistake(TRACKER, ("fields", "language"), text)


def check_requirements_have_a_field(files: Files) -> Iterator[Mistake]:
    """Warn about a required item without a field: clients are not asked for it."""
    if not files.tracker or not files.regulation:
        return
    for item in files.regulation.requirements:
        if item != EVIDENCE and not getattr(files.tracker.fields, item):
            text = f"missing field `{item}`, which the regulation requires; add it, or clients are not asked for it"
            yield files.mistake(TRACKER, ("fields",), text, is_warning=True)


def check_former_staff_are_people(files: Files) -> Iterator[Mistake]:
    """Warn of Redmine's anonymous user among former staff: it is never counted as staff."""
    if files.tracker:
        for name in sorted(files.tracker.staff.former & ANONYMOUS_NAMES):
            text = f'"{name}" is Redmine\'s name for all deleted accounts and people without one; remove it'
            yield files.mistake(TRACKER, ("staff", "former"), text, is_warning=True)


def check_staff_are_defined(files: Files) -> Iterator[Mistake]:
    if files.tracker and not files.tracker.staff.groups and not files.tracker.staff.roles:
        yield files.mistake(TRACKER, ("staff",), "no staff; add groups or roles")


CHECKS: tuple[Check, ...] = (
    check_every_term_has_a_name,
    check_default_channels,
    check_names_differ,
    check_priority_aliases,
    check_former_values,
    check_placeholders_are_replaced,
    check_deputies,
    check_phases_are_mapped,
    check_tool_statuses,
    check_reasons_have_a_field,
    check_languages_have_a_field,
    check_requirements_have_a_field,
    check_staff_are_defined,
    check_former_staff_are_people,
)

"""What the files must agree on among themselves: a flat list of small checks, each naming file and line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from string import Template

from sup_sync.config.schema import (
    CalendarShape,
    ClientsShape,
    ConfigShape,
    ExamplesShape,
    MessagesShape,
    MoveShape,
    RegulationShape,
    TrackerShape,
)
from sup_sync.config.yaml_file import Place, YamlFile
from sup_sync.errors import Mistake
from sup_sync.messages import LANGUAGES, VARIABLES
from sup_sync.policy import Agreement, Metric, Target


@dataclass(frozen=True)
class Files:
    """All files as far as they could be read: None where one could not; `pruned` sections had a part left out."""

    sources: Mapping[str, YamlFile]
    config: ConfigShape | None
    regulation: RegulationShape | None
    tracker: TrackerShape | None
    calendar: CalendarShape | None
    clients: ClientsShape | None
    messages: MessagesShape | None
    examples: ExamplesShape | None
    agreements: tuple[Agreement, ...]
    pruned: frozenset[Place]
    today: date

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


def check_agreements_use_defined_words(files: Files) -> Iterator[Mistake]:
    if not files.regulation:
        return
    rules = files.regulation
    for key, agreement in rules.agreements.items():
        place: Place = ("agreements", key)
        for section in ("levels", "channels", "categories"):
            used, known = getattr(agreement, section) or (), getattr(rules, section)
            yield from files.undefined(REGULATION, (*place, section), used, known, section)
        if (REGULATION, "ladders") not in files.pruned:
            yield from files.undefined(REGULATION, (*place, "ladder"), [agreement.ladder], rules.ladders, "ladder")
        for metric in Metric:
            used = [each for each in getattr(agreement, metric).within if each != "*"]
            where = (*place, metric.value, "within")
            yield from files.undefined(REGULATION, where, used, rules.priorities, "priority")
            for priority in (each for each in rules.priorities if used and each not in used):
                yield files.mistake(REGULATION, where, f"no target for priority {priority}: add it, or one for all")


def check_channels_are_for_defined_levels(files: Files) -> Iterator[Mistake]:
    if files.regulation:
        for key, channel in files.regulation.channels.items():
            place: Place = ("channels", key, "only")
            yield from files.undefined(REGULATION, place, channel.only or (), files.regulation.levels, "levels")


def check_ladders(files: Files) -> Iterator[Mistake]:
    if not files.regulation:
        return
    for key, steps in files.regulation.ladders.items():
        for number, step in enumerate(steps):
            place: Place = ("ladders", key, number)
            yield from files.undefined(REGULATION, place, [step.message], VARIABLES, "message")
            if files.tracker:
                people = [*step.mentions, *([step.assign] if step.assign else [])]
                yield from files.undefined(REGULATION, place, people, files.tracker.people, "person of tracker.yaml")
        shares = [step.at for step in steps]
        if shares != sorted(set(shares)):
            yield files.mistake(
                REGULATION, ("ladders", key), "steps do not rise: give each a larger share than the last"
            )


def check_priorities_differ(files: Files) -> Iterator[Mistake]:
    if files.regulation:
        priorities = files.regulation.priorities
        for number, priority in enumerate(priorities):
            if priority in priorities[:number]:
                yield files.mistake(REGULATION, ("priorities", number), f"priority {priority!r} stands here twice")


def check_one_default_level(files: Files) -> Iterator[Mistake]:
    if files.regulation:
        defaults = [key for key, level in files.regulation.levels.items() if level.default]
        if len(defaults) > 1:
            yield files.mistake(REGULATION, ("levels", defaults[1]), f"a second default level beside {defaults[0]}")


def check_everything_is_covered(files: Files) -> Iterator[Mistake]:
    if not files.regulation or AGREEMENTS in files.pruned:
        return
    rules = files.regulation
    for level in rules.levels:
        for channel in rules.channels:
            for category in rules.categories:
                if not any(each.matches(level, channel, category) for each in files.agreements):
                    text = f"no agreement covers level {level}, channel {channel}, category {category}: add one"
                    yield files.mistake(REGULATION, ("agreements",), text)


def check_pressing_is_not_slower(files: Files) -> Iterator[Mistake]:
    if not files.regulation:
        return
    priorities = files.regulation.priorities
    for agreement in files.agreements:
        for metric in Metric:
            for calm, pressing in pairwise(priorities):
                if _is_slower(agreement, pressing, agreement, calm, metric):
                    where = ("agreements", agreement.key, metric.value)
                    yield files.mistake(REGULATION, where, f"{pressing} is slower than {calm}: swap or correct them")


def check_higher_level_is_not_slower(files: Files) -> Iterator[Mistake]:
    if not files.regulation or AGREEMENTS in files.pruned:
        return
    rules, seen = files.regulation, set()
    for high, low in pairwise(rules.levels):
        for channel in rules.channels:
            for category in rules.categories:
                higher = _agreement(files, high, channel, category)
                lower = _agreement(files, low, channel, category)
                if not higher or not lower:
                    continue
                for metric in Metric:
                    slow = [each for each in rules.priorities if _is_slower(higher, each, lower, each, metric)]
                    if slow and (higher.key, metric) not in seen:
                        seen.add((higher.key, metric))
                        text = f"{high} is slower than {low} ({lower.key}) for {', '.join(slow)}: correct one of them"
                        yield files.mistake(REGULATION, ("agreements", higher.key, metric.value), text)


def check_first_response_comes_before_closing(files: Files) -> Iterator[Mistake]:
    if not files.regulation:
        return
    for agreement in files.agreements:
        for priority in files.regulation.priorities:
            first = agreement.targets.get((Metric.FIRST_RESPONSE, priority))
            closing = agreement.targets.get((Metric.RESOLUTION, priority))
            if first and closing and _is_longer(first, closing):
                where = ("agreements", agreement.key, "first_response")
                yield files.mistake(REGULATION, where, f"{priority}: first response later than the closing target")
                break


def _agreement(files: Files, level: str, channel: str, category: str) -> Agreement | None:
    return next((each for each in files.agreements if each.matches(level, channel, category)), None)


def _is_slower(one: Agreement, priority: str, other: Agreement, other_priority: str, metric: Metric) -> bool:
    mine, theirs = one.targets.get((metric, priority)), other.targets.get((metric, other_priority))
    return mine is not None and theirs is not None and _is_longer(mine, theirs)


def _is_longer(one: Target, other: Target) -> bool:
    """Whether one target gives more time than another; targets of different clocks are not compared."""
    return (
        one.within is not None and other.within is not None and one.clock is other.clock and one.within > other.within
    )


def check_tracker_names_every_word(files: Files) -> Iterator[Mistake]:
    """Every word of the regulation has a name in the tracker, and every name is a word of the regulation."""
    if not files.regulation or not files.tracker:
        return
    rules, names = files.regulation, files.tracker
    for section, known in (("levels", rules.levels), ("channels", rules.channels), ("priorities", rules.priorities)):
        used = getattr(names, section)
        for key in used:
            yield from files.undefined(TRACKER, (section, key), [key], known, section)
        for key in (each for each in known if each not in used):
            yield files.mistake(TRACKER, (section,), f"{key} has no name here: add it")
    for name, intake in names.trackers.items():
        yield from files.undefined(TRACKER, ("trackers", name), [intake.category], rules.categories, "category")
        if intake.channel:
            yield from files.undefined(TRACKER, ("trackers", name), [intake.channel], rules.channels, "channel")
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
        for section in ("priorities", "fields", "levels", "channels", "states"):
            yield from _repeated_names(files, (section,), dict(getattr(files.tracker, section)))


def check_phases_are_mapped(files: Files) -> Iterator[Mistake]:
    if files.tracker and (TRACKER, "statuses") not in files.pruned:
        phases = {status.phase.value for status in files.tracker.statuses.values()}
        for phase in ("open", "waiting", "closed"):
            if phase not in phases:
                yield files.mistake(TRACKER, ("statuses",), f"no status has the phase {phase}: name one")


def check_staff_are_named(files: Files) -> Iterator[Mistake]:
    if files.tracker and not files.tracker.staff.groups and not files.tracker.staff.roles:
        yield files.mistake(TRACKER, ("staff",), "nobody is staff: name groups or roles")


def check_contracts(files: Files) -> Iterator[Mistake]:
    if not files.clients:
        return
    contracts = files.clients.contracts
    for number, contract in enumerate(contracts):
        place: Place = ("contracts", number)
        if files.regulation:
            yield from files.undefined(CLIENTS, (*place, "level"), [contract.level], files.regulation.levels, "level")
        if contract.project and files.config:
            yield from files.undefined(
                CLIENTS, (*place, "project"), [contract.project], files.config.projects, "project of config.yaml"
            )
        last_on = max(each.last_on for each in contracts if each.client == contract.client)
        if contract.last_on == last_on < files.today:
            text = f"contract of {contract.client} expired on {last_on}: renew it, else new requests are judged without"
            yield files.mistake(CLIENTS, (*place, "until"), text, is_warning=True)


def check_contracts_do_not_overlap(files: Files) -> Iterator[Mistake]:
    """Of two contracts for the same client on the same day, nobody could say which counts."""
    contracts = files.clients.contracts if files.clients else ()
    for number, later in enumerate(contracts):
        for first, earlier in enumerate(contracts[:number]):
            is_same = (earlier.project, earlier.group, earlier.bin) == (later.project, later.group, later.bin)
            if is_same and earlier.first_on <= later.last_on and later.first_on <= earlier.last_on:
                line = files.sources[CLIENTS].line(("contracts", first))
                text = f"overlaps the contract of line {line} for the same client: let one end before the other begins"
                yield files.mistake(CLIENTS, ("contracts", number), text)


def check_calendar_is_not_empty(files: Files) -> Iterator[Mistake]:
    if files.calendar and not any(files.calendar.hours.values()) and (CALENDAR, "hours") not in files.pruned:
        yield files.mistake(CALENDAR, ("hours",), "an empty calendar: give at least one weekday its hours")


def check_calendar_years(files: Files) -> Iterator[Mistake]:
    if not files.calendar:
        return
    years = list(files.calendar.years)
    if not years:
        yield files.mistake(CALENDAR, ("years",), "no years: name those that the calendar knows")
        return
    known = f"{years[0]}-{years[-1]}"
    if (CALENDAR, "years") in files.pruned:
        return
    if years != list(range(years[0], years[0] + len(years))):
        yield files.mistake(CALENDAR, ("years",), "years leave one out or stand out of order")
        return
    if files.today.year not in years:
        yield files.mistake(CALENDAR, ("years",), f"{files.today.year} is none of the years {known}", is_warning=True)
    for section, number, days in _dated(files.calendar):
        for day in days:
            if day.year not in years:
                yield files.mistake(CALENDAR, (section, number), f"{day} lies outside of the years {known}")


def check_calendar_changes(files: Files) -> Iterator[Mistake]:
    if not files.calendar:
        return
    seen = set[date]()
    holidays = {each.date for each in files.calendar.holidays}
    for section, number, days in _dated(files.calendar):
        if section == "holidays":
            continue
        change, place = files.calendar.changes[number], (section, number)
        for day in days:
            if day in seen:
                yield files.mistake(CALENDAR, place, f"{day} is changed twice: keep one line")
            seen.add(day)
        if not isinstance(change, MoveShape) and change.kind == "cancelled" and change.date not in holidays:
            yield files.mistake(CALENDAR, place, f"{change.date} is no holiday: nothing to cancel")


def _dated(calendar: CalendarShape) -> Iterator[tuple[str, int, tuple[date, ...]]]:
    """Every line of the calendar that has dates: its section, its number, the dates."""
    for number, holiday in enumerate(calendar.holidays):
        yield "holidays", number, (holiday.date,)
    for number, change in enumerate(calendar.changes):
        yield "changes", number, (change.move, change.to) if isinstance(change, MoveShape) else (change.date,)


def check_messages(files: Files) -> Iterator[Mistake]:
    if not files.messages:
        return
    for language in LANGUAGES:
        texts: dict[str, str] = getattr(files.messages, language)
        for key in (each for each in VARIABLES if each not in texts):
            yield files.mistake(MESSAGES, (language,), f"{key} is missing in {language}: add it")
        for key, text in texts.items():
            place: Place = (language, key)
            if key not in VARIABLES:
                yield files.mistake(MESSAGES, place, f"{key!r} is no message of the tool: remove it")
                continue
            template = Template(text)
            if not template.is_valid():
                yield files.mistake(MESSAGES, place, "a lone $: write $$ for a dollar sign")
            unknown = set(template.get_identifiers()) - VARIABLES[key]
            yield from files.undefined(MESSAGES, place, sorted(unknown), sorted(VARIABLES[key]), "variable")


CONFIG, REGULATION, TRACKER = "config.yaml", "regulation.yaml", "tracker.yaml"
CALENDAR, CLIENTS, MESSAGES, EXAMPLES = "calendar.yaml", "clients.yaml", "messages.yaml", "examples.yaml"
AGREEMENTS: Place = (REGULATION, "agreements")

CHECKS: tuple[Check, ...] = (
    check_agreements_use_defined_words,
    check_channels_are_for_defined_levels,
    check_ladders,
    check_priorities_differ,
    check_one_default_level,
    check_everything_is_covered,
    check_pressing_is_not_slower,
    check_higher_level_is_not_slower,
    check_first_response_comes_before_closing,
    check_tracker_names_every_word,
    check_names_differ,
    check_phases_are_mapped,
    check_staff_are_named,
    check_contracts,
    check_contracts_do_not_overlap,
    check_calendar_is_not_empty,
    check_calendar_years,
    check_calendar_changes,
    check_messages,
)

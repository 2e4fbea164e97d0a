"""Checks of a version of the regulation: defined terms, complete coverage, plausible targets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise, product

from sup_sync.config.checks.files import REGULATION, SINGULAR, Check, Files
from sup_sync.config.shapes import EVERY_PRIORITY, AgreementShape, AlertShape, ExampleShape, StepShape
from sup_sync.config.yaml_file import Place
from sup_sync.errors import Mistake
from sup_sync.model.policy import Agreement, Target
from sup_sync.planning.message_keys import FIXED_TEXTS
from sup_sync.planning.notice import Section
from sup_sync.planning.notices import names_in
from sup_sync.planning.notices.refusal import STOPPED
from sup_sync.sla.measures import first_response, resolution

# keys of a group in `report --json`, next to the metrics; a metric must not have one of these names
GROUP_KEYS = ("key", "requests", "refused", "skipped", "time_by_party")


def check_agreements_use_defined_terms(files: Files) -> Iterator[Mistake]:
    if not files.regulation:
        return
    rules = files.regulation
    for key, agreement in rules.agreements.items():
        place: Place = ("agreements", key)
        for section in ("levels", "channels", "categories"):
            yield from _undefined(files, (*place, section), getattr(agreement, section) or (), section)
        if not files.is_pruned("ladders"):
            yield from files.undefined(REGULATION, (*place, "ladder"), [agreement.ladder], rules.ladders, "ladder")
        for metric, target in agreement.targets.items():
            used = [each for each in target.within if each != EVERY_PRIORITY]
            where = (*place, metric, "within")
            yield from files.undefined(REGULATION, where, used, rules.priorities, "priority")
            for priority in (each for each in rules.priorities if used and each not in used):
                yield files.mistake(
                    REGULATION, where, f"missing target for priority {priority}; add it, or write one duration for all"
                )


def _undefined(files: Files, place: Place, terms: Iterable[str], section: str) -> Iterator[Mistake]:
    """Report the terms that this version does not define, unless a part of the section was skipped."""
    if files.regulation and not files.is_pruned(section):
        yield from files.undefined(REGULATION, place, terms, getattr(files.regulation, section), SINGULAR[section])


def check_channels_are_for_defined_levels(files: Files) -> Iterator[Mistake]:
    if files.regulation:
        for key, channel in files.regulation.channels.items():
            yield from _undefined(files, ("channels", key, "levels"), channel.levels or (), "levels")


def check_ladders(files: Files) -> Iterator[Mistake]:
    if not files.regulation:
        return
    for key, steps in files.regulation.ladders.items():
        for index, step in enumerate(steps):
            place: Place = ("ladders", key, index)
            yield from files.undefined(REGULATION, place, [step.message], names_in(Section.LADDERS), "message")
            yield from _unknown_people(files, place, step, step.notify)
        shares = [step.at for step in steps]
        if shares != sorted(set(shares)):
            text = "steps are not in ascending order; give each a larger `at` than the step before"
            yield files.mistake(REGULATION, ("ladders", key), text)


def check_alerts(files: Files) -> Iterator[Mistake]:
    for key, alert in files.regulation.alerts.items() if files.regulation else ():
        yield from _unknown_people(files, ("alerts", key), alert)


def _unknown_people(
    files: Files, place: Place, note: StepShape | AlertShape, notified: Iterable[str] = ()
) -> Iterator[Mistake]:
    if files.tracker:
        people = dict.fromkeys([*note.mentions, *([note.assign] if note.assign else []), *notified])
        yield from files.undefined(REGULATION, place, people, files.tracker.people, "person", " in tracker.yaml")


def check_requirements(files: Files) -> Iterator[Mistake]:
    for item, requirement in files.regulation.requirements.items() if files.regulation else ():
        place: Place = ("requirements", item, "categories")
        yield from _undefined(files, place, requirement.categories or (), "categories")


def check_waiting(files: Files) -> Iterator[Mistake]:
    """Check the reason for closing a request without an answer: sup-sync may not set one that stops work."""
    if not files.regulation:
        return
    rules, place = files.regulation, ("waiting", "reason")
    yield from _undefined(files, place, [rules.waiting.reason], "reasons")
    reason = rules.reasons.get(rules.waiting.reason)
    if reason and reason.stops_work:
        text = f"reason {rules.waiting.reason} stops work, so only staff may set it; choose another reason"
        yield files.mistake(REGULATION, place, text)


def check_stopped_work_is_announced(files: Files) -> Iterator[Mistake]:
    """Require the alert `stopped` for reasons that stop work: it is the only note about them (clause 16)."""
    if files.regulation and STOPPED.name not in files.regulation.alerts and not files.is_pruned("alerts"):
        for key in (each for each, reason in files.regulation.reasons.items() if reason.stops_work):
            text = f"reason {key} stops work, but `alerts` has no `{STOPPED.name}`; add it with `mentions`"
            yield files.mistake(REGULATION, ("reasons", key), text)


def check_versions_follow(files: Files) -> Iterator[Mistake]:
    """Check that each version has its own first day and that regulation.yaml is the newest."""
    if not files.regulation:
        return
    day = files.regulation.in_force_from
    for other in files.versions[: files.versions.index(files.version)]:
        if other.shape and other.shape.in_force_from == day:
            text = f"in force from {day}, the same day as {other.file}; correct one of them"
            yield files.mistake(REGULATION, ("in_force_from",), text)
        elif other.shape and other.file == REGULATION and other.shape.in_force_from < day:
            text = f"in force from {day}, later than regulation.yaml ({other.shape.in_force_from}); swap the files"
            yield files.mistake(REGULATION, ("in_force_from",), text)


def check_priorities_differ(files: Files) -> Iterator[Mistake]:
    if files.regulation:
        priorities = files.regulation.priorities
        for index, priority in enumerate(priorities):
            if priority in priorities[:index]:
                yield files.mistake(REGULATION, ("priorities", index), f"duplicate priority {priority!r}; remove one")


def check_one_default_level(files: Files) -> Iterator[Mistake]:
    if files.regulation:
        defaults = [key for key, level in files.regulation.levels.items() if level.default]
        if len(defaults) > 1:
            text = f"second default level after {defaults[0]}; remove `default` from one of them"
            yield files.mistake(REGULATION, ("levels", defaults[1]), text)


def check_everything_is_covered(files: Files) -> Iterator[Mistake]:
    if not files.regulation or files.is_pruned("agreements"):
        return
    for level in files.regulation.levels:
        for gap in _gaps(files, level):
            yield files.mistake(REGULATION, ("agreements",), f"no agreement covers level {level}{gap}; add one")


def _gaps(files: Files, level: str) -> Iterator[str]:
    """Yield the channels and categories of a level that no agreement covers, in as few texts as possible."""
    channels, categories = (tuple(getattr(files.regulation, each)) for each in ("channels", "categories"))
    uncovered_by_channel = {
        channel: [each for each in categories if not _agreement(files, level, channel, each)] for channel in channels
    }
    if all(len(each) == len(categories) for each in uncovered_by_channel.values()):
        yield ""
        return
    for channel, uncovered in uncovered_by_channel.items():
        if len(uncovered) == len(categories):
            yield f", channel {channel}"
        elif uncovered:
            yield f", channel {channel}, category {' and '.join(uncovered)}"


def check_higher_priority_is_not_slower(files: Files) -> Iterator[Mistake]:
    if not files.regulation:
        return
    priorities = files.regulation.priorities
    for agreement in files.agreements:
        for metric in files.version.metrics:
            for lower, higher in pairwise(priorities):
                if _is_slower(agreement, higher, agreement, lower, metric):
                    text = f"{higher} is slower than {lower}; swap or correct their targets"
                    yield files.mistake(REGULATION, ("agreements", agreement.key, metric), text)


def check_higher_level_is_not_slower(files: Files) -> Iterator[Mistake]:
    if not files.regulation or files.is_pruned("agreements"):
        return
    rules, seen = files.regulation, set()
    for high, low in pairwise(rules.levels):
        for channel in rules.channels:
            for category in rules.categories:
                higher = _agreement(files, high, channel, category)
                lower = _agreement(files, low, channel, category)
                if not higher or not lower:
                    continue
                for metric in files.version.metrics:
                    slow = [each for each in rules.priorities if _is_slower(higher, each, lower, each, metric)]
                    if slow and (higher.key, metric) not in seen:
                        seen.add((higher.key, metric))
                        text = f"{high} is slower than {low} ({lower.key}) for {', '.join(slow)}; correct one of them"
                        yield files.mistake(REGULATION, ("agreements", higher.key, metric), text)


def check_first_response_precedes_resolution(files: Files) -> Iterator[Mistake]:
    if not files.regulation:
        return
    responses, resolutions = (list(_metrics_of(files, each.MEASURE.key)) for each in (first_response, resolution))
    for agreement in files.agreements:
        for one, other in product(responses, resolutions):
            late = next((each for each in files.regulation.priorities if _is_later(agreement, one, other, each)), None)
            if late:
                text = f"{late}: first response is due after the resolution; correct one of them"
                yield files.mistake(REGULATION, ("agreements", agreement.key, one), text)


def _metrics_of(files: Files, measures: str) -> Iterator[str]:
    return (key for key, metric in files.version.metrics.items() if metric.measures == measures)


def _is_later(agreement: Agreement, one: str, other: str, priority: str) -> bool:
    mine, theirs = (agreement.targets.get((metric, priority)) for metric in (one, other))
    return mine is not None and theirs is not None and _is_longer(mine, theirs)


def check_metric_names_are_free(files: Files) -> Iterator[Mistake]:
    """Report a metric whose name already means something in agreements, examples, messages or reports."""
    reserved = {
        *AgreementShape.model_fields,
        *ExampleShape.model_fields,
        *FIXED_TEXTS,
        *GROUP_KEYS,
        "contact",
        "release",
    }
    for key in files.version.metrics:
        if key in reserved:
            yield files.mistake(REGULATION, ("metrics", key), f"{key!r} is a reserved name; choose another name")


def _agreement(files: Files, level: str, channel: str, category: str) -> Agreement | None:
    return next((each for each in files.agreements if each.matches(level, channel, category)), None)


def _is_slower(one: Agreement, priority: str, other: Agreement, other_priority: str, metric: str) -> bool:
    mine, theirs = one.targets.get((metric, priority)), other.targets.get((metric, other_priority))
    return mine is not None and theirs is not None and _is_longer(mine, theirs)


def _is_longer(one: Target, other: Target) -> bool:
    """Return True if `one` allows more time than `other`. Targets of different clocks are not compared."""
    return (
        one.within is not None and other.within is not None and one.clock is other.clock and one.within > other.within
    )


CHECKS: tuple[Check, ...] = (
    check_agreements_use_defined_terms,
    check_channels_are_for_defined_levels,
    check_ladders,
    check_alerts,
    check_requirements,
    check_waiting,
    check_stopped_work_is_announced,
    check_versions_follow,
    check_priorities_differ,
    check_one_default_level,
    check_everything_is_covered,
    check_higher_priority_is_not_slower,
    check_higher_level_is_not_slower,
    check_first_response_precedes_resolution,
    check_metric_names_are_free,
)

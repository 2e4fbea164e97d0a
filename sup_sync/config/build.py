"""Conversion of the files' shapes into the model: policy, agreements, calendars, names in Redmine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sup_sync.config.checks import Files, RegulationVersion
from sup_sync.config.shapes import (
    EVERY_PRIORITY,
    AgreementShape,
    CalendarShape,
    ContractShape,
    MoveShape,
    RegulationShape,
    TargetShape,
    TrackerShape,
    WaitingShape,
)
from sup_sync.config.shapes.tracker import IGNORE, TrackerMappingShape
from sup_sync.model.calendar_lines import Line, LineKind
from sup_sync.model.issue import Side, Status
from sup_sync.model.names import OWN_FIELDS, MappedPerson, RedmineNames, TrackerMapping, due_field, is_id, stop_field
from sup_sync.model.policy import (
    Agreement,
    Alert,
    Calendars,
    Clauses,
    ClockKind,
    Contract,
    LadderStep,
    Metric,
    Policy,
    Reason,
    RegulationValue,
    Requirement,
    Target,
    WaitingRule,
)
from sup_sync.model.working_time import Calendar, Window

WHOLE_DAY: Window = (timedelta(0), timedelta(days=1))
MONDAY = 0  # as in date.weekday()


def agreements_of(rules: RegulationShape) -> tuple[Agreement, ...]:
    return tuple(_agreement(key, shape, rules) for key, shape in rules.agreements.items())


def _agreement(key: str, shape: AgreementShape, rules: RegulationShape) -> Agreement:
    day = rules.working_day.as_time(timedelta(hours=24))
    return Agreement(
        key=key,
        levels=_words(shape.levels),
        channels=_words(shape.channels),
        categories=_words(shape.categories),
        targets={
            place: target
            for metric, target_shape in shape.targets.items()
            for place, target in _targets(metric, target_shape, rules.priorities, day).items()
        },
        ladder=tuple(
            LadderStep(step.step, step.at, step.message, step.mentions, step.assign, step.at_risk, step.notify)
            for step in rules.ladders.get(shape.ladder, ())
        ),
    )


def _words(words: tuple[str, ...] | None) -> frozenset[str] | None:
    return None if words is None else frozenset(words)


def _targets(
    metric: str, shape: TargetShape, priorities: tuple[str, ...], day: timedelta
) -> dict[tuple[str, str], Target]:
    targets = {}
    for priority in priorities:
        if priority not in shape.within and EVERY_PRIORITY not in shape.within:
            continue
        duration = shape.within.get(priority, shape.within.get(EVERY_PRIORITY))
        targets[metric, priority] = Target(
            metric=metric,
            within=duration.as_time(day) if duration else None,
            clause=shape.clause,
            clock=shape.clock,
            end_of_days=duration.amount if duration and shape.until == "end_of_day" else None,
        )
    return targets


def calendars_of(shape: CalendarShape, zone: ZoneInfo) -> Calendars:
    years = range(min(shape.years), max(shape.years) + 1)
    working = Calendar(zone, shape.by_weekday, _exceptions(shape), years)
    always = Calendar(zone, dict.fromkeys(range(7), (WHOLE_DAY,)), {}, years)
    return {ClockKind.WORKING: working, ClockKind.CALENDAR: always}


def _exceptions(shape: CalendarShape) -> dict[date, tuple[Window, ...]]:
    """Return the days whose windows differ from their weekday's. A worked day off has the windows of a Monday."""
    as_monday = shape.by_weekday.get(MONDAY, ())
    days: dict[date, tuple[Window, ...]] = {each.date: () for each in shape.holidays}
    for change in shape.changes:
        if isinstance(change, MoveShape):
            days[change.move], days[change.to] = (), as_monday
        elif change.kind == "off":
            days[change.date] = ()
        elif change.kind == "cancelled":
            days.pop(change.date, None)
        else:
            days[change.date] = change.hours or as_monday
    return days


def calendar_lines_of(shape: CalendarShape) -> tuple[Line, ...]:
    """Return the calendar's lines about single days, by date."""
    lines = [Line(each.date, LineKind.HOLIDAY, each.name, is_estimated=each.estimated) for each in shape.holidays]
    for change in shape.changes:
        if isinstance(change, MoveShape):
            lines.append(Line(change.move, LineKind.OFF, change.source, other=change.to))
            lines.append(Line(change.to, LineKind.WORKED, change.source, other=change.move))
        else:
            lines.append(Line(change.date, LineKind(change.kind), change.source))
    return tuple(sorted(lines, key=lambda each: each.day))


def policy_of(files: Files) -> Policy:
    """Return the newest version of the regulation with the earlier versions in it."""
    versions = [_version(each, files) for each in files.versions]
    newest, *earlier = sorted(versions, key=lambda each: each.in_force_from, reverse=True)
    return replace(newest, earlier=tuple(earlier))


def _version(version: RegulationVersion, files: Files) -> Policy:
    rules, config, tracker, clients = version.shape, files.config, files.tracker, files.clients
    if not (rules and config and tracker and clients):
        raise AssertionError("files without mistakes have a shape")
    sides = {Side.CLIENT: tracker.default_channels.client, Side.STAFF: tracker.default_channels.staff}
    return Policy(
        levels={key: RegulationValue(key, shape.clause) for key, shape in rules.levels.items()},
        channels={
            key: RegulationValue(key, shape.clause, _words(shape.levels)) for key, shape in rules.channels.items()
        },
        categories={key: RegulationValue(key, shape.clause) for key, shape in rules.categories.items()},
        priorities=rules.priorities,
        metrics={key: Metric(key, shape.measures, shape.internal) for key, shape in rules.metrics.items()},
        agreements=version.agreements,
        waiting=_waiting(rules.waiting),
        clauses=Clauses(**dict(rules.clauses)),
        in_force_from=rules.in_force_from,
        working_day=rules.working_day.as_time(timedelta(hours=24)),
        requirements=tuple(
            Requirement(item, shape.clause, _words(shape.categories)) for item, shape in rules.requirements.items()
        ),
        reasons={key: Reason(key, shape.clause, shape.stops_work) for key, shape in rules.reasons.items()},
        client_notes={key: shape.clause for key, shape in rules.client_notes.items()},
        alerts={key: Alert(shape.clause, shape.mentions, shape.assign) for key, shape in rules.alerts.items()},
        help_centre=rules.help_centre,
        quality_address=rules.quality_address,
        contracts=tuple(_contract(each) for each in clients.contracts),
        default_level=next((key for key, shape in rules.levels.items() if shape.default), None),
        default_channels={side: channel for side, channel in sides.items() if channel},
        priority_change=rules.priority_change,
        enforce_from=config.enforce_from,
    )


def _waiting(shape: WaitingShape) -> WaitingRule:
    within = shape.within.as_time(timedelta(days=1))
    return WaitingRule(within, shape.clock, shape.remind_at, shape.wording, shape.reason, shape.clause)


def _contract(shape: ContractShape) -> Contract:
    return Contract(
        client=shape.client,
        level=shape.level,
        first_on=shape.first_on,
        last_on=shape.last_on,
        project=shape.project,
        group=shape.group,
        bin=shape.bin,
        language=shape.language,
    )


def names_of(shape: TrackerShape, metrics: Mapping[str, Metric]) -> RedmineNames:
    """Return the names in Redmine. Each of the `metrics` may have two fields."""
    fields = {key: name for key, name in shape.fields if name is not None}
    of_metrics = (field(each) for each in metrics for field in (due_field, stop_field))
    level, *others = OWN_FIELDS
    statuses = {name: Status(name, each.phase, each.is_first_response) for name, each in shape.statuses.items()}
    return RedmineNames(
        trackers={
            name: TrackerMapping(each.category, each.channel)
            for name, each in shape.trackers.items()
            if isinstance(each, TrackerMappingShape)
        },
        ignored_trackers=frozenset(name for name, each in shape.trackers.items() if each == IGNORE),
        former_values={section.removesuffix("s"): former for section, former in shape.former_values},
        statuses={name: each for name, each in statuses.items() if not is_id(name)},
        former_statuses={name: each for name, each in statuses.items() if is_id(name)},
        priorities=shape.priorities,
        priority_aliases=shape.priority_aliases,
        fields=fields,
        own_fields=(level, *(each for each in of_metrics if each in fields), *others),
        answer_fields=tuple(stop_field(key) for key, each in metrics.items() if each.measures == "first_response"),
        levels=shape.levels,
        channels=shape.channels,
        states=dict(shape.states),
        tool_statuses=dict(shape.tool_statuses),
        reasons=shape.reasons,
        languages=shape.languages,
        staff_groups=shape.staff.groups,
        staff_roles=shape.staff.roles,
        former_staff=shape.staff.former,
        client_roles=shape.clients.roles,
        people={key: MappedPerson(each.login, each.name, each.deputies) for key, each in shape.people.items()},
        parent_dates_derived=shape.parent_dates == "derived",
    )

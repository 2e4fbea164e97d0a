"""The regulation in force on a day, grouped into tables and lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from sup_sync.immutable import value
from sup_sync.model.policy import Agreement, LadderStep, Policy, Target
from sup_sync.model.working_time import Calendar, Window
from sup_sync.to_json import Json, json_value
from sup_sync.views.year import format_hours


@value
class PriorityTargets:
    """The targets that some priorities share, in the order of the metrics; None if no agreement sets any."""

    priorities: tuple[str, ...]
    targets: tuple[Target | None, ...]


@value
class Row:
    """The targets of requests that come by these channels and are in these categories."""

    channels: tuple[str, ...]
    categories: tuple[str, ...]
    terms: tuple[PriorityTargets, ...]


@value
class LevelTerms:
    """The targets of a level."""

    level: str
    clause: str
    rows: tuple[Row, ...]


@value
class Hours:
    """The working hours of some weekdays (0 is Monday)."""

    weekdays: tuple[int, ...]
    windows: tuple[Window, ...]


@value
class Regulation:
    """A version of the regulation, in force up to the day `until`; each ladder has the levels that use it."""

    policy: Policy
    until: date | None
    zone: str
    hours: tuple[Hours, ...]
    levels: tuple[LevelTerms, ...]
    ladders: Mapping[tuple[LadderStep, ...], tuple[str, ...]]

    def to_json(self) -> Json:
        """Return {"in_force_from", "until", "zone", "working_day", "hours", "levels", "ladders", "waiting", …}.

        Times are whole seconds; other values are keys and texts of regulation.yaml.
        """
        policy = self.policy
        return {
            "in_force_from": json_value(policy.in_force_from),
            "until": json_value(self.until),
            "zone": self.zone,
            "working_day": json_value(policy.working_day),
            "hours": [
                {"weekdays": json_value(each.weekdays), "hours": format_hours(each.windows)} for each in self.hours
            ],
            "priorities": json_value(policy.priorities),
            "levels": [self._level_json(each) for each in self.levels],
            "ladders": [
                {"levels": json_value(levels), "steps": json_value(steps)} for steps, levels in self.ladders.items()
            ],
            "waiting": json_value(policy.waiting),
            "requirements": [
                {"item": each.item, "clause": each.clause, "categories": each.categories and sorted(each.categories)}
                for each in policy.requirements
            ],
            "reasons": json_value(tuple(policy.reasons.values())),
            "client_notes": dict(policy.client_notes),
            "alerts": {key: json_value(alert) for key, alert in policy.alerts.items()},
            "help_centre": policy.help_centre,
            "quality_address": policy.quality_address,
        }

    def _level_json(self, level: LevelTerms) -> Json:
        rows = [{**json_value(row), "terms": [self._terms_json(each) for each in row.terms]} for row in level.rows]
        return {**json_value(level), "rows": rows}

    def _terms_json(self, terms: PriorityTargets) -> Json:
        targets = dict(zip(self.policy.metrics, json_value(terms.targets), strict=True))
        return {"priorities": json_value(terms.priorities), **targets}


def regulation_on(day: date, policy: Policy, calendar: Calendar) -> Regulation | None:
    """Return the version in force on a day; None before the first."""
    version = policy.in_force_on(day)
    if version is None:
        return None
    later = [each.in_force_from for each in (policy, *policy.earlier) if each.in_force_from > version.in_force_from]
    return Regulation(
        policy=version,
        until=min(later) - timedelta(days=1) if later else None,
        zone=calendar.zone.key,
        hours=tuple(_hours(calendar)),
        levels=tuple(
            LevelTerms(key, level.clause, tuple(_rows(key, version))) for key, level in version.levels.items()
        ),
        ladders=_ladders(version),
    )


def _hours(calendar: Calendar) -> Iterator[Hours]:
    by_windows: dict[tuple[Window, ...], list[int]] = {}
    for weekday, windows in sorted(calendar.hours.items()):
        by_windows.setdefault(tuple(windows), []).append(weekday)
    return (Hours(tuple(weekdays), windows) for windows, weekdays in by_windows.items() if windows)


def _rows(level: str, policy: Policy) -> Iterator[Row]:
    """Yield a row for all channels and categories with the same targets."""
    by_terms: dict[tuple[tuple[str, ...], tuple[PriorityTargets, ...]], list[str]] = {}
    for channel, rules in policy.channels.items():
        if rules.levels is None or level in rules.levels:
            for terms, categories in _by_terms(level, channel, policy).items():
                by_terms.setdefault((categories, terms), []).append(channel)
    return (Row(tuple(channels), categories, terms) for (categories, terms), channels in by_terms.items())


def _by_terms(level: str, channel: str, policy: Policy) -> dict[tuple[PriorityTargets, ...], tuple[str, ...]]:
    """Group the categories that have the same targets for a channel."""
    groups: dict[tuple[PriorityTargets, ...], tuple[str, ...]] = {}
    for category in policy.categories:
        terms = tuple(_terms(policy.agreement_for(level, channel, category), policy))
        groups[terms] = (*groups.get(terms, ()), category)
    return groups


def _terms(agreement: Agreement | None, policy: Policy) -> Iterator[PriorityTargets]:
    """Yield the targets of an agreement, once for all priorities that share them."""
    if agreement is None:
        yield PriorityTargets(policy.priorities, (None,) * len(policy.metrics))
        return
    by_targets: dict[tuple[Target, ...], list[str]] = {}
    for priority in policy.priorities:
        targets = tuple(agreement.target(metric, priority) for metric in policy.metrics)
        by_targets.setdefault(targets, []).append(priority)
    for targets, same in by_targets.items():
        yield PriorityTargets(tuple(same), targets)


def _ladders(policy: Policy) -> dict[tuple[LadderStep, ...], tuple[str, ...]]:
    """Return the ladders that agreements use, each with its levels in the order of the regulation."""
    levels: dict[tuple[LadderStep, ...], set[str]] = {}
    for agreement in policy.agreements:
        levels.setdefault(agreement.ladder, set()).update(
            policy.levels if agreement.levels is None else agreement.levels
        )
    return {
        steps: tuple(level for level in policy.levels if level in used_by) for steps, used_by in levels.items() if steps
    }

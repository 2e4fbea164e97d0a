"""The regulation in a language, as tables and lists of text for a screen or page to lay out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta

from sup_sync.immutable import value
from sup_sync.model.policy import ClockKind, LadderStep, Target
from sup_sync.output.texts.texts import Texts
from sup_sync.planning.notices.no_answer import REMINDER
from sup_sync.views.regulation import Hours, LevelTerms, PriorityTargets, Regulation, Row
from sup_sync.views.year import format_hours

DAY = timedelta(days=1)

Pair = tuple[str, str]  # a name, and its details or an empty string


@value
class TextTable:
    """The targets of a level; every row has as many cells as there are headers."""

    title: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@value
class RegulationText:
    """The texts of a version of the regulation: lines above the tables, the tables, and the lists below."""

    title: str
    head: tuple[str, ...]
    tables: tuple[TextTable, ...]
    lists: tuple[tuple[str, tuple[Pair, ...]], ...]


def regulation_text(regulation: Regulation, texts: Texts, people: Mapping[str, str]) -> RegulationText:
    """Build the texts of the regulation; `people` maps keys of the mappings to names."""
    return _TextBuilder(regulation, texts, people).build()


class _TextBuilder:
    """The builder of the texts; each method builds one part."""

    def __init__(self, regulation: Regulation, texts: Texts, people: Mapping[str, str]) -> None:
        self.regulation = regulation
        self.policy = regulation.policy
        self.texts = texts
        self.people = people

    def build(self) -> RegulationText:
        lists = (
            self._hours(),
            self._notes(),
            self._waiting(),
            *self._ladders(),
            self._requirements(),
            self._reasons(),
            self._client_notes(),
            self._alerts(),
            self._contacts(),
        )
        return RegulationText(
            title=self.texts.text("title"),
            head=(f"{self._in_force().removesuffix('.')}.", self._targets_note()),
            tables=tuple(map(self._table, self.regulation.levels)),
            lists=tuple((title, pairs) for title, pairs in lists if pairs),
        )

    def _in_force(self) -> str:
        first = self.texts.day(self.policy.in_force_from)
        if self.regulation.until is None:
            return self.texts.text("in_force_from", **{"from": first})
        return self.texts.text("in_force", **{"from": first, "until": self.texts.day(self.regulation.until)})

    # ---- targets

    def _table(self, level: LevelTerms) -> TextTable:
        has_categories = any(set(row.categories) != set(self.policy.categories) for row in level.rows)
        names = ("channel", *(("category",) if has_categories else ()), "priority")
        return TextTable(
            title=self._with_clause(self.texts.text("level", level=self.texts.label(level.level)), level.clause),
            headers=(*map(self.texts.text, names), *map(self.texts.metric, self.policy.metrics)),
            rows=tuple(cells for row in level.rows for cells in self._rows(row, has_categories=has_categories)),
        )

    def _rows(self, row: Row, *, has_categories: bool) -> Iterator[tuple[str, ...]]:
        """Yield a line for each group of priorities; only the first names the channels and categories."""
        scope = (self._labels(row.channels), *((self._labels(row.categories),) if has_categories else ()))
        for number, terms in enumerate(row.terms):
            yield (
                *(("",) * len(scope) if number else scope),
                self._priorities(terms),
                *map(self._target, terms.targets),
            )

    def _priorities(self, terms: PriorityTargets) -> str:
        is_every = len(terms.priorities) == len(self.policy.priorities)
        return self.texts.text("every") if is_every else self._labels(terms.priorities)

    def _target(self, target: Target | None) -> str:
        if target is None:
            return self.texts.text("no_agreement")
        if target.within is None:
            return self._with_clause(self.texts.text("no_target"), target.clause)
        return self._with_clause(self._within(target, target.within), target.clause)

    def _within(self, target: Target, within: timedelta) -> str:
        if target.end_of_days is not None:
            return self.texts.text("end_of_day", time=self.texts.count("working_day", target.end_of_days))
        if target.clock is ClockKind.CALENDAR:
            return self.texts.text("around_the_clock", time=self.texts.time(within))
        days, rest = divmod(within, self.policy.working_day)
        return self.texts.time(within) if rest else self.texts.count("working_day", days)

    # ---- lists

    def _hours(self) -> tuple[str, tuple[Pair, ...]]:
        lines = [self._hours_line(each) for each in self.regulation.hours]
        day = self.texts.text("working_day_is", time=self.texts.time(self.policy.working_day))
        return self.texts.text("hours"), (*((line, "") for line in lines), (day, ""))

    def _hours_line(self, hours: Hours) -> str:
        names = self.texts.text("weekdays").split(", ")
        first, last = hours.weekdays[0], hours.weekdays[-1]
        is_range = last - first == len(hours.weekdays) - 1 > 1
        days = f"{names[first]}-{names[last]}" if is_range else ", ".join(names[each] for each in hours.weekdays)
        clause, zone = self.policy.clauses.working_hours, self.regulation.zone
        return self.texts.text("hours_of", days=days, hours=format_hours(hours.windows), zone=zone, clause=clause)

    def _targets_note(self) -> str:
        clauses = self.policy.clauses
        return self.texts.text("targets_note", load=clauses.targets_follow_load, guarantee=clauses.no_guarantee)

    def _notes(self) -> tuple[str, tuple[Pair, ...]]:
        clauses, normal = self.policy.clauses, self.texts.label(self.policy.normal_priority)
        priority = self.texts.text("priority_note", priority=normal, clause=clauses.priority)
        development = self.texts.text("development_note", clause=clauses.development)
        return self.texts.text("notes"), ((priority, ""), (development, ""))

    def _waiting(self) -> tuple[str, tuple[Pair, ...]]:
        rule = self.policy.waiting
        is_reminded = REMINDER.name in self.policy.client_notes
        text = self.texts.text("waiting_text", time=self._time(rule.within, rule.clock), wording=rule.wording)
        reminder = self.texts.text("reminder_text", time=self._time(rule.within * rule.remind_at, rule.clock))
        pairs = [(self._with_clause(text, rule.clause), ""), *([(reminder, "")] if is_reminded else [])]
        return self.texts.text("waiting"), tuple(pairs)

    def _time(self, length: timedelta, clock: ClockKind) -> str:
        time = self.texts.time(length)
        return self.texts.text("around_the_clock", time=time) if clock is ClockKind.CALENDAR else time

    def _ladders(self) -> Iterator[tuple[str, tuple[Pair, ...]]]:
        ladders = self.regulation.ladders
        for steps, levels in ladders.items():
            only_one = len(ladders) == 1
            title = self.texts.text("ladder") if only_one else self.texts.text("ladder_of", levels=self._labels(levels))
            yield title, tuple(map(self._step, sorted(steps, key=lambda step: step.share)))

    def _step(self, step: LadderStep) -> Pair:
        actions = [self._notice("step", step.message), *self._recipients(step.mentions, step.assign)]
        return self.texts.text("share", share=self.texts.percent(step.share)), "; ".join(actions)

    def _recipients(self, mentions: Iterable[str], assign: str | None) -> Iterator[str]:
        names = [self._person(each) for each in mentions]
        if names:
            yield self.texts.text("mentions", people=", ".join(names))
        if assign:
            yield self.texts.text("assign", person=self._person(assign))

    def _person(self, key: str) -> str:
        return self.people.get(key, key)

    def _requirements(self) -> tuple[str, tuple[Pair, ...]]:
        pairs = []
        for each in self.policy.requirements:
            categories = [key for key in self.policy.categories if each.categories is None or key in each.categories]
            only = (
                self.texts.text("only_in", categories=self._labels(categories)) if each.categories is not None else ""
            )
            pairs.append((self._with_clause(self.texts.item(each.item), each.clause), only))
        return self.texts.text("requirements"), tuple(pairs)

    def _reasons(self) -> tuple[str, tuple[Pair, ...]]:
        reasons = self.policy.reasons.values()
        stops = self.texts.text("stops_work")
        pairs = (
            (self._with_clause(self.texts.reason(each.key), each.clause), stops if each.stops_work else "")
            for each in reasons
        )
        return self.texts.text("reasons"), tuple(pairs)

    def _client_notes(self) -> tuple[str, tuple[Pair, ...]]:
        notes = self.policy.client_notes.items()
        return self.texts.text("client_notes"), tuple(
            (self._with_clause(self._notice("note", key), clause), "") for key, clause in notes
        )

    def _alerts(self) -> tuple[str, tuple[Pair, ...]]:
        alerts = self.policy.alerts.items()
        return self.texts.text("alerts"), tuple(
            (
                self._with_clause(self._notice("alert", key), alert.clause),
                "; ".join(self._recipients(alert.mentions, alert.assign)),
            )
            for key, alert in alerts
        )

    def _contacts(self) -> tuple[str, tuple[Pair, ...]]:
        pairs = (
            (self.texts.text("help_centre"), self.policy.help_centre),
            (self.texts.text("quality"), self.policy.quality_address),
        )
        return self.texts.text("contacts"), tuple((name, address) for name, address in pairs if address)

    def _labels(self, keys: Iterable[str]) -> str:
        return ", ".join(map(self.texts.label, keys))

    def _notice(self, section: str, name: str) -> str:
        """Return the label of a notice, or its name if regulation.toml has none."""
        key = f"{section}_{name}"
        return self.texts.text(key) if self.texts.has(key) else name.replace("_", " ")

    def _with_clause(self, text: str, clause: str) -> str:
        """Cite the clause behind a text; a row of an SLA table keeps its own name."""
        if not clause:
            return text
        return f"{text} ({self.texts.text('clause', clause=clause) if clause[0].isdigit() else clause})"

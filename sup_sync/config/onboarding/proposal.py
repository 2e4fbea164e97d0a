"""A proposal of tracker.yaml from the names in Redmine. Ambiguous names become placeholders; they are not guessed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sup_sync.config.onboarding.names import find, likely_language, load_names, new_name, terms_of
from sup_sync.immutable import value
from sup_sync.model.issue import Phase
from sup_sync.model.names import PLACEHOLDER, NamesInRedmine

NEW = "new"
REQUIRED_PHASES = (Phase.OPEN, Phase.WAITING, Phase.CLOSED)
# the field whose values a section names
VALUES_OF = {"levels": "level", "channels": "channel", "states": "state", "reasons": "reason", "languages": "language"}


@value
class Head:
    """The head of support, the last escalation step: login, and full name as in Redmine."""

    login: str
    name: str


@value
class Entry:
    """A value of the mapping, and a remark for its comment. `is_new` marks an item that Redmine lacks."""

    value: str
    remark: str = ""
    is_new: bool = False

    @property
    def is_placeholder(self) -> bool:
        return self.value == PLACEHOLDER


@value
class TrackerEntry(Entry):
    """The category of a Redmine tracker, and its channel if the name implies one."""

    channel: str | None = None


@value
class Proposal:
    """A mapping for tracker.yaml: trackers and statuses by their names in Redmine, `names` by section and term."""

    language: str
    trackers: Mapping[str, Entry]
    statuses: Mapping[str, Entry]
    names: Mapping[str, Mapping[str, Entry]]
    priority_aliases: Mapping[str, Entry]
    tool_statuses: Mapping[str, Entry]
    staff_groups: Sequence[Entry]
    staff_roles: Sequence[Entry]
    client_roles: Sequence[Entry]
    head: Head
    staff: Sequence[str]
    unmapped_roles: Sequence[str]

    @property
    def has_placeholders(self) -> bool:
        """True if a person must fill in values before the mapping can be used."""
        entries = [
            *self.trackers.values(),
            *self.priority_aliases.values(),
            *self.statuses.values(),
            *self.tool_statuses.values(),
        ]
        entries += [each for names in self.names.values() for each in names.values()]
        return PLACEHOLDER in (self.head.login, self.head.name) or any(each.is_placeholder for each in entries)

    @property
    def may_have_missed_a_role(self) -> bool:
        """True if no role of staff or clients was recognized, but an unmapped role may be the one."""
        return bool(self.unmapped_roles) and any(each.is_new for each in (*self.staff_roles, *self.client_roles))


def propose(survey: NamesInRedmine, language: str | None, head: Head | None = None, *, own_role: str = "") -> Proposal:
    """Propose a mapping for the names in Redmine. New items get names in `language`, by default that of most names.

    `own_role` is the role of sup-sync's account. It belongs to neither staff nor clients.
    """
    language = language or _language_of(survey)
    statuses = _statuses(survey.statuses, language)
    names = {section: _names(section, survey, language) for section in ("priorities", "fields", *VALUES_OF)}
    roles = [each for each in survey.roles if each != own_role]
    staff_groups = _people("groups", "staff", survey.groups)
    staff_roles = _people("roles", "staff", roles)
    client_roles = _people("roles", "client", roles)
    taken = {each.value for each in (*staff_roles, *client_roles)}
    used = {each.value for each in names["priorities"].values()}
    return Proposal(
        language=language,
        trackers=_trackers(survey.trackers, language),
        statuses=statuses,
        names=names,
        priority_aliases={each: _priority_alias(each) for each in survey.priorities if each not in used},
        tool_statuses={"no_answer": _first(statuses, Phase.CLOSED), "asked": _first(statuses, Phase.WAITING)},
        staff_groups=staff_groups,
        staff_roles=staff_roles or ([] if staff_groups else [_new("roles", "staff", language)]),
        client_roles=client_roles or [_new("roles", "client", language)],
        head=head or Head(PLACEHOLDER, PLACEHOLDER),
        staff=[name for name, held in survey.people.items() if {each.value for each in staff_roles} & set(held)],
        unmapped_roles=[each for each in roles if each not in taken],
    )


def _language_of(survey: NamesInRedmine) -> str:
    by_section = {"trackers": survey.trackers, "statuses": survey.statuses, "priorities": survey.priorities}
    return likely_language((section, name) for section, names in by_section.items() for name in names)


def _new(section: str, term: str, language: str) -> Entry:
    return Entry(new_name(section, term, language), NEW, is_new=True)


def _trackers(names: Iterable[str], language: str) -> Mapping[str, Entry]:
    existing = {name: _tracker(terms_of("trackers", name)) for name in names}
    if existing:
        return existing
    return {new_name("trackers", each, language): TrackerEntry(each, NEW, is_new=True) for each in _CATEGORIES}


_CATEGORIES = ("error", "consultation", "suggestion")


def _tracker(terms: set[str]) -> TrackerEntry:
    if terms == {"callback"}:
        return TrackerEntry("consultation", channel="callback")
    if len(terms) == 1:
        return TrackerEntry(terms.pop())
    return TrackerEntry(PLACEHOLDER, f"TODO: {', '.join(_CATEGORIES)}? Without this line, its requests are skipped")


def _statuses(statuses: Mapping[str, bool], language: str) -> dict[str, Entry]:
    """Return the existing statuses, and a new one for each required phase that none of them has."""
    existing = {name: _status(terms_of("statuses", name), is_closed) for name, is_closed in statuses.items()}
    if any(each.is_placeholder for each in existing.values()):
        return existing  # the missing phases may be those of the placeholders
    phases = {each.value for each in existing.values()}
    missing = {new_name("statuses", each, language): each for each in REQUIRED_PHASES if each not in phases}
    return {name: Entry(each.value, NEW, is_new=True) for name, each in missing.items()} | existing


def _status(terms: set[str], is_closed: bool) -> Entry:
    """Return the phase of a status: closed or refused if, and only if, the status is closed in Redmine."""
    if is_closed:
        return Entry((Phase.REFUSED if terms == {Phase.REFUSED.value} else Phase.CLOSED).value)
    if terms in ({Phase.CLOSED.value}, {Phase.REFUSED.value}):
        return Entry(Phase.OPEN.value, "open in Redmine, so its time counts; use waiting if the client must confirm")
    if len(terms) == 1:
        return Entry(terms.pop())
    return Entry(PLACEHOLDER, "TODO: open, waiting (only for the client's answer) or development?")


def _first(statuses: Mapping[str, Entry], phase: Phase) -> Entry:
    """Return the first status of a phase, for sup-sync to set."""
    name = next((name for name, each in statuses.items() if each.value == phase), None)
    return Entry(name) if name else Entry(PLACEHOLDER, f"TODO: choose a status with the phase {phase.value}")


def _names(section: str, survey: NamesInRedmine, language: str) -> dict[str, Entry]:
    """Return the name in Redmine for each term of a section, or a new one."""
    field = VALUES_OF.get(section)
    if field:
        candidates: Iterable[str] = [
            each for name in find("fields", field, survey.fields) for each in survey.fields[name]
        ]
    else:
        candidates = survey.priorities if section == "priorities" else survey.fields
    return {term: _name(section, term, candidates, language) for term in load_names()[section]}


def _name(section: str, term: str, candidates: Iterable[str], language: str) -> Entry:
    names = find(section, term, candidates)
    if section == "priorities":  # the first of several is the name, and the others become aliases
        names = (names or find("priority_aliases", term, candidates))[:1]
    if len(names) > 1:
        return Entry(PLACEHOLDER, f"TODO: {' or '.join(names)}?")
    return Entry(names[0]) if names else _new(section, term, language)


def _priority_alias(name: str) -> Entry:
    """Return the priority of regulation.yaml that another priority in Redmine counts as."""
    terms = terms_of("priorities", name) or terms_of("priority_aliases", name)
    return Entry(terms.pop()) if len(terms) == 1 else Entry(PLACEHOLDER, "TODO: normal, urgent or immediate?")


def _people(section: str, term: str, names: Iterable[str]) -> list[Entry]:
    return [Entry(each) for each in names if terms_of(section, each) == {term}]

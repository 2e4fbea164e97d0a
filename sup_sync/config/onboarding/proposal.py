"""What the tracker's own names most likely mean; what cannot be told from them is left to be said, never guessed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sup_sync.config.onboarding.names import find, likely_language, load_names, new_name, words_of
from sup_sync.frozen import value
from sup_sync.model.issue import Phase
from sup_sync.model.names import PLACEHOLDER, NamesInRedmine

NEW = "new"
PHASES_NEEDED = (Phase.OPEN, Phase.WAITING, Phase.CLOSED)
VALUES_OF = {"levels": "level", "channels": "channel", "states": "state", "reasons": "reason", "languages": "language"}
"""The field whose values a section names."""


@value
class Head:
    """The person whom the ladder names last: the login that a note mentions, the name that the memberships show."""

    login: str
    name: str


@value
class Entry:
    """A value of the mapping, and what to remark beside it; `is_new` is what the tracker has not."""

    value: str
    remark: str = ""
    is_new: bool = False

    @property
    def is_placeholder(self) -> bool:
        return self.value == PLACEHOLDER


@value
class TrackerEntry(Entry):
    """The category that one of Redmine's trackers stands for, and its channel where it tells one."""

    channel: str | None = None


@value
class Proposal:
    """A mapping for tracker.yaml: trackers and statuses by the tracker's names, `names` by section and our words."""

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
        """Whether somebody has to say something before the mapping can be used."""
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
        """Whether nobody's role is known for staff or clients, but one that means nothing to us may be it."""
        return bool(self.unmapped_roles) and any(each.is_new for each in (*self.staff_roles, *self.client_roles))


def propose(survey: NamesInRedmine, language: str | None, head: Head | None = None, *, own_role: str = "") -> Proposal:
    """The mapping of a tracker's names; what it lacks is called in the language, that of its names by default.

    `own_role` is that of the tool's account, which is neither staff's nor clients'.
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
        priority_aliases={each: _more_priority(each) for each in survey.priorities if each not in used},
        tool_statuses={"no_answer": _first(statuses, Phase.CLOSED), "asked": _first(statuses, Phase.WAITING)},
        staff_groups=staff_groups,
        staff_roles=staff_roles or ([] if staff_groups else [_new("roles", "staff", language)]),
        client_roles=client_roles or [_new("roles", "client", language)],
        head=head or Head(PLACEHOLDER, PLACEHOLDER),
        staff=[name for name, held in survey.people.items() if {each.value for each in staff_roles} & set(held)],
        unmapped_roles=[each for each in roles if each not in taken],
    )


def _language_of(survey: NamesInRedmine) -> str:
    told = {"trackers": survey.trackers, "statuses": survey.statuses, "priorities": survey.priorities}
    return likely_language((section, name) for section, names in told.items() for name in names)


def _new(section: str, word: str, language: str) -> Entry:
    return Entry(new_name(section, word, language), NEW, is_new=True)


def _trackers(names: Iterable[str], language: str) -> Mapping[str, Entry]:
    found = {name: _tracker(words_of("trackers", name)) for name in names}
    if found:
        return found
    return {new_name("trackers", each, language): TrackerEntry(each, NEW, is_new=True) for each in _CATEGORIES}


_CATEGORIES = ("error", "consultation", "suggestion")


def _tracker(words: set[str]) -> TrackerEntry:
    if words == {"callback"}:
        return TrackerEntry("consultation", channel="callback")
    if len(words) == 1:
        return TrackerEntry(words.pop())
    return TrackerEntry(PLACEHOLDER, f"TODO: {', '.join(_CATEGORIES)}? Without the line its requests are set aside")


def _statuses(statuses: Mapping[str, bool], language: str) -> dict[str, Entry]:
    """Every status of the tracker, and a new one for a phase that is needed and that none has."""
    found = {name: _status(words_of("statuses", name), is_closed) for name, is_closed in statuses.items()}
    if any(each.is_placeholder for each in found.values()):
        return found  # whoever says what those are may need no other
    phases = {each.value for each in found.values()}
    lacking = {new_name("statuses", each, language): each for each in PHASES_NEEDED if each not in phases}
    return {name: Entry(each.value, NEW, is_new=True) for name, each in lacking.items()} | found


def _status(words: set[str], is_closed: bool) -> Entry:
    """The phase of a status: what Redmine closes with has ended, and nothing else has."""
    if is_closed:
        return Entry((Phase.REFUSED if words == {Phase.REFUSED.value} else Phase.CLOSED).value)
    if words in ({Phase.CLOSED.value}, {Phase.REFUSED.value}):
        return Entry(
            Phase.OPEN.value, "Redmine leaves it open, so its time goes on; waiting, if the client is to confirm"
        )
    if len(words) == 1:
        return Entry(words.pop())
    return Entry(PLACEHOLDER, "TODO: open, waiting (for the client's answer alone) or development?")


def _first(statuses: Mapping[str, Entry], phase: Phase) -> Entry:
    """The first status of a phase, for the tool to set."""
    name = next((name for name, each in statuses.items() if each.value == phase), None)
    return Entry(name) if name else Entry(PLACEHOLDER, f"TODO: one of the statuses above, of the phase {phase.value}")


def _names(section: str, survey: NamesInRedmine, language: str) -> dict[str, Entry]:
    """Each of our words with the tracker's name for it, else with a new one."""
    field_word = VALUES_OF.get(section)
    if field_word:
        candidates: Iterable[str] = [
            each for name in find("fields", field_word, survey.fields) for each in survey.fields[name]
        ]
    else:
        candidates = survey.priorities if section == "priorities" else survey.fields
    return {word: _name(section, word, candidates, language) for word in load_names()[section]}


def _name(section: str, word: str, candidates: Iterable[str], language: str) -> Entry:
    found = find(section, word, candidates)
    if section == "priorities":  # of several the first names it, and the others count as it
        found = (found or find("priority_aliases", word, candidates))[:1]
    if len(found) > 1:
        return Entry(PLACEHOLDER, f"TODO: {' or '.join(found)}?")
    return Entry(found[0]) if found else _new(section, word, language)


def _more_priority(name: str) -> Entry:
    """Our priority that one of the tracker's beyond ours counts as."""
    words = words_of("priorities", name) or words_of("priority_aliases", name)
    return Entry(words.pop()) if len(words) == 1 else Entry(PLACEHOLDER, "TODO: normal, urgent or immediate?")


def _people(section: str, word: str, names: Iterable[str]) -> list[Entry]:
    return [Entry(each) for each in names if words_of(section, each) == {word}]

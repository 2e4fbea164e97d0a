"""The shipped files with a proposal's values in the place of theirs; their comments stay."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from math import inf

import yaml

from sup_sync.config.checks import CLIENTS, CONFIG, TRACKER
from sup_sync.config.onboarding import Entry, Proposal, TrackerEntry
from sup_sync.frozen import value
from sup_sync.model.names import PLACEHOLDER
from sup_sync.sanitize import clean

COMMENT_COLUMN = 31
"""Where comments begin in the shipped tracker.yaml."""

_VALUE = re.compile(r"(?P<key>\s*(?P<off># )?[\w-]+):(?P<value>(?: +[^#\s]\S*)*?)(?:\s+# (?P<comment>.*))?")


@value
class Site:
    """Where a tracker is, where its key lies, and the projects of support in it."""

    url: str
    key_file: str | None
    ca_file: str | None
    projects: Sequence[str]


def fill_in(shipped: Mapping[str, str], site: Site, proposal: Proposal, today: date) -> dict[str, str]:
    """The texts of all files, by name; what the proposal says nothing of is as shipped.

    Requests filed before `today` are judged, never escalated.
    """
    return dict(shipped) | {
        CONFIG: _config(shipped[CONFIG], site, proposal.language, today),
        TRACKER: _tracker(shipped[TRACKER], site.url, proposal, today),
        CLIENTS: _clients(shipped[CLIENTS]),
    }


def _config(text: str, site: Site, language: str, today: date) -> str:
    text = _with_value(text, ("redmine", "url"), scalar(site.url))
    if site.ca_file:
        text = _with_line_below(text, ("redmine", "key_file"), f"  ca_file: {scalar(site.ca_file)}")
    if site.key_file:
        text = _with_value(text, ("redmine", "key_file"), scalar(site.key_file))
    text = _with_value(text, ("projects",), flow(site.projects))
    text = _with_value(text, ("language",), language)
    text = _with_value(text, ("client_language",), language)
    return _with_value(text, ("enforce_from",), today.isoformat())


def _tracker(text: str, url: str, proposal: Proposal, today: date) -> str:
    head = (
        f"# Proposed by `sup-sync init` on {today} from the names in {clean(url)}: look at each line.\n"
        "# TODO is what only you can say; «new» is what it does not show: `provision --script` makes what lacks.\n"
    )
    first, _, rest = text.partition("\n")
    text = f"{first}\n{head}{rest}"
    text = _with_body(text, "trackers", (_by_name(name, _intake(each)) for name, each in proposal.trackers.items()))
    text = _with_body(text, "statuses", (_by_name(name, _phase(each)) for name, each in proposal.statuses.items()))
    for section, names in {**proposal.names, "tool_statuses": proposal.tool_statuses}.items():
        for key, entry in names.items():
            text = _with_value(text, (section, key), scalar(entry.value), entry.remark)
    text = _with_priority_aliases(text, proposal)
    text = _with_value(text, ("staff", "groups"), _listed(proposal.staff_groups), _new_ones(proposal.staff_groups))
    text = _with_value(text, ("staff", "roles"), _listed(proposal.staff_roles), _new_ones(proposal.staff_roles))
    text = _with_line_below(text, ("staff",), *_unmapped_roles(proposal))
    text = _with_value(text, ("clients", "roles"), _listed(proposal.client_roles), _new_ones(proposal.client_roles))
    return _with_body(text, "people", [_head(proposal)])


def _clients(text: str) -> str:
    """No contracts but the shipped ones as an example, out of use."""
    lines = text.replace(
        "\ncontracts:\n", "\ncontracts: []  # none yet: in the place of [] write each like these\n"
    ).splitlines()
    return "".join(f"{line.replace('  - ', '  # - ', 1) if line.startswith('  - ') else line}\n" for line in lines)


def scalar(value: str) -> str:
    """A text as YAML has it on one line, quoted where it has to be."""
    return _dumped(value, [value]).removesuffix("\n...")


def flow(values: Iterable[str]) -> str:
    """Texts as a YAML list on one line."""
    texts = list(values)
    return _dumped(texts, texts)


def _in_flow(value: str) -> str:
    """A text as it stands between braces."""
    return flow([value])[1:-1]


def _dumped(value: str | list[str], texts: Iterable[str]) -> str:
    """As YAML on one line; where a text holds what steers an editor or a terminal, that is written as its number."""
    is_plain = all(each.isprintable() for each in texts)
    style = None if is_plain else '"'
    dumped: str = yaml.safe_dump(value, default_flow_style=True, default_style=style, allow_unicode=is_plain, width=inf)
    return dumped.rstrip("\n")


def _by_name(name: str, entry: tuple[str, str]) -> str:
    value, remark = entry
    return _line(f"  {scalar(name)}: {value}", remark)


def _intake(entry: Entry) -> tuple[str, str]:
    channel = f", channel: {entry.channel}" if isinstance(entry, TrackerEntry) and entry.channel else ""
    return f"{{category: {_in_flow(entry.value)}{channel}}}", entry.remark


def _phase(entry: Entry) -> tuple[str, str]:
    return f"{{phase: {_in_flow(entry.value)}}}", entry.remark


def _listed(entries: Iterable[Entry]) -> str:
    return flow(each.value for each in entries)


def _new_ones(entries: Iterable[Entry]) -> str:
    return "new" if any(each.is_new for each in entries) else ""


def _head(proposal: Proposal) -> str:
    login, name = proposal.head.login, proposal.head.name
    who = clean(", ".join(proposal.staff)) or "nobody yet"
    todo = f"TODO: who has the last word in support? Its staff: {who}" if PLACEHOLDER in (login, name) else ""
    return _line(f"  head: {{login: {_in_flow(login)}, name: {_in_flow(name)}}}", todo)


def _with_priority_aliases(text: str, proposal: Proposal) -> str:
    if not proposal.priority_aliases:
        return text
    text = _with_value(text, ("priority_aliases",), "")
    lines = (
        _line(f"  {scalar(name)}: {scalar(each.value)}", each.remark)
        for name, each in proposal.priority_aliases.items()
    )
    return _with_body(text, "priority_aliases", lines)


def _unmapped_roles(proposal: Proposal) -> Iterator[str]:
    if proposal.unmapped_roles:
        yield f"  # TODO: neither staff nor clients so far: {clean(', '.join(proposal.unmapped_roles))}"


def _with_body(text: str, section: str, body: Iterable[str]) -> str:
    """The text with other lines in a section."""
    lines = text.splitlines()
    start, end = _section(lines, section)
    return "\n".join([*lines[: start + 1], *body, *lines[end:], ""])


def _with_line_below(text: str, place: tuple[str, ...], *new: str) -> str:
    lines = text.splitlines()
    at = _at(lines, place)
    return "\n".join([*lines[: at + 1], *new, *lines[at + 1 :], ""])


def _with_value(text: str, place: tuple[str, ...], value: str, remark: str = "") -> str:
    """The text with another value at a place; what stands there as a comment is taken into use."""
    lines = text.splitlines()
    at = _at(lines, place)
    found = _VALUE.fullmatch(lines[at])
    if not found:
        raise ValueError(f"no value at {'.'.join(place)} of the shipped file")
    key = found["key"].replace("# ", "", 1)
    comment = "; ".join(each for each in (remark, found["comment"]) if each)
    column = found.start("comment") - 2 if found["comment"] else COMMENT_COLUMN
    lines[at] = _line(f"{key}: {value}", comment, column)
    return "\n".join([*lines, ""])


def _at(lines: Sequence[str], place: tuple[str, ...]) -> int:
    """The index of the line of a key, which is in use or a comment."""
    start, end = _section(lines, place[0])
    if len(place) == 1:
        return start
    keys = (f"  {place[1]}:", f"  # {place[1]}:")
    return next(at for at in range(start + 1, end) if lines[at].startswith(keys))


def _section(lines: Sequence[str], section: str) -> tuple[int, int]:
    """The index of a section's own line, and that behind its last indented one."""
    start = next(at for at, line in enumerate(lines) if line.startswith(f"{section}:"))
    end = start + 1
    while end < len(lines) and lines[end].startswith("  "):
        end += 1
    return start, end


def _line(text: str, comment: str, column: int = COMMENT_COLUMN) -> str:
    return f"{text:<{column - 2}}  # {clean(comment)}" if comment else text

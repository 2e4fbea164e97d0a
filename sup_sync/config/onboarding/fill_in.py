"""The shipped files with the values of a proposal. Their comments are kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from math import inf

import yaml

from sup_sync.config.checks import CLIENTS, CONFIG, TRACKER
from sup_sync.config.onboarding import Entry, Proposal, TrackerEntry
from sup_sync.immutable import value
from sup_sync.model.names import PLACEHOLDER
from sup_sync.sanitize import clean

COMMENT_COLUMN = 31  # as in the shipped tracker.yaml

_VALUE = re.compile(r"(?P<key>\s*(?P<off># )?[\w-]+):(?P<value>(?: +[^#\s]\S*)*?)(?:\s+# (?P<comment>.*))?")


@value
class Site:
    """The connection to Redmine, and the projects of support in it."""

    url: str
    key_file: str | None
    ca_file: str | None
    projects: Sequence[str]


def fill_in(shipped: Mapping[str, str], site: Site, proposal: Proposal, today: date) -> dict[str, str]:
    """Return the texts of all files, by name. Values that are not in the proposal stay as shipped.

    Enforcement starts `today`: requests filed earlier are evaluated but not escalated.
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
        f"# Proposed by `sup-sync init` on {today} from the names in {clean(url)}. Review each line.\n"
        '# Replace each value marked "TODO". "new" was not found in Redmine; `provision --script` creates it.\n'
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
    """Return clients.yaml with the shipped contracts commented out as examples."""
    lines = text.replace(
        "\ncontracts:\n", "\ncontracts: []  # none yet; replace [] with lines like these\n"
    ).splitlines()
    return "".join(f"{line.replace('  - ', '  # - ', 1) if line.startswith('  - ') else line}\n" for line in lines)


def scalar(value: str) -> str:
    """Write a text as YAML on one line, quoted if necessary."""
    return _dumped(value, [value]).removesuffix("\n...")


def flow(values: Iterable[str]) -> str:
    """Write texts as a YAML list on one line."""
    texts = list(values)
    return _dumped(texts, texts)


def _in_flow(value: str) -> str:
    """Write a text as it must be quoted inside braces."""
    return flow([value])[1:-1]


def _dumped(value: str | list[str], texts: Iterable[str]) -> str:
    """Write a value as YAML on one line. Control characters are escaped: they could affect an editor or terminal."""
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
    staff = clean(", ".join(proposal.staff)) or "none yet"
    todo = (
        f"TODO: enter the head of support, the last escalation step; staff: {staff}"
        if PLACEHOLDER in (login, name)
        else ""
    )
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
        yield f"  # TODO: roles mapped to neither staff nor clients: {clean(', '.join(proposal.unmapped_roles))}"


def _with_body(text: str, section: str, body: Iterable[str]) -> str:
    """Replace the lines of a section."""
    lines = text.splitlines()
    start, end = _section(lines, section)
    return "\n".join([*lines[: start + 1], *body, *lines[end:], ""])


def _with_line_below(text: str, place: tuple[str, ...], *new: str) -> str:
    lines = text.splitlines()
    at = _index_of(lines, place)
    return "\n".join([*lines[: at + 1], *new, *lines[at + 1 :], ""])


def _with_value(text: str, place: tuple[str, ...], value: str, remark: str = "") -> str:
    """Replace the value at a place. A commented-out key is uncommented."""
    lines = text.splitlines()
    at = _index_of(lines, place)
    match = _VALUE.fullmatch(lines[at])
    if not match:
        raise ValueError(f"no value at {'.'.join(place)} of the shipped file")
    key = match["key"].replace("# ", "", 1)
    comment = "; ".join(each for each in (remark, match["comment"]) if each)
    column = match.start("comment") - 2 if match["comment"] else COMMENT_COLUMN
    lines[at] = _line(f"{key}: {value}", comment, column)
    return "\n".join([*lines, ""])


def _index_of(lines: Sequence[str], place: tuple[str, ...]) -> int:
    """Return the index of the line of a key, which may be commented out."""
    start, end = _section(lines, place[0])
    if len(place) == 1:
        return start
    keys = (f"  {place[1]}:", f"  # {place[1]}:")
    return next(at for at in range(start + 1, end) if lines[at].startswith(keys))


def _section(lines: Sequence[str], section: str) -> tuple[int, int]:
    """Return the indices of a section: its first line, and the line after its last one."""
    start = next(at for at, line in enumerate(lines) if line.startswith(f"{section}:"))
    end = start + 1
    while end < len(lines) and lines[end].startswith("  "):
        end += 1
    return start, end


def _line(text: str, comment: str, column: int = COMMENT_COLUMN) -> str:
    return f"{text:<{column - 2}}  # {clean(comment)}" if comment else text

"""The mapping that `init` proposes, on the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console

from sup_sync.config.onboarding import Entry, Proposal
from sup_sync.output.terminal.labels import count
from sup_sync.output.terminal.layout import Part, print_hanging, text

HEAD_WIDTH = 12


def show_proposal(console: Console, proposal: Proposal, projects: Sequence[str]) -> None:
    """Print each section of the mapping: recognised names, new names, and placeholders to fill in."""
    _show(console, "projects", [", ".join(projects)])
    _show(console, "trackers", _separated(_redmine_name(name, each) for name, each in proposal.trackers.items()))
    _show(console, "statuses", _separated(_redmine_name(name, each) for name, each in proposal.statuses.items()))
    priorities = proposal.names["priorities"]
    _show(console, "priorities", _separated(_mapped_key(key, each) for key, each in priorities.items()))
    if proposal.priority_aliases:
        _show(console, "", _separated(_redmine_name(name, each) for name, each in proposal.priority_aliases.items()))
    _show(console, "fields", _fields(proposal))
    staff = [*proposal.staff_groups, *proposal.staff_roles]
    _show(console, "staff", _separated(_named(each) for each in staff))
    _show(console, "clients", _separated(_named(each) for each in proposal.client_roles))
    if proposal.unmapped_roles:
        _show(console, "other roles", [", ".join(proposal.unmapped_roles)])
    _show(console, "language", [proposal.language])


def _show(console: Console, head: str, parts: Iterable[Part]) -> None:
    print_hanging(console, text(f"{head:<{HEAD_WIDTH}}"), text(*parts))


def _separated(entries: Iterable[Sequence[Part]]) -> Iterator[Part]:
    for number, parts in enumerate(entries):
        yield from [" · "] * bool(number)
        yield from parts


def _redmine_name(name: str, entry: Entry) -> list[Part]:
    """Return a name in Redmine with the key that it maps to."""
    return [f"{name} → ", (entry.value, "yellow bold" if entry.is_placeholder else ""), *_mark(entry)]


def _mapped_key(key: str, entry: Entry) -> list[Part]:
    """Return a key with its name in Redmine."""
    return [f"{key}: ", *_named(entry)]


def _named(entry: Entry) -> list[Part]:
    return [(entry.value, "yellow bold" if entry.is_placeholder else ""), *_mark(entry)]


def _mark(entry: Entry) -> list[Part]:
    return [(" (new)", "dim")] if entry.is_new else []


def _fields(proposal: Proposal) -> Iterator[Part]:
    fields = proposal.names["fields"]
    existing = {key: each for key, each in fields.items() if not each.is_new}
    yield from _separated(_mapped_key(key, each) for key, each in existing.items())
    new = len(fields) - len(existing)
    if new:
        yield f"{' · ' * bool(existing)}{count(new, 'new one')}"

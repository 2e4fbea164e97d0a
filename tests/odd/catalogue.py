"""The form of an odd thing, and the lists that odd_requests.py, odd_people.py and changes.py fill."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from odd.busy_site import BusySite, Victims

Change = Callable[[BusySite, Victims], Iterable[int]]

DONE_OR_PARTLY = frozenset({0, 3})


@dataclass(frozen=True)
class Odd:
    """An odd thing: `change` makes it, and returns the requests that it may affect.

    `codes` are the allowed exit codes. With `of_head`, the requests whose notes name the head of support are affected
    too, but only in the person whom they name and assign. It is tried by itself only with --all if it `is_alike`. If it
    `is_unseen`, nothing that a run with a cache reads shows it before the first run of the next day.
    """

    name: str
    change: Change
    codes: frozenset[int] = DONE_OR_PARTLY
    of_head: bool = False
    is_alike: bool = False
    is_unseen: bool = False


REQUESTS: list[Odd] = []
PEOPLE: list[Odd] = []
CHANGES: list[Odd] = []


def odd(
    kind: list[Odd], name: str, *, codes: Iterable[int] = DONE_OR_PARTLY, **flags: bool
) -> Callable[[Change], Change]:
    """Return a decorator that adds an odd thing to the catalogue."""

    def add(change: Change) -> Change:
        kind.append(Odd(name, change, frozenset(codes), **flags))
        return change

    return add

"""The effect of the limits on a plan, for `plan` to show before `apply` runs."""

from __future__ import annotations

from sup_sync.immutable import value
from sup_sync.planning.budget import within_budget
from sup_sync.planning.limits import Limits
from sup_sync.planning.mistakes import Background, find_excesses, why_careful
from sup_sync.planning.plan import Plan


@value
class Forecast:
    """What a run would do with a plan: nothing because of `excesses`, or all except the requests `postponed`.

    `hint` is the reason why late requests count as an excess; empty if they do not.
    """

    excesses: tuple[str, ...] = ()
    postponed: tuple[int, ...] = ()
    hint: str = ""


def make_forecast(plan: Plan, limits: Limits, background: Background) -> Forecast:
    """Apply the limits to a plan, as `apply` does."""
    excesses = find_excesses(plan, limits, background)
    if excesses:
        return Forecast(excesses, hint=why_careful(plan, limits, background))
    return Forecast(postponed=within_budget(plan, limits)[1])

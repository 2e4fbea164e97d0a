"""Searches that staff can save in Redmine (breached, at risk, waiting), and a check that Redmine applies them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import quote, urlencode

from sup_sync.immutable import value
from sup_sync.model.directory import Directory
from sup_sync.redmine.preflight.problem import Area, Problem
from sup_sync.to_json import Json

STATES = ("breached", "at_risk", "waiting")


@value
class Search:
    """A search for open requests in one state, by filters that Redmine takes in REST and in page addresses."""

    state: str
    name: str
    field_id: int

    @property
    def filters(self) -> Mapping[str, str]:
        return {"status_id": "o", f"cf_{self.field_id}": self.name}

    def address(self, url: str) -> str:
        """Return the address that staff open to save the search as a query."""
        return f"{url}/issues?{urlencode({'set_filter': 1, **self.filters}, quote_via=quote)}"

    def count(self, rows: Iterable[Json]) -> int:
        """Count the open requests that are in this state, by their own fields."""
        fields = ({each["id"]: each["value"] for each in row.get("custom_fields", ())} for row in rows)
        return sum(values.get(self.field_id) == self.name for values in fields)


def make_searches(directory: Directory) -> tuple[Search, ...]:
    """Make the searches with the names in Redmine and the id of its field; none if the account sees no such field."""
    names = directory.names
    field_id = directory.field_ids.get(names.fields["state"])
    return tuple(Search(each, names.states[each], field_id) for each in STATES) if field_id else ()


def check_searches(searches: Sequence[Search], counts: Sequence[int], rows: Sequence[Json]) -> list[Problem]:
    """Compare the number of requests that each search finds with the open requests in that state.

    Redmine silently drops a filter that it does not know, and finds all open requests (fact). If a request is open,
    then the counts of all three searches cannot be right with a dropped filter.
    """
    if not rows:
        text = "the searches for staff cannot be checked, because no request is open"
        return [Problem(Area.NAMES, text, "run `sup-sync check` again after the first request", is_warning=True)]
    return [
        Problem(
            Area.NAMES,
            f"the search for requests that are {search.state} finds {number} instead of {search.count(rows)}",
            'set "Used as a filter" on the field in Redmine; if it is set, check again, as requests change',
            is_warning=True,
        )
        for search, number in zip(searches, counts, strict=True)
        if number != search.count(rows)
    ]

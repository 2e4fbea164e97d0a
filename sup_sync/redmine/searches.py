"""The searches that staff keep in the tracker: what is breached, at risk or waiting, and whether it applies them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import quote, urlencode

from sup_sync.frozen import value
from sup_sync.model.directory import Directory
from sup_sync.redmine.preflight import Area, Problem
from sup_sync.to_json import Json

STATES = ("breached", "at_risk", "waiting")


@value
class Search:
    """Open requests in one state, by the filters that Redmine takes in an address, in REST as on its pages."""

    state: str
    name: str
    field_id: int

    @property
    def filters(self) -> Mapping[str, str]:
        return {"status_id": "o", f"cf_{self.field_id}": self.name}

    def address(self, url: str) -> str:
        """What staff open, and save as a query there."""
        return f"{url}/issues?{urlencode({'set_filter': 1, **self.filters}, quote_via=quote)}"

    def count(self, rows: Iterable[Json]) -> int:
        """How many of the open requests are in that state, as they themselves say."""
        shown = ({each["id"]: each["value"] for each in row.get("custom_fields", ())} for row in rows)
        return sum(values.get(self.field_id) == self.name for values in shown)


def searches_of(directory: Directory) -> tuple[Search, ...]:
    """The searches by this tracker's own names and its field's id; none where the account sees no such field."""
    names = directory.names
    field_id = directory.field_ids.get(names.fields["state"])
    return tuple(Search(each, names.states[each], field_id) for each in STATES) if field_id else ()


def check_searches(searches: Sequence[Search], found: Sequence[int], rows: Sequence[Json]) -> list[Problem]:
    """Redmine drops a filter that it does not know without a word, and finds all open requests (fact).

    So each search has to find as many as there are; a dropped one can't, for all three, once a request is open.
    """
    if not rows:
        text = "the searches for staff can't be tried while no request is open"
        return [Problem(Area.NAMES, text, "check again after the first ones", is_warning=True)]
    return [
        Problem(
            Area.NAMES,
            f"the search for what is {search.state} finds {number} open requests of {search.count(rows)}",
            "tick «Used as a filter» at the field in Redmine; if it is, check again, as requests change",
            is_warning=True,
        )
        for search, number in zip(searches, found, strict=True)
        if number != search.count(rows)
    ]

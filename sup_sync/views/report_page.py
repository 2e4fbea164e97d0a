"""The content of a wiki page with a monthly report."""

from __future__ import annotations

from collections.abc import Mapping

from sup_sync.frozen import value

PAGE_SIGNATURE = "sup-sync:report"
"""What the last line of a page of ours holds, in every language; what lacks it is somebody else's."""


CHART_PREFIX = "sup-sync-"
"""How the names of files begin that this tool attaches."""


@value
class WikiContent:
    """A page to be published: its text in the tracker's markup, and its charts, PNG by the name of the file."""

    text: str
    charts: Mapping[str, bytes]

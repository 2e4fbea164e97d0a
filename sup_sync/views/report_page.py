"""The content of a wiki page with a monthly report."""

from __future__ import annotations

from collections.abc import Mapping

from sup_sync.immutable import value

# in the last line of every report page, in every language; sup-sync never replaces a page without it
PAGE_SIGNATURE = "sup-sync:report"

# start of the file names of attached charts
CHART_PREFIX = "sup-sync-"


@value
class WikiContent:
    """A page to publish: its text in Redmine's markup, and its charts as PNG by file name."""

    text: str
    charts: Mapping[str, bytes]

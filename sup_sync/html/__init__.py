"""The report as a page, for a browser or a wiki: alone knows jinja2 and matplotlib, which only these two load."""

import logging

logging.getLogger("matplotlib").setLevel(logging.ERROR)  # it would tell of its font cache on stderr, into cron's mail

from sup_sync.html.page import Basis, render_report  # noqa: E402 - only now, for the same reason
from sup_sync.html.texts import Texts  # noqa: E402
from sup_sync.html.wiki import Told, render_wiki, title_of  # noqa: E402

__all__ = ["Basis", "Texts", "Told", "render_report", "render_wiki", "title_of"]

"""The report as one page that needs no network: alone knows jinja2 and matplotlib, which only `report --html` loads."""

import logging

logging.getLogger("matplotlib").setLevel(logging.ERROR)  # it would tell of its font cache on stderr, into cron's mail

from sup_sync.html.page import Basis, render_report  # noqa: E402 - only now, for the same reason

__all__ = ["Basis", "render_report"]

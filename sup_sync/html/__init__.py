"""The report as one page that needs no network: alone knows jinja2 and matplotlib, which only `report --html` loads."""

from sup_sync.html.page import Basis, render_report

__all__ = ["Basis", "render_report"]

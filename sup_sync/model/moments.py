"""The format of exact moments in Redmine fields."""

from __future__ import annotations

MOMENT_FORMAT = "%Y-%m-%d %H:%M"
"""How exact moments stand in the tracker, in the support's zone (fact: Redmine has no date-time field; this sorts)."""

"""How moments and weekdays are written."""

from __future__ import annotations

MOMENT_FORMAT = "%Y-%m-%d %H:%M"
"""How exact moments stand in the tracker, in the support's zone (fact: Redmine has no date-time field; this sorts)."""

# As in calendar.yaml, from Monday, like datetime.weekday().
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

"""The format of moments and weekdays."""

from __future__ import annotations

# Of moments in text fields of Redmine, in the support's time zone (fact: it has no date-time field; this one sorts).
MOMENT_FORMAT = "%Y-%m-%d %H:%M"

# The names in calendar.yaml, in the order of datetime.weekday().
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

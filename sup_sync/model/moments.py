"""The format of exact times in Redmine fields."""

from __future__ import annotations

MOMENT_FORMAT = "%Y-%m-%d %H:%M"
"""Exact times in text fields, in the support's zone: Redmine has no date-time field, and this form sorts."""

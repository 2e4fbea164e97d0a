"""This machine, and whoever watches it."""

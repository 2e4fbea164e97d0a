"""Screens of the commands, laid out for a terminal or a pipe."""

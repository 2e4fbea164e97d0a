"""Answers to questions people ask, as data and JSON."""

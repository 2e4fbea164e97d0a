"""Answers to questions about requests, as data and JSON."""

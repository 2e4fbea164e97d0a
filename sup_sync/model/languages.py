"""The languages that clients and staff read."""

LANGUAGES = ("kk", "ru", "en")

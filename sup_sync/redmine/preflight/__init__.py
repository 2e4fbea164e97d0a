"""Checks that Redmine matches the mappings and gives the account its permissions: flat lists of small functions."""

"""The sections of scripts/bench: each module has a TITLE, an ORDER, and `rows(size)`; its docstring is on the page.

A section that cannot measure something yields a row with the reason instead of a figure.
"""

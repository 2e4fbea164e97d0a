"""What scripts/bench measures: a section in each module, with its TITLE, its order, and `rows(size)`, its lines.

A section that lacks what it measures says so in a row without a figure, and goes on.
"""

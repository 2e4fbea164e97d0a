"""The bench: what scripts/bench measures, and the table that it prints and saves."""

"""How one request stands against the regulation: phases, clocks, verdicts."""

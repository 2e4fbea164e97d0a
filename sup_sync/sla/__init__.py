"""The judgement of one request by the regulation: phases, clocks, verdicts."""

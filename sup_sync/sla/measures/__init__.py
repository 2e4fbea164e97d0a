"""The rules that start, pause and stop clocks, one file each; `metrics` in regulation.yaml refers to them."""

from collections.abc import Mapping

from sup_sync.sla.measures import first_response, resolution
from sup_sync.sla.measures.measure import Measure

MEASURES: Mapping[str, Measure] = {each.key: each for each in (first_response.MEASURE, resolution.MEASURE)}

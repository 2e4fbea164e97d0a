"""The shapes of config.yaml and of the files in mappings/. `config.checks` compares the files with each other.

The modules do without `from __future__ import annotations`: with it, pydantic would compile every annotation from its
text at each start.
"""

from sup_sync.config.shapes.base import Duration
from sup_sync.config.shapes.calendar import CalendarShape, ChangeShape, MoveShape
from sup_sync.config.shapes.regulation import (
    EVERY_PRIORITY,
    AgreementShape,
    AlertShape,
    MetricShape,
    RegulationShape,
    StepShape,
    TargetShape,
    WaitingShape,
)
from sup_sync.config.shapes.run import ConfigShape
from sup_sync.config.shapes.tables import ClientsShape, ContractShape, ExampleShape, ExamplesShape, MessagesShape
from sup_sync.config.shapes.tracker import FieldsShape, TrackerShape

__all__ = [
    "EVERY_PRIORITY",
    "AgreementShape",
    "AlertShape",
    "CalendarShape",
    "ChangeShape",
    "ClientsShape",
    "ConfigShape",
    "ContractShape",
    "Duration",
    "ExampleShape",
    "ExamplesShape",
    "FieldsShape",
    "MessagesShape",
    "MetricShape",
    "MoveShape",
    "RegulationShape",
    "StepShape",
    "TargetShape",
    "TrackerShape",
    "WaitingShape",
]

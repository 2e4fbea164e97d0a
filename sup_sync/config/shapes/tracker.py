"""The shape of tracker.yaml."""

from typing import Literal

from pydantic import Field

from sup_sync.config.shapes.base import Shape
from sup_sync.issue import Phase


class IntakeShape(Shape):
    """What a tracker of Redmine says of what is filed there."""

    category: str
    channel: str | None = None


class StatusShape(Shape):
    """What a status means; `answers`: setting it is a first response."""

    phase: Phase
    answers: bool = False


class StaffShape(Shape):
    """Who answers for support; `former` by their names in the tracker, so that their answers still count."""

    groups: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    former: frozenset[str] = frozenset()


class ClientsRolesShape(Shape):
    """The role that clients have in their projects."""

    roles: frozenset[str] = frozenset()


class PersonShape(Shape):
    """Somebody the ladder names."""

    login: str
    name: str


class FieldsShape(Shape):
    """The custom fields by our keys; without the last ones the tool does without what they say."""

    level: str
    first_response_due: str
    first_response_at: str
    resolution_due: str
    state: str
    marker: str
    channel: str
    contact_at: str
    priority_confirmed: str
    bin: str
    reason: str | None = None
    language: str | None = None
    iin: str | None = None
    full_name: str | None = None
    organisation: str | None = None
    contact: str | None = None
    steps: str | None = None
    project_link: str | None = None


class StatesShape(Shape):
    """The values of the field `state`."""

    on_track: str
    at_risk: str
    breached: str
    met: str
    no_target: str
    waiting: str


class DefaultChannelsShape(Shape):
    """The channel by who filed a request, where nothing else tells."""

    client: str | None = None
    staff: str | None = None


class SetsShape(Shape):
    """The statuses that the tool itself sets."""

    no_answer: str
    asked: str


class TrackerShape(Shape):
    """tracker.yaml."""

    trackers: dict[str, IntakeShape]
    statuses: dict[str, StatusShape]
    priorities: dict[str, str]
    more_priorities: dict[str, str] = Field(default_factory=dict)
    fields: FieldsShape
    levels: dict[str, str]
    channels: dict[str, str]
    states: StatesShape
    reasons: dict[str, str] = Field(default_factory=dict)
    languages: dict[Literal["kk", "ru", "en"], str] = Field(default_factory=dict)
    sets: SetsShape
    default_channels: DefaultChannelsShape = Field(default_factory=DefaultChannelsShape)
    staff: StaffShape
    clients: ClientsRolesShape = Field(default_factory=ClientsRolesShape)
    people: dict[str, PersonShape] = Field(default_factory=dict)
    parent_dates: Literal["derived", "independent"] = "derived"

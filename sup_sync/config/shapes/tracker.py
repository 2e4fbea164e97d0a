"""The shape of tracker.yaml."""

from typing import Literal

from pydantic import ConfigDict, Field

from sup_sync.config.shapes.base import Shape
from sup_sync.model.issue import Phase


class IntakeShape(Shape):
    """What a tracker of Redmine says of what is filed there."""

    category: str
    """The category of what is filed in this tracker, one of regulation.yaml."""

    channel: str | None = None
    """The channel of what is filed in this tracker, where its field names none."""


class StatusShape(Shape):
    """What a status means; `is_first_response`: setting it is a first response."""

    phase: Phase
    """What the status means: `open`, `waiting` for the client, `development`, `closed` or `refused`."""

    is_first_response: bool = False
    """Whether setting this status is a first response. Example: `true`."""


class StaffShape(Shape):
    """Who answers for support; `former` by their names in the tracker, so that their answers still count."""

    groups: frozenset[str] = frozenset()
    """The groups whose members are staff, by name."""

    roles: frozenset[str] = frozenset()
    """The roles whose holders are staff, by name."""

    former: frozenset[str] = frozenset()
    """People who left, by their names in the tracker, so that their answers still count. Example: `[Бауыржан
    Тілеуов]`.
    """


class ClientsRolesShape(Shape):
    """The role that clients have in their projects."""

    roles: frozenset[str] = frozenset()
    """The roles of clients, by name; `check` looks at what they may see and write."""


class PersonShape(Shape):
    """Somebody the ladder names."""

    login: str
    """The account's login, for mentions."""

    name: str
    """The name as the tracker shows it."""


class FieldsShape(Shape):
    """The custom fields by our keys; without the last ones the tool does without what they say.

    Each metric may have two: `next_response_due` and `next_response_at` are those of a metric `next_response`.
    """

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, str]
    """The target of one of `metrics` (`…_due`), or the moment when its clock stopped (`…_at`); text. Example: `Келесі
    жауап мерзімі`.
    """

    level: str
    """The service level; a list."""

    first_response_due: str
    """The target of the first answer; text."""

    first_response_at: str
    """When the first answer was given; text."""

    resolution_due: str
    """The target of closing; text."""

    state: str
    """How the request stands against its targets; a list."""

    marker: str
    """What the tool has said already; text that clients cannot see."""

    channel: str
    """The channel that the request came by; a list."""

    contact_at: str
    """When the client turned to support, for a letter or a call that was entered later; text."""

    priority_confirmed: str
    """Whether staff confirm the priority; yes or no."""

    bin: str
    """The organisation's BIN; text."""

    reason: str | None = None
    """Why the request was refused or ended; a list."""

    language: str | None = None
    """The language that the client wants notes in; a list."""

    iin: str | None = None
    """The client's IIN; text."""

    full_name: str | None = None
    """The client's full name; text."""

    organisation: str | None = None
    """The organisation's name; text."""

    contact: str | None = None
    """The client's phone or address; text."""

    steps: str | None = None
    """What the client did before the error; long text."""

    project_link: str | None = None
    """A link to the project with the error, which counts as evidence; text."""


class StatesShape(Shape):
    """The values of the field `state`."""

    on_track: str
    """All targets are ahead."""

    at_risk: str
    """A step with `at_risk` of the ladder is due."""

    breached: str
    """A target is over."""

    met: str
    """All targets were met."""

    no_target: str
    """No target applies."""

    waiting: str
    """The request waits for the client."""


class DefaultChannelsShape(Shape):
    """The channel by who filed a request, where nothing else client_notes."""

    client: str | None = None
    """The channel of what a client filed."""

    staff: str | None = None
    """The channel of what staff filed."""


class ToolStatusesShape(Shape):
    """The statuses that the tool itself sets."""

    no_answer: str
    """The status of a request whose client did not answer."""

    asked: str
    """The status of a request whose client was asked for what is missing."""


class TrackerShape(Shape):
    """tracker.yaml."""

    trackers: dict[str, IntakeShape]
    """Redmine's trackers by name, with what is filed in each."""

    statuses: dict[str, StatusShape]
    """Redmine's statuses by name, with what each means; `check` names those that are missing."""

    priorities: dict[str, str]
    """Redmine's names for the priorities of regulation.yaml."""

    priority_aliases: dict[str, str] = Field(default_factory=dict)
    """Redmine's other priorities by name, with the one of regulation.yaml that each counts as.
    Example: `{Low: normal}`.
    """

    fields: FieldsShape
    """The custom fields, by our keys."""

    levels: dict[str, str]
    """The values of the field `level`, by the levels of regulation.yaml."""

    channels: dict[str, str]
    """The values of the field `channel`, by the channels of regulation.yaml."""

    states: StatesShape
    """The values of the field `state`."""

    reasons: dict[str, str] = Field(default_factory=dict)
    """The values of the field `reason`, by the reasons of regulation.yaml."""

    languages: dict[str, str] = Field(default_factory=dict)
    """The values of the field `language`, by the languages of messages.yaml."""

    tool_statuses: ToolStatusesShape
    """The statuses that the tool itself sets."""

    default_channels: DefaultChannelsShape = Field(default_factory=DefaultChannelsShape)
    """The channel by who filed a request, where neither its field nor its tracker names one."""

    staff: StaffShape
    """Who answers for support: members of these groups and holders of these roles."""

    clients: ClientsRolesShape = Field(default_factory=ClientsRolesShape)
    """Who the clients are."""

    people: dict[str, PersonShape] = Field(default_factory=dict)
    """The people whom ladders and alerts name, by keys of yours."""

    parent_dates: Literal["derived", "independent"] = "derived"
    """Redmine's setting for the due date of a request with subtasks: `derived` from them, or `independent`."""

"""The shape of tracker.yaml."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Discriminator, Field, Tag

from sup_sync.config.shapes.base import Shape
from sup_sync.model.issue import Phase


class TrackerMappingShape(Shape):
    """The meaning of a Redmine tracker."""

    category: str
    """Category of the requests in this tracker, one of regulation.yaml."""

    channel: str | None = None
    """Channel of the requests in this tracker if their field `channel` is empty."""


IGNORE = "ignore"


def _tracker_tag(value: Any) -> str:
    return "[word]" if isinstance(value, str) else "[mapping]"


TrackerOrIgnore = Annotated[
    Annotated[TrackerMappingShape, Tag("[mapping]")] | Annotated[Literal["ignore"], Tag("[word]")],
    Discriminator(_tracker_tag),
]


class StatusShape(Shape):
    """The meaning of a status."""

    phase: Phase
    """Phase of a request in this status: `open`, `waiting` (for the client), `development`, `closed` or `refused`."""

    is_first_response: bool = False
    """`true` if setting this status counts as the first response. Example: `true`."""


class StaffShape(Shape):
    """The staff of support."""

    groups: frozenset[str] = frozenset()
    """Groups whose members are staff, by name."""

    roles: frozenset[str] = frozenset()
    """Roles whose holders are staff, by name."""

    former: frozenset[str] = frozenset()
    """Former staff, by their names in Redmine. Their responses still count. Example: `[Бауыржан Тілеуов]`."""


class ClientsRolesShape(Shape):
    """The roles of clients."""

    roles: frozenset[str] = frozenset()
    """Roles that clients have in their projects, by name. `check` inspects their permissions."""


class PersonShape(Shape):
    """A person named in ladders or alerts."""

    login: str
    """Login of the account, for mentions."""

    name: str
    """Full name, as Redmine shows it."""

    deputies: tuple[str, ...] = Field(default=(), alias="else")
    """People who replace this person if they are locked or not in the project, by their keys, in order.
    Example: `[deputy]`.
    """


class FieldsShape(Shape):
    """The custom fields by sup-sync's keys. An optional field that is absent is not used.

    Each metric may have two fields: a metric `next_response` has `next_response_due` and `next_response_at`.
    """

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, str]
    """Target time of one of `metrics` (`…_due`), or the time at which its clock stopped (`…_at`). Format: text.
    Example: `Келесі жауап мерзімі`.
    """

    level: str
    """Service level. Format: list."""

    first_response_due: str
    """Target time of the first response. Format: text."""

    first_response_at: str
    """Time of the first response. Format: text."""

    resolution_due: str
    """Target time of the resolution. Format: text."""

    state: str
    """SLA status of the request. Format: list."""

    marker: str
    """Record of the notes already sent. Clients must not see this field. Format: text."""

    channel: str
    """Channel by which the request arrived. Format: list."""

    contact_at: str
    """Time at which the client contacted support, if a letter or call was entered later. Format: text."""

    priority_confirmed: str
    """Confirmation of the priority by staff. Format: boolean."""

    bin: str
    """BIN of the organisation. Format: text."""

    reason: str | None = None
    """Reason for refusing or closing the request. Format: list."""

    language: str | None = None
    """Language of the notes to the client. Format: list."""

    iin: str | None = None
    """IIN of the client. Format: text."""

    full_name: str | None = None
    """Full name of the client. Format: text."""

    organisation: str | None = None
    """Name of the organisation. Format: text."""

    contact: str | None = None
    """Phone or address of the client. Format: text."""

    steps: str | None = None
    """Actions of the client before the error. Format: long text."""

    project_link: str | None = None
    """Link to the project with the error. It counts as evidence. Format: text."""


class StatesShape(Shape):
    """The values of the field `state`."""

    on_track: str
    """No target is near or overdue."""

    at_risk: str
    """A ladder step with `at_risk: true` is due."""

    breached: str
    """A target is overdue or was missed."""

    met: str
    """All targets were met."""

    no_target: str
    """No target applies."""

    waiting: str
    """The request is waiting for the client."""


class FormerValuesShape(Shape):
    """Former names of values in Redmine, each with the key that it counts as."""

    levels: dict[str, str] = Field(default_factory=dict)
    """Former values of the field `level`. Example: `{Gold: vip}`."""

    channels: dict[str, str] = Field(default_factory=dict)
    """Former values of the field `channel`. Example: `{E-mail: email}`."""

    states: dict[str, str] = Field(default_factory=dict)
    """Former values of the field `state`. Example: `{Late: breached}`."""

    reasons: dict[str, str] = Field(default_factory=dict)
    """Former values of the field `reason`. Example: `{No reply: no_answer}`."""

    languages: dict[str, str] = Field(default_factory=dict)
    """Former values of the field `language`. Example: `{English: en}`."""


class DefaultChannelsShape(Shape):
    """The channel of requests that name none, by their author."""

    client: str | None = None
    """Channel of requests filed by clients."""

    staff: str | None = None
    """Channel of requests filed by staff."""


class ToolStatusesShape(Shape):
    """The statuses that sup-sync sets."""

    no_answer: str
    """Status to set if the client does not answer. Its phase must be `closed`."""

    asked: str
    """Status to set when the client is asked for missing items. Its phase must be `waiting`."""


class TrackerShape(Shape):
    """tracker.yaml."""

    trackers: dict[str, TrackerOrIgnore]
    """Trackers in Redmine by name, with the meaning of each. Requests in a tracker with `ignore` are not evaluated,
    counted or reported.
    """

    statuses: dict[str, StatusShape]
    """Statuses in Redmine by name, with the meaning of each. `check` reports those that are not mapped.

    A status that was deleted in Redmine, but that old histories contain, is named by its id: `"#14": {phase: waiting}`.
    """

    priorities: dict[str, str]
    """Names in Redmine for the priorities of regulation.yaml."""

    priority_aliases: dict[str, str] = Field(default_factory=dict)
    """Other priorities in Redmine by name, each with the priority of regulation.yaml that it counts as.
    Example: `{Low: normal}`.
    """

    fields: FieldsShape
    """Names of the custom fields, by sup-sync's keys."""

    levels: dict[str, str]
    """Values of the field `level` for the levels of regulation.yaml."""

    channels: dict[str, str]
    """Values of the field `channel` for the channels of regulation.yaml."""

    states: StatesShape
    """Values of the field `state`."""

    reasons: dict[str, str] = Field(default_factory=dict)
    """Values of the field `reason` for the reasons of regulation.yaml."""

    languages: dict[str, str] = Field(default_factory=dict)
    """Values of the field `language` for the languages of messages.yaml."""

    former_values: FormerValuesShape = Field(default_factory=FormerValuesShape)
    """Former names of the values in `levels`, `channels`, `states`, `reasons` and `languages`, which old requests still
    have in Redmine. Example: `{channels: {E-mail: email}}`.
    """

    tool_statuses: ToolStatusesShape
    """Statuses that sup-sync sets."""

    default_channels: DefaultChannelsShape = Field(default_factory=DefaultChannelsShape)
    """Channel by author, for requests whose field and tracker name none."""

    staff: StaffShape
    """Staff of support: the members of these groups and the holders of these roles."""

    clients: ClientsRolesShape = Field(default_factory=ClientsRolesShape)
    """Clients, by their roles."""

    people: dict[str, PersonShape] = Field(default_factory=dict)
    """People that ladders and alerts name. You choose the keys."""

    parent_dates: Literal["derived", "independent"] = "derived"
    """Redmine's setting for the due date of a request with subtasks: `derived` from them, or `independent`."""

"""The shapes of clients.yaml, messages.yaml and examples.yaml."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from sup_sync.config.shapes.base import Shape, written_number
from sup_sync.model.policy import Metric


class ContractShape(Shape):
    """One contract: whose, by exactly one of project, group and BIN; first and last day."""

    client: str
    """The client's name, for people."""

    level: str
    """The level that the contract gives, one of regulation.yaml."""

    project: str | None = None
    """Whose it is: all that is filed in this project. Exactly one of `project`, `group` and `bin` is named."""

    group: str | None = None
    """Whose it is: all that members of this group file. Example: `Алатау Трейд`."""

    bin: Annotated[str | None, BeforeValidator(written_number)] = None
    """Whose it is: all that names this BIN (12 digits) in its field. Only where clients cannot write that field.
    Example: `"970240000816"`.
    """

    language: Literal["kk", "ru", "en"] | None = None
    """The language of the notes its people read, where the request names none. Example: `ru`."""

    first_on: date = Field(alias="from")
    """The first day of the contract."""

    last_on: date = Field(alias="until")
    """The last day of the contract. An ended one stays in the file, for the requests filed while it ran."""

    @model_validator(mode="after")
    def _one_client(self) -> Self:
        if sum(each is not None for each in (self.project, self.group, self.bin)) != 1:
            raise ValueError("name the client by exactly one of `project`, `group`, `bin`")
        if self.last_on < self.first_on:
            raise ValueError(f"ends on {self.last_on}, before it begins: correct one of the days")
        return self


class ClientsShape(Shape):
    """clients.yaml."""

    contracts: tuple[ContractShape, ...] = ()
    """The contracts, in any order."""


class MessagesShape(Shape):
    """messages.yaml."""

    kk: dict[str, str]
    """The texts in Kazakh, by their names. `$words` are filled in by the tool."""

    ru: dict[str, str]
    """The texts in Russian, with the same names."""

    en: dict[str, str]
    """The texts in English, with the same names."""


def moment_or_none(value: Any) -> Any:
    """A moment; the word `none` is none."""
    return None if value == "none" else value


Expected = Annotated[datetime | None, BeforeValidator(moment_or_none)]


class ExampleShape(Shape):
    """A request and when it should be answered and closed, in local moments; `none` is no target."""

    filed: datetime
    """When the request came, in local time."""

    level: str
    """Its level, one of regulation.yaml."""

    channel: str
    """Its channel, one of regulation.yaml."""

    category: str
    """Its category, one of regulation.yaml."""

    priority: str
    """Its priority, one of regulation.yaml."""

    first_response: Expected
    """By when it should be answered, in local time; `none` is no target."""

    resolution: Expected
    """By when it should be closed, in local time; `none` is no target."""

    @property
    def words(self) -> tuple[str, str, str]:
        return self.level, self.channel, self.category

    def expected(self, metric: Metric) -> datetime | None:
        return self.first_response if metric is Metric.FIRST_RESPONSE else self.resolution


class ExamplesShape(Shape):
    """examples.yaml."""

    examples: tuple[ExampleShape, ...] = ()
    """The requests with the moments that the regulation's owner expects."""

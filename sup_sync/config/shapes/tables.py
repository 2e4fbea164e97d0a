"""The shapes of clients.yaml, messages.yaml and examples.yaml."""

from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from sup_sync.config.shapes.base import Shape
from sup_sync.policy import Metric


class ContractShape(Shape):
    """One contract: whose, by exactly one of project, group and BIN; first and last day."""

    client: str
    level: str
    project: str | None = None
    group: str | None = None
    bin: Annotated[str | None, BeforeValidator(lambda value: str(value) if isinstance(value, int) else value)] = None
    language: Literal["kk", "ru", "en"] | None = None
    first_on: date = Field(alias="from")
    last_on: date = Field(alias="until")

    @model_validator(mode="after")
    def _one_client(self) -> Self:
        if sum(each is not None for each in (self.project, self.group, self.bin)) != 1:
            raise ValueError("name the client by exactly one of `project`, `group`, `bin`")
        if self.last_on < self.first_on:
            raise ValueError(f"ends on {self.last_on}, before it begins")
        return self


class ClientsShape(Shape):
    """clients.yaml."""

    contracts: tuple[ContractShape, ...] = ()


class MessagesShape(Shape):
    """messages.yaml."""

    kk: dict[str, str]
    ru: dict[str, str]
    en: dict[str, str]


Expected = Annotated[datetime | None, BeforeValidator(lambda value: None if value == "none" else value)]


class ExampleShape(Shape):
    """A request and when it should be answered and closed, in local moments; `none` is no target."""

    filed: datetime
    level: str
    channel: str
    category: str
    priority: str
    first_response: Expected
    resolution: Expected

    @property
    def words(self) -> tuple[str, str, str]:
        return self.level, self.channel, self.category

    def expected(self, metric: Metric) -> datetime | None:
        return self.first_response if metric is Metric.FIRST_RESPONSE else self.resolution


class ExamplesShape(Shape):
    """examples.yaml."""

    examples: tuple[ExampleShape, ...] = ()

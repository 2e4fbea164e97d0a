"""The shapes of clients.yaml, messages.yaml and examples.yaml."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, model_validator

from sup_sync.config.shapes.base import Shape, written_number


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

    language: str | None = None
    """The language of the notes its people read, one of messages.yaml, where the request names none. Example: `ru`."""

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


def language_key(key: str) -> str:
    if not re.fullmatch(LANGUAGE_KEY, key):
        raise ValueError(f"{key!r} is not a language: write its code, like kk or pt-br")
    return key


LANGUAGE_KEY = r"[a-z]{2,3}(-[a-z0-9]{2,8})*"
"""The code of a language, as web pages write it."""


class MessagesShape(Shape):
    """messages.yaml: the texts of each language under its code, like `kk`; these are the languages there are."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[Annotated[str, AfterValidator(language_key)], dict[str, str]]
    """The texts in a language, by their names, which are the same in all. `$words` are filled in by the tool."""

    @property
    def languages(self) -> Mapping[str, Mapping[str, str]]:
        """The texts by language."""
        return self.__pydantic_extra__


def moment_or_none(value: Any) -> Any:
    """A moment; the word `none` is none."""
    return None if value == "none" else value


Expected = Annotated[datetime | None, BeforeValidator(moment_or_none)]


class ExampleShape(Shape):
    """A request, and under the name of each metric the local moment of its target; `none` is no target."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Expected]
    """The moment of the target of one of `metrics`, in local time; `none` is no target."""

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

    @property
    def words(self) -> tuple[str, str, str]:
        return self.level, self.channel, self.category

    @property
    def expected(self) -> Mapping[str, datetime | None]:
        """The moments by metric."""
        return self.__pydantic_extra__


class ExamplesShape(Shape):
    """examples.yaml."""

    examples: tuple[ExampleShape, ...] = ()
    """The requests with the moments that the regulation's owner expects."""

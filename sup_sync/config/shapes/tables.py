"""The shapes of clients.yaml, messages.yaml and examples.yaml."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, model_validator

from sup_sync.config.shapes.base import Shape, read_as_text


class ContractShape(Shape):
    """A contract. Exactly one of `project`, `group` and `bin` identifies the client."""

    client: str
    """Name of the client, as people know it."""

    level: str
    """Level that the contract grants, one of regulation.yaml."""

    project: str | None = None
    """Identifies the client by project: all requests filed in it. Give exactly one of `project`, `group` and `bin`."""

    group: str | None = None
    """Identifies the client by group: all requests that its members file. Example: `Алатау Трейд`."""

    bin: Annotated[str | None, BeforeValidator(read_as_text)] = None
    """Identifies the client by BIN (12 digits): all requests with this BIN in the field `bin`. Use it only if clients
    cannot write that field. Example: `"970240000816"`.
    """

    language: str | None = None
    """Language of the notes to this client, one of messages.yaml, if the request names none. Example: `ru`."""

    first_on: date = Field(alias="from")
    """First day of the contract."""

    last_on: date = Field(alias="until")
    """Last day of the contract. Keep expired contracts in the file: they apply to the requests filed under them."""

    @model_validator(mode="after")
    def _one_client(self) -> Self:
        if sum(each is not None for each in (self.project, self.group, self.bin)) != 1:
            raise ValueError("give exactly one of `project`, `group`, `bin` to identify the client")
        if self.last_on < self.first_on:
            raise ValueError(f"`until` ({self.last_on}) is before `from` ({self.first_on}); correct one of them")
        return self


class ClientsShape(Shape):
    """clients.yaml."""

    contracts: tuple[ContractShape, ...] = ()
    """Contracts, in any order."""


def check_language_key(key: str) -> str:
    if not re.fullmatch(LANGUAGE_KEY, key):
        raise ValueError(f"invalid language {key!r}; write its code, like kk or pt-br")
    return key


# BCP 47 in lower case, as in the `lang` attribute of web pages
LANGUAGE_KEY = r"[a-z]{2,3}(-[a-z0-9]{2,8})*"


class MessagesShape(Shape):
    """messages.yaml: the texts of each language, under its code, like `kk`. No other languages are available."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[Annotated[str, AfterValidator(check_language_key)], dict[str, str]]
    """Texts in one language, by name. The names are the same in every language. sup-sync replaces `$words`."""

    @property
    def languages(self) -> Mapping[str, Mapping[str, str]]:
        """The texts by language."""
        return self.__pydantic_extra__


def read_moment_or_none(value: Any) -> Any:
    """Return the value for pydantic to read as a time; convert `none` to None."""
    return None if value == "none" else value


Expected = Annotated[datetime | None, BeforeValidator(read_moment_or_none)]


class ExampleShape(Shape):
    """A request, and the expected target time for each metric."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Expected]
    """Expected target time of one of `metrics`, in local time. `none` means no target."""

    filed: datetime
    """Time of filing, in local time."""

    level: str
    """Level of the request, one of regulation.yaml."""

    channel: str
    """Channel of the request, one of regulation.yaml."""

    category: str
    """Category of the request, one of regulation.yaml."""

    priority: str
    """Priority of the request, one of regulation.yaml."""

    @property
    def terms(self) -> tuple[str, str, str]:
        return self.level, self.channel, self.category

    @property
    def expected(self) -> Mapping[str, datetime | None]:
        """The expected times by metric."""
        return self.__pydantic_extra__


class ExamplesShape(Shape):
    """examples.yaml."""

    examples: tuple[ExampleShape, ...] = ()
    """Requests with the target times that the owner of the regulation expects."""

"""One YAML file as plain data, with the line of every key and value, and the mistakes YAML itself would swallow.

PyYAML reads `18:00` as 1080, `on` as True, and lets the last of repeated keys win; here hours and words stay text,
and a repeated key is a mistake.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import takewhile
from pathlib import Path
from typing import Any, Self

import yaml

from sup_sync.errors import Mistake

Place = tuple[str | int, ...]
"""The keys and indices that lead to a value."""

_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}


class WrittenNumber(float):
    """A number with a point that still knows how it was written: clause 2.10 is not clause 2.1."""

    def __new__(cls, text: str) -> Self:
        number = super().__new__(cls, text)
        number.text = text
        return number

    text: str

    def __repr__(self) -> str:
        return self.text


DEEPEST = 100
"""So many parts inside each other no file has."""

_Loader = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
"""Parses alone; the values are made here, not by YAML's own rules. The one in C takes a tenth of the time."""


class _UnreadableError(Exception):
    """A file whose YAML says what no file of ours can; nothing of it is used."""

    def __init__(self, event: yaml.NodeEvent, text: str) -> None:
        super().__init__(text)
        self.text, self.line = text, _line(event)


@dataclass
class YamlFile:
    """What a file says: `data`, the `lines` of its places, and the `mistakes` found while reading it.

    `digest` is the SHA-256 of its bytes, which tells one version of it from another.
    """

    name: str
    data: Any = None
    lines: dict[Place, int] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)
    digest: str = ""

    def line(self, place: Place) -> int:
        """The line of a place, or of the nearest one around it that the file has."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def mistake(self, place: Place, text: str, *, is_warning: bool = False) -> Mistake:
        return Mistake(self.name, self.line(place), text, is_warning)

    def without(self, parts: Collection[Place]) -> YamlFile:
        """The file less some parts; what stays keeps its lines."""
        rest = YamlFile(self.name, lines={(): self.line(())}, mistakes=self.mistakes)
        rest.data = self._rest(self.data, (), (), parts, rest.lines)
        return rest

    def _rest(self, data: Any, old: Place, new: Place, parts: Collection[Place], lines: dict[Place, int]) -> Any:
        lines[new] = self.line(old)
        if isinstance(data, dict):
            keys = [key for key in data if (*old, key) not in parts]
            return {key: self._rest(data[key], (*old, key), (*new, key), parts, lines) for key in keys}
        if isinstance(data, list):
            indices = [index for index in range(len(data)) if (*old, index) not in parts]
            return [self._rest(data[k], (*old, k), (*new, kept), parts, lines) for kept, k in enumerate(indices)]
        return data


def load_yaml(path: Path, name: str) -> YamlFile:
    """Read one file; what cannot be read at all is a mistake too."""
    file = YamlFile(name)
    try:
        written = path.read_bytes()
        file.digest = sha256(written).hexdigest()
        file.data = _Document(file, yaml.parse(written.decode("utf-8"), Loader=_Loader)).data()
    except FileNotFoundError:
        file.mistakes.append(Mistake(name, 1, "no such file: copy it from the shipped mappings"))
    except (OSError, UnicodeDecodeError) as error:
        file.mistakes.append(Mistake(name, 1, f"cannot be read: {error}"))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        file.mistakes.append(Mistake(name, line, f"no YAML: {getattr(error, 'problem', None) or error}"))
    except _UnreadableError as error:
        file.mistakes.append(Mistake(name, error.line, error.text))
    return file


class _Document:
    """The file's one document, made from the parser's events; raises _UnreadableError where none of ours can be so."""

    def __init__(self, file: YamlFile, events: Iterator[Any]) -> None:
        self.file = file
        self.events = events
        self.named: dict[str, Any] = {}
        self.aliases = 0

    def data(self) -> Any:
        """None where there is none."""
        data = None
        for event in self.events:
            if isinstance(event, yaml.NodeEvent):
                if self.file.lines:
                    raise _UnreadableError(event, "a second document begins: write one")
                self.file.lines[()] = _line(event)
                data = self._value(event, ())
        return data

    def _value(self, event: yaml.NodeEvent, place: Place) -> Any:
        """What begins with `event`; takes the rest of it from the events."""
        if len(place) > DEEPEST:
            raise _UnreadableError(event, "nested without end: write it flat")
        if isinstance(event, yaml.AliasEvent):
            self.aliases += 1
            if event.anchor not in self.named:
                raise _UnreadableError(event, f"*{event.anchor} stands for no part before it that has no * itself")
            return self.named[event.anchor]
        before = self.aliases
        value = self._content(event, place)
        if event.anchor and self.aliases == before:  # else a few lines could stand for more than any memory holds
            self.named[event.anchor] = value
        return value

    def _content(self, event: yaml.NodeEvent, place: Place) -> Any:
        match event:
            case yaml.MappingStartEvent():
                return self._mapping(place)
            case yaml.SequenceStartEvent():
                return self._sequence(place)
        return _scalar(event)

    def _inside(self) -> Iterator[Any]:
        """What begins each part of the sequence or mapping that the events are in."""
        return takewhile(lambda each: not isinstance(each, yaml.CollectionEndEvent), self.events)

    def _sequence(self, place: Place) -> list[Any]:
        items: list[Any] = []
        for event in self._inside():
            at = (*place, len(items))
            self.file.lines[at] = _line(event)
            items.append(self._value(event, at))
        return items

    def _mapping(self, place: Place) -> dict[str | int, Any]:
        data: dict[str | int, Any] = {}
        for event in self._inside():
            key, line = self._key(event, place), _line(event)
            if key in data:
                first = self.file.lines[(*place, key)]
                text = f"key {key!r} stands here again, first in line {first}: keep one"
                self.file.mistakes.append(Mistake(self.file.name, line, text))
            else:
                self.file.lines[(*place, key)] = line
            data.setdefault(key, self._value(next(self.events), (*place, key)))
        return data

    def _key(self, event: yaml.NodeEvent, place: Place) -> str | int:
        key = self._value(event, (*place, "?"))
        if isinstance(key, str | int):
            return key
        return str(getattr(event, "value", key))


def _scalar(event: Any) -> Any:
    text: str = event.value
    if event.style:
        return text
    if _NUMBER.fullmatch(text):
        return WrittenNumber(text) if "." in text else int(text)
    return _WORDS.get(text.lower(), text)


def _line(event: yaml.NodeEvent) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1

"""A YAML file as plain data with line numbers, read more strictly than by PyYAML.

PyYAML reads `18:00` as 1080 and `on` as True, and accepts duplicate keys. Here times and words stay text, and a
duplicate key is a mistake.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

import yaml

from sup_sync.errors import Mistake

Place = tuple[str | int, ...]  # the keys and indices that lead to a value

_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")
_NUMBER_STARTS = frozenset("-0123456789")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}


class WrittenNumber(float):
    """A decimal number that keeps its text: clause 2.10 is not clause 2.1."""

    def __new__(cls, text: str) -> Self:
        number = super().__new__(cls, text)
        number.text = text
        return number

    text: str

    def __repr__(self) -> str:
        return self.text


MAX_DEPTH = 100  # of nested parts; no valid file comes near, and deeper ones would exceed Python's recursion limit

# only the parser is used, and _Document builds the values; the loader written in C takes a tenth of the time
_Loader = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader


class _UnreadableError(Exception):
    """YAML that a configuration file must not contain. Nothing of the file is used."""

    def __init__(self, event: yaml.NodeEvent, text: str) -> None:
        super().__init__(text)
        self.text, self.line = text, _line(event)


@dataclass
class YamlFile:
    """A YAML file: its `data`, the `lines` of its places, and the `mistakes` found while it was read.

    `digest` is the SHA-256 of its bytes.
    """

    name: str
    data: Any = None
    lines: dict[Place, int] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)
    digest: str = ""

    def line(self, place: Place) -> int:
        """Return the line of a place, or of the nearest enclosing place that the file contains."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def mistake(self, place: Place, text: str, *, is_warning: bool = False) -> Mistake:
        return Mistake(self.name, self.line(place), text, is_warning)

    def without(self, parts: Collection[Place]) -> YamlFile:
        """Return the file without some parts. The rest keeps its line numbers."""
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
    """Read one file. A file that cannot be read is reported as a mistake, not as an exception."""
    file = YamlFile(name)
    try:
        content = path.read_bytes()
        file.digest = sha256(content).hexdigest()
        file.data = _Document(file, _Loader(content.decode("utf-8"))).data()
    except FileNotFoundError:
        file.mistakes.append(Mistake(name, 1, "file not found; copy it from the shipped mappings"))
    except (OSError, UnicodeDecodeError) as error:
        file.mistakes.append(Mistake(name, 1, f"cannot be read: {error}; correct the file or its permissions"))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        file.mistakes.append(Mistake(name, line, f"invalid YAML: {getattr(error, 'problem', None) or error}"))
    except _UnreadableError as error:
        file.mistakes.append(Mistake(name, error.line, error.text))
    return file


class _Document:
    """The single document of a file, built from the parser's events.

    Its methods raise _UnreadableError for YAML that a configuration file must not contain.
    """

    def __init__(self, file: YamlFile, loader: Any) -> None:
        self.file = file
        self.events: Iterator[Any] = iter(loader.get_event, None)
        self.anchors: dict[str, Any] = {}
        self.aliases = 0

    def data(self) -> Any:
        """Read the document; return None if the file contains none."""
        data = None
        for event in self.events:
            if isinstance(event, yaml.NodeEvent):
                if self.file.lines:
                    raise _UnreadableError(event, "second YAML document; keep only one")
                self.file.lines[()] = _line(event)
                data = self._value(event, ())
        return data

    def _value(self, event: yaml.NodeEvent, place: Place) -> Any:
        """Return the value that begins with `event`, reading the rest of it from the events."""
        if _is_plain(event):  # nearly all values of a large file
            return _scalar(event)
        if len(place) > MAX_DEPTH:
            raise _UnreadableError(event, "nested too deeply")
        if isinstance(event, yaml.AliasEvent):
            self.aliases += 1
            if event.anchor not in self.anchors:
                raise _UnreadableError(
                    event, f"invalid alias *{event.anchor}; define &{event.anchor} above it, without aliases inside"
                )
            return self.anchors[event.anchor]
        aliases_before = self.aliases
        value = self._content(event, place)
        if event.anchor and self.aliases == aliases_before:  # nested aliases could grow until memory is exhausted
            self.anchors[event.anchor] = value
        return value

    def _content(self, event: yaml.NodeEvent, place: Place) -> Any:
        match event:
            case yaml.MappingStartEvent():
                return self._mapping(place)
            case yaml.SequenceStartEvent():
                return self._sequence(place)
        return _scalar(event)

    def _sequence(self, place: Place) -> list[Any]:
        items: list[Any] = []
        for event in self.events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            at = (*place, len(items))
            self.file.lines[at] = _line(event)
            items.append(self._value(event, at))
        return items

    def _mapping(self, place: Place) -> dict[str | int, Any]:
        data: dict[str | int, Any] = {}
        lines, events = self.file.lines, self.events
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key, line = self._key(event, place), _line(event)
            at = (*place, key)
            if key in data:
                text = f"duplicate key {key!r} (first on line {lines[at]}); remove one"
                self.file.mistakes.append(Mistake(self.file.name, line, text))
            else:
                lines[at] = line
            value = self._value(next(events), at)
            if key not in data:
                data[key] = value
        return data

    def _key(self, event: yaml.NodeEvent, place: Place) -> str | int:
        key = _scalar(event) if _is_plain(event) else self._value(event, (*place, "?"))
        if isinstance(key, str | int):
            return key
        return str(getattr(event, "value", key))


def _is_plain(event: Any) -> bool:
    return isinstance(event, yaml.ScalarEvent) and event.anchor is None


def _scalar(event: Any) -> Any:
    text: str = event.value
    if event.style:
        return text
    if text[:1] in _NUMBER_STARTS and _NUMBER.fullmatch(text):
        return WrittenNumber(text) if "." in text else int(text)
    return _WORDS.get(text.lower(), text)


def _line(event: yaml.NodeEvent) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1

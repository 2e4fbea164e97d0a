"""One YAML file as plain data, with the line of every key and value, and the mistakes YAML itself would swallow.

PyYAML reads `18:00` as 1080, `on` as True, and lets the last of repeated keys win; here hours and words stay text,
and a repeated key is a mistake.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from hashlib import sha256
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
"""So many parts inside each other no file has; the loader in C would end the process a good deal deeper."""

_Loader = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
"""Scans and composes; the values are made here, not by YAML's own rules. The one in C takes a tenth of the time."""


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
        root = _compose(written.decode("utf-8"))
        file.data = _value(file, root, ()) if root else None
    except FileNotFoundError:
        file.mistakes.append(Mistake(name, 1, "no such file: copy it from the shipped mappings"))
    except (OSError, UnicodeDecodeError) as error:
        file.mistakes.append(Mistake(name, 1, f"cannot be read: {error}"))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        file.mistakes.append(Mistake(name, line, f"no YAML: {getattr(error, 'problem', None) or error}"))
    except RecursionError:
        file.mistakes.append(Mistake(name, 1, "nested without end: write it flat, without aliases (&, *)"))
    return file


def _compose(text: str) -> yaml.Node | None:
    """The text's nodes; raises RecursionError where they lie too deep, before the loader's own stack is over."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise RecursionError
    root: yaml.Node | None = yaml.compose(text, Loader=_Loader)
    return root


def _value(file: YamlFile, node: yaml.Node, place: Place) -> Any:
    file.lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return _mapping(file, node, place)
    if isinstance(node, yaml.SequenceNode):
        return [_value(file, item, (*place, index)) for index, item in enumerate(node.value)]
    return _scalar(node)


def _mapping(file: YamlFile, node: yaml.MappingNode, place: Place) -> dict[str | int, Any]:
    data: dict[str | int, Any] = {}
    for key_node, value_node in node.value:
        key = _scalar(key_node)
        line = key_node.start_mark.line + 1
        if not isinstance(key, str | int):
            key = str(key_node.value)
        if key in data:
            first = file.lines[(*place, key)]
            file.mistakes.append(
                Mistake(file.name, line, f"key {key!r} stands here again, first in line {first}: keep one")
            )
            continue
        file.lines[(*place, key)] = line
        data[key] = _value(file, value_node, (*place, key))
    return data


def _scalar(node: yaml.Node) -> Any:
    if not isinstance(node, yaml.ScalarNode):
        return str(node.value)
    text: str = node.value
    if node.style:
        return text
    if _NUMBER.fullmatch(text):
        return WrittenNumber(text) if "." in text else int(text)
    return _WORDS.get(text.lower(), text) if text.lower() in _WORDS else text

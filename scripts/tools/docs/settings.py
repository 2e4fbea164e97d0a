"""docs/settings.md: every key of the files, from their schemas and from what the shipped files say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from tools.docs.schemas import FILES, Json, schema_of

from sup_sync.config.yaml_file import load_yaml

ROOT = Path(__file__).parent.parent.parent.parent
LONGEST_EXAMPLE = 70
OF_THE_FILES = "…"
"""Stands for keys that the files themselves define, as `metrics` does those of agreements."""
EXAMPLE = re.compile(r" Example: `(.+)`\.$")

INTRODUCTION = """\
# Every key of the files

`config.yaml` says where the tracker is and what a run may do. The files in `mappings/` say what the regulation
promises and what the tracker calls it. `sup-sync check --offline` names every mistake of all files at once, each
with its line.

An editor that knows YAML schemas (VS Code with the YAML extension, vim or Emacs with yaml-language-server)
completes the keys and underlines mistakes while you write: the first line of each file names its schema in
`mappings/schemas/`. Keep that line and that folder.

Lengths of time have a unit: `15 min`, `2 h`, `1 working day`. Days are written `2026-03-20`, hours `"09:00-18:00"`.
In the headings `*` stands for a name of yours and `[]` for a line of a list. This page is made from the code by
`scripts/docs`.
"""

WHAT_FOR = {
    "config": "Where the tracker is, and how much one run may do.",
    "regulation": "What is promised to whom. Earlier versions stand beside it, as `regulation-2022.yaml` and the like.",
    "tracker": "The tracker's names for the words of the regulation. Names stand as Redmine writes them.",
    "calendar": "When the support works: a line of `changes` goes before `holidays`, and these before `hours`.",
    "clients": "The contracts.",
    "messages": "What clients and staff read in notes.",
    "examples": "The acceptance table. `sup-sync check` runs it, and a line that fails stops `apply`.",
}

WORDS = {"string": "text", "integer": "a whole number", "number": "a number", "boolean": "`true` or `false`"}


class Key(NamedTuple):
    """One key of a part: its text, how it is written, what leaving it out means, an example or the part below it."""

    name: str
    text: str
    written: str
    left_out: str | None
    example: str | None
    below: str | None


class Part(NamedTuple):
    """A part of a file: the path to it, none for the whole, what it is, and its keys."""

    path: str
    text: str
    keys: list[Key]


def file_path(name: str) -> Path:
    return ROOT / "config.yaml" if name == "config" else ROOT / f"mappings/{name}.yaml"


@cache
def shipped(name: str) -> Any:
    return load_yaml(file_path(name), name).data


def settings_page() -> str:
    sections = [INTRODUCTION]
    for name in FILES:
        sections.append(f"## {name}.yaml\n\n{WHAT_FOR[name]}\n")
        sections += [_section(name, part) for part in parts_of(name)]
    return "\n".join(sections)


def parts_of(name: str) -> Iterator[Part]:
    """The parts of a file, the whole of it first, each other one once, in the order in which keys lead to them."""
    schema = schema_of(name)
    found, parts = values_of(schema, shipped(name)), paths(schema)
    places = {id(part): path for path, part in parts.items()}
    for path, part in parts.items():
        written = found.get(id(part), ())
        keys = [_key(key, value, part, written, schema, places) for key, value in _keys_of(part)]
        yield Part(path, part.get("description", ""), keys)


def paths(schema: Json) -> dict[str, Json]:
    """The parts of a file by the path to each: `levels.*` is any of the levels, `changes[]` any of the changes."""
    paths, seen, left = {}, set(), [("", schema)]
    while left:
        path, part = left.pop(0)
        if id(part) in seen:
            continue
        seen.add(id(part))
        paths[path if path not in paths else f"{path}.{part['required'][0]}"] = part
        below = [(key, each) for key, value in _keys_of(part) for each in _parts_below(value, schema)]
        left[:0] = [(f"{path}.{key}{tail}".lstrip("."), target) for key, (target, tail) in below]
    return paths


def _keys_of(part: Json) -> list[tuple[str, Json]]:
    """The keys of a part, and after them, under one name, those that the files themselves define."""
    extra = part.get("additionalProperties")
    return [*part["properties"].items(), *([(OF_THE_FILES, extra)] if isinstance(extra, dict) else [])]


def _parts_below(value: Json, schema: Json) -> Iterator[tuple[Json, str]]:
    """The parts that a value consists of, and how their path goes on: a name or a line of the admin's own."""
    if "$ref" in value:
        target = schema["$defs"][_name(value)]
        if "properties" in target:
            yield target, ""
    for each in value.get("anyOf", ()):
        yield from _parts_below(each, schema)
    if isinstance(value.get("items"), dict):
        yield from ((target, f"[]{tail}") for target, tail in _parts_below(value["items"], schema))
    if isinstance(value.get("additionalProperties"), dict):
        yield from ((target, f".*{tail}") for target, tail in _parts_below(value["additionalProperties"], schema))


def values_of(schema: Json, data: Any) -> dict[int, list[Json]]:
    """What the shipped file has of each part of its schema, by the part's identity."""
    found: dict[int, list[Json]] = {}

    def walk(part: Json, value: Any) -> None:
        for each in part.get("anyOf", [schema["$defs"][_name(part)]] if "$ref" in part else ()):
            walk(each, value)
        match value:
            case list() if isinstance(part.get("items"), dict):
                for each in value:
                    walk(part["items"], each)
            case dict() if isinstance(part.get("additionalProperties"), dict):
                known = part.get("properties", {})
                found.setdefault(id(part), []).append(value)
                for key, each in value.items():
                    walk(known.get(key, part["additionalProperties"]), each)
            case dict() if value.keys() <= part.get("properties", {}).keys():
                found.setdefault(id(part), []).append(value)
                for key, each in value.items():
                    walk(part["properties"][key], each)

    walk(schema, data)
    return found


def _name(reference: Json) -> str:
    return str(reference["$ref"]).rpartition("/")[2]


def _key(name: str, value: Json, part: Json, written: Sequence[Json], schema: Json, places: Mapping[int, str]) -> Key:
    told, below = EXAMPLE.search(value["description"]), [target for target, _ in _parts_below(value, schema)]
    shown = None if below else _example(_values_of_key(name, part, written))
    return Key(
        name=name,
        text=EXAMPLE.sub("", value["description"]),
        written=_written(value, schema),
        left_out=None if name in part.get("required", ()) else _left_out(value),
        example=told[1] if told else shown,
        below=places[id(below[0])] if below else None,
    )


def _values_of_key(name: str, part: Json, written: Sequence[Json]) -> list[Any]:
    """What the shipped file has under a key of a part."""
    if name != OF_THE_FILES:
        return [each[name] for each in written if name in each]
    return [value for each in written for key, value in each.items() if key not in part["properties"]]


def _left_out(value: Json) -> str:
    match value.get("default"):
        case None | [] | {}:
            return "nothing"
        case bool(default):
            return f"`{str(default).lower()}`"
        case dict():
            return "the defaults of its keys"
        case default:
            return f"`{default}`"


def _written(value: Json, schema: Json) -> str:
    """How a person writes a value, in words."""
    if "$ref" in value:
        return _written(schema["$defs"][_name(value)], schema)
    if "anyOf" in value:
        return _or(list(dict.fromkeys(_written(each, schema) for each in value["anyOf"] if each.get("type") != "null")))
    if "enum" in value or "const" in value:
        return _or([f"`{each}`" for each in value.get("enum", [value.get("const")])])
    if "title" in value:
        return str(value["title"])
    return _written_type(value, schema)


def _written_type(value: Json, schema: Json) -> str:
    match value["type"]:
        case "array":
            return f"a list: {_written(value['items'], schema)}"
        case "object" if "properties" in value:
            return "keys of its own"
        case "object":
            names = _written(value["propertyNames"], schema) if "propertyNames" in value else "names of yours"
            return f"{names}, each with {_written(value['additionalProperties'], schema)}"
    return WORDS[value["type"]]


def _or(words: list[str]) -> str:
    return " or ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def _example(values: list[Any]) -> str | None:
    """The first of the shipped values that is short enough for a line; of a long one, its first piece."""
    for value in values:
        text = flow(value)
        if 0 < len(text) <= LONGEST_EXAMPLE and value not in ([], {}):
            return text
    match [each for each in values if each not in ([], {})]:
        case [dict(first), *_]:
            return flow(dict([min(first.items(), key=lambda item: len(flow(item[1])))]))
        case [first, *_]:
            return flow(first)
    return None


def flow(value: Any) -> str:
    """A value as YAML on one line."""
    match value:
        case dict():
            return "{" + ", ".join(f"{key}: {flow(each)}" for key, each in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(flow, value)) + "]"
        case bool():
            return str(value).lower()
        case str() if re.search(r"[:#\[\]{},&*!|>'\"%@`$]|^\d+$", value) and not re.fullmatch(
            r"https?://[^ #]+|[\d-]+ [\d:]+", value
        ):
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    return str(value)


def _anchor(name: str, path: str) -> str:
    words = f"{name} {path}".replace(OF_THE_FILES, "others")
    return "-".join(re.findall(r"\w+", words)).replace("_", "-")


def _section(name: str, part: Part) -> str:
    lines = [f"### `{part.path}` {{ #{_anchor(name, part.path)} }}\n\n{part.text}\n"] if part.path else []
    lines += ["| key | what it says | example |", "| --- | --- | --- |"]
    lines += [f"| `{key.name}` | {_cell(key)} | {_shown(name, key)} |" for key in part.keys]
    return "\n".join(lines) + "\n"


def _cell(key: Key) -> str:
    left_out = "it has to be there" if key.left_out is None else f"left out: {key.left_out}"
    if key.name == OF_THE_FILES:
        return f"{key.text}<br>*Written as* {key.written}.".replace("|", "\\|")
    return f"{key.text}<br>*Written as* {key.written}; {left_out}.".replace("|", "\\|")


def _shown(name: str, key: Key) -> str:
    if key.below is not None:
        return f"[its keys](#{_anchor(name, key.below)})"
    return f"`{key.example}`".replace("|", "\\|")

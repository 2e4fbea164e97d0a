"""The page docs/settings.md: every key of the files, from their schemas and the shipped files."""

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
EXAMPLE = re.compile(r" Example: `(.+)`\.$")

INTRODUCTION = """\
# Every key of the files

`config.yaml` contains the address of Redmine and the limits of a run. The files in `mappings/` contain the regulation
and the names that Redmine uses for its terms. `sup-sync check --offline` lists every mistake in all files, each with
its line.

An editor that supports YAML schemas (VS Code with the YAML extension, vim or Emacs with yaml-language-server)
completes keys and underlines mistakes while you type. The first line of each file names its schema in
`mappings/schemas/`. Keep that line and that folder.

A duration has a unit: `15 min`, `2 h`, `1 working day`. A date is written `2026-03-20`, a time range `"09:00-18:00"`.
In headings, `*` is a key that you choose, and `[]` is an item of a list. `scripts/docs` generates this page from the
code.
"""

PURPOSES = {
    "config": "Address of Redmine, and limits of a run.",
    "regulation": "Targets and rules. Earlier versions are in the same folder, for example `regulation-2022.yaml`.",
    "tracker": "Names in Redmine for the terms of the regulation, spelled as in Redmine.",
    "calendar": "Working time of the support. `changes` take precedence over `holidays`, and these over `hours`.",
    "clients": "Contracts.",
    "messages": "Texts of the notes to clients and staff.",
    "examples": "Acceptance table. `sup-sync check` evaluates it; `apply` does not run if a line fails.",
}


class Key(NamedTuple):
    """One key of a part: its text, its type, its default (None: required), and an example or the path of its part."""

    name: str
    text: str
    type: str
    default: str | None
    example: str | None
    part: str | None


class Part(NamedTuple):
    """A part of a file: its path (empty: the whole file), its text, and its keys."""

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
        sections.append(f"## {name}.yaml\n\n{PURPOSES[name]}\n")
        sections += [_section(name, part) for part in parts_of(name)]
    return "\n".join(sections)


def parts_of(name: str) -> Iterator[Part]:
    """Yield the parts of a file: first the whole file, then each part once, in the order of the keys."""
    schema = schema_of(name)
    examples, parts = values_of(schema, shipped(name)), paths(schema)
    path_by_id = {id(part): path for path, part in parts.items()}
    for path, part in parts.items():
        values = examples.get(id(part), ())
        keys = [_key(key, value, part, values, schema, path_by_id) for key, value in part["properties"].items()]
        yield Part(path, part.get("description", ""), keys)


def paths(schema: Json) -> dict[str, Json]:
    """Return the parts of a file by path: `levels.*` is any of the levels, `changes[]` any of the changes."""
    paths, seen, left = {}, set(), [("", schema)]
    while left:
        path, part = left.pop(0)
        if id(part) in seen:
            continue
        seen.add(id(part))
        paths[path if path not in paths else f"{path}.{part['required'][0]}"] = part
        inner = [(key, each) for key, value in part["properties"].items() for each in _inner_parts(value, schema)]
        left[:0] = [(f"{path}.{key}{tail}".lstrip("."), target) for key, (target, tail) in inner]
    return paths


def _inner_parts(value: Json, schema: Json) -> Iterator[tuple[Json, str]]:
    """Yield the parts inside a value, each with the rest of its path: `.*` for any key, `[]` for any item."""
    if "$ref" in value:
        target = schema["$defs"][_name(value)]
        if "properties" in target:
            yield target, ""
    for each in value.get("anyOf", ()):
        yield from _inner_parts(each, schema)
    if isinstance(value.get("items"), dict):
        yield from ((target, f"[]{tail}") for target, tail in _inner_parts(value["items"], schema))
    if isinstance(value.get("additionalProperties"), dict):
        yield from ((target, f".*{tail}") for target, tail in _inner_parts(value["additionalProperties"], schema))


def values_of(schema: Json, data: Any) -> dict[int, list[Json]]:
    """Collect the values that a file has for each part of its schema, by the `id` of the part."""
    values: dict[int, list[Json]] = {}

    def walk(part: Json, value: Any) -> None:
        for each in part.get("anyOf", [schema["$defs"][_name(part)]] if "$ref" in part else ()):
            walk(each, value)
        match value:
            case list() if isinstance(part.get("items"), dict):
                for each in value:
                    walk(part["items"], each)
            case dict() if isinstance(part.get("additionalProperties"), dict):
                for each in value.values():
                    walk(part["additionalProperties"], each)
            case dict() if value.keys() <= part.get("properties", {}).keys():
                values.setdefault(id(part), []).append(value)
                for key, each in value.items():
                    walk(part["properties"][key], each)

    walk(schema, data)
    return values


def _name(reference: Json) -> str:
    return str(reference["$ref"]).rpartition("/")[2]


def _key(
    name: str, value: Json, part: Json, values: Sequence[Json], schema: Json, path_by_id: Mapping[int, str]
) -> Key:
    documented = EXAMPLE.search(value["description"])
    inner = [target for target, _ in _inner_parts(value, schema)]
    shipped_example = None if inner else _example([each[name] for each in values if name in each])
    return Key(
        name=name,
        text=EXAMPLE.sub("", value["description"]),
        type=_type(value, schema),
        default=None if name in part.get("required", ()) else _default(value),
        example=documented[1] if documented else shipped_example,
        part=path_by_id[id(inner[0])] if inner else None,
    )


def _default(value: Json) -> str:
    match value.get("default"):
        case None | [] | {}:
            return "none"
        case bool(default):
            return f"`{str(default).lower()}`"
        case dict():
            return "the defaults of its keys"
        case default:
            return f"`{default}`"


def _type(value: Json, schema: Json) -> str:
    """Describe the type of a value for admins."""
    if "$ref" in value:
        return _type(schema["$defs"][_name(value)], schema)
    if "anyOf" in value:
        return _or(list(dict.fromkeys(_type(each, schema) for each in value["anyOf"] if each.get("type") != "null")))
    if "enum" in value or "const" in value:
        return _or([f"`{each}`" for each in value.get("enum", [value.get("const")])])
    if "title" in value:
        return str(value["title"])
    return _json_type(value, schema)


def _json_type(value: Json, schema: Json) -> str:
    match value["type"]:
        case "array":
            return f"list (items: {_type(value['items'], schema)})"
        case "object" if "properties" in value:
            return "mapping"
        case "object":
            keys = _type(value["propertyNames"], schema) if "propertyNames" in value else "you choose them"
            return f"mapping (keys: {keys}; values: {_type(value['additionalProperties'], schema)})"
        case "boolean":
            return "`true` or `false`"
    return str(value["type"])


def _or(words: list[str]) -> str:
    return " or ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def _example(values: list[Any]) -> str | None:
    """Return the first value that is short enough for a line, otherwise the first entry of a long one."""
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
    """Write a value as YAML on one line."""
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
    return "-".join(re.findall(r"\w+", f"{name} {path}")).replace("_", "-")


def _section(name: str, part: Part) -> str:
    lines = [f"### `{part.path}` {{ #{_anchor(name, part.path)} }}\n\n{part.text}\n"] if part.path else []
    lines += ["| key | meaning | example |", "| --- | --- | --- |"]
    lines += [f"| `{key.name}` | {_cell(key)} | {_example_cell(name, key)} |" for key in part.keys]
    return "\n".join(lines) + "\n"


def _cell(key: Key) -> str:
    default = "Required." if key.default is None else f"Default: {key.default}."
    return f"{key.text}<br>{key.type[:1].upper()}{key.type[1:]}. {default}".replace("|", "\\|")


def _example_cell(name: str, key: Key) -> str:
    if key.part is not None:
        return f"[keys](#{_anchor(name, key.part)})"
    return f"`{key.example}`".replace("|", "\\|")

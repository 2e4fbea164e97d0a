"""The generated docs match the code; the schemas accept the shipped files and reject mistakes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft7Validator
from tools.docs.pages import generate
from tools.docs.schemas import FILES, schema_of
from tools.docs.settings import Key, file_path, parts_of, paths

from sup_sync.config.yaml_file import load_yaml

ROOT = Path(__file__).parent.parent.parent

GENERATED = generate()
PLACES = ("mappings/schemas", "docs/pictures")
YAML_FILES = [file_path(name) for name in FILES]


def keys() -> list[tuple[str, str, Key]]:
    return [(name, part.path, key) for name in FILES for part in parts_of(name) for key in part.keys]


def validator(name: str) -> Draft7Validator:
    return Draft7Validator(json.loads((ROOT / f"mappings/schemas/{name}.json").read_text(encoding="utf-8")))


def errors_of(path: Path, name: str) -> list[str]:
    """Return the messages of the schema about a file, whose keys are read as text, as editors do."""
    source = load_yaml(path, path.name)
    assert source.mistakes == []
    return [error.message for error in validator(name).iter_errors(json.loads(json.dumps(source.data)))]


@pytest.mark.parametrize("name", GENERATED)
def test_generated_file_is_up_to_date(name: str) -> None:
    assert (ROOT / name).read_text(encoding="utf-8") == GENERATED[name], "run scripts/docs"


def test_folders_of_generated_files_contain_nothing_else() -> None:
    existing = {str(path.relative_to(ROOT)) for place in PLACES for path in (ROOT / place).iterdir()}
    assert existing == {name for name in GENERATED if name.startswith(PLACES)}


def test_schemas_are_valid() -> None:
    for name in FILES:
        Draft7Validator.check_schema(schema_of(name))


@pytest.mark.parametrize("path", YAML_FILES, ids=lambda path: path.name)
def test_shipped_files_match_their_schemas(path: Path) -> None:
    assert errors_of(path, path.stem) == []


@pytest.mark.parametrize("path", YAML_FILES, ids=lambda path: path.name)
def test_first_line_of_a_file_names_its_schema(path: Path) -> None:
    line = path.read_text(encoding="utf-8").splitlines()[0]
    (schema,) = re.findall(r"^# yaml-language-server: \$schema=(\S+)$", line)
    assert (path.parent / schema).resolve() == ROOT / f"mappings/schemas/{path.stem}.json"


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("config", "url: http://127.0.0.1:3000", "url: 127.0.0.1:3000"),
        ("config", "language: kk  ", "language: [kk]  "),
        ("config", "closed_days: 14", "closed_day: 14"),
        ("config", "closed_days: 14", "closed_days: 0"),
        ("config", "# quiet_hours: 21:00-08:00", "quiet_hours: 21-08"),
        ("config", "run_time: 15 min", "run_time: 1 working day"),
        ("config", "changed_share: 0.5", "changed_share: 50"),
        ("config", "enforce_from: 2026-01-01", "enforce_from: 01.01.2026"),
        ("regulation", "working_day: 9 h", "working_day: 9"),
        ("regulation", "{within: 15 min, clause: SLA VIP.1}", "{within: 15 minutes, clause: SLA VIP.1}"),
        ("regulation", "{normal: 2 h, urgent: 1 h, immediate: 30 min}", "{normal: 2, urgent: 1 h, immediate: 30 min}"),
        ("regulation", "{within: 15 min, clause: SLA VIP.1}", "{within: 15 min}"),
        ("regulation", "clock: working ", "clock: wall "),
        ("regulation", "acknowledged: {clause: 13}", "acknowledge: {clause: 13}"),
        ("tracker", "{phase: waiting}", "{phase: waits}"),
        ("tracker", "  marker: sup-sync\n", ""),
        ("tracker", "parent_dates: derived", "parent_dates: own"),
        ("tracker", "due_date: keep", "due_date: never"),
        ("calendar", 'mon-fri: ["09:00-18:00"]', 'mon-fri: ["9-18"]'),
        ("calendar", 'mon-fri: ["09:00-18:00"]', 'weekdays: ["09:00-18:00"]'),
        ("calendar", "2023: final", "2023: sure"),
        ("calendar", "kind: worked", "kind: hours"),
        ("clients", "project: alatau-trade, ", ""),
        ("clients", "project: alatau-trade, ", "project: alatau-trade, bin: 970240000816, "),
        ("clients", "until: 2028-12-31", "until: never"),
        ("messages", "kk:\n", "Kazakh:\n"),
        ("regulation", "{measures: resolution}", "{measures: resolutoin}"),
        ("examples", "first_response: 2026-03-18 10:15", "first_response: 10:15"),
    ],
)
def test_schema_detects_a_mistake(name: str, old: str, new: str, tmp_path: Path) -> None:
    text = file_path(name).read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / f"{name}.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert errors_of(path, name)


@pytest.mark.parametrize(("name", "path", "key"), keys(), ids=lambda each: each.name if isinstance(each, Key) else each)
def test_every_key_is_documented(name: str, path: str, key: Key) -> None:
    assert re.fullmatch(r"[A-Z`].{5,}\.", key.text), (name, path)


@pytest.mark.parametrize(
    ("name", "path", "key"),
    [each for each in keys() if each[2].part is None],
    ids=lambda each: each.name if isinstance(each, Key) else each,
)
def test_every_key_has_an_example_valid_for_its_schema(name: str, path: str, key: Key, tmp_path: Path) -> None:
    file = tmp_path / "example.yaml"
    file.write_text(f"{key.name}: {key.example}\n", encoding="utf-8")
    value = json.loads(json.dumps(load_yaml(file, "example.yaml").data))[key.name]
    assert list(validator_of(name, path, key.name).iter_errors(value)) == []


def validator_of(name: str, path: str, key: str) -> Draft7Validator:
    """Return the validator of one key."""
    schema = schema_of(name)
    part = paths(schema)[path]
    key_schema = part["properties"].get(key, part["additionalProperties"])
    return Draft7Validator({**key_schema, "$defs": schema.get("$defs", {})})

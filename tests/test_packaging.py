"""What `pip install .` brings: the tool works in an empty folder, with the mappings and examples it carries."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder], cwd=ROOT, check=True)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_carries_mappings_and_examples(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    carried = [*(ROOT / "mappings").glob("*.yaml"), ROOT / "examples/requests.jsonl", ROOT / "config.yaml"]
    assert len(carried) > 5
    assert names >= {f"sup_sync/shipped/{path.relative_to(ROOT)}" for path in carried}
    assert {"sup_sync/provision.rb", "sup_sync/py.typed"} <= names
    assert {f"sup_sync/html/{name}" for name in ("report.html", "report.css", "texts.toml")} <= names


def test_the_wheel_works_in_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    place = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(place)
    empty = tmp_path / "empty"
    empty.mkdir()
    words = "due --filed-at 2026-11-20T17:50 --level vip --channel tracker --category error --priority urgent"
    program = f"import sys; sys.path.insert(0, {str(place)!r}); from sup_sync.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-I", "-c", program, *words.split()], cwd=empty, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "Mon 2026-11-23 09:50" in done.stdout

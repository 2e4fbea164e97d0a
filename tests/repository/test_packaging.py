"""The packages: their contents, and the installed command in an empty folder."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the source distribution of this checkout, and the wheel from it."""
    folder = tmp_path_factory.mktemp("dist")
    line = [sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT]
    subprocess.run(line, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def wheel(dist: Path) -> Path:
    (built,) = dist.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def place(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into an environment. Links to this one's packages replace its dependencies: no network."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=True)
    line = [folder / "bin/pip", "install", "--quiet", "--no-deps", "--no-index", wheel]
    subprocess.run(line, check=True, capture_output=True)
    (site,) = folder.glob("lib/python*/site-packages")
    packages = [each for each in Path(sysconfig.get_path("purelib")).iterdir() if "sup_sync" not in each.name]
    for each in packages:
        if each.suffix != ".pth" and not (site / each.name).exists():
            (site / each.name).symlink_to(each)
    return folder


def test_package_index_would_accept_both_distributions(dist: Path) -> None:
    line = [sys.executable, "-m", "twine", "check", "--strict", *dist.iterdir()]
    result = subprocess.run(line, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout.count("PASSED")) == (0, 2), result.stdout


def test_source_distribution_contains_its_tests(dist: Path) -> None:
    (sdist,) = dist.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert names >= {
        "pyproject.toml",
        "requirements.lock",
        "scripts/test",
        "tests/repository/test_packaging.py",
        "LICENSE",
    }
    assert not {name for name in names if name.startswith(".venv")}


def test_wheel_contains_mappings_and_examples(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    expected = [
        *(ROOT / "mappings").glob("*.yaml"),
        *(ROOT / "deploy").iterdir(),
        *(ROOT / "mappings/schemas").iterdir(),
        ROOT / "examples/requests.jsonl",
        ROOT / "config.yaml",
    ]
    assert len(expected) > 16
    assert names >= {f"sup_sync/shipped/{path.relative_to(ROOT)}" for path in expected}
    assert {"sup_sync/redmine/provision.rb", "sup_sync/py.typed"} <= names
    assert {
        f"sup_sync/output/pages/{name}"
        for name in ("report.html", "report.css", "calendar.html", "calendar.css", "regulation.html")
    } <= names
    assert {f"sup_sync/output/texts/{path.name}" for path in (ROOT / "sup_sync/output/texts").glob("*.toml")} <= names


EXAMPLES = ROOT / "examples/requests.jsonl"
DUE = "due --filed-at 2026-11-20T17:50 --level vip --channel tracker --category error --priority urgent"


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (DUE, "Mon 2026-11-23 09:50"),
        (f"explain 30 --from {EXAMPLES} --now 2026-11-20T18:00", "#30"),
        ("check --offline", ""),
    ],
)
def test_installed_command_works_in_an_empty_folder(place: Path, tmp_path: Path, words: str, text: str) -> None:
    line = [place / "bin/sup-sync", *words.split()]
    environment = {"HOME": str(tmp_path)}
    result = subprocess.run(line, cwd=tmp_path, capture_output=True, text=True, check=False, env=environment)
    assert (result.returncode, result.stderr) in (
        (0, ""),
        (0, "sup-sync: the shipped config.yaml and its mappings are valid\n"),
    )
    assert text in result.stdout


def test_installed_command_finds_the_files_it_schedules(place: Path, tmp_path: Path) -> None:
    shipped = next(place.glob("lib/python*/site-packages/sup_sync/shipped"))
    (tmp_path / "run/systemd/system").mkdir(parents=True)
    line = [place / "bin/sup-sync", "--config", shipped / "config.yaml", "schedule", "--yes", "--prefix", tmp_path]
    result = subprocess.run(line, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "etc/systemd/system/sup-sync.timer").is_file()


def test_manual_page_is_installed(place: Path) -> None:
    page = place / "share/man/man1/sup-sync.1"
    assert page.read_bytes() == (ROOT / "docs/man/sup-sync.1").read_bytes()

"""What is installed from the wheel is all there and starts, without the checkout beside it."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FLOORS = ("platform", "workers", "graphql", "tenants", "authz", "infra")
LEFT_OUT = {("infra", "docs"), ("infra", "deploy")}
RUNS_AT_IMPORT = {"roder.infra.migrations.env"}  # alembic's own entry, run inside a migration

pytestmark = pytest.mark.xdist_group("packaging")


@dataclass(frozen=True)
class Installed:
    """The wheel, and an environment with nothing of ours but it."""

    sources: Path
    wheel: Path
    bin: Path
    package: Path
    elsewhere: Path

    def run(self, *command: str) -> str:
        done = run([str(self.bin / command[0]), *command[1:]], self.elsewhere)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs without the settings and paths of whoever runs the tests."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "RODER_", "COV_"))}
    return subprocess.run(command, cwd=folder, env=clean, text=True, capture_output=True)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    folder = tmp_path_factory.mktemp("packaging")
    sources = copy_sources(folder / "sources")
    wheel = build(sources, folder / "dist")
    home = folder / "environment"
    venv.create(home, symlinks=True)
    python = home / "bin" / "python"
    site = Path(sysconfig.get_path("purelib", vars={"base": str(home)}))
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-index"]
    done = run([*install, "--no-deps", str(wheel)], folder)
    assert done.returncode == 0, done.stdout + done.stderr
    # The dependencies are borrowed: a path in a .pth is searched last, and its own .pth files
    # (the editable checkout) are not read.
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    (folder / "elsewhere").mkdir()
    return Installed(sources, wheel, home / "bin", site / "roder", folder / "elsewhere")


def copy_sources(target: Path) -> Path:
    """A copy without the leavings of earlier builds, which setuptools would pack too."""
    target.mkdir()
    for name in ("pyproject.toml", "setup.py", "__init__.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, target)
    for floor in (*FLOORS, "tests"):
        shutil.copytree(ROOT / floor, target / floor, ignore=shutil.ignore_patterns("__pycache__"))
    return target


def build(sources: Path, target: Path) -> Path:
    command = [sys.executable, "-m", "pip", "wheel", "--no-build-isolation", "--no-deps"]
    done = run([*command, "--no-index", "--wheel-dir", str(target), "."], sources)
    assert done.returncode == 0, done.stdout + done.stderr
    [wheel] = target.glob("*.whl")
    return wheel


def test_the_wheel_holds_the_six_folders_and_nothing_else(installed):
    names = zipfile.ZipFile(installed.wheel).namelist()

    tops = {"/".join(name.split("/")[:2]) for name in names if name.startswith("roder/")}
    rest = {name.split("/")[0] for name in names if not name.startswith("roder/")}
    assert tops == {"roder/__init__.py", *(f"roder/{floor}" for floor in FLOORS)}
    assert rest == {"roder-0.1.0.dist-info"}
    assert "roder-0.1.0.dist-info/licenses/LICENSE" in names
    assert not [name for name in names if name.endswith(".pyc")]


def test_every_file_of_the_folders_is_installed_byte_for_byte(installed):
    missing = [
        str(place)
        for place in shipped(installed.sources)
        if not (installed.package / place).is_file()
        or (installed.package / place).read_bytes() != (installed.sources / place).read_bytes()
    ]
    assert missing == []


def test_the_walk_sees_templates_catalogues_fonts_and_policy():
    suffixes = {place.suffix for place in shipped(ROOT)}
    assert {".py", ".html", ".po", ".ttf", ".typ", ".csv", ".conf", ".graphql"} <= suffixes


def shipped(root: Path) -> list[Path]:
    places = [p.relative_to(root) for floor in FLOORS for p in (root / floor).rglob("*")]
    return [
        place
        for place in places
        if (root / place).is_file()
        and place.parts[:2] not in LEFT_OUT
        and "__pycache__" not in place.parts
        and not place.name.startswith(".")
    ]


def test_every_module_of_the_wheel_can_be_imported(installed):
    names = zipfile.ZipFile(installed.wheel).namelist()
    modules = {n.removesuffix(".py").replace("/", ".") for n in names if n.endswith(".py")}
    modules = {name.removesuffix(".__init__") for name in modules} - RUNS_AT_IMPORT
    script = "import importlib, sys; [importlib.import_module(m) for m in sys.argv[1:]]"

    installed.run(
        "python", "-c", f"{script}; import roder; print(roder.__file__)", *sorted(modules)
    )

    assert len(modules) > 50


def test_the_installed_package_is_not_the_checkout(installed):
    where = installed.run("python", "-c", "import roder.infra; print(roder.infra.__file__)")
    assert Path(where.strip()) == installed.package / "infra" / "__init__.py"


def test_the_command_says_its_version(installed):
    assert installed.run("roder", "--version").strip() == "roder 0.1.0"


def test_the_root_hides_neither_platform_nor_graphql():
    probe = "import platform, graphql; print(platform.system(), graphql.__file__)"

    done = run([sys.executable, "-c", probe], ROOT)

    system, file = done.stdout.split(maxsplit=1)
    assert system == os.uname().sysname
    assert Path(file.strip()).parent == Path(sysconfig.get_path("purelib")) / "graphql"


@pytest.mark.parametrize(
    ("lock", "extras"),
    [("requirements.txt", ["build"]), ("requirements-dev.txt", ["build", "dev"])],
)
def test_every_dependency_is_locked_by_hash_and_no_index_is_named(lock, extras):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = project["dependencies"] + [
        d for e in extras for d in project["optional-dependencies"][e]
    ]
    text = (ROOT / lock).read_text().replace("\\\n", " ")
    locked = {line.split("==")[0]: line for line in text.splitlines()}

    assert {re.match(r"[\w-]+", name)[0] for name in wanted} <= set(locked)
    assert [name for name, line in locked.items() if "--hash=sha256:" not in line] == []
    assert not re.search(r"https?:|--(extra-)?index|--find-links|file:", text)


def test_what_both_locks_hold_has_the_same_version():
    run_time, dev = (
        dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / name).read_text(), re.MULTILINE))
        for name in ("requirements.txt", "requirements-dev.txt")
    )
    assert run_time.items() <= dev.items()


def test_the_version_is_the_same_everywhere():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert f'__version__ = "{project["version"]}"' in (ROOT / "__init__.py").read_text()

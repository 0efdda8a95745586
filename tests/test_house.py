"""How the house is laid out: arrows, packages, the lock, and what may not be in the tree."""

import ast
import importlib
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("db", "engage_desktop", "resources", "ui")
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def shipped_files() -> list[Path]:
    """Every file that is, or could be, part of the project; made and installed things left out.

    Taken from the folder and not from git, which a fresh machine need not have.
    """
    ignored = {
        line.strip().rstrip("/")
        for line in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
        if line.strip() and not line.startswith("#")
    } | {".git"}

    def is_ignored(path: Path) -> bool:
        return any(path.match(pattern) or path.name == pattern for pattern in ignored)

    def below(folder: Path) -> Iterator[Path]:
        for path in sorted(folder.iterdir()):
            if is_ignored(path):
                continue
            if path.is_dir():
                yield from below(path)
            else:
                yield path

    return list(below(ROOT))


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def python_files(*packages: str) -> list[Path]:
    return [
        p
        for p in shipped_files()
        if p.suffix == ".py" and relative(p).split("/")[0] in (packages or PACKAGES)
    ]


def imported_by(path: Path) -> set[str]:
    """Every module a file imports, wherever in the file, those under TYPE_CHECKING included."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module)
    return names


# --- packages and arrows --------------------------------------------------------------------


@pytest.mark.parametrize("name", PACKAGES)
def test_a_package_resolves_inside_the_project(name: str) -> None:
    """A stray `resources` or `ui` among the installed packages would shadow ours."""
    module = importlib.import_module(name)
    assert module.__file__ is not None, f"{name} has no __init__.py"
    assert Path(module.__file__).resolve() == ROOT / name / "__init__.py"


def test_every_package_on_disk_is_named_in_pyproject() -> None:
    on_disk = {
        relative(p.parent).replace("/", ".") for p in python_files() if p.name == "__init__.py"
    }
    with_modules = {relative(p.parent).replace("/", ".") for p in python_files()}
    assert with_modules == on_disk, "a folder of modules without an __init__.py"
    named = PROJECT["tool"]["setuptools"]["packages"]
    assert set(named) == on_disk
    assert named == sorted(named)


def test_the_arrows_hold() -> None:
    """The contracts are in pyproject.toml; import-linter builds the whole graph of imports."""
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def test_qt_is_imported_in_the_window_only() -> None:
    allowed = ROOT / "engage_desktop/__main__.py"
    guilty = [
        relative(p)
        for p in python_files("db", "engage_desktop", "resources")
        if p != allowed and any(m.split(".")[0] in {"PySide6", "shiboken6"} for m in imported_by(p))
    ]
    assert guilty == []


def test_nothing_below_the_window_loads_qt() -> None:
    """Asked of Python itself: an import nobody sees in the text would slow every command down."""
    modules = [
        relative(p).removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        for p in python_files("db", "engage_desktop", "resources")
        if p.name != "__main__.py"
    ]
    code = (
        "import importlib, sys\n"
        f"for name in {modules!r}: importlib.import_module(name)\n"
        "sys.exit(', '.join(sorted({m for m in sys.modules if m.startswith('PySide6')})) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_an_exchange_needs_no_workspace() -> None:
    """The engine works on a store and a place; drafts, locks and backups are not its business."""
    code = "import sys, engage_desktop.sync; sys.exit('engage_desktop.workspace' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False)
    assert done.returncode == 0


# --- the lock -------------------------------------------------------------------------------


def locked() -> dict[str, tuple[str, str, list[str]]]:
    """name -> (version, marker, hashes) of requirements.lock."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8").replace("\\\n", " ")
    found = {}
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        requirement, *hashes = re.split(r"\s+--hash=", line.strip())
        parsed = Requirement(requirement)
        (pin,) = parsed.specifier
        assert pin.operator == "==", line
        name = canonicalize_name(parsed.name)
        found[name] = (pin.version, str(parsed.marker or ""), hashes)
    return found


def asked_for() -> list[Requirement]:
    groups = PROJECT.get("dependency-groups", {})
    texts = [*PROJECT["project"]["dependencies"], *groups["dev"]]
    return [Requirement(text) for text in texts]


def test_the_lock_holds_every_dependency_at_a_version_that_fits() -> None:
    lock = locked()
    for requirement in asked_for():
        name = canonicalize_name(requirement.name)
        assert name in lock, f"{name} is not in requirements.lock: make lock"
        assert lock[name][0] in requirement.specifier, f"{name}: make lock"


def test_every_locked_package_has_hashes() -> None:
    for name, (_, _, hashes) in locked().items():
        assert hashes, name
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", h.strip()) for h in hashes), name


def test_the_lock_serves_every_system() -> None:
    """A compiled package has a file for each of Linux, macOS and Windows: many hashes, not one."""
    lock = locked()
    for name in ("pydantic-core", "cryptography", "sqlcipher3", "uharfbuzz", "python-bidi"):
        assert len(lock[name][2]) > 10, name
    assert len(lock["pyside6-essentials"][2]) >= 4
    assert "win32" in lock["colorama"][1]


def test_qt_stays_below_the_release_that_aborts_python_311() -> None:
    (qt,) = [r for r in asked_for() if canonicalize_name(r.name) == "pyside6-essentials"]
    assert "6.12.0" not in qt.specifier
    assert "6.10.3" in qt.specifier
    assert locked()["pyside6-essentials"][0] in SpecifierSet(">=6.10,<6.12")


def test_what_is_imported_is_asked_for() -> None:
    """No import leans on a package that only happens to be installed with another."""
    import_names = {
        "argon2-cffi": "argon2",
        "charset-normalizer": "charset_normalizer",
        "fonttools": "fontTools",
        "pyside6-essentials": "PySide6",
        "python-bidi": "bidi",
        "sqlite-utils": "sqlite_utils",
        "tomli-w": "tomli_w",
    }
    direct = {canonicalize_name(Requirement(t).name) for t in PROJECT["project"]["dependencies"]}
    allowed = {import_names.get(name, name) for name in direct} | set(PACKAGES)
    # Shiboken and pydantic's core come with their owners, at the owners' exact version.
    allowed |= {"shiboken6", "pydantic_core"}
    for path in python_files():
        tops = {name.split(".")[0] for name in imported_by(path)}
        stray = tops - allowed - set(sys.stdlib_module_names)
        assert not stray, f"{relative(path)} imports {sorted(stray)}"


# --- what may not be in the tree ------------------------------------------------------------

# Put together from pieces, so that this file does not hold what it looks for.
PRIVATE = re.compile(
    "|".join(
        [
            r"(?<![\w.])/" + "(root|work|home/[a-z]+|Users/[A-Za-z]+)" + r"\b",
            r"(?<![\w])[A-Z]:\\\\?" + "Users",
            "pypi" + r"\.org",
            "python" + "hosted",
            "deb" + r"\.debian\.org",
            "registry" + r"\.npmjs",
            r"--(extra-)?index-url|--find-links|--trusted-host",
            "BEGIN [A-Z ]*PRIVATE" + " KEY",
        ]
    )
)


def test_no_registry_host_or_machine_path_in_any_file() -> None:
    found = []
    for path in shipped_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        if path == Path(__file__).resolve():
            continue
        found += [
            f"{relative(path)}:{number}: {line.strip()[:100]}"
            for number, line in enumerate(text.splitlines(), 1)
            if PRIVATE.search(line)
        ]
    assert found == []


def test_the_search_for_private_things_can_fail() -> None:
    for text in (
        "/" + "root/x",
        "path=/" + "work/main",
        '"/' + 'home/jo/a"',
        "C:" + "\\Users\\jo",
        "https://" + "pypi" + ".org/simple",
        "--extra-" + "index-url x",
    ):
        assert PRIVATE.search(text), text
    for text in ("framework/root", "/rooted", "the work/home balance"):
        assert not PRIVATE.search(text), text


def test_the_project_is_marked_private_and_licensed() -> None:
    assert "Private :: Do Not Upload" in PROJECT["project"]["classifiers"]
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("MIT License")

"""Who may import whom. An arrow that is not here is a design that is no longer there."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# What a specification needs to compute with. Files, clocks, dice and databases are not here.
FOR_MODEL = {"collections", "dataclasses", "json", "re", "typing"}
FOR_HARNESS = {"click", "freezegun", "hypothesis", "rich"}

MODEL = sorted((ROOT / "model").rglob("*.py"))
STREAM = [
    ROOT / "resumable" / "__init__.py",
    *sorted((ROOT / "resumable/stream").rglob("*.py")),
]
HARNESS = sorted((ROOT / "resumable/conformance").rglob("*.py"))
COMMAND_LINE = ROOT / "resumable" / "__main__.py"


def every(paths: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        "path", paths, ids=[str(path.relative_to(ROOT)) for path in paths]
    )


def nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text("utf-8")))


def imports(path: Path) -> set[str]:
    """The full names of all modules that are imported, wherever it is in the file."""
    found: set[str] = set()
    for node in nodes(path):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import hides where its arrow leads"
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def packages(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in imports(path)}


def third_party(path: Path) -> set[str]:
    return packages(path) - sys.stdlib_module_names - {"model", "resumable"}


def called(path: Path) -> set[str]:
    """The names that are called as functions."""
    return {
        node.func.id
        for node in nodes(path)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }


def test_there_is_something_to_check() -> None:
    assert len(MODEL) > 5
    assert len(STREAM) > 5
    assert len(HARNESS) > 10
    assert COMMAND_LINE.exists()


@every(MODEL)
def test_the_specification_imports_what_computes_and_itself(path: Path) -> None:
    assert packages(path) <= FOR_MODEL | {"model"}


@every(STREAM)
def test_the_implementation_imports_the_standard_library_and_nanoid(path: Path) -> None:
    assert third_party(path) <= {"nanoid"}


@every(STREAM)
def test_the_implementation_knows_neither_specification_nor_harness(path: Path) -> None:
    own = {name for name in imports(path) if name.partition(".")[0] == "resumable"}
    assert "model" not in packages(path)
    assert all(name.startswith("resumable.stream.") for name in own)


@every(HARNESS)
def test_the_harness_imports_no_package_that_its_installation_lacks(path: Path) -> None:
    assert third_party(path) <= FOR_HARNESS | {"nanoid"}
    assert "tests" not in packages(path)


def test_the_command_line_leads_to_the_harness_and_nowhere_else() -> None:
    assert imports(COMMAND_LINE) == {"sys", "resumable.conformance.cli"}


@every([*MODEL, *STREAM])
def test_no_import_is_hidden_from_these_tests(path: Path) -> None:
    assert not {"importlib", "pkgutil", "runpy"} & packages(path)
    assert not {"__import__", "exec", "eval"} & called(path)


@every(MODEL)
def test_the_specification_reads_and_writes_nothing(path: Path) -> None:
    assert not {"open", "print", "input"} & called(path)


@every(STREAM)
def test_the_implementation_prints_nothing(path: Path) -> None:
    assert "print" not in called(path)


def loaded_by(statement: str) -> set[str]:
    """The packages that a fresh interpreter has loaded after ``statement``."""
    script = f"{statement}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        check=True,
        cwd=ROOT,
        text=True,
        timeout=60,
    )
    return set(done.stdout.split())


@pytest.mark.parametrize("statement", ["import resumable", "from resumable import *"])
def test_a_service_loads_neither_harness_nor_what_it_needs(statement: str) -> None:
    loaded = loaded_by(statement)
    assert {"resumable.stream.stream", "nanoid", "sqlite3"} <= loaded
    unwanted = {"model", "resumable.conformance", "pytest", *FOR_HARNESS}
    assert not unwanted & loaded


def test_the_specification_loads_nothing_of_what_it_judges() -> None:
    loaded = loaded_by("import model")
    assert "model.step" in loaded
    assert not {"resumable", "nanoid", "sqlite3", "hypothesis"} & loaded

"""The rooms of the package: imports go one way, and no module outgrows its reader."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "planner"
MODULES = {path.relative_to(PACKAGE).as_posix(): path for path in sorted(PACKAGE.rglob("*.py"))}
MOST_LINES = 400

ROOMS = (
    "catalogue",
    "inputs",
    "checks",
    "geography",
    "model",
    "problem",
    "solve",
    "prepare",
    "studies",
    "plan",
    "outputs",
    "commands",
    "cli",
)
"""A room imports from itself and from rooms before it; `problem` fills the arrays that `model` defines."""

BESIDE = ("errors", "memory", "progress", "scenario", "sections")
"""Modules that every room may use; they themselves rest on the catalogue."""

LATE = {
    ("scenario.py", "inputs"),  # Scenario.read and Scenario.solve carry out what the scenario asks
    ("scenario.py", "plan"),
    ("inputs/read.py", "checks"),  # reading ends with the checks
    ("plan/result.py", "outputs"),  # Plan.map and Plan.save write what the plan holds
    ("plan/compare.py", "outputs"),  # what is compared may be a run's folder; Comparison.map and .save write it
    ("__init__.py", "plan"),  # the public names
    ("__init__.py", "scenario"),
}
"""What a module may import against the way, inside a function or for its types only."""

PUBLISHED = "model/classical/"
"""The array functions for published problems build and solve in one call."""


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """Yield (room, whether a function or the types need it) for each import from the package."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    late = {id(node) for block in ast.walk(tree) if _is_late(block) for node in ast.walk(block)}
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports name the package"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            if name.startswith("planner.") and name != "planner.__version__":
                yield name.split(".")[1], id(node) in late


def _is_late(node: ast.AST) -> bool:
    types = isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
    return types or isinstance(node, ast.FunctionDef)


def allowed_in(module: str) -> set[str]:
    """Return the rooms that a module may import from."""
    own = module.split("/", maxsplit=1)[0].removesuffix(".py")
    before = set(ROOMS[: ROOMS.index(own) + 1]) if own in ROOMS else {"catalogue"}
    return before | set(BESIDE) | ({"solve"} if module.startswith(PUBLISHED) else set())


@pytest.mark.parametrize("module", MODULES)
def test_imports_go_one_way(module: str) -> None:
    allowed = allowed_in(module)
    against = {(room, late) for room, late in imports(MODULES[module]) if room not in allowed}
    assert {room for room, late in against if not (late and (module, room) in LATE)} == set()


def test_every_exception_is_needed() -> None:
    assert {(module, room) for module, room in LATE if (room, True) not in imports(MODULES[module])} == set()


@pytest.mark.parametrize("module", [name for name in MODULES if name.startswith(("model/", "solve/"))])
def test_model_and_solver_know_arrays_only(module: str) -> None:
    assert {room for room, _ in imports(MODULES[module])} <= {"model", "solve", "memory"}
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    named = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    named |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in named}.isdisjoint({"geopandas", "pandas", "shapely", "tomllib"})


@pytest.mark.parametrize("module", MODULES)
def test_no_module_is_too_long(module: str) -> None:
    assert len(MODULES[module].read_text(encoding="utf-8").splitlines()) <= MOST_LINES

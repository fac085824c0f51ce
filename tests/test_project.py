"""The project's frame: what starts light, what stands in both languages, what is shipped."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from string import Formatter

import pytest

import planner
from planner.catalogue.load import read_data

ROOT = Path(__file__).parents[1]
HEAVY = ("geopandas", "highspy", "numpy", "pandas", "pulp", "pyogrio", "scipy", "shapely", "vietnamadminunits")


def _fields(text: str) -> set[str | None]:
    return {field for _, field, _, _ in Formatter().parse(text)}


def test_the_command_line_starts_without_heavy_libraries() -> None:
    code = f"import sys, planner.cli; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def test_the_package_shows_its_public_names() -> None:
    from planner.plan.result import Plan
    from planner.scenario import Scenario

    assert planner.Scenario is Scenario
    assert planner.Plan is Plan
    with pytest.raises(AttributeError, match="Nothing"):
        _ = planner.Nothing


def test_extras_promised_by_the_interfaces_exist() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {"test", "notebooks", "scale"} <= set(project["optional-dependencies"])
    assert project["name"] == "reallocation-planner"
    assert re.fullmatch(r"\d+\.\d+\.\d+", planner.__version__)


@pytest.mark.parametrize("file", ["console", "messages"])
def test_texts_stand_in_both_languages_with_the_same_fields(file: str) -> None:
    for key, row in read_data(file).items():
        for vi, en in (("vi", "en"), ("fix_vi", "fix_en")):
            assert bool(row.get(vi)) == bool(row.get(en)), key
            assert _fields(row.get(vi, "")) == _fields(row.get(en, "")), key
        assert row["vi"], key


def test_modules_stay_readable() -> None:
    long = {
        path.relative_to(ROOT).as_posix(): lines
        for path in (ROOT / "planner").rglob("*.py")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert not long


def test_the_readme_s_commands_are_the_makefile_s() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in ("demo", "test"):
        assert f"make {target}" in readme
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)

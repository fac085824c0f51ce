"""Read a run's folder again: its allocation, its figures and its communes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd

from planner.catalogue.load import Language, load_catalogue
from planner.errors import ExitCode, PlannerError
from planner.outputs.folder import PLAN, changed_files
from planner.outputs.run_folder import ALLOCATION, read_allocation, read_files, read_summary
from planner.outputs.tables import visible
from planner.plan.compare import Side
from planner.plan.result import Plan

if TYPE_CHECKING:
    from collections.abc import Callable

LAYERS = "plan.gpkg"


def side_of(plan: Plan | str | Path) -> Side:
    """Return a plan, or the run in a folder, as it is compared."""
    if not isinstance(plan, Plan):
        return read_side(Path(plan), "vi")
    shown = visible(plan)
    return Side(
        name=plan.scenario.name,
        place="",
        summary=plan.summary | {"language": plan.scenario.language},
        allocation=shown.allocation,
        communes=shown.inputs.communes,
        catalogue=plan.catalogue,
    )


def read_side(folder: Path, language: Language) -> Side:
    """Return the run in a folder; names of uses and colours come from the catalogue of today.

    Raises
    ------
    PlannerError : the folder is no run; every file that is missing or cannot be read is named.
    """
    readers: dict[str, Callable[[Path], Any]] = {PLAN: read_summary, ALLOCATION: read_allocation, LAYERS: _communes}
    found = read_files(folder, readers, language)
    return Side(
        name=str(found[PLAN]["scenario"]),
        place=str(folder),
        summary=found[PLAN],
        allocation=found[ALLOCATION],
        communes=found[LAYERS],
        catalogue=load_catalogue(),
        changed=tuple(changed_files(folder)),
    )


def read_sides(folders: tuple[Path, Path], language: Language) -> tuple[Side, Side]:
    """Return the runs in two folders.

    Raises
    ------
    PlannerError : one of them or both are no runs; see `read_side`.
    """
    sides, records = [], []
    for folder in folders:
        try:
            sides.append(read_side(folder, language))
        except PlannerError as error:
            records += error.records
    if records:
        raise PlannerError(records, ExitCode.WRONG_COMMAND)
    return sides[0], sides[1]


def _communes(path: Path) -> gpd.GeoDataFrame:
    if not path.is_file():
        raise FileNotFoundError(2, "no such file", str(path))
    return gpd.read_file(path, layer="communes")

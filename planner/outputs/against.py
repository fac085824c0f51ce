"""Compare a list with an earlier one of the same office."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from planner.errors import PlannerError
from planner.inputs import examine
from planner.inputs.sameness.changes import changes
from planner.inputs.sameness.matching import carry_over, match_previous

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd

    from planner.inputs import Reading


def compare(reading: Reading, old: Path) -> pd.DataFrame | None:
    """Return what changed since an earlier list, which is read the same way.

    Rows that the earlier list holds keep its ids: the facilities of the reading are replaced by rows with those ids.

    Parameters
    ----------
    old : the earlier list, in any format.

    Returns
    -------
    The table `changes`, see `planner.inputs.sameness.changes.changes`; None where the new list has no rows.

    Raises
    ------
    PlannerError : the earlier list cannot be read; its records say why.
    """
    files = reading.scenario.inputs.model_copy(update={"facilities": (old.resolve(),)})
    earlier = examine(reading.scenario.model_copy(update={"inputs": files}))
    if earlier.complete is None:
        raise PlannerError(earlier.errors)
    if reading.complete is None:
        return None
    before, after = earlier.complete.facilities, reading.complete.facilities
    matches = match_previous(after, before)
    carried = cast("gpd.GeoDataFrame", carry_over(after, before, matches))
    reading.tables["facilities"] = carried
    return changes(before, carried, matches, reading.scenario.language)

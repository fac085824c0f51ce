"""What changed between two versions of an inventory."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from planner.catalogue.columns import Column, columns, value_label
from planner.catalogue.load import Language
from planner.catalogue.numbers import format_number
from planner.inputs.findings import Findings, shown
from planner.inputs.places.resolve import in_metres
from planner.inputs.places.units import marks
from planner.inputs.sameness.matching import Match

LEAST_MOVE_M = 1.0

_NAMES = ("name", "holder", "successor")
_NOT_COMPARED = ("facility_id", "same_as", "commune_name", "lon", "lat", "x", "y", "crs", "position_quality")
_COMPARED = [column for key, column in columns("facilities").items() if key not in _NOT_COMPARED]

Row = dict[str, Any]


def changes(
    old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, matches: list[Match], language: Language = "vi"
) -> pd.DataFrame:
    """Return what changed, one row a facility that came or went and one for each value that differs.

    Parameters
    ----------
    old, new : facilities tables, points in EPSG:4326.
    matches : which rows are one facility, see `planner.inputs.sameness.matching.match_previous`.
    language : of headings and values.

    Returns
    -------
    Columns of the table `changes`: facility_id (as in the new list, of the old one where it went), name, change
    (`added`, `removed`, `renamed` for the names of the facility, its holder and successor, `moved`, `changed`), column,
    old_value, new_value, distance_m, matched_by, old_source, new_source (file, sheet and row). In the order of the new
    list, then what was removed.
    """
    before, after = Findings("facilities", old, language), Findings("facilities", new, language)
    values, moves = _values(before, after, matches), _moves(old, new, matches)
    mate = {match.new: match for match in matches}
    rows: list[Row] = []
    for i in range(len(new)):
        if i not in mate:
            rows.append(_row("added", after, i) | {"new_source": after.where(i)})
            continue
        match = mate[i]
        common = {"matched_by": match.by, "old_source": before.where(match.old), "new_source": after.where(i)}
        found = [*values.get(i, []), *moves.get(i, [])]
        rows += [_row(str(change["change"]), after, i) | common | change for change in found]
    kept = {match.old for match in matches}
    gone = (j for j in range(len(old)) if j not in kept)
    rows += [_row("removed", before, j) | {"old_source": before.where(j)} for j in gone]
    frame = pd.DataFrame(rows, columns=list(columns("changes")))
    return frame.astype({key: "Float64" if key == "distance_m" else "string" for key in frame})


def _row(change: str, about: Findings, index: int) -> Row:
    return {"facility_id": about.text(index, "facility_id"), "name": about.text(index, "name"), "change": change}


def _values(before: Findings, after: Findings, matches: list[Match]) -> dict[int, list[Row]]:
    """Return the values that differ, in the order of the columns, by row of the new list."""
    found: dict[int, list[Row]] = {}
    for column in _COMPARED:
        was = before.rows[column.key].iloc[[m.old for m in matches]].reset_index(drop=True)
        now = after.rows[column.key].iloc[[m.new for m in matches]].reset_index(drop=True)
        differing = (was.isna() != now.isna()) | (was.notna() & (was != now).fillna(value=False))
        for match in (matches[k] for k in np.flatnonzero(differing)):
            texts = before.text(match.old, column.key), after.text(match.new, column.key)
            if column.type != "text" or marks(texts[0]) != marks(texts[1]):
                found.setdefault(match.new, []).append(_change(column, *texts, after.language))
    return found


def _change(column: Column, was: str, now: str, language: Language) -> Row:
    return {
        "change": "renamed" if column.key in _NAMES else "changed",
        "column": column.label(language),
        "old_value": _readable(was, column, language),
        "new_value": _readable(now, column, language),
    }


def _readable(text: str, column: Column, language: Language) -> str:
    if text and column.type == "enum":
        return value_label(column.values, text, language)
    if text and column.type == "bool":
        return value_label("yes_no", "yes" if text == "True" else "no", language)
    return format_number(float(text), language) if text and column.type == "number" else text


def _moves(old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, matches: list[Match]) -> dict[int, list[Row]]:
    """Return the positions that differ, by row of the new list; no distance where one is unknown."""
    here, there = new.geometry.iloc[[m.new for m in matches]], old.geometry.iloc[[m.old for m in matches]]
    crs = in_metres(pd.concat([here, there]).dropna()).crs
    metres = here.to_crs(crs).distance(there.to_crs(crs), align=False).to_numpy()
    came_or_went = here.isna().to_numpy() != there.isna().to_numpy()
    found: dict[int, list[Row]] = {}
    for k in np.flatnonzero((metres >= LEAST_MOVE_M) | came_or_went):
        far = None if came_or_went[k] else round(float(metres[k]), 1)
        ends = {"old_value": _position(there.iloc[k]), "new_value": _position(here.iloc[k])}
        found[matches[k].new] = [{"change": "moved", **ends, "distance_m": far}]
    return found


def _position(point: Any) -> str:  # noqa: ANN401  a point or None
    return "" if point is None else f"{shown(round(point.x, 6))}, {shown(round(point.y, 6))}"

"""An earlier plan: what it decided, and the decisions of it that are already taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from planner.catalogue.columns import value_label
from planner.inputs.decisions import FIXED
from planner.inputs.findings import Findings

if TYPE_CHECKING:
    import geopandas as gpd

    from planner.catalogue.load import Language
    from planner.errors import Record


def repeated(previous: pd.DataFrame, language: Language) -> list[Record]:
    """Return an error for each row about a facility that an earlier row of the plan is about."""
    about = Findings("previous", previous, language)
    first: dict[str, int] = {}
    records = []
    for row, code in enumerate(previous["facility_id"]):
        if pd.notna(code) and first.setdefault(str(code), row) != row:
            records.append(
                about.cell(row, "facility_id", "previous-twice", "error", first=about.where(first[str(code)]))
            )
    return records


def lay_decisions_over(
    facilities: gpd.GeoDataFrame, previous: pd.DataFrame, language: Language
) -> tuple[gpd.GeoDataFrame, list[Record]]:
    """Let the decisions taken in an earlier plan stand in the list of facilities, where the list has none of its own.

    Parameters
    ----------
    facilities : the facilities table; its own decisions are newer and win.
    previous : the earlier plan, one row a facility.
    language : of the records.

    Returns
    -------
    The table with `status` and `approved_use` of the decisions taken, a warning for each decision of the list that
    differs from the earlier plan's, and a note of how many were taken over.
    """
    taken = previous[previous["status"].isin(FIXED) & previous["new_use"].notna()].set_index("facility_id")
    earlier = {str(code): (str(use), str(status)) for code, use, status in taken[["new_use", "status"]].itertuples()}
    about = Findings("facilities", facilities, language)
    cells: dict[str, list[str]] = {key: facilities[key].tolist() for key in ("status", "approved_use")}
    records, count = [], 0
    for row, code in enumerate(facilities["facility_id"]):
        if code not in earlier:
            continue
        use, status = earlier[code]
        own_status, own = about.text(row, "status"), about.text(row, "approved_use")
        if own_status not in FIXED or not own:
            cells["status"][row] = own_status if own_status in FIXED else status
            cells["approved_use"][row] = use
            count += 1
        elif own != use:
            words = {"facility": code} | _in_words({"earlier": use, "own": own}, "use", language)
            words |= _in_words({"earlier_status": status, "own_status": own_status}, "status", language)
            records.append(about.cell(row, "approved_use", "previous-differs", "warning", **words))
    laid = facilities.assign(**{key: pd.array(column, dtype="string") for key, column in cells.items()})
    laid.attrs = dict(facilities.attrs)
    before = Findings("previous", previous, language)
    return laid, [*records, before.whole("previous-taken-over", "info", count=count, rows=len(previous))]


def _in_words(keys: dict[str, str], enumeration: str, language: Language) -> dict[str, str]:
    return {field: value_label(enumeration, key, language) for field, key in keys.items()}

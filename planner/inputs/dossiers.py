"""Papers that the holders reported in a separate workbook, laid over the list of facilities."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from planner.catalogue.columns import columns, value_label
from planner.inputs.findings import Findings

if TYPE_CHECKING:
    import geopandas as gpd

    from planner.catalogue.load import Language
    from planner.errors import Record

PAPERS = tuple(key for key in columns("dossiers") if key.startswith("dossier_"))


def fill_dossiers(
    facilities: gpd.GeoDataFrame, reported: pd.DataFrame, language: Language
) -> tuple[gpd.GeoDataFrame, list[Record]]:
    """Fill the `dossier_*` columns from what was reported; the later report wins over an earlier one and over the list.

    Parameters
    ----------
    facilities : the facilities table.
    reported : the table `dossiers`; blank cells say nothing.
    language : of the records.

    Returns
    -------
    The table, a warning for each paper that two sources hold differently and for each unknown facility, and a note of
    how many cells were filled.
    """
    about = Findings("dossiers", reported, language)
    place = {code: i for i, code in enumerate(facilities["facility_id"])}
    filled = {key: facilities[key].tolist() for key in PAPERS}
    records: list[Record] = []
    count = 0
    for row, report in enumerate(reported[["facility_id", *PAPERS]].to_dict("records")):
        index = place.get(report["facility_id"])
        if index is None:
            records.append(about.cell(row, "facility_id", "dossier-unknown-facility", "warning"))
            continue
        for key in PAPERS:
            new, old = report[key], filled[key][index]
            if pd.isna(new) or (pd.notna(old) and old == new):
                continue
            if pd.notna(old):
                said, other = (value_label("dossier", held, language) for held in (new, old))
                records.append(about.cell(row, key, "dossier-differs", "warning", said=said, other=other))
            filled[key][index] = new
            count += 1
    laid = facilities.assign(**{key: pd.array(cells, dtype="string") for key, cells in filled.items()})
    laid.attrs = dict(facilities.attrs)
    return laid, [*records, about.whole("dossiers-read", "info", count=count, rows=len(reported))]

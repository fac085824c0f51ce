"""Codes of facilities that were set aside as one with another, where other tables still use them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.catalogue.load import Language
from planner.errors import Record
from planner.inputs.findings import Findings
from planner.inputs.sameness.likeness import is_different
from planner.inputs.sameness.same_rows import cell

if TYPE_CHECKING:
    import pandas as pd

    from planner.inputs.lists.blocks import Block


def said_same(blocks: list[Block]) -> dict[str, str]:
    """Return the code in `same_as` by the row's own code, of the rows that have both."""
    rows = (
        (cell(block, "facility_id", i), cell(block, "same_as", i)) for block in blocks for i in range(len(block.rows))
    )
    return {code: same_as for code, same_as in rows if code and same_as and not is_different(same_as)}


def follow_aliases(
    table: str, rows: pd.DataFrame, aliases: dict[str, str], facilities: pd.DataFrame, language: Language
) -> tuple[pd.DataFrame, list[Record]]:
    """Let the rows of a table that name a facility set aside be about the one that is kept.

    Parameters
    ----------
    table, rows : a table with `facility_id`, as `decisions`.
    aliases : codes kept by codes set aside, see `said_same`. facilities : those kept.
    language : of the records.

    Returns
    -------
    The table, and a `facility-same-as` record for each row changed.
    """
    kept = set(facilities["facility_id"].dropna())
    codes = rows["facility_id"].astype(object).where(rows["facility_id"].notna(), None).tolist()
    changed = {i: aliases[code] for i, code in enumerate(codes) if code not in kept and aliases.get(code) in kept}
    about = Findings(table, rows, language)
    records = [about.cell(i, "facility_id", "facility-same-as", "info", kept=code) for i, code in changed.items()]
    if not changed:
        return rows, records
    followed = rows.assign(facility_id=[changed.get(i, code) for i, code in enumerate(codes)])
    followed["facility_id"] = followed["facility_id"].astype("string")
    followed.attrs = dict(rows.attrs)
    return followed, records

"""Forms of Decree 167/2017 that are none of today's: what they are read as, and a record that says so."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from planner.catalogue.columns import value_label
from planner.catalogue.load import cite, read_data
from planner.inputs.text import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.catalogue.columns import Column
    from planner.errors import Record
    from planner.inputs.files.opening import Cell
    from planner.inputs.origin import Origin


def former_form_records(
    column: Column, cells: Sequence[Cell], numbers: Sequence[int], heading: str, origin: Origin
) -> list[Record]:
    """Return a `form-mapped` warning for each cell with a former form: one that is not one to one with today's.

    Parameters
    ----------
    column : only columns of the enumeration `form` hold any.
    cells, numbers : the cells as they stand and the rows as the user sees them.
    heading : of the column, as the user wrote it.
    """
    if column.values != "form":
        return []
    former = {i: row for i, cell in enumerate(cells) if isinstance(cell, str) and (row := _former().get(fold(cell)))}
    return [
        origin.record(
            "form-mapped",
            "warning",
            row=numbers[i],
            column=heading,
            value=cells[i],
            read_as=value_label("form", row["form"], origin.language),
            next_step=value_label("next_step", row["next_step"], origin.language),
            basis=cite(row["legal_basis"], origin.language, read=False),
        )
        for i, row in former.items()
    ]


@cache
def _former() -> dict[str, dict[str, Any]]:
    """Return the former forms that are read as one of today's, by every spelling, folded."""
    rows = [row for row in read_data("known_forms")["former_forms"].values() if row["form"]]
    return {fold(text): row for row in rows for text in (row["vi"], row["en"], *row["synonyms"])}

"""Summaries: sheets that count sites, land and floor instead of listing sites."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.catalogue.load import read_data
from planner.inputs.forms.words import bare, begins, shown
from planner.inputs.text import fold

if TYPE_CHECKING:
    from planner.inputs.files.opening import Sheet

_ROWS_SEARCHED = 60
_OFTEN = 2


def is_summary(sheet: Sheet) -> bool:
    """Return whether a sheet is a summary: headings for sites, land and floor side by side, several times.

    Once is enough below a title that says so; a list of sites has the three headings at most once.
    """
    if sheet.is_layer:
        return False
    words = {part: [fold(text) for text in texts] for part, texts in read_data("known_forms")["summary"].items()}
    titled = False
    for row in sheet.rows[:_ROWS_SEARCHED]:
        heads = ["" if cell is None else bare(shown(cell)) for cell in row]
        threes = zip(heads, heads[1:], heads[2:], strict=False)
        found = sum(a in words["count"] and b in words["land"] and c in words["floor"] for a, b, c in threes)
        if found >= _OFTEN or (found and titled):
            return True
        titled |= begins(row, words["titles"])
    return False

"""Cells merged over several rows of data: what they say counts for each row where that is right, numbers only once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from planner.catalogue.columns import columns
from planner.inputs.text import clean

if TYPE_CHECKING:
    from planner.errors import Record
    from planner.inputs.files.opening import Sheet
    from planner.inputs.lists.header import Header
    from planner.inputs.origin import Origin

_OWN_CODES = frozenset({"facility_id", "settlement_id", "service_id"})


def fill_merged(sheet: Sheet, header: Header, origin: Origin) -> tuple[Sheet, list[Record]]:
    """Return the sheet with the cells merged down several rows filled, and what was filled or left blank.

    Text, codes of sites and dates count for each row. Numbers that add up (land, values) and a row's own code stay in
    the first row only: repeated they would be counted twice.
    """
    key_at = {heading.index: key for key, heading in header.columns.items()}
    spans = [
        (start, end)
        for start, end in sheet.spans
        if start[0] > header.last and end[0] > start[0] and start[1] in key_at
    ]
    if not spans:
        return sheet, []
    rows = list(sheet.rows)
    records = []
    for (first, index), (last, _) in sorted(spans):
        cell, key = sheet.cell(first, index), key_at[index]
        last = min(last, len(rows) - 1)  # noqa: PLW2901  a merged cell may reach below the last row that is stored
        others = [row for row in range(first + 1, last + 1) if any(other is not None for other in sheet.rows[row])]
        if cell is None or not others:
            continue
        rule = (
            "merged-number"
            if columns(origin.table)[key].additive
            else "merged-code"
            if key in _OWN_CODES
            else "merged-filled"
        )
        if rule == "merged-filled":
            for row in others:
                rows[row] = [*rows[row], *[None] * (index + 1 - len(rows[row]))]
                rows[row][index] = cell
        records.append(
            origin.record(
                rule,
                "info" if rule == "merged-filled" else "warning",
                row=sheet.row_number(first),
                column=header.columns[key].shown,
                value=clean(cell) if isinstance(cell, str) else cell,
                first=sheet.row_number(first),
                last=sheet.row_number(last),
            )
        )
    return replace(sheet, rows=rows), records

"""Groups of rows: how deep each heading stands, which rows it is over, and the unit that it names for them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from planner.catalogue.columns import columns
from planner.inputs.lists.unit_headings import group_unit
from planner.inputs.text import clean

if TYPE_CHECKING:
    from planner.errors import Record
    from planner.inputs.cells.convert import Value
    from planner.inputs.files.opening import Sheet
    from planner.inputs.lists.header import Header
    from planner.inputs.lists.rows import Rows
    from planner.inputs.origin import Origin

_MARK = re.compile(r"\(?(?P<mark>[IVXLC]+(\.\d+)*|[A-ZĐ]|\d+(\.\d+)*|[a-zđ](?=\)))\s*([.)/-]+|\s|$)")
_UNMARKED = {"old_province": 0, "old_district": 2, "commune_name": 5, "old_commune": 5}
_DEEPEST = 9

# A column is filled only where the sheet has none of these.
_SAYS_IT = {
    "old_province": ("old_province",),
    "old_district": ("old_district",),
    "commune_name": ("commune_name", "commune_code", "old_commune"),
    "old_commune": ("commune_name", "commune_code", "old_commune"),
}


@dataclass(frozen=True)
class Group:
    """A group's heading: its row, its text, how deep it stands, and the row behind the last one below it."""

    index: int
    text: str
    level: int
    end: int


def groups_of(sheet: Sheet, header: Header, rows: Rows) -> list[Group]:
    """Return the groups of a sheet; one ends where a heading of its own level or a higher one begins."""
    found: list[tuple[int, str, int]] = []
    for row in rows.set_aside:
        if row.rule == "group-row":
            serial = None if header.serial is None else sheet.cell(row.index, header.serial)
            cells = enumerate(sheet.rows[row.index])
            text = " ".join(clean(cell) for i, cell in cells if isinstance(cell, str) and i != header.serial)
            text = text or clean(str(serial))
            found.append((row.index, text, _level(clean(str(serial or text)), text)))
    return [
        Group(index, text, level, next((i for i, _, other in found if i > index and other <= level), len(sheet.rows)))
        for index, text, level in found
    ]


def _level(mark: str, text: str) -> int:
    """Return how deep an outline mark stands: A, I, 1 or I.1, 1.1, a); without a mark a unit's kind decides."""
    numbered = _MARK.match(mark)
    outline = numbered["mark"] if numbered else ""
    if not outline:
        unit = group_unit(text)
        return _UNMARKED[unit[0]] if unit else _DEEPEST
    dots = outline.count(".")
    if set(outline.partition(".")[0]) <= set("IVX") or (len(outline) > 1 and outline[0] in "LC"):
        return 2 + 2 * dots
    if outline[0].isdigit():
        return 4 + 2 * dots
    return 1 if outline.isupper() else _DEEPEST - 1


def fill_from_groups(
    data: dict[str, list[Value]], sheet: Sheet, header: Header, rows: Rows, origin: Origin
) -> list[Record]:
    """Fill columns for communes, districts and provinces that a sheet lacks from the headings of its groups.

    Only a heading that names an administrative unit and nothing else counts; below the headings of groups the name of
    the sheet, then that of the file, may name one. Everything filled is told.

    Parameters
    ----------
    data : column → one value a row used; columns are added.
    """
    table = columns(origin.table)
    filled: dict[str, list[Value]] = {}
    records = []
    position = {index: i for i, index in enumerate(rows.used)}
    for group in groups_of(sheet, header, rows):
        unit = group_unit(group.text)
        if unit is None or unit[0] not in table or not header.columns.keys().isdisjoint(_SAYS_IT[unit[0]]):
            continue
        column, name = unit
        below = [position[i] for i in range(group.index, group.end) if i in position]
        _clear_other(filled, column, below)
        for i in below:
            filled.setdefault(column, [None] * len(rows.used))[i] = name
        label, number = table[column].label(origin.language), sheet.row_number(group.index)
        records.append(
            origin.record("filled-from-group", "info", row=number, value=name, label=label, count=len(below))
        )
    records += _fill_from_names(filled, header, rows, origin)
    data.update(filled)
    return records


def _clear_other(filled: dict[str, list[Value]], column: str, below: list[int]) -> None:
    """Forget the commune that a group around named as the other kind, old or new."""
    other = {"commune_name": "old_commune", "old_commune": "commune_name"}.get(column)
    for i in below if other in filled else ():
        filled[str(other)][i] = None


def _fill_from_names(filled: dict[str, list[Value]], header: Header, rows: Rows, origin: Origin) -> list[Record]:
    table = columns(origin.table)
    records = []
    for text in (origin.sheet, Path(origin.file).stem):
        unit = group_unit(text.replace("_", " "))
        if unit is None or unit[0] not in table or not header.columns.keys().isdisjoint(_SAYS_IT[unit[0]]):
            continue
        column, name = unit
        if any(key in filled for key in _SAYS_IT[column]) or not rows.used:
            continue
        filled[column] = [name] * len(rows.used)
        label = table[column].label(origin.language)
        records.append(origin.record("filled-from-sheet", "info", value=name, label=label, count=len(rows.used)))
    return records

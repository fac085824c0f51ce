"""Columns whose headings are not known by name: guessed by likeness, or settled by the values below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.catalogue.columns import columns
from planner.inputs.cells.convert import convert
from planner.inputs.lists.headings import ALIKE_SCORE, CLEAR_BY, LEAST_LIKENESS, Heading, Hit, alike

if TYPE_CHECKING:
    from planner.inputs.files.opening import Cell, Sheet

_SAMPLE = 50  # rows below the header that tell whether a column can be right
_BY_VALUES_SCORE = 0.8
_HALF, _MOST_OF_THEM = 0.5, 0.9

Found = dict[str, tuple[Hit, Heading]]


def guess(
    sheet: Sheet, last: int, table: str, found: Found, unmatched: list[Heading]
) -> tuple[tuple[Heading, tuple[str, ...]], ...]:
    """Take headings that clearly resemble one column that is still free; return those that resemble several.

    Of several columns as near, one without which the sheet cannot be read is taken. The cells below must fit.

    Parameters
    ----------
    last : index of the header's last row.
    found : column → how its heading was recognised; guesses are added.
    unmatched : headings that nothing recognises; those taken are removed.
    """
    doubtful = []
    guesses: list[tuple[float, Heading, str]] = []
    for heading in unmatched:
        near = [(key, score) for key, score in alike(heading, table) if score >= LEAST_LIKENESS - CLEAR_BY]
        near = [
            (key, score)
            for key, score in near
            if key in found or _share_read(sheet, heading, last, key, table) >= _HALF
        ]
        if not near or near[0][1] < LEAST_LIKENESS or near[0][0] in found:
            continue
        rivals = [key for key, score in near if near[0][1] - score < CLEAR_BY and key not in found]
        needed = [key for key in rivals if columns(table)[key].required]
        if len(rivals) > 1 and len(needed) != 1:
            doubtful.append((heading, tuple(rivals)))
        else:
            guesses.append((near[0][1], heading, (needed or rivals)[0]))
    for score, heading, column in sorted(guesses, key=lambda guess: (-guess[0], guess[1].index)):
        if column not in found:
            found[column] = Hit(column, round(score * ALIKE_SCORE, 3), "alike"), heading
            unmatched.remove(heading)
    return tuple(doubtful)


def read_by_values(sheet: Sheet, last: int, table: str, found: Found) -> None:
    """Give headings half of whose values the column does not list to the one free column that lists nearly all.

    "Tình trạng" may head the condition of a house, or how far its handling has come: the values tell.
    """
    known = columns(table)
    lists = [key for key, column in known.items() if column.type == "enum"]
    for key in [key for key in lists if key in found and found[key][0].by != "scenario"]:
        heading = found[key][1]
        if not _cells(sheet, heading, last) or _share_read(sheet, heading, last, key, table) > _HALF:
            continue
        free = [other for other in lists if other not in found]
        fitting = [other for other in free if _share_read(sheet, heading, last, other, table) >= _MOST_OF_THEM]
        if len(fitting) == 1:
            del found[key]
            found[fitting[0]] = Hit(fitting[0], _BY_VALUES_SCORE, "values"), heading


def _share_read(sheet: Sheet, heading: Heading, last: int, key: str, table: str) -> float:
    """Return the share of the first cells below a heading that can be read as the column; 1 where there are none."""
    cells, column = _cells(sheet, heading, last), columns(table)[key]
    if not cells:
        return 1.0
    if column.type == "text":
        return sum(isinstance(cell, str) for cell in cells) / len(cells)
    return sum(value is not None for value in convert(column, cells)[0]) / len(cells)


def _cells(sheet: Sheet, heading: Heading, last: int) -> list[Cell]:
    below = range(last + 1, min(len(sheet.rows), last + 1 + _SAMPLE))
    return [cell for row in below if (cell := sheet.cell(row, heading.index)) is not None]

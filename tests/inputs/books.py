"""Small files for the tests of reading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from planner.catalogue.columns import Column
from planner.inputs.cells.convert import convert
from planner.inputs.files.opening import Sheet
from planner.inputs.lists.blocks import Block, read_blocks
from planner.inputs.origin import Origin

ORIGIN = Origin("facilities", "list.xlsx", "Sheet", "en")

SHARED = Path(__file__).parents[2].parent / "shared" / "data"
"""Real data beside the repository; tests that need them skip where they are absent."""


def workbook(path: Path, sheets: Mapping[str, Sequence[Any]], merged: tuple[str, ...] = ()) -> Path:
    """Write a workbook with the given sheets; `merged` ranges are merged on the first."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    for area in merged:
        book.worksheets[0].merge_cells(area)
    book.save(path)
    return path


def grid(*rows: list[Any]) -> Sheet:
    """Return a sheet of cells."""
    return Sheet("Sheet", [list(row) for row in rows])


def block(path: Path, table: str = "facilities", **mapping: str) -> tuple[Block, list[str]]:
    """Return the only block of a file and the rules of its records."""
    blocks, records = read_blocks(path, table, mapping, "en")
    assert len(blocks) == 1, records
    return blocks[0], [record.rule for record in records]


def one(column: Column, cell: Any) -> tuple[Any, list[str]]:
    """Return the value of a single cell and the rules of what is wrong with it."""
    (value,), problems = convert(column, [cell])
    return value, [problem.rule for problem in problems]

"""Pack a workbook that openpyxl wrote once more: formulas keep their results, the same input gives the same bytes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl.utils import coordinate_to_tuple
from openpyxl.utils.datetime import to_excel

if TYPE_CHECKING:
    from pathlib import Path

    from planner.inputs.files.opening import Cell, Sheet

_FIXED = (2025, 7, 1, 0, 0, 0)
_STAMP = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")
_FORMULA = re.compile(rb'<c r="([A-Z]+[0-9]+)"([^>]*)>(<f[^>]*(?:/>|>[^<]*</f>))<v ?(?:/>|></v>)')
_CORE = "docProps/core.xml"


def repack(written: Path, target: Path, grids: Sequence[Sheet | None]) -> None:
    """Copy a workbook with fixed dates, and with the results that its formulas had.

    openpyxl keeps formulas without their results; every program but a spreadsheet would then read blank cells.

    Parameters
    ----------
    written : the workbook as openpyxl wrote it.
    grids : for each of its sheets the cells as they were read, None for a sheet that has no formulas.
    """
    by_name = {f"xl/worksheets/sheet{i}.xml": grid for i, grid in enumerate(grids, start=1) if grid is not None}
    with ZipFile(written) as source, ZipFile(target, "w", ZIP_DEFLATED) as packed:
        for name in source.namelist():
            content = source.read(name)
            if name in by_name:
                content = _with_results(content, by_name[name])
            elif name == _CORE:
                content = _STAMP.sub(rb"\g<1>%s" % dt.datetime(*_FIXED).isoformat().encode() + b"Z", content)  # noqa: DTZ001
            entry = ZipInfo(name, _FIXED)
            entry.compress_type = ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            packed.writestr(entry, content)


def _with_results(xml: bytes, grid: Sheet) -> bytes:
    def result(found: re.Match[bytes]) -> bytes:
        row, column = coordinate_to_tuple(found[1].decode())
        value = grid.cell(row - 1, column - 1) if row <= len(grid.rows) else None
        if value is None or (isinstance(value, str) and value.startswith("=")):
            return found[0]  # it had no result: the cell as read is the formula itself
        kind, text = _written(value)
        return b'<c r="%s"%s%s>%s<v>%s</v>' % (found[1], found[2], kind, found[3], escape(text).encode())

    return _FORMULA.sub(result, xml)


def _written(value: Cell) -> tuple[bytes, str]:
    """Return the type of a result and its text as a sheet holds them."""
    if isinstance(value, str):
        return b' t="str"', value
    if isinstance(value, bool):
        return b' t="b"', str(int(value))
    if isinstance(value, dt.date | dt.time | dt.timedelta):
        return b"", str(to_excel(value))  # type: ignore[no-untyped-call]
    return b"", repr(value)


def unpacked_sheets(path: Path) -> int:
    """Return the bytes of a workbook's sheets when unpacked."""
    with ZipFile(path) as book:
        return sum(entry.file_size for entry in book.infolist() if entry.filename.startswith("xl/worksheets/"))

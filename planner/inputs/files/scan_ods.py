"""Look through the tables of an .ods before it is opened, in one pass over its content."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from planner.inputs.files.scans import BookScan, SheetScan, UnreadableError
from planner.inputs.files.zipped import pieces, read_through

if TYPE_CHECKING:
    import zipfile

_CONTENT = "content.xml"
_MOST_CONTENT = 300_000_000  # bytes; its repeated rows and cells take longer to follow than those of an .xlsx

_TOKEN = re.compile(
    rb"<table:(table|table-row|table-cell|covered-table-cell)(?=[\s/>])([^<>]*+)>(?:\s*<text:p>([^<]*))?|</table:(?:table-row)>"
)
_REPEATED = re.compile(rb"table:number-(?:columns|rows)-repeated=\"(\d{1,12})\"")
_SPANNED = re.compile(rb"table:number-(columns|rows)-spanned=\"(\d{1,7})\"")
_NAME = re.compile(rb"table:name=\"([^\"]*)\"")
_HIDDEN = re.compile(rb"table:visibility=\"(?:collapse|filter)\"")


def scan_ods(package: zipfile.ZipFile) -> BookScan:
    """Return what the tables of an .ods hold, with their merged cells.

    Raises
    ------
    UnreadableError, zipfile.BadZipFile : too large, damaged, or with entities of its own.
    """
    size = package.getinfo(_CONTENT).file_size
    if size > _MOST_CONTENT:
        raise UnreadableError("too-large", f"{size / 1e6:,.0f} MB > {_MOST_CONTENT / 1e6:,.0f} MB")
    names = package.namelist()
    scan = BookScan(has_macros=any(name.startswith(("Basic/", "Scripts/")) for name in names))
    reader = _Reader(scan)
    for piece in pieces(package, _CONTENT, b"<table:table-row"):
        scan.has_links |= b"<table:table-source" in piece
        for token in _TOKEN.finditer(piece):
            reader.take(token)
    read_through(package, {_CONTENT})
    return scan


class _Reader:
    """Follows the tables cell by cell: repeated rows and cells are counted, never unfolded."""

    def __init__(self, scan: BookScan) -> None:
        self.scan = scan
        self.sheet = SheetScan()
        self.row = self.column = 0
        self.row_count = 1
        self.filled = self.hidden = False

    def take(self, token: re.Match[bytes]) -> None:
        element, attributes, text = token.groups()
        if element == b"table":
            name = _NAME.search(attributes)
            self.sheet = self.scan.sheets[html.unescape(name[1].decode("utf-8", "replace")) if name else ""] = (
                SheetScan()
            )
            self.row = 0
        elif element == b"table-row":
            self.column, self.filled = 0, False
            self.row_count = _repeated(attributes)
            self.hidden = _HIDDEN.search(attributes) is not None
            if attributes.endswith(b"/"):
                self._end_row()
        elif element is None:
            self._end_row()
        else:
            self._cell(attributes, text)

    def _end_row(self) -> None:
        self.row += self.row_count
        self.sheet.hidden_rows += self.row_count if self.hidden and self.filled else 0

    def _cell(self, attributes: bytes, text: bytes | None) -> None:
        count = _repeated(attributes)
        if not attributes.endswith(b"/"):
            self.filled = True
            self.sheet.reach(self.row + self.row_count - 1, self.column + count - 1, count * self.row_count)
            if b'value-type="error"' in attributes and text:
                self.sheet.show(self.row, self.column, html.unescape(text.decode("utf-8", "replace")))
        if spanned := dict(_SPANNED.findall(attributes)):
            last = self.row + int(spanned.get(b"rows", 1)) - 1, self.column + int(spanned.get(b"columns", 1)) - 1
            if last > (self.row, self.column):
                self.sheet.spans.append(((self.row, self.column), last))
        self.column += count


def _repeated(attributes: bytes) -> int:
    found = _REPEATED.search(attributes)
    return int(found[1]) if found else 1

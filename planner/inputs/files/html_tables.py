"""Tables of an HTML page: what many web systems save under the name .xls."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from planner.inputs.files.encodings import decode
from planner.inputs.files.scans import MOST_FILLED, UnreadableError
from planner.inputs.files.sheet import Cell, Sheet, Span, trimmed

if TYPE_CHECKING:
    from pathlib import Path

_MOST_BYTES = 50_000_000
_WIDEST = 1000  # columns or rows that one cell may span
_SPACES = re.compile(r"[ \t\r\n\xa0]+")


def read_html(path: Path) -> list[Sheet]:
    """Return the tables of a page as sheets; the text of each cell, with its line breaks.

    Raises
    ------
    UnreadableError : too large, no text, or no table.
    """
    if path.stat().st_size > _MOST_BYTES:
        raise UnreadableError("too-large", f"> {_MOST_BYTES / 1e6:,.0f} MB")
    decoded = decode(path.read_bytes())
    if decoded is None:
        raise UnreadableError("not-text")
    parser = _Tables()
    parser.feed(decoded.text)
    parser.close()
    if not parser.sheets:
        raise UnreadableError("not-a-workbook", "HTML")
    return parser.sheets


class _Tables(HTMLParser):
    """Gathers the cells of tables; a table inside a cell counts as text of that cell."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.sheets: list[Sheet] = []
        self._depth = 0
        self._rows: list[list[Cell]] = []
        self._spans: list[Span] = []
        self._taken: set[tuple[int, int]] = set()
        self._text: list[str] | None = None
        self._filled = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a table, row or cell."""
        if tag == "table":
            self._depth += 1
            if self._depth == 1:
                self._rows, self._spans, self._taken = [], [], set()
        elif self._depth == 1 and tag == "tr":
            self._end_cell()
            self._rows.append([])
        elif self._depth == 1 and tag in ("td", "th"):
            self._begin_cell(dict(attrs))
        elif tag == "br" and self._text is not None:
            self._text.append("\f")

    def handle_endtag(self, tag: str) -> None:
        """Close a cell or table."""
        if self._depth == 1 and tag in ("td", "th", "tr", "table"):
            self._end_cell()
        if tag == "table" and self._depth:
            self._depth -= 1
            if self._depth == 0:
                self.sheets.append(Sheet("", trimmed(self._rows), tuple(self._spans)))

    def handle_data(self, data: str) -> None:
        """Add to the text of the open cell."""
        if self._text is not None:
            self._text.append(data)

    def close(self) -> None:
        """End the last table, where the page does not."""
        super().close()
        if self._depth:
            self._depth = 1
            self.handle_endtag("table")

    def _begin_cell(self, attributes: dict[str, str | None]) -> None:
        self._end_cell()
        if not self._rows:
            self._rows.append([])
        row, cells = len(self._rows) - 1, self._rows[-1]
        while (row, len(cells)) in self._taken:
            cells.append(None)
        down, across = (_number(attributes.get(name)) for name in ("rowspan", "colspan"))
        column = len(cells)
        self._filled += across * down
        if self._filled > MOST_FILLED:
            raise UnreadableError("too-large", f"> {MOST_FILLED:,} cells")
        if (down, across) != (1, 1):
            self._spans.append(((row, column), (row + down - 1, column + across - 1)))
            self._taken |= {(row + i, column + j) for i in range(1, down) for j in range(across)}
        cells += [None] * across
        self._text = []
        self._place = (row, column)

    def _end_cell(self) -> None:
        if self._text is not None:
            row, column = self._place
            lines = "".join(self._text).split("\f")
            self._rows[row][column] = "\n".join(_SPACES.sub(" ", line).strip() for line in lines).strip() or None
            self._text = None


def _number(text: str | None) -> int:
    return min(max(int(text), 1), _WIDEST) if text and text.strip().isdecimal() else 1

"""Delimited text (CSV, TSV) in any encoding, with any usual delimiter."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from typing import TYPE_CHECKING

from planner.inputs.files.encodings import Decoded, decode
from planner.inputs.files.scans import MOST_FILLED, UnreadableError
from planner.inputs.files.sheet import Cell, Sheet, trimmed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from planner.errors import Record
    from planner.inputs.origin import Origin

MOST_BYTES = 250_000_000
"""Size of a text file that is read."""

_DELIMITERS = (",", ";", "\t", "|")
_NAMED_DELIMITER = re.compile(r"\"?sep=(.)\"?\n", re.IGNORECASE)
_SPECIMEN_LINES = 100
_MOST_LINES_IN_A_ROW = 200
_PIECE = 1 << 20


def read_delimited(path: Path, place: Origin) -> tuple[list[Sheet], list[Record]]:
    """Return a text file as one sheet, and in which encoding it was read where it does not say so itself.

    Raises
    ------
    UnreadableError : too large, or no text.
    """
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise UnreadableError("too-large", f"{size / 1e6:,.0f} MB > {MOST_BYTES / 1e6:,.0f} MB")
    decoded = decode(path.read_bytes())
    if decoded is None:
        raise UnreadableError("not-text")
    records = encoding_records(decoded, place)
    text = decoded.text.replace("\r\n", "\n").replace("\r", "\n")
    named = _NAMED_DELIMITER.match(text)
    if named:  # Excel takes the line as an instruction and does not show it
        text = text[named.end() :]
    delimiter = named[1] if named else max(_DELIMITERS, key=lambda mark: regularity(text, mark))
    rows = _rows(text, delimiter, csv.QUOTE_MINIMAL)
    if rows is None:
        rows = _rows(text, delimiter, csv.QUOTE_NONE) or []
        records.append(place.record("quote-not-closed", "warning"))
    return [Sheet("", rows)], records


def encoding_records(decoded: Decoded, place: Origin) -> list[Record]:
    """Return which encoding was assumed, where that is not certain."""
    if decoded.is_certain:
        return []
    specimen = next((line for line in decoded.text.splitlines() if not line.isascii()), "")[:60]
    return [place.record("encoding-assumed", "warning", value=specimen, encoding=decoded.encoding)]


def regularity(text: str, delimiter: str) -> int:
    """Return how many cells lie in rows of the most frequent width: highest for the true delimiter."""
    rows = csv.reader(text[:1_000_000].splitlines()[:_SPECIMEN_LINES], delimiter=delimiter)
    try:
        widths = Counter(map(len, rows))
    except csv.Error:
        return 0
    return max((count * (width - 1) for width, count in widths.items() if width > 1), default=0)


def _rows(text: str, delimiter: str, quoting: int) -> list[list[Cell]] | None:
    """Return the cells, or None where a quotation mark is opened and swallows the lines that follow."""
    rows: list[list[Cell]] = []
    blank: list[Cell] = []  # one for all: a file may have millions of blank lines
    filled, line = 0, 0
    reader = csv.reader(_lines(text), delimiter=delimiter, quoting=quoting)  # type: ignore[arg-type]
    try:
        for cells in reader:
            if reader.line_num - line > _MOST_LINES_IN_A_ROW:
                return None
            line = reader.line_num
            if any(cells):
                rows.append([cell if cell.strip() else None for cell in cells])
                filled += len(cells)
                if filled > MOST_FILLED:
                    raise UnreadableError("too-large", f"> {MOST_FILLED:,} cells")
            else:
                rows.append(blank)
    except csv.Error:
        return None
    return trimmed(rows)


def _lines(text: str) -> Iterator[str]:
    """Yield the lines with their ends, without a copy of the whole text."""
    begin = 0
    while begin < len(text):
        end = text.find("\n", begin + _PIECE) + 1 or len(text)
        yield from io.StringIO(text[begin:end], newline="\n")
        begin = end

"""Look through the sheets of an .xlsx before it is opened, in one pass over their bytes."""

from __future__ import annotations

import html
import posixpath
import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from planner.inputs.files.scans import MOST_TEXT, BookScan, SheetScan, column_index
from planner.inputs.files.zipped import pieces, read_through

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Iterator

_BOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_STRINGS = "xl/sharedstrings.xml"
_SHEET = re.compile(r"<(?:\w+:)?sheet\s[^>]*>")
_RELATION = re.compile(r"<(?:\w+:)?Relationship\s[^>]*>")
_ATTRIBUTE = re.compile(r"([\w:]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_PREFIX = re.compile(rb"<(\w+:)?worksheet\b")
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_DIGITS = b"0123456789"
_ALPHABET = 26
_USUAL_OPENING = b'<c r="'
_LONGEST_OPENING = len(_USUAL_OPENING) + 4  # of three letters and what follows them
_FEW = 500_000  # cells of a sheet whose blank ones need no second look


class _Patterns(NamedTuple):
    """What is looked for in a sheet's bytes, for one prefix of its element names."""

    row: bytes
    cell: bytes
    columns: re.Pattern[bytes]
    rows: re.Pattern[bytes]
    hidden: re.Pattern[bytes]
    filled: re.Pattern[bytes]
    errors: re.Pattern[bytes]
    not_calculated: re.Pattern[bytes]


@cache
def _patterns(prefix: bytes, *, zeros_count: bool) -> _Patterns:
    """Return the patterns; `zeros_count` where a saved 0 is the value of a formula."""
    p = re.escape(prefix)
    place = rb"(?>[^<>]*?\sr=[\"']([A-Za-z]{1,9}\d{1,9})[\"'])[^<>]*+"
    formula = rb"\s*<%bf\b[^<>]*+(?:(?<=/)>|>([^<]*)</%bf>)\s*" % (p, p)
    nothing = rb"(?:<%bv\s*/>|<%bv></%bv>|</%bc>" % (p, p, p, p)
    nothing += rb")" if zeros_count else rb"|<%bv>0</%bv>)" % (p, p)
    return _Patterns(
        row=b"<%brow" % prefix,
        cell=b"<%bc" % prefix,
        columns=re.compile(rb"<%bc\s(?>[^<>]*?\br=[\"'])([A-Za-z]{1,9})\d" % p),
        rows=re.compile(rb"<%brow\b(?>[^<>]*?\sr=[\"'])(\d{1,9})" % p),
        hidden=re.compile(rb"<%brow\b[^<>]*\shidden=[\"'](?:1|true)" % p),
        filled=re.compile(rb"<%bc\b%b(?<!/)>(?!</)" % (p, place)),
        errors=re.compile(rb"<%bc\b(?=[^<>]*\st=[\"']e[\"'])%b>(?:%b)?<%bv>([^<]+)</%bv>" % (p, place, formula, p, p)),
        not_calculated=re.compile(rb"<%bc\b(?![^<>]*\st=[\"']str[\"'])%b>%b%b" % (p, place, formula, nothing)),
    )


def scan_xlsx(package: zipfile.ZipFile) -> BookScan:
    """Return what the sheets of an .xlsx or .xlsm hold.

    Raises
    ------
    UnreadableError, zipfile.BadZipFile : a damaged part or one that declares entities.
    """
    parts = {part.lower(): part for part in package.namelist()}
    book = _whole(package, parts.get(_BOOK))
    paths = _sheet_paths(book, _whole(package, parts.get(_RELATIONS)))
    recalculate = re.search(r"\sfullCalcOnLoad=[\"'](?:1|true)", book) is not None
    scan = BookScan(
        has_macros="xl/vbaproject.bin" in parts,
        has_links=any(part.startswith("xl/externallinks/") for part in parts),
    )
    done: set[str] = set()
    shared = 0
    for name, path in paths.items():
        if (part := parts.get(path.lower())) is not None:
            scan.sheets[name], count = _sheet(package, part, zeros_count=not recalculate)
            shared += count
            done.add(part)
    if shared and _STRINGS in parts:
        lengths = _string_lengths(package, parts[_STRINGS])
        scan.text_length = shared * max(lengths, default=0)
        if scan.text_length > MOST_TEXT:
            scan.text_length = sum(_referred(package, part, lengths) for part in done)
        done.add(parts[_STRINGS])
    read_through(package, done)
    return scan


def _whole(package: zipfile.ZipFile, part: str | None) -> str:
    return b"".join(pieces(package, part)).decode("utf-8", "replace") if part else ""


def _attributes(tag: str) -> dict[str, str]:
    pairs = {name: html.unescape(double or single) for name, double, single in _ATTRIBUTE.findall(tag)}
    return pairs | {name.rpartition(":")[2]: value for name, value in pairs.items() if ":" in name}


def _sheet_paths(book: str, relations: str) -> dict[str, str]:
    """Return sheet name → name of its part."""
    targets = {}
    for tag in _RELATION.findall(relations):
        relation = _attributes(tag)
        targets[relation.get("Id")] = posixpath.normpath(posixpath.join("/xl", relation.get("Target", ""))).lstrip("/")
    sheets = map(_attributes, _SHEET.findall(book))
    return {sheet["name"]: targets.get(sheet.get("id"), "") for sheet in sheets if "name" in sheet}


def _sheet(package: zipfile.ZipFile, part: str, *, zeros_count: bool) -> tuple[SheetScan, int]:
    """Return a sheet's scan and how many of its cells refer to shared strings."""
    scan = SheetScan()
    shared, placeless = 0, 0
    patterns = _patterns(b"", zeros_count=zeros_count)
    for number, piece in enumerate(pieces(package, part, b"<row")):
        if number == 0 and (found := _PREFIX.search(piece)):
            patterns = _patterns(found[1] or b"", zeros_count=zeros_count)
        cells = _usual_cells(piece, patterns) or _any_cells(piece, patterns)
        placeless += _reach_at_most(piece, cells, patterns, scan)
        shared += piece.count(b't="s"') + piece.count(b"t='s'")
        scan.hidden_rows += len(patterns.hidden.findall(piece)) if b"hidden=" in piece else 0
        for place, text in _shown(piece, patterns, formulas=cells.formulas):
            scan.show(*_indices(place), text)
    if scan.filled == 0:
        scan.rows = scan.columns = 0
    elif scan.rows * scan.columns > 3 * scan.filled + _FEW and not placeless:
        scan.rows = scan.columns = scan.filled = 0
        for piece in pieces(package, part, b"<row"):
            _reach_exactly(piece, patterns, scan)
    return scan, shared


class _Cells(NamedTuple):
    """The cells of a piece: over how many columns they reach, how many say their address, how many there are in all.

    `filled` counts those that are not one empty element; `formulas` says whether there may be any.
    """

    columns: int
    placed: int
    all: int
    filled: int
    formulas: bool


def _reach_at_most(piece: bytes, cells: _Cells, patterns: _Patterns, scan: SheetScan) -> int:
    """Count rows and columns, blank cells included, and return how many cells have no address."""
    scan.filled += cells.filled
    scan.rows = max(scan.rows, *map(int, patterns.rows.findall(piece)), 0)
    scan.columns = max(scan.columns, cells.columns)
    placeless = cells.all - cells.placed
    if placeless > 0:  # they stand behind one another, row after row
        in_rows = piece.split(patterns.row)
        scan.rows += len(in_rows)
        scan.columns = max(scan.columns, *(row.count(patterns.cell) for row in in_rows))
    return max(placeless, 0)


def _any_cells(piece: bytes, patterns: _Patterns) -> _Cells:
    letters = patterns.columns.findall(piece)
    return _Cells(
        columns=max((column_index(found.decode()) + 1 for found in set(letters)), default=0),
        placed=len(letters),
        all=piece.count(patterns.cell + b" ") + piece.count(patterns.cell + b">"),
        filled=piece.count(patterns.cell.replace(b"<", b"</")),
        formulas=patterns.cell.replace(b"c", b"f") in piece,
    )


def _usual_cells(piece: bytes, patterns: _Patterns) -> _Cells | None:
    """Return the cells in a fifth of the time where every one begins like `<c r="AB12"`; None otherwise."""
    text = np.frombuffer(piece + bytes(_LONGEST_OPENING), dtype=np.uint8)
    tags = np.flatnonzero(text == ord("<"))
    first, second = text[tags + 1], text[tags + 2]
    cells = tags[(first == ord("c")) & ((second == ord(" ")) | (second == ord(">")))]
    usual = all((text[cells + i] == letter).all() for i, letter in enumerate(_USUAL_OPENING))
    one, two, three, four = (text[cells + len(_USUAL_OPENING) + i].astype(np.int32) - ord("A") + 1 for i in range(4))
    is_one, is_two, is_three, is_four = ((letter >= 1) & (letter <= _ALPHABET) for letter in (one, two, three, four))
    if patterns.cell != b"<c" or not usual or not is_one.all() or (is_two & is_three & is_four).any():
        return None
    columns = np.where(is_two, one * _ALPHABET + two, one)
    columns = np.where(is_two & is_three, columns * _ALPHABET + three, columns)
    filled = int(np.count_nonzero((first == ord("/")) & (second == ord("c"))))
    return _Cells(int(columns.max(initial=0)), len(cells), len(cells), filled, bool((first == ord("f")).any()))


def _reach_exactly(piece: bytes, patterns: _Patterns, scan: SheetScan) -> None:
    """Count the cells that hold something."""
    if places := patterns.filled.findall(piece):
        rows = {place.lstrip(_LETTERS) for place in places}
        columns = {place.rstrip(_DIGITS).decode() for place in places}
        scan.reach(max(map(int, rows)) - 1, max(map(column_index, columns)), len(places))


def _shown(piece: bytes, patterns: _Patterns, *, formulas: bool) -> Iterator[tuple[bytes, str]]:
    """Yield place and text of the cells that show something but hold no value."""
    if b't="e"' in piece or b"t='e'" in piece:
        for place, _, error in patterns.errors.findall(piece):
            yield place, error.decode("utf-8", "replace")
    if formulas:
        for place, formula in patterns.not_calculated.findall(piece):
            yield place, "=" + html.unescape((formula or b"\xe2\x80\xa6").decode("utf-8", "replace"))


def _indices(place: bytes) -> tuple[int, int]:
    letters = place.rstrip(_DIGITS)
    return int(place[len(letters) :]) - 1, column_index(letters.decode())


def _string_lengths(package: zipfile.ZipFile, part: str) -> list[int]:
    """Return the length of each shared string in bytes, its markup included."""
    lengths: list[int] = []
    for piece in pieces(package, part, b"<si"):
        lengths += map(len, re.split(rb"</(?:\w+:)?si>", piece)[:-1])
    return lengths


def _referred(package: zipfile.ZipFile, part: str, lengths: list[int]) -> int:
    """Return the bytes of all strings that a sheet's cells refer to."""
    refers = re.compile(rb"\st=[\"']s[\"'][^<>]*+><(?:\w+:)?v>(\d{1,9})<")
    found = (int(index) for piece in pieces(package, part, b"<row") for index in refers.findall(piece))
    return sum(lengths[index] for index in found if index < len(lengths))

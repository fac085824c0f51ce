"""Look through the records of .xls and .xlsb sheets before they are opened."""

from __future__ import annotations

import posixpath
import re
import struct
from enum import IntEnum
from typing import TYPE_CHECKING

from planner.inputs.files.scans import BookScan, SheetScan, UnreadableError
from planner.inputs.files.zipped import MOST_UNPACKED, read_through

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Iterator

    from planner.inputs.files.ole import CompoundFile

_ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}


class _Xls(IntEnum):
    """Records of an .xls stream, after [MS-XLS]."""

    FORMULA = 0x06
    END = 0x0A
    PASSWORD = 0x2F
    SHEET = 0x85
    MANY_NUMBERS = 0xBD
    LINK = 0x1AE
    ERROR = 0x205
    ROW = 0x208


class _Xlsb(IntEnum):
    """Records of an .xlsb part, after [MS-XLSB]."""

    ROW = 0
    ERROR = 3
    FORMULA_ERROR = 11
    SHEET = 156
    MERGED = 176


_XLS_VALUES = frozenset({0x06, 0xD6, 0xFD, 0x203, 0x204, 0x205, 0x27E})
_XLSB_VALUES = frozenset({2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 62})
_OWN_SHEETS, _ADD_IN = 0x0401, 0x3A01  # what a link record says instead of another file's name
_NOT_A_NUMBER = b"\xff\xff"  # ends the result of a formula that is text, yes/no or an error
_WIDE = 0x01


def scan_xls(file: CompoundFile) -> BookScan:
    """Return what the sheets of an .xls hold.

    Raises
    ------
    UnreadableError : `password`.
    """
    name = "Workbook" if "Workbook" in file.streams else "Book"
    stream = file.read(name)
    scan = BookScan(has_macros=any(key.startswith("_VBA_PROJECT") for key in file.streams))
    begins = {}
    for number, data in _xls_records(stream, 0):
        if number == _Xls.PASSWORD:
            raise UnreadableError("password")
        if number == _Xls.SHEET:
            begins[_sheet_name(data)] = struct.unpack_from("<I", data)[0]
        elif number == _Xls.LINK and len(data) > 4:  # noqa: PLR2004  a count and a name
            scan.has_links |= struct.unpack_from("<H", data, 2)[0] not in (_OWN_SHEETS, _ADD_IN)
    scan.sheets = {sheet: _xls_sheet(stream, begin) for sheet, begin in begins.items()}
    return scan


def _xls_records(stream: bytes, begin: int) -> Iterator[tuple[int, bytes]]:
    """Yield number and content of the records up to the end of the substream."""
    while begin + 4 <= len(stream):
        number, size = struct.unpack_from("<HH", stream, begin)
        if number == _Xls.END:
            return
        yield number, stream[begin + 4 : begin + 4 + size]
        begin += 4 + size


def _sheet_name(data: bytes) -> str:
    length, flags = data[6:8]
    return data[8:].decode("utf-16-le" if flags & _WIDE else "latin-1", "replace")[:length]


def _xls_sheet(stream: bytes, begin: int) -> SheetScan:
    scan = SheetScan()
    for number, data in _xls_records(stream, begin):
        if number in _XLS_VALUES:
            row, column = struct.unpack_from("<HH", data)
            scan.reach(row, column)
            if number == _Xls.ERROR and data[7]:
                scan.show(row, column, _ERRORS.get(data[6], "#?"))
            elif number == _Xls.FORMULA and data[12:14] == _NOT_A_NUMBER and data[6] == 2:  # noqa: PLR2004  an error
                scan.show(row, column, _ERRORS.get(data[8], "#?"))
        elif number == _Xls.MANY_NUMBERS:
            scan.reach(struct.unpack_from("<H", data)[0], struct.unpack_from("<H", data, len(data) - 2)[0])
        elif number == _Xls.ROW:
            scan.hidden_rows += bool(data[12] & 0x20)
    return scan


def scan_xlsb(package: zipfile.ZipFile) -> BookScan:
    """Return what the sheets of an .xlsb hold, with their merged cells.

    Raises
    ------
    zipfile.BadZipFile : a damaged part.
    """
    parts = {part.lower(): part for part in package.namelist()}
    scan = BookScan(
        has_macros="xl/vbaproject.bin" in parts,
        has_links=any(part.startswith("xl/externallinks/") for part in parts),
    )
    relations = package.read(parts["xl/_rels/workbook.bin.rels"]).decode("utf-8", "replace")
    done = set()
    for number, data in _xlsb_records(package.read(parts["xl/workbook.bin"])):
        if number == _Xlsb.SHEET:
            relation, position = _wide_text(data, 8)
            name, _ = _wide_text(data, position)
            part = parts.get(_target(relations, relation))
            if part is not None:
                scan.sheets[name] = _xlsb_sheet(package.read(part))
                done.add(part)
    read_through(package, done)
    return scan


def _xlsb_records(part: bytes) -> Iterator[tuple[int, bytes]]:
    begin, end = 0, len(part)
    while begin + 2 <= end:
        number = part[begin]
        begin += 1
        if number & 0x80:
            number = (number & 0x7F) | (part[begin] & 0x7F) << 7
            begin += 1
        size, shift = 0, 0
        while begin < end:
            byte = part[begin]
            begin += 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80 or shift > MOST_UNPACKED.bit_length():  # noqa: PLR2004  the last byte has no high bit
                break
        yield number, part[begin : begin + size]
        begin += size


def _xlsb_sheet(part: bytes) -> SheetScan:
    scan = SheetScan()
    row = 0
    for number, data in _xlsb_records(part):
        if number == _Xlsb.ROW:
            row = struct.unpack_from("<I", data)[0]
            scan.hidden_rows += bool(data[11] & 0x10)
        elif number in _XLSB_VALUES:
            column = struct.unpack_from("<I", data)[0]
            scan.reach(row, column)
            if number in (_Xlsb.ERROR, _Xlsb.FORMULA_ERROR):
                scan.show(row, column, _ERRORS.get(data[8], "#?"))
        elif number == _Xlsb.MERGED:
            top, bottom, left, right = struct.unpack_from("<IIII", data)
            scan.spans.append(((top, left), (bottom, right)))
    return scan


def _wide_text(data: bytes, position: int) -> tuple[str, int]:
    """Return a text and where the data go on behind it."""
    end = position + 4 + 2 * struct.unpack_from("<I", data, position)[0]
    return data[position + 4 : end].decode("utf-16-le", "replace"), end


def _target(relations: str, wanted: str) -> str:
    for tag in re.findall(r"<[^<>]*>", relations):
        if re.search(rf"\sId=[\"']{re.escape(wanted)}[\"']", tag) and (
            target := re.search(r"\sTarget=[\"']([^\"']*)", tag)
        ):
            return posixpath.normpath(posixpath.join("/xl", target[1])).lstrip("/").lower()
    return ""

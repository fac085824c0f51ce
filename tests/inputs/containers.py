"""Files written byte by byte: what no program would write, and formats for which there is no writer."""

from __future__ import annotations

import shutil
import struct
import subprocess
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_ODF = "urn:oasis:names:tc:opendocument:xmlns"


def xlsx(
    path: Path,
    sheets: Iterable[Iterable[str]],
    parts: Mapping[str, str] | None = None,
    *,
    book: str = "",
    head: str = "",
    prefix: str = "",
) -> Path:
    """Write an .xlsx whose sheets S1, S2, … hold the given XML, piece by piece.

    Parameters
    ----------
    parts : further parts by name. book : XML put into the workbook part. head : XML before the root of each sheet.
    prefix : of the sheets' element names, such as "x:".
    """
    pieces = list(sheets)
    space = f"xmlns:{prefix}".rstrip(":") if prefix else "xmlns"
    numbers = range(1, len(pieces) + 1)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        main = f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
        package.writestr("_rels/.rels", f'<Relationships xmlns="{_PACKAGE}">{main}</Relationships>')
        listed = "".join(f'<sheet name="S{i}" sheetId="{i}" r:id="rId{i}"/>' for i in numbers)
        package.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets>{book}</workbook>',
        )
        targets = "".join(
            f'<Relationship Id="rId{i}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{i}.xml"/>' for i in numbers
        )
        strings = "xl/sharedStrings.xml" in (parts or {})
        shared = f'<Relationship Id="rId0" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
        package.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{_PACKAGE}">{targets}{shared * strings}</Relationships>',
        )
        for name, content in (parts or {}).items():
            package.writestr(name, content)
        for i, rows in zip(numbers, pieces, strict=True):
            with package.open(f"xl/worksheets/sheet{i}.xml", "w", force_zip64=True) as part:
                part.write(f'{head}<{prefix}worksheet {space}="{_MAIN}"><{prefix}sheetData>'.encode())
                for piece in rows:
                    part.write(piece.encode())
                part.write(f"</{prefix}sheetData></{prefix}worksheet>".encode())
    return path


def text_row(number: int, *texts: str) -> str:
    """Return the XML of a row of text cells."""
    cells = "".join(
        f'<c r="{chr(ord("A") + i)}{number}" t="inlineStr"><is><t>{text}</t></is></c>' for i, text in enumerate(texts)
    )
    return f'<row r="{number}">{cells}</row>'


def ods(path: Path, rows: str) -> Path:
    """Write an .ods with one table S of the given XML."""
    spaces = " ".join(f'xmlns:{name}="{_ODF}:{name}:1.0"' for name in ("office", "table", "text", "manifest"))
    mime = "application/vnd.oasis.opendocument.spreadsheet"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("mimetype", mime)
        entry = f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{mime}"/>'
        package.writestr("META-INF/manifest.xml", f"<manifest:manifest {spaces}>{entry}</manifest:manifest>")
        package.writestr(
            "content.xml",
            f"<office:document-content {spaces}><office:body><office:spreadsheet>"
            f'<table:table table:name="S">{rows}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return path


def xlsb(path: Path, cells: Mapping[tuple[int, int], str | float], merged: tuple[int, int, int, int]) -> Path:
    """Write an .xlsb with one sheet S; a text that starts with "#" is the error #REF!.

    Parameters
    ----------
    merged : first and last row, first and last column of one merged range.
    """

    def record(number: int, data: bytes = b"") -> bytes:
        first = bytes([number]) if number < 0x80 else bytes([number & 0x7F | 0x80, number >> 7])
        return first + bytes([len(data) & 0x7F | 0x80, len(data) >> 7]) + data

    def text(value: str) -> bytes:
        return struct.pack("<I", len(value)) + value.encode("utf-16-le")

    def cell(column: int, value: str | float) -> bytes:
        place = struct.pack("<II", column, 0)
        if isinstance(value, str) and value.startswith("#"):
            return record(3, place + b"\x17")
        return record(6, place + text(value)) if isinstance(value, str) else record(5, place + struct.pack("<d", value))

    rows = b""
    for row in sorted({row for row, _ in cells}):
        rows += record(0, struct.pack("<IIHBBBI", row, 0, 300, 0, 0, 0, 0))
        rows += b"".join(cell(column, value) for (r, column), value in sorted(cells.items()) if r == row)
    extent = struct.pack("<IIII", 0, max(row for row, _ in cells), 0, max(column for _, column in cells))
    sheet = record(129) + record(148, extent) + record(145) + rows + record(146)
    sheet += record(177, struct.pack("<I", 1)) + record(176, struct.pack("<IIII", *merged)) + record(178) + record(130)
    bundle = record(156, struct.pack("<II", 0, 1) + text("rId1") + text("S"))
    book = record(131) + record(143) + bundle + record(144) + record(132)
    relation = f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.bin"/>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.bin", book)
        package.writestr("xl/_rels/workbook.bin.rels", f'<Relationships xmlns="{_PACKAGE}">{relation}</Relationships>')
        package.writestr("xl/worksheets/sheet1.bin", sheet)
    return path


def compound(path: Path, name: str, stream: bytes) -> Path:
    """Write a compound file with one stream of at least 4,096 bytes."""
    stream = stream.ljust(4096, b"\0")
    count = -(-len(stream) // 512)
    chain = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, count + 2), 0xFFFFFFFE]
    table = struct.pack(f"<{len(chain)}I", *chain).ljust(512, b"\xff")
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<9I", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0) + struct.pack("<I", 0)
    directory = b""
    for entry, kind, start, size in (("Root Entry", 5, 0xFFFFFFFE, 0), (name, 2, 2, len(stream))):
        directory += entry.encode("utf-16-le").ljust(64, b"\0") + struct.pack("<HBB", 2 * len(entry) + 2, kind, 1)
        directory += struct.pack("<III", 0xFFFFFFFF, 0xFFFFFFFF, 1 if kind == 5 else 0xFFFFFFFF) + bytes(36)
        directory += struct.pack("<IQ", start, size)
    path.write_bytes(header.ljust(512, b"\xff") + table + directory.ljust(512, b"\0") + stream)
    return path


def converted(path: Path, suffix: str) -> Path:
    """Return a workbook saved by LibreOffice in another format; the test is skipped without it."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    profile = f"-env:UserInstallation={(path.parent / 'profile').as_uri()}"
    target = path.parent / suffix
    subprocess.run(
        [office, profile, "--headless", "--convert-to", suffix, "--outdir", str(target), str(path)],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return target / f"{path.stem}.{suffix}"

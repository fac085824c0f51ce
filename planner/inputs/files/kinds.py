"""What a file really is: told by its first bytes, whatever its name says."""

from __future__ import annotations

import re
import struct
import zipfile
from typing import TYPE_CHECKING, Literal

from planner.inputs.files.ole import MAGIC, CompoundFile

if TYPE_CHECKING:
    from pathlib import Path

Kind = Literal[
    "xlsx",
    "xlsb",
    "ods",
    "xls",
    "locked",
    "html",
    "xml",
    "sqlite",
    "parquet",
    "shapes",
    "json",
    "text",
    "empty",
    "other",
]

WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
TEXTS = (".csv", ".tsv", ".txt")
LAYERS = (".gpkg", ".geojson", ".json", ".shp")
PARQUETS = (".parquet", ".geoparquet")
SUPPORTED = (*WORKBOOKS, *TEXTS, *LAYERS, *PARQUETS)

_FIRST_BYTES: dict[bytes, Kind] = {b"SQLite format 3\0": "sqlite", b"PAR1": "parquet", b"\0\0'\n": "shapes"}
_PARTS: dict[str, Kind] = {"xl/workbook.xml": "xlsx", "xl/workbook.bin": "xlsb", "content.xml": "ods"}
_HTML = re.compile(rb"(?is)\s*(<!--.*?-->\s*)*<(!doctype\s+html|html|head|meta|body|table|style|div|script)\b")
_BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")
_SPECIMEN = 4096


def kind_of(path: Path) -> Kind:
    """Return what a file is by its bytes; `text` for anything that is no other kind."""
    with path.open("rb") as file:
        head = file.read(_SPECIMEN)
    if not head:
        return "empty"
    if head.startswith(MAGIC):
        return _compound(path)
    if head.startswith(b"PK"):
        return _zipped(path)
    known = next((kind for first, kind in _FIRST_BYTES.items() if head.startswith(first)), None)
    return known or _text(head)


def _compound(path: Path) -> Kind:
    try:
        streams = CompoundFile(path.read_bytes()).streams
    except struct.error:
        return "other"
    if "EncryptedPackage" in streams:
        return "locked"
    return "xls" if {"Workbook", "Book"} & set(streams) else "other"


def _zipped(path: Path) -> Kind:
    try:
        with zipfile.ZipFile(path) as package:
            names = {name.lower() for name in package.namelist()}
            if "content.xml" in names and b"manifest:encryption-data" in _manifest(package):
                return "locked"
    except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError, RuntimeError):
        return "other"
    return next((kind for part, kind in _PARTS.items() if part in names), "other")


def _manifest(package: zipfile.ZipFile) -> bytes:
    name = "META-INF/manifest.xml"
    if name not in package.namelist():
        return b""
    with package.open(name) as part:
        return part.read(1 << 20)


def _text(head: bytes) -> Kind:
    plain = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith(_BYTE_ORDER_MARKS[:2]):
        plain = head.decode("utf-16", "ignore").encode().lstrip()
    if _HTML.match(plain):
        return "html"
    if plain.startswith((b"<?xml", b"<!DOCTYPE")):
        return "xml"
    return "json" if plain.startswith((b"{", b"[")) else "text"

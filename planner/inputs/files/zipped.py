"""The parts of a zipped workbook, read through once in pieces so that no part can swell the memory."""

from __future__ import annotations

import zipfile
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING

from planner.inputs.files.scans import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MOST_UNPACKED = 600_000_000
"""Bytes of the parts that a reader goes through: some 300,000 rows of 40 filled cells."""

_READ = (".xml", ".bin", ".rels", ".vml")
_PIECE = 1 << 20
_LONGEST_ELEMENT = 8 << 20  # a row of 16,384 cells


@contextmanager
def open_package(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open a zipped workbook whose parts together are small enough to be read.

    Raises
    ------
    UnreadableError : `too-large`, or `not-a-workbook` where the package is damaged or says untrue sizes.
    """
    try:
        with zipfile.ZipFile(path) as package:
            parts = package.infolist()
            if len({part.filename.lower() for part in parts}) < len(parts):
                raise UnreadableError("not-a-workbook", "zip: duplicate parts")
            unpacked = sum(part.file_size for part in parts if part.filename.lower().endswith(_READ))
            if unpacked > MOST_UNPACKED:
                raise UnreadableError("too-large", f"{unpacked / 1e6:,.0f} MB > {MOST_UNPACKED / 1e6:,.0f} MB")
            yield package
    except (zipfile.BadZipFile, zlib.error, ValueError, EOFError, NotImplementedError, RuntimeError) as error:
        raise UnreadableError("not-a-workbook", error) from error


def pieces(package: zipfile.ZipFile, name: str, begin: bytes = b"<") -> Iterator[bytes]:
    """Yield a part in pieces of about 1 MB, each but the first starting where an element `begin` starts.

    Raises
    ------
    UnreadableError : `not-a-workbook` where the part declares entities, which no workbook program writes.
    """
    with package.open(name) as part:
        if b"<!DOCTYPE" in (rest := part.read(_PIECE)):  # it stands before the first element
            raise UnreadableError("not-a-workbook", "XML: DOCTYPE")
        while data := part.read(_PIECE):
            whole = rest + data
            cut = whole.rfind(begin)
            if cut <= 0:
                cut = 0 if len(whole) < _LONGEST_ELEMENT else len(whole)
            if cut:
                yield whole[:cut]
            rest = whole[cut:]
    if rest:
        yield rest


def read_through(package: zipfile.ZipFile, done: set[str]) -> None:
    """Unpack the parts that nobody has looked at, so that untrue sizes and damage come to light."""
    for part in package.infolist():
        if part.filename not in done and part.filename.lower().endswith(_READ):
            with package.open(part) as stream:
                while stream.read(_PIECE):
                    pass

"""Open a file of any supported format as sheets of untouched cells: nothing is guessed about types here."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from planner.inputs.files.delimited import read_delimited, regularity
from planner.inputs.files.encodings import decode
from planner.inputs.files.kinds import LAYERS, PARQUETS, SUPPORTED, TEXTS, WORKBOOKS, Kind, kind_of
from planner.inputs.files.scans import UnreadableError
from planner.inputs.files.sheet import Cell, Sheet, Span
from planner.inputs.origin import Origin

if TYPE_CHECKING:
    from pathlib import Path

    from planner.catalogue.load import Language
    from planner.errors import Record

__all__ = ["Cell", "Sheet", "Span", "file_hash", "open_sheets"]

MOST_BYTES = 400_000_000
"""Size of a workbook's file that is opened."""

_LOCKS = ("~$", ".~lock.")
_GRIDS: tuple[Kind, ...] = ("xlsx", "xlsb", "ods", "xls", "html", "text")
_SPECIMEN = 100_000


def open_sheets(path: Path, table: str, language: Language) -> tuple[list[Sheet], list[Record]]:
    """Return the sheets of a file that may hold a table, and what the user should know about the file.

    Parameters
    ----------
    path : a workbook (.xlsx, .xlsm, .xls, .xlsb, .ods), text (.csv, .tsv, .txt) or layer (.gpkg, .geojson, .shp,
        .parquet); a workbook or text under the wrong one of these names is read as what it is.
    table : the table wanted; a layer of that name is preferred to the other layers of its file.

    Returns
    -------
    The sheets with at least one row, and the records; a file that cannot be read gives one record of severity error.
    """
    place = Origin(table, path.name, "", language)
    try:
        check_is_there(path)
        sheets, records = _sheets(path, table, place)
    except UnreadableError as error:
        return [], [place.record(error.rule, "error", path=path, reason=error.reason)]
    except OSError as error:
        return [], [place.record("file-unreadable", "error", path=path, reason=error)]
    except MemoryError:
        return [], [place.record("too-large", "error", reason="MemoryError")]
    filled = [sheet for sheet in sheets if len(sheet.rows) > 1 or (sheet.rows and not sheet.is_layer)]
    if not filled and all(record.severity != "error" for record in records):
        records.append(place.record("empty-sheet", "error"))
    return filled, records


def check_is_there(path: Path) -> None:
    """Raise `UnreadableError` where a path names no file that can be opened: none, a folder, or a lock of Excel's."""
    if path.is_dir():
        raise UnreadableError("file-is-a-folder")
    if not path.is_file():
        raise UnreadableError("file-missing")
    if path.name.startswith(_LOCKS):
        raise UnreadableError("lock-file")


def _sheets(path: Path, table: str, place: Origin) -> tuple[list[Sheet], list[Record]]:
    suffix = path.suffix.lower()
    if suffix not in SUPPORTED:
        raise UnreadableError("unknown-format", ", ".join(SUPPORTED))
    kind = kind_of(path)
    if suffix in PARQUETS or suffix in LAYERS:
        return _layers(path, table, kind, place)
    return _grid(path, kind, place)


def _layers(path: Path, table: str, kind: Kind, place: Origin) -> tuple[list[Sheet], list[Record]]:
    """Read a layer, if its bytes are of the kind that its name says: other drivers could follow links."""
    from planner.inputs.files.layers import read_layers, read_parquet, read_shapefile

    suffix = path.suffix.lower()
    if suffix in PARQUETS and kind == "parquet":
        return [read_parquet(path)], []
    if suffix == ".shp" and kind == "shapes":
        return read_shapefile(path, place)
    if (suffix == ".gpkg" and kind == "sqlite") or (suffix in (".geojson", ".json") and kind == "json"):
        return list(read_layers(path, table)), []
    raise UnreadableError("not-a-layer", kind)


def _grid(path: Path, kind: Kind, place: Origin) -> tuple[list[Sheet], list[Record]]:
    """Read a workbook or text by what it is; a name that says otherwise is told."""
    suffix = path.suffix.lower()
    if kind == "locked":
        raise UnreadableError("password")
    if path.stat().st_size > MOST_BYTES:
        raise UnreadableError("too-large", f"> {MOST_BYTES / 1e6:,.0f} MB")
    if suffix in TEXTS and kind in ("json", "xml", "empty"):
        kind = "text"
    named_workbook = suffix in WORKBOOKS
    if kind not in _GRIDS or (named_workbook and kind == "text" and not _is_table(path)):
        raise UnreadableError("not-a-workbook" if named_workbook else "not-text", kind)
    sheets, records = _read_grid(path, kind, place)
    usual = (".xlsx", ".xlsm") if kind == "xlsx" else TEXTS if kind == "text" else (f".{kind}",)
    if suffix not in usual:
        records.insert(0, place.record("format-differs", "info", value=suffix, kind=usual[0]))
    return sheets, records


def _read_grid(path: Path, kind: Kind, place: Origin) -> tuple[list[Sheet], list[Record]]:
    if kind == "text":
        return read_delimited(path, place)
    if kind == "html":
        from planner.inputs.files.html_tables import read_html

        return read_html(path), []
    from planner.inputs.files.workbooks import read_workbook

    return read_workbook(path, kind, place)


def _is_table(path: Path) -> bool:
    """Whether a text under a workbook's name has rows of several cells."""
    with path.open("rb") as file:
        decoded = decode(file.read(_SPECIMEN // 2 * 2).rpartition(b"\n")[0])
    return decoded is not None and any(regularity(decoded.text, mark) for mark in "\t;,|")


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file's bytes; a Shapefile counts with the files beside it."""
    parts = sorted(path.parent.glob(f"{path.stem}.*")) if path.suffix.lower() == ".shp" else [path]
    digest = hashlib.sha256()
    for part in parts:
        with part.open("rb") as file:
            while data := file.read(1 << 20):
                digest.update(data)
    return digest.hexdigest()

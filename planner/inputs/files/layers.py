"""Map layers: GeoPackage, GeoJSON, Shapefile with its code page, GeoParquet."""

from __future__ import annotations

import codecs
import datetime as dt
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pyogrio

from planner.inputs.files.delimited import encoding_records
from planner.inputs.files.encodings import Decoded, decode_8bit, decode_1252
from planner.inputs.files.scans import UnreadableError
from planner.inputs.files.sheet import Cell, Sheet
from planner.inputs.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from planner.errors import Record
    from planner.inputs.origin import Origin

_RAW = "ISO-8859-1"  # one character for each byte of the file
_CODE_PAGES = {"65001": "utf-8", "1258": "cp1258", "1252": "cp1252", "ansi 1258": "cp1258", "ansi 1252": "cp1252"}


def read_layers(path: Path, table: str) -> Iterator[Sheet]:
    """Yield the layers of a GeoPackage or GeoJSON; a layer named like the table is preferred to the others.

    Raises
    ------
    UnreadableError : `not-a-layer`.
    """
    try:
        names = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
        named = [name for name in names if fold(name) == fold(table)]
        for name in named or names:
            yield _layer(gpd.read_file(path, layer=name), name)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, UnicodeDecodeError) as error:
        raise UnreadableError("not-a-layer", error) from error


def read_shapefile(path: Path, place: Origin) -> tuple[list[Sheet], list[Record]]:
    """Return a Shapefile and the code page of its texts, where that had to be assumed.

    The .cpg file beside it names the code page. Without one, or against it, the bytes decide: the mark in the .dbf
    knows no Vietnamese code page, and programs write it without regard to what they write.

    Raises
    ------
    UnreadableError : `not-a-layer`.
    """
    try:
        frame = gpd.read_file(path, encoding=_RAW)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise UnreadableError("not-a-layer", error) from error
    sheet = _layer(frame, path.stem)
    texts = [cell.encode(_RAW) for row in sheet.rows for cell in row if isinstance(cell, str)]
    decoded, codec = _code_page(texts, _declared(path))
    rows = [[_recoded(cell, codec) if isinstance(cell, str) else cell for cell in row] for row in sheet.rows]
    return [Sheet(sheet.name, rows, geometry=sheet.geometry)], encoding_records(decoded, place)


def _declared(path: Path) -> str | None:
    """Return the codec that the .cpg file beside a Shapefile names, if Python knows it."""
    beside = [other for other in path.parent.glob(f"{path.stem}.*") if other.suffix.lower() == ".cpg"]
    if not beside:
        return None
    name = beside[0].read_text(encoding="ascii", errors="replace").strip().lower()
    try:
        return codecs.lookup(_CODE_PAGES.get(name, name)).name
    except LookupError:
        return None


def _code_page(texts: list[bytes], declared: str | None) -> tuple[Decoded, str]:
    """Return how the texts are read and in which codec."""
    if declared not in (None, "iso8859-1", "cp1252") and _fits(texts, declared):
        return Decoded("", declared, is_certain=True), declared
    if _fits(texts, "utf-8"):
        return Decoded("", "utf-8", is_certain=True), "utf-8"
    decoded = decode_8bit(b"\n".join(texts)) or Decoded("", "windows-1252", is_certain=False)
    return decoded, "cp1258" if decoded.encoding == "windows-1258" else "cp1252"


def _fits(texts: list[bytes], codec: str) -> bool:
    try:
        return all(_cut_off(text, codec) is not None for text in texts)
    except UnicodeDecodeError:
        return False


def _cut_off(text: bytes, codec: str) -> str:
    """Return text whose last character may be cut in two by the width of its field."""
    return codecs.getincrementaldecoder(codec)().decode(text, final=False)


def _recoded(cell: str, codec: str) -> str:
    data = cell.encode(_RAW)
    return decode_1252(data) if codec == "cp1252" else _cut_off(data, codec)


def read_parquet(path: Path) -> Sheet:
    """Return a GeoParquet file, or a Parquet file without geometry.

    Raises
    ------
    UnreadableError : `not-a-layer`.
    """
    try:
        try:
            return _layer(gpd.read_parquet(path), path.stem)
        except ValueError:  # a parquet file without geometry
            return _layer(gpd.GeoDataFrame(pd.read_parquet(path), geometry=None), path.stem)
    except ValueError as error:
        raise UnreadableError("not-a-layer", error) from error


def _layer(frame: gpd.GeoDataFrame, name: str) -> Sheet:
    has_geometry = frame.active_geometry_name is not None
    fields = pd.DataFrame(frame.drop(columns=frame.geometry.name) if has_geometry else frame)
    columns = [[_native(cell) for cell in fields[field]] for field in fields]
    cells = map(list, zip(*columns, strict=True)) if columns else ([] for _ in range(len(frame)))
    rows: list[list[Cell]] = [list(fields.columns), *cells]
    geometry = frame.geometry if has_geometry else gpd.GeoSeries([None] * len(frame))
    return Sheet(name, rows, geometry=geometry.reset_index(drop=True))


def _native(cell: Any) -> Cell:  # noqa: ANN401  a cell of any data frame
    if cell is None or cell is pd.NaT or cell is pd.NA or cell != cell:  # noqa: PLR0124  NaN differs from itself
        return None
    if isinstance(cell, pd.Timestamp):
        return cell.to_pydatetime()
    cell = cell.item() if hasattr(cell, "item") else cell
    if isinstance(cell, str):
        return cell if cell.strip() else None
    return cell if isinstance(cell, int | float | dt.date) else str(cell)

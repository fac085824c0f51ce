"""Find a sheet's header block of one or two rows and say which column of the data model each heading is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from planner.catalogue.columns import Column, columns
from planner.inputs.tables import Match
from planner.inputs.text import clean, fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from planner.errors import Record
    from planner.inputs.files import Sheet
    from planner.inputs.origin import Origin

ROWS_SEARCHED = 40
LEAST_MATCHES = 2
SHAPEFILE_NAME = 10  # characters that a Shapefile keeps of a field's name
SERIAL = frozenset({"stt", "so tt", "tt", "so thu tu", "no", "fid", "ogc fid"})

# Units as they stand in headers (folded), as factors to the unit of the data model.
UNITS = {
    "m²": {"m2": 1.0, "met vuong": 1.0, "ha": 1e4, "hecta": 1e4, "km2": 1e6},
    "km²": {"km2": 1.0, "ha": 0.01, "m2": 1e-6},
    "đồng": {
        "dong": 1.0,
        "vnd": 1.0,
        "nghin dong": 1e3,
        "ngan dong": 1e3,
        "1 000 dong": 1e3,
        "1000 dong": 1e3,
        "trieu dong": 1e6,
        "million vnd": 1e6,
        "ty dong": 1e9,
    },
    "người": {"nguoi": 1.0, "persons": 1.0, "nghin nguoi": 1e3, "1 000 nguoi": 1e3},
}
_BRACKETS = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]")


@dataclass(frozen=True)
class Heading:
    """A column of the sheet: its position from 0, its heading and the group heading above, as the user wrote them."""

    index: int
    text: str
    group: str = ""

    @property
    def shown(self) -> str:
        """Return the heading with its group, as records name it."""
        return f"{self.group} / {self.text}" if self.group else self.text

    def factor(self, unit: str) -> tuple[str, float]:
        """Return the unit named in the heading and the factor to `unit`; 1 where it names none that is known."""
        known = UNITS.get(unit, {})
        named = [fold(a or b) for part in (self.text, self.group) for a, b in _BRACKETS.findall(part)]
        named += [fold(part.rpartition(",")[2]) for part in (self.text, self.group)]
        return next(((name, known[name]) for name in named if name in known), ("", 1.0))


@dataclass(frozen=True)
class Header:
    """The header block of a sheet.

    Attributes
    ----------
    first, last : indices of its first and last row, from 0; the data begin below.
    columns : column of the data model → heading.
    serial : position of the running number (STT), or None.
    unmatched : headings that no column of the table recognises.
    doubled : headings left out because an earlier heading is the same column, with that column.
    mapped : headers of the scenario's mapping that were found.
    """

    first: int
    last: int
    columns: dict[str, Heading]
    serial: int | None
    unmatched: tuple[Heading, ...]
    doubled: tuple[tuple[str, Heading], ...]
    mapped: frozenset[str] = frozenset()
    matches: tuple[Match, ...] = ()


@cache
def spellings(column: Column) -> dict[tuple[str, str], int]:
    """Return how a column may be headed, as (group prefix, heading) folded; 1 for the preferred headings, else 0."""
    found: dict[tuple[str, str], int] = {}
    names = (column.key, column.key[:SHAPEFILE_NAME], column.vi, column.en, *column.synonyms)
    for rank, texts in ((0, names), (1, column.preferred)):
        for text in texts:
            group, _, heading = text.rpartition(" / ")
            found |= {(fold(group), form): rank for form in _forms(heading)}
    return found


@lru_cache(maxsize=4096)
def _forms(text: str) -> tuple[str, ...]:
    """Return a heading folded, and folded without what stands in brackets or after the last comma if that is a unit."""
    bare = fold(_BRACKETS.sub(" ", text))
    head, _, tail = text.rpartition(",")
    without_unit = [fold(head)] if any(fold(tail) in units for units in UNITS.values()) else []
    return tuple(dict.fromkeys(form for form in (fold(text), bare, *without_unit) if form))


@cache
def _table_spellings(table: str) -> dict[tuple[str, str], tuple[str, int]]:
    return {form: (key, rank) for key, column in columns(table).items() for form, rank in spellings(column).items()}


def match(heading: Heading, table: str) -> tuple[str, int] | None:
    """Return the column that a heading is in a table and its rank, or None.

    A spelling with a group is tried first, then group and heading as one text, then the heading alone.
    """
    known = _table_spellings(table)
    group = _forms(heading.group)[:1]
    for form in _forms(heading.text):
        for prefix, text in known:
            if prefix and text == form and any(g.startswith(prefix) for g in group):
                return known[prefix, text]
    joined = [f"{g} {t}" for g in _forms(heading.group) for t in _forms(heading.text)]
    return next((known["", form] for form in (*joined, *_forms(heading.text)) if ("", form) in known), None)


def find_header(sheet: Sheet, table: str, mapping: Mapping[str, str]) -> Header | None:
    """Return the header block: the one or two rows whose cells match the most columns, or None where none matches two.

    Parameters
    ----------
    sheet : titles above the block are allowed; a layer has its field names in the first row.
    mapping : the scenario's own header → column; it wins over the column table.
    """
    headers = [_resolve(rows, headings, table, mapping) for rows, headings in _candidates(sheet)]
    best = max(headers, key=lambda header: len(header.columns), default=None)  # the first of equals
    return best if best is not None and len(best.columns) >= LEAST_MATCHES else None


def _candidates(sheet: Sheet) -> Iterator[tuple[tuple[int, int], list[Heading]]]:
    """Yield the rows that could be the block, single rows before pairs."""
    rows = range(1 if sheet.is_layer else min(len(sheet.rows), ROWS_SEARCHED))
    for row in rows:
        yield (row, row), [Heading(i, clean(str(cell))) for i, cell in enumerate(sheet.rows[row]) if cell is not None]
    if not sheet.is_layer:
        for row in rows[: len(sheet.rows) - 1]:
            yield (row, row + 1), _two_rows(sheet, row)


def _two_rows(sheet: Sheet, row: int) -> list[Heading]:
    top, bottom = ([None if cell is None else clean(str(cell)) for cell in sheet.rows[r]] for r in (row, row + 1))
    ends = {start[1]: end[1] for start, end in sheet.spans if start[0] == row and end[0] == row}
    headings, group, group_end = [], "", -1
    for i, (above, below) in enumerate(zip(top, bottom, strict=False)):
        if above is not None:
            group, group_end = above, ends.get(i, i if sheet.spans else len(top))
        if below is not None:
            headings.append(Heading(i, below, group if i <= group_end else ""))
        elif above is not None:
            headings.append(Heading(i, above))
            group_end = -1  # a heading without a sub-heading is no group
    return headings


def _resolve(rows: tuple[int, int], headings: list[Heading], table: str, mapping: Mapping[str, str]) -> Header:
    found: dict[str, tuple[int, Heading]] = {}
    unmatched: list[Heading] = []
    doubled: list[tuple[str, Heading]] = []
    mapped: set[str] = set()
    serial = None
    for heading in headings:
        chosen = next((key for key in mapping if _is_mapped(heading, key) and mapping[key] in columns(table)), None)
        hit = (mapping[chosen], 2) if chosen is not None else match(heading, table)
        mapped |= {chosen} if chosen is not None else set()
        if hit is None:
            if serial is None and fold(heading.text) in SERIAL:
                serial = heading.index
            else:
                unmatched.append(heading)
            continue
        column, rank = hit
        earlier = found.get(column)
        if earlier is None or rank > earlier[0]:
            found[column] = (rank, heading)
            unmatched += [earlier[1]] if earlier is not None else []
        elif rank < earlier[0]:
            unmatched.append(heading)
        else:
            doubled.append((column, heading))
    kept = {column: heading for column, (_, heading) in found.items()}
    matches = tuple(
        Match(column, heading.index, heading.shown, 1.0, "scenario" if rank > 1 else "name")
        for column, (rank, heading) in sorted(found.items(), key=lambda item: item[1][1].index)
    )
    return Header(*rows, kept, serial, tuple(unmatched), tuple(doubled), frozenset(mapped), matches)


def _is_mapped(heading: Heading, key: str) -> bool:
    return fold(key) in {*_forms(heading.text), fold(heading.shown)}


def header_records(header: Header, origin: Origin) -> list[Record]:
    """Return what the reader should know: headings not used, headings met twice, units converted, columns missing."""
    table = origin.table
    records = [
        origin.record("column-twice", "warning", column=heading.shown, first=header.columns[column].shown, name=column)
        for column, heading in header.doubled
    ]
    for column, heading in header.columns.items():
        own = columns(table)[column].unit
        unit, factor = heading.factor(own)
        if factor != 1:
            records.append(origin.record("unit-converted", "info", column=heading.shown, unit=unit, to=own))
    if header.unmatched:
        names = "; ".join(heading.shown.replace("\n", " ") for heading in header.unmatched)
        records.append(origin.record("columns-not-used", "info", column=names, names=names))
    records += [
        origin.record("missing-column", "error", column=column.label(origin.language), name=key)
        for key, column in columns(table).items()
        if column.required and key not in header.columns
    ]
    return records

"""Find a sheet's header block of one to four rows and say which column of the data model each heading is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from planner.catalogue.columns import columns
from planner.catalogue.load import read_data
from planner.catalogue.numbers import UNKNOWN
from planner.inputs.lists.guesses import guess, read_by_values
from planner.inputs.lists.headings import (
    Heading,
    Hit,
    alike,
    forms,
    is_serial,
    is_unit,
    match,
    unit_name,
    units_in,
    word_set,
)
from planner.inputs.tables import Match
from planner.inputs.text import clean, fold

if TYPE_CHECKING:
    from planner.errors import Record
    from planner.inputs.files.opening import Cell, Sheet
    from planner.inputs.origin import Origin

ROWS_SEARCHED = 200
MOST_ROWS = 4
LEAST_MATCHES = 2
LEAST_GUESSES = 3
"""Columns that a block must have; the second where all of them are guessed."""

_NUMBER = re.compile(r"[+-]?[\d.,\s%]+|(?!X$)[IVXLC]+|[-–—]")
_COLUMN_NUMBER = re.compile(r"\(?(\d{1,2}|[A-Z])\)?|\(?\d{1,2}\)?\s*=.*|\[\d{1,2}\]")
LEAST_NUMBERS = 3
_MOST_NEAR = 3  # headings named beside a column that is missing


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
    matches : the columns recognised, in the sheet's order.
    doubtful : headings not taken because several columns are as near, with the nearest.
    unit_line : what stands above the block about units ("Đơn vị tính: m2; triệu đồng"); empty where nothing does.
    """

    first: int
    last: int
    columns: dict[str, Heading]
    serial: int | None
    unmatched: tuple[Heading, ...]
    doubled: tuple[tuple[str, Heading], ...]
    mapped: frozenset[str] = frozenset()
    matches: tuple[Match, ...] = ()
    doubtful: tuple[tuple[Heading, tuple[str, ...]], ...] = ()
    unit_line: str = ""

    @property
    def worth(self) -> float:
        """Return the sum of the scores of the columns recognised."""
        return sum(found.score for found in self.matches)

    def unit(self, key: str, own: str) -> tuple[str, float]:
        """Return the unit stated for a column, in its heading or above the block, and the factor to its `own` unit."""
        stated = self.columns[key].factor(own)
        return stated if stated[0] or not self.unit_line else units_in(self.unit_line, own)


def find_header(sheet: Sheet, table: str, mapping: Mapping[str, str]) -> Header | None:
    """Return the header block: the one to four rows whose headings are recognised best, or None where none are.

    Blocks are compared by the columns that are known by name; only those that overlap the best are then compared by
    the sum of all scores, guesses included. Of equal blocks the one whose groups tell more is taken ("Before the
    merger / Commune"), then the one with fewer rows, then the upper one.

    Parameters
    ----------
    sheet : titles above the block are allowed; a layer has its field names in the first row.
    mapping : the scenario's own header → column; it wins over the column table.
    """
    blocks = {rows: headings for rows, headings in _blocks(sheet) if len(headings) >= LEAST_MATCHES}
    known = {rows: _known(headings, table, mapping) for rows, headings in blocks.items()}
    most = max(known.values(), default=0)
    best = [rows for rows, count in known.items() if count == most]
    near = {rows for rows in blocks if any(rows[0] <= last and first <= rows[1] for first, last in best)}
    headers = [_resolve(sheet, rows, blocks[rows], table, mapping) for rows in blocks if rows in near]
    header = max(headers, key=lambda h: (round(h.worth, 6), _told_by_group(h, table), h.first - h.last), default=None)
    if header is None or len(header.matches) < LEAST_MATCHES:
        return None
    guessed = all(found.by == "alike" for found in header.matches)
    return None if guessed and len(header.matches) < LEAST_GUESSES else header


def _told_by_group(header: Header, table: str) -> int:
    """Return how many columns would be others without the groups above their headings."""
    grouped = (heading for heading in header.columns.values() if heading.group)
    pairs = ((match(heading, table), match(replace(heading, group=""), table)) for heading in grouped)
    return sum(hit is not None and (alone is None or alone.column != hit.column) for hit, alone in pairs)


def _known(headings: list[Heading], table: str, mapping: Mapping[str, str]) -> int:
    hits = (match(heading, table) for heading in headings)
    return len(
        {hit.column for hit in hits if hit} | {mapping[key] for h in headings for key in mapping if _is_mapped(h, key)}
    )


def _blocks(sheet: Sheet) -> Iterator[tuple[tuple[int, int], list[Heading]]]:
    """Yield the rows that could be the block with their headings, fewer rows first."""
    if sheet.is_layer:
        yield (0, 0), [Heading(i, clean(str(cell))) for i, cell in enumerate(sheet.rows[0]) if cell is not None]
        return
    below = {row for (top, _), (bottom, _) in sheet.spans for row in range(top + 1, min(bottom, ROWS_SEARCHED) + 1)}
    able = [
        can_be_heading(cells) or (row in below and cells.count(None) == len(cells))
        for row, cells in enumerate(sheet.rows[:ROWS_SEARCHED])
    ]
    for count in range(1, MOST_ROWS + 1):
        for first in range(len(able) - count + 1):
            last = first + count - 1
            units_follow = last + 1 < len(sheet.rows) and _is_all_units(sheet.rows[last + 1])
            if all(able[first : last + 1]) and not units_follow and not _cuts_a_merged_cell(sheet, first, last):
                yield (first, last), headings_of(sheet, first, last)


def can_be_heading(cells: list[Cell]) -> bool:
    """Return whether a row can be part of the block: words, and no numbers but years."""
    filled = [cell for cell in cells if cell is not None]
    if "Y" in filled:
        filled = [cell for cell in filled if cell != "X"]  # the northing, not the Roman ten
    return (
        any(isinstance(cell, str) and not _NUMBER.fullmatch(cell.strip()) for cell in filled)
        and all(_is_word_or_year(cell) for cell in filled)
        and not is_column_numbers(filled)
    )


def _is_all_units(cells: list[Cell]) -> bool:
    filled = [cell for cell in cells if cell is not None]
    return bool(filled) and all(isinstance(cell, str) and is_unit(cell) for cell in filled)


def _is_word_or_year(cell: Cell) -> bool:
    if isinstance(cell, str):
        return not _NUMBER.fullmatch(cell.strip()) or _is_year(cell.strip())
    return isinstance(cell, int | float) and _is_year(f"{cell:g}")


def _is_year(text: str) -> bool:
    return len(text) == 4 and text.startswith(("19", "20"))  # noqa: PLR2004  digits of a year


def is_column_numbers(filled: Sequence[Cell]) -> bool:
    """Return whether the filled cells of a row number the columns: (1), (2), (3) = (1) + (2), or A, B, 1, 2, 3.

    Numbers without brackets do so only if they count from 1: a row of data may hold small numbers too.
    """
    if len(filled) < LEAST_NUMBERS:
        return False
    texts = [clean(str(cell)).removesuffix(".0") for cell in filled]
    if not all(_COLUMN_NUMBER.fullmatch(text) for text in texts):
        return False
    bare = [int(text.partition("=")[0]) for text in texts if text[0].isdigit()]
    return bare == list(range(1, len(bare) + 1))


def _cuts_a_merged_cell(sheet: Sheet, first: int, last: int) -> bool:
    return any(top <= last < bottom or top < first <= bottom for (top, _), (bottom, _) in sheet.spans if top != bottom)


def headings_of(sheet: Sheet, first: int, last: int) -> list[Heading]:
    """Return the headings of a block: the lowest words of each column under the groups that reach over it."""
    rows = [[None if cell is None else clean(str(cell)) for cell in sheet.rows[row]] for row in range(first, last + 1)]
    width = max(map(len, rows))
    rows = [row + [None] * (width - len(row)) for row in rows]
    ends = {start: end[1] for start, end in sheet.spans if first <= start[0] and end[0] <= last and end[1] > start[1]}
    groups = [
        _reach(rows, level, {i: e for (row, i), e in ends.items() if row == first + level})
        for level in range(len(rows))
    ]
    headings = []
    for i in range(width):
        lowest = max((level for level, row in enumerate(rows) if row[i] is not None), default=None)
        if lowest is None:
            continue
        path = [text for group in groups[:lowest] if (text := group[i]) is not None]
        path = [text for n, text in enumerate(path) if n == 0 or text != path[n - 1]]
        text = str(rows[lowest][i])
        while path and (is_unit(text) or text == path[-1]):
            text = path.pop() if text == path[-1] else f"{path.pop()} {text if text[0] in '([' else f'({text})'}"
        headings.append(Heading(i, text, " / ".join(path)))
    return headings


def _reach(rows: list[list[str | None]], level: int, ends: Mapping[int, int]) -> list[str | None]:
    """Return the group over each column at a level: to the end of its merged cell, or else to the next words.

    Without merged cells a group reaches over blank cells to its right as long as there are words below; a heading with
    nothing below it is no group.
    """
    row = rows[level]
    found: list[str | None] = [None] * len(row)
    group: str | None = None
    until = -1
    for i, own in enumerate(row):
        below = any(lower[i] is not None for lower in rows[level + 1 :])
        if own is not None:
            group, until = own, ends.get(i, i if ends else len(row))
            if not below and i not in ends:
                group = None
        elif not ends and any(upper[i] is not None for upper in rows[:level]):
            group = None
        found[i] = group if i <= until and below else None
    return found


def _resolve(
    sheet: Sheet, rows: tuple[int, int], headings: list[Heading], table: str, mapping: Mapping[str, str]
) -> Header:
    """Give each heading its column: the mapping first, then names and synonyms, then what is alike and still free.

    In this order, and not by the greatest sum, because no guess may displace a heading that is known.
    """
    found: dict[str, tuple[Hit, Heading]] = {}
    unmatched: list[Heading] = []
    doubled: list[tuple[str, Heading]] = []
    mapped: set[str] = set()
    serial = None
    for heading in headings:
        chosen = next((key for key in mapping if _is_mapped(heading, key) and mapping[key] in columns(table)), None)
        hit = match(heading, table) if chosen is None else Hit(mapping[chosen], 1.0, "scenario")
        mapped |= set() if chosen is None else {chosen}
        if hit is None and serial is None and is_serial(heading.text):
            serial = heading.index
        elif hit is None:
            unmatched.append(heading)
        else:
            _settle(hit, heading, found, unmatched, doubled)
    last = rows[1]
    if last + 1 < len(sheet.rows) and is_column_numbers([cell for cell in sheet.rows[last + 1] if cell is not None]):
        last += 1
    read_by_values(sheet, last, table, found)
    doubtful = guess(sheet, last, table, found, unmatched)
    matches = tuple(
        Match(column, heading.index, heading.shown, hit.score, hit.by)
        for column, (hit, heading) in sorted(found.items(), key=lambda item: item[1][1].index)
    )
    return Header(
        *rows,
        {column: heading for column, (_, heading) in found.items()},
        serial,
        tuple(sorted(unmatched, key=lambda heading: heading.index)),
        tuple(doubled),
        frozenset(mapped),
        matches,
        doubtful,
        _unit_line(sheet, rows[0]),
    )


def _settle(
    hit: Hit,
    heading: Heading,
    found: dict[str, tuple[Hit, Heading]],
    unmatched: list[Heading],
    doubled: list[tuple[str, Heading]],
) -> None:
    """Take a heading for its column; of two the one mapped wins, then the one preferred, else the first."""
    earlier = found.get(hit.column)
    if earlier is None:
        found[hit.column] = hit, heading
    elif _rank(hit) > _rank(earlier[0]):
        found[hit.column] = hit, heading
        unmatched.append(earlier[1])
    elif _rank(hit) < _rank(earlier[0]):
        unmatched.append(heading)
    else:
        doubled.append((hit.column, heading))


def _rank(hit: Hit) -> int:
    return 2 if hit.by == "scenario" else int(hit.preferred)


def _unit_line(sheet: Sheet, first: int) -> str:
    """Return what the lines above the header say about units, nearest line first."""
    return "; ".join(said for row in range(first - 1, -1, -1) for said in unit_texts(sheet.rows[row]))


def unit_texts(cells: Sequence[Cell]) -> list[str]:
    """Return what the cells of a row say about units: "m2; triệu đồng" of "Đơn vị tính: m2; triệu đồng"."""
    texts = [clean(cell) for cell in cells if isinstance(cell, str)]
    begins = tuple(f"{words} " for words in word_set("headings", "unit_line"))
    return [text.partition(":")[2] or text for text in texts if fold(text).startswith(begins)]


def _is_mapped(heading: Heading, key: str) -> bool:
    return fold(key) == fold(heading.shown) or bool(set(forms(key)) & set(forms(heading.text)))


def header_records(header: Header, origin: Origin) -> list[Record]:
    """Return what the reader should know: guesses, doubts, headings not used or met twice, units, columns missing."""
    known = columns(origin.table)

    def label(key: str) -> str:
        return known[key].label(origin.language)

    records: list[Record] = []
    if any(found.by != "name" for found in header.matches):
        chosen = "; ".join(f"{m.heading} → {m.column} ({m.score:.2f})" for m in header.matches).replace("\n", " ")
        records.append(origin.record("columns-matched", "info", names=chosen))
    records += [
        origin.record(
            "column-guessed", "warning", column=m.heading, name=m.column, label=label(m.column), score=f"{m.score:.2f}"
        )
        for m in header.matches
        if m.by == "alike"
    ]
    records += [
        origin.record("column-by-values", "warning", column=m.heading, name=m.column, label=label(m.column))
        for m in header.matches
        if m.by == "values"
    ]
    records += [
        origin.record(
            "column-doubtful", "warning", column=heading.shown, names="; ".join(f"{label(k)} ({k})" for k in near)
        )
        for heading, near in header.doubtful
    ]
    records += [
        origin.record("column-twice", "warning", column=heading.shown, first=header.columns[column].shown, name=column)
        for column, heading in header.doubled
    ]
    for column, heading in header.columns.items():
        own = known[column].unit
        unit, factor = header.unit(column, own)
        if factor != 1:
            records.append(
                origin.record("unit-converted", "info", column=heading.shown, unit=unit_name(own, unit), to=own)
            )
    if header.unmatched:
        names = "; ".join(heading.shown.replace("\n", " ") for heading in header.unmatched)
        records.append(origin.record("columns-not-used", "info", column=names, names=names))
    records += [
        origin.record("missing-column", "error", column=label(key), name=key, near=_nearest(key, header, origin.table))
        for key, column in known.items()
        if column.required and key not in header.columns
    ]
    return records


def _nearest(column: str, header: Header, table: str) -> str:
    """Return the headings not recognised, those first that resemble a column the most; a text has no unit."""
    has_unit = bool(columns(table)[column].unit)

    def distance(heading: Heading) -> tuple[bool, float]:
        measured = any(heading.factor(unit)[0] for unit in read_data("sheet_words")["units"])
        return measured != has_unit, -dict(alike(heading, table)).get(column, 0.0)

    near = sorted(header.unmatched, key=distance)[:_MOST_NEAR]
    return "; ".join(heading.shown.replace("\n", " ") for heading in near) or UNKNOWN

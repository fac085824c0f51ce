"""A table on a sheet: headers, number formats, widths, filters, frozen headers, print setup."""

from __future__ import annotations

import datetime as dt
import math
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from xlsxwriter.utility import xl_range_abs

from planner.catalogue.columns import Column, columns, values
from planner.catalogue.load import read_data

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from planner.catalogue.load import Catalogue, Language

# Text stays text, whatever it looks like.
OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
CREATED = dt.datetime(2025, 7, 1)  # noqa: DTZ001  a fixed date, so that the same plan gives the same bytes
FONT = {"font_name": "Arial", "font_size": 10}
_TEXT = {"text_wrap": True, "num_format": "@", "align": "left", "indent": 1}
INK, HEADER, PALE = "#1B2A3A", "#1F4E79", "#DCE6F1"
ASSUMED, SET_HERE, ERROR, WARNING = "#FFE699", "#BDD7EE", "#F8B4AE", "#FCE4B6"
REVIEW, REVIEW_HEADER = "#FFF9E5", "#806000"
A3, A4 = 8, 9
LONGEST_CELL = 32_767
DATE = "dd/mm/yyyy"

# A number format names the language whose separators it means; Excel itself follows the computer's settings.
_LOCALE = {"vi": "[$-42A]", "en": "[$-409]"}
# Widest a column of text may be, in characters, before it wraps.
_WIDEST = {"reason": 50, "message": 50, "name": 34, "group": 32, "figure": 54, "reason_a": 50, "reason_b": 50}
_WIDEST |= dict.fromkeys(("vietnamese", "english"), 70)
_WIDEST |= dict.fromkeys(("why", "observed", "fix", "update", "action", "legal_basis", "rules_overridden"), 40)
_WIDE = 22
LINE_HEIGHT = 13.5
_ARROW = 4  # what a filter's arrow and the indent take of a header's width
_ROOMY = 1.15  # letters are narrower than the digits that widths are counted in
_LABELLED_BY = {("parameters", "group"): "use", ("equity", "key"): "priority_class"}

Cell = str | float | dt.date | None


class Field(NamedTuple):
    """A column of a sheet: key, header, number format (empty for text) and the names of its values."""

    key: str
    header: str
    number_format: str
    names: Mapping[str, str]


@dataclass(frozen=True)
class Book:
    """A workbook being written, its language and the formats used so far."""

    file: Workbook
    catalogue: Catalogue
    language: Language
    scenario: str
    formats: dict[tuple[tuple[str, Any], ...], Format] = field(default_factory=dict)

    def format(self, **properties: Any) -> Format:  # noqa: ANN401  XlsxWriter's properties
        """Return a format, made once for each set of properties."""
        key = tuple(sorted(properties.items()))
        if key not in self.formats:
            self.formats[key] = self.file.add_format({**FONT, "valign": "top", **properties})
        return self.formats[key]

    def text(self, key: str, **fields: object) -> str:
        """Return a sentence of `workbook_texts.toml` with its fields filled."""
        found: str = read_data("workbook_texts")["texts"][key][self.language]
        return found.format(**fields)

    def names(self, enumeration: str) -> dict[str, str]:
        """Return the names of an enumeration's values by key; the scenario's own catalogue comes first."""
        listed = {key: value.label(self.language) for key, value in values(enumeration).items()} if enumeration else {}
        return listed | {key: term.label(self.language) for key, term in self._terms(enumeration).items()}

    def _terms(self, enumeration: str) -> Mapping[str, Any]:
        catalogue = self.catalogue
        terms: dict[str, Mapping[str, Any]] = {
            "use": catalogue.uses,
            "current_use": catalogue.uses,
            "form": catalogue.forms,
            "next_step": catalogue.next_steps,
            "authority": catalogue.authorities,
            "addressee": catalogue.addressees,
            "request": catalogue.requests,
            "ministry_outcome": catalogue.ministry_outcomes,
            "decided_by": catalogue.decided_by,
            "planning_status": catalogue.planning_statuses,
            "priority_class": catalogue.priority,
            "rule": catalogue.rules,
        }
        return terms.get(enumeration, {})


def sheet_name(sheet: str, language: Language) -> str:
    """Return the name of a sheet in the language."""
    name: str = read_data("workbook_texts")["sheets"][sheet][language]
    return name


def add_sheet(book: Book, sheet: str, *, paper: int = A4, pages_wide: int = 1) -> Worksheet:
    """Add one of the sheets of `workbook_texts.toml`, see `add_page`."""
    return add_page(book, sheet_name(sheet, book.language), paper=paper, pages_wide=pages_wide)


def add_page(book: Book, name: str, *, paper: int = A4, pages_wide: int = 1) -> Worksheet:
    """Add a sheet, set up to be printed in landscape with its name, the scenario and page numbers."""
    page = book.file.add_worksheet(name)
    page.set_landscape()
    page.set_paper(paper)
    page.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
    page.fit_to_pages(pages_wide, 0)
    page.hide_gridlines(0)
    title = book.scenario.replace("&", "&&")[:120]
    shown = name.replace("&", "&&")
    page.set_header(f'&L&"Arial,Bold"&11{shown}&R&"Arial,Regular"&9 {title}')
    page.set_footer(f'&R&"Arial,Regular"&9{book.text("page", page="&P", pages="&N")}')
    return page


def fields_of(book: Book, table: str, keys: Sequence[str]) -> list[Field]:
    """Return the columns of an output table as they are shown: header, number format, names of values."""
    known = columns("plan_needs" if table == "needs" else table)
    return [_field(book, table, key, known.get(key, Column(key=key, vi=key, en=key))) for key in keys]


def _field(book: Book, table: str, key: str, column: Column) -> Field:
    enumeration = _LABELLED_BY.get((table, key), column.values)
    return Field(key, column.label(book.language), _number_format(book, column), book.names(enumeration))


def _number_format(book: Book, column: Column) -> str:
    """Return the number format of a column; text and values of several units have none."""
    if column.type == "date":
        return DATE
    if column.type not in ("number", "integer"):
        return ""
    if column.key == "row":
        return "0"
    return _LOCALE[book.language] + _digits(column)


def _digits(column: Column) -> str:
    if "gini" in column.key:
        return "0.000"
    if "share" in column.key:
        return "0.0%"
    if column.unit == "°":
        return "0.00000"
    if column.unit in {"km", "triệu đồng/người"} or column.key in {"weight", "tau"}:
        return "0.00"
    return "#,##0" if column.type == "integer" or column.key == "population" else "#,##0.0"


def write_table(  # noqa: PLR0913  what a table can show beside its cells
    book: Book,
    page: Worksheet,
    name: str,
    frame: pd.DataFrame,
    fields: Sequence[Field],
    *,
    top: int = 0,
    tints: Mapping[str, Sequence[str | None]] | None = None,
    totals: Sequence[str] = (),
    folded: Sequence[str] = (),
    least: Sequence[float] = (),
) -> None:
    """Write a table below its headers and name its range, so that it can be found again.

    Parameters
    ----------
    name : name of the range, headers included; empty for none.
    frame, fields : the rows, and the columns in their order.
    top : row of the headers, from 0.
    tints : by column, a colour or None for each row.
    totals : columns whose sum stands below the table, as values.
    folded : columns folded away, to be opened with the sheet's +.
    least : widths that another table of the same sheet needs.
    """
    last = top + len(frame)
    table = [_cells(book, frame, field) for field in fields]
    widths = [max(pair) for pair in zip_longest(map(_width, fields, table), least[: len(fields)], fillvalue=0.0)]
    headers = [(f.header, width) for f, width in zip(fields, widths, strict=True) if f.key not in folded]
    page.set_row(top, LINE_HEIGHT * max(len(textwrap.wrap(h, int(width - 1))) for h, width in headers) + 8)
    _set_heights(page, top + 1, table, widths)
    for place, (column, cells) in enumerate(zip(fields, table, strict=True)):
        hidden = {"level": 1, "hidden": True} if column.key in folded else {}
        page.set_column(place, place, widths[place], None, hidden)
        page.write_string(top, place, column.header, header_format(book))
        _write_column(book, page, (top + 1, place), cells, column.number_format, (tints or {}).get(column.key))
        if column.key in totals:
            _write(page, last + 1, place, float(frame[column.key].sum()), total_format(book, column.number_format))
        elif totals:
            page.write_string(last + 1, place, "" if place else book.text("total"), total_format(book, ""))
    if name:
        book.file.define_name(name, f"='{page.get_name()}'!{xl_range_abs(top, 0, last, len(fields) - 1)}")


def widths_of(book: Book, frame: pd.DataFrame, fields: Sequence[Field]) -> list[float]:
    """Return the widths that the columns of a table need."""
    return [_width(field, _cells(book, frame, field)) for field in fields]


def _cells(book: Book, frame: pd.DataFrame, column: Field) -> list[Cell]:
    return [_cell(value, column, book) for value in frame[column.key].tolist()]


def _set_heights(page: Worksheet, top: int, table: Sequence[Sequence[Cell]], widths: Sequence[float]) -> None:
    """Make every row as high as its longest wrapped text, which not every program does by itself."""
    heights: dict[int, int] = {}
    for cells, width in zip(table, widths, strict=True):
        fits = int(width * _ROOMY)
        for row, cell in enumerate(cells, start=top):
            if isinstance(cell, str) and (len(cell) > fits or "\n" in cell):
                heights[row] = max(heights.get(row, 1), lines_of(cell, fits))
    for row, lines in heights.items():
        page.set_row(row, LINE_HEIGHT * lines + 1)


def lines_of(text: str, fits: int) -> int:
    """Estimate the lines of a wrapped text; a line loses about half a word, and Vietnamese words are short."""
    return sum(math.ceil(len(line) / (fits - 2)) if len(line) > fits else 1 for line in text.splitlines())


def filter_and_freeze(  # noqa: PLR0913  what a table has around it
    page: Worksheet, rows: int, fields: Sequence[Field], *, top: int = 0, beside: int = 1, more: int = 0
) -> None:
    """Give the headers in row `top` filters, and keep them and the first columns in sight and on every printed page.

    Parameters
    ----------
    more : number of columns beside the table that have filters too.
    """
    page.autofilter(top, 0, top + rows, len(fields) + more - 1)
    page.freeze_panes(top + 1, beside)
    page.repeat_rows(0, top)


def header_format(book: Book) -> Format:
    """Return the format of headers."""
    return book.format(
        **_TEXT, bold=True, font_color="#FFFFFF", bg_color=HEADER, valign="vcenter", border=1, border_color=PALE
    )


def total_format(book: Book, number_format: str) -> Format:
    """Return the format of a totals row."""
    shape = {"num_format": number_format} if number_format else _TEXT
    return book.format(**shape, bold=True, top=1, bg_color=PALE)


def _cell(value: Any, column: Field, book: Book) -> Cell:  # noqa: ANN401  a cell of any type
    """Turn a value into what the sheet shows: keys into names, unknown into an empty cell."""
    if isinstance(value, str):
        shown = column.names.get(value, value)
        return dt.date.fromisoformat(shown) if column.number_format == DATE else shown[:LONGEST_CELL]
    if value is None or pd.isna(value):
        return None
    if isinstance(value, bool | np.bool_):
        return book.text("yes" if value else "no")
    if isinstance(value, dt.date):
        return value
    return float(value) if math.isfinite(value) else None


def _width(column: Field, cells: Sequence[Cell]) -> float:
    """Return a width that holds the numbers whole and wraps long texts and headers."""
    longest = max(map(_length, cells), default=0)
    word = max(len(word) for word in column.header.split()) + _ARROW
    return max(8, min(max(longest + 3, word), _WIDEST.get(column.key, _WIDE)), word)


def _length(cell: Cell) -> int:
    if isinstance(cell, str):
        return len(cell)
    if isinstance(cell, dt.date):
        return len("31/12/2026")
    return 0 if cell is None else len(f"{cell:,.1f}")


def _write_column(  # noqa: PLR0913  a place, what to write and how
    book: Book,
    page: Worksheet,
    start: tuple[int, int],
    cells: Sequence[Cell],
    number_format: str,
    tints: Sequence[str | None] | None,
) -> None:
    top, place = start
    texts = book.format(**_TEXT)
    numbers = book.format(num_format=number_format)
    for row, cell in enumerate(cells):
        shape = texts if isinstance(cell, str) else numbers
        if tints is not None and tints[row] is not None:
            shape = _tinted(book, cell, number_format, tints[row])
        _write(page, top + row, place, cell, shape)


def _tinted(book: Book, cell: Cell, number_format: str, colour: str | None) -> Format:
    if isinstance(cell, str):
        return book.format(**_TEXT, bg_color=colour)
    return book.format(num_format=number_format, bg_color=colour)


def _write(page: Worksheet, row: int, place: int, cell: Cell, shape: Format) -> None:
    """Write text as text, never as a formula or a link."""
    if isinstance(cell, str):
        page.write_string(row, place, cell, shape)
    elif isinstance(cell, dt.date):
        page.write_datetime(row, place, cell, shape)
    elif cell is not None:
        page.write_number(row, place, cell, shape)

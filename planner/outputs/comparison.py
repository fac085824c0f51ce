"""A comparison of two plans as a workbook, with the map of differences beside it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import xlsxwriter

from planner.catalogue.load import Language, read_data
from planner.outputs.map.difference import write_difference_map
from planner.outputs.placing import put, refuse
from planner.outputs.sheet import (
    A3,
    A4,
    CREATED,
    HEADER,
    OPTIONS,
    PALE,
    WARNING,
    Book,
    add_page,
    fields_of,
    filter_and_freeze,
    write_table,
)
from planner.outputs.workbook import lighter

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

    from planner.plan.compare import Comparison, Side

_BETTER, _TEXT_COLUMNS = 6, 115  # columns of the first sheet's table, and the characters that fit across them


def save_comparison(comparison: Comparison, path: Path, *, force: bool) -> list[Path]:
    """Write a comparison and return the files: FILE.xlsx and FILE.html beside it, or FILE.html alone.

    Raises
    ------
    PlannerError : another format is asked for, a file is there already and `force` is not given, or cannot be written.
    """
    language, kind = comparison.language, path.suffix.lower()
    if kind not in (".xlsx", ".html"):
        raise refuse("comparison_format", path, language)
    page = path.with_suffix(".html") if kind == ".xlsx" else path
    targets = [path, page] if kind == ".xlsx" else [page]
    refuse_existing(path, language, force=force)
    if kind == ".xlsx":
        put(path, lambda new: write_comparison(comparison, new), language)
    put(page, lambda new: write_difference_map(comparison, new), language)
    return targets


def refuse_existing(path: Path, language: Language, *, force: bool) -> None:
    """Raise a PlannerError where a comparison would replace a file."""
    for target in (path, path.with_suffix(".html")):
        if target.exists() and not force:
            raise refuse("comparison_exists", target, language)


def write_comparison(comparison: Comparison, path: Path) -> None:
    """Write the workbook: figures, facilities that moved, moves from use to use, facilities of one plan only."""
    with xlsxwriter.Workbook(path, OPTIONS) as file:
        file.set_properties({"title": f"{comparison.a.name} – {comparison.b.name}", "created": CREATED})
        book = Book(file, comparison.b.catalogue, comparison.language, comparison.b.name)
        _figures(book, comparison)
        _table(book, "compare_moved", comparison.moved, beside=2, paper=A3)
        _table(book, "compare_moves", comparison.moves)
        if len(comparison.alone):
            _table(book, "compare_alone", comparison.alone, beside=2)


def _figures(book: Book, comparison: Comparison) -> None:
    """Write who is compared, what makes it hard to compare, and all figures of both."""
    page = _page(book, "compare_figures")
    fields = fields_of(book, "compare_figures", list(comparison.figures.columns))
    top = _heading(book, page, comparison)
    write_table(book, page, "compare_figures", comparison.figures, fields, top=top)
    filter_and_freeze(page, len(comparison.figures), fields, top=top, beside=2)
    page.repeat_rows(top)


def _heading(book: Book, page: Worksheet, comparison: Comparison) -> int:
    """Write the lines above the figures and return the row below them."""
    shape = book.format(bold=True, font_size=14, font_color=HEADER)
    page.write_string(0, 0, book.text("compare_title"), shape)
    lines = [(f"{letter}: {_named(side)}", PALE) for letter, side in (("A", comparison.a), ("B", comparison.b))]
    count = book.text("compare_count", n=len(comparison.moved), all=len(comparison.b.allocation))
    lines += [(count, PALE), *((f"{w.message} {w.fix}".strip(), WARNING) for w in comparison.warnings)]
    for row, (text, colour) in enumerate(lines, start=1):
        look = book.format(text_wrap=True, bg_color=colour)
        page.merge_range(row, 0, row, _BETTER - 1, "", look)
        page.write_string(row, 0, text, look)
        page.set_row(row, 14.5 * -(-len(text) // _TEXT_COLUMNS))
    return len(lines) + 2


def _page(book: Book, sheet: str, *, paper: int = A4) -> Worksheet:
    return add_page(book, str(read_data("workbook_texts")["comparison_sheets"][sheet][book.language]), paper=paper)


def _named(side: Side) -> str:
    return f"{side.name} ({side.place})" if side.place else side.name


def _table(book: Book, name: str, table: pd.DataFrame, *, beside: int = 0, paper: int = A4) -> None:
    """Write a sheet that is one table, uses in the map's colours."""
    page = _page(book, name, paper=paper)
    fields = fields_of(book, name, list(table.columns))
    uses = book.catalogue.uses
    tints = {
        key: [lighter(uses[use].colour) if use in uses else None for use in table[key]]
        for key in ("use_a", "use_b", "new_use")
        if key in table
    }
    write_table(book, page, name, table, fields, tints=tints)
    filter_and_freeze(page, len(table), fields, beside=beside)

"""The first sheet of the template: how to fill it in, and what every column means, in Vietnamese and English."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from planner.catalogue.columns import Column
from planner.catalogue.load import Language, read_data
from planner.catalogue.numbers import format_number
from planner.outputs.sheet import ERROR, HEADER, INK, LINE_HEIGHT, PALE, WARNING, Book, lines_of
from planner.outputs.template import Form, heading, level, shown_value, text, what_is_allowed

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

_WIDTHS = (26, 22, 12, 9, 40, 22, 44, 44)
_HALF = 5  # columns of the Vietnamese half, above the tables
_ROOMY = 1.35
_TITLES = ("column", "column_other", "need", "unit", "allowed", "example", "meaning", "meaning_other")
_TINTS = {"required": ERROR, "advised": WARNING, "optional": "#FFFFFF"}
_BOTH: tuple[Language, Language] = ("vi", "en")


def write_guide(book: Book, page: Worksheet, forms: Sequence[Form], file: str) -> None:
    """Write the guide.

    Parameters
    ----------
    forms : the sheets to be filled in.
    file : the template's name, for the command that checks it.
    """
    for place, width in enumerate(_WIDTHS):
        page.set_column(place, place, width)
    page.hide_gridlines(2)
    title = {"bold": True, "font_size": 15, "font_color": HEADER}
    row = _both(book, page, 0, [text("guide_title", language) for language in _BOTH], **title)
    for step in read_data("template")["steps"]:
        row = _both(book, page, row, [step[language].format(file=file) for language in _BOTH], font_color=INK)
    for form in forms:
        row = _write_form(book, page, row + 1, form)
    page.protect("", {"format_columns": True, "format_rows": True})


def _both(book: Book, page: Worksheet, row: int, texts: Sequence[str], **look: object) -> int:
    """Write a text in Vietnamese on the left and in English on the right; return the next row."""
    shape = book.format(text_wrap=True, **look)
    widths = (sum(_WIDTHS[:_HALF]), sum(_WIDTHS[_HALF:]))
    for (first, last), shown in zip(((0, _HALF - 1), (_HALF, len(_WIDTHS) - 1)), texts, strict=True):
        page.merge_range(row, first, row, last, "", shape)
        page.write_string(row, first, shown, shape)
    size = float(str(look.get("font_size", 10))) / 10
    lines = max(lines_of(shown, int(width * _ROOMY / size)) for shown, width in zip(texts, widths, strict=True))
    page.set_row(row, LINE_HEIGHT * size * lines + 3)
    return row + 1


def _write_form(book: Book, page: Worksheet, row: int, form: Form) -> int:
    """Write what a sheet is for and its columns; return the next row."""
    names = [text("sheet", language, name=form.name(language)) for language in _BOTH]
    row = _both(book, page, row, names, bold=True, font_size=12, font_color=HEADER)
    row = _both(book, page, row, [form.text("about", language) for language in _BOTH], font_color=INK)
    header = book.format(bold=True, font_color="#FFFFFF", bg_color=HEADER, text_wrap=True, indent=1)
    for place, key in enumerate(_TITLES):
        page.write_string(row, place, text(key, book.language), header)
    for column in form.columns:
        row += 1
        _write_column(book, page, row, form, column)
    return row + 1


def _write_column(book: Book, page: Worksheet, row: int, form: Form, column: Column) -> None:
    importance = level(column, form.table)
    cells = (
        heading(column, "vi"),
        heading(column, "en"),
        text(importance, book.language),
        column.unit,
        what_is_allowed(column, book),
        _example(book, form, column),
        column.description_vi,
        column.description_en,
    )
    look = {"text_wrap": True, "align": "left", "indent": 1, "border": 1, "border_color": PALE, "font_color": INK}
    for place, shown in enumerate(cells):
        tint = {"bg_color": _TINTS[importance]} if place == _TITLES.index("need") else {}
        page.write_string(row, place, shown, book.format(**look, **tint))
    lines = max(lines_of(shown, int(width * _ROOMY)) for shown, width in zip(cells, _WIDTHS, strict=True))
    page.set_row(row, LINE_HEIGHT * max(lines, 1) + 2)


def _example(book: Book, form: Form, column: Column) -> str:
    """Return the first example of a column as text."""
    found = next((row[column.key] for row in form.examples() if column.key in row), None)
    if found is None:
        return ""
    shown = shown_value(column, found, book)
    if isinstance(shown, int | float):
        return f"{shown:.10g}" if column.unit in ("", "°") else format_number(shown, book.language)
    return shown if isinstance(shown, str) else f"{shown:%d/%m/%Y}"

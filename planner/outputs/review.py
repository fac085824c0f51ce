"""The review columns beside an allocation: what is already decided, and cells to choose verdicts in."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pandas as pd
from xlsxwriter.utility import xl_col_to_name

from planner.catalogue.columns import Column, columns, value_label, values
from planner.outputs.sheet import (
    DATE,
    PALE,
    REVIEW,
    REVIEW_HEADER,
    SET_HERE,
    WARNING,
    Book,
    add_sheet,
    sheet_name,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsxwriter.worksheet import Worksheet

_WIDTHS = {"verdict": 14, "use": 26, "waiver": 11, "reason": 40, "by": 22, "date": 13}
_LISTED = ("verdict", "use")
"""Columns whose values stand on the sheet of lists: a list inside a cell holds 255 characters at most."""

_DATES = (dt.date(2020, 1, 1), dt.date(2099, 12, 31))
_SPARE = 200
"""Rows below the table in which a copied row still finds its lists."""


def in_review(log: pd.DataFrame) -> pd.DataFrame:
    """Return the decisions in force that the review columns show, by facility; see `plan.decisions`."""
    shown = log[log["kept_in"] == "review"].set_index("facility_id")
    return shown[list(columns("review"))]


def log_tints(log: pd.DataFrame) -> dict[str, list[str | None]]:
    """Return, by column of the log, the colours of what is no longer in force, not answered, or against a rule."""
    effects = {"superseded": PALE, "question": SET_HERE}
    return {
        "effect": [effects.get(effect) for effect in log["effect"]],
        "rules_overridden": [WARNING if isinstance(rules, str) else None for rules in log["rules_overridden"]],
    }


def write_review(book: Book, page: Worksheet, place: int, facilities: Sequence[str], shown: pd.DataFrame) -> int:
    """Write the review columns beside a table whose headers stand in the first row, and return how many there are.

    Parameters
    ----------
    place : the first free column. facilities : code of each row.
    shown : decisions by facility, see `in_review`.
    """
    known = shown.to_dict("index")
    last = len(facilities) + _SPARE
    for at, (key, column) in enumerate(columns("review").items(), start=place):
        page.set_column(at, at, _WIDTHS[key])
        page.write_string(0, at, column.label(book.language), _header(book))
        shape = _cell(book, column)
        for row, facility in enumerate(facilities, start=1):
            _write(book, page, (row, at), column, known.get(facility, {}).get(key), shape)
        rule = _rule(book, column)
        if rule:
            page.data_validation(1, at, last, at, rule)
    return len(columns("review"))


def _header(book: Book) -> Any:  # noqa: ANN401  a format of XlsxWriter, which has no types
    look = {"bold": True, "font_color": "#FFFFFF", "text_wrap": True, "valign": "vcenter", "border": 1}
    return book.format(**look, border_color=PALE, bg_color=REVIEW_HEADER, align="left", indent=1)


def _cell(book: Book, column: Column) -> Any:  # noqa: ANN401  a format of XlsxWriter, which has no types
    look = {"bg_color": REVIEW, "border": 4, "border_color": REVIEW_HEADER, "text_wrap": True, "locked": False}
    return book.format(**look, num_format=DATE if column.type == "date" else "@", align="left")


def _write(  # noqa: PLR0913  a place, what to write and how
    book: Book,
    page: Worksheet,
    place: tuple[int, int],
    column: Column,
    value: Any,  # noqa: ANN401  a cell of any type
    shape: Any,  # noqa: ANN401  a format of XlsxWriter
) -> None:
    if value is None or pd.isna(value):
        page.write_blank(*place, None, shape)
    elif column.type == "date":
        page.write_datetime(*place, value, shape)
    elif column.type == "bool":
        page.write_string(*place, book.text("yes" if value else "no"), shape)
    else:
        page.write_string(*place, value_label(column.values, str(value), book.language), shape)


def _rule(book: Book, column: Column) -> dict[str, Any]:
    """Return what a column's cells accept, as XlsxWriter takes it; text and names are free."""
    said = {"input_title": column.label(book.language), "error_message": book.text("review_not_in_list")}
    if column.key in _LISTED:
        said["input_message"] = book.text(f"review_{column.key}")
        return said | {"validate": "list", "source": _place_of(book, column)}
    if column.type == "bool":
        return said | {"validate": "list", "source": [book.text("yes")], "input_message": book.text("review_waiver")}
    if column.type == "date":
        said |= {"input_message": book.text("review_date"), "error_message": book.text("review_not_a_date")}
        return said | {"validate": "date", "criteria": "between", "minimum": _DATES[0], "maximum": _DATES[1]}
    return {}


def _choices(book: Book, column: Column) -> list[str]:
    return [value.label(book.language) for value in values(column.values).values()]


def _place_of(book: Book, column: Column) -> str:
    name = xl_col_to_name(_LISTED.index(column.key), col_abs=True)
    return f"='{sheet_name('lists', book.language)}'!{name}$2:{name}${len(_choices(book, column)) + 1}"


def write_lists(book: Book) -> None:
    """Write the words to choose from on a hidden sheet."""
    page = add_sheet(book, "lists")
    for at, key in enumerate(_LISTED):
        column = columns("review")[key]
        page.write_string(0, at, column.label(book.language), _header(book))
        page.write_column(1, at, _choices(book, column), book.format(num_format="@"))
        page.set_column(at, at, _WIDTHS[key] + 10)
    page.hide()

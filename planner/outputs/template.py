"""A workbook to be filled in, made from the table of columns that reads it again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from planner.catalogue.columns import Column, columns, values
from planner.catalogue.load import Language, load_catalogue, read_data
from planner.outputs.placing import put, refuse
from planner.outputs.sheet import A3, CREATED, DATE, ERROR, HEADER, INK, OPTIONS, PALE, Book, add_page, sheet_name

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

Level = Literal["required", "advised", "optional"]

PREPARED = 10_000
"""Rows with drop-downs and checks; below them cells may still be filled in."""

HEADER_ROW = 6  # from 0: a title, what the sheet is for, three rows that count, and an empty row stand above
_FILLED, _MISSING, _SUM = 2, 3, 4
_COLOURS: dict[Level, str] = {"required": "#9C2F1F", "advised": HEADER, "optional": "#7A8CA0"}
_GREY = "#7F7F7F"
_LOCKED = {"insert_rows": True, "delete_rows": True, "sort": True, "autofilter": True} | dict.fromkeys(
    ("format_cells", "format_columns", "format_rows"), True
)
_FORMATS = {"number": "#,##0.00", "integer": "0", "date": DATE, "text": "@", "code": "@"}
_WIDTHS = {"name": 36.0, "address": 36.0, "date": 13.0, "bool": 11.0, "number": 15.0, "integer": 11.0, "code": 14.0}
_TITLE_LENGTH, _MESSAGE_LENGTH = 32, 255  # Excel's limits for what a cell says when it is entered
_MOST_CHOICES = 12  # that are written out; more stand on their own sheet
_DATES = (dt.date(1945, 1, 1), dt.date(2100, 12, 31))
_LARGEST = 1e15
_COLUMNS_A_PAGE = 8


@dataclass(frozen=True)
class Form:
    """A sheet to be filled in.

    Attributes
    ----------
    key : its name in `template.toml`.
    table : the table that it is read for.
    columns : required ones first, then advised, then optional ones.
    """

    key: str
    table: str
    columns: tuple[Column, ...]

    def name(self, language: Language) -> str:
        """Return the sheet's name."""
        return str(read_data("template")["sheets"][self.key][language])

    def text(self, key: str, language: Language) -> str:
        """Return the sheet's title, or what it is for."""
        return str(read_data("template")["sheets"][self.key][f"{key}_{language}"])

    def examples(self) -> list[dict[str, Any]]:
        """Return its example rows, by column."""
        rows: list[dict[str, Any]] = read_data("template")["examples"].get(self.key, [])
        return rows


def forms() -> list[Form]:
    """Return the sheets of the template in their order."""
    found = []
    for key, row in read_data("template")["sheets"].items():
        known = columns(row["table"])
        chosen = [known[column] for column in row.get("columns", known)]
        order = list(_COLOURS)
        chosen.sort(key=lambda column, table=row["table"]: order.index(level(column, table)))  # type: ignore[misc]
        found.append(Form(key, row["table"], tuple(chosen)))
    return found


def level(column: Column, table: str) -> Level:
    """Return whether a list needs a column, should have it, or may have it."""
    if column.required:
        return "required"
    return "advised" if column.key in read_data("template")["advised"].get(table, ()) else "optional"


def text(key: str, language: Language, **fields: object) -> str:
    """Return a text of the template with its fields filled."""
    return str(read_data("template")["texts"][key][language]).format(**fields)


def heading(column: Column, language: Language) -> str:
    """Return a column's header: its name, its unit where the name does not say it, and a star where it is required."""
    name = column.label(language)
    unit = f" ({column.unit})" if column.unit and "(" not in name else ""
    return f"{name}{unit}{' *' if column.required else ''}"


def write_template(path: Path, language: Language, *, force: bool = False) -> None:
    """Write the workbook to be filled in: guide, one sheet a table, an example, the lists to choose from.

    Parameters
    ----------
    path : the .xlsx file; the same version gives the same bytes.
    force : replace a file that is there.

    Raises
    ------
    PlannerError : the name is of another format, the file exists, or it cannot be written.
    """
    if path.suffix.lower() != ".xlsx":
        raise refuse("template_format", path, language)
    if path.exists() and not force:
        raise refuse("template_exists", path, language)
    put(path, partial(_write, language=language), language)


def _write(path: Path, *, language: Language) -> None:
    from planner.outputs.template_guide import write_guide

    every = forms()
    with xlsxwriter.Workbook(path, OPTIONS) as file:
        title = text("guide_title", language)
        file.set_properties({"title": title, "created": CREATED})
        book = Book(file, load_catalogue({}), language, title)
        guide = add_page(book, sheet_name("guide", language), paper=A3)
        wide = [max(1, len(form.columns) // _COLUMNS_A_PAGE) for form in every]
        pages = [add_page(book, form.name(language), pages_wide=n) for form, n in zip(every, wide, strict=True)]
        example = add_page(book, sheet_name("example", language), pages_wide=wide[0])
        lists = _write_lists(book, every)
        write_guide(book, guide, every, path.name)
        for form, page in zip(every, pages, strict=True):
            _write_form(book, page, form, lists)
        _write_example(book, example, every[0])
        guide.activate()


def _write_lists(book: Book, every: Sequence[Form]) -> dict[str, str]:
    """Write the values to choose from and return where those of each enumeration stand."""
    page = add_page(book, sheet_name("lists", book.language), pages_wide=3)
    named = {_enumeration(column): column for form in every for column in form.columns if _enumeration(column)}
    places = {}
    for place, (enumeration, column) in enumerate(named.items()):
        choices = allowed(column, book)
        page.set_column(place, place, max(map(len, [column.label(book.language), *choices])) + 3)
        page.write_string(0, place, column.label(book.language), _header(book, "advised"))
        page.write_column(1, place, choices, book.format(text_wrap=True, font_color=INK))
        name = xl_col_to_name(place, col_abs=True)
        places[enumeration] = f"='{page.get_name()}'!{name}$2:{name}${len(choices) + 1}"
    page.freeze_panes(1, 0)
    page.hide_gridlines(1)
    page.protect("", _LOCKED)
    return places


def _enumeration(column: Column) -> str:
    return "bool" if column.type == "bool" else column.values


def allowed(column: Column, book: Book) -> list[str]:
    """Return the values to choose from, or none where any may be entered."""
    if column.type == "bool":
        return [book.text("yes"), book.text("no")]
    return [value.label(book.language) for value in values(column.values).values()] if column.values else []


def _header(book: Book, importance: Level) -> Any:  # noqa: ANN401  a format of XlsxWriter, which has no types
    look = {"bold": True, "font_color": "#FFFFFF", "text_wrap": True, "valign": "vcenter", "border": 1}
    return book.format(**look, border_color=PALE, bg_color=_COLOURS[importance], align="left", indent=1)


def _write_form(book: Book, page: Worksheet, form: Form, lists: dict[str, str]) -> None:
    _write_top(book, page, form.text("title", book.language), form.text("about", book.language))
    _write_headers(book, page, form)
    _write_counts(book, page, form)
    last = HEADER_ROW + PREPARED
    for place, column in enumerate(form.columns, start=1):
        page.data_validation(HEADER_ROW + 1, place, last, place, validation(column, book, lists))
        if column.required:
            first, own = f"$B{HEADER_ROW + 2}", xl_rowcol_to_cell(HEADER_ROW + 1, place)
            begun = f"COUNTA({first}:${xl_col_to_name(len(form.columns))}{HEADER_ROW + 2})>0"
            rule = {"type": "formula", "criteria": f"=AND({begun},ISBLANK({own}))", "format": _missing(book)}
            page.conditional_format(HEADER_ROW + 1, place, last, place, rule)
    page.autofilter(HEADER_ROW, 0, HEADER_ROW + 1, len(form.columns))
    page.freeze_panes(HEADER_ROW + 1, 2)
    page.repeat_rows(HEADER_ROW)
    page.protect("", _LOCKED)


def _missing(book: Book) -> Any:  # noqa: ANN401  a format of XlsxWriter, which has no types
    return book.file.add_format({"bg_color": ERROR})


def _write_top(book: Book, page: Worksheet, title: str, about: str) -> None:
    page.hide_gridlines(1)
    page.set_row(0, 26)
    page.write_string(0, 0, title, book.format(bold=True, font_size=15, font_color=HEADER, valign="vcenter"))
    page.write_string(1, 0, about, book.format(font_color=INK))


def _write_headers(book: Book, page: Worksheet, form: Form, **look: Any) -> None:  # noqa: ANN401
    """Write the headers, and give every column its width and the format of its values."""
    page.set_row(HEADER_ROW, 42)
    page.set_column(0, 0, 11, book.format(locked=False, **look))
    page.write_string(HEADER_ROW, 0, text("number", book.language), _header(book, "optional"))
    for place, column in enumerate(form.columns, start=1):
        shape = book.format(locked=False, num_format=_number_format(column), **look)
        page.set_column(place, place, _width(column, book.language), shape)
        page.write_string(HEADER_ROW, place, heading(column, book.language), _header(book, level(column, form.table)))


def _number_format(column: Column) -> str:
    return "0.000000" if column.unit == "°" else _FORMATS.get(column.type, "@")


def _width(column: Column, language: Language) -> float:
    longest = max(map(len, heading(column, language).split()))
    return max(_WIDTHS.get(column.key, _WIDTHS.get(column.type, 22.0)), longest + 4)


def _write_counts(book: Book, page: Worksheet, form: Form) -> None:
    """Write the rows above the header that count by themselves: cells filled, cells missing, sums."""
    look = {"font_color": INK, "bg_color": PALE, "border": 1, "border_color": "#FFFFFF", "align": "right"}
    language, last = book.language, xl_col_to_name(len(form.columns))
    label = book.format(bold=True, font_color=INK, bg_color=PALE)
    for row, key in ((_FILLED, "filled"), (_MISSING, "missing"), (_SUM, "sum")):
        page.write_string(row, 0, text(key, language).strip().capitalize(), label)
    most = f"MAX($B${_FILLED + 1}:${last}${_FILLED + 1})"
    for place, column in enumerate(form.columns, start=1):
        name = xl_col_to_name(place)
        cells, filled = f"{name}{HEADER_ROW + 2}:{name}{HEADER_ROW + 1 + PREPARED}", f"{name}{_FILLED + 1}"
        page.write_formula(_FILLED, place, f"=COUNTA({cells})", book.format(num_format="0", **look), 0)
        if column.required:
            complete, missing = text("complete", language), text("missing", language)
            said = f'=IF({most}=0,"",IF({filled}<{most},"{missing}"&({most}-{filled}),"{complete}"))'
            page.write_formula(_MISSING, place, said, book.format(bold=True, **look), "")
        if column.additive:
            page.write_formula(_SUM, place, f"=SUBTOTAL(109,{cells})", book.format(num_format="#,##0.##", **look), 0)


def validation(column: Column, book: Book, lists: dict[str, str]) -> dict[str, Any]:
    """Return the check of a column's cells as XlsxWriter takes it; it warns and never refuses what is entered."""
    about = column.description_vi if book.language == "vi" else column.description_en
    said = {
        "input_title": column.label(book.language)[:_TITLE_LENGTH],
        "input_message": about[:_MESSAGE_LENGTH],
        "error_type": "warning",
        "error_message": text("check_value", book.language, allowed=what_is_allowed(column, book))[:_MESSAGE_LENGTH],
    }
    return said | _criterion(column, lists)


def _criterion(column: Column, lists: dict[str, str]) -> dict[str, Any]:
    if _enumeration(column):
        return {"validate": "list", "source": lists[_enumeration(column)]}
    if column.type in ("number", "integer"):
        kind = "decimal" if column.type == "number" else "integer"
        least = -_LARGEST if column.minimum is None else column.minimum
        return {"validate": kind, "criteria": "between", "minimum": least, "maximum": _LARGEST}
    if column.type == "date":
        return {"validate": "date", "criteria": "between", "minimum": _DATES[0], "maximum": _DATES[1]}
    if column.width is not None:
        return {"validate": "length", "criteria": "==", "value": column.width}
    return {"validate": "any"}


def what_is_allowed(column: Column, book: Book) -> str:
    """Return in words what a column's cells may hold."""
    choices = allowed(column, book)
    if len(choices) > _MOST_CHOICES:
        name, sheet = column.label(book.language), sheet_name("lists", book.language)
        return text("type_listed", book.language, sheet=sheet, column=name)
    if choices:
        return "; ".join(choices)
    if column.width is not None:
        return text("type_code_width", book.language, width=column.width)
    kind = text(f"type_{column.type}", book.language)
    if column.minimum is None:
        return kind
    return text("type_minimum", book.language, type=kind, minimum=f"{column.minimum:g}")


def shown_value(column: Column, value: Any, book: Book) -> Any:  # noqa: ANN401  a value of any type
    """Return an example's value as a person would enter it."""
    if isinstance(value, bool):
        return book.text("yes" if value else "no")
    if column.values:
        return values(column.values)[value].label(book.language)
    return value


def _write_example(book: Book, page: Worksheet, form: Form) -> None:
    """Write filled rows, grey, on a sheet that is never read."""
    look = {"italic": True, "font_color": _GREY, "text_wrap": True}
    _write_top(book, page, form.text("title", book.language), text("is_example", book.language))
    _write_headers(book, page, form, **look)
    for row, (place, column, value) in _example_cells(form):
        shape = book.format(num_format=_number_format(column), **look)
        shown = shown_value(column, value, book)
        if isinstance(shown, dt.date):
            page.write_datetime(row, place, shown, shape)
        elif isinstance(shown, str):
            page.write_string(row, place, shown, shape)
        else:
            page.write_number(row, place, shown, shape)
    page.freeze_panes(HEADER_ROW + 1, 2)
    page.protect("", _LOCKED)


def _example_cells(form: Form) -> Iterator[tuple[int, tuple[int, Column, Any]]]:
    for row, example in enumerate(form.examples(), start=HEADER_ROW + 1):
        for place, column in enumerate(form.columns, start=1):
            if column.key in example:
                yield row, (place, column, example[column.key])

"""A copy of the user's own list with its findings marked: coloured cells, comments, and sheets that list them all."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from copy import copy
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from planner.catalogue.columns import columns, value_label
from planner.catalogue.load import Language, read_data
from planner.outputs.check_sheets import SHEETS, About, write_changes, write_records, write_summary
from planner.outputs.marks import Added, Mark, Source, Spot, added_columns, marks_of, open_source, spot_of
from planner.outputs.packing import repack, unpacked_sheets
from planner.outputs.page import COLOURS, solid
from planner.outputs.placing import put, refuse
from planner.outputs.sheet import sheet_name
from planner.outputs.transcript import transcribe

if TYPE_CHECKING:
    import pandas as pd
    from openpyxl.cell import MergedCell
    from openpyxl.worksheet.worksheet import Worksheet

    from planner.inputs.read import Reading

MOST_COMMENTS = 2_000  # of a sheet
LARGE = 30_000_000  # bytes of XML, about 400,000 cells: beyond that a workbook is written anew, as a stream
OURS = "—— planner check ——"
"""The line of a comment below which the check has written; what stands above is the user's own."""

_MOST_TEXT = 2_000
_OWN_FORMATS = (".xlsx", ".xlsm")
_UNUSUAL = (InvalidFileException, BadZipFile, KeyError, ValueError, TypeError, AttributeError, IndexError)


def copies(inventories: Sequence[Path], out: Path | None, language: Language, *, force: bool) -> dict[Path, Path]:
    """Return where the copy of each list goes: `out`, and for further lists `out` with the list's own name behind.

    Parameters
    ----------
    out : an .xlsx file; nothing is copied for a .csv file or None.
    force : replace earlier copies.

    Raises
    ------
    PlannerError : `out` is of another format, is a list itself, or somebody may have corrected cells in it.
    """
    if out is None or out.suffix.lower() == ".csv":
        return {}
    if out.suffix.lower() != ".xlsx":
        raise refuse("out_format", out, language)
    targets = {inventories[0]: out}
    for path in inventories[1:]:
        names = (out.with_name(f"{out.stem}-{path.stem}{number}{out.suffix}") for number in ("", *range(2, 1000)))
        targets[path] = next(name for name in names if name not in targets.values())
    for target in targets.values():
        if any(target.exists() and path.exists() and target.samefile(path) for path in inventories):
            raise refuse("copy_is_the_list", target, language)
        if target.exists() and not force:
            raise refuse("copy_exists", target, language)
    return targets


def write_marked(reading: Reading, targets: Mapping[Path, Path], changes: pd.DataFrame | None = None) -> None:
    """Write the marked copies of the lists of a reading.

    Parameters
    ----------
    targets : list → copy, see `copies`; a workbook keeps its cells, formulas and formats, other files become workbooks.
    changes : what changed since an earlier list, where one was given.

    Raises
    ------
    PlannerError : a copy cannot be written.
    """
    for path, target in targets.items():
        source = open_source(path, reading)
        put(target, partial(_write_copy, reading, source, changes), reading.scenario.language)


def _write_copy(reading: Reading, source: Source, changes: pd.DataFrame | None, target: Path) -> None:
    language = reading.scenario.language
    spots = [spot_of(record, source) for record in reading.records]
    marks = marks_of(reading.records, spots)
    added = added_columns(reading, source, read_data("workbook_texts")["rules_about"]["pairs"])
    commented = _first_of_each_sheet(marks)
    book = _open_own(source)
    if book is None:
        comments = {spot: sized(comment_text(marks[spot], language)) for spot in commented}
        book, titles = transcribe(source, marks, comments, added, language)
    else:
        titles = {sheet.title: sheet.title for sheet in book.worksheets}
        remove_earlier(book, source)
        for item in added:
            _add_column(book[item.sheet], item, language)
        _mark(book, marks, commented, language)
    notes = _notes(source, marks, added, language, own=not book.write_only)
    about = About(source.path.name, language, titles, notes)
    write_records(book, 0, about, reading.records, spots)
    write_summary(book, 1, about, reading)
    if changes is not None:
        write_changes(book, 2, about, changes)
    _show_first(book)
    grids = [None if book.write_only else source.sheets.get(sheet.title) for sheet in book.worksheets]
    written = target.with_name("written.xlsx")
    book.save(written)
    repack(written, target, grids)


def _first_of_each_sheet(marks: Mapping[Spot, Mark]) -> frozenset[Spot]:
    """Return the marks that get a comment: so many of each sheet, the most severe first."""
    chosen: set[Spot] = set()
    counts: Counter[str] = Counter()
    for spot in marks:
        counts[spot.sheet] += 1
        if counts[spot.sheet] <= MOST_COMMENTS:
            chosen.add(spot)
    return frozenset(chosen)


def _open_own(source: Source) -> Workbook | None:
    """Return the user's workbook as it is, or None where it is of another kind, unusual, or too large to be changed."""
    if source.path.suffix.lower() not in _OWN_FORMATS or not source.sheets:
        return None
    try:
        if unpacked_sheets(source.path) > LARGE:
            return None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the summary says what a copy leaves out
            book = load_workbook(source.path, rich_text=True)
    except _UNUSUAL:
        return None
    return book if source.sheets.keys() <= set(book.sheetnames) else None


def remove_earlier(book: Workbook, source: Source) -> None:
    """Remove what an earlier check wrote into a workbook: its sheets, colours and comments, not its columns."""
    names = {sheet_name(sheet, language) for sheet in SHEETS for language in ("vi", "en")}
    ours = [s for s in book.worksheets if s.title in names and str(s["A1"].value).startswith(s.title)]
    for sheet in ours:
        book.remove(sheet)
    for name, grid in source.sheets.items() if ours else ():
        if name in book.sheetnames:
            width = max(map(len, grid.rows), default=0) or 1
            for row in book[name].iter_rows(max_row=len(grid.rows) or 1, max_col=width):
                for cell in row:
                    if isinstance(cell, Cell):
                        _clean(cell)


def _clean(cell: Cell) -> None:
    if cell.comment is not None and OURS in cell.comment.text:
        own = cell.comment.text.partition(OURS)[0].strip()
        cell.comment = Comment(own, cell.comment.author) if own else None
    if cell.has_style and cell.fill.fill_type == "solid" and str(cell.fill.fgColor.rgb)[-6:] in _OUR_COLOURS:
        cell.fill = PatternFill()


_OUR_COLOURS = frozenset(colour[1:] for colour in COLOURS.values())


def _add_column(sheet: Worksheet, item: Added, language: Language) -> None:
    """Write an added column in the manner of the column beside it."""
    if item.header_rows is not None:
        first, last = item.header_rows
        heading = sheet.cell(first, item.place, columns("facilities")[item.column].label(language))
        _in_the_manner_of(heading, sheet.cell(first, max(item.place - 1, 1)))
        if last > first:
            sheet.merge_cells(start_row=first, end_row=last, start_column=item.place, end_column=item.place)
        sheet.column_dimensions[get_column_letter(item.place)].width = 16
    for row, value in item.values.items():  # noqa: PD011  a mapping
        cell = sheet.cell(row, item.place, value)
        if item.header_rows is not None:
            _in_the_manner_of(cell, sheet.cell(row, max(item.place - 1, 1)))
        else:
            _as_its_column(sheet, cell, row, item.place)
        cell.number_format = "@" if isinstance(value, str) else "General"


def _in_the_manner_of(cell: Cell | MergedCell, other: Any) -> None:  # noqa: ANN401  a cell, row or column
    if other.has_style:
        cell._style = copy(other._style)  # type: ignore[union-attr]  # noqa: SLF001  openpyxl has no other way


def _as_its_column(sheet: Worksheet, cell: Cell | MergedCell, row: int, column: int) -> None:
    """Give a cell that was never written the style of its column or row: its own would hide that, and lock the cell."""
    if cell.has_style:
        return
    for dimension in sheet.column_dimensions.values():
        if dimension.min is not None and dimension.max is not None and dimension.min <= column <= dimension.max:
            _in_the_manner_of(cell, dimension)
    if row in sheet.row_dimensions:
        _in_the_manner_of(cell, sheet.row_dimensions[row])


def _mark(book: Workbook, marks: Mapping[Spot, Mark], commented: frozenset[Spot], language: Language) -> None:
    for spot, mark in marks.items():
        cell = book[spot.sheet].cell(spot.row, spot.column)
        if not isinstance(cell, Cell):
            continue
        _as_its_column(book[spot.sheet], cell, spot.row, spot.column)
        if mark.severity != "info" or any(record.row is not None for record in mark.records):
            cell.fill = solid(COLOURS[mark.severity])
        if spot in commented:
            own = cell.comment.text.strip() + "\n\n" if cell.comment is not None else ""
            cell.comment = sized(own + comment_text(mark, language))


def comment_text(mark: Mark, language: Language) -> str:
    """Return what a comment says: every message with its fix, below the line that tells it from the user's own."""
    parts = [OURS]
    for record in mark.records:
        severity = value_label("severity", record.severity, language)
        fix = f"\n→ {record.fix}" if record.fix else ""
        parts.append(f"{severity}: {record.message}{fix}")
    text = "\n".join(dict.fromkeys(parts))
    if len(text) <= _MOST_TEXT:
        return text
    more = read_data("workbook_texts")["check"]["more_in_list"][language]
    return f"{text[:_MOST_TEXT]}\n{more.format(sheet=sheet_name('check_records', language))}"


def sized(text: str) -> Comment:
    """Return a comment whose box shows its text."""
    lines = sum(1 + len(line) // 52 for line in text.splitlines())
    return Comment(text, "planner", width=340, height=min(24 + 16 * lines, 480))


def _notes(
    source: Source, marks: Mapping[Spot, Mark], added: Sequence[Added], language: Language, *, own: bool
) -> list[str]:
    texts = read_data("workbook_texts")["check"]
    notes = [texts["about_copy" if own else "about_rewritten"][language].format(name=source.path.name)]
    keys = {"facility_id": "about_ids", "same_as": "about_same"}
    for column in dict.fromkeys(item.column for item in added if item.column in keys):
        name = columns("facilities")[column].label(language)
        notes.append(texts[keys[column]][language].format(column=name))
    records = sheet_name("check_records", language)
    notes += [
        texts["about_comments"][language].format(sheet=sheet, n=MOST_COMMENTS, records=records)
        for sheet, count in Counter(spot.sheet for spot in marks).items()
        if count > MOST_COMMENTS
    ]
    return notes


def _show_first(book: Workbook) -> None:
    """Let the workbook open on its first sheet, and only there."""
    book.active = 0
    for i, sheet in enumerate(book.worksheets):
        sheet.sheet_view.tabSelected = i == 0

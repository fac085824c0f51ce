"""The verdicts of several answers as one table, with what contradicts itself and who has not answered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd
import xlsxwriter

from planner.catalogue.columns import columns
from planner.catalogue.load import Language, load_catalogue, read_data
from planner.checks.decisions import conflicts, without_use
from planner.errors import PlannerError
from planner.inputs.decisions import in_order, latest_last, read_decisions, told_once
from planner.inputs.files.opening import open_sheets
from planner.inputs.findings import Findings
from planner.inputs.tables import records_table
from planner.outputs.placing import put, refuse
from planner.outputs.sheet import (
    CREATED,
    OPTIONS,
    Book,
    add_sheet,
    fields_of,
    filter_and_freeze,
    sheet_name,
    write_table,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from planner.errors import Record
    from planner.inputs.files.opening import Sheet

_CONTENT = [key for key in columns("decisions") if key != "source"]
_TOLD = ["file", "sheet", "row", "value", "message", "fix"]
_LANGUAGES: tuple[Language, ...] = ("vi", "en")


@dataclass(frozen=True)
class Merged:
    """Answers put together.

    Attributes
    ----------
    decisions : one row a verdict, in the order in which they hold, whichever way the files were named.
    counts : verdicts by file. missing : communes of the same review of which no file was given, as code and name.
    records : what was found while reading, and the conflicts.
    """

    decisions: pd.DataFrame
    counts: dict[str, int]
    missing: list[str]
    records: list[Record]


def merge(paths: Sequence[Path], language: Language) -> Merged:
    """Read the review columns of all answers.

    Raises
    ------
    PlannerError : all errors of all files, or no file holds a verdict.
    """
    read, records = read_decisions(paths, language)
    about = Findings("decisions", read, language)
    records = told_once([*records, *without_use(about)])
    errors = [record for record in records if record.severity == "error"]
    if errors:
        raise PlannerError(errors)
    if not len(read):
        refused = refuse("merge_nothing", paths[0], language)
        raise PlannerError([replace(record, file="") for record in refused.records])
    names = [path.name for path in in_order(paths)]
    counts = {name: int((read["file"] == name).sum()) for name in names}
    ordered = latest_last(read)
    once = ordered.assign(source=[about.where(int(i)) for i in ordered.index]).drop_duplicates(_CONTENT)
    if len(once) < len(read):
        records.append(about.whole("merge-repeated", "info", count=len(read) - len(once)))
    kept = once.sort_index()
    kept.attrs = dict(read.attrs)
    records += conflicts(Findings("decisions", kept.reset_index(drop=True), language))
    return Merged(once.reset_index(drop=True), counts, _missing(paths, language), records)


def _missing(paths: Sequence[Path], language: Language) -> list[str]:
    """Return the communes that the guides of the files name and of which no file was given."""
    every: dict[str, None] = {}
    given = set()
    for path in in_order(paths):
        sheets, _ = open_sheets(path, "decisions", language)
        for commune, is_own in _listed(sheets):
            every[commune] = None
            given |= {commune} if is_own else set()
    return [commune for commune in every if commune not in given]


def _listed(sheets: Sequence[Sheet]) -> list[tuple[str, bool]]:
    """Return the communes of the review that a file belongs to, and whether each is its own."""
    code = {language: columns("parts")["commune_code"].label(language) for language in _LANGUAGES}
    for language in _LANGUAGES:
        guide = next((sheet for sheet in sheets if sheet.name == sheet_name("guide", language)), None)
        if guide is None:
            continue
        top = next((i for i, row in enumerate(guide.rows) if row and row[0] == code[language]), len(guide.rows))
        rows = [[*row, *[None] * 4][:4] for row in guide.rows[top + 1 :]]
        return [(f"{row[0] or ''} {row[1] or ''}".strip(), bool(row[3])) for row in rows if row[1]]
    return []


def write_merged(merged: Merged, path: Path, language: Language, *, force: bool = False) -> None:
    """Write the table, which `--decisions` takes, and beside it the conflicts; the same answers give the same bytes.

    Raises
    ------
    PlannerError : the name is of another format, the file exists, or it cannot be written.
    """
    if path.suffix.lower() != ".xlsx":
        raise refuse("merge_format", path, language)
    if path.exists() and not force:
        raise refuse("template_exists", path, language)
    put(path, partial(_write, merged=merged, language=language), language)


def _write(path: Path, *, merged: Merged, language: Language) -> None:
    title = read_data("workbook_texts")["sheets"]["merged"][language]
    with xlsxwriter.Workbook(path, OPTIONS) as file:
        file.set_properties({"title": title, "created": CREATED})
        book = Book(file, load_catalogue(), language, title)
        keys = list(columns("decisions"))
        _table(book, "merged", "decisions", merged.decisions[keys])
        found = [record for record in merged.records if record.rule == "verdicts-conflict"]
        if found:
            _table(book, "conflicts", "checks", records_table(found)[_TOLD])


def _table(book: Book, sheet: str, table: str, frame: pd.DataFrame) -> None:
    page = add_sheet(book, sheet)
    fields = fields_of(book, table, list(frame.columns))
    write_table(book, page, "", frame, fields)
    filter_and_freeze(page, len(frame), fields)

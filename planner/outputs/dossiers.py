"""Papers: a sheet of the plan's workbook, and a workbook with one sheet a holder, to be completed and read back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd
import xlsxwriter

from planner.catalogue.columns import values
from planner.catalogue.load import read_data
from planner.outputs.sheet import (
    A3,
    CREATED,
    ERROR,
    LINE_HEIGHT,
    OPTIONS,
    WARNING,
    Book,
    Field,
    add_page,
    fields_of,
    filter_and_freeze,
    sheet_name,
    write_table,
)
from planner.outputs.tables import visible
from planner.plan.dossiers import papers_by_facility

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from xlsxwriter.worksheet import Worksheet

    from planner.plan.result import Plan

_ABOUT = ("facility_id", "name", "address", "commune_name", "holder", "handling_form", "next_step")
_INDEX_TOP = 4
_WIDEST_HOLDER = 60
_LONGEST_NAME = 31
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_RESERVED = frozenset({"history"})  # Excel keeps this name for itself


def papers_table(plan: Plan) -> pd.DataFrame:
    """Return one row a facility: what it is, papers missing and not known, and how each paper is held."""
    facts = plan.inputs.facilities.reset_index(drop=True)
    decided = plan.allocation[["handling_form", "next_step"]].reset_index(drop=True)
    about = pd.DataFrame(facts[["facility_id", "name", "address", "commune_name", "holder"]]).join(decided)
    return about.merge(papers_by_facility(plan.dossiers), on="facility_id", how="left")


def paper_tints(plan: Plan) -> dict[str, list[str | None]]:
    """Return, by column, the colour of each facility's paper: needed and missing, needed and not known, or none."""
    tints: dict[str, list[str | None]] = {}
    for key, paper in read_data("dossiers")["papers"].items():
        missing = plan.dossiers.loc[plan.dossiers["paper"] == key, "missing"]
        tints[paper["column"]] = [WARNING if pd.isna(cell) else ERROR if cell else None for cell in missing]
    return tints


def write_dossiers(plan: Plan, path: Path) -> None:
    """Write the workbook that holders complete: an index, then a sheet for each holder with its facilities.

    Parameters
    ----------
    plan : the plan; confidential sites are left out of a public run.
    path : the .xlsx file to write; the same plan gives the same bytes.
    """
    plan = visible(plan)
    table, tints = papers_table(plan).astype(object), paper_tints(plan)
    with xlsxwriter.Workbook(
        path, OPTIONS | {"in_memory": True}
    ) as file:  # a file for each of hundreds of sheets is slow
        file.set_properties({"title": plan.scenario.name, "created": CREATED})
        book = Book(file, plan.catalogue, plan.scenario.language, plan.scenario.name)
        holders = _holders(table, book)
        index_name = sheet_name("dossier_index", book.language)
        names = sheet_names(holders.drop_duplicates(), taken=[index_name])
        index = add_page(book, index_name)
        fields = fields_of(book, "dossiers", [*_ABOUT, *tints])
        for holder, rows in table.groupby(holders, sort=False):
            _write_holder(book, names[str(holder)], rows, fields, tints)
        _write_index(book, index, table, holders, names)
        index.activate()


def _holders(table: pd.DataFrame, book: Book) -> pd.Series:
    """Return the holder of each facility; unknown holders are told apart by commune."""
    communes = table["commune_name"].fillna(book.text("commune_unknown"))
    unknown = communes.map(lambda commune: book.text("holder_unknown", commune=commune))
    return table["holder"].fillna(unknown).astype(str)


def sheet_names(holders: Iterable[str], taken: Iterable[str] = ()) -> dict[str, str]:
    """Return a sheet name for each holder: at most 31 characters, legal in Excel, no two alike.

    Parameters
    ----------
    holders : full names, each once.
    taken : names of other sheets.
    """
    used = {*_RESERVED, *(name.casefold() for name in taken)}
    found = {}
    for holder in holders:
        plain = " ".join(_NOT_IN_A_NAME.sub(" ", holder).split()).strip("'")[:_LONGEST_NAME].strip(" '") or "–"
        name, number = plain, 1
        while name.casefold() in used:
            number += 1
            mark = f" ({number})"
            name = f"{plain[: _LONGEST_NAME - len(mark)].rstrip()}{mark}"
        used.add(name.casefold())
        found[holder] = name
    return found


def _write_holder(
    book: Book,
    name: str,
    rows: pd.DataFrame,
    fields: Sequence[Field],
    tints: Mapping[str, Sequence[str | None]],
) -> None:
    """Write a holder's facilities, what is needed coloured, with a list to choose from in each paper's cell."""
    page = add_page(book, name, paper=A3)
    own = {column: [colours[row] for row in rows.index] for column, colours in tints.items()}
    write_table(book, page, "", rows, fields, tints=own)
    filter_and_freeze(page, len(rows), fields, beside=2)
    choice = {"validate": "list", "source": _choices(book)}
    page.data_validation(1, len(_ABOUT), len(rows), len(fields) - 1, choice)


def _choices(book: Book) -> list[str]:
    return [value.label(book.language) for value in values("dossier").values()]


def _write_index(
    book: Book, page: Worksheet, table: pd.DataFrame, holders: pd.Series, names: Mapping[str, str]
) -> None:
    """Write how to fill the workbook in, and each holder with a link to its sheet and what is open there."""
    counts = table.groupby(holders, sort=False).agg(
        facilities=("facility_id", "size"),
        papers_missing=("papers_missing", "sum"),
        papers_unknown=("papers_unknown", "sum"),
    )
    index = counts.rename_axis("holder").reset_index()
    fields = fields_of(book, "dossier_index", list(index.columns))
    help_text = book.text("dossier_help", values=", ".join(_choices(book)))
    wide = max(len(holder) for holder in names)
    page.merge_range(0, 0, 0, len(fields) - 1, help_text, book.format(text_wrap=True, valign="vcenter"))
    page.set_row(0, 6 * LINE_HEIGHT)
    for row, (colour, key) in enumerate(((ERROR, "missing"), (WARNING, "unknown")), start=1):
        page.write_string(row, 0, book.text(f"legend_{key}"), book.format(bg_color=colour, text_wrap=True))
    write_table(book, page, "", index, fields, top=_INDEX_TOP, least=[min(wide, _WIDEST_HOLDER)])
    link = book.format(font_color="#0563C1", underline=1)
    for row, (holder, name) in enumerate(names.items(), start=_INDEX_TOP + 1):
        target = name.replace("'", "''")
        page.write_url(row, 0, f"internal:'{target}'!A1", link, holder)
    filter_and_freeze(page, len(index), fields, top=_INDEX_TOP)

"""A run's allocation split by commune: one workbook each, to be reviewed and sent back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pandas as pd
import xlsxwriter

from planner.catalogue.columns import columns, values
from planner.catalogue.load import Language, load_catalogue, read_data
from planner.errors import PlannerError
from planner.inputs.decisions import kept_in, read_decisions
from planner.inputs.files.opening import file_hash, open_sheets
from planner.outputs.folder import WORKBOOK
from planner.outputs.placing import refuse
from planner.outputs.review import in_review, write_lists
from planner.outputs.run_folder import ALLOCATION, read_allocation, read_run
from planner.outputs.sheet import (
    CREATED,
    HEADER,
    LINE_HEIGHT,
    OPTIONS,
    Book,
    add_sheet,
    fields_of,
    filter_and_freeze,
    sheet_name,
    write_table,
)
from planner.outputs.workbook import write_allocation

if TYPE_CHECKING:
    from collections.abc import Sequence

_NOT_IN_A_NAME = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
_LONGEST_NAME = 80
_STEPS = ("part_where", "part_verdict", "part_use", "part_waiver", "part_more")
_WIDTHS = (14, 34, 12, 12, 40)
_LINE = 110
PARTS_HEADER = tuple(columns("parts"))


@dataclass(frozen=True)
class Review:
    """What a run's folder holds for its reviewers.

    Attributes
    ----------
    name, language : of the scenario. secrecy : what its workbook says about confidential facilities, empty for nothing.
    allocation : one row a facility, typed.
    log : decisions in force with the columns of `decision_log`, where they are kept as `kept_in` says.
    """

    name: str
    language: Language
    secrecy: str
    allocation: pd.DataFrame
    log: pd.DataFrame


def read_review(folder: Path, language: Language | None) -> Review:
    """Read a run's folder.

    Raises
    ------
    PlannerError : it is no run's folder, its allocation.csv is no longer the run's, or its review columns hold what
        cannot be read.
    """
    run = read_run(folder, language or "vi")
    source = folder / ALLOCATION
    if not source.is_file() or file_hash(source) != run.summary["files"].get(ALLOCATION):
        raise refuse("run_file_changed", source, run.language)
    spoken = language or run.language
    allocation = read_allocation(source)
    decisions, records = read_decisions([folder / WORKBOOK], spoken)
    errors = [record for record in records if record.severity == "error"]
    if errors:
        raise PlannerError(errors)
    log = decisions.reindex(columns=[*columns("decision_log")])
    log["kept_in"] = kept_in(decisions, [True] * len(decisions))
    return Review(run.summary["scenario"], spoken, _secrecy(folder / WORKBOOK, run.language), allocation, log)


def _secrecy(workbook: Path, language: Language) -> str:
    """Return what the first sheet of a run's workbook says about confidential facilities, empty for nothing."""
    sheets, _ = open_sheets(workbook, "decisions", language)
    label = read_data("workbook_texts")["texts"]["confidentiality"][language]
    rows = [row for sheet in sheets if sheet.name == sheet_name("cover", language) for row in sheet.rows]
    return " ".join(str(row[1]) for row in rows if len(row) > 1 and row[0] == label)


def write_parts(run: Review, out: Path) -> list[Path]:
    """Write one workbook a commune into a new folder, all of them or none, and return their paths.

    Raises
    ------
    PlannerError : something stands there already, or it cannot be written.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise refuse("output_exists", out, run.language)
    unknown = read_data("workbook_texts")["texts"]["commune_unknown"][run.language]
    named = run.allocation.assign(commune_name=run.allocation["commune_name"].fillna(unknown))
    groups = named.groupby([named["commune_code"].fillna(""), named["commune_name"]], sort=True)
    listed = [(str(code), str(name), len(rows)) for (code, name), rows in groups]
    written = []
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent, ignore_cleanup_errors=True) as temporary:
            new = Path(temporary) / "new"
            new.mkdir()
            for (code, name), rows in groups:
                path = new / f"{file_stem(str(code), str(name))}.xlsx"
                _write_part(run, rows.reset_index(drop=True), listed, path)
                written.append(out / path.name)
            if out.exists():
                out.rmdir()
            new.rename(out)
    except OSError as error:
        raise refuse("copy_not_written", out, run.language, reason=error.strerror) from error
    return written


def file_stem(code: str, name: str) -> str:
    """Return the name of a commune's file: its code and name, without what a file's name may not hold."""
    plain = " ".join(_NOT_IN_A_NAME.sub(" ", f"{code} {name}").split()).strip(". ")
    return plain[:_LONGEST_NAME].strip(". ")


def _write_part(run: Review, rows: pd.DataFrame, listed: Sequence[tuple[str, str, int]], path: Path) -> None:
    own = (str(rows["commune_code"].fillna("").iloc[0]), str(rows["commune_name"].iloc[0]))
    log = run.log[run.log["facility_id"].isin(set(rows["facility_id"]))].copy()
    named = rows.set_index("facility_id")
    for key in ("name", "commune_name"):
        log[key] = log["facility_id"].map(named[key])
    with xlsxwriter.Workbook(path, OPTIONS | {"in_memory": True}) as file:
        file.set_properties({"title": f"{run.name}: {own[1]}", "created": CREATED})
        book = Book(file, load_catalogue(), run.language, f"{run.name}: {own[1]}")
        _write_guide(book, own, listed)
        write_allocation(book, rows, {}, in_review(log))
        further = log[log["kept_in"] == "log"]
        if len(further):
            _write_log(book, further)
        write_lists(book)
        book.file.worksheets()[1].activate()


def _write_log(book: Book, log: pd.DataFrame) -> None:
    page = add_sheet(book, "decision_log")
    shown = log.drop(
        columns=["effect", "rules_overridden", "price", "price_evidence", "loss_term", "file", "sheet", "row"]
    )
    fields = fields_of(book, "decision_log", list(shown.columns))
    write_table(book, page, "decision_log", shown, fields)
    filter_and_freeze(page, len(shown), fields, beside=2)


def _write_guide(book: Book, own: tuple[str, str], listed: Sequence[tuple[str, str, int]]) -> None:
    """Write how to answer, and below it the communes that got a file of the same review."""
    page = add_sheet(book, "guide")
    page.set_portrait()
    page.hide_gridlines(2)
    title = book.format(bold=True, font_size=14, font_color=HEADER)
    page.write_string(0, 0, book.text("part_title", commune=own[1]), title)
    page.write_string(1, 0, book.scenario, book.format(italic=True))
    verdicts = ", ".join(value.label(book.language) for value in values("verdict").values())
    for row, key in enumerate(_STEPS, start=3):
        text = book.text(key, sheet=sheet_name("allocation", book.language), verdicts=verdicts)
        page.merge_range(row, 0, row, len(_WIDTHS) - 1, "", book.format(text_wrap=True))
        page.write_string(row, 0, text, book.format(text_wrap=True))
        page.set_row(row, LINE_HEIGHT * -(-len(text) // _LINE) + 4)
    top = len(_STEPS) + 5
    page.write_string(top - 1, 0, book.text("part_list"), book.format(bold=True, font_color=HEADER))
    table: Any = [(code, name, count, True if (code, name) == own else None) for code, name, count in listed]
    frame = pd.DataFrame(table, columns=list(PARTS_HEADER)).astype({"own": "boolean"})
    write_table(book, page, "", frame, fields_of(book, "parts", list(PARTS_HEADER)), top=top)
    for place, width in enumerate(_WIDTHS):
        page.set_column(place, place, width)

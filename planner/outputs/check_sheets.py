"""The sheets that a check puts in front of a list: every finding with a link to its cell, and the summary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from openpyxl.utils import get_column_letter, quote_sheetname

from planner.catalogue.columns import columns, label, table_names, value_label
from planner.catalogue.load import Language, read_data
from planner.catalogue.numbers import format_number
from planner.errors import Record
from planner.outputs import check_summary
from planner.outputs.check_summary import SEVERITIES
from planner.outputs.marks import Spot
from planner.outputs.page import COLOURS, Page, Shown, front_page
from planner.outputs.sheet import sheet_name

if TYPE_CHECKING:
    import pandas as pd
    from openpyxl import Workbook

    from planner.inputs.read import Reading

SHEETS = ("check_records", "check_summary", "check_changes")
MOST_LINKS = 60_000  # a sheet of a workbook holds no more than 65,530
MOST_OF_A_RULE = 5_000  # rows of the list where it would be longer than `MOST_LINKS`; a CSV file holds all
_RECORD_WIDTHS = {
    "severity": 12,
    "cell": 8,
    "message": 48,
    "fix": 38,
    "value": 20,
    "column": 20,
    "row": 8,
    "sheet": 16,
    "file": 18,
    "rule": 19,
}
_SUMMARY_WIDTHS = (36, 34, 24, 11, 11, 11, 46)
_TOLD_BELOW = "columns-matched"  # the summary has a table of its own for that
_ACROSS = (1, 4, 1, 1)  # columns of the summary that a finding's severity, text, number and rule take
_CHANGE_WIDTHS = 24


@dataclass(frozen=True)
class About:
    """What the sheets are about.

    Attributes
    ----------
    name : the file that was checked.
    language : of the sheets.
    titles : sheets of the workbook by their names in the file.
    notes : sentences about the copy itself.
    """

    name: str
    language: Language
    titles: Mapping[str, str]
    notes: Sequence[str]

    def text(self, key: str, **fields: object) -> str:
        """Return a text about a check."""
        return check_summary.text(key, self.language, **fields)

    def number(self, value: float) -> str:
        """Write a number."""
        return format_number(value, self.language)


def write_records(
    book: Workbook, place: int, about: About, records: Sequence[Record], spots: Sequence[Spot | None]
) -> None:
    """Write all findings, errors first.

    Parameters
    ----------
    place : of the sheet among the workbook's.
    spots : the cell that each record stands in, None where this workbook has none.
    """
    order = _listed(records)
    several = len({record.file for record in records if record.file}) > 1
    shown = [key for key in _RECORD_WIDTHS if key != "file" or several]
    page = front_page(book, _title("check_records", about), place, [_RECORD_WIDTHS[key] for key in shown])
    top = 3
    page.sheet.freeze_panes = f"A{top + 1}"
    page.sheet.print_title_rows = f"{top}:{top}"
    page.sheet.auto_filter.ref = f"A{top}:{get_column_letter(len(shown))}{top + len(order)}"
    page.line([Shown(about.text("title", sheet=page.sheet.title, name=about.name), "title")], height=24)
    counts = {f"{key}s": about.number(n) for key, n in check_summary.by_severity(records).items()}
    page.line([Shown(about.text("counts" if records else "no_findings", **counts), "plain")])
    page.header([about.text("cell") if key == "cell" else label("checks", key, about.language) for key in shown])
    for i in order:
        record, spot = records[i], spots[i] if page.row < MOST_LINKS else None
        cells = {key: Shown(getattr(record, key, None) or None) for key in shown}
        cells["severity"] = Shown(value_label("severity", record.severity, about.language), record.severity)
        cells["column"] = Shown(_column(record, about.language) or None)
        cells["row"] = Shown(record.row, "number")
        if spot is not None:
            cells["cell"] = _link(spot, about)
        page.line([cells[key] for key in shown])
    if len(order) < len(records):
        page.line([Shown(about.text("more_in_csv", count=about.number(len(records) - len(order))), "plain")])


def _listed(records: Sequence[Record]) -> list[int]:
    """Return the positions of the findings to be listed, errors first; of very many only the first of each rule."""
    order = sorted(range(len(records)), key=lambda i: SEVERITIES.index(records[i].severity))
    if len(order) <= MOST_LINKS:
        return order
    seen: Counter[str] = Counter()
    kept = []
    for i in order:
        seen[records[i].rule] += 1
        if seen[records[i].rule] <= MOST_OF_A_RULE:
            kept.append(i)
    return kept


def _column(record: Record, language: Language) -> str:
    """Return the heading in the user's file, or the name of a column that the file lacks."""
    return label(record.table, record.column, language) if record.table in table_names() else record.column


def _link(spot: Spot, about: About) -> Shown:
    cell = f"{get_column_letter(spot.column)}{spot.row}"
    return Shown(cell, "link", f"{quote_sheetname(about.titles[spot.sheet])}!{cell}")


def _title(sheet: str, about: About) -> str:
    return sheet_name(sheet, about.language)


def write_summary(book: Workbook, place: int, about: About, reading: Reading) -> None:
    """Write rows read, used and set aside, the columns recognised, findings, conflicts, what is assumed, the legend."""
    page = front_page(book, _title("check_summary", about), place, _SUMMARY_WIDTHS)
    page.line([Shown(about.text("title", sheet=page.sheet.title, name=about.name), "title")], height=24)
    for note in about.notes:
        page.line([Shown(note, "plain")])
    _rows(page, about, reading)
    told = [record for record in reading.records if record.rule != _TOLD_BELOW]
    _findings(page, about, "findings", check_summary.counted(told), "no_findings")
    _findings(page, about, "conflicts", check_summary.about("conflicts", reading.records), "no_conflicts")
    _findings(page, about, "assumed", check_summary.about("assumed", reading.records), "assumed_nothing")
    _columns(page, about, reading)
    page.heading(about.text("legend"))
    for severity in COLOURS:
        name = value_label("severity", severity, about.language)
        page.line([Shown(name, severity), Shown(about.text(f"legend_{severity}"), "plain")])


def _rows(page: Page, about: About, reading: Reading) -> None:
    page.heading(about.text("rows"))
    keys = ("sheet", "column", "header_rows", "read", "used", "set_aside", "reasons")
    titles = [about.text(key) for key in keys]
    titles[1] = label("checks", "table", about.language)
    page.header(titles)
    for read in reading.sheets:
        where = " · ".join(filter(None, (read.path.name, read.sheet)))
        first, last = read.header_rows
        words = check_summary.reasons_in_words(read.set_aside, about.language)
        page.line([
            Shown(where),
            Shown(check_summary.table_name(read.table, about.language)),
            Shown(f"{first}–{last}" if first < last else str(first) if first else None),
            *(Shown(n, "number") for n in (read.read, read.used, sum(read.set_aside.values()))),
            Shown(words or None),
        ])  # fmt: skip
    for table, read_rows in reading.read.items():
        aside = reading.set_aside.get(table, 0)
        shown = [sum(read.set_aside.values()) for read in reading.sheets if read.table == table]
        if read_rows and shown != [aside]:
            words = check_summary.reasons_in_words(check_summary.reasons(reading, table), about.language)
            names = (about.text("total"), check_summary.table_name(table, about.language), None)
            figures = (Shown(n, "sum") for n in (read_rows, read_rows - aside, aside))
            page.line([*(Shown(name, "total") for name in names), *figures, Shown(words or None)])


def _findings(page: Page, about: About, key: str, found: Sequence[check_summary.Counted], none: str) -> None:
    page.heading(about.text(key))
    if not found:
        page.line([Shown(about.text(none), "plain")])
        return
    severity, rule = (label("checks", key, about.language) for key in ("severity", "rule"))
    titles = (severity, about.text("first"), about.text("number"), rule)
    page.line([Shown(title, "header", across=across) for title, across in zip(titles, _ACROSS, strict=True)])
    for item in found:
        cells = (
            Shown(value_label("severity", item.severity, about.language), item.severity),
            Shown(item.first.message, across=_ACROSS[1]),
            Shown(item.number, "number"),
            Shown(item.rule),
        )
        page.line(cells)


def _columns(page: Page, about: About, reading: Reading) -> None:
    """Write for each sheet which heading is which column, how surely, and how much of it is filled."""
    ways = read_data("workbook_texts")["recognised_by"]
    for read in reading.sheets:
        where = " · ".join(filter(None, (read.path.name, read.sheet)))
        page.heading(f"{about.text('columns')}: {where}")
        page.header([about.text(key) for key in ("heading", "column", "recognised_by", "filled", "share")])
        for item in check_summary.recognised(read, about.language):
            way = ways[item.by][about.language]
            score = f" ({about.number(100 * item.score)} %)" if item.guessed else ""
            page.line([
                Shown(item.heading),
                Shown(item.name),
                Shown(way + score, "warning" if item.guessed else "text"),
                Shown(item.filled, "number"),
                Shown(item.share, "share"),
            ])  # fmt: skip
        for key, names in (("not_used", read.unused), ("absent", check_summary.lacking(read, about.language))):
            if names:
                joined = "; ".join(name.replace("\n", " ") for name in names)
                page.line([Shown(about.text(key)), Shown(joined, across=6)])


def write_changes(book: Workbook, place: int, about: About, changes: pd.DataFrame) -> None:
    """Write what changed since an earlier list, as `planner.inputs.sameness.changes` finds it."""
    known = columns("changes")
    page = front_page(book, _title("check_changes", about), place, [_CHANGE_WIDTHS] * len(changes.columns))
    page.sheet.freeze_panes = "A3"
    page.sheet.print_title_rows = "2:2"
    page.sheet.auto_filter.ref = f"A2:{get_column_letter(len(changes.columns))}{2 + len(changes)}"
    page.line([Shown(about.text("title", sheet=page.sheet.title, name=about.name), "title")], height=24)
    page.header([known[key].label(about.language) for key in changes.columns])
    enumerations = [known[key].values for key in changes.columns]  # noqa: PD011  the name of an enumeration
    shown = changes.astype(object).where(changes.notna(), None)
    for row in shown.itertuples(index=False, name=None):
        names = (
            value_label(e, value, about.language) if e else value for e, value in zip(enumerations, row, strict=True)
        )
        page.line([Shown(name) for name in names])

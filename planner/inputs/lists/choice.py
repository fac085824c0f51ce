"""Which sheets of a file list the rows of a table, and why the others do not."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from planner.catalogue.columns import columns, table_names, values
from planner.catalogue.load import read_data
from planner.catalogue.messages import message
from planner.inputs.forms import is_summary
from planner.inputs.lists.header import find_header
from planner.inputs.lists.headings import forms, word_keys
from planner.inputs.text import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planner.errors import Record
    from planner.inputs.files.opening import Sheet
    from planner.inputs.lists.header import Header
    from planner.inputs.origin import Origin

Reason = Literal["", "no_header", "table", "summary", "incomplete"]

_BUILDINGS = frozenset({"buildings", "building", "nha", "toa nha", "cac toa nha", "danh muc nha", "danh sach nha"})
_LIKE_A_LIST = 3  # columns recognised that make a sheet without a required one worth a warning


@dataclass(frozen=True)
class Choice:
    """A sheet's header where the sheet is read; otherwise why it is not.

    Attributes
    ----------
    header : None where the sheet is not read.
    why : the reason, empty where the sheet is read.
    alone : whether no sheet of the file is read.
    missing : the required columns that it lacks, where that is the reason.
    like_a_list : whether so many columns were recognised that it may be a list all the same.
    is_blank : whether it has no row below the first.
    """

    header: Header | None
    why: Reason = ""
    alone: bool = False
    missing: tuple[str, ...] = ()
    like_a_list: bool = False
    is_blank: bool = False

    def record(self, origin: Origin) -> Record:
        """Return the record that says why the sheet is not read: an error where no sheet of the file is."""
        if self.alone and self.why == "summary":
            return origin.record("only-a-summary", "error")
        if self.alone:
            return origin.record("empty-sheet" if self.is_blank else "no-header", "error")
        known = columns(origin.table)
        missing = "; ".join(f"{known[key].label(origin.language)} ({key})" for key in self.missing)
        why = message(f"skipped_{self.why}", origin.language, missing=missing).text
        return origin.record("sheet-skipped", "warning" if self.like_a_list else "info", why=why)


def choose_sheets(sheets: Sequence[Sheet], table: str, mapping: Mapping[str, str]) -> list[Choice]:
    """Return for each sheet of a file whether it is read for a table.

    A sheet is read if it has a header, is not a summary, and is not named after another table; where other sheets
    have all required columns, one that lacks some is not.
    """
    headers = [find_header(sheet, table, mapping) for sheet in sheets]
    why: list[Reason] = [_why_not(sheet, header, table) for sheet, header in zip(sheets, headers, strict=True)]
    if not any(reason == "" for reason in why):  # a sheet with an odd name is better than none
        why = ["" if reason == "table" else reason for reason in why]
    lacking = [
        () if header is None else _lacks(sheet, header, table) for sheet, header in zip(sheets, headers, strict=True)
    ]
    if any(reason == "" and not lacks for reason, lacks in zip(why, lacking, strict=True)):
        why = ["incomplete" if reason == "" and lacks else reason for reason, lacks in zip(why, lacking, strict=True)]
    alone = not any(reason == "" for reason in why)
    return [
        Choice(
            header if reason == "" else None,
            reason,
            alone,
            missing=lacks,
            like_a_list=reason == "incomplete" and header is not None and len(header.columns) >= _LIKE_A_LIST,
            is_blank=len(sheet.rows) <= 1,
        )
        for sheet, header, reason, lacks in zip(sheets, headers, why, lacking, strict=True)
    ]


def _why_not(sheet: Sheet, header: Header | None, table: str) -> Reason:
    if table == "facilities" and (is_summary(sheet) or (header is not None and _counts_sites(header))):
        return "summary"
    if header is None:
        return "no_header"
    return "table" if _is_for_another_table(sheet, table) else ""


def _counts_sites(header: Header) -> bool:
    """Return whether a sheet counts sites by unit: a heading for their number, none for a name or an address."""
    counts = word_keys("headings", "counts")
    counting = any(form in counts for heading in header.unmatched for form in forms(heading.text))
    return counting and header.columns.keys().isdisjoint({"name", "address", "facility_id"})


def _is_for_another_table(sheet: Sheet, table: str) -> bool:
    if table == "previous":
        return _sheets_of_a_run().get(fold(sheet.name), "allocation") != "allocation"
    listed = {key: value for key, value in values("table").items() if key in table_names()}  # a scenario is no list
    names = {fold(name): key for key, value in listed.items() for name in (key, value.vi, value.en)}
    return names.get(fold(sheet.name), table) != table


@cache
def _sheets_of_a_run() -> dict[str, str]:
    """Return the sheets of a run's workbook by their folded names; several hold facilities, uses and status."""
    texts = read_data("workbook_texts")["sheets"]
    return {fold(names[language]): key for key, names in texts.items() for language in ("vi", "en")}


def _lacks(sheet: Sheet, header: Header, table: str) -> tuple[str, ...]:
    if lists_buildings(sheet, header):
        return ()
    return tuple(key for key, column in columns(table).items() if column.required and key not in header.columns)


def is_buildings(name: str) -> bool:
    """Return whether a sheet is named as one of buildings."""
    return fold(name) in _BUILDINGS


def lists_buildings(sheet: Sheet, header: Header) -> bool:
    """Return whether a sheet lists the buildings of the sites on another sheet."""
    return is_buildings(sheet.name) and "site_id" in header.columns

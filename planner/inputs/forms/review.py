"""A reviewed allocation as a list of decisions: its review columns, and what its log keeps besides.

The sheets are known by the workbook's own headings, whatever they are called and whoever saved them; every other column
is blanked, so that neither the proposed use nor the plan's reason is taken for a verdict's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from planner.catalogue.columns import columns, values
from planner.inputs.cells.convert import convert
from planner.inputs.text import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planner.errors import Record
    from planner.inputs.files.opening import Cell, Sheet
    from planner.inputs.origin import Origin

_ROWS_SEARCHED = 20
_MOST_ROWS_NAMED = 12
_LOG = ("facility_id", "verdict", "use", "waiver", "reason", "by", "date")
_SAID = ("use", "waiver", "reason")  # what nobody fills down a whole column


@dataclass(frozen=True)
class _Found:
    """A sheet of ours: the index of its header row, and the position of each of our columns."""

    sheet: Sheet
    header: int
    at: Mapping[str, int]

    def cells(self, key: str) -> list[Cell]:
        """Return a column below the header, blank where the sheet lacks it."""
        place = self.at.get(key)
        below = range(self.header + 1, len(self.sheet.rows))
        return [None if place is None else self.sheet.cell(index, place) for index in below]

    def column(self, key: str) -> list[str]:
        """Return a column below the header as plain text, empty where nothing stands."""
        text, _ = convert(columns("decisions")["reason"], self.cells(key))
        return [fold(str(cell)) if cell is not None else "" for cell in text]

    def heading(self, key: str) -> str:
        """Return a heading as it stands."""
        return str(self.sheet.cell(self.header, self.at[key]))


class Reviewed(NamedTuple):
    """The lists of decisions that a reviewed allocation makes, and what was found in the file."""

    lists: list[Sheet]
    records: list[Record]


def reviewed(opened: Sequence[Sheet], records: list[Record], origin: Origin) -> Reviewed | None:
    """Return a reviewed allocation as lists of decisions; None for any other file.

    What the log keeps besides comes before what the review columns say, so that the latter wins within one day. Rows
    without a verdict are no decisions; an approval without a use approves the row's own proposal, and that is told.

    Parameters
    ----------
    opened, records : the sheets of a file and what was found while opening it.
    origin : the file.
    """
    reviews = [found for sheet in opened if (found := _find(sheet, _review_headings(), {"facility_id", "verdict"}))]
    if not reviews:
        return None
    logs = [
        found for sheet in opened if (found := _find(sheet, _log_headings(), {"facility_id", "verdict", "kept_in"}))
    ]
    names = {"", *(found.sheet.name for found in (*reviews, *logs))}
    told = [record for record in records if record.sheet in names]
    lists = [_list(found, kept, _LOG) for found in logs if any(kept := _kept(found))]
    for found in reviews:
        place = replace(origin, sheet=found.sheet.name)
        told += _without_verdict(found, place)
        filled, more = _as_proposed(found, place)
        told += more
        lists.append(_list(filled, [bool(text) for text in filled.column("verdict")], tuple(filled.at)))
    return Reviewed(lists, told)


@cache
def _review_headings() -> dict[str, str]:
    """Return the column by heading: the review columns, the facility's code and the proposed use."""
    own = {fold(text): key for key, column in columns("review").items() for text in (column.vi, column.en)}
    return own | _headings("facilities", ("facility_id",)) | _headings("allocation", ("new_use",))


@cache
def _log_headings() -> dict[str, str]:
    return _headings("decision_log", (*_LOG, "effect", "kept_in"))


def _headings(table: str, keys: Sequence[str]) -> dict[str, str]:
    return {fold(text): key for key in keys for text in (columns(table)[key].vi, columns(table)[key].en)}


def _find(sheet: Sheet, headings: Mapping[str, str], proofs: set[str]) -> _Found | None:
    """Return where the columns of a sheet of ours stand, or None where a heading that proves it is missing."""
    for index, row in enumerate(sheet.rows[:_ROWS_SEARCHED]):
        known = [headings.get(fold(cell)) if isinstance(cell, str) else None for cell in row]
        if proofs <= set(known):
            return _Found(sheet, index, {key: place for place, key in reversed([*enumerate(known)]) if key})
    return None


def _kept(log: _Found) -> list[bool]:
    """Return the rows of a log that no review column shows and that still hold."""
    here = values("kept_in")["log"]
    words = {fold(here.vi), fold(here.en)}
    return [
        place in words and bool(verdict)
        for place, verdict in zip(log.column("kept_in"), log.column("verdict"), strict=True)
    ]


def _list(found: _Found, used: Sequence[bool], keys: Sequence[str]) -> Sheet:
    """Return a sheet with nothing but the columns of decisions, in their places, and the rows used."""
    kept = {place for key, place in found.at.items() if key in keys and key != "new_use"}
    chosen = [found.header, *(found.header + 1 + i for i, is_used in enumerate(used) if is_used)]
    rows = [[cell if i in kept else None for i, cell in enumerate(found.sheet.rows[index])] for index in chosen]
    numbers = tuple(found.sheet.row_number(index) for index in chosen)
    return replace(found.sheet, rows=rows, spans=(), numbers=numbers)


def _without_verdict(review: _Found, place: Origin) -> list[Record]:
    """Return a note of the rows that say something but choose no verdict."""
    said = zip(*(review.column(key) for key in _SAID), strict=True)
    open_ = [
        i
        for i, (verdict, texts) in enumerate(zip(review.column("verdict"), said, strict=True))
        if not verdict and any(texts)
    ]
    if not open_:
        return []
    numbers = [str(review.sheet.row_number(review.header + 1 + i)) for i in open_]
    shown = ", ".join(numbers[:_MOST_ROWS_NAMED]) + (" …" if len(numbers) > _MOST_ROWS_NAMED else "")
    column = review.heading("verdict")
    return [place.record("review-without-verdict", "info", column=column, count=len(open_), rows=shown)]


def _as_proposed(review: _Found, place: Origin) -> tuple[_Found, list[Record]]:
    """Let an approval without a use approve the use that its row proposes."""
    if not {"use", "new_use"} <= review.at.keys():
        return review, []
    approve = values("verdict")["approve"]
    words = {"approve", *map(fold, (approve.vi, approve.en, *approve.synonyms))}
    verdicts, uses = review.column("verdict"), review.column("use")
    chosen = [i for i, (verdict, use) in enumerate(zip(verdicts, uses, strict=True)) if verdict in words and not use]
    if not chosen:
        return review, []
    rows, proposed = [list(row) for row in review.sheet.rows], review.cells("new_use")
    for i in chosen:
        row = rows[review.header + 1 + i]
        row += [None] * (review.at["use"] + 1 - len(row))
        row[review.at["use"]] = proposed[i]
    note = place.record("approved-as-proposed", "info", column=review.heading("use"), count=len(chosen))
    return replace(review, sheet=replace(review.sheet, rows=rows)), [note]

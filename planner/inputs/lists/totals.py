"""The sheet's own totals and sums of groups, compared with the rows they stand for."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from planner.catalogue.columns import columns
from planner.catalogue.load import read_data
from planner.catalogue.numbers import plain_digits
from planner.inputs.cells.convert import Value, read_number
from planner.inputs.lists.groups import Group, groups_of
from planner.inputs.text import clean

if TYPE_CHECKING:
    from planner.errors import Record, Severity
    from planner.inputs.files.opening import Sheet
    from planner.inputs.lists.header import Header
    from planner.inputs.lists.rows import Rows
    from planner.inputs.origin import Origin


_SEVERITY: dict[bool, Severity] = {True: "info", False: "warning"}


@dataclass(frozen=True)
class _Stated:
    """A row set aside that carries sums, and the ranges of rows (first, behind the last) that it may stand for."""

    index: int
    ranges: tuple[tuple[int, int], ...]


def compare_totals(
    sheet: Sheet, header: Header, rows: Rows, values: dict[str, list[Value]], origin: Origin
) -> list[Record]:
    """Compare the sheet's own totals with the sums of the rows used, to the last digit that the total shows.

    A total below its rows stands for all rows above it, or for those since the last group of some level or the last
    total; a total or a group's heading above its rows stands for those down to the next of its kind. Land may also be
    counted once for each site, where the buildings of one site repeat it. A total that agrees with none of these is
    reported with the nearest sum.
    """
    stated = list(_stated(sheet, header, rows))
    if not stated:
        return []
    records = _compare_counts(sheet, stated, rows, values, origin)
    for key, heading in header.columns.items():
        column = columns(origin.table)[key]
        if not column.additive or key not in values:
            continue
        sums = _column(rows.used, values[key], values.get("site_id") if key == "land_area_m2" else None)
        for total in stated:
            number = read_number(sheet.cell(total.index, heading.index))
            if number is None:
                continue
            factor = header.unit(key, column.unit)[1]
            number *= factor
            rounding = 0.5 / 10 ** len(plain_digits(number).partition(".")[2]) + 1e-9 * abs(number)
            nearest = sums.nearest(number, rounding, total.ranges)
            agrees = abs(nearest - number) <= rounding
            records.append(
                origin.record(
                    "totals-agree" if agrees else "totals-differ",
                    _SEVERITY[agrees],
                    row=sheet.row_number(total.index),
                    column=heading.shown,
                    value=sheet.cell(total.index, heading.index),
                    stated=plain_digits(number / factor),
                    sum=plain_digits(nearest / factor),
                )
            )
    return sorted(records, key=lambda record: record.row or 0)


def _compare_counts(
    sheet: Sheet, stated: list[_Stated], rows: Rows, values: dict[str, list[Value]], origin: Origin
) -> list[Record]:
    """Compare the numbers of facilities that totals and groups state ("Tổng cộng: 33 cơ sở") with the rows used."""
    counts = _column(rows.used, [1.0] * len(rows.used), values.get("site_id"))
    records = []
    for total in stated if origin.table == "facilities" else ():
        text = " ".join(clean(cell) for cell in sheet.rows[total.index] if isinstance(cell, str))
        found = _counted().findall(text)
        if len(found) == 1:
            number = float(found[0].replace(".", ""))
            nearest = counts.nearest(number, 0.0, total.ranges)
            agrees = nearest == number
            rule, severity = "count-agrees" if agrees else "count-differs", _SEVERITY[agrees]
            fields = {"stated": plain_digits(number), "sum": plain_digits(nearest)}
            row = sheet.row_number(total.index)
            records.append(origin.record(rule, severity, row=row, value=text, **fields))
    return records


@cache
def _counted() -> re.Pattern[str]:
    words = "|".join(map(re.escape, read_data("sheet_words")["rows"]["counted"]))
    return re.compile(rf"(?<![\d.,/])(\d{{1,3}}(?:\.\d{{3}})+|\d+)\s+(?:{words})\b", re.IGNORECASE)


def _stated(sheet: Sheet, header: Header, rows: Rows) -> Iterator[_Stated]:
    end = len(sheet.rows)
    groups = groups_of(sheet, header, rows)
    totals = [row.index for row in rows.set_aside if row.rule == "totals-row"]
    for group in groups:
        yield _Stated(group.index, ((group.index + 1, group.end),))
    for index in totals:
        starts = {0, *(max(found, default=0) for found in _last_starts(groups, totals, index))}
        above = tuple((start, index) for start in sorted(starts))
        below = ((index + 1, end), (index + 1, min((i for i in totals if i > index), default=end)))
        has_rows_above = any(row < index for row in rows.used)
        open_below = _next_break(groups, totals, index, end)
        yield _Stated(index, (*above, (index + 1, open_below)) if has_rows_above else below)


def _last_starts(groups: list[Group], totals: list[int], index: int) -> Iterator[list[int]]:
    yield [i for i in totals if i < index]
    for level in sorted({group.level for group in groups}):
        yield [group.index for group in groups if group.index < index and group.level <= level]


def _next_break(groups: list[Group], totals: list[int], index: int, end: int) -> int:
    return min((i for i in (*totals, *(group.index for group in groups)) if i > index), default=end)


@dataclass(frozen=True)
class _Sums:
    """A column to be summed over ranges of rows: rows, their numbers, and their sites where each counts once."""

    rows: list[int]
    numbers: list[float]
    sites: list[Value]

    def nearest(self, number: float, rounding: float, ranges: tuple[tuple[int, int], ...]) -> float:
        """Return the first sum that agrees with a number, short ranges first, or else the nearest one."""
        best = math.inf
        for found in self._over(ranges):
            if abs(found - number) < abs(best - number):
                best = found
            if abs(best - number) <= rounding:
                break
        return best

    def _over(self, ranges: tuple[tuple[int, int], ...]) -> Iterator[float]:
        parts = [slice(bisect_left(self.rows, first), bisect_left(self.rows, end)) for first, end in ranges]
        parts = [part for part in parts if part.start < part.stop] or parts[:1]  # no row is no sum
        for inside in sorted(parts, key=lambda part: part.stop - part.start):
            yield math.fsum(self.numbers[inside])
            if self.sites:
                yield math.fsum(dict(zip(self.sites[inside], self.numbers[inside], strict=True)).values())


def _column(used: list[int], values: list[Value], sites: list[Value] | None) -> _Sums:
    numbers = [(i, value) for i, value in zip(used, values, strict=True) if isinstance(value, float)]
    rows = [i for i, _ in numbers]
    site_of = dict(zip(used, sites, strict=True)) if sites else {}
    return _Sums(rows, [value for _, value in numbers], [site_of[i] or i for i in rows] if site_of else [])

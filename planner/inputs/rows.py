"""Which rows below the header are rows of the table, and which are set aside: group names, totals, column numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner.catalogue.columns import columns
from planner.inputs.convert import read_number
from planner.inputs.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planner.errors import Record
    from planner.inputs.convert import Value
    from planner.inputs.files import Cell, Sheet
    from planner.inputs.header import Header
    from planner.inputs.origin import Origin

_OUTLINE = re.compile(r"[IVXLC]+[.)]?|[A-ZĐ][.)]?")
_OUTLINED = re.compile(r"([IVXLC]+|[A-ZĐ])[.)]\s")
_TOTAL = re.compile(
    r"(tổng cộng|tổng số|tong cong|tong so|(sub-?|grand )?total)\b.*"
    r"|(tổng|cộng)([\s:]*|\s+(nhóm|mục|phần|huyện|[ivx]+)\b.*)",
    re.IGNORECASE,
)
_COLUMN_NUMBER = re.compile(r"\(?(\d{1,2}|[A-Z])\)?")
_LEAST_NUMBERS = 3
_PROVES_A_ROW = frozenset({"facility_id", "address", "commune_code", "settlement_id", "service_id"})


@dataclass(frozen=True)
class SetAside:
    """A row below the header that is no row of the table, by its index in the sheet, and why."""

    index: int
    rule: str
    text: str


@dataclass(frozen=True)
class Rows:
    """The non-blank rows below a header: rows read = used + set aside."""

    used: list[int]
    set_aside: list[SetAside]


def sort_rows(sheet: Sheet, header: Header, table: str) -> Rows:
    """Return the rows of the table and the rows set aside."""
    rows = Rows([], [])
    for index in range(header.last + 1, len(sheet.rows)):
        cells = sheet.rows[index]
        if not sheet.is_layer and all(cell is None for cell in cells):
            continue
        rule = None if sheet.is_layer else _why_set_aside(cells, header, table, first=index == header.last + 1)
        if rule is None:
            rows.used.append(index)
        else:
            text = " ".join(clean(str(cell)) for cell in cells if isinstance(cell, str))
            rows.set_aside.append(SetAside(index, rule, text[:80]))
    return rows


def _why_set_aside(cells: list[Cell], header: Header, table: str, *, first: bool) -> str | None:
    filled = {i: cell for i, cell in enumerate(cells) if cell is not None}
    if first and len(filled) >= _LEAST_NUMBERS and all(map(_is_column_number, filled.values())):
        return "column-numbers"
    at = {key: filled[heading.index] for key, heading in header.columns.items() if heading.index in filled}
    proven = not at.keys().isdisjoint(_PROVES_A_ROW)
    leading = next(iter(filled.values())), None if proven else at.get("name")
    if any(_TOTAL.fullmatch(clean(cell)) for cell in leading if isinstance(cell, str)):
        return "totals-row"
    if len(at) > 1 and all(clean(str(cell)) == header.columns[key].text for key, cell in at.items()):
        return "header-again"
    if not at:
        return "no-content"
    return "group-row" if not proven and _is_group(at, filled, header, table) else None


def _is_group(at: Mapping[str, Cell], filled: Mapping[int, Cell], header: Header, table: str) -> bool:
    """Return whether a row is a group's heading: a name alone, with an outline number (I, A) or with none at all.

    A group's heading may carry its own sums; then only an outline number tells it from a row of the table. Without a
    column of running numbers the name itself must be outlined ("I. …"): no facility may be lost.
    """
    serial = "" if header.serial is None else clean(str(filled.get(header.serial, "")))
    sums = {key for key in at if columns(table)[key].additive}
    if at.keys() - sums != {"name"} or len(filled) > len(at) + bool(serial):
        return False
    if serial:
        return _OUTLINE.fullmatch(serial) is not None
    return not sums and (header.serial is not None or _OUTLINED.match(clean(str(at["name"]))) is not None)


def _is_column_number(cell: Cell) -> bool:
    return _COLUMN_NUMBER.fullmatch(clean(str(cell)).removesuffix(".0")) is not None


def set_aside_records(rows: Rows, sheet: Sheet, origin: Origin) -> list[Record]:
    """Return one record for each row set aside, with the reason."""
    return [
        origin.record(row.rule, "info", row=sheet.row_number(row.index), value=row.text, text=row.text)
        for row in rows.set_aside
    ]


def compare_totals(
    sheet: Sheet, header: Header, rows: Rows, values: dict[str, list[Value]], origin: Origin
) -> list[Record]:
    """Compare the sheet's own totals with the sums of the rows used, to the last digit that the total shows.

    A total agrees with the sum of all rows above it, of the rows since the last group or totals row, or, for land, of
    the sites, where the buildings of one site repeat its land.
    """
    records = []
    breaks = [row.index for row in rows.set_aside]
    for total in (row for row in rows.set_aside if row.rule == "totals-row"):
        since = max((b for b in breaks if b < total.index), default=-1)
        for key, heading in header.columns.items():
            column = columns(origin.table)[key]
            stated = read_number(sheet.cell(total.index, heading.index)) if column.additive else None
            if stated is None:
                continue
            stated *= heading.factor(column.unit)[1]
            sums = _sums(rows.used, values, key, since, total.index)
            rounding = 0.5 / 10 ** len(f"{stated:.10g}".partition(".")[2]) + 1e-9 * abs(stated)
            agrees = any(abs(stated - total_of) <= rounding for total_of in sums)
            records.append(
                origin.record(
                    "totals-agree" if agrees else "totals-differ",
                    "info" if agrees else "warning",
                    row=sheet.row_number(total.index),
                    column=heading.shown,
                    value=f"{stated:.10g}",
                    sum=f"{sums[0]:.10g}",
                )
            )
    return records


def _sums(used: list[int], values: dict[str, list[Value]], key: str, since: int, until: int) -> list[float]:
    numbers = {index: value for index, value in zip(used, values[key], strict=True) if isinstance(value, float)}
    above = {index: value for index, value in numbers.items() if index < until}
    sums = [sum(above.values()), sum(value for index, value in above.items() if index > since)]
    if key == "land_area_m2" and "site_id" in values:
        site = dict(zip(used, values["site_id"], strict=True))
        sums.append(sum({site[i] or i: value for i, value in above.items()}.values()))
    return sums

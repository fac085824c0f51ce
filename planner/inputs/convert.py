"""Turn cells into values of the data model; what cannot be read is reported, never guessed."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from planner.catalogue.columns import Column, values
from planner.inputs.text import clean, fold

if TYPE_CHECKING:
    from planner.errors import Severity
    from planner.inputs.files import Cell

Value = str | float | bool | dt.datetime | None

_NOTHING = frozenset({"", "-", "–", "—", "…", "...", "/", "#N/A", "#REF!", "#VALUE!"})
_NOT_KNOWN = frozenset({"khong ro", "chua ro", "chua xac dinh", "unknown", "n a", "na", "null"})
_YES = frozenset({"co", "x", "1", "yes", "y", "true", "dung"})
_NO = frozenset({"khong", "0", "no", "n", "false", "sai"})
_SERIAL_DAYS = (20_000, 80_000)  # Excel day numbers of 1954 to 2119
_EXCEL_EPOCH = dt.datetime(1899, 12, 30)  # noqa: DTZ001  a calendar day has no zone

_PLAIN = re.compile(r"[+-]?\d+")
_SCIENTIFIC = re.compile(r"[+-]?\d+(\.\d+)?[eE][+-]?\d+")
_GROUPED = {mark: re.compile(rf"[+-]?\d{{1,3}}(\{mark}\d{{3}})+") for mark in ".,"}
_DECIMAL = {mark: re.compile(rf"[+-]?\d*\{mark}\d+|[+-]?\d+\{mark}") for mark in ".,"}
_BOTH = {
    ",": re.compile(r"[+-]?\d{1,3}(\.\d{3})+,\d*"),  # 1.234,5
    ".": re.compile(r"[+-]?\d{1,3}(,\d{3})+\.\d*"),  # 1,234.5
}
_DATES = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y/%m/%d", "%d/%m/%y")


class Problem(NamedTuple):
    """A cell that could not be taken as it stands: its position in the column, the rule and how severe it is."""

    position: int
    rule: str
    severity: Severity
    read_as: str = ""


class _BadCell(Exception):  # noqa: N818  an answer, not an error of the program
    def __init__(self, rule: str, severity: Severity) -> None:
        super().__init__(rule)
        self.rule = rule
        self.severity = severity


def convert(column: Column, cells: list[Cell], factor: float = 1.0) -> tuple[list[Value], list[Problem]]:
    """Return the values of a column and what is wrong with its cells; a cell that cannot be read becomes None.

    Parameters
    ----------
    column : type, unit, smallest value, enumeration.
    cells : as they stand in the file; text of any Vietnamese or English number or date format.
    factor : from the unit in the header to the column's own.
    """
    read = _reader(column, cells)
    converted: list[Value] = []
    problems: list[Problem] = []
    for index, cell in enumerate(cells):
        value: Value = None
        try:
            value = None if _is_nothing(cell) else read(cell)
        except _BadCell as bad:
            problems.append(Problem(index, bad.rule, bad.severity))
        if isinstance(value, float):
            value = value * factor
            if column.minimum is not None and value < column.minimum:
                problems.append(Problem(index, "negative-value", "error"))
                value = None
        converted.append(value)
    if column.type in ("number", "integer"):
        problems += _ambiguous(column, cells, converted)
    if column.type == "code" and column.width is not None:
        problems += _padded(cells, converted, column.width)
    if column.required == "cell":
        problems += [Problem(i, "missing-value", "error") for i, cell in enumerate(cells) if _is_nothing(cell)]
    return converted, problems


def read_number(cell: Cell) -> float | None:
    """Return a cell as a number, or None where it is none; "1.234" is read the Vietnamese way."""
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        return None
    return _parse(_bare_number(cell, "m²"), ",") if isinstance(cell, str) else float(cell)


def _is_nothing(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and cell.strip() in _NOTHING)


def _reader(column: Column, cells: list[Cell]) -> Callable[[Cell], Value]:
    if column.type in ("number", "integer"):
        mark = _decimal_mark(cells, column)
        return lambda cell: _number(cell, column, mark)
    if column.type == "enum":
        return lambda cell: _enum(cell, column.values)
    if column.type == "code":
        return lambda cell: _code(cell, column.width)
    return {"bool": _bool, "date": _date, "text": _text}[column.type]


def _text(cell: Cell) -> str:
    if isinstance(cell, bool):
        return "Có" if cell else "Không"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(" ")
    return clean(str(cell))


def _code(cell: Cell, width: int | None) -> str:
    text = _text(cell)
    if width is None:
        return text
    digits = text.removesuffix(".0")
    return digits.zfill(width) if digits.isdecimal() else text


def _padded(cells: list[Cell], converted: list[Value], width: int) -> list[Problem]:
    return [
        Problem(i, "zeros-put-back", "info", str(value))
        for i, (cell, value) in enumerate(zip(cells, converted, strict=True))
        if isinstance(value, str) and len(_text(cell).removesuffix(".0")) < width and value != _text(cell)
    ]


def _number(cell: Cell, column: Column, mark: str) -> float | None:
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        raise _BadCell("not-a-number", "error")
    value = _parse(_bare_number(cell, column.unit), mark) if isinstance(cell, str) else float(cell)
    if value is None and isinstance(cell, str) and fold(cell) in _NOT_KNOWN:
        return None
    if value is None or not math.isfinite(value):
        raise _BadCell("not-a-number", "error")
    if column.type == "integer" and not value.is_integer():
        raise _BadCell("not-a-whole-number", "error")
    return value


def _bare_number(text: str, unit: str) -> str:
    """Return a number's text without spaces and without the column's own unit behind it."""
    text = re.sub(r"\s", "", clean(text))
    return re.sub(rf"(?i)({re.escape(unit)}|m2|đồng|đ)$", "", text) if unit else text


def _parse(text: str, mark: str) -> float | None:
    """Read a number's text; `mark` is the decimal mark where "1.234" leaves it open."""
    if _PLAIN.fullmatch(text) or _SCIENTIFIC.fullmatch(text):
        return float(text)
    for decimal, thousands in ((",", "."), (".", ",")):
        if _BOTH[decimal].fullmatch(text):
            return float(text.replace(thousands, "").replace(decimal, "."))
    for own, other in ((".", ","), (",", ".")):
        if _GROUPED[own].fullmatch(text) and (text.count(own) > 1 or (mark == other and not _is_fraction(text))):
            return float(text.replace(own, ""))
        if _DECIMAL[own].fullmatch(text):
            return float(text.replace(own, "."))
    return None


def _is_fraction(text: str) -> bool:
    return text.lstrip("+-").startswith("0")


def _decimal_mark(cells: Iterable[Cell], column: Column) -> str:
    """Return the decimal mark of a column's text, that of its clear numbers, else the comma; degrees take either."""
    if column.unit == "°":
        return ""
    marks = {mark for cell in cells if isinstance(cell, str) for mark in _clear_mark(_bare_number(cell, column.unit))}
    return marks.pop() if len(marks) == 1 else ","


def _clear_mark(text: str) -> str:
    """Return the decimal mark that a number's text proves, or nothing."""
    for mark, other in ((",", "."), (".", ",")):
        if _BOTH[mark].fullmatch(text) or (_GROUPED[other].fullmatch(text) and text.count(other) > 1):
            return mark
        if _DECIMAL[mark].fullmatch(text) and (not _GROUPED[mark].fullmatch(text) or _is_fraction(text)):
            return mark
    return ""


def _ambiguous(column: Column, cells: list[Cell], converted: list[Value]) -> list[Problem]:
    """Return a warning for each "1.234" that nothing else in its column explains."""
    texts = {i: _bare_number(cell, column.unit) for i, cell in enumerate(cells) if isinstance(cell, str)}
    marks = {mark for text in texts.values() for mark in _clear_mark(text)}
    if column.unit == "°" or len(marks) == 1:
        return []
    return [
        Problem(i, "number-ambiguous", "warning", f"{converted[i]:g}")
        for i, text in texts.items()
        if any(_GROUPED[mark].fullmatch(text) for mark in ".,") and not _clear_mark(text) and converted[i] is not None
    ]


def _date(cell: Cell) -> dt.datetime | None:
    if isinstance(cell, dt.datetime):
        return cell.replace(tzinfo=None)
    if isinstance(cell, dt.date):
        return dt.datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001  a calendar day has no zone
    if isinstance(cell, int | float) and _SERIAL_DAYS[0] <= cell <= _SERIAL_DAYS[1]:
        return _EXCEL_EPOCH + dt.timedelta(days=int(cell))
    text = clean(str(cell)).replace(" ", "")
    if _PLAIN.fullmatch(text) and _SERIAL_DAYS[0] <= int(text) <= _SERIAL_DAYS[1]:
        return _EXCEL_EPOCH + dt.timedelta(days=int(text))
    for pattern in _DATES:
        try:
            return dt.datetime.strptime(text[:10], pattern)  # noqa: DTZ007  a calendar day has no zone
        except ValueError:
            continue
    if fold(str(cell)) in _NOT_KNOWN:
        return None
    raise _BadCell("not-a-date", "warning")


def _bool(cell: Cell) -> bool | None:
    if isinstance(cell, bool):
        return cell
    key = fold(_text(cell))
    if key in _YES:
        return True
    if key in _NO:
        return False
    if key in _NOT_KNOWN:
        return None
    raise _BadCell("unknown-value", "warning")


def _enum(cell: Cell, enumeration: str) -> str | None:
    """Return the key of a value; what the file calls unknown stays unknown: None."""
    text = fold(_text(cell))
    if isinstance(cell, bool):
        text = "yes" if cell else "no"
    found = _spelled(enumeration).get(text)
    if found is None and text not in _NOT_KNOWN:
        raise _BadCell("unknown-value", "warning")
    return None if found == "unknown" else found


@cache
def _spelled(enumeration: str) -> dict[str, str]:
    return {
        fold(text): key
        for key, value in values(enumeration).items()
        for text in (key, value.vi, value.en, *value.synonyms)
    }

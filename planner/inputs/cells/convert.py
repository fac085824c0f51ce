"""Turn cells into values of the data model; what is not certain or cannot be read is reported, never guessed."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Hashable, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING, NamedTuple

from planner.catalogue.columns import Column, values
from planner.catalogue.load import read_data
from planner.catalogue.numbers import UNKNOWN, plain_digits
from planner.inputs.cells import dates, numbers
from planner.inputs.cells.dates import Order, date_order, maybe_swapped, parse_date
from planner.inputs.cells.numbers import Number, decimal_mark, parse_number, word_set
from planner.inputs.cells.scales import doubtful
from planner.inputs.files.sheet import Formula
from planner.inputs.positions.degrees import parse_degrees
from planner.inputs.text import LOOK_ALIKES, clean, fold

if TYPE_CHECKING:
    from planner.errors import Severity
    from planner.inputs.files.opening import Cell

Value = str | float | bool | dt.datetime | None

TOLD_ONCE = frozenset({"zeros-put-back", "letters-replaced", "formula-not-calculated"})
"""Rules of which one record a column is enough, with the number of cells."""

_NOTHING = re.compile(r"[\s\-–—_.…/?]*")
_LONGEST_SIGN = 20
"""Characters; of what begins with a letter or digit no sign of nothing and no error is longer."""
_ERROR = re.compile(r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!|FIELD!|BLOCKED!)|Err:\d{3}")
_ERROR_BEGINS = ("#", "Err:")
_FORMULA = re.compile(r"\s*=")
_CONSTANT = re.compile(r'\s*="([^"]*)"\s*')  # how CSV files keep the zeros of a code
_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?[eE][+-]?\d+")
_CODE = re.compile(r"[\dOo ]+")
_BRACKETS = re.compile(r"\s*[(\[][^)\]]*[)\]]\s*$")


class Problem(NamedTuple):
    """A cell that could not be taken as it stands: its position in the column, the rule and how severe it is."""

    position: int
    rule: str
    severity: Severity
    read_as: str = ""


class _Taken(NamedTuple):
    """What a cell is taken for, and the rule that says what is not certain about it."""

    value: Value
    rule: str = ""
    severity: Severity = "warning"
    read_as: str = ""


_Reader = Callable[["Cell"], _Taken]


def convert(column: Column, cells: list[Cell], factor: float = 1.0) -> tuple[list[Value], list[Problem]]:
    """Return the values of a column and what is wrong with its cells; a cell that cannot be read becomes None.

    Parameters
    ----------
    column : type, unit, smallest value, enumeration.
    cells : as they stand in the file; text of any Vietnamese or English number or date format.
    factor : from the unit in the header to the column's own.
    """
    read = _reader(column, cells, factor)
    # A column repeats itself: each distinct cell is read once. 1, 1.0 and True are equal, but no equal cells.
    plain = set(map(type, cells)) <= _PLAIN
    keys: Sequence[Hashable] = cells if plain else [_key(cell) for cell in cells]
    distinct: dict[Hashable, Cell] = dict(zip(keys, cells, strict=True))
    values: dict[Hashable, Value] = {}
    doubted: dict[Hashable, _Taken] = {}
    is_amount = column.type == "number" and column.minimum in (None, 0)
    for key, cell in distinct.items():
        if is_amount and type(cell) is float and 0 <= cell < math.inf:  # most cells of a large list
            values[key] = cell * factor
            continue
        values[key] = (taken := _take(column, cell, read)).value
        if taken.rule:
            doubted[key] = taken
    converted = list(map(values.__getitem__, keys))
    problems = [Problem(i, *doubted[key][1:]) for i, key in enumerate(keys) if key in doubted] if doubted else []
    problems += _apart(column, cells, converted, {problem.position for problem in problems})
    return converted, problems


_PLAIN = frozenset({str, float, type(None)})


def _key(cell: Cell) -> Hashable:
    return cell if type(cell) in _PLAIN else (type(cell), cell)


_BLANK = _Taken(None)
_CELL_ERROR = _Taken(None, "cell-error")
_NOT_CALCULATED = _Taken(None, "formula-not-calculated")
_NOT_A_NUMBER = _Taken(None, "not-a-number", "error")


def read_number(cell: Cell) -> float | None:
    """Return a cell as a number, or None where it is none; "1.234" is read the Vietnamese way."""
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        return None
    if not isinstance(cell, str):
        return float(cell)
    found = parse_number(cell, "m²")
    return None if found is None else found.value


def _take(column: Column, cell: Cell, read: _Reader) -> _Taken:
    if isinstance(cell, str):
        constant = _CONSTANT.fullmatch(cell) if "=" in cell else None
        taken = _without_content(cell, column) or read(constant[1] if constant else cell)
    else:
        taken = _BLANK if cell is None else read(cell)
    if column.required == "cell" and taken.value is None:
        return taken._replace(rule=taken.rule or "missing-value", severity="error")
    return taken


def _without_content(text: str, column: Column) -> _Taken | None:
    """Return what stands for no value: signs of nothing, a formula that failed or was never calculated."""
    is_formula = column.type != "text" and "=" in text and _FORMULA.match(text) and not _CONSTANT.fullmatch(text)
    if isinstance(text, Formula) or is_formula:
        return _NOT_CALCULATED
    if len(text) > _LONGEST_SIGN and text[0].isalnum():
        return None
    text = text.strip()
    if text.startswith(_ERROR_BEGINS) and _ERROR.fullmatch(text):
        return _CELL_ERROR
    is_sign = not text[:1].isalnum() and _NOTHING.fullmatch(text)
    return _BLANK if is_sign or text.lower() in read_data("cell_words")["null"] else None


def _reader(column: Column, cells: list[Cell], factor: float) -> _Reader:
    if column.type in ("number", "integer"):
        texts = {cell for cell in cells if isinstance(cell, str)}
        mark = "" if column.unit == "°" else decimal_mark(texts)
        return partial(_number, column=column, mark=mark, factor=factor)
    if column.type == "date":
        return partial(_date, order=date_order(cells))
    if column.type == "enum":
        return partial(_enum, enumeration=column.values)
    if column.type == "code":
        return partial(_code, width=column.width)
    return {"bool": _bool, "text": _text}[column.type]


def _apart(column: Column, cells: list[Cell], converted: list[Value], told: set[int]) -> list[Problem]:
    """Return warnings that only the whole column can give."""
    found = {i: plain_digits(value) for i, value in doubtful(column, converted).items()}
    rule = "scale-doubtful"
    if column.type == "date":
        rule = dates.UNSURE
        found = {i: _iso(converted[i]) for i in maybe_swapped(cells)}
    return [Problem(i, rule, "warning", read_as) for i, read_as in found.items() if i not in told]


# ---------------------------------------------------------------- text and codes


def _shown(cell: Cell) -> str:
    """Return a cell's content as text."""
    if isinstance(cell, str):
        return clean(cell)
    if isinstance(cell, bool):
        return "Có" if cell else "Không"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(" ")
    return clean(str(cell))


def _text(cell: Cell) -> _Taken:
    text = _shown(cell)
    if text.startswith("'") and text.count("'") == 1:  # typed so that a spreadsheet takes it as text
        text = text[1:]
    if isinstance(cell, str) and not cell.isascii() and LOOK_ALIKES.search(cell):
        return _Taken(text or None, "letters-replaced", "info", text)
    return _Taken(text or None)


def _code(cell: Cell, width: int | None) -> _Taken:
    taken = _text(cell)
    text = str(taken.value or "")
    if isinstance(cell, dt.date) or _SCIENTIFIC.fullmatch(text):
        return _Taken(text, "code-damaged", read_as=text)
    if width is None or not text:
        return taken
    digits = text.removesuffix(".0")
    if _CODE.fullmatch(digits) and not digits.isdecimal():
        digits = digits.replace(" ", "").upper().replace("O", "0").zfill(width)
        return _Taken(digits, "code-damaged", read_as=digits) if digits != text else _Taken(digits)
    if not digits.isdecimal():
        return taken
    padded = digits.zfill(width)
    return _Taken(padded, "zeros-put-back", "info", padded) if len(digits) < width else _Taken(padded)


# ---------------------------------------------------------------- numbers


def _number(cell: Cell, column: Column, mark: str | None, factor: float) -> _Taken:
    found = Number(cell) if type(cell) is float else _found_number(cell, column, mark)
    if found is None:
        return _without_number(cell)
    if found.value is None:
        return _Taken(None, found.rule, read_as=UNKNOWN)
    if not math.isfinite(found.value):
        return _NOT_A_NUMBER
    value = found.value * (factor if found.factor is None else found.factor)
    if column.type == "integer" and not value.is_integer():
        return _Taken(None, "not-a-whole-number", "error")
    if column.minimum is not None and value < column.minimum:
        return _Taken(None, "negative-value", "error")
    rule = found.rule if found.factor in (None, factor) else numbers.UNSURE
    return _Taken(value, rule, read_as=plain_digits(value)) if rule else _Taken(value)


def _found_number(cell: Cell, column: Column, mark: str | None) -> Number | None:
    if isinstance(cell, str):
        found = parse_number(cell, column.unit, mark)
        if found is None and column.unit == "°" and (degrees := parse_degrees(cell)) is not None:
            return Number(degrees)
        return _year_of(cell) if found is None and column.key.endswith("_year") else found
    if isinstance(cell, dt.date) and column.key.endswith("_year"):
        return _year_of(cell)
    return None if isinstance(cell, bool) or not isinstance(cell, int | float) else Number(float(cell))


def _year_of(cell: Cell) -> Number | None:
    date = parse_date(cell)
    return None if date is None else Number(float(date.value.year), numbers.UNSURE)


def _without_number(cell: Cell) -> _Taken:
    key = fold(cell) if isinstance(cell, str) else ""
    if key in word_set("unknown"):
        return _BLANK
    # Nobody measured what is "none": it counts as unknown, not as zero.
    return _Taken(None, numbers.UNSURE, read_as=UNKNOWN) if key in word_set("none") else _NOT_A_NUMBER


# ---------------------------------------------------------------- dates, marks, enumerations


def _date(cell: Cell, order: Order) -> _Taken:
    if isinstance(cell, str) and fold(cell) in word_set("unknown") | word_set("none"):
        return _BLANK
    found = parse_date(cell, order)
    if found is None:
        return _Taken(None, "not-a-date")
    return _Taken(found.value, found.rule, read_as=_iso(found.value) if found.rule else "")


def _iso(value: Value) -> str:
    return value.date().isoformat() if isinstance(value, dt.datetime) else str(value)


def _bool(cell: Cell) -> _Taken:
    if isinstance(cell, bool):
        return _Taken(cell)
    text = _shown(cell)
    key = fold(text)
    marks = read_data("cell_words")
    if key in word_set("yes") or (not key and set(text) <= set(marks["yes_marks"])):
        return _Taken(value=True)
    if key in word_set("no") or (not key and set(text) <= set(marks["no_marks"])):
        return _Taken(value=False)
    return _BLANK if key in word_set("unknown") else _Taken(None, "unknown-value")


def _enum(cell: Cell, enumeration: str) -> _Taken:
    """Take the key of a value; what the file calls unknown stays unknown: None."""
    text = ("yes" if cell else "no") if isinstance(cell, bool) else _shown(cell)
    known = _spelled(enumeration)
    found, rule = known.get(fold(text)), ""
    if found is None and fold(text) not in word_set("unknown"):
        found, rule = known.get(fold(_BRACKETS.sub("", text))), "value-unsure"
        if found is None:
            return _Taken(None, "unknown-value")
    return _Taken(None if found == "unknown" else found, rule, read_as=found if rule and found else "")


@cache
def _spelled(enumeration: str) -> dict[str, str]:
    return {
        fold(text): key
        for key, value in values(enumeration).items()
        for text in (key, value.vi, value.en, *value.synonyms)
    }

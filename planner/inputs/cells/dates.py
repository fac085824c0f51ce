"""Dates as people type them: day, month and year in every order and separator, words, month or year alone, serials."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal, NamedTuple

from planner.catalogue.load import read_data
from planner.inputs.text import fold

if TYPE_CHECKING:
    from planner.inputs.files.opening import Cell

Order = Literal["day first", "month first", "either"]

UNSURE = "date-unsure"
YEARS = range(1900, 2101)
_SERIAL_DAYS = (20_000, 80_000)  # Excel day numbers of 1954 to 2119
_EXCEL_EPOCH = dt.datetime(1899, 12, 30)  # noqa: DTZ001  a calendar day has no zone
_MONTHS = range(1, 13)
_MID_CENTURY = 50  # years of two digits: 50 is 1950, 49 is 2049
_LEAST_DATES = 5
_LEAST_TEXTS = 3

_TIME = re.compile(r"(?<=\d)[T\s]\s*\d{1,2}(?::\d{2}){1,2}(?:[.,]\d+)?\s*(?:Z|[+-]\d{2}:?\d{2})?\s*(?:[AP]M|SA|CH)?$")
_SERIAL = re.compile(r"\d{5}(?:[.,]\d+)?")
_NUMERIC = re.compile(r"(?:ngay )?(\d{1,2}) (?:thang )?(\d{1,2}) (?:nam )?(\d{4}|\d\d)")
_ISO = re.compile(r"(\d{4}) (\d{1,2}) (\d{1,2})")
_DAY_NAMED = re.compile(r"(\d{1,2}) ([a-z]{3})[a-z]* (\d{4}|\d\d)")
_NAMED_DAY = re.compile(r"([a-z]{3})[a-z]* (\d{1,2}) (\d{4})")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)")
_MONTH = re.compile(r"(?:thang )?(\d{1,2}) (?:nam )?(\d{4})")
_YEAR_MONTH = re.compile(r"(\d{4}) (\d{1,2})")
_QUARTER = re.compile(r"(?:quy|q) ?([1-4]|i{1,3}|iv) (?:nam )?(\d{4})")
_YEAR = re.compile(r"(?:nam )?(\d{4})(?: 0)?")
_WITHIN = re.compile(
    r"(?<!\d)\d{1,2} ?[/.-] ?\d{1,2} ?[/.-] ?\d{4}(?!\d)|ngày \d{1,2} tháng \d{1,2} năm \d{4}", re.IGNORECASE
)
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}


class Date(NamedTuple):
    """A date read from a cell, and the rule that says what is not certain about it; empty where nothing is."""

    value: dt.datetime
    rule: str = ""


def parse_date(cell: Cell, order: Order = "day first") -> Date | None:
    """Return the day that a cell tells, or None where it tells none.

    Parameters
    ----------
    cell : a date, an Excel serial, a year, or text; a month, quarter or year alone is its first day, and says so.
    order : what the other texts of the column prove about 05/03/2024.
    """
    if isinstance(cell, dt.date):
        day = _day(cell.year, cell.month, cell.day)
        return None if day is None else Date(day)
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        return None
    if not isinstance(cell, str):
        return _numbered(float(cell))
    text = _TIME.sub("", cell.strip().lstrip("'"))
    if _SERIAL.fullmatch(text):
        return _numbered(float(text.replace(",", ".")))
    return _written(fold(text), order) or _within(text, order)


def date_order(cells: Iterable[Cell]) -> Order:
    """Return the order of day and month that the dates of a column prove; day first where none of them does."""
    found = _numeric_texts(cells)
    days, months = ({int(match[part]) for match in found} for part in (1, 2))
    swapped = any(month not in _MONTHS for month in months)
    if not swapped:
        return "day first"
    return "either" if any(day not in _MONTHS for day in days) else "month first"


def maybe_swapped(cells: list[Cell]) -> list[int]:
    """Return the positions of real dates that a spreadsheet may have made of 05/03/2024 with the month first.

    It turns the texts whose first number can be a month into dates, and leaves those with 13 to 31 as they are.
    """
    dates = [i for i, cell in enumerate(cells) if isinstance(cell, dt.date)]
    texts = _numeric_texts(cells)
    if len(dates) < _LEAST_DATES or len(texts) < _LEAST_TEXTS:
        return []
    all_low = all(cell.day in _MONTHS for cell in cells if isinstance(cell, dt.date))
    all_high = all(int(text[1]) not in _MONTHS and int(text[2]) in _MONTHS for text in texts)
    return dates if all_low and all_high else []


def _numeric_texts(cells: Iterable[Cell]) -> list[re.Match[str]]:
    texts = sorted({cell for cell in cells if isinstance(cell, str)})
    return [match for text in texts if (match := _NUMERIC.fullmatch(fold(_TIME.sub("", text))))]


def _numbered(number: float) -> Date | None:
    if _SERIAL_DAYS[0] <= number <= _SERIAL_DAYS[1]:
        return Date(_EXCEL_EPOCH + dt.timedelta(days=int(number)))
    return _written(f"{number:.0f}", "day first") if number.is_integer() and number > 0 else None


def _written(text: str, order: Order) -> Date | None:
    """Read a folded text: the full day first, then what tells less."""
    if found := _ISO.fullmatch(text):
        return _date(*found.groups())
    if found := _NUMERIC.fullmatch(text):
        return _numeric(*found.groups(), order=order)
    if (found := _DAY_NAMED.fullmatch(text)) and found[2] in read_data("cell_words")["months"]:
        return _date(found[3], read_data("cell_words")["months"][found[2]], found[1])
    if (found := _NAMED_DAY.fullmatch(text)) and found[1] in read_data("cell_words")["months"]:
        return _date(found[3], read_data("cell_words")["months"][found[1]], found[2])
    if found := _COMPACT.fullmatch(text):
        return _date(*found.groups(), rule=UNSURE)
    return _incomplete(text)


def _incomplete(text: str) -> Date | None:
    if found := _MONTH.fullmatch(text):
        return _date(found[2], found[1], 1, rule=UNSURE)
    if found := _YEAR_MONTH.fullmatch(text):
        return _date(found[1], found[2], 1, rule=UNSURE)
    if found := _QUARTER.fullmatch(text):
        quarter = _ROMAN.get(found[1]) or int(found[1])
        return _date(found[2], 3 * quarter - 2, 1, rule=UNSURE)
    found = _YEAR.fullmatch(text)
    return _date(found[1], 1, 1, rule=UNSURE) if found else None


def _numeric(first: str, second: str, year: str, *, order: Order) -> Date | None:
    """Read two numbers and a year: day first as in Viet Nam, unless only the other order is a date."""
    rule = UNSURE if len(year) < len("2024") else ""
    read = _date(year, second, first, rule=rule)
    swapped = _date(year, first, second, rule=UNSURE)
    if read is None or swapped is None or first == second or order == "day first":
        return read or swapped
    return swapped if order == "month first" else read._replace(rule=UNSURE)


def _within(text: str, order: Order) -> Date | None:
    """Read the only full date within a text, such as "QĐ 12 ngày 05/03/2024"."""
    found = _WITHIN.findall(text)
    read = _written(fold(found[0]), order) if len(found) == 1 else None
    return None if read is None else read._replace(rule=UNSURE)


def _date(year: str, month: str | int, day: str | int, *, rule: str = "") -> Date | None:
    number = int(year)
    if len(year) < len("2024"):
        number += 1900 if number >= _MID_CENTURY else 2000
    found = _day(number, int(month), int(day))
    return None if found is None else Date(found, rule)


def _day(year: int, month: int, day: int) -> dt.datetime | None:
    try:
        return dt.datetime(year, month, day) if year in YEARS else None  # noqa: DTZ001  a calendar day has no zone
    except ValueError:
        return None

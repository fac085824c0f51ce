"""Dates are read in every form that lists have; what is not sure is told."""

from __future__ import annotations

import datetime as dt

import pytest

from planner.catalogue.columns import columns
from planner.inputs.cells.convert import convert
from tests.inputs.books import one

DECIDED = columns("facilities")["decision_date"]


@pytest.mark.parametrize(
    "cell",
    [
        dt.date(2026, 2, 5),
        dt.datetime(2026, 2, 5, 0, 0),  # noqa: DTZ001
        "05/02/2026",
        "5/2/2026",
        "05-02-2026",
        "05.02.2026",
        "2026-02-05",
        "2026-02-05T00:00:00",
        46058,
        46058.0,
        "46058",
    ],
)
def test_dates(cell: object) -> None:
    value, rules = one(DECIDED, cell)
    assert (value.date(), rules) == (dt.date(2026, 2, 5), [])


def test_what_is_no_date_is_left_blank_with_a_warning() -> None:
    assert one(DECIDED, "tháng 2") == (None, ["not-a-date"])
    assert one(DECIDED, "31/02/2026") == (None, ["not-a-date"])


@pytest.mark.parametrize(
    "cell",
    [
        "ngày 5 tháng 2 năm 2026",
        "Ngày 05/02/2026",
        "5 / 2 / 2026",
        "05/02/2026 08:30",
        "2026-02-05T10:20:11Z",
        "5-Feb-2026",
        "Feb 5, 2026",
        "'05/02/2026",
        46058.5,
        "０５/０２/２０２６",
    ],
)
def test_dates_however_they_are_written(cell: object) -> None:
    value, rules = one(DECIDED, cell)
    assert (value, rules) == (dt.datetime(2026, 2, 5), [])  # noqa: DTZ001


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("05/02/26", "2026-02-05"),
        ("5-2-98", "1998-02-05"),
        ("02/2026", "2026-02-01"),
        ("tháng 2/2026", "2026-02-01"),
        ("2026-02", "2026-02-01"),
        ("Quý II/2026", "2026-04-01"),
        ("2026", "2026-01-01"),
        (2026, "2026-01-01"),
        ("20260205", "2026-02-05"),
        ("12/31/2025", "2025-12-31"),
        ("QĐ 12/QĐ-UBND ngày 05/02/2026", "2026-02-05"),
    ],
)
def test_dates_that_are_not_sure_are_told(cell: object, day: str) -> None:
    (value,), problems = convert(DECIDED, [cell])  # type: ignore[list-item]
    assert isinstance(value, dt.datetime)
    assert value.date().isoformat() == day
    assert [(p.rule, p.severity, p.read_as) for p in problems] == [("date-unsure", "warning", day)]


@pytest.mark.parametrize(
    "cell",
    ["31/02/2026", "00/00/0000", "45/13/2024", 0, 1e9, dt.time(8, 30), dt.date(9999, 1, 1), "05/02/2026\n06/02/2026"],
)
def test_what_is_no_day_is_left_blank(cell: object) -> None:
    assert one(DECIDED, cell) == (None, ["not-a-date"])


def test_american_dates_of_a_column_tell_the_order_of_the_others() -> None:
    converted, problems = convert(DECIDED, ["12/31/2025", "02/05/2026", "7/7/2026"])
    assert [value.date().isoformat() for value in converted if isinstance(value, dt.datetime)] == [
        "2025-12-31", "2026-02-05", "2026-07-07",
    ]  # fmt: skip
    assert [(p.position, p.rule) for p in problems] == [(0, "date-unsure"), (1, "date-unsure")]


def test_where_both_orders_are_proven_the_others_are_not_sure() -> None:
    converted, problems = convert(DECIDED, ["12/31/2025", "31/12/2025", "02/05/2026"])
    assert converted[2] == dt.datetime(2026, 5, 2)  # noqa: DTZ001
    assert [p.position for p in problems] == [0, 2]


def test_dates_that_a_spreadsheet_may_have_swapped_are_told() -> None:
    dates = [dt.datetime(2026, 5, day) for day in range(1, 9)]  # noqa: DTZ001
    texts = ["13/05/2026", "25/06/2026", "30/07/2026"]
    assert [p.position for p in convert(DECIDED, [*dates, *texts])[1]] == list(range(8))
    assert convert(DECIDED, [*dates, dt.datetime(2026, 5, 20), *texts])[1] == []  # noqa: DTZ001

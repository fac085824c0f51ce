"""Cells become values by the column's type, and what cannot be read is reported."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from planner.catalogue.columns import Column, columns
from planner.inputs.convert import convert, read_number

FACILITIES = columns("facilities")
LAND = FACILITIES["land_area_m2"]


def one(column: Column, cell: Any) -> tuple[Any, list[str]]:
    (value,), problems = convert(column, [cell])
    return value, [problem.rule for problem in problems]


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("1.234,5", 1234.5),
        ("1,234.5", 1234.5),
        ("264.420.000,0", 264_420_000.0),
        ("203,4", 203.4),
        ("1234.5", 1234.5),
        ("1 234,5", 1234.5),
        ("12,401.80", 12401.8),
        ("1.234.567", 1_234_567.0),
        ("0.234", 0.234),
        ("563,38 m²", 563.38),
        ("1.2e3", 1200.0),
        (909.2, 909.2),
        (7, 7.0),
        ("-", None),
        ("chưa rõ", None),
        ("", None),
        (None, None),
    ],
)
def test_numbers(cell: object, number: float | None) -> None:
    assert one(LAND, cell) == (number, [])


@pytest.mark.parametrize(
    "cell", ["khoảng 300", "1,2,3", "1.23.456", "nan", "inf", float("inf"), True, dt.date(2026, 1, 1)]
)
def test_what_is_no_number_is_an_error(cell: object) -> None:
    assert one(LAND, cell) == (None, ["not-a-number"])


def test_a_negative_area_is_an_error() -> None:
    assert one(LAND, -5.0) == (None, ["negative-value"])


def test_a_number_with_two_readings_is_read_the_vietnamese_way_with_a_warning() -> None:
    assert one(LAND, "1.234") == (1234.0, ["number-ambiguous"])
    assert one(LAND, "1,234") == (1.234, ["number-ambiguous"])


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (["1.234", "203,4"], [1234.0, 203.4]),
        (["12.345", "1234.5"], [12.345, 1234.5]),
        (["1,234", "0.5"], [1234.0, 0.5]),
    ],
)
def test_the_clear_numbers_of_a_column_settle_the_others(cells: list[Any], numbers: list[float]) -> None:
    assert convert(LAND, cells) == (numbers, [])


@pytest.mark.parametrize("cell", ["104.123", "104,123", 104.123])
def test_degrees_have_no_thousands(cell: object) -> None:
    assert one(FACILITIES["lon"], cell) == (104.123, [])


def test_the_unit_of_the_header_is_a_factor() -> None:
    assert convert(LAND, ["0,5"], 1e4) == ([5000.0], [])


def test_whole_numbers() -> None:
    assert one(FACILITIES["rooms"], "12") == (12.0, [])
    assert one(FACILITIES["rooms"], 3.5) == (None, ["not-a-whole-number"])


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
    value, rules = one(FACILITIES["decision_date"], cell)
    assert (value.date(), rules) == (dt.date(2026, 2, 5), [])


def test_what_is_no_date_is_left_blank_with_a_warning() -> None:
    assert one(FACILITIES["decision_date"], "tháng 2") == (None, ["not-a-date"])
    assert one(FACILITIES["decision_date"], "31/02/2026") == (None, ["not-a-date"])


@pytest.mark.parametrize("cell", ["repairable", "Sửa chữa được", "SUA CHUA DUOC", "Repairable", "Cần sửa chữa"])
def test_enumerations_by_key_label_or_synonym(cell: str) -> None:
    assert one(FACILITIES["condition"], cell) == ("repairable", [])


def test_unknown_is_unknown() -> None:
    assert one(FACILITIES["condition"], "Chưa rõ") == (None, [])
    assert one(FACILITIES["condition"], "unknown") == (None, [])
    assert one(FACILITIES["condition"], "đẹp") == (None, ["unknown-value"])


def test_the_status_words_of_handover_lists() -> None:
    assert one(FACILITIES["status"], "Đã tiếp nhận") == ("handed_over", [])
    assert one(FACILITIES["status"], "Đã khảo sát, chưa tiếp nhận") == ("approved", [])


@pytest.mark.parametrize(
    ("cell", "flag"),
    [("Có", True), ("x", True), (1, True), (True, True), ("Không", False), ("no", False), (0.0, False)],
)
def test_booleans(cell: object, flag: bool) -> None:  # noqa: FBT001
    assert one(FACILITIES["heritage"], cell) == (flag, [])


def test_a_boolean_that_is_none() -> None:
    assert one(FACILITIES["heritage"], "chưa rõ") == (None, [])
    assert one(FACILITIES["heritage"], "cấp tỉnh") == (None, ["unknown-value"])


@pytest.mark.parametrize("cell", [2647, 2647.0, "2647", "2647.0"])
def test_lost_zeros_are_put_back(cell: object) -> None:
    assert one(FACILITIES["commune_code"], cell) == ("02647", ["zeros-put-back"])


def test_codes_stay_text() -> None:
    assert one(FACILITIES["commune_code"], "02647") == ("02647", [])
    assert one(FACILITIES["facility_id"], 12.0) == ("12", [])
    assert one(FACILITIES["facility_id"], "007") == ("007", [])


def test_a_required_cell() -> None:
    assert one(columns("needs")["amount"], None) == (None, ["missing-value"])
    assert one(FACILITIES["name"], None) == (None, [])


def test_read_number() -> None:
    assert read_number("64.067,2") == 64067.2
    assert read_number("Tổng") is None
    assert read_number(None) is None

"""Numbers are read in every form that lists have; what is not sure is told."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from planner.catalogue.columns import columns
from planner.inputs.cells.convert import convert, read_number
from tests.inputs.books import one

FACILITIES = columns("facilities")
LAND = FACILITIES["land_area_m2"]


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


@pytest.mark.parametrize(("cell", "share"), [("1,2%", 0.012), ("-0.5 %", -0.005), ("12‰", 0.012), (0.012, 0.012)])
def test_a_percent_sign_is_a_unit(cell: object, share: float) -> None:
    growth = columns("communes")["growth_per_year"]
    (value,), problems = convert(growth, [cell])
    assert value == pytest.approx(share)
    assert [problem.rule for problem in problems] == (["number-unsure"] if isinstance(cell, str) else [])
    assert convert(growth, ["1,2%"], 0.01) == ([0.012], [])  # as the heading says


@pytest.mark.parametrize("cell", ["1,2,3", "1.23.456", "nan", "inf", float("inf"), True, dt.date(2026, 1, 1)])
def test_what_is_no_number_is_an_error(cell: object) -> None:
    assert one(LAND, cell) == (None, ["not-a-number"])


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


def test_read_number() -> None:
    assert read_number("64.067,2") == 64067.2
    assert read_number("Tổng") is None
    assert read_number(None) is None


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("1\u00a0234,5", 1234.5),
        ("1'234", 1234.0),
        ("1’234’567", 1_234_567.0),
        ("１２３４", 1234.0),
        ("'300", 300.0),
        ("S = 300 m2", 300.0),
        ("DT: 300,5m²", 300.5),
        ("300.", 300.0),
        ("300;", 300.0),
        ("null", None),
        ("N/A", None),
        ("xxx", None),
        ("?", None),
        ("……", None),
        ("chưa đo đạc", None),
    ],
)
def test_numbers_that_are_sure_however_they_are_written(cell: str, number: float | None) -> None:
    assert one(LAND, cell) == (number, [])


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("khoảng 300", 300.0),
        ("~300", 300.0),
        ("≈ 300 m2", 300.0),
        ("gần 300", 300.0),
        ("300+200", 500.0),
        ("300 + 200 m2", 500.0),
        ("120m x 30m", 3600.0),
        ("12,5 × 4", 50.0),
        ("1.234,5 (gross)", 1234.5),
        ("300m2 sàn", 300.0),
        ("300 m2 (2 tầng)", 300.0),
        ("300?", 300.0),
        ("300 m", 300.0),
        ("0,5 ha", 5000.0),
        ("1O0", 100.0),
        (">500", None),
        ("dưới 300", None),
        ("300-400", None),
        ("không có", None),
    ],
)
def test_numbers_that_are_not_sure_are_told(cell: str, number: float | None) -> None:
    (value,), problems = convert(LAND, [cell])
    assert value == number
    read_as = "–" if number is None else f"{number:g}"
    assert [(p.rule, p.severity, p.read_as) for p in problems] == [("number-unsure", "warning", read_as)]


@pytest.mark.parametrize(
    "cell",
    ["3 sào", "500 triệu", "12%", "300 m2/tầng", "12 5", "4568,8 / 3928,2", "0912-345-678-9", "ba trăm", "300+", "x 3"],
)
def test_a_number_with_something_else_is_none(cell: str) -> None:
    assert one(LAND, cell) == (None, ["not-a-number"])


def test_a_number_in_brackets_is_negative() -> None:
    assert one(LAND, "(300)") == (None, ["negative-value"])


@pytest.mark.parametrize(
    ("cell", "factor", "number", "rules"),
    [
        ("2,5 tỷ", 1.0, 2.5e9, ["number-unsure"]),
        ("500 triệu đồng", 1.0, 5e8, ["number-unsure"]),
        ("500 triệu đồng", 1e6, 5e8, []),
        ("500", 1e6, 5e8, []),
        ("500.000.000 đ", 1.0, 5e8, []),
        ("500.000.000 đồng", 1e6, 5e8, ["number-unsure"]),
        ("1.200,5 tr.đ", 1.0, 1.2005e9, ["number-unsure"]),
    ],
)
def test_a_unit_in_the_cell_wins_over_that_of_the_header(
    cell: str, factor: float, number: float, rules: list[str]
) -> None:
    (value,), problems = convert(FACILITIES["original_value_vnd"], [cell], factor)
    assert (value, [problem.rule for problem in problems]) == (number, rules)


def test_a_mark_at_the_end_of_a_sentence_proves_nothing() -> None:
    assert convert(LAND, ["300.", "1.234"])[0] == [300.0, 1234.0]


@pytest.mark.parametrize(("cell", "storeys"), [("2 tầng", 2.0), ("02", 2.0), ("3 storeys", 3.0), (2.0, 2.0)])
def test_things_counted(cell: object, storeys: float) -> None:
    assert one(FACILITIES["storeys"], cell) == (storeys, [])


@pytest.mark.parametrize(
    ("cell", "year", "rules"),
    [
        ("năm 1995", 1995.0, []),
        (dt.date(1995, 5, 1), 1995.0, ["number-unsure"]),
        ("01/05/1995", 1995.0, ["number-unsure"]),
        ("1995 (cải tạo 2010)", 1995.0, ["number-unsure"]),
        ("trước 1975", None, ["number-unsure"]),
        ("1995-1997", None, ["number-unsure"]),
        ("lâu rồi", None, ["not-a-number"]),
    ],
)
def test_years(cell: object, year: float | None, rules: list[str]) -> None:
    assert one(FACILITIES["built_year"], cell) == (year, rules)


def test_degrees_minutes_and_seconds() -> None:
    (lon,), problems = convert(FACILITIES["lon"], ["104°07'30\""])
    assert (lon, problems) == (pytest.approx(104.125), [])


AREAS = [float(100 + 97 * i) for i in range(30)]


@pytest.mark.parametrize(
    ("cell", "fitting"), [(1.234, "1234"), (0.12, "1200"), (1_234_000.0, "1234")], ids=["mark", "hectares", "no mark"]
)
def test_a_number_of_another_scale_is_told_and_kept(cell: float, fitting: str) -> None:
    converted, problems = convert(LAND, [*AREAS, cell])
    assert converted[-1] == cell
    assert [(p.position, p.rule, p.severity, p.read_as) for p in problems] == [
        (30, "scale-doubtful", "warning", fitting)
    ]


@pytest.mark.parametrize(
    "cells", [AREAS, [*AREAS, 12.0, 40_000.0], [1.234, 1234.0], [*AREAS[:9], *(a / 1e4 for a in AREAS[:9])]]
)
def test_numbers_that_only_differ_have_no_other_scale(cells: list[Any]) -> None:
    assert convert(LAND, cells)[1] == []


@pytest.mark.parametrize(("cell", "rules"), [("500㎡", []), ("500m2\n(đất ở 200m2)", ["number-unsure"])])
def test_square_metres_in_one_sign_and_notes_on_a_line_of_their_own(cell: str, rules: list[str]) -> None:
    assert one(LAND, cell) == (500.0, rules)


def test_what_was_read_is_shown_with_all_its_digits() -> None:
    (problem,) = convert(FACILITIES["original_value_vnd"], ["~12.345.678.901"])[1]
    assert problem.read_as == "12345678901"

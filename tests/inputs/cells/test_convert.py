"""Cells become values by the column's type, and what cannot be read is reported."""

from __future__ import annotations

import datetime as dt

import pytest

from planner.catalogue.columns import columns
from planner.inputs.cells.convert import convert
from tests.inputs.books import one

FACILITIES = columns("facilities")
LAND = FACILITIES["land_area_m2"]


def test_a_negative_area_is_an_error() -> None:
    assert one(LAND, -5.0) == (None, ["negative-value"])


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


@pytest.mark.parametrize("cell", ["#REF!", "=SUM(A1:A9)", ">500", "không có", "-", "chưa rõ"])
def test_a_required_cell_without_a_value_is_an_error(cell: str) -> None:
    (value,), (problem,) = convert(columns("needs")["amount"], [cell])
    assert (value, problem.severity) == (None, "error")


def test_a_formula_that_was_never_calculated() -> None:
    assert one(LAND, "=SUM(A1:A9)") == (None, ["formula-not-calculated"])


@pytest.mark.parametrize("cell", ["#REF!", "#N/A", "#DIV/0!", "#NAME?", "Err:502"])
@pytest.mark.parametrize("key", ["land_area_m2", "name", "decision_date", "heritage", "condition", "commune_code"])
def test_a_formula_that_failed_is_told_in_every_column(key: str, cell: str) -> None:
    assert one(FACILITIES[key], cell) == (None, ["cell-error"])


@pytest.mark.parametrize(
    ("cell", "flag"),
    [("X", True), ("✓", True), ("☑", True), ("√", True), ("đã có", True), ("ko", False), ("K", False), ("☐", False)],
)
def test_marks(cell: object, flag: bool) -> None:  # noqa: FBT001
    assert one(FACILITIES["heritage"], cell) == (flag, [])


@pytest.mark.parametrize("cell", [None, "", "-", "…", "?", "null", "chưa xác định"])
def test_a_blank_mark_stays_unknown(cell: object) -> None:
    assert one(FACILITIES["heritage"], cell) == (None, [])


def test_a_value_with_a_note() -> None:
    assert one(FACILITIES["condition"], "Tốt (sửa năm 2020)") == ("good", ["value-unsure"])


@pytest.mark.parametrize(
    ("cell", "code", "rules"),
    [
        ("02 647", "02647", ["code-damaged"]),
        ("O2647", "02647", ["code-damaged"]),
        ("'02647", "02647", []),
        ('="02647"', "02647", []),
        ("2,65E+03", "2,65E+03", ["code-damaged"]),
    ],
)
def test_damaged_codes(cell: str, code: str, rules: list[str]) -> None:
    assert one(FACILITIES["commune_code"], cell) == (code, rules)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("Trường\u00a0 Mầm\u200b non", "Trường Mầm non"),
        ("Nhà A_x000D_\nNhà B", "Nhà A\nNhà B"),
        ("'Nhà A", "Nhà A"),
        ("H'Leo", "H'Leo"),
        ("chưa rõ", "chưa rõ"),
        ("N/A", None),
    ],
)
def test_text(cell: str, text: str | None) -> None:
    assert one(FACILITIES["name"], cell) == (text, [])


def test_letters_of_another_alphabet_are_mended_and_told() -> None:
    assert one(FACILITIES["name"], "Xã Ðông Hà") == ("Xã Đông Hà", ["letters-replaced"])


def test_equal_cells_of_different_types_keep_their_type() -> None:
    assert convert(FACILITIES["name"], [1, True, 1.0, "1"])[0] == ["1", "Có", "1", "1"]


def test_a_code_that_became_a_date() -> None:
    assert one(FACILITIES["facility_id"], dt.datetime(2026, 3, 5)) == ("2026-03-05", ["code-damaged"])  # noqa: DTZ001

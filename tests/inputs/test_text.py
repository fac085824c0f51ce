"""Text: cleaned for keeping, folded for matching."""

import unicodedata

import pytest

from planner.inputs.text import clean, fold


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Xã Hoà Bình", "xã hòa bình"),
        ("Tiên Thuỷ", "TIÊN  THỦY"),
        ("Đắk Lắk", "dak lak"),
        ("Diện tích (m²)", "dien tich m2"),
        ("Quyết định thu hồi, giao", "quyet dinh thu hoi giao"),
        ("land_area_m2", "land area m2"),
        (unicodedata.normalize("NFD", "Thị trấn Bát Xát"), "Thị trấn Bát Xát"),
    ],
)
def test_fold_makes_spellings_equal(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_fold_keeps_different_names_apart() -> None:
    assert fold("Xã Tân Long") != fold("Xã Tân Long Hội")


def test_clean_trims_and_composes_but_keeps_lines() -> None:
    text = unicodedata.normalize("NFD", "  Trường  Mầm\u00a0non \r\n\r\n Điểm phụ ")
    assert clean(text) == "Trường Mầm non\nĐiểm phụ"

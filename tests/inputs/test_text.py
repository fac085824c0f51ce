"""Text: cleaned for keeping, folded for matching."""

import unicodedata

import pytest

from planner.inputs.text import LOOK_ALIKES, clean, fold


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Xã Hoà Bình", "xã hòa bình"),
        ("Tiên Thuỷ", "TIÊN  THỦY"),
        ("Đắk Lắk", "dak lak"),
        ("Ðông Hà", "đông hà"),
        ("huyện Ɖại Lộc", "Huyện Đại Lộc"),
        ("Diện tích (m²)", "dien tich m2"),
        ("Quyết định thu hồi, giao", "quyet dinh thu hoi giao"),
        ("land_area_m2", "land area m2"),
        ("Ｔｒường số １", "trường số 1"),
        ("Phư\u00adờng\u200b 1\u00a0", "phường 1"),
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


@pytest.mark.parametrize(
    ("dirty", "tidy"),
    [
        ("\ufeffTrường\u200b học", "Trường học"),
        ("Trư\u00adờng", "Trường"),
        ("a\tb\x0bc\u3000d", "a b c d"),
        ("Nhà A_x000D_\nNhà B", "Nhà A\nNhà B"),
        ("mã_x005F_1", "mã_1"),
        ("Nhà A\u2028Nhà B", "Nhà A\nNhà B"),
        ("ＱĐ１２／２０２４", "QĐ12/2024"),
        ("\x00số\x1f 1\x7f", "số 1"),
        ("Ðông ðạo", "Đông đạo"),
        ("", ""),
    ],
)
def test_clean_takes_away_what_nobody_sees(dirty: str, tidy: str) -> None:
    assert clean(dirty) == tidy


def test_clean_keeps_the_content() -> None:
    for text in ("Nhà số 5 – tổ 3 (cũ)", "H'Leo", "m² ≈ 25 °C", "“Điểm A”", "a_x12_b"):
        assert clean(text) == text


def test_look_alikes() -> None:
    assert LOOK_ALIKES.search("Ðiện Biên")
    assert not LOOK_ALIKES.search("Điện Biên")

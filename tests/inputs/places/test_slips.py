"""Slips in the names of units."""

from __future__ import annotations

import pytest

from planner.inputs.places.addresses import Gazetteer, make_gazetteer
from planner.inputs.places.placing import Texts, find_commune
from planner.inputs.places.slips import has_slip, one_letter_off
from planner.inputs.places.units import communes_of_today

NAMES = {item.code: item.full_name for item in communes_of_today()}
NOTHING = Texts(*[""] * len(Texts._fields))


@pytest.fixture(scope="module")
def country() -> Gazetteer:
    return make_gazetteer(NAMES)


@pytest.mark.parametrize(
    "text",
    [
        "xã Trung Thành Đông, huyện Vũng Liêm",
        "xã Trung Thành cũ, huyện Vũng Liêm",
        "Xa Dao Vien, Huyen Yen Son, Tinh Tuyen Quang",
        "số 5 tỉnh lộ 925, xã Tân Quới, huyện ủy Bình Tân",
        "Phuong Nhon Hung, Thi xa Tinh Bien, Tinh An Giang",
        "Thi tran Dinh Quan, Huyen Dinh Quan, Tinh Dong Nai",
    ],
)
def test_names_as_they_are_written_hold_no_slip(country: Gazetteer, text: str) -> None:
    assert not has_slip(text, country.known, ("commune",))
    assert not has_slip(text, country.known, ("district", "province"))


def test_a_commune_with_a_slip_is_read_with_a_doubt(country: Gazetteer) -> None:
    texts = NOTHING._replace(address="xã Trung Thành Đqng, huyện Vũng Liêm, tỉnh Vĩnh Long")
    found = find_commune(texts, "", NAMES, country)
    assert (found.code, found.misspelt, found.unread) == ("29659", "address", "")


@pytest.mark.parametrize(
    ("texts", "column"),
    [
        (NOTHING._replace(address="xã Tân Quới, huyện Bình Tâm, tỉnh Vĩnh Long"), "address"),
        (NOTHING._replace(address="xã Tân Quới, huyện Bình Tân, tỉnh Vĩnh Logn"), "address"),
        (NOTHING._replace(old_commune="Tân Quới", old_district="Bình Tân", old_province="VL"), "old_province"),
        (NOTHING._replace(old_commune="Tân Quới", old_district="Bình Tân", old_province="Vĩnh Long"), ""),
    ],
)
def test_a_district_or_province_that_nobody_knows_is_told(country: Gazetteer, texts: Texts, column: str) -> None:
    found = find_commune(texts, "", NAMES, country)
    assert (found.code, found.unread) == ("29800", column)


def test_the_province_in_the_address_settles_a_name_that_several_have(country: Gazetteer) -> None:
    texts = NOTHING._replace(commune_name="Xã Phú Xuyên", address="Số 12, tỉnh Thái Nguyên")
    assert find_commune(texts, "", NAMES, country).code == "05773"


def test_a_name_is_one_letter_off() -> None:
    keys = frozenset({"tanquoi", "tanqui", "tan"})
    assert one_letter_off("tanquo", keys) == ("tanqui", "tanquoi")
    assert one_letter_off("tam", keys) == ()

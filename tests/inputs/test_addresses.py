"""Addresses in today's and in old units."""

from __future__ import annotations

import pytest

from planner.inputs.addresses import Gazetteer, address_codes, hidden_address, make_gazetteer, name_codes
from planner.inputs.units import marks, old_communes, todays_communes

VINH_LONG = {
    "28777": "Phường An Hội",
    "28789": "Phường Bến Tre",
    "28921": "Xã Tân Thành Bình",
    "28984": "Xã Giồng Trôm",
    "29062": "Xã Phú Thuận",
    "29242": "Phường Trà Vinh",
    "29254": "Phường Nguyệt Hoá",
    "29623": "Xã Nhơn Phú",
    "29653": "Xã Tân Long Hội",
    "29734": "Xã Hoà Hiệp",
    "29830": "Xã Hoà Bình",
}


@pytest.fixture(scope="module")
def names() -> Gazetteer:
    return make_gazetteer(VINH_LONG)


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("ấp Hiệp Thuận, xã Hòa Bình, tỉnh Vĩnh Long", "29830"),
        ("Xã Hoà Bình", "29830"),
        ("ấp Thanh Phong, XÃ TÂN LONG  HỘI tỉnh Vĩnh Long.", "29653"),
        ("điểm phụ ấp An Hội, xã Tân Long Hội, tỉnh Vĩnh Long", "29653"),
        ("X. Tan Long Hoi, T. Vinh Long", "29653"),
        ("Tân Long Hội, Vĩnh Long", "29653"),
        ("P. An Hội, TP. Bến Tre, tỉnh Bến Tre (cũ)", "28777"),
        ("ấp Long Quới, xã Long Định, huyện Bình Đại, tỉnh Bến Tre (cũ)", "29062"),
        ("xã Long Định (cũ), xã Phú Thuận", "29062"),
        ("xã Long Định, huyện Bình Đại (nay là xã Phú Thuận)", "29062"),
        ("ấp 5, xã Bình Thành, H. Giồng Trôm, Bến Tre", "28984"),
        ("Thành An, Mỏ Cày Bắc, Bến Tre", "28921"),
        ("phường 2, thành phố Trà Vinh, tỉnh Trà Vinh (cũ).", "29242"),
        ("P.08, TP Trà Vinh", "29254"),
    ],
)
def test_an_address_leads_to_one_commune(address: str, code: str, names: Gazetteer) -> None:
    assert address_codes(address, names) == (code,)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ấp 3, tỉnh Vĩnh Long",
        "xã Hòa Bình, tỉnh Lào Cai",  # another province has one too
        "xã Không Đâu, huyện Bình Đại, tỉnh Bến Tre (cũ)",
        "xã Phú Thuận, huyện Bát Xát, tỉnh Lào Cai (cũ)",
    ],
)
def test_an_address_without_a_commune_of_the_table_leads_nowhere(address: str, names: Gazetteer) -> None:
    assert address_codes(address, names) == ()


def test_the_first_half_of_a_name_is_not_the_name() -> None:
    names = make_gazetteer({"1": "Xã Tân Long"})
    assert address_codes("xã Tân Long Hội, Vĩnh Long", names) == ()
    assert address_codes("xã Tân Long, Vĩnh Long", names) == ("1",)


def test_a_divided_old_commune_leads_to_all_its_parts(names: Gazetteer) -> None:
    assert address_codes("xã Hòa Lộc, huyện Mỏ Cày Bắc, tỉnh Bến Tre", names) == ("28921", "29734")


def test_the_district_tells_old_communes_of_one_name_apart() -> None:
    names = make_gazetteer(
        {code: name.text for code, name, province in todays_communes() if province.key == "vinhlong"}
    )
    assert len(address_codes("xã Tân Bình (cũ)", names)) > 1
    assert len(address_codes("xã Tân Bình, huyện Bình Tân", names)) == 1


@pytest.mark.parametrize("text", ["Xã Hoà Hiệp", "xã Hòa Hiệp", "HÒA HIỆP", "hoa hiep"])
def test_a_name_is_found_however_it_is_typed(text: str, names: Gazetteer) -> None:
    assert name_codes(text, names) == ("29734",)


def test_diacritics_tell_names_apart_where_they_must() -> None:
    names = make_gazetteer({"1": "Xã Cẩm Giang", "2": "Xã Cẩm Giàng"})
    assert name_codes("Cẩm Giàng", names) == ("2",)
    assert name_codes("cam giang", names) == ("1", "2")


def test_the_tone_may_stand_on_either_vowel() -> None:
    assert marks("Thuỷ Hoà") == marks("Thủy Hòa")
    assert marks("Sa Pa") != marks("Sa Pả")


def test_an_address_hides_in_a_name() -> None:
    assert hidden_address("Trường Mầm non III\nấp 1, xã Nhơn Phú") == "ấp 1, xã Nhơn Phú"
    assert hidden_address("Văn phòng (cũ), địa chỉ: ấp 5, xã Bình Thành") == "ấp 5, xã Bình Thành"
    assert hidden_address("Trường Mầm non III") == ""


def test_every_old_commune_went_to_a_commune_of_today() -> None:
    codes = {code for code, _, _ in todays_communes()}
    assert len(codes) == 3321
    assert len(old_communes()) == 10040
    assert all(item.today and set(item.today) <= codes for item in old_communes())

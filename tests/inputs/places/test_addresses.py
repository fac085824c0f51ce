"""Addresses in today's and in old units."""

from __future__ import annotations

import pytest

from planner.inputs.places.addresses import Gazetteer, address_codes, make_gazetteer, name_codes
from planner.inputs.places.hidden import hidden_address
from planner.inputs.places.proposals import propose, reason
from planner.inputs.places.units import communes_of_today, marks, old_communes, todays_communes

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
        ("Phường VIII, T.P. Trà Vinh", "29254"),
        ("p8, tp trà vinh", "29254"),
        ("F.8 TX.Trà Vinh", "29254"),
        ("xã Long Định - huyện Bình Đại - tỉnh Bến Tre", "29062"),
        ("Long Định – Bình Đại – Bến Tre", "29062"),
        ("Long Định\nBình Đại\nBến Tre", "29062"),
        ("xã Long\nĐịnh, huyện Bình\nĐại", "29062"),
        ("tỉnh Bến Tre, huyện Bình Đại, xã Long Định", "29062"),
        ("xã Phú Thuận (trước đây là xã Long Định, huyện Bình Đại)", "29062"),
        ("xã Long Định cũ, huyện Bình Đại cũ, nay thuộc xã Phú Thuận, tỉnh Vĩnh Long", "29062"),
        ("xã Long Định, huyện Bình Đại, tỉnh Vĩnh Long", "29062"),  # old district beside today's province
        ("Trường Mẫu giáo xã Long Định (huyện Bình Đại, Bến Tre)", "29062"),
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
        "Bảo hiểm xã hội tỉnh Vĩnh Long",
        "Hợp tác xã Hòa Bình",
        "xã Long Địnhh, huyện Bình Đại",  # a slip of one letter is proposed, never taken
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


@pytest.fixture(scope="module")
def country() -> Gazetteer:
    return make_gazetteer({item.code: item.full_name for item in communes_of_today()})


@pytest.mark.parametrize(
    ("address", "codes"),
    [
        ("P. Bến Nghé, Q.1, TPHCM", ("26740",)),
        ("1, Quận 3, TP.HCM", ("27154",)),
        ("xã Vinh Thanh, huyện Phú Vang, tỉnh Thừa Thiên - Huế", ("19945",)),
        ("Phường Tân An thành phố Hội An tỉnh Quảng Nam", ("20401",)),  # no phường Tân An Thành
        ("Huyện Côn Đảo, tỉnh Bà Rịa - Vũng Tàu", ("26732",)),  # an island district without communes
        ("xã An Vĩnh, huyện Lý Sơn, Quảng Ngãi", ("21548",)),  # the whole island is one commune
        ("Phường Phương Mai, quận Đống Đa", ("00292", "00229")),  # `Phương` is no phường
        ("Phương Mai - Đống Đa - Hà Nội", ("00292", "00229")),
        ("xa dung, dien bien dong", ("03208",)),
        ("Xa Dung, Điện Biên Đông", ("03208",)),
        ("Thị trấn Ba Chẽ, huyện Ba Chẽ", ("06978",)),
        ("Phường Đông Hoà, TX Dĩ An, Bình Dương", ("25951",)),
        ("Phường Mĩ Phước, TX Bến Cát", ("25813", "25840")),
    ],
)
def test_an_address_in_the_country(address: str, codes: tuple[str, ...], country: Gazetteer) -> None:
    assert set(address_codes(address, country)) == set(codes)


def test_a_name_that_may_be_a_city_or_a_province_stays_open(country: Gazetteer) -> None:
    assert len(address_codes("Chi Lăng, Lạng Sơn", country)) == 2
    assert len(address_codes("phường Chi Lăng, TP Lạng Sơn", country)) == 1
    assert len(address_codes("xã Chi Lăng, tỉnh Lạng Sơn", country)) == 1


def test_other_names_leave_communes_of_one_name_in_other_districts() -> None:
    names = make_gazetteer({item.code: item.full_name for item in communes_of_today() if item.province_code == "86"})
    proposed = propose("xã Tân Bình, huyện Long Hồ", names)
    assert sum(item.found == "elsewhere" for item in proposed) > 1


def test_a_divided_commune_is_proposed_with_its_parts_the_main_one_first(names: Gazetteer) -> None:
    proposed = propose("xã Hòa Lộc, huyện Mỏ Cày Bắc, tỉnh Bến Tre", names)
    assert [item.code for item in proposed] == ["28921", "29734"]
    assert reason(proposed[0], "en") == "main part of Xã Hòa Lộc, Huyện Mỏ Cày Bắc, Tỉnh Bến Tre"
    assert reason(proposed[1], "vi") == "một phần của Xã Hòa Lộc, Huyện Mỏ Cày Bắc, Tỉnh Bến Tre"


@pytest.mark.parametrize("slip", ["Long Địnhh", "Lon Định", "Lông Dịnh", "Logn Định", "Long Dinj"])
def test_a_slip_of_a_letter_is_proposed(slip: str, names: Gazetteer) -> None:
    proposed = propose(f"ấp 3, xã {slip}, huyện Bình Đại", names)
    assert proposed[0].code == "29062"


def test_nothing_is_proposed_for_what_is_like_nothing(names: Gazetteer) -> None:
    assert propose("xã Không Đâu", names) == ()
    assert propose("", names) == ()


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
    assert hidden_address("Nhà văn hóa (ấp 5, xã Bình Thành)") == "ấp 5, xã Bình Thành)"
    assert hidden_address("Trụ sở cũ tại ấp 5, xã Bình Thành") == "ấp 5, xã Bình Thành"
    assert hidden_address("Trường Mầm non III - điểm ấp 1, xã Nhơn Phú") == "điểm ấp 1, xã Nhơn Phú"
    assert hidden_address("Trường Mầm non III") == ""
    assert hidden_address("UBND xã Hòa Hiệp") == ""


def test_every_old_commune_went_to_a_commune_of_today() -> None:
    codes = {code for code, _, _ in todays_communes()}
    assert len(codes) == 3321
    assert len(old_communes()) == 10040
    assert all(item.today and set(item.today) <= codes for item in old_communes())
    assert hidden_address("Trụ sở UBND xã Mường Lai (cũ), huyện Lục Yên") == "xã Mường Lai (cũ), huyện Lục Yên"
    assert hidden_address("Phòng Giáo dục thị xã Giá Rai, tỉnh Bạc Liêu") == ""


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Xã:  Tân Quới; Huyện: Bình Tân; Tỉnh: Vĩnh Long", "29800"),
        ("phường Lộc Phát, T.P Bảo Lộc, T. Lâm Đồng", "24823"),
        ("Xã Đắk Blà, T.P Kon Tum, tỉnh Kon Tum", "23332"),
        ("Phường Bồ Đề, TP Hà Nội (trước là Phường Ngọc Thụy, quận Long Biên)", "00118"),
        ("2, Đà Lạt, Lâm Đồng", "24781"),
    ],
)
def test_ways_of_writing_met_in_lists(country: Gazetteer, text: str, code: str) -> None:
    assert address_codes(text, country) == (code,)


def test_a_number_before_a_name_may_be_a_numbered_phuong(country: Gazetteer) -> None:
    assert address_codes("8, Bến Tre, Bến Tre", country) == ("28789", "28756")
    assert address_codes("118, Bến Tre, Bến Tre", country) == ("28789",)

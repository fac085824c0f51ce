"""Keys by which rows are compared: names, addresses, parcels, certificates."""

from __future__ import annotations

import pytest

from planner.inputs.sameness.likeness import address_of, certificate_of, is_different, parcel_of, relation, words_of


@pytest.mark.parametrize(
    ("name", "kind", "proper"),
    [
        ("Trụ sở UBND xã Thới Hòa (cũ)", "uy ban nhan dan", "thoi hoa"),
        ("Trường TH&THCS Tân Long A", "truong tieu hoc trung hoc co so", "tan long a"),
        ("Trường cấp 2 Tân Long Hội cũ", "truong trung hoc co so", "tan long hoi"),
        ("Trường Mầm non Oanh Vũ III\nĐiểm phụ ấp Tân Thiềng, xã Tân Long Hội", "truong mam non", "oanh vu iii"),
        ("Văn phòng huyện uỷ Giồng Trôm, địa chỉ: ấp 5, xã Bình Thành", "van phong", "uy giong trom"),
        ("Trường Mầm non\nOanh Vũ III", "truong mam non", "oanh vu iii"),
        ("Dự án khu 2", "du an", "khu 2"),
        ("", "", ""),
    ],
)
def test_a_name_is_parted_into_its_kind_and_its_own_words(name: str, kind: str, proper: str) -> None:
    words = words_of(name)
    assert (words.kind, words.proper) == (kind, tuple(proper.split()))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Trường TH Hòa Bình", "Trường Tiểu học Hoà Bình", "name"),
        ("Trường TH Hòa Bình", "Truong tieu hoc Hoa Binh", "name"),
        ("Trường TH Hòa Bình", "Trường TH Hoa Bình", "spelling"),
        ("Trường TH Hòa Bình", "Trường TH Hòa Bìh", "spelling"),
        ("Trường TH Cang Bình", "Trường TH Cang Minh", "similar"),
        ("Trường TH Hòa Bình", "Trường TH Hòa Minh", ""),
        ("Trường MG Hòa Bình", "Trường MN Hòa Bình", "similar"),
        ("Trường TH Sa Pa", "Trường TH Sa Pả", ""),
        ("Trường TH Hòa Bình A", "Trường TH Hòa Bình B", ""),
        ("Trường TH Hòa Bình", "Trạm y tế Hòa Bình", ""),
    ],
)
def test_names_are_related(one: str, other: str, expected: str) -> None:
    assert relation(one, other) == expected
    assert relation(other, one) == expected


@pytest.mark.parametrize(
    ("address", "key", "house"),
    [
        ("số 55 Lê Thái Tổ, Phường Long Châu, tỉnh Vĩnh Long", "55 le thai to", True),
        ("Số nhà 55, đường Lê Thái Tổ, P. Long Châu", "55 le thai to", True),
        ("ấp 4 xã Hòa Hiệp, tỉnh Vĩnh Long", "ap 4", False),
        ("điểm phụ, ấp Ngã Ngay, xã Tân Long Hội", "ap nga ngay", False),
        ("Tổ dân phố Sa Pa 1, phường Sa Pa", "to dan pho sa pa 1", False),
        ("Xã Ba Tri, tỉnh Vĩnh Long", "", False),
        ("Tân Quới, Bình Tân, Vĩnh Long", "", False),
    ],
)
def test_an_address_is_what_stands_below_the_commune(address: str, key: str, house: bool) -> None:  # noqa: FBT001
    assert address_of(address) == (key, house)


@pytest.mark.parametrize(
    ("sheet", "parcel", "expected"),
    [
        ("5", "12", "5/12"),
        ("Tờ số 05", "thửa 012", "5/12"),
        ("", "tờ bản đồ số 05, thửa đất số 12", "5/12"),
        ("", "Thửa 12, tờ 5", "5/12"),
        ("", "5/12", "5/12"),
        ("5", "12a", "5/12a"),
        ("", "12", ""),
        ("0", "12", ""),
        ("5", "12, 13", ""),
        ("", "", ""),
    ],
)
def test_a_parcel_needs_its_sheet(sheet: str, parcel: str, expected: str) -> None:
    assert parcel_of(sheet, parcel) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("BM 345678", "BM 345678"),
        ("GCN số CS01234567 cấp ngày 12/05/2015", "CS 01234567"),
        ("Giấy chứng nhận số 123456", "123456"),
        ("Có", ""),
        ("đã cấp ngày 12/05/2015", ""),
    ],
)
def test_a_certificate_is_its_number(text: str, expected: str) -> None:
    assert certificate_of(text) == expected


def test_what_is_settled_as_different() -> None:
    assert all(map(is_different, ("khác", "Không trùng", "NO", "different")))
    assert not is_different("F-12")

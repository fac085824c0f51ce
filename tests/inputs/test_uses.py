"""A blank current use is read from the facility's name, said to the user, and never guessed."""

from __future__ import annotations

from collections import Counter

import geopandas as gpd
import pandas as pd
import pytest

from planner.catalogue.columns import values
from planner.catalogue.load import read_data
from planner.inputs.tables import make_table
from planner.inputs.text import fold
from planner.inputs.uses import fill_uses, use_of


@pytest.mark.parametrize(
    ("name", "use"),
    [
        ("Trụ sở UBND xã Thới Hòa (cũ)", "office"),
        ("Ủy ban nhân dân thị xã Bình Minh (cũ)", "office"),
        ("UBND xã Tân Mỹ", "office"),
        ("Văn phòng huyện uỷ Giồng Trôm (cũ), địa chỉ: ấp 5", "office"),
        ("Sở Nông nghiệp và Môi trường tỉnh Trà Vinh (cũ)", "office"),
        ("Huyện đội thị xã Bình Minh (cũ)", "office"),
        ("Trường Mầm non Oanh Vũ III\nĐiểm phụ ấp Tân Thiềng", "preschool"),
        ("Trường Mẫu giáo Măng Non", "preschool"),
        ("TRƯỜNG TIỂU HỌC HOÀ BÌNH", "primary"),
        ("Trường TH Hòa Hiệp", "primary"),
        ("Trường THCS Mỹ Phước", "lower_secondary"),
        ("Trường cấp 2 Tân Long Hội (cũ)", "lower_secondary"),
        ("Trường TH&THCS Nậm Xé", "lower_secondary"),
        ("Trường THPT số 2", "upper_secondary"),
        ("Trạm Y Tế Phú Lộc", "health_station"),
        ("Trung tâm văn hóa (cũ)", "culture_house"),
        ("Nhà văn hoá xã Dương cũ", "culture_house"),
        ("Nhà văn hóa thôn 3", "community_house"),
        ("Trụ sở ấp Tường Hưng", "community_house"),
        ("Trung tâm huấn luyện thi đấu thể thao (sân quần vợt)", "sports_ground"),
        ("Sân vận động huyện", "sports_ground"),
        ("Trung tâm y tế dự phòng cũ", "public_service_unit"),
        ("Trung Tâm bồi dưỡng chính trị huyện Mang Thít cũ", "public_service_unit"),
        ("Công an xã Thới Hòa", "commune_police"),
        ("Dự án hạ tầng khu hành chính các ngành Trung ương", "other"),
        ("Khu đất Trường Tiểu học An Bình (cũ)", "primary"),
        ("Điểm lẻ Trường Mầm non Hoa Hồng", "preschool"),
    ],
)
def test_the_use_that_a_name_says(name: str, use: str) -> None:
    assert use_of(name) == use


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Điểm trường Bản Mây",
        "Số 12 Lê Lợi",
        "Khu tập thể giáo viên Trường THCS",
        "Cho thuê mặt bằng",
        "Trường Thạnh",
    ],
)
def test_a_name_that_does_not_say_it_is_not_guessed(name: str) -> None:
    assert use_of(name) is None


def test_only_blanks_are_filled_and_each_is_said() -> None:
    values = {
        "facility_id": ["F-1", "F-2", "F-3", "F-4"],
        "name": ["Trạm y tế An", "Trạm y tế Bình", "Nhà bà Tư", pd.NA],
        "current_use": [pd.NA, "warehouse", pd.NA, pd.NA],
        "file": ["f.xlsx"] * 4,
        "row": range(5, 9),
    }
    table = make_table("facilities", values, 4)
    table.attrs["headers"] = {"name": "Tên cơ sở"}
    filled, (record,) = fill_uses(gpd.GeoDataFrame(table, geometry=[None] * 4, crs="EPSG:4326"), "vi")
    assert filled["current_use"].fillna("").tolist() == ["health_station", "warehouse", "", ""]
    assert filled["current_use"].dtype == "string"
    assert filled.attrs == table.attrs
    assert (record.rule, record.severity, record.row, record.column) == ("use-from-name", "info", 5, "Tên cơ sở")
    assert "“Trạm y tế An”" in record.message
    assert "Trạm y tế" in record.message.partition("hiểu là")[2]


def test_a_list_that_says_every_use_stays_as_it_is() -> None:
    table = make_table("facilities", {"name": ["Trạm y tế"], "current_use": ["other"]}, 1)
    facilities = gpd.GeoDataFrame(table, geometry=[None], crs="EPSG:4326")
    assert fill_uses(facilities, "vi") == (facilities, [])


def test_the_words_name_uses_of_the_catalogue_and_none_means_two() -> None:
    words = read_data("name_words")["current_use"]
    assert set(words) <= set(values("current_use"))
    counts = Counter(fold(text) for texts in words.values() for text in texts)
    assert [text for text, count in counts.items() if count > 1] == []

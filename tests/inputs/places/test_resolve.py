"""Facilities, villages and services come into a commune by code, name, address or position."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pytest
from python_calamine import CalamineWorkbook
from shapely.geometry import Point, Polygon, box

from planner.errors import Record
from planner.inputs.places.resolve import communes_by_name, mend_polygons, place_facilities, place_points
from planner.inputs.places.units import old_communes
from planner.inputs.places.villages import settlements_from_old_communes
from planner.inputs.tables import make_table
from tests.inputs.books import SHARED

TRUTH = {  # number in the list → today's commune, judged by hand from the list of old communes
    "I.1": "28777", "I.2": "29110", "I.3": "29845", "I.4": "29374", "I.5": "29602", "I.6": "29770",
    "I.7": "29770", "I.8": "28861", "II.1": "29557", "II.2": "29551", "II.3": "29830", "II.4": "29830", "II.5": "29830",
    "II.6": "29830", "II.7": "29728", "II.8": "29734", "II.9": "29800", "II.10": "29800", "II.11": "29623",
    "II.12": "29623", "II.13": "29653", "II.14": "29653", "II.15": "29653", "II.16": "29653", "II.17": "29653",
    "II.18": "29653", "II.19": "29653", "II.20": "29653", "II.21": "29767",
    "II.22": "29062",  # xã Long Định, huyện Bình Đại → xã Phú Thuận
    "II.23": "28984",  # xã Bình Thành, huyện Giồng Trôm → xã Giồng Trôm
    "II.24": "28921",  # xã Thành An, huyện Mỏ Cày Bắc → xã Tân Thành Bình
    "II.25": "29242",  # phường 2, Trà Vinh, since 2024 in phường 3 → phường Trà Vinh
}  # fmt: skip


def make_communes(**columns: list[Any]) -> gpd.GeoDataFrame:
    values = {
        "commune_code": ["28921", "29734"],
        "name": ["Xã Tân Thành Bình", "Xã Hoà Hiệp"],
        "population": [1001.0, None],
    }
    shapes = columns.pop("geometry", [box(106.0, 10.0, 106.1, 10.1), box(106.1, 10.0, 106.2, 10.1)])
    return gpd.GeoDataFrame(make_table("communes", values | columns, len(shapes)), geometry=shapes, crs="EPSG:4326")


def make_facilities(*points: Point | None, **columns: list[Any]) -> gpd.GeoDataFrame:
    rows = len(points) or 1
    values = {"facility_id": [f"F-{i}" for i in range(rows)], "file": ["f.xlsx"] * rows, "row": range(5, 5 + rows)}
    table = make_table("facilities", values | columns, rows)
    table.attrs["headers"] = {"address": "Địa chỉ", "commune_code": "Mã xã"}
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(points or [None], crs="EPSG:4326"))


WEST, EAST, AWAY = Point(106.05, 10.05), Point(106.15, 10.05), Point(107.5, 11.0)
DIVIDED = "xã Hòa Lộc, huyện Mỏ Cày Bắc, tỉnh Bến Tre (cũ)"


def doubts(records: list[Record]) -> list[Record]:
    """Return the records without the count of how the communes were found."""
    return [record for record in records if record.rule != "placed-by"]


@pytest.mark.parametrize(
    ("columns", "point", "code"),
    [
        ({"commune_code": ["29734"], "commune_name": ["Xã Hoà Hiệp"]}, None, "29734"),
        ({"commune_name": ["Hòa Hiệp"]}, None, "29734"),
        ({"commune_name": ["Xã Thành An"], "old_district": ["Mỏ Cày Bắc"]}, None, "28921"),
        (
            {"old_commune": ["Thành An"], "old_district": ["Huyện Mỏ Cày Bắc"], "old_province": ["Bến Tre"]},
            None,
            "28921",
        ),
        ({"address": ["ấp 1, xã Thành An, huyện Mỏ Cày Bắc, tỉnh Bến Tre (cũ)"]}, None, "28921"),
        ({"address": ["ấp 1, xã Thành An"], "old_district": ["huyện Mỏ Cày Bắc"]}, None, "28921"),
        ({"name": ["Trường Mầm non\nấp 1, xã Hòa Hiệp, tỉnh Vĩnh Long"]}, None, "29734"),
        ({"name": ["Nhà kho"]}, EAST, "29734"),
        ({"address": [DIVIDED]}, EAST, "29734"),
        ({"address": [DIVIDED], "holder": ["UBND xã Tân Thành Bình"]}, None, "28921"),
    ],
)
def test_a_certain_place_needs_no_warning(columns: dict[str, list[Any]], point: Point | None, code: str) -> None:
    placed, records = place_facilities(make_facilities(point, **columns), make_communes(), "vi")
    assert placed["commune_code"].tolist() == [code]
    assert placed["commune_name"].iloc[0] == {"29734": "Xã Hoà Hiệp", "28921": "Xã Tân Thành Bình"}[code]
    assert not doubts(records)


@pytest.mark.parametrize(
    ("columns", "point", "rule", "severity", "column", "code"),
    [
        ({"commune_code": ["29734"]}, WEST, "position-elsewhere", "warning", "Mã xã", "29734"),
        ({"commune_code": ["29734"]}, AWAY, "position-outside", "warning", "Mã xã", "29734"),
        (
            {"commune_code": ["29734"], "address": ["xã Tân Thành Bình"]},
            None,
            "commune-differs",
            "warning",
            "Địa chỉ",
            "29734",
        ),
        ({"commune_code": ["99999"]}, WEST, "commune-code-unknown", "warning", "Mã xã", "28921"),
        ({"address": [DIVIDED]}, None, "commune-ambiguous", "warning", "Địa chỉ", None),
        ({"address": ["xã Không Đâu"]}, None, "commune-unresolved", "warning", "Địa chỉ", None),
        ({}, None, "commune-unresolved", "warning", "Địa chỉ", None),
        ({"address": ["xã Không Đâu"]}, AWAY, "coordinates-contradict", "error", "lon", None),
        ({}, AWAY, "coordinates-contradict", "error", "lon", None),
    ],
)
def test_what_is_doubtful_is_said(
    columns: dict[str, list[Any]], point: Point | None, rule: str, severity: str, column: str, code: str | None
) -> None:
    placed, records = place_facilities(make_facilities(point, **columns), make_communes(), "en")
    (record,) = doubts(records)
    assert (record.rule, record.severity) == (rule, severity)
    assert (record.file, record.row, record.column) == ("f.xlsx", 5, column)
    assert record.fix
    assert placed["commune_code"].fillna("").tolist() == [code or ""]


def test_an_uncertain_name_is_proposed_and_not_taken() -> None:
    placed, (_, record) = place_facilities(make_facilities(None, name=["UBND xã Hòa Hiệp"]), make_communes(), "en")
    assert placed["commune_code"].isna().all()
    assert record.rule == "commune-unresolved"
    assert "Xã Hoà Hiệp (29734): in the facility's name" in record.fix


def test_candidates_come_ranked_and_with_the_reason() -> None:
    _, (_, record) = place_facilities(make_facilities(None, address=[DIVIDED]), make_communes(), "en")
    assert (
        "Xã Tân Thành Bình (28921): main part of Xã Hòa Lộc, Huyện Mỏ Cày Bắc, Tỉnh Bến Tre; "
        "Xã Hoà Hiệp (29734): part of Xã Hòa Lộc"
    ) in record.message


def test_a_slip_of_a_letter_is_asked_about_and_not_taken() -> None:
    slip = make_facilities(None, address=["xã Thàn An, huyện Mỏ Cày Bắc"])
    placed, (_, record) = place_facilities(slip, make_communes(), "en")
    assert placed["commune_code"].isna().all()
    assert record.rule == "commune-unresolved"
    assert "Did you mean: Xã Tân Thành Bình (28921): a name much alike, holds Xã Thành An" in record.fix


def test_other_diacritics_are_read_with_a_warning_unless_the_district_confirms_them() -> None:
    columns = {"address": ["xã Hòa Hiếp", "xã Thanh An, huyện Mỏ Cày Bắc"]}
    placed, records = place_facilities(make_facilities(None, None, **columns), make_communes(), "en")
    assert placed["commune_code"].tolist() == ["29734", "28921"]
    assert [(record.rule, record.row, record.value) for record in records[1:]] == [
        ("commune-misspelt", 5, "xã Hòa Hiếp")
    ]


def test_columns_that_each_leave_several_communes_open_settle_it_together() -> None:
    communes = communes_by_name("86")
    columns = {"old_commune": ["Xã Tân Bình"], "address": ["xã Tân Bình, huyện Bình Tân"]}
    placed, records = place_facilities(make_facilities(None, **columns), communes, "vi")
    assert placed["commune_name"].notna().all()
    assert [record.rule for record in records] == ["placed-by"]


def test_a_list_without_a_stated_province_lies_where_nearly_all_of_it_does() -> None:
    of_ben_tre = [item.address for item in old_communes() if item.province.text == "bến tre"][:20]
    addresses = [*of_ben_tre, "xã Long Định", "xã Hòa Bình, tỉnh Lào Cai (cũ)", "xã Tân Phú, huyện Châu Thành"]
    facilities = make_facilities(*[None] * len(addresses), address=addresses)
    placed, records = place_facilities(facilities, communes_by_name(), "en")
    inside, _ = place_facilities(facilities, communes_by_name("86"), "en")
    assert placed["commune_code"].iloc[[20, 22]].tolist() == inside["commune_code"].iloc[[20, 22]].tolist()
    assert placed["commune_code"].iloc[[20, 22]].notna().all()
    assert inside["commune_code"].iloc[21:22].isna().all()
    (inferred,) = [record for record in records if record.rule == "province-inferred"]
    assert "Vĩnh Long" in inferred.message


def test_the_communes_of_a_province_are_known_by_name() -> None:
    communes = communes_by_name("86")
    assert communes["commune_code"].is_unique
    assert len(communes) == 124
    assert communes.geometry.isna().all()
    assert len(communes_by_name()) == 3321
    assert communes_by_name("00").empty


def test_a_list_with_all_codes_needs_no_record() -> None:
    assert place_facilities(make_facilities(None, commune_code=["29734"]), make_communes(), "vi")[1] == []


def test_how_many_were_placed_by_what_is_counted_once() -> None:
    columns = {"commune_code": ["29734", None, None], "address": [None, "xã Hòa Hiệp", None]}
    _, records = place_facilities(make_facilities(None, None, WEST, **columns), make_communes(), "en")
    assert [record.rule for record in records] == ["placed-by"]
    assert "1 by code, 0 by name, 1 by address, 1 by position; 0 unknown" in records[0].message


def test_the_quality_of_a_position() -> None:
    columns = {"commune_code": ["28921"] * 4, "position_quality": [None, "address", "surveyed", None]}
    placed, _ = place_facilities(make_facilities(WEST, WEST, None, EAST, **columns), make_communes(), "vi")
    assert placed["position_quality"].tolist() == ["surveyed", "address", "unknown", "unknown"]


def test_a_point_just_over_a_simplified_boundary_belongs_to_its_commune() -> None:
    edge = Point(106.099, 10.05)
    placed, records = place_facilities(make_facilities(edge, commune_code=["29734"]), make_communes(), "vi")
    assert not doubts(records)
    assert placed["position_quality"].tolist() == ["surveyed"]


def test_a_position_outside_the_country_is_left_to_the_checks() -> None:
    points = (Point(10.05, 106.05), Point(float("nan"), 10.0))
    placed, records = place_facilities(make_facilities(*points, commune_code=["28921"] * 2), make_communes(), "vi")
    assert not doubts(records)
    assert placed["commune_code"].tolist() == ["28921"] * 2


def test_headers_and_other_columns_stay() -> None:
    facilities = make_facilities(None, commune_code=["28921"], owner=["commune"])
    placed, _ = place_facilities(facilities, make_communes(), "vi")
    assert placed.attrs == facilities.attrs
    assert placed["owner"].tolist() == ["commune"]
    assert placed.columns.tolist() == facilities.columns.tolist()


def test_villages_and_services_come_by_code_or_position() -> None:
    points = [WEST, EAST, None, AWAY, EAST]
    values = {"commune_code": ["28921", None, "99999", None, "28921"], "row": range(2, 7)}
    villages = gpd.GeoDataFrame(make_table("settlements", values, 5), geometry=points, crs="EPSG:4326")
    placed, records = place_points("settlements", villages, make_communes(), "vi")
    assert placed["commune_code"].fillna("").tolist() == ["28921", "29734", "", "", "28921"]
    assert placed["position_quality"].tolist() == ["surveyed", "surveyed", "unknown", "surveyed", "unknown"]
    found = [(record.row, record.rule, record.severity) for record in records]
    assert found == [
        (4, "commune-unresolved", "warning"),
        (5, "coordinates-contradict", "error"),
        (6, "position-elsewhere", "warning"),
    ]


def test_old_communes_stand_in_for_villages_and_share_the_population() -> None:
    villages = settlements_from_old_communes(make_communes(population=[1001.0, 400.0]))
    assert villages["settlement_id"].is_unique
    assert villages.groupby("commune_code")["population"].sum().to_dict() == {"28921": 1001.0, "29734": 400.0}
    ours = villages[villages["commune_code"] == "28921"]
    assert {"Xã Thành An", "Xã Tân Thành Bình"} <= set(ours["name"])
    assert ours["population"].max() - ours["population"].min() <= 1
    assert (villages["position_quality"] == "commune").all()
    assert villages.crs.to_epsg() == 4326


def test_an_unknown_population_stays_unknown_and_an_unknown_commune_gets_its_middle() -> None:
    villages = settlements_from_old_communes(make_communes(commune_code=["28921", "x"], population=[None, 7.0]))
    assert villages[villages["commune_code"] == "28921"]["population"].isna().all()
    (middle,) = villages[villages["commune_code"] == "x"].geometry
    assert middle.within(box(106.1, 10.0, 106.2, 10.1))


def test_a_polygon_that_crosses_itself_is_mended_and_named() -> None:
    bow_tie = Polygon([(106.0, 10.0), (106.1, 10.1), (106.1, 10.0), (106.0, 10.1)])
    communes = make_communes(geometry=[bow_tie, box(106.1, 10.0, 106.2, 10.1)])
    mended, (record,) = mend_polygons(communes, "vi")
    assert mended.geometry.is_valid.all()
    assert (record.rule, record.severity, record.value) == ("invalid-polygon", "info", "Xã Tân Thành Bình")
    assert mend_polygons(mended, "vi") == (mended, [])


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data are not beside the repository")
def test_all_33_sites_of_vinh_long_are_placed_by_their_address_alone() -> None:
    table = gpd.read_parquet(SHARED / "communes.parquet")
    table = table[table["province_code"] == "86"]
    columns = {
        "commune_code": table["code"].tolist(),
        "name": table["full_name"].tolist(),
        "population": [None] * len(table),
    }
    communes = make_communes(geometry=table.geometry.tolist(), **columns)
    sheet = CalamineWorkbook.from_path(SHARED / "vinh_long_33_sites.xlsx").get_sheet_by_index(0)
    rows = [row for row in sheet.to_python() if str(row[0]) in TRUTH]
    names, addresses = [row[1] for row in rows], [row[2] or None for row in rows]
    placed, records = place_facilities(make_facilities(*[None] * 33, name=names, address=addresses), communes, "vi")
    assert dict(zip([row[0] for row in rows], placed["commune_code"], strict=True)) == TRUTH
    assert [record.rule for record in records] == ["placed-by"]


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data are not beside the repository")
def test_every_commune_of_today_and_of_june_2025_is_found_in_a_province_with_mixed_names() -> None:
    from planner.inputs.places.addresses import address_codes, make_gazetteer

    table = gpd.read_parquet(SHARED / "communes.parquet", columns=["code", "full_name", "province_code", "geometry"])
    here = dict(table.loc[table["province_code"] == "86", ["code", "full_name"]].to_numpy().tolist())
    names = make_gazetteer(here)
    assert [address_codes(f"thôn 3, {name}, tỉnh Vĩnh Long", names) for name in here.values()] == [
        (code,) for code in here
    ]
    for old in old_communes():
        if set(old.today) <= set(here):
            district = f"{old.district.kind} {old.district.text}"
            assert address_codes(f"{old.full_name}, {district}, tỉnh {old.province.text} (cũ)", names) == old.today

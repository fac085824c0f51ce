"""The sample province: complete, consistent, small, and made again by its script."""

import csv
import subprocess
import sys
import zipfile
from pathlib import Path

import geopandas as gpd
import openpyxl
import pytest
import shapely

SAMPLE = Path(__file__).parents[2] / "data" / "lao-cai"
SCRIPT = SAMPLE / "make_sample.py"
FILES = ("communes.gpkg", "facilities.xlsx", "services.csv", "settlements.csv")
USES = {
    "commune_office", "preschool", "primary", "lower_secondary", "upper_secondary", "health_station", "culture_house",
    "sports_ground", "commune_police", "commune_military", "public_service_centre", "market",
}  # fmt: skip


def read_csv(name: str) -> list[dict[str, str]]:
    with (SAMPLE / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def read_sheet() -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """Return the facilities and the other rows below the two header rows, by heading."""
    book = openpyxl.load_workbook(SAMPLE / "facilities.xlsx", read_only=False)
    rows = list(book["Cơ sở nhà, đất"].iter_rows(min_row=3, values_only=True))
    headings = [str(lower or upper) for upper, lower in zip(rows[0], rows[1], strict=True)]
    table = [dict(zip(headings, row, strict=True)) for row in rows[2:]]
    return [row for row in table if row["Mã cơ sở"]], [row for row in table if not row["Mã cơ sở"]]


@pytest.fixture(scope="module")
def communes() -> gpd.GeoDataFrame:
    return gpd.read_file(SAMPLE / "communes.gpkg", layer="communes")


@pytest.fixture(scope="module")
def facilities() -> list[dict[str, object]]:
    return read_sheet()[0]


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folders = (tmp_path_factory.mktemp("first"), tmp_path_factory.mktemp("second"))
    for folder in folders:
        subprocess.run([sys.executable, str(SCRIPT), "--out", str(folder)], check=True, timeout=120)
    return folders


def test_sample_is_small() -> None:
    assert sum(file.stat().st_size for file in SAMPLE.rglob("*") if file.is_file()) < 5_000_000


def test_communes_are_99_valid_polygons_that_do_not_overlap(communes: gpd.GeoDataFrame) -> None:
    assert len(communes) == communes["commune_code"].nunique() == 99
    assert communes.crs.to_epsg() == 4326
    assert communes.geometry.is_valid.all()
    assert set(communes.geometry.geom_type) == {"Polygon"}
    polygons = communes.geometry.to_numpy()
    assert shapely.union_all(polygons).area == pytest.approx(shapely.area(polygons).sum(), rel=1e-9)


def test_communes_carry_the_public_facts(communes: gpd.GeoDataFrame) -> None:
    assert communes["population"].sum() == 1_783_947
    assert communes["difficulty"].value_counts().to_dict() == {"III": 87, "II": 8, "none": 4}
    assert (communes["border"] == "yes").sum() == 10
    assert communes["old_communes"].str.split("; ").str.len().sum() == 319
    assert communes["staff"].between(40, 90).all()
    assert set(communes["approximate"]) == {"yes"}


def test_villages_add_up_to_the_population_of_their_commune(communes: gpd.GeoDataFrame) -> None:
    people = dict.fromkeys(communes["commune_code"], 0)
    villages = read_csv("settlements.csv")
    for village in villages:
        people[village["commune_code"]] += int(village["population"])
    assert people == dict(zip(communes["commune_code"], communes["population"], strict=True))
    assert 2_300 <= len(villages) <= 2_700
    assert len({village["settlement_id"] for village in villages}) == len(villages)


def test_everything_lies_in_its_commune(communes: gpd.GeoDataFrame, facilities: list[dict[str, object]]) -> None:
    boundary = dict(zip(communes["commune_code"], communes.geometry, strict=True))
    places = [(row["commune_code"], row["lon"], row["lat"]) for row in read_csv("settlements.csv")]
    places += [(row["commune_code"], row["lon"], row["lat"]) for row in read_csv("services.csv")]
    places += [(str(row["Mã xã"]), str(row["Kinh độ"]), str(row["Vĩ độ"])) for row in facilities if row["Kinh độ"]]
    points = shapely.points([(float(lon), float(lat)) for _, lon, lat in places])
    assert shapely.covers([boundary[code] for code, _, _ in places], points).all()


def test_services_leave_a_gap_but_not_a_desert(communes: gpd.GeoDataFrame, facilities: list[dict[str, object]]) -> None:
    services = read_csv("services.csv")
    known = {row["Mã cơ sở"] for row in facilities}
    assert {service["use"] for service in services} == USES
    assert len({service["service_id"] for service in services}) == len(services)
    assert sum(service["use"] == "commune_office" for service in services) == 99
    linked = [service["facility_id"] for service in services if service["facility_id"]]
    assert 40 <= len(linked) <= 60
    assert set(linked) <= known
    for use, norm in {"preschool": 50, "primary": 65, "lower_secondary": 55, "upper_secondary": 40}.items():
        places = sum(int(service["capacity"]) for service in services if service["use"] == use)
        assert 0.75 <= places / (communes["population"].sum() * norm / 1000) <= 0.85, use


def test_facilities_have_unique_ids_and_known_communes(
    communes: gpd.GeoDataFrame, facilities: list[dict[str, object]]
) -> None:
    assert 700 <= len(facilities) <= 900
    assert len({row["Mã cơ sở"] for row in facilities}) == len(facilities)
    assert {row["Mã xã"] for row in facilities} <= set(communes["commune_code"])
    assert all(isinstance(row["Mã xã"], str) and row["Địa chỉ"] for row in facilities)


def test_three_fifths_of_the_school_points_lack_a_floor_area(facilities: list[dict[str, object]]) -> None:
    schools = [row for row in facilities if str(row["Công năng hiện tại"]).startswith("Trường")]
    assert len(schools) == 230
    assert sum(row["Sàn xây dựng"] is None for row in schools) / len(schools) == pytest.approx(0.6, abs=0.05)


def test_group_rows_and_total_are_no_facilities(facilities: list[dict[str, object]]) -> None:
    groups, total = read_sheet()[1][:-1], read_sheet()[1][-1]
    assert [row["STT"] for row in groups][:4] == ["I", "II", "III", "IV"]
    assert len(groups) == 18
    assert total["Tên cơ sở nhà, đất"] == "Tổng cộng"
    land = {row["Mã khuôn viên"]: float(str(row["Đất"])) for row in facilities}
    floor = [float(str(row["Sàn xây dựng"])) for row in facilities if row["Sàn xây dựng"] is not None]
    assert total["Đất"] == pytest.approx(sum(land.values()))
    assert total["Sàn xây dựng"] == pytest.approx(sum(floor))


def test_buildings_of_a_divisible_site_share_its_land(facilities: list[dict[str, object]]) -> None:
    sites: dict[object, set[object]] = {}
    for row in facilities:
        if row["Tách được theo tòa nhà"] == "Có":
            sites.setdefault(row["Mã khuôn viên"], set()).add(row["Đất"])
    assert len(sites) == 12
    assert all(len(land) == 1 for land in sites.values())


def test_approved_facilities_name_their_decision(facilities: list[dict[str, object]]) -> None:
    approved = [row for row in facilities if row["Trạng thái"] != "Đề xuất"]
    assert len(approved) == 35
    needed = ("Công năng được duyệt", "Hình thức được duyệt", "Đơn vị được giao", "Số quyết định", "Ngày quyết định")
    assert all(row[heading] for row in approved for heading in needed)


def test_two_builds_are_the_same_bytes(rebuilt: tuple[Path, Path]) -> None:
    first, second = rebuilt
    for name in FILES:
        assert (first / name).read_bytes() == (second / name).read_bytes(), name


def test_committed_files_are_what_the_script_makes(communes: gpd.GeoDataFrame, rebuilt: tuple[Path, Path]) -> None:
    """Containers are compared by content: SQLite and zlib stamp or pack them differently from version to version."""
    for name in ("services.csv", "settlements.csv"):
        assert (rebuilt[0] / name).read_bytes() == (SAMPLE / name).read_bytes(), name
    with zipfile.ZipFile(rebuilt[0] / "facilities.xlsx") as new, zipfile.ZipFile(SAMPLE / "facilities.xlsx") as old:
        assert {name: new.read(name) for name in new.namelist()} == {name: old.read(name) for name in old.namelist()}
    again = gpd.read_file(rebuilt[0] / "communes.gpkg", layer="communes")
    assert again.drop(columns="geometry").equals(communes.drop(columns="geometry"))
    assert again.geometry.geom_equals_exact(communes.geometry, 1e-9).all()

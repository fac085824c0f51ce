"""A tiny province (4 communes, 12 facilities, 12 villages) written as the files a user would bring."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import geopandas as gpd
from openpyxl import Workbook
from shapely.geometry import box

Row = dict[str, Any]

HEADERS = {
    "facility_id": "Mã cơ sở",
    "site_id": "Mã khuôn viên",
    "name": "Tên cơ sở nhà, đất",
    "address": "Địa chỉ",
    "commune_code": "Mã xã",
    "lon": "Kinh độ",
    "lat": "Vĩ độ",
    "land_area_m2": "Diện tích đất (m2)",
    "floor_area_m2": "Diện tích sàn (m2)",
    "storeys": "Số tầng",
    "rooms": "Số phòng",
    "largest_room_m2": "Phòng lớn nhất (m2)",
    "built_year": "Năm xây dựng",
    "condition": "Tình trạng",
    "current_use": "Công năng hiện tại",
    "occupancy": "Tình hình sử dụng",
    "owner": "Chủ sở hữu",
    "holder": "Đơn vị quản lý",
    "consent": "Đồng ý của chủ sở hữu",
    "encumbrance": "Ràng buộc pháp lý",
    "land_use_code": "Mã loại đất",
    "planning_code": "Mã quy hoạch",
    "confidential": "Mật",
    "status": "Trạng thái",
    "approved_use": "Công năng được duyệt",
    "decision_no": "Số quyết định",
    "decision_date": "Ngày quyết định",
    "divisible": "Tách được theo tòa nhà",
}
"""Column of the data model → header in the tiny workbook."""

FIRST_ROW = 4
"""Row of the first facility in the tiny workbook."""

SCENARIO = """\
name = "Tỉnh thử"
language = "{language}"
[inputs]
facilities = "facilities.xlsx"
communes = "communes.gpkg"
settlements = "settlements.csv"
services = "services.csv"
[budget]
renovation_million_vnd = 8000
[solver]
threads = 1
{more}"""

_COMMON: Row = {
    "storeys": 1,
    "built_year": 2005,
    "condition": "Sửa chữa được",
    "current_use": "Trụ sở làm việc",
    "occupancy": "Bỏ trống",
    "owner": "Xã",
    "encumbrance": "Không",
    "land_use_code": "TSC",
    "planning_code": "TSC",
    "status": "Đề xuất",
}
_SCHOOL: Row = {"current_use": "Trường tiểu học", "land_use_code": "DGD", "planning_code": "DGD"}
_DISTRICT: Row = {"owner": "Huyện (cũ)", "storeys": 3, "condition": "Tốt"}


def _facility(facility_id: str, name: str, commune: str, place: tuple[float, float], **values: object) -> Row:
    lon, lat = place
    identity = {"facility_id": facility_id, "name": name, "commune_code": commune, "lon": lon, "lat": lat}
    return identity | _COMMON | values


def tiny_facilities() -> list[Row]:
    """Return the 12 facilities as rows by column name; a test changes what it needs."""
    return [
        _facility("T-01", "Trụ sở UBND xã An cũ", "00901", (104.02, 22.02),
                  land_area_m2=1500, floor_area_m2=800, rooms=20),
        _facility("T-02", "Trụ sở UBND huyện Bình (cũ), nhà A", "00901", (104.04, 22.04),
                  site_id="S-1", divisible="Có", land_area_m2=6000, floor_area_m2=2400, rooms=60, **_DISTRICT),
        _facility("T-03", "Trụ sở UBND huyện Bình (cũ), nhà B", "00901", (104.04, 22.04),
                  site_id="S-1", divisible="Có", land_area_m2=6000, floor_area_m2=800, rooms=18, **_DISTRICT),
        _facility("T-04", "Trụ sở UBND xã Bình cũ", "00902", (104.11, 22.03),
                  land_area_m2=1200, floor_area_m2=700, rooms=16),
        _facility("T-05", "Trụ sở UBND xã Cao cũ", "00903", (104.03, 22.11),
                  land_area_m2=900, floor_area_m2=450, rooms=12),
        _facility("T-06", "Điểm trường Tiểu học Bản Hạ", "00902", (104.13, 22.06),
                  land_area_m2=700, rooms=3, **_SCHOOL),
        _facility("T-07", "Điểm trường Tiểu học Bản Mây", "00903", (104.06, 22.13),
                  land_area_m2=900, floor_area_m2=210, rooms=4, largest_room_m2=48, **_SCHOOL),
        _facility("T-08", "Trạm y tế xã Dương cũ", "00904", (104.11, 22.11),
                  land_area_m2=800, floor_area_m2=250, rooms=8,
                  current_use="Trạm y tế", land_use_code="DYT", planning_code="DYT"),
        _facility("T-09", "Nhà văn hóa xã Dương cũ", "00904", (104.12, 22.12),
                  land_area_m2=1100, floor_area_m2=220,
                  current_use="Nhà văn hóa", land_use_code="DVH", planning_code="DVH"),
        _facility("T-10", "Trụ sở UBND xã Dương cũ", "00904", (104.13, 22.13),
                  land_area_m2=1300, floor_area_m2=500, rooms=14, encumbrance="Tranh chấp"),
        _facility("T-11", "Tòa án nhân dân huyện Bình (cũ)", "00901", (104.05, 22.03),
                  land_area_m2=2500, floor_area_m2=1200, rooms=25,
                  **_DISTRICT | {"owner": "Trung ương", "consent": "Chưa có"}),
        _facility("T-12", "Nhà văn hóa xã Bình cũ", "00902", (104.12, 22.02),
                  land_area_m2=1000, floor_area_m2=260, status="Đã phê duyệt",
                  approved_use="Nhà văn hóa", decision_no="12/QĐ-UBND", decision_date="15/03/2026"),
    ]  # fmt: skip


def tiny_communes() -> gpd.GeoDataFrame:
    """Return four square communes side by side; the last two are region III."""
    rows = [
        ("00901", "Xã An", 6000, "none", 0, 0),
        ("00902", "Xã Bình", 4000, "I", 1, 0),
        ("00903", "Xã Cao", 3000, "III", 0, 1),
        ("00904", "Xã Dương", 2000, "III", 1, 1),
    ]
    data = [
        {
            "commune_code": code,
            "name": name,
            "province_code": "09",
            "population": people,
            "area_km2": 75.0,
            "difficulty": difficulty,
            "mountainous": "yes",
            "staff": 20 + people // 200,
            "geometry": box(104 + 0.08 * i, 22 + 0.08 * j, 104.08 + 0.08 * i, 22.08 + 0.08 * j),
        }
        for code, name, people, difficulty, i, j in rows
    ]
    return gpd.GeoDataFrame(data, crs="EPSG:4326")


def tiny_settlements() -> list[Row]:
    """Return three villages a commune; their populations add up to the commune's."""
    return [
        {
            "settlement_id": f"V-{commune.commune_code}-{i + 1}",
            "name": f"Thôn {i + 1}",
            "commune_code": commune.commune_code,
            "lon": round(commune.geometry.bounds[0] + 0.02 * (i + 1), 4),
            "lat": round(commune.geometry.bounds[1] + 0.02 * (i + 1), 4),
            "population": commune.population // 4 * (2 if i == 0 else 1),
            "specially_disadvantaged": "yes" if commune.commune_code == "00902" and i == 2 else "",
        }
        for commune in tiny_communes().itertuples()
        for i in range(3)
    ]


def tiny_services() -> list[Row]:
    """Return what exists and is not up for decision."""
    rows = [
        ("E-1", "commune_office", "Trụ sở UBND xã An", "00901", 104.03, 22.03, 400, "m2"),
        ("E-2", "preschool", "Trường mầm non An", "00901", 104.03, 22.02, 200, "places"),
        ("E-3", "primary", "Trường tiểu học An", "00901", 104.02, 22.03, 300, "places"),
        ("E-4", "primary", "Trường tiểu học Dương", "00904", 104.10, 22.10, 60, "places"),
        ("E-5", "lower_secondary", "Trường THCS Bình", "00902", 104.10, 22.02, 180, "places"),
        ("E-6", "health_station", "Trạm y tế An", "00901", 104.04, 22.02, 1, "stations"),
        ("E-7", "health_station", "Trạm y tế Cao", "00903", 104.02, 22.10, 1, "stations"),
    ]
    names = ("service_id", "use", "name", "commune_code", "lon", "lat", "capacity", "capacity_unit")
    return [dict(zip(names, row, strict=True)) | {"status": "keeps"} for row in rows]


def write_facilities(path: Path, rows: list[Row], headers: dict[str, str] | None = None) -> Path:
    """Write an inventory workbook: a title, a blank line, the headers in row 3, the facilities from row 4."""
    headers = headers or HEADERS
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = "Cơ sở nhà, đất"
    sheet.append(["DANH MỤC CƠ SỞ NHÀ, ĐẤT DÔI DƯ"])
    sheet.append([])
    sheet.append(list(headers.values()))
    for row in rows:
        sheet.append([row.get(column) for column in headers])
    workbook.save(path)
    return path


def write_csv(path: Path, rows: list[Row]) -> Path:
    """Write rows as a UTF-8 CSV file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def read_csv(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file that the planner wrote."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def write_tiny(
    folder: Path,
    *,
    facilities: list[Row] | None = None,
    communes: gpd.GeoDataFrame | None = None,
    settlements: list[Row] | None = None,
    services: list[Row] | None = None,
    language: str = "vi",
    more: str = "",
) -> Path:
    """Write the province's files and its scenario; return the path of the scenario.

    Parameters
    ----------
    facilities, communes, settlements, services : tables that replace the tiny province's own.
    more : TOML added at the end of the scenario.
    """
    folder.mkdir(parents=True, exist_ok=True)
    write_facilities(folder / "facilities.xlsx", tiny_facilities() if facilities is None else facilities)
    layer = tiny_communes() if communes is None else communes
    layer.to_file(folder / "communes.gpkg", layer="communes", driver="GPKG")
    write_csv(folder / "settlements.csv", tiny_settlements() if settlements is None else settlements)
    write_csv(folder / "services.csv", tiny_services() if services is None else services)
    scenario = folder / "tiny.toml"
    scenario.write_text(SCENARIO.format(language=language, more=more), encoding="utf-8")
    return scenario

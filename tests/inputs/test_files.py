"""Files of every format open as untouched cells; what cannot be opened says why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from openpyxl import Workbook
from shapely.geometry import Point

from planner.inputs.files import Sheet, file_hash, open_sheets
from tests.inputs.books import workbook

ROWS: list[list[Any]] = [["Tên cơ sở", "Mã xã"], ["Trụ sở", "02647"]]


def opened(path: Path) -> list[Sheet]:
    sheets, records = open_sheets(path, "facilities", "en")
    assert records == []
    return sheets


def refused(path: Path) -> str:
    sheets, (record,) = open_sheets(path, "facilities", "en")
    assert sheets == []
    assert record.severity == "error"
    assert record.file == path.name
    assert record.message
    assert record.fix
    return record.rule


def test_a_workbook_keeps_text_codes_and_blank_rows(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"Một": [["Tiêu đề"], [], *ROWS]}, merged=("A1:B1",))
    (sheet,) = opened(path)
    assert sheet.name == "Một"
    assert sheet.rows == [["Tiêu đề", None], [None, None], *ROWS]
    assert sheet.spans == (((0, 0), (0, 1)),)
    assert sheet.row_number(3) == 4


def test_hidden_sheets_are_not_read(tmp_path: Path) -> None:
    book = Workbook()
    book.worksheets[0].append(["a", "b"])
    book.create_sheet("Ẩn").sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    assert [sheet.name for sheet in opened(tmp_path / "a.xlsx")] == ["Sheet"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_csv_with_any_delimiter(tmp_path: Path, delimiter: str, encoding: str) -> None:
    lines = [
        ["Tên cơ sở", "Diện tích", "Ghi chú"],
        ["Trụ sở xã A", '"1,5"', '"hai\ndòng"'],
        ["Trụ sở xã B", '"2,5"', ""],
    ]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(delimiter.join(line) for line in lines), encoding=encoding)
    (sheet,) = opened(path)
    assert sheet.rows == [
        ["Tên cơ sở", "Diện tích", "Ghi chú"],
        ["Trụ sở xã A", "1,5", "hai\ndòng"],
        ["Trụ sở xã B", "2,5", None],
    ]
    assert sheet.row_number(2) == 3


def test_semicolons_win_over_decimal_commas(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Tên;Đất;Sàn\na;1,5;2,5\nb;3,5;4,5\n", encoding="utf-8")
    assert opened(path)[0].rows[1] == ["a", "1,5", "2,5"]


def layer() -> gpd.GeoDataFrame:
    data = {"name": ["Trụ sở", "Trạm"], "commune_code": ["02647", None], "rooms": [3, None]}
    return gpd.GeoDataFrame(data, geometry=[Point(104, 22), None], crs="EPSG:4326")


@pytest.mark.parametrize("suffix", [".gpkg", ".geojson", ".parquet", ".shp"])
def test_layers(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    if suffix == ".parquet":
        layer().to_parquet(path)
    else:
        frame = layer().rename(columns={"commune_code": "commune_co"}) if suffix == ".shp" else layer()
        frame.to_file(path)
    (sheet,) = opened(path)
    fields = [str(cell)[:10] for cell in sheet.rows[0]]
    assert fields[:3] == ["name", "commune_co", "rooms"]
    assert [row[:3] for row in sheet.rows[1:]] == [["Trụ sở", "02647", 3.0], ["Trạm", None, None]]
    assert sheet.geometry is not None
    assert list(sheet.geometry.isna()) == [False, True]
    assert sheet.row_number(1) == 1


def test_parquet_without_geometry(tmp_path: Path) -> None:
    pd.DataFrame({"name": ["a"], "address": ["b"]}).to_parquet(tmp_path / "a.parquet")
    assert opened(tmp_path / "a.parquet")[0].rows == [["name", "address"], ["a", "b"]]


def test_the_layer_named_like_the_table_is_read(tmp_path: Path) -> None:
    layer().to_file(tmp_path / "a.gpkg", layer="other")
    layer().to_file(tmp_path / "a.gpkg", layer="facilities")
    assert [sheet.name for sheet in opened(tmp_path / "a.gpkg")] == ["facilities"]


@pytest.mark.parametrize(
    ("name", "content", "rule"),
    [
        ("a.xlsx", b"no workbook at all", "not-a-workbook"),
        ("a.xlsx", b"", "not-a-workbook"),
        ("a.xls", b"no workbook at all", "not-a-workbook"),
        ("a.gpkg", b"no layer at all", "not-a-layer"),
        ("a.geojson", b"{", "not-a-layer"),
        ("a.parquet", b"no parquet", "not-a-layer"),
        ("a.shp", b"no shapes", "not-a-layer"),
        ("a.csv", "Tên;Xã".encode("cp1258", "replace") + b"\xff", "not-utf8"),
        ("a.csv", b"", "empty-sheet"),
        ("a.csv", b"\n\n", "empty-sheet"),
        ("a.docx", b"text", "unknown-format"),
    ],
)
def test_what_cannot_be_read(tmp_path: Path, name: str, content: bytes, rule: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert refused(path) == rule


def test_a_missing_file_and_an_empty_sheet(tmp_path: Path) -> None:
    assert refused(tmp_path / "none.xlsx") == "file-missing"
    assert refused(workbook(tmp_path / "a.xlsx", {"Trống": []})) == "empty-sheet"


def test_the_hash_of_a_shapefile_covers_its_table(tmp_path: Path) -> None:
    layer()[["name", "geometry"]].to_file(tmp_path / "a.shp")
    before = file_hash(tmp_path / "a.shp")
    (tmp_path / "a.dbf").write_bytes((tmp_path / "a.dbf").read_bytes() + b" ")
    assert file_hash(tmp_path / "a.shp") != before

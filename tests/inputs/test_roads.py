"""Roads of vector files: classes, directions, seasons and speeds as provinces and OpenStreetMap write them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
from shapely.geometry import LineString, MultiLineString, Point

from planner.inputs.roads import read_roads

LINE = LineString([(104.0, 22.0), (104.01, 22.0)])


def read(path: Path, mapping: dict[str, str] | None = None) -> tuple[gpd.GeoDataFrame, dict[str, Any]]:
    frame, records = read_roads([path], mapping or {}, "en")
    return frame, {record.rule: record for record in records if record.rule != "columns-matched"}


def layer(path: Path, name: str = "roads", crs: str | None = "EPSG:4326", **columns: list[Any]) -> Path:
    count = len(next(iter(columns.values()))) if columns else 1
    shapes = columns.pop("geometry", [LINE] * count)
    gpd.GeoDataFrame(columns, geometry=shapes, crs=crs).to_file(path, layer=name)
    return path


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("Quốc lộ", "national"), ("QL", "national"), ("primary", "national"), ("trunk_link", "national"),
        ("tỉnh lộ", "provincial"), ("secondary", "provincial"), ("Đường huyện", "district"), ("tertiary", "district"),
        ("đường xã", "commune"), ("unclassified", "commune"), ("residential", "street"), ("Đường thôn", "village"),
        ("track", "track"), ("footway", "path"), ("Phà", "ferry"), (None, "unknown"),
    ],
)  # fmt: skip
def test_classes_in_either_language(tmp_path: Path, said: str | None, key: str) -> None:
    frame, _ = read(layer(tmp_path / "a.gpkg", highway=[said, "path"]))
    assert frame["class"].tolist() == [key, "path"]
    assert bool(frame["ferry"].iloc[0]) == (key == "ferry")


def test_directions(tmp_path: Path) -> None:
    said = ["yes", "-1", "no", None, "F", "T", "B", "1", "0"]
    frame, records = read(layer(tmp_path / "a.geojson", fclass=["path"] * 9, oneway=said))
    expected = ["forward", "backward", "both", "both", "forward", "backward", "both", "forward", "both"]
    assert (frame["oneway"].tolist(), records) == (expected, {})
    numbers, _ = read(layer(tmp_path / "b.gpkg", fclass=["path"] * 3, oneway=[1, -1, 0]))
    assert numbers["oneway"].tolist() == ["forward", "backward", "both"]


def test_seasons_ferries_bridges(tmp_path: Path) -> None:
    path = layer(
        tmp_path / "a.gpkg", **{"Loại đường": ["Đường xã"] * 4, "Mùa": ["mùa khô", "cả năm", None, "dry"],
                                "route": [None, "ferry", None, None], "Cầu": ["yes", "no", "viaduct", None]},
    )  # fmt: skip
    frame, _ = read(path)
    assert frame["season"].tolist() == ["dry", "all", "all", "dry"]
    assert frame["class"].tolist() == ["commune", "ferry", "commune", "commune"]
    assert frame["bridge"].tolist() == [True, False, True, False]


def test_an_unknown_class_is_told_once_with_its_count(tmp_path: Path) -> None:
    frame, records = read(layer(tmp_path / "a.gpkg", **{"class": ["monorail", "path", "monorail"]}))
    assert frame["class"].tolist() == ["unknown", "path", "unknown"]
    record = records["unknown-value"]
    assert (record.row, record.column, record.value, record.severity) == (1, "class", "monorail", "warning")


def test_roads_without_a_class_say_so(tmp_path: Path) -> None:
    frame, records = read(layer(tmp_path / "a.geojson"))
    assert frame["class"].tolist() == ["unknown"]
    assert records["roads-without-class"].severity == "warning"


def test_speeds(tmp_path: Path) -> None:
    frame, records = read(layer(tmp_path / "a.gpkg", **{"class": ["path"] * 3, "speed_kmh": [20.0, 0.0, None]}))
    assert frame["speed_kmh"].fillna(-1).tolist() == [20.0, -1, -1]
    assert (records["road-speed-zero"].row, records["road-speed-zero"].severity) == (2, "warning")
    _, records = read(layer(tmp_path / "b.gpkg", **{"class": ["path"] * 2, "Tốc độ": ["30", "-5"]}))
    assert (records["road-speed-negative"].row, records["road-speed-negative"].severity) == (2, "error")
    assert records["road-speed-negative"].column == "Tốc độ"


def test_what_is_no_open_road_is_set_aside(tmp_path: Path) -> None:
    two = MultiLineString([LINE.coords, [(104.0, 22.1), (104.1, 22.1)]])
    path = layer(tmp_path / "a.geojson", highway=["path", "construction", "path", "path"],
                 geometry=[two, LINE, Point(104, 22), LineString([(104, 22), (104, 22)])])  # fmt: skip
    frame, records = read(path)
    assert frame["row"].tolist() == [1, 1]
    assert records["road-not-open"].row == 2
    assert (records["road-not-a-line"].row, records["road-not-a-line"].value) == (3, "Point")


@pytest.mark.parametrize("name", ["a.gpkg", "a.geojson", "a.shp", "a.fgb", "a.gml", "a.kml", "a.parquet"])
def test_any_vector_file(tmp_path: Path, name: str) -> None:
    frame = gpd.GeoDataFrame({"highway": ["track"]}, geometry=[LINE], crs="EPSG:4326")
    path = tmp_path / name
    if name.endswith("parquet"):
        frame.to_parquet(path)
    else:
        frame.to_file(path, driver="LIBKML" if name.endswith("kml") else None)
    roads, _ = read(path)
    assert roads["class"].tolist() == ["track"]
    assert roads.geometry.iloc[0].length == pytest.approx(0.01, rel=1e-6)


@pytest.mark.parametrize("crs", ["EPSG:32648", "EPSG:9210", "+proj=tmerc +lon_0=104 +x_0=500000 +ellps=WGS84 +units=m"])
def test_any_crs(tmp_path: Path, crs: str) -> None:
    frame = gpd.GeoDataFrame({"highway": ["track"]}, geometry=[LINE], crs="EPSG:4326").to_crs(crs)
    frame.to_file(tmp_path / "a.gpkg")
    roads, _ = read(tmp_path / "a.gpkg")
    assert roads.geometry.iloc[0].distance(LINE) < 1e-4
    assert roads.crs == "EPSG:4326"


def test_a_layer_called_roads_is_preferred(tmp_path: Path) -> None:
    layer(tmp_path / "a.gpkg", name="rivers", waterway=["river"])
    layer(tmp_path / "a.gpkg", name="roads", highway=["track", "path"])
    frame, _ = read(tmp_path / "a.gpkg")
    assert frame["sheet"].tolist() == ["roads"] * 2


@pytest.mark.parametrize(
    ("make", "rule"),
    [
        (lambda _: None, "file-missing"),
        (lambda path: layer(path, highway=["path"], geometry=[Point(104, 22)]), "roads-empty"),
        (lambda path: layer(path, highway=["path"], geometry=[LineString([(0, 0), (1, 1)])]), "wrong-crs"),
        (lambda path: path.write_text("no layer"), "not-a-layer"),
    ],
)
def test_files_without_roads_are_errors(tmp_path: Path, make: Any, rule: str) -> None:
    make(tmp_path / "a.gpkg")
    _, records = read(tmp_path / "a.gpkg")
    assert records[rule].severity == "error"
    assert records[rule].file == "a.gpkg"


def test_tags_of_openstreetmap_in_one_field(tmp_path: Path) -> None:
    tags = '"oneway"=>"yes","bridge"=>"yes"'
    frame, _ = read(
        layer(tmp_path / "a.gpkg", name="lines", highway=["primary", None], other_tags=[tags, '"route"=>"ferry"'])
    )
    assert frame["oneway"].tolist() == ["forward", "both"]
    assert frame["bridge"].tolist() == [True, False]
    assert frame["class"].tolist() == ["national", "ferry"]


def test_what_was_understood_is_told(tmp_path: Path) -> None:
    _, records = read_roads([layer(tmp_path / "a.gpkg", fclass=["path"], oneway=["B"], ref=["DT151"])], {}, "en")
    assert [(r.rule, r.severity) for r in records] == [("columns-matched", "info")]
    assert "fclass → class; ref → name" in records[0].message


def test_the_mapping_names_columns(tmp_path: Path) -> None:
    frame, _ = read(layer(tmp_path / "a.gpkg", rank=["track"], extra=[1]), {"rank": "class"})
    assert frame["class"].tolist() == ["track"]

"""A raster of people gives villages what they lack, or stands in for them; nobody is lost and nothing is silent."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Transformer

from planner.errors import PlannerError, Record
from planner.inputs.places.people import Grid, settle, settlements_from_cells
from planner.inputs.places.raster import Cells, cut_raster
from planner.inputs.tables import Inputs, make_table
from planner.scenario import Scenario
from tests.tiny import tiny_communes, tiny_settlements, write_tiny

rasterio = pytest.importorskip("rasterio", reason="the extra raster is not installed")
pytest.importorskip("exactextract", reason="the extra raster is not installed")

WEST, NORTH, STEP = 104.0, 22.16, 0.01
"""Of a raster with sixteen cells a side that covers the tiny province; each commune holds eight by eight."""

ALL = np.ones(4, dtype=bool)


def write_raster(path: Path, values: Any, **changes: Any) -> Path:
    """Write persons per cell as a GeoTIFF over the tiny province."""
    cells = np.asarray(values, dtype=changes.pop("dtype", "float32"))
    place = {"crs": "EPSG:4326", "transform": rasterio.Affine(STEP, 0, WEST, 0, -STEP, NORTH)} | changes
    bands = cells if cells.ndim == 3 else cells[None]
    kept = {key: value for key, value in place.items() if value is not None}
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        count=len(bands),
        height=bands.shape[1],
        width=bands.shape[2],
        dtype=cells.dtype,
        **kept,
    ) as file:
        file.write(bands)
    return path


def communes_table(population: Sequence[float | None] = (640.0, 640.0, 640.0, 640.0)) -> gpd.GeoDataFrame:
    layer = tiny_communes()
    values = {"commune_code": layer["commune_code"], "name": layer["name"], "population": list(population)}
    table = make_table("communes", values | {"file": ["communes.gpkg"] * 4, "row": [1, 2, 3, 4]}, 4)
    return gpd.GeoDataFrame(table, geometry=layer.geometry.to_numpy(), crs="EPSG:4326")


def cut(path: Path, communes: gpd.GeoDataFrame | None = None) -> tuple[Cells, list[Record]]:
    cells, records = cut_raster(path, communes_table() if communes is None else communes, "en")
    assert cells is not None, records
    return cells, records


def sums(cells: Cells) -> list[float]:
    return np.bincount(cells.commune, cells.people, 4).round(3).tolist()


def rules(records: Sequence[Record]) -> list[str]:
    return [record.rule for record in records]


# ---------------------------------------------------------------- cutting


def test_the_tiny_province_is_sixteen_cells_a_side() -> None:
    assert tiny_communes().total_bounds.round(6).tolist() == [WEST, NORTH - 16 * STEP, WEST + 16 * STEP, NORTH]


def test_each_commune_gets_the_people_of_its_cells(tmp_path: Path) -> None:
    cells, records = cut(write_raster(tmp_path / "people.tif", np.full((16, 16), 10.0)))
    assert sums(cells) == [640.0] * 4
    assert cells.told.all()
    assert records == []


def test_a_cell_on_the_boundary_counts_in_each_commune_by_its_part(tmp_path: Path) -> None:
    step = 0.06  # three cells a side; two thirds of the middle row lie in the north, a third in the south
    place = rasterio.Affine(step, 0, WEST, 0, -step, NORTH + 0.02)
    values = [[0, 0, 0], [900, 0, 0], [0, 0, 0]]
    cells, _ = cut(write_raster(tmp_path / "coarse.tif", values, transform=place))
    assert sums(cells) == [300.0, 0.0, 600.0, 0.0]


def test_a_raster_in_another_system_gives_the_same_people_and_says_so(tmp_path: Path) -> None:
    to_utm = Transformer.from_crs(4326, 32648, always_xy=True)
    west, north = to_utm.transform(WEST - 0.02, NORTH + 0.02)
    cells = np.full((240, 240), 1.0)
    place = rasterio.Affine(100, 0, west, 0, -100, north)
    found, records = cut(write_raster(tmp_path / "utm.tif", cells, crs="EPSG:32648", transform=place))
    area = tiny_communes().to_crs(32648).area / 1e4
    assert sums(found) == pytest.approx(area.tolist(), rel=1e-3)
    assert [(r.rule, r.severity, r.value) for r in records if r.table == "population"] == [
        ("raster-other-crs", "info", "EPSG:32648")
    ]


def test_cells_without_a_value_and_impossible_ones_count_nobody_and_are_told(tmp_path: Path) -> None:
    values = np.full((16, 16), 10.0)
    values[0, :4] = -1  # declared as no data
    values[1, 0], values[2, 0] = -9999, np.inf
    values[3, 0] = np.nan
    cells, records = cut(write_raster(tmp_path / "people.tif", values, nodata=-1))
    assert sum(sums(cells)) == 2560 - 7 * 10
    told = {record.rule: record for record in records}
    assert (told["raster-nodata"].value, told["raster-nodata"].severity) == ("5", "info")
    assert (told["raster-impossible-value"].value, told["raster-impossible-value"].severity) == ("-9999", "warning")
    assert "2 cells" in told["raster-impossible-value"].message


def test_a_commune_that_differs_by_more_than_a_fifth_is_told(tmp_path: Path) -> None:
    path = write_raster(tmp_path / "people.tif", np.full((16, 16), 10.0))
    _, records = cut(path, communes_table((800.0, 801.0, 500.0, None)))
    assert [(r.rule, r.severity, r.file, r.row, r.value) for r in records] == [
        ("raster-population-differs", "warning", "communes.gpkg", 2, "801"),
        ("raster-population-differs", "warning", "communes.gpkg", 3, "500"),
    ]
    assert "640" in records[0].message


def test_a_commune_that_the_raster_covers_in_part_is_told_instead(tmp_path: Path) -> None:
    cells, records = cut(write_raster(tmp_path / "west.tif", np.full((16, 12), 10.0)))
    assert [(r.rule, r.value) for r in records] == [
        ("raster-covers-part", "Xã Bình"),
        ("raster-covers-part", "Xã Dương"),
    ]
    assert "50%" in records[0].message
    assert sums(cells) == [640.0, 320.0, 640.0, 320.0]


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("raster-without-crs", {"crs": None}),
        ("raster-rotated", {"transform": rasterio.Affine(STEP, 0.001, WEST, 0, -STEP, NORTH)}),
        ("raster-rotated", {"transform": rasterio.Affine(STEP, 0, WEST, 0, STEP, NORTH - 16 * STEP)}),
        ("raster-elsewhere", {"transform": rasterio.Affine(STEP, 0, 10.0, 0, -STEP, 50.0)}),
    ],
)
def test_a_raster_that_cannot_be_laid_over_the_communes_is_an_error(
    tmp_path: Path, rule: str, changes: dict[str, Any]
) -> None:
    path = write_raster(tmp_path / "people.tif", np.ones((16, 16)), **changes)
    cells, records = cut_raster(path, communes_table(), "en")
    assert cells is None
    assert [(r.rule, r.severity, r.file) for r in records] == [(rule, "error", "people.tif")]
    assert records[0].fix


def test_what_is_no_raster_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "people.tif").write_text("commune,people", encoding="utf-8")
    assert rules(cut_raster(tmp_path / "people.tif", communes_table(), "vi")[1]) == ["raster-unreadable"]
    assert rules(cut_raster(tmp_path / "none.tif", communes_table(), "vi")[1]) == ["file-missing"]
    waves = write_raster(tmp_path / "waves.tif", np.ones((16, 16)), dtype="complex64")
    assert rules(cut_raster(waves, communes_table(), "vi")[1]) == ["raster-unreadable"]
    whole = write_raster(tmp_path / "whole.tif", np.random.default_rng(1).random((16, 16))).read_bytes()
    (tmp_path / "half.tif").write_bytes(whole[: len(whole) // 2])
    assert rules(cut_raster(tmp_path / "half.tif", communes_table(), "vi")[1]) == ["raster-unreadable"]


def test_a_missing_library_is_named_with_the_way_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_raster(tmp_path / "people.tif", np.ones((16, 16)))
    found = builtins.__import__

    def without(name: str, *args: Any, **kwargs: Any) -> Any:
        if name == "exactextract":
            raise ModuleNotFoundError(name=name)
        return found(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    (record,) = cut_raster(path, communes_table(), "en")[1]
    assert record.rule == "raster-library-missing"
    assert "exactextract" in record.message
    assert "reallocation-planner[raster]" in record.fix


def test_only_the_first_band_counts_and_that_is_told(tmp_path: Path) -> None:
    cells, records = cut(write_raster(tmp_path / "two.tif", np.stack([np.full((16, 16), 10.0), np.zeros((16, 16))])))
    assert sum(sums(cells)) == 2560
    assert rules(records) == ["raster-bands"]


# ---------------------------------------------------------------- points from cells

people = st.lists(st.floats(min_value=0.01, max_value=500), min_size=1, max_size=60)


@settings(max_examples=60, deadline=None)
@given(people=people, seed=st.integers(0, 10_000), least=st.sampled_from([0.0, 10.0, 1e6]))
def test_no_point_loses_anybody_and_all_lie_in_their_commune(people: list[float], seed: int, least: float) -> None:
    draw = np.random.default_rng(seed)
    n, communes = len(people), communes_table()
    commune = np.sort(draw.integers(0, 4, n))
    west, south, east, north = communes.geometry.bounds.to_numpy()[commune].T
    lon, lat = draw.uniform(west - STEP / 2, east + STEP / 2), draw.uniform(south - STEP / 2, north + STEP / 2)
    cells = Cells(commune, lon, lat, np.array(people), ALL, "people.tif")
    points = settlements_from_cells(cells, communes, ALL, Grid(1.0, least))
    expected = pd.Series(people).groupby(communes["commune_code"].to_numpy()[commune]).sum()
    found = points.groupby("commune_code")["population"].sum()
    assert found.index.tolist() == expected.index.tolist()
    assert found.to_numpy(float) == pytest.approx(expected.to_numpy(), abs=0.001 * n)
    assert points["settlement_id"].is_unique
    home = communes.set_index("commune_code").geometry.reindex(points["commune_code"])
    assert shapely.dwithin(home.to_numpy(), points.geometry.to_numpy(), 1e-9).all()
    few = points["population"] < least - 0.001 * n
    assert not (few & (points.groupby("commune_code")["population"].transform("max") >= least)).any()


def test_cells_join_in_squares_of_a_kilometre_and_small_squares_join_their_neighbour() -> None:
    lon = np.array([104.025, 104.026, 104.027, 104.060])
    cells = Cells(np.zeros(4, int), lon, np.full(4, 22.041), np.array([30.0, 30.0, 40.0, 3.0]), ALL, "people.tif")
    points = settlements_from_cells(cells, communes_table(), ALL, Grid(1.0, 10.0))
    assert points["population"].tolist() == [103.0]
    assert points["position_quality"].tolist() == ["grid"]
    assert points.geometry.x.tolist() == pytest.approx([np.average(lon[:3], weights=[30, 30, 40])], abs=1e-6)
    alone = settlements_from_cells(cells, communes_table(), ALL, Grid(1.0, 1.0))
    assert sorted(alone["population"]) == [3.0, 100.0]


# ---------------------------------------------------------------- with and without villages


def province(folder: Path, values: Any, settlements: list[dict[str, Any]] | None, **changes: Any) -> Inputs:
    path = write_tiny(folder, settlements=settlements or tiny_settlements())
    raster = write_raster(folder / "people.tif", values, **changes)
    more = {} if settlements else {"inputs__settlements": None}
    return Scenario.load(path, inputs__population=str(raster), **more).read()


def test_villages_without_people_take_the_cells_nearest_to_them(tmp_path: Path) -> None:
    values = np.zeros((16, 16))
    values[13, 2] = 100  # beside the first village of Xã An (104.02, 22.02)
    values[9, 6] = 50  # beside the third (104.06, 22.06)
    villages = tiny_settlements()
    for village in villages[:2]:
        village["population"] = None
    read = province(tmp_path, values, villages)
    table = read.settlements[read.settlements["commune_code"] == "00901"]
    assert table["population"].tolist() == [100.0, 0.0, 1500.0]  # the third keeps its own number
    record = read.checks[read.checks["rule"] == "population-from-raster"].iloc[0]
    assert "2 " in record["message"]
    assert "100" in record["message"]
    assert [source.path for source in read.sources][-1] == "people.tif"


def test_a_raster_without_anybody_says_that_nobody_is_there(tmp_path: Path) -> None:
    villages = [row | {"population": None} for row in tiny_settlements()]
    assert province(tmp_path / "listed", np.zeros((16, 16)), villages).settlements["population"].tolist() == [0.0] * 12
    read = province(tmp_path / "made", np.zeros((16, 16)), None)
    assert len(read.settlements) == 0
    assert (read.checks["rule"] == "commune-without-villages").sum() == 4


def test_a_village_without_a_position_stays_unknown(tmp_path: Path) -> None:
    villages = tiny_settlements()
    villages[0] |= {"population": None, "lon": None, "lat": None}
    villages[1]["population"] = None
    read = province(tmp_path, np.full((16, 16), 10.0), villages)
    assert read.settlements["population"].isna().tolist() == [True] + [False] * 11
    told = read.checks[read.checks["rule"] == "missing-village-population"]
    assert told["row"].tolist() == [2]


def test_old_communes_share_what_is_known_and_no_more() -> None:
    table, records = settle(None, communes_table((640.0, None, 7.0, 0.0)), None, Grid(1.0, 10.0), "vi")
    population = table.groupby("commune_code")["population"].sum(min_count=1)
    assert population.fillna(-1).to_dict() == {"00901": 640.0, "00902": -1.0, "00903": 7.0, "00904": 0.0}
    assert rules(records) == ["settlements-assumed"]


def test_without_villages_the_cells_are_the_points(tmp_path: Path) -> None:
    values = np.full((16, 16), 10.0)
    values[:8, :8] = 0  # nobody in the north-west
    read = province(tmp_path, values, None)
    sums = read.settlements.groupby("commune_code")["population"].sum()
    assert sums.round(2).to_dict() == {"00901": 640.0, "00902": 640.0, "00904": 640.0}
    assert set(read.settlements["position_quality"]) == {"grid"}
    found = set(read.checks["rule"])
    assert {"settlements-from-raster", "commune-without-villages", "raster-population-differs"} <= found
    assert "population-differs" not in found


def test_where_the_raster_says_nothing_the_old_communes_stand_in() -> None:
    values = np.array([True, True, False, True])
    cells = Cells(np.array([0, 1, 3]), np.array([104.02, 104.1, 104.1]), np.array([22.02, 22.02, 22.1]),
                  np.array([90.0, 80.0, 70.0]), values, "people.tif")  # fmt: skip
    table, records = settle(None, communes_table(), cells, Grid(1.0, 10.0), "en")
    assert table["commune_code"].tolist() == ["00901", "00902", "00904", "00903"]
    assert table["population"].tolist() == [90.0, 80.0, 70.0, 640.0]
    assert rules(records) == ["settlements-from-raster", "settlements-assumed"]


def test_a_plan_can_be_made_from_a_raster_alone(tmp_path: Path) -> None:
    path = write_tiny(tmp_path)
    raster = write_raster(tmp_path / "people.tif", np.full((16, 16), 60.0))
    scenario = Scenario.load(path, inputs__population=str(raster), inputs__settlements=None)
    plan = scenario.solve(scenario.read())
    plan.save(tmp_path / "out")
    assert (tmp_path / "out" / "map.html").is_file()
    need = plan.needs[plan.needs["use"] == "primary"].set_index("commune_code")["need"]
    assert need.to_dict() == pytest.approx(
        dict.fromkeys(["00901", "00902", "00903", "00904"], 64 * 60 * 0.065), rel=1e-4
    )


def test_a_raster_that_cannot_be_used_stops_the_run(tmp_path: Path) -> None:
    with pytest.raises(PlannerError, match=r"people\.tif"):
        province(tmp_path, np.ones((16, 16)), tiny_settlements(), crs=None)

"""VN-2000 coordinates as lists have them, written from known points and read back: how many come back or are flagged.

Run with `python -m benchmarks.coordinates [FOLDER]`: the folder holds `old_communes.parquet`, the points of former
communes with `new_code` and `province_old`, and `communes.parquet`, those of today with `code` and `full_name`.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import Geod

from planner.catalogue.load import read_data
from planner.errors import Record
from planner.inputs.lists.blocks import read_blocks
from planner.inputs.places.resolve import BOUNDARY_TOLERANCE_M, Communes, place_facilities
from planner.inputs.places.units import unit_name
from planner.inputs.positions.candidates import Reading, located, make_pairs, metres_away, province_system
from planner.inputs.positions.crs import transformer
from planner.inputs.positions.points import place_block
from planner.inputs.positions.readings import resolve_positions, settled
from planner.inputs.tables import WGS84, make_table

SHARED = Path(__file__).parents[2] / "shared" / "data"
KINDS = ("labelled", "swapped", "neighbour", "unlabelled")
SHARES = (0.85, 0.05, 0.05, 0.05)
SHARE = 0.98
"""So many of the points whose commune tells the readings apart must come back."""
BACK_M = 2.0
"""A point came back where it lies this near to where it was."""


@dataclass(frozen=True)
class Case:
    """Points written as a list.

    Attributes
    ----------
    rows : the list: `name`, `commune_code`, `x`, `y`, `crs`. kinds : what was done to each row. points : the truth.
    apart : whether the row's commune tells its reading from those in every other meridian.
    """

    rows: pd.DataFrame
    kinds: np.ndarray
    points: gpd.GeoSeries
    apart: np.ndarray


def make_case(points: gpd.GeoDataFrame, communes: gpd.GeoDataFrame, seed: int = 1) -> Case:
    """Write points in the meridian of their former province.

    Parameters
    ----------
    points : `commune_code`, `province` (former, by name) and points in EPSG:4326.
    communes : the communes table of the data model.
    seed : decides which 5 % each are swapped (X and Y), in the neighbour's meridian (under the own label), unlabelled.
    """
    rng = np.random.default_rng(seed)
    kinds = rng.permutation(np.repeat(KINDS, np.diff(np.round(np.cumsum([0, *SHARES]) * len(points)).astype(int))))
    own = points["province"].map(lambda name: province_system(unit_name(name, "province").key))
    written = own.where(kinds != "neighbour", points["province"].map(_neighbours(points, own)))
    north, east = np.empty(len(points)), np.empty(len(points))
    for crs in sorted(set(written)):
        here = (written == crs).to_numpy()
        places = points.geometry[here]
        east[here], north[here] = transformer(crs).transform(places.x, places.y, direction="INVERSE")
    swapped = kinds == "swapped"
    rows = pd.DataFrame(
        {
            "name": [f"Cơ sở {i}" for i in range(len(points))],
            "commune_code": points["commune_code"].to_numpy(),
            "x": np.where(swapped, east, north).round(2),
            "y": np.where(swapped, north, east).round(2),
            "crs": np.where(kinds == "unlabelled", "", own),
        }
    )
    return Case(
        rows, kinds, points.geometry.reset_index(drop=True), _apart(rows, written.to_numpy(), swapped, communes)
    )


def _neighbours(points: gpd.GeoDataFrame, own: pd.Series) -> dict[str, str]:
    """Return for each former province the system of the nearest one that has another."""
    table = pd.DataFrame({"lon": points.geometry.x, "lat": points.geometry.y, "own": own, "name": points["province"]})
    middles = table.groupby("name").agg({"lon": "median", "lat": "median", "own": "first"})
    return {
        name: min(
            (other for other in middles.itertuples() if other.own != row.own),
            key=lambda other: np.hypot(other.lon - row.lon, other.lat - row.lat),
        ).own
        for name, row in zip(middles.index, middles.itertuples(), strict=True)
    }


def _apart(rows: pd.DataFrame, written: np.ndarray, swapped: np.ndarray, communes: gpd.GeoDataFrame) -> np.ndarray:
    """Return whether the written reading and no other TM-3 meridian puts a row into its commune."""
    table = rows.assign(
        x=np.where(swapped, rows["y"], rows["x"]), y=np.where(swapped, rows["x"], rows["y"]), lon=np.nan, lat=np.nan
    )
    pairs = make_pairs(table, np.arange(len(rows)))
    known = Communes(communes)
    right, wrong = np.zeros(len(rows), bool), np.zeros(len(rows), bool)
    for code in read_data("meridians")["tm3"].values():
        crs = f"EPSG:{code}"
        inside = metres_away(*located(Reading(crs), pairs), pairs.codes, known) <= BOUNDARY_TOLERANCE_M
        right |= inside & (written == crs)
        wrong |= inside & (written != crs)
    return right & ~wrong


def read_case(case: Case, communes: gpd.GeoDataFrame, folder: Path) -> tuple[gpd.GeoDataFrame, list[Record], float]:
    """Write the list as a CSV file, read it and return the table, the records about its rows and the seconds."""
    path = folder / "list.csv"
    case.rows.to_csv(path, index=False)
    start = time.perf_counter()
    (block,), _ = read_blocks(path, "facilities", {}, "en")
    geometry, records = place_block(block)
    values = {**block.data, "file": [path.name] * len(block.rows), "row": block.rows}
    table = gpd.GeoDataFrame(make_table("facilities", values, len(block.rows)), geometry=geometry)
    table, more = place_facilities(table, communes, "en")
    table, found = resolve_positions(table, communes, "en")
    return table, [*records, *settled(more, found), *found], time.perf_counter() - start


@dataclass(frozen=True)
class Outcome:
    """What became of the rows of one kind.

    Attributes
    ----------
    rows, apart : all rows, those whose commune tells the readings apart. back : of these, within 2 m of the truth.
    flagged : of the other rows not back, those with a warning. silent : rows moved without one.
    """

    kind: str
    rows: int
    apart: int
    back: int
    back_of_all: int
    flagged: int
    silent: int


def judge(case: Case, table: gpd.GeoDataFrame, records: Iterable[Record]) -> list[Outcome]:
    """Return the outcome by kind, and of all rows."""
    told = {r.row for r in records if r.severity != "info" and r.rule != "position-is-centre"}
    flagged = np.array([row in told for row in table["row"]])
    metres = Geod(ellps="WGS84").inv(case.points.x, case.points.y, table.geometry.x, table.geometry.y)[2]
    back = metres <= BACK_M
    moved = ~back & table.geometry.notna().to_numpy()
    kinds = [*((kind, case.kinds == kind) for kind in KINDS), ("all", np.ones(len(back), bool))]
    return [
        Outcome(
            kind,
            int(here.sum()),
            int((here & case.apart).sum()),
            int((here & case.apart & back).sum()),
            int((here & back).sum()),
            int((here & ~back & flagged).sum()),
            int((here & moved & ~flagged).sum()),
        )
        for kind, here in kinds
    ]


def lines(outcomes: Iterable[Outcome]) -> list[str]:
    """Return the outcomes as a table of fixed columns."""
    head = (
        f"{'kind':<12}{'rows':>7}{'told apart':>12}{'back':>7}{'share':>9}{'all back':>13}{'flagged':>9}{'silent':>8}"
    )
    return [head] + [
        f"{o.kind:<12}{o.rows:>7}{o.apart:>12}{o.back:>7}{o.back / max(o.apart, 1):>9.2%}"
        f"{o.back_of_all:>13}{o.flagged:>9}{o.silent:>8}"
        for o in outcomes
    ]


def read_points(path: Path, count: int, seed: int = 1) -> gpd.GeoDataFrame:
    """Return so many points drawn by seed from a table of former communes."""
    table = gpd.read_parquet(path).sample(count, random_state=seed).reset_index(drop=True)
    return table[["geometry"]].assign(commune_code=table["new_code"], province=table["province_old"])


def read_communes(path: Path) -> gpd.GeoDataFrame:
    """Return the communes of today as the data model has them."""
    table = gpd.read_parquet(path)
    values = {"commune_code": table["code"], "name": table["full_name"]}
    return gpd.GeoDataFrame(make_table("communes", values, len(table)), geometry=table.geometry.to_crs(WGS84))


def main(arguments: list[str]) -> int:
    """Print the outcome for 1,000 points; return 0 where the bar holds."""
    folder = Path(arguments[0]) if arguments else SHARED
    communes = read_communes(folder / "communes.parquet")
    case = make_case(read_points(folder / "old_communes.parquet", 1000), communes)
    with tempfile.TemporaryDirectory() as place:
        table, records, seconds = read_case(case, communes, Path(place))
    outcomes = judge(case, table, records)
    sys.stdout.write("\n".join([*lines(outcomes), f"{seconds:.1f} s", ""]))
    everything = outcomes[-1]
    return 0 if everything.back >= SHARE * everything.apart and not everything.silent else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

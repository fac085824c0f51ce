"""Scarcity: with money for a third of the need, people in region III are served more because they weigh more.

The shares are computed here from allocation.csv and the province's own figures, with nothing of the package.
"""

from __future__ import annotations

import csv
import math
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import pytest
from shapely.geometry import box

from tests.tiny import HEADERS, Row, write_csv, write_facilities

VILLAGES = (900, 600, 400, 300)
"""People of the villages of every commune: the two regions are twins."""

COMMUNES = {"00911": "III", "00912": "III", "00913": "none", "00914": "none"}
HOUSES = {"a": (230.0, 180.0, 150.0, 120.0), "b": (200.0, 160.0, 130.0, 110.0)}
"""Floor area in m² of the two houses of each village."""

USABLE = 0.7
PLACES_PER_1000 = {"preschool": 50.0, "primary": 65.0}
FLOOR_PER_PLACE = {"preschool": 3.0, "primary": 2.5}
PEOPLE = sum(VILLAGES) * len(COMMUNES)
CLASSES = ("III", "II", "I", "none", "border", "island", "atk", "village")
EQUAL_WEIGHTS = f"[priority]\nweights = {{{', '.join(f'{key} = 1.0' for key in CLASSES)}}}\n"


class House(NamedTuple):
    """A former office at a village; each village lies out of reach of the houses of every other."""

    facility_id: str
    commune: str
    village: int
    floor_m2: float


def place(commune: str, village: int) -> tuple[float, float]:
    """Return lon, lat of a village: 0.06° (more than 6 km) apart, longest travel is 2 km."""
    return 104.05 + 0.2 * list(COMMUNES).index(commune) + 0.06 * (village % 2), 22.05 + 0.06 * (village // 2)


def houses() -> list[House]:
    return [
        House(f"S-{commune}-{village}-{letter}", commune, village, HOUSES[letter][village])
        for commune in COMMUNES
        for village in range(len(VILLAGES))
        for letter in HOUSES
    ]


def facilities() -> list[Row]:
    """Return two houses a village, and a larger one at the first village for the commune's office."""
    common: Row = {
        "storeys": 1, "condition": "Tốt", "current_use": "Trụ sở làm việc", "occupancy": "Bỏ trống", "owner": "Xã",
        "encumbrance": "Không", "land_use_code": "TSC", "planning_code": "TSC", "status": "Đề xuất",
        "land_area_m2": 5000,
    }  # fmt: skip
    rows = [
        common
        | {"facility_id": h.facility_id, "name": f"Trụ sở {h.facility_id}", "commune_code": h.commune}
        | {"floor_area_m2": h.floor_m2, "rooms": 40}
        | dict(zip(("lon", "lat"), place(h.commune, h.village), strict=True))
        for h in houses()
    ]
    offices = [
        common
        | {"facility_id": f"O-{commune}", "name": f"Trụ sở UBND {commune}", "commune_code": commune}
        | {"floor_area_m2": 220.0, "storeys": 4, "rooms": 12}
        | dict(zip(("lon", "lat"), place(commune, 0), strict=True))
        for commune in COMMUNES
    ]
    return rows + offices


def write_province(folder: Path) -> None:
    """Write six communes of one shape and size, half of the people in region III."""
    write_facilities(folder / "facilities.xlsx", facilities(), HEADERS)
    layer = gpd.GeoDataFrame(
        [
            {
                "commune_code": code, "name": f"Xã {code}", "province_code": "09", "population": sum(VILLAGES),
                "difficulty": difficulty, "mountainous": "yes", "staff": 5,
                "geometry": box(104.0 + 0.2 * i, 22.0, 104.2 + 0.2 * i, 22.2),
            }
            for i, (code, difficulty) in enumerate(COMMUNES.items())
        ],
        crs="EPSG:4326",
    )  # fmt: skip
    layer.to_file(folder / "communes.gpkg", layer="communes", driver="GPKG")
    villages: list[Row] = [
        {"settlement_id": f"V-{code}-{v}", "name": f"Thôn {v}", "commune_code": code, "population": people}
        | dict(zip(("lon", "lat"), place(code, v), strict=True))
        for code in COMMUNES
        for v, people in enumerate(VILLAGES)
    ]
    write_csv(folder / "settlements.csv", villages)


def write_scenario(folder: Path, name: str, budget: float, more: str = "") -> Path:
    path = folder / f"{name}.toml"
    path.write_text(
        f"""name = "{name}"
[inputs]
facilities = "facilities.xlsx"
communes = "communes.gpkg"
settlements = "settlements.csv"
[uses.preschool]
existing = "none"
[uses.primary]
existing = "none"
[budget]
renovation_million_vnd = {budget}
[solver]
threads = 1
gap_abs = 20
{more}""",
        encoding="utf-8",
    )
    return path


def run(scenario: Path) -> list[dict[str, str]]:
    """Carry out the command line and return the rows of allocation.csv."""
    out = scenario.with_suffix("")
    command = [sys.executable, "-c", "import sys; from planner.cli import main; sys.exit(main(sys.argv[1:]))"]
    done = subprocess.run(
        [*command, "run", str(scenario), "--out", str(out)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    with (out / "allocation.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def spent(rows: list[dict[str, str]]) -> float:
    return sum(float(row["renovation_cost_million_vnd"] or 0) for row in rows)


def share_served(rows: list[dict[str, str]], difficulty: str) -> float:
    """Return the share of the places needed in a region that the chosen houses offer at the villages that need them."""
    use = {row["facility_id"]: row["new_use"] for row in rows}
    need = served = 0.0
    for commune, found in COMMUNES.items():
        if found != difficulty:
            continue
        for village, people in enumerate(VILLAGES):
            here = [h for h in houses() if (h.commune, h.village) == (commune, village)]
            for school, norm in PLACES_PER_1000.items():
                places = [
                    math.floor(h.floor_m2 * USABLE / FLOOR_PER_PLACE[school])
                    for h in here
                    if use[h.facility_id] == school
                ]
                need += people * norm / 1000
                served += min(sum(places), people * norm / 1000)
    return served / need


@pytest.fixture(scope="module")
def shares(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Return for ample money, a third of it, and a third with equal weights: money spent and share served by region."""
    folder = tmp_path_factory.mktemp("scarcity")
    write_province(folder)
    ample = run(write_scenario(folder, "ample", 1_000_000))
    third = round(spent(ample) / 3)
    runs = {
        "ample": ample,
        "default": run(write_scenario(folder, "default", third)),
        "equal": run(write_scenario(folder, "equal", third, EQUAL_WEIGHTS)),
    }
    return {
        name: {
            "spent": spent(rows),
            "limit": third,
            "III": share_served(rows, "III"),
            "none": share_served(rows, "none"),
        }
        for name, rows in runs.items()
    }


def test_half_of_the_people_live_in_region_iii() -> None:
    assert sum(sum(VILLAGES) for difficulty in COMMUNES.values() if difficulty == "III") == PEOPLE / 2


def test_with_ample_money_the_regions_are_served_alike(shares: dict[str, dict[str, Any]]) -> None:
    assert shares["ample"]["III"] == pytest.approx(shares["ample"]["none"], abs=0.02)
    assert shares["ample"]["III"] > 0.8


def test_money_for_a_third_is_all_used_and_not_exceeded(shares: dict[str, dict[str, Any]]) -> None:
    for name in ("default", "equal"):
        assert 0.9 * shares[name]["limit"] <= shares[name]["spent"] <= shares[name]["limit"]


def test_region_iii_is_served_five_points_more_with_the_default_weights(shares: dict[str, dict[str, Any]]) -> None:
    assert shares["default"]["III"] >= shares["equal"]["III"] + 0.05, shares


def test_with_equal_weights_neither_region_is_favoured(shares: dict[str, dict[str, Any]]) -> None:
    assert abs(shares["equal"]["III"] - shares["equal"]["none"]) < 0.15, shares

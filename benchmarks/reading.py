"""Reading and checking a list of 50,000 facilities in 40 columns: seconds by stage and the memory at its peak.

Run with `python -m benchmarks.reading [ROWS]`. The list is made in a temporary folder from a fixed seed; its communes
are those of the sample province, its names those of the communes that were merged into them.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import xlsxwriter

from benchmarks.machine import peak_megabytes, tell
from planner.catalogue.columns import Column, columns, values
from planner.inputs import examine
from planner.inputs.files.opening import open_sheets
from planner.inputs.places.units import OldCommune, old_communes
from planner.progress import Stopwatch
from planner.scenario import Scenario

COMMUNES = Path(__file__).parents[1] / "data" / "lao-cai" / "communes.gpkg"
ROWS = 50_000
COLUMNS = (
    *("facility_id", "site_id", "name", "address", "commune_name", "old_commune", "old_district", "old_province"),
    *("lon", "lat", "map_sheet", "parcel", "land_area_m2", "floor_area_m2", "built_area_m2", "storeys", "rooms"),
    *("largest_room_m2", "built_year", "grade", "condition", "hazard", "original_value_vnd", "residual_value_vnd"),
    *("repair_cost_vnd", "current_use", "occupancy", "inventory_status", "owner", "holder", "consent", "encumbrance"),
    *(
        "certificate",
        "certificate_area_m2",
        "heritage",
        "confidential",
        "land_use_code",
        "planning_code",
        "land_demand",
    ),
    "status",
)
KINDS = ("Trụ sở UBND", "Trường tiểu học", "Trường mầm non", "Trạm y tế", "Nhà văn hóa", "Điểm trường")
USES = ("Trụ sở xã, phường", "Trường tiểu học", "Trường mầm non", "Trạm y tế", "Nhà văn hóa", "Trường tiểu học")
ALWAYS = ("facility_id", "site_id", "name", "address", "lon", "lat", "land_area_m2", "floor_area_m2", "owner")
GRADES = ("Cấp II", "Cấp III", "Cấp IV", "Nhà tạm")
BLANK_SHARE = 0.15
TEXT_SHARE = 0.1
ODD_SHARE = 0.02
"""Share of blank cells, of numbers that were typed as Vietnamese text, of facts that contradict others."""


def main(arguments: list[str]) -> None:
    """Make the list, read it and print where the time went."""
    parser = argparse.ArgumentParser(description="Read and check a large list.")
    parser.add_argument("rows", nargs="?", type=int, default=ROWS)
    count = parser.parse_args(arguments).rows
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "facilities.xlsx"
        began = time.perf_counter()
        write(path, count)
        tell(f"made {count:,} rows of {len(COLUMNS)} columns in {time.perf_counter() - began:.1f} s")
        began = time.perf_counter()
        open_sheets(path, "facilities", "vi")
        tell(f"{time.perf_counter() - began:6.1f} s  opening alone, counted in reading once more")
        scenario = Path(folder) / "large.toml"
        scenario.write_text(
            f'name = "large"\n[inputs]\nfacilities = "facilities.xlsx"\ncommunes = {COMMUNES.as_posix()!r}\n',
            encoding="utf-8",
        )
        clock = Stopwatch()
        reading = examine(Scenario.load(scenario), clock)
        for name, seconds in clock.laps.items():
            tell(f"{seconds:6.1f} s  {name}")
    tell(f"{sum(clock.laps.values()):6.1f} s  together, {peak_megabytes():,.0f} MB at the peak")
    for (rule, severity), number in Counter((found.rule, found.severity) for found in reading.records).most_common():
        tell(f"{number:8,}  {severity:8} {rule}")


def write(path: Path, count: int) -> None:
    """Write the list as a workbook."""
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("Danh sách")
    known = columns("facilities")
    sheet.write_row(0, 0, [known[key].vi for key in COLUMNS])
    for number, row in enumerate(rows(count), start=1):
        sheet.write_row(number, 0, row)
    book.close()


def rows(count: int) -> Iterator[list[object]]:
    """Yield the rows; the same for the same count."""
    draw = random.Random(1)  # noqa: S311  nothing secret
    codes = set(gpd.read_file(COMMUNES, ignore_geometry=True)["commune_code"])
    communes = [commune for commune in old_communes() if commune.today and commune.today[0] in codes]
    known = columns("facilities")
    for number in range(count):
        facts = _facts(number, draw.choice(communes), draw)
        yield [_cell(known[key], facts, draw) for key in COLUMNS]


def _facts(number: int, commune: OldCommune, draw: random.Random) -> dict[str, object]:
    """Return what hangs together: the place, the areas, the values."""
    land, storeys = draw.randint(300, 9000), draw.randint(1, 3)
    built = land // draw.randint(2, 6)
    value = built * storeys * 3_000_000
    return {
        "facility_id": f"F{number:06d}",
        "site_id": f"K{number:06d}",
        "name": f"{KINDS[number % len(KINDS)]} {commune.name.text.title()} {number % 997}",
        "address": f"thôn {number % 9}, {commune.address}",
        "old_commune": commune.full_name,
        "old_district": commune.district.text.title(),
        "old_province": commune.province.text.title(),
        "commune_name": None,
        "lon": round(commune.lon + draw.uniform(-0.002, 0.002), 6),
        "lat": round(commune.lat + draw.uniform(-0.002, 0.002), 6),
        "parcel": str(draw.randint(1, 9000)),
        "land_area_m2": land,
        "certificate_area_m2": land if draw.random() > ODD_SHARE else land + draw.randint(-200, 200),
        "built_area_m2": built,
        "floor_area_m2": built * storeys,
        "largest_room_m2": draw.randint(20, 60),
        "storeys": storeys,
        "rooms": draw.randint(1, 30),
        "built_year": draw.randint(1970, 2024),
        "grade": draw.choice(GRADES),
        "original_value_vnd": value,
        "residual_value_vnd": value // draw.randint(2, 9),
        "repair_cost_vnd": value // 10,
        "current_use": USES[number % len(KINDS)],
        "owner": "Xã",
        "consent": "Không cần",
        "encumbrance": "Không",
        "status": "Đề xuất",
    }


def _cell(column: Column, facts: dict[str, object], draw: random.Random) -> object:
    """Return a cell as such lists have it: blanks, typed numbers, marks, day/month/year."""
    if draw.random() < BLANK_SHARE and column.key not in ALWAYS:
        return None
    value = facts[column.key] if column.key in facts else _any(column, draw)
    if isinstance(value, int) and column.type == "number" and draw.random() < TEXT_SHARE:
        return f"{value:,}".replace(",", ".") + ",0"
    return value


def _any(column: Column, draw: random.Random) -> object:
    """Return a value of a column on which no other column depends."""
    if column.type == "enum":
        return draw.choice([value.vi for value in values(column.values).values()])
    if column.type == "bool":
        return draw.choice(["x", "không", None])
    if column.type == "date":
        return f"{draw.randint(1, 28):02d}/{draw.randint(1, 12):02d}/2024"
    return f"{column.vi} {draw.randint(1, 499)}"


if __name__ == "__main__":
    main(sys.argv[1:])

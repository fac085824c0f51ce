"""Make the sample province: real names and codes, synthetic villages, services and surplus facilities.

Run `python data/lao-cai/make_sample.py`; the same files come out byte for byte.
"""

import argparse
import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

import geopandas as gpd
import pyogrio
import shapely
from sample import facts
from sample.facilities import World, choose_seats, make_facilities
from sample.legal import add_rights
from sample.places import Commune, degrees, read_communes, to_degrees
from sample.services import Service, make_services
from sample.villages import Village, make_villages
from sample.workbook import write_workbook

HERE = Path(__file__).resolve().parent
WRITTEN = "2026-01-01T00:00:00.000Z"
UNITS = {"commune_office": "m2"}


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the sample's data files.

    Parameters
    ----------
    arguments
        Command line; `--out DIR` writes elsewhere than beside this script.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE, help="folder to write into")
    out: Path = parser.parse_args(arguments).out
    out.mkdir(parents=True, exist_ok=True)

    communes = read_communes()
    villages = make_villages(communes)
    world = World(communes, villages, choose_seats(communes))
    facilities = make_facilities(world)
    add_rights(facilities, {commune.code: commune.difficulty for commune in communes})

    write_communes(out / "communes.gpkg", communes)
    write_settlements(out / "settlements.csv", villages)
    write_services(out / "services.csv", make_services(world, facilities))
    write_workbook(out / "facilities.xlsx", facilities)


def write_communes(path: Path, communes: Sequence[Commune]) -> None:
    """Write the commune polygons as a GeoPackage whose time stamps are fixed."""
    boundaries = [degrees(commune.boundary) for commune in communes]
    table = gpd.GeoDataFrame(
        {
            "commune_code": [commune.code for commune in communes],
            "name": [commune.name for commune in communes],
            "province_code": facts.PROVINCE_CODE,
            "old_communes": ["; ".join(old.name for old in commune.old) for commune in communes],
            "population": [commune.population for commune in communes],
            "area_km2": [round(commune.boundary.area, 1) for commune in communes],
            "difficulty": [commune.difficulty for commune in communes],
            "border": [_yes_no(commune.border) for commune in communes],
            "island": "no",
            "atk": None,
            "mountainous": [_yes_no(commune.mountainous) for commune in communes],
            "staff": [commune.staff for commune in communes],
            "office_need_m2": None,
            "approximate": "yes",
        },
        geometry=boundaries,
        crs="EPSG:4326",
    ).astype({"atk": "str", "office_need_m2": "float64"})
    if not shapely.is_valid(boundaries).all():
        message = "A commune polygon is not valid."
        raise ValueError(message)
    path.unlink(missing_ok=True)
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": WRITTEN})
    table.to_file(path, layer="communes", driver="GPKG", engine="pyogrio", layer_options={"DESCRIPTION": "approximate"})


def write_settlements(path: Path, villages: Sequence[Village]) -> None:
    """Write the villages."""
    header = ("settlement_id", "name", "commune_code", "lon", "lat", "population", "specially_disadvantaged")
    rows = (
        (v.settlement_id, v.name, v.old.commune_code, *to_degrees(v.x, v.y), v.population, "yes" if v.poor else "")
        for v in villages
    )
    _write_csv(path, header, rows)


def write_services(path: Path, services: Sequence[Service]) -> None:
    """Write the existing services with running numbers."""
    header = (
        "service_id", "facility_id", "use", "name", "commune_code", "lon", "lat", "capacity", "capacity_unit", "status",
    )  # fmt: skip
    rows = (
        (f"DV-{number:04d}", s.facility_id, s.use, s.name, s.commune_code, *s.place, s.capacity, _unit(s), s.status)
        for number, s in enumerate(services, start=1)
    )
    _write_csv(path, header, rows)


def _unit(service: Service) -> str:
    return "" if service.capacity is None else UNITS.get(service.use, "persons")


def _yes_no(value: bool) -> str:  # noqa: FBT001
    return "yes" if value else "no"


def _write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


if __name__ == "__main__":
    main()

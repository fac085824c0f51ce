"""Synthetic surplus facilities: offices, school points, health stations, culture houses left over by the mergers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sample import facts
from sample.draw import pick, split_whole, stream
from sample.kinds import AGENCIES, HEADQUARTERS, KINDS, OTHERS, Agency
from sample.physical import physical
from sample.places import Commune, OldCommune, bare, near, to_degrees
from sample.villages import Village, district_towns

Cell = str | int | float | date | None
Row = dict[str, Cell]
T = TypeVar("T")

SURPLUS = {"commune_office": 215, "health_station": 95, "culture_house": 90}
SCHOOL_POINTS = {"preschool": 112, "primary": 100, "lower_secondary": 18}
SCHOOL_NAMES = {"preschool": "Mầm non", "primary": "Tiểu học", "lower_secondary": "THCS"}
SEATS_IN_DISTRICT_OFFICES = 6
OCCUPANCY: dict[str, dict[str, float]] = {
    "commune_office": {"vacant": 0.6, "partly_used": 0.28, "in_use": 0.05, "encroached": 0.01, "": 0.06},
    "health_station": {"vacant": 0.55, "partly_used": 0.27, "in_use": 0.12, "": 0.06},
    "culture_house": {"vacant": 0.5, "partly_used": 0.25, "in_use": 0.2, "": 0.05},
    "school": {"vacant": 0.7, "partly_used": 0.07, "in_use": 0.15, "encroached": 0.02, "": 0.06},
    "district": {"vacant": 0.5, "partly_used": 0.3, "in_use": 0.15, "": 0.05},
    "project": {"vacant": 1.0},
}


@dataclass(frozen=True)
class Seat:
    """Where a new commune sits: in the office of an old commune or in a former district office."""

    old: OldCommune
    building: str  # "commune", "headquarters" or "party"


@dataclass(frozen=True)
class World:
    """What facilities and services are drawn from."""

    communes: list[Commune]
    villages: list[Village]
    seats: dict[str, Seat]

    @property
    def old(self) -> list[OldCommune]:
        """All old communes, by commune and code."""
        return [old for commune in self.communes for old in commune.old]

    def commune(self, old: OldCommune) -> Commune:
        """Return the commune of today that took in an old commune."""
        return next(commune for commune in self.communes if commune.code == old.commune_code)


def lower(name: str) -> str:
    """Write a unit's kind with a small letter, as inside a name or an address: "Xã Bát Xát" → "xã Bát Xát"."""
    return name[0].lower() + name[1:]


def chosen(items: list[T], count: int, key: Callable[[T], object], name: str) -> list[T]:
    """Return a repeatable random choice of `count` items, in their order."""
    lot = sorted(range(len(items)), key=lambda i: stream("lot", name, key(items[i])).random())
    return [items[i] for i in sorted(lot[:count])]


def choose_seats(communes: list[Commune]) -> dict[str, Seat]:
    """Seat each commune in one old commune; twelve of the former district towns use the larger district offices."""
    towns = list(district_towns(communes).values())
    lot = chosen(towns, 2 * SEATS_IN_DISTRICT_OFFICES, lambda old: old.code, "seats")
    building = {old.code: ("headquarters", "party")[i % 2] for i, old in enumerate(lot)}
    seats = {}
    for commune in communes:
        namesake = [old for old in commune.old if bare(old.name) == bare(commune.name)]
        old = next((old for old in commune.old if old.town), (namesake or list(commune.old))[0])
        seats[commune.code] = Seat(old, building.get(old.code, "commune"))
    return seats


def make_facilities(world: World) -> list[Row]:
    """Return the surplus facilities, by abolished district, with running ids; values are codes of the data model."""
    rows = [*_commune_offices(world), *_district_offices(world), *_school_points(world), *_old_commune_houses(world)]
    rows.sort(key=lambda row: str(row["district_code"]))
    sites: dict[Cell, str] = {}
    for number, row in enumerate(rows, start=1):
        row["facility_id"] = f"LC-{number:04d}"
        row["site_id"] = sites.setdefault(row["site_key"], f"KV-{len(sites) + 1:04d}")
    return rows


def _row(world: World, kind_name: str, old: OldCommune, name: str, **more: Cell) -> Row:
    """Build one facility of an old commune; `more` overrides what was drawn."""
    kind, commune = KINDS[kind_name], world.commune(old)
    key = more.pop("site_key", name + old.code)
    rng = stream("facility", kind_name, key, name)
    return {
        "kind": kind_name,
        "site_key": key,
        "district_code": old.district_code,
        "old_code": old.code,
        "name": name,
        "commune_code": commune.code,
        "commune_name": commune.name,
        "old_commune": old.name,
        "old_district": old.district,
        "old_province": old.province,
        "position_quality": "surveyed",
        **physical(rng, kind_name),
        "current_use": kind.use,
        "land_use_code": kind.land_code,
        "divisible": "no",
        **more,
    }


def _at(world: World, old: OldCommune, spread_km: float, key: str, village: Village | None = None) -> Row:
    """Place a facility near a village or the middle of an old commune and write its address in old or new units."""
    commune = world.commune(old)
    centre = village or old
    x, y = near((key, old.code), centre.x, centre.y, spread_km, commune.boundary)
    if village is None:
        village = next(item for item in world.villages if item.old.code == old.code)
    if stream("address", key, old.code).random() < 0.6:
        address = f"{village.name}, {lower(old.name)}, {lower(old.district)}, {lower(old.province)}"
    else:
        address = f"{village.name}, {lower(commune.name)}, {facts.PROVINCE}"
    lon, lat = to_degrees(x, y)
    return {"lon": lon, "lat": lat, "address": address}


def _occupied(kind: str, key: str, successor: str) -> Row:
    """Draw the occupancy; who uses the house is named."""
    state = pick(stream("occupancy", key), OCCUPANCY[kind])
    return {"occupancy": state or None, "successor": successor if state in ("in_use", "partly_used") else None}


def _commune_offices(world: World) -> Iterator[Row]:
    """Yield the People's Committee offices of old communes that are not the seat of a new one."""
    seats = {seat.old.code for seat in world.seats.values() if seat.building == "commune"}
    free = [old for old in world.old if old.code not in seats]
    for old in chosen(free, SURPLUS["commune_office"], lambda item: item.code, "commune office"):
        holder = f"UBND {lower(world.commune(old).name)}"
        name = f"Trụ sở UBND {lower(old.name)} (cũ)"
        more = _at(world, old, 0.3, "office") | _occupied("commune_office", old.code, holder)
        yield _row(world, "commune_office", old, name, owner="commune", holder=holder, **more)


def _district_offices(world: World) -> Iterator[Row]:
    """Yield the offices of the abolished districts and their other houses."""
    towns = list(district_towns(world.communes).values())
    kept = {seat.old.code: seat.building for seat in world.seats.values()}
    for old in [town for town in towns if kept[town.code] != "headquarters"]:
        yield from _headquarters(world, old)
    for agency in (*AGENCIES, *OTHERS):
        free = [town for town in towns if "{party}" not in agency.name or kept[town.code] != "party"]
        for old in chosen(free, agency.count, lambda item: item.code, agency.name):
            yield _agency_office(world, old, agency)


def _headquarters(world: World, old: OldCommune) -> Iterator[Row]:
    """Yield the buildings of one former district People's Committee; each row carries the land of the whole site."""
    key = f"headquarters {old.district_code}"
    rng = stream(key)
    holder = f"UBND {lower(world.commune(old).name)}"
    whole = physical(rng, "headquarters")
    count = rng.choice((2, 3, 3))
    floors = split_whole(round(float(whole["floor_area_m2"] or 0)), (5, 3, 2)[:count])
    for letter, floor in zip("ABC", floors, strict=False):
        share = floor / sum(floors)
        name = f"{HEADQUARTERS.name} {lower(old.district)} (cũ) – nhà {letter}"
        body = {
            **whole,
            "floor_area_m2": floor,
            "buildings": 1,
            "storeys": min(4, max(2, round(floor / 550))),
            "rooms": max(6, round(0.75 * floor / 27)),
            "largest_room_m2": round(180 * share + 45.5, 1),
            "original_value_vnd": round(int(whole["original_value_vnd"] or 0) * share, -3),
            "residual_value_vnd": round(int(whole["residual_value_vnd"] or 0) * share, -3),
            "divisible": "yes",
            "site_key": key,
        }
        more = body | _at(world, old, 0.4, key) | _occupied("district", key + letter, holder)
        yield _row(world, "headquarters", old, name, owner=HEADQUARTERS.owner, holder=holder, **more)


def _agency_office(world: World, old: OldCommune, agency: Agency) -> Row:
    district = lower(old.district)
    party = district.replace("huyện", "Huyện ủy").replace("thị xã", "Thị ủy").replace("thành phố", "Thành ủy")
    name = agency.name.format(party=party) if "{party}" in agency.name else f"{agency.name} {district}"
    holder = f"UBND {lower(world.commune(old).name)}" if agency.holder == "UBND" else agency.holder
    occupancy = "project" if agency.kind == "project" else "district"
    more = _at(world, old, 0.6, agency.name) | _occupied(occupancy, agency.name + old.code, holder)
    return _row(world, agency.kind, old, f"{name} (cũ)", owner=agency.owner, holder=holder, **more)


def _school_points(world: World) -> Iterator[Row]:
    """Yield closed and half-closed school points in villages away from the middle of their old commune."""
    rural = [village for village in world.villages if not village.old.urban]
    lot = chosen(rural, sum(SCHOOL_POINTS.values()), lambda item: item.settlement_id, "school point")
    uses = [use for use, count in SCHOOL_POINTS.items() for _ in range(count)]
    stream("school uses").shuffle(uses)
    for use, village in zip(uses, lot, strict=True):
        old = village.old
        school = f"Trường {SCHOOL_NAMES[use]} {bare(old.name)}"
        owner = "commune" if stream("school owner", village.settlement_id).random() < 0.6 else "district"
        more = _at(world, old, 0.15, village.settlement_id, village)
        more |= _occupied("school", village.settlement_id, school) | {"village": village.settlement_id}
        name = f"Điểm trường {village.name} – {school}"
        yield _row(world, use, old, name, owner=owner, holder=school, **more)


def _old_commune_houses(world: World) -> Iterator[Row]:
    """Yield health stations and culture houses of old communes that are not the seat of a new one."""
    seats = {seat.old.code for seat in world.seats.values()}
    free = [old for old in world.old if old.code not in seats]
    for kind, label in (("health_station", "Trạm y tế"), ("culture_house", "Nhà văn hóa")):
        for old in chosen(free, SURPLUS[kind], lambda item: item.code, kind):
            commune = lower(world.commune(old).name)
            holder = f"Trạm y tế {commune}" if kind == "health_station" else f"UBND {commune}"
            owner = "commune" if stream(kind, "owner", old.code).random() < 0.7 else "district"
            more = _at(world, old, 0.5, kind) | _occupied(kind, kind + old.code, holder)
            name = f"{label} {lower(old.name)} (cũ)"
            yield _row(world, kind, old, name, owner=owner, holder=holder, **more)

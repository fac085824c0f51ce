"""Synthetic services: what exists and is not up for decision, from commune seats to village schools."""

from collections.abc import Iterator
from dataclasses import dataclass

from sample.draw import stream
from sample.facilities import Row, World, chosen, lower
from sample.places import Commune, OldCommune, bare, near, to_degrees
from sample.villages import Village, district_towns, old_populations, remoteness

PLACES_PER_1000 = {"preschool": 50, "primary": 65, "lower_secondary": 55}
PLACES_PER_ROOM = {"preschool": 25, "primary": 30, "lower_secondary": 40}
SCHOOLS = {"preschool": "Trường Mầm non", "primary": "Trường Tiểu học", "lower_secondary": "Trường THCS"}
POINTS = {"preschool": (1, 2, 2, 3), "primary": (0, 1, 1, 2), "lower_secondary": (0,)}
UPPER_SECONDARY_SHARE = 0.8 * 40 / 1000
UPPER_SECONDARY_SCHOOLS = 25
HEALTH_STATIONS = {"seat": 97, "point": 94}

# Services that about so many of the 99 communes have, at the commune's seat.
ONE_PER_COMMUNE = {
    "culture_house": ("Nhà văn hóa", 50),
    "sports_ground": ("Sân thể thao", 45),
    "commune_police": ("Trụ sở Công an", 84),
    "commune_military": ("Trụ sở Ban Chỉ huy quân sự", 79),
    "public_service_centre": ("Trung tâm Phục vụ hành chính công", 15),
    "market": ("Chợ", 59),
}
SEAT_NAMES = {"commune": "", "headquarters": " (trụ sở UBND {district} cũ)", "party": " (trụ sở cấp ủy {district} cũ)"}


@dataclass(frozen=True)
class Service:
    """An existing service.

    `place` is in degrees, `capacity` in persons (m² usable for offices) or None where services are only counted.
    """

    use: str
    name: str
    commune_code: str
    place: tuple[float, float]
    capacity: int | None = None
    facility_id: str = ""
    status: str = "keeps"


def make_services(world: World, facilities: list[Row]) -> list[Service]:
    """Return all existing services, by use and place.

    Parameters
    ----------
    world
        Communes, villages and seats.
    facilities
        The surplus facilities; those of them still in use as schools or culture houses are services too.

    Returns
    -------
    services
        Every commune has its seat; schools hold about four fifths of the places that the norms ask for.
    """
    return [
        *_seats(world),
        *_schools(world, {str(row["village"]) for row in facilities if "village" in row}),
        *_upper_secondary(world),
        *_health_stations(world, {row["old_code"] for row in facilities if row["kind"] == "health_station"}),
        *_one_per_commune(world, facilities),
        *_still_in_use(facilities),
    ]


def _around(world: World, old: OldCommune, use: str, spread_km: float = 0.4) -> tuple[float, float]:
    return to_degrees(*near(("service", use, old.code), old.x, old.y, spread_km, world.commune(old).boundary))


def _at(commune: Commune, village: Village, use: str) -> tuple[float, float]:
    return to_degrees(*near(("service", use, village.settlement_id), village.x, village.y, 0.15, commune.boundary))


def _seats(world: World) -> Iterator[Service]:
    for commune in world.communes:
        seat = world.seats[commune.code]
        rng = stream("seat", commune.code)
        usable = rng.randint(350, 900) if seat.building == "commune" else rng.randint(1500, 2200)
        note = SEAT_NAMES[seat.building].format(district=lower(seat.old.district))
        name = f"Trụ sở Đảng ủy, HĐND, UBND {lower(commune.name)}{note}"
        yield Service("commune_office", name, commune.code, _around(world, seat.old, "office", 0.2), usable)


def _schools(world: World, taken: set[str]) -> Iterator[Service]:
    """Yield the main school of each old commune and its village points; the hills have fewer places."""
    towns = district_towns(world.communes)
    for commune in world.communes:
        for old, people in zip(commune.old, old_populations(commune), strict=True):
            far = remoteness(old, towns)
            villages = [
                item for item in world.villages if item.old.code == old.code and item.settlement_id not in taken
            ]
            for use in SCHOOLS:
                rng = stream("schools", use, old.code)
                share = min(1.0, max(0.35, 0.94 - 0.38 * far + rng.gauss(0, 0.07)))
                if use == "lower_secondary" and far > 0.4 and rng.random() < 0.12:
                    continue
                places = people * PLACES_PER_1000[use] / 1000 * share
                yield from _school_and_points(world, old, use, places, villages)


def _school_and_points(
    world: World, old: OldCommune, use: str, places: float, villages: list[Village]
) -> Iterator[Service]:
    """Split the places of one old commune between its main school and village points."""
    rng, commune = stream("points", use, old.code), world.commune(old)
    points = rng.sample(villages, min(rng.choice(POINTS[use]), len(villages)))
    weights = [rng.uniform(0.1, 0.2) for _ in points]
    school = f"{SCHOOLS[use]} {bare(old.name)}"
    yield Service(use, school, commune.code, _around(world, old, use), _fives(places * (1 - sum(weights))))
    for village, weight in zip(points, weights, strict=True):
        status = "closing" if rng.random() < 0.02 else "keeps"
        name = f"{school} – điểm trường {village.name}"
        yield Service(use, name, commune.code, _at(commune, village, use), _fives(places * weight), status=status)


def _fives(places: float) -> int:
    return max(15, 5 * round(places / 5))


def _upper_secondary(world: World) -> Iterator[Service]:
    """Yield one school in each former district town and some in the largest other communes."""
    towns = list(district_towns(world.communes).values())
    with_town = {town.commune_code for town in towns}
    others = sorted((c for c in world.communes if c.code not in with_town), key=lambda c: (-c.population, c.code))
    places = towns + [world.seats[c.code].old for c in others[: UPPER_SECONDARY_SCHOOLS - len(towns)]]
    for old in places:
        people = sum(item.population for item in world.villages if item.old.district_code == old.district_code)
        schools = sum(place.district_code == old.district_code for place in places)
        capacity = _fives(people * UPPER_SECONDARY_SHARE / schools)
        name = f"Trường THPT {bare(old.name)}"
        yield Service("upper_secondary", name, old.commune_code, _around(world, old, "upper_secondary", 0.6), capacity)


def _health_stations(world: World, surplus: set[object]) -> Iterator[Service]:
    """Yield the station at the seat of almost every commune and the points that stay in other old communes."""
    seats = [seat.old for seat in world.seats.values()]
    rest = [old for old in world.old if old not in seats and old.code not in surplus]
    for old in chosen(seats, HEALTH_STATIONS["seat"], lambda item: item.code, "health seat"):
        name = f"Trạm y tế {lower(world.commune(old).name)}"
        yield Service("health_station", name, old.commune_code, _around(world, old, "health_station"))
    for old in chosen(rest, HEALTH_STATIONS["point"], lambda item: item.code, "health point"):
        name = f"Điểm trạm y tế {bare(old.name)}"
        yield Service("health_station", name, old.commune_code, _around(world, old, "health_station"))


def _one_per_commune(world: World, facilities: list[Row]) -> Iterator[Service]:
    """Yield what some communes have once; where a surplus facility is approved for the use, there is none yet."""
    for use, (label, count) in ONE_PER_COMMUNE.items():
        coming = {row["commune_code"] for row in facilities if row.get("approved_use") == use}
        without = [commune for commune in world.communes if commune.code not in coming]
        for commune in chosen(without, count, lambda item: item.code, use):
            place = _around(world, world.seats[commune.code].old, use)
            yield Service(use, f"{label} {lower(commune.name)}", commune.code, place)


def _still_in_use(facilities: list[Row]) -> Iterator[Service]:
    """Yield surplus facilities that serve as schools or culture houses until something else is decided."""
    for row in facilities:
        use = str(row["kind"])
        ours = use in PLACES_PER_ROOM or use == "culture_house"
        if not ours or row["occupancy"] != "in_use" or row["status"] != "proposed" or row["lon"] is None:
            continue
        rooms = row["rooms"] if isinstance(row["rooms"], int) else 2
        capacity = rooms * PLACES_PER_ROOM[use] if use in PLACES_PER_ROOM else None
        place = (float(str(row["lon"])), float(str(row["lat"])))
        yield Service(use, str(row["name"]), str(row["commune_code"]), place, capacity, str(row["facility_id"]))

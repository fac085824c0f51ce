"""Plausible bodies of buildings: area, storeys, rooms, year, condition and value that agree with each other."""

import math
from random import Random

from sample.draw import between, pick
from sample.kinds import KINDS, Kind

THIS_YEAR = 2026
LAND_COVERED = 0.8
ROOM_SHARE = 0.75
SCHOOL_ROOM_M2 = 55
SCHOOLS = ("preschool", "primary", "lower_secondary")
CONDITION_BY_AGE = (
    (9, {"good": 0.8, "repairable": 0.2}),
    (22, {"good": 0.2, "repairable": 0.62, "poor": 0.18}),
    (99, {"repairable": 0.38, "poor": 0.47, "unsafe": 0.15}),
)


def physical(rng: Random, kind_name: str) -> dict[str, str | int | float | None]:
    """Draw the physical columns of one facility.

    Parameters
    ----------
    rng
        The facility's stream.
    kind_name
        Key of `KINDS`.

    Returns
    -------
    columns
        Areas in m², values in VND, the rest as in the data model.
    """
    kind = KINDS[kind_name]
    land, floor, storeys = _areas(rng, kind)
    rooms, largest = _rooms(rng, kind_name, floor)
    if kind_name == "project":
        year, condition = None, "unfinished"
        original, residual = _values(rng, kind, floor, 4)
    else:
        year = round(rng.triangular(1987, 2023, 2008))
        condition = condition_of(rng, THIS_YEAR - year)
        original, residual = _values(rng, kind, floor, THIS_YEAR - year)
    return {
        "land_area_m2": land,
        "floor_area_m2": floor,
        "buildings": 1 if kind_name in SCHOOLS else 1 + int(floor / 700),
        "storeys": storeys,
        "rooms": rooms,
        "largest_room_m2": largest,
        "built_year": year,
        "condition": condition,
        "original_value_vnd": original,
        "residual_value_vnd": residual,
    }


def condition_of(rng: Random, age: int) -> str:
    """Draw the condition of a building of a given age in years."""
    return pick(rng, next(shares for limit, shares in CONDITION_BY_AGE if age <= limit))


def _areas(rng: Random, kind: Kind) -> tuple[float, float, int]:
    """Draw land, floor and storeys such that the building covers at most 80 % of its land."""
    land = between(rng, *kind.land)
    while True:
        floor = between(rng, *kind.floor)
        lowest = math.ceil(floor / (LAND_COVERED * land))
        if lowest <= kind.max_storeys:
            return land, floor, rng.randint(lowest, kind.max_storeys) if floor > 200 * lowest else lowest


def _rooms(rng: Random, kind_name: str, floor: float) -> tuple[int, float]:
    """Derive the number of rooms and the largest room from the floor area."""
    if kind_name in SCHOOLS:
        rooms = min(6, max(2, round(floor / SCHOOL_ROOM_M2)))
        return rooms, round(0.85 * floor / rooms * rng.uniform(1.0, 1.12), 1)
    usual, big = KINDS[kind_name].room_m2
    largest = round(min(big * rng.uniform(0.7, 1.2), 0.45 * floor), 1)
    return max(1, 1 + round((ROOM_SHARE * floor - largest) / (usual * rng.uniform(0.85, 1.2)))), largest


def _values(rng: Random, kind: Kind, floor: float, age: int) -> tuple[int, int]:
    """Return original and residual value in VND: older buildings cost less and are written off further."""
    original = floor * kind.value * rng.uniform(0.75, 1.1) * max(0.35, 1 - 0.02 * age)
    residual = original * max(0.0, 1 - age * rng.uniform(0.025, 0.04))
    return round(original * 1000) * 1000, round(residual * 1000) * 1000

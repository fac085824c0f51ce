"""Synthetic villages: about 2,500 places that share out the population of each commune exactly."""

import math
from dataclasses import dataclass

from sample.draw import split_whole, stream
from sample.places import Commune, OldCommune, bare, near

PEOPLE_PER_VILLAGE = 700
PEOPLE_PER_URBAN_VILLAGE = 820
FAR_KM = 30.0
DISADVANTAGED_SHARE = {"III": 0.30, "II": 0.08, "none": 0.0}

FIRST_WORDS = (
    "Nậm", "Pha", "Na", "Cốc", "Ngòi", "Khe", "Làng", "Phìn", "Tà", "Lùng", "Sín", "Pác", "Nà", "Đồng", "Suối", "Bó",
    "Thác", "Gốc", "Cầu", "Hốc",
)  # fmt: skip
SECOND_WORDS = (
    "Mạ", "Lung", "Hán", "Chải", "Sang", "Dao", "Cang", "Thàng", "Khoang", "Mười", "Tre", "Gạo", "Bông", "Lếch", "Pục",
    "Mu", "Cọ", "Xoan", "Đá", "Hồ", "Thín", "Vai", "Tòng", "Mít", "Cại", "Hẻo", "Trang", "Phát", "Tiến", "Lợi",
)  # fmt: skip


@dataclass(frozen=True)
class Village:
    """A village; `x`, `y` in km east and north of the sample's origin, `poor` if specially disadvantaged."""

    settlement_id: str
    name: str
    old: OldCommune
    x: float
    y: float
    population: int
    poor: bool


def remoteness(old: OldCommune, towns: dict[str, OldCommune]) -> float:
    """Return 0 (in the town of the abolished district) to 1 (30 km or more away)."""
    town = towns[old.district_code]
    return min(1.0, math.hypot(old.x - town.x, old.y - town.y) / FAR_KM)


def district_towns(communes: list[Commune]) -> dict[str, OldCommune]:
    """Return the old commune with the district's offices, by code of the abolished district."""
    return {old.district_code: old for commune in communes for old in commune.old if old.town}


def make_villages(communes: list[Commune]) -> list[Village]:
    """Return the villages of all communes, ordered by commune and old commune, with running numbers.

    Parameters
    ----------
    communes
        The communes of today.

    Returns
    -------
    villages
        Their populations add up to the population of each commune.
    """
    towns = district_towns(communes)
    villages: list[Village] = []
    for commune in communes:
        villages += _villages_of(commune, towns, len(villages) + 1)
    return villages


def old_populations(commune: Commune) -> list[int]:
    """Share out a commune's population over its old communes: towns hold more than the hills around them."""
    weights = [(1.7 if old.urban else 1.0) * stream("people", old.code).uniform(0.7, 1.3) for old in commune.old]
    return split_whole(commune.population, weights)


def _villages_of(commune: Commune, towns: dict[str, OldCommune], first: int) -> list[Village]:
    villages: list[Village] = []
    taken: set[str] = set()
    spread = min(2.4, max(0.5, 0.36 * math.sqrt(commune.boundary.area / len(commune.old))))
    for old, people in zip(commune.old, old_populations(commune), strict=True):
        rng = stream("villages", old.code)
        count = max(3, round(people / (PEOPLE_PER_URBAN_VILLAGE if old.urban else PEOPLE_PER_VILLAGE)))
        sizes = split_whole(people, [math.exp(rng.gauss(0, 0.4)) for _ in range(count)])
        for number, size in enumerate(sizes, start=1):
            name = _name(old, number, taken)
            core = number <= max(1, round(0.35 * count))
            x, y = near((old.code, number), old.x, old.y, spread * (0.35 if core else 1.0), commune.boundary)
            share = DISADVANTAGED_SHARE[commune.difficulty] * (0.5 + 1.6 * remoteness(old, towns))
            poor = not old.urban and not core and rng.random() < 1.5 * share
            villages.append(Village(f"TB-{first + len(villages):04d}", name, old, x, y, size, poor))
    return villages


def _name(old: OldCommune, number: int, taken: set[str]) -> str:
    """Return a plausible name that is unique in the commune of today."""
    rng = stream("village name", old.code, number)
    name = f"Tổ dân phố {bare(old.name)} {number}"
    while not old.urban:
        kind = "Bản" if rng.random() < 0.3 else "Thôn"
        name = f"{kind} {rng.choice(FIRST_WORDS)} {rng.choice(SECOND_WORDS)}"
        if rng.random() < 0.25:
            name += f" {rng.randint(1, 3)}"
        if name not in taken:
            break
    taken.add(name)
    return name

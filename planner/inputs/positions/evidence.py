"""Decide between the places that a row's coordinates can mean: by the commune, else by what else is known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from pyproj import Geod

from planner.inputs.places.resolve import BOUNDARY_TOLERANCE_M
from planner.inputs.places.units import unit_name
from planner.inputs.positions.candidates import (
    Candidate,
    Reading,
    official_systems,
    province_system,
    systems_of,
    tm3_systems,
)
from planner.inputs.positions.crs import known_crs, named_datum
from planner.inputs.tables import WGS84

SAME_PLACE_M = 50.0
"""Readings this near to each other are one place."""
SYSTEM_APART_M = 1000.0
"""A datum moves a point by 225 m, the scale of the zone by 700 m: no commune tells such readings apart."""
LEAST_PROOFS = 3

_GEOD = Geod(ellps="WGS84")


@dataclass(frozen=True)
class Verdict:
    """How a row's coordinates are read.

    Attributes
    ----------
    chosen : the place, None where it stays unknown. because : key of `[because]` in `meridians.toml`.
    others : places that it could be too.
    """

    row: int
    chosen: Candidate | None = None
    because: str = ""
    others: tuple[Candidate, ...] = ()


@dataclass
class Evidence:
    """What the rows of one sheet prove: how often each reading was proved, and rows whose own system was disproved."""

    proved: Counter[Reading] = field(default_factory=Counter)
    disproved: Counter[str] = field(default_factory=Counter)
    declared: int = 0

    @property
    def usual(self) -> Reading | None:
        """The reading of most rows, where enough of them prove one."""
        for reading, count in self.proved.most_common(1):
            if count >= LEAST_PROOFS and 2 * count > self.proved.total():
                return reading
        return None


def in_commune(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Return the candidates that lie in the row's commune, within the tolerance of its boundary."""
    return [candidate for candidate in candidates if candidate.away <= BOUNDARY_TOLERANCE_M]


def distinct_places(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return one candidate for each place in the commune, what the row itself says before what it does not."""
    places: list[Candidate] = []
    for hit in sorted(in_commune(candidates), key=lambda candidate: not candidate.plain):
        if all(metres_apart(hit, other) > SAME_PLACE_M for other in places):
            places.append(hit)
    return places


def metres_apart(one: Candidate, other: Candidate) -> float:
    """Return the metres between two places."""
    return float(_GEOD.inv(one.lon, one.lat, other.lon, other.lat)[2])


def prescribed_systems(code: str, old_province: str) -> Collection[str]:
    """Return the systems that the row's former province prescribes; those of its commune's where it names none."""
    named = province_system(unit_name(old_province, "province").key) if old_province else ""
    return {named} if named else official_systems(code)


def decide(
    row: int, candidates: Sequence[Candidate], said: str, official: Collection[str], usual: Reading | None
) -> Verdict:
    """Return the reading that the commune, else the evidence leaves.

    Parameters
    ----------
    candidates : places in the commune or near it. said : what the row says of its CRS.
    official : systems of the former province. usual : reading of most rows of the sheet.
    """
    places = distinct_places(candidates)
    beside = tuple(candidate for candidate in candidates if candidate.plain and not in_commune([candidate]))
    if not places or beside:  # what the row says may be right where it lies just beside the commune
        return Verdict(row, others=(*beside, *places) if places else ())
    if len(places) == 1:
        return Verdict(row, places[0], "commune")
    left = places
    for because, fitting in (
        ("declared", [place for place in left if _agrees(place.reading.crs, said)]),
        ("official", [place for place in left if place.reading.crs in official]),
        ("sheet", [place for place in left if place.reading == usual]),
    ):
        left = [place for place in left if place in fitting] or left
        if len(left) == 1:
            return Verdict(row, left[0], because, _without(places, left[0]))
    if all(metres_apart(left[0], place) <= SYSTEM_APART_M for place in left):
        # A row that names a TM-3 meridian means another one of them; a nameless one in a strange meridian means UTM.
        tm3 = known_crs(said) in tm3_systems()
        likeliest = next((place for place in left if (place.reading.crs in tm3_systems()) == tm3), left[0])
        return Verdict(row, likeliest, "system", _without(places, likeliest))
    return Verdict(row, others=tuple(places))


def _without(places: Iterable[Candidate], chosen: Candidate) -> tuple[Candidate, ...]:
    return tuple(place for place in places if place is not chosen)


def _agrees(crs: str, said: str) -> bool:
    """Return whether a system is the one that a row names, or of the datum that it names."""
    named = known_crs(said)
    if named not in {None, WGS84}:
        return crs == named
    return crs in systems_of("wgs84" if named == WGS84 else named_datum(said))

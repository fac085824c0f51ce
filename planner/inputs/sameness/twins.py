"""What speaks for two rows being one facility: clues with a weight, between rows of one table or of two."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Literal, NamedTuple

import geopandas as gpd
import pandas as pd

from planner.inputs.places.resolve import in_metres, in_viet_nam
from planner.inputs.places.units import old_communes, unit_name
from planner.inputs.sameness.likeness import (
    Address,
    address_of,
    certificate_of,
    is_different,
    one_key,
    parcel_of,
    relation,
    words_of,
)
from planner.inputs.tables import text_of
from planner.inputs.text import fold

ClueKey = Literal[
    "id", "parcel", "certificate", "name", "spelling", "similar", "near", "address", "decision", "land", "floor"
]

STRONG = 3
"""Weight of a clue that is enough for a warning by itself."""

_FAIR, _WEAK = 2, 1
_NAMES: dict[str, int] = {"name": STRONG, "spelling": _FAIR, "similar": _WEAK}
_ROUND_M2 = 50


class Clue(NamedTuple):
    """One thing that two rows have in common.

    Attributes
    ----------
    key : what it is; an area or a decision only supports another clue.
    weight : 3 enough for a warning, 2 worth a note, 1 only beside another, 0 only to be told.
    column : where it stands.
    metres : how far apart, where the clue is the position.
    """

    key: ClueKey
    weight: int
    column: str
    metres: float | None = None


class ParcelKey(NamedTuple):
    """A parcel of the cadastral map; map sheets are numbered in the old communes."""

    place: str
    old: str
    parcel: str


@dataclass(frozen=True)
class Rows:
    """The facilities as lists of what can be compared, by position; an empty text where it is unknown.

    Attributes
    ----------
    facilities : the table; points in EPSG:4326.
    crs : of the points in metres; None for the UTM zone of their middle.
    """

    facilities: gpd.GeoDataFrame
    crs: object = None

    @cached_property
    def code(self) -> list[str]:
        """Code of the facility."""
        return self._text("facility_id")

    @cached_property
    def site(self) -> list[str]:
        """Code of the site."""
        return self._text("site_id")

    @cached_property
    def name(self) -> list[str]:
        """Name."""
        return self._text("name")

    @cached_property
    def use(self) -> list[str]:
        """Current use."""
        return self._text("current_use")

    @cached_property
    def holder(self) -> list[str]:
        """Holder."""
        return self._text("holder")

    @cached_property
    def place(self) -> list[str]:
        """Today's commune, or what stands for it where that is unknown."""
        return [_place(*parts) for parts in zip(*map(self._text, _PLACES), strict=True)]

    @cached_property
    def old(self) -> list[str]:
        """Key of the old commune."""
        return [_old_commune(name) for name in self._text("old_commune")]

    @cached_property
    def parcel(self) -> list[str]:
        """Map sheet and parcel, see `parcel_of`."""
        return [parcel_of(*both) for both in zip(self._text("map_sheet"), self._text("parcel"), strict=True)]

    @cached_property
    def certificate(self) -> list[str]:
        """Number of the certificate, see `certificate_of`."""
        return [certificate_of(cell) if cell else "" for cell in self._text("certificate")]

    @cached_property
    def address(self) -> list[Address]:
        """What the address names below the commune."""
        return [address_of(cell) for cell in self._text("address")]

    @cached_property
    def decision(self) -> list[str]:
        """Number of the decision, folded."""
        return [fold(cell) for cell in self._text("decision_no")]

    @cached_property
    def land(self) -> list[float | None]:
        """Land in m²."""
        return _numbers(self.facilities["land_area_m2"])

    @cached_property
    def floor(self) -> list[float | None]:
        """Floor in m²."""
        return _numbers(self.facilities["floor_area_m2"])

    @cached_property
    def different(self) -> list[bool]:
        """Whether `same_as` says that the row repeats no other."""
        return [bool(cell) and is_different(cell) for cell in self._text("same_as")]

    @cached_property
    def points(self) -> gpd.GeoSeries:
        """Surveyed positions in metres, by position of the row."""
        points = self.facilities.geometry
        given = points[in_viet_nam(points.x, points.y)]
        surveyed = given[(self.facilities["position_quality"].fillna("surveyed") == "surveyed")[given.index]]
        return surveyed.to_crs(self.crs) if self.crs else in_metres(surveyed)

    def _text(self, column: str) -> list[str]:
        return text_of(self.facilities, column)

    @cached_property
    def distances(self) -> dict[int, tuple[float, float]]:
        """Easting and northing in metres of the surveyed rows."""
        return dict(zip(self.points.index, zip(self.points.x, self.points.y, strict=True), strict=True))

    def parcel_key(self, i: int) -> ParcelKey | None:
        """Return the row's parcel, or None where it cannot be told."""
        known = self.place[i] and self.parcel[i]
        return ParcelKey(self.place[i], self.old[i], self.parcel[i]) if known else None

    def name_keys(self, i: int) -> Iterator[str]:
        """Yield what the name is beside its kind; also that it is the name of the commune or of a part of it."""
        joined = words_of(self.name[i]).joined
        if joined:
            yield joined
        if joined in names_of(self.place[i]):
            yield "@"


_PLACES = ("commune_code", "old_commune", "old_district", "address")


@lru_cache(maxsize=16_384)
def _old_commune(name: str) -> str:
    return unit_name(name, "commune").key if name else ""


def _place(code: str, old_commune: str, old_district: str, address: str) -> str:
    return code or " ".join(filter(None, (fold(old_commune), fold(old_district)))) or fold(address)


def _numbers(column: pd.Series[float]) -> list[float | None]:
    return [None if pd.isna(value) or value == 0 else float(value) for value in column.tolist()]


def clues(rows: Rows, i: int, others: Rows, j: int, within_m: float) -> tuple[Clue, ...]:
    """Return what speaks for two rows being one facility, the heaviest first; nothing where only areas agree.

    Parameters
    ----------
    rows, i : a row of a table.
    others, j : a row of the same table or of another; points in the same CRS.
    within_m : distance up to which surveyed positions are one place, in metres.
    """
    found = [clue for make in _CLUES for clue in make(rows, i, others, j)]
    found += _near(rows, i, others, j, within_m)
    if not found:
        return ()
    named = any(clue.column == "name" for clue in found)
    supports = [*_decision(rows, i, others, j, named=named), *_areas(rows, i, others, j)]
    return tuple(sorted([*found, *supports], key=lambda clue: -clue.weight))


def _parcel(rows: Rows, i: int, others: Rows, j: int) -> Iterator[Clue]:
    same = bool(rows.parcel[i]) and rows.parcel[i] == others.parcel[j] and _one_place(rows, i, others, j)
    if same and (rows.old[i] == others.old[j] or not rows.old[i] or not others.old[j]):
        yield Clue("parcel", STRONG, "parcel")


def _certificate(rows: Rows, i: int, others: Rows, j: int) -> Iterator[Clue]:
    if rows.certificate[i] and rows.certificate[i] == others.certificate[j]:
        yield Clue("certificate", STRONG, "certificate")


def _name(rows: Rows, i: int, others: Rows, j: int) -> Iterator[Clue]:
    one, other = rows.name[i], others.name[j]
    known = bool(rows.place[i]) and bool(others.place[j])
    if not one or not other or (known and not _one_place(rows, i, others, j)):
        return
    found = relation(one, other) or _renamed_unit(rows, i, others, j)
    if not found:
        return
    weight = _NAMES[found] if known else _WEAK
    left, right = rows.address[i].key, others.address[j].key
    weight -= bool(left and right and left != right)
    weight -= not words_of(one).proper
    if weight > 0:
        yield Clue(found, weight, "name")


def _renamed_unit(rows: Rows, i: int, others: Rows, j: int) -> Literal["similar", ""]:
    """Return whether both are the commune's or an old commune's own, as `Trạm y tế xã …`."""
    one, other = words_of(rows.name[i]), words_of(others.name[j])
    renamed = one.kind == other.kind != "" and one.joined != other.joined
    return "similar" if renamed and "@" in rows.name_keys(i) and "@" in others.name_keys(j) else ""


def _address(rows: Rows, i: int, others: Rows, j: int) -> Iterator[Clue]:
    address = rows.address[i]
    same = address.key and address == others.address[j] and _one_place(rows, i, others, j)
    if same and rows.use[i] == others.use[j] != "":
        yield Clue("address", _FAIR if address.house else _WEAK, "address")


def _decision(rows: Rows, i: int, others: Rows, j: int, *, named: bool) -> Iterator[Clue]:
    """Yield the decision; it is about many facilities and supports nothing but a name."""
    if rows.decision[i] and rows.decision[i] == others.decision[j]:
        yield Clue("decision", _WEAK if named else 0, "decision_no")


def _areas(rows: Rows, i: int, others: Rows, j: int) -> Iterator[Clue]:
    for key, one, other in (("land", rows.land[i], others.land[j]), ("floor", rows.floor[i], others.floor[j])):
        if one is not None and one == other:
            yield Clue("land" if key == "land" else "floor", int(is_telling(one)), f"{key}_area_m2")


def is_telling(area: float | None) -> bool:
    """Return whether an area is known and no round number, so that two rows hardly have it by chance."""
    return area is not None and area % _ROUND_M2 != 0


def _near(rows: Rows, i: int, others: Rows, j: int, within_m: float) -> Iterator[Clue]:
    if i in rows.distances and j in others.distances:
        (x, y), (u, v) = rows.distances[i], others.distances[j]
        metres = float(((x - u) ** 2 + (y - v) ** 2) ** 0.5)
        if metres <= within_m:
            yield Clue("near", STRONG, "lon", metres=metres)


_CLUES = (_parcel, _certificate, _name, _address)


def _one_place(rows: Rows, i: int, others: Rows, j: int) -> bool:
    return rows.place[i] == others.place[j] != ""


@cache
def _parts() -> dict[str, set[str]]:
    parts: dict[str, set[str]] = {}
    for item in old_communes():
        for code in item.today:
            parts.setdefault(code, set()).add(one_key(item.name.key))
    return parts


def names_of(code: str) -> set[str]:
    """Return the keys of the old communes that went to a commune of today."""
    return _parts().get(code, set())

"""From a name or an address, in old or new units, to the communes of today that it can mean."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache, reduce
from typing import NamedTuple

from planner.inputs.places.mentions import Known, Mention, Mentions, read_mentions
from planner.inputs.places.units import Level, Name, OldCommune, heard, marks, old_communes, todays_communes, unit_name

_NOW_CALLED = re.compile(
    r"\bnay\s+(?:là|la|thuộc|thuoc|(?:đổi|doi)(?:\s+(?:tên|ten))?\s+(?:thành|thanh)(?!\s+(?:phố|pho)\b))\b"
)
_FORMERLY = re.compile(r"\b(?:trước\s+(?:đây|kia|là)|truoc\s+(?:day|kia|la)|nguyên\s+là|tên\s+cũ)\b")
_SIGNS = ("trước", "truoc", "nguyên", "tên")


class Place(NamedTuple):
    """A commune under one of its names.

    Attributes
    ----------
    codes : today's communes of the table that it stands for, the main one first.
    old : the commune of June 2025 where the name is an old one.
    earlier : whether the name had gone before June 2025.
    districts, provinces, old_provinces : the names an address can add, all of them of either time, or old ones only.
    """

    name: Name
    codes: tuple[str, ...]
    old: OldCommune | None
    earlier: bool
    districts: tuple[Name, ...]
    provinces: tuple[Name, ...]
    old_provinces: tuple[Name, ...]


@dataclass(frozen=True, eq=False)
class Gazetteer:
    """The names that an address can mean in one run.

    Attributes
    ----------
    places : communes of the table, and old ones that went to them, by key.
    districts : districts that as a whole went to one commune of the table, by key.
    known : every name of the country and of the table.
    province_of : key of today's province by code; of communes with official codes.
    """

    places: Mapping[str, tuple[Place, ...]]
    districts: Mapping[str, tuple[Place, ...]]
    known: Known
    province_of: Mapping[str, str]


class Meaning(NamedTuple):
    """A place that a text can mean.

    Attributes
    ----------
    differs : by how much it differs from what is written, 0 is best: district and province, diacritics, kind and time.
    misspelt : whether the text has other diacritics and names no district or province that confirms the reading.
    """

    place: Place
    differs: tuple[int, ...]
    misspelt: bool = False


def make_gazetteer(communes: Mapping[str, str]) -> Gazetteer:
    """Return the names for a table of communes.

    Parameters
    ----------
    communes : full name by code of today's communes.
    """
    parts: dict[str, list[OldCommune]] = defaultdict(list)
    places: dict[str, list[Place]] = defaultdict(list)
    provinces = {code: province for code, _, province in todays_communes() if code in communes}
    for item in old_communes():
        codes = tuple(code for code in item.today if code in communes)
        for code in codes:
            parts[code].append(item)
        for name in (item.name, *item.earlier) if codes else ():
            places[heard(name.key)].append(_old_place(name, item, codes, provinces))
    for code, full_name in communes.items():
        place = _todays_place(unit_name(full_name, "commune"), code, parts.get(code, []), provinces.get(code))
        places[heard(place.name.key)].append(place)
    known = _names_of_the_country()
    return Gazetteer(
        places={key: tuple(group) for key, group in places.items()},
        districts=_whole(places),
        known=Known({**known, "commune": known["commune"].union(places)}, _cities()),
        province_of={code: name.key for code, name in provinces.items()},
    )


def _old_place(name: Name, item: OldCommune, codes: tuple[str, ...], provinces: Mapping[str, Name]) -> Place:
    return Place(
        name=name,
        codes=codes,
        old=item,
        earlier=name is not item.name,
        districts=(item.district, *item.earlier_districts),
        provinces=(item.province, *dict.fromkeys(provinces[code] for code in codes if code in provinces)),
        old_provinces=(item.province,),
    )


def _todays_place(name: Name, code: str, parts: list[OldCommune], province: Name | None) -> Place:
    districts = (district for part in parts for district in (part.district, *part.earlier_districts))
    old_provinces = tuple(dict.fromkeys(part.province for part in parts))
    return Place(
        name=name,
        codes=(code,),
        old=None,
        earlier=False,
        districts=tuple(dict.fromkeys(districts)),
        provinces=old_provinces if province is None else (province, *old_provinces),
        old_provinces=old_provinces,
    )


@cache
def _districts_of_one_commune() -> frozenset[tuple[Name, Name]]:
    codes: dict[tuple[Name, Name], set[str]] = defaultdict(set)
    for item in old_communes():
        codes[item.province, item.district].update(item.today)
    return frozenset(district for district, found in codes.items() if len(found) == 1)


def _whole(places: Mapping[str, list[Place]]) -> dict[str, tuple[Place, ...]]:
    """Return the districts all of whose communes went to one commune of the table, as places named like them."""
    whole: dict[str, list[Place]] = defaultdict(list)
    for group in places.values():
        for place in group:
            if (
                place.old
                and not place.earlier
                and (place.old.province, place.old.district) in _districts_of_one_commune()
            ):
                name = place.old.district
                if all(other.codes != place.codes for other in whole[heard(name.key)]):
                    whole[heard(name.key)].append(place._replace(name=name))
    return {key: tuple(group) for key, group in whole.items()}


@cache
def _names_of_the_country() -> dict[Level, frozenset[str]]:
    old = old_communes()
    communes = {heard(name.key) for item in old for name in (item.name, *item.earlier)}
    districts = {heard(name.key) for item in old for name in (item.district, *item.earlier_districts)}
    return {
        "commune": frozenset(communes | {heard(name.key) for _, name, _ in todays_communes()}),
        "district": frozenset(districts),
        "province": frozenset(heard(item.province.key) for item in old),
    }


@cache
def _cities() -> frozenset[str]:
    old = (item.province for item in old_communes())
    today = (province for _, _, province in todays_communes())
    return frozenset(heard(province.key) for province in (*old, *today) if province.kind == "thanh pho")


@cache
def _provinces_of_today() -> frozenset[str]:
    return frozenset(heard(province.key) for _, _, province in todays_communes())


def name_codes(text: str, gazetteer: Gazetteer) -> tuple[str, ...]:
    """Return the codes of today's communes with this name, with or without its kind (`Xã`, `Phường`)."""
    return _codes(name_meanings(text, gazetteer))


def name_meanings(text: str, gazetteer: Gazetteer, beside: str = "") -> tuple[Meaning, ...]:
    """Return today's communes with this name, as for `name_codes`; those in the districts and provinces named beside.

    Where none of that name lies there, all of them.
    """
    name = unit_name(text, "commune")
    named = read_mentions(beside, gazetteer.known).units
    parents = tuple(unit for unit in named if unit.announced and "commune" not in unit.levels)
    return _named_so(name, parents, text, gazetteer) or _named_so(name, (), text, gazetteer)


def _named_so(name: Name, parents: tuple[Mention, ...], text: str, gazetteer: Gazetteer) -> tuple[Meaning, ...]:
    mention = Mention(("commune",), name)
    mentions = Mentions((mention,), of_a_district=False, accented=not text.isascii())
    found = []
    for place in gazetteer.places.get(heard(name.key), ()):
        differs = _differs(mention, parents, mentions, place, old=False)
        if place.old is None and differs is not None:
            found.append(Meaning(place, differs, misspelt=bool(differs[1])))
    return _best(found)


def address_codes(text: str, gazetteer: Gazetteer, *, old: bool | None = None) -> tuple[str, ...]:
    """Return the codes of today's communes that an address can mean.

    Parameters
    ----------
    text : an address; units announced (`xã`, `P.`, `huyện`, …) or parted by commas, dashes or line breaks.
    old : whether the units are known to be old ones, or today's; None where the text has to tell.

    Returns
    -------
    One code where the address is certain, several where it is not, none where it names no commune of the table.
    """
    return _codes(meanings(text, gazetteer, old=old))


@lru_cache(maxsize=65_536)
def meanings(text: str, gazetteer: Gazetteer, *, old: bool | None = None) -> tuple[Meaning, ...]:
    """Return the places that an address can mean, as for `address_codes`."""
    lower = unicodedata.normalize("NFC", text).lower()
    before, *after = _NOW_CALLED.split(lower, maxsplit=1) if "nay" in lower else (lower,)
    if after and (found := meanings(after[0], gazetteer, old=False)):
        return found
    now, *formerly = _FORMERLY.split(before, maxsplit=1) if any(sign in before for sign in _SIGNS) else (before,)
    if formerly:
        both = [meanings(now, gazetteer), meanings(formerly[0], gazetteer, old=True)]
        return _shared([found for found in both if found])
    mentions = read_mentions(before, gazetteer.known)
    return _meant(mentions, gazetteer, old)


@lru_cache(maxsize=65_536)
def _meant(mentions: Mentions, gazetteer: Gazetteer, old: bool | None) -> tuple[Meaning, ...]:  # noqa: FBT001  a key of the cache
    naming = _naming_a_commune(mentions.units)
    found = [places for i in naming if (places := _meant_by(i, mentions, gazetteer, old=old))]
    if not found:
        return _whole_districts(mentions, gazetteer)
    if mentions.units[naming[0]].announced:
        return _shared(found)
    return found[-1] + _numbered(naming[0], mentions, gazetteer, old=old)


def _numbered(i: int, mentions: Mentions, gazetteer: Gazetteer, *, old: bool | None) -> tuple[Meaning, ...]:
    """Return the numbered phường that a number before a name without a kind can mean: `8, Bến Tre, Bến Tre`."""
    number = i > 0 and mentions.units[i - 1].name.key.isdecimal()
    return _meant_by(i - 1, mentions, gazetteer, old=old) if number else ()


def _whole_districts(mentions: Mentions, gazetteer: Gazetteer) -> tuple[Meaning, ...]:
    """Return the commune that a district as a whole went to, as island districts did."""
    provinces = [unit for unit in mentions.units if unit.levels == ("province",)]
    return tuple(
        Meaning(place, ())
        for unit in mentions.units
        if unit.announced and "district" in unit.levels
        for place in gazetteer.districts.get(unit.name.key, ())
        if all(_parent_differs(province, place) is not None for province in provinces)
    )


def _naming_a_commune(units: tuple[Mention, ...]) -> list[int]:
    """Return which units name the commune: announced ones, or those that stand alone and are followed by no other.

    In `Tân Quới, Bình Tân, Vĩnh Long` the first does: `Bình Tân` is a district's name as well.
    """
    announced = [i for i, unit in enumerate(units) if "commune" in unit.levels and unit.announced]
    if announced:
        return announced
    alone = [i for i, unit in enumerate(units) if "commune" in unit.levels and _stands_alone(i, units)]
    return [i for i in alone if i == alone[0] or units[i].levels == ("commune",)]


def _stands_alone(i: int, units: tuple[Mention, ...]) -> bool:
    """Return whether a unit can be a commune without a kind; a number only straight before what must be a district."""
    if not units[i].name.key.isdecimal():
        return True
    after = units[i + 1] if i + 1 < len(units) else units[i]
    return "district" in after.levels and (after.announced or "commune" not in after.levels)


def _meant_by(i: int, mentions: Mentions, gazetteer: Gazetteer, *, old: bool | None) -> tuple[Meaning, ...]:
    unit = mentions.units[i]
    parents = _parents(i, mentions.units)
    found = []
    for run_on, name in enumerate(filter(None, (unit.name, unit.longer))):
        written = unit._replace(name=name) if run_on else unit
        for place in gazetteer.places.get(name.key, ()):
            differs = _differs(written, parents, mentions, place, old=old)
            if differs is not None:
                found.append(Meaning(place, (*differs, run_on), misspelt=bool(differs[1]) and not parents))
    return _best(found)


def _parents(i: int, units: tuple[Mention, ...]) -> tuple[Mention, ...]:
    """Return the districts and provinces named beside a commune; without a kind they stand after it."""
    return tuple(
        unit for j, unit in enumerate(units) if j != i and unit.levels != ("commune",) and (unit.announced or j > i)
    )


def _differs(
    unit: Mention, parents: tuple[Mention, ...], mentions: Mentions, place: Place, *, old: bool | None
) -> tuple[int, ...] | None:
    """Return by how much a place differs from what is written; None where a district or province is another one."""
    by_parents = [_parent_differs(parent, place) for parent in parents]
    if any(cost is None for cost in by_parents):
        return None
    spelt = mentions.accented and _spelt_otherwise(place.name, unit.name)
    kind = unit.name.kind not in ("", place.name.kind)
    time = _other_time(unit, parents, mentions, place) if old is None else old != (place.old is not None)
    return sum(filter(None, by_parents)), int(spelt), kind + time + place.earlier


def agreeing(parents: Iterable[Mention], place: Place) -> int:
    """Return in how many of the districts and provinces named a place lies."""
    return sum(_parent_differs(parent, place) is not None for parent in parents)


def _parent_differs(parent: Mention, place: Place) -> int | None:
    """Return 0 where a place lies in the unit named, 1 where only kind or diacritics differ, None where it does not."""
    if not place.provinces:
        return 0  # a commune without an official code: nobody knows where it lies
    costs = [
        (written.kind not in ("", name.kind)) + _spelt_otherwise(name, written)
        for written in filter(None, (parent.name, parent.longer))
        for name in _above(parent, place)
        if heard(name.key) == written.key
    ]
    return min(costs, default=None)


def _spelt_otherwise(name: Name, written: Name) -> bool:
    both_known = bool(name.text and written.text)
    return both_known and heard(marks(name.text)) != heard(marks(written.text))


def _above(parent: Mention, place: Place) -> tuple[Name, ...]:
    districts = place.districts if "district" in parent.levels else ()
    if "province" not in parent.levels:
        return districts
    return districts + (place.old_provinces if parent.old else place.provinces)


def _other_time(unit: Mention, parents: tuple[Mention, ...], mentions: Mentions, place: Place) -> bool:
    """Return whether the text speaks of old units and the place is one of today, or the other way round.

    Lists keep today's province beside old districts, and `tỉnh Vĩnh Long` can be the old or the new one: the name of a
    province of today says nothing unless the text adds `cũ`.
    """
    in_old_units = unit.old or mentions.of_a_district or any(map(_is_old, parents))
    if place.old is None:
        return in_old_units
    in_its_district = any(
        "district" in parent.levels and any(heard(name.key) == parent.name.key for name in place.districts)
        for parent in parents
    )
    return not (in_old_units or in_its_district)


def _is_old(parent: Mention) -> bool:
    if "province" in parent.levels:
        return parent.old or parent.name.key not in _provinces_of_today()
    return True


def _best(found: Iterable[Meaning]) -> tuple[Meaning, ...]:
    found = list(found)
    least = min((meaning.differs for meaning in found), default=())
    return tuple(meaning for meaning in found if meaning.differs == least)


def _shared(found: list[tuple[Meaning, ...]]) -> tuple[Meaning, ...]:
    """Return the meanings on which several mentions agree, or all of them where they do not."""
    if len(found) == 1:
        return found[0]
    every = tuple(meaning for group in found for meaning in group)
    shared = (
        reduce(frozenset[str].intersection, (frozenset(_codes(group)) for group in found)) if found else frozenset()
    )
    if not shared:
        return every
    kept = (m._replace(place=m.place._replace(codes=tuple(c for c in m.place.codes if c in shared))) for m in every)
    return tuple(meaning for meaning in kept if meaning.place.codes)


def _codes(found: Iterable[Meaning]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for meaning in found for code in meaning.place.codes))

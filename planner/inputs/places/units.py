"""Names and codes of administrative units: the communes of June 2025 and the communes of today they went to."""

from __future__ import annotations

import json
import re
import sqlite3
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, NamedTuple

from planner.catalogue.load import read_data
from planner.inputs.text import fold

Level = Literal["commune", "district", "province"]

Kinds = Mapping[Level, Mapping[str, str]]

KINDS: Kinds = read_data("places")["kinds"]
"""Kind by the word that announces a unit, for each level."""

KINDS_WITHOUT_DIACRITICS: Kinds = {
    level: {**kinds, **{fold(word): kind for word, kind in kinds.items()}} for level, kinds in KINDS.items()
}
"""The same for texts that were typed without diacritics."""

_CORRECTED: dict[str, str] = read_data("places")["corrected"]
_DIVIDED: dict[str, list[str]] = read_data("places")["divided"]
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_WORD = re.compile(r"[^\W\d_]+|\d+|[,;:()\n]")
_SEPARATORS = frozenset(",;:()\n")
BREAK = ""


class Name(NamedTuple):
    """A unit's name for matching.

    Attributes
    ----------
    kind : `xa`, `huyen`, …; empty where the text does not say.
    key : without diacritics and spaces, as in `tanquoi`.
    text : the name as written, for telling `Sa Pa` from `Sa Pả`.
    """

    kind: str
    key: str
    text: str


@dataclass(frozen=True)
class OldCommune:
    """A commune of June 2025.

    Attributes
    ----------
    address : its full name with those of its district and province.
    lon, lat : place of its label in degrees (WGS 84).
    today : codes of today's communes it went to, the main one first.
    earlier : names of communes that had been merged into it before.
    earlier_districts : names of districts that had been merged into its district before.
    """

    code: str
    name: Name
    full_name: str
    address: str
    district: Name
    province: Name
    lon: float
    lat: float
    today: tuple[str, ...]
    earlier: tuple[Name, ...]
    earlier_districts: tuple[Name, ...]


def words(text: str) -> list[str]:
    """Return the words of a text in lower case, `BREAK` where a comma, bracket, colon or line break parts them."""
    found = _WORD.findall(unicodedata.normalize("NFC", text).lower())
    return [BREAK if item in _SEPARATORS else str(int(item)) if item.isdecimal() else item for item in found]


def kind_at(text: list[str], start: int) -> tuple[str, int]:
    """Return the word or two words that announce a unit at a place of the text, and how many they are."""
    for length in (2, 1):
        announced = " ".join(text[start : start + length])
        if any(announced in kinds for kinds in KINDS_WITHOUT_DIACRITICS.values()):
            return announced, length
    return "", 0


def unit_name(full_name: str, level: Level) -> Name:
    """Return a unit's name, parted from its kind: `Xã Tân Quới` is the kind `xa` and the key `tanquoi`."""
    text = [word for word in words(full_name) if word != BREAK]
    announced, length = kind_at(text, 0)
    kind = KINDS_WITHOUT_DIACRITICS[level].get(announced, "") if len(text) > length else ""
    return joined(text[length:] if kind else text, kind)


def joined(text: list[str], kind: str) -> Name:
    """Return the words as one name."""
    return Name(kind, "".join(map(fold, text)), " ".join(text))


def heard(key: str) -> str:
    """Return a key with `i` for `y`: both `Mỹ` and `Mĩ` are written."""
    return key.replace("y", "i")


@cache
def other_names() -> dict[str, str]:
    """Return a province's key, as heard, by the keys of its other names: `hcm`, `thuathienhue`."""
    rows: dict[str, list[str]] = read_data("places")["also_called"]["province"]
    return {heard(other): heard(unit_name(name, "province").key) for name, others in rows.items() for other in others}


@lru_cache(maxsize=4096)
def marks(text: str) -> str:
    """Return the text with each word's tone at its end: `Thuỷ` and `Thủy` become equal, `Sa Pa` and `Sa Pả` do not."""
    return " ".join(_tone_last(unicodedata.normalize("NFD", word)) for word in words(text))


def _tone_last(letters: str) -> str:
    return "".join(sorted(letters, key=_TONES.__contains__))


@cache
def old_communes() -> tuple[OldCommune, ...]:
    """Return the communes of June 2025 by code; an island district without communes stands as one."""
    converter = json.loads(_library_file("converter_2025.json").read_text(encoding="utf-8"))
    with closing(sqlite3.connect(_library_file("dataset.db"))) as base:
        codes = base.execute("SELECT provinceKey, wardKey, wardCode FROM admin_units").fetchall()
        rows = base.execute(_OLD_COMMUNES).fetchall()
    today = _went_to(converter, {(province, key): _CORRECTED.get(code, code) for province, key, code in codes})
    return tuple(_old_commune(row, today) for row in rows)


_OLD_COMMUNES = """
SELECT provinceKey || '_' || districtKey || '_' || coalesce(wardKey, ''), coalesce(wardCode, districtCode),
       coalesce(ward, district), coalesce(wardType, districtType), district, districtType, province, provinceShort,
       coalesce(wardLon, districtLon), coalesce(wardLat, districtLat), wardAlias, districtAlias
FROM admin_units_legacy ORDER BY 2
"""


def _old_commune(row: tuple[Any, ...], today: dict[str, tuple[str, ...]]) -> OldCommune:
    key, code, full_name, kind, district, district_kind, province, short_province, *rest = row
    lon, lat, earlier, earlier_districts = rest
    return OldCommune(
        code=code,
        name=_name(kind, full_name),
        full_name=full_name,
        address=", ".join(dict.fromkeys((full_name, district, province))),
        district=_name(district_kind, district),
        province=_name(province.removesuffix(short_province), province),
        lon=lon,
        lat=lat,
        today=tuple(dict.fromkeys((*today[key], *_DIVIDED.get(code, ())))),
        earlier=_earlier(earlier, "commune"),
        earlier_districts=_earlier(earlier_districts, "district"),
    )


@lru_cache(maxsize=16_384)
def _name(kind: str, full_name: str) -> Name:
    # The library's short names keep the kind where two communes of a district differ by nothing else.
    kind, full_name = kind.strip().lower(), full_name.lower()
    if not full_name.startswith(kind):  # the library calls one phường a xã
        return unit_name(full_name, "commune")
    name = full_name.removeprefix(kind).strip()
    name = str(int(name)) if name.isdecimal() else name
    return Name(fold(kind), fold(name).replace(" ", ""), name)


def _earlier(aliases: str | None, level: Level) -> tuple[Name, ...]:
    """Return the names in the library's list of keys, written together with the kind: `xathanhdong`, `phuong2`."""
    if not aliases:
        return ()
    kinds = {kind.replace(" ", ""): kind for kind in KINDS[level].values()}
    return tuple(
        Name(kind, alias.removeprefix(start), "")
        for alias in json.loads(aliases)
        for start, kind in kinds.items()
        if alias.startswith(start) and alias != start
    )


def _went_to(converter: dict[str, Any], code: dict[tuple[str, str], str]) -> dict[str, tuple[str, ...]]:
    """Return for each old commune's key the codes of today's communes it went to, the main one first."""
    today: dict[str, dict[str, None]] = defaultdict(dict)
    for province, communes in converter["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for key, old_keys in communes.items():
            for old in old_keys:
                today[old][code[province, key]] = None
    for province, divided in converter["DICT_PROVINCE_WARD_DIVIDED"].items():
        for old, parts in divided.items():
            for part in sorted(parts, key=lambda part: not part["isDefaultNewWard"]):
                today[old][code[province, part["newWardKey"]]] = None
    return {old: tuple(codes) for old, codes in today.items()}


class TodaysCommune(NamedTuple):
    """A commune of today with the full names of it and its province."""

    code: str
    full_name: str
    name: Name
    province_code: str
    province: Name
    full_province: str


@cache
def communes_of_today() -> tuple[TodaysCommune, ...]:
    """Return every commune of today, by code."""
    with closing(sqlite3.connect(_library_file("dataset.db"))) as base:
        rows = base.execute("SELECT wardCode, wardType, ward, provinceCode, province, provinceShort FROM admin_units")
        found = [
            TodaysCommune(
                code=_CORRECTED.get(code, code),
                full_name=name,
                name=_name(kind, name),
                province_code=province_code,
                province=_name(province.removesuffix(short), province),
                full_province=province,
            )
            for code, kind, name, province_code, province, short in rows
        ]
    return tuple(sorted(found))


@cache
def todays_communes() -> tuple[tuple[str, Name, Name], ...]:
    """Return code, name and province of every commune of today."""
    return tuple((item.code, item.name, item.province) for item in communes_of_today())


@cache
def province_names() -> dict[str, str]:
    """Return the full names of today's provinces by key."""
    return {item.province.key: item.full_province for item in communes_of_today()}


def _library_file(name: str) -> Path:
    # The package is not imported: that takes a second and loads a geocoder that would go online.
    spec = find_spec("vietnamadminunits")
    if spec is None or spec.origin is None:  # pragma: no cover  a declared dependency
        raise ModuleNotFoundError("vietnamadminunits")
    return Path(spec.origin).parent / "data" / name

"""Names and codes of administrative units: the communes of June 2025 and the communes of today they went to."""

from __future__ import annotations

import json
import re
import sqlite3
import unicodedata
from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, NamedTuple

from planner.inputs.text import fold

Level = Literal["commune", "district", "province"]

KINDS: dict[Level, dict[str, str]] = {
    "commune": {
        "xa": "xa",
        "x": "xa",
        "phuong": "phuong",
        "p": "phuong",
        "thi tran": "thi tran",
        "tt": "thi tran",
        "dac khu": "dac khu",
    },
    "district": {
        "huyen": "huyen",
        "h": "huyen",
        "quan": "quan",
        "q": "quan",
        "thi xa": "thi xa",
        "tx": "thi xa",
        "thanh pho": "thanh pho",
        "tp": "thanh pho",
    },
    "province": {"tinh": "tinh", "thanh pho": "thanh pho", "tp": "thanh pho"},
}

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
    lon, lat : place of its label in degrees (WGS 84).
    today : codes of today's communes it went to, the main one first.
    earlier : names of communes that had been merged into it before.
    earlier_districts : names of districts that had been merged into its district before.
    """

    code: str
    name: Name
    full_name: str
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
        announced = " ".join(map(fold, text[start : start + length]))
        if any(announced in kinds for kinds in KINDS.values()):
            return announced, length
    return "", 0


def unit_name(full_name: str, level: Level) -> Name:
    """Return a unit's name, parted from its kind: `Xã Tân Quới` is the kind `xa` and the key `tanquoi`."""
    text = [word for word in words(full_name) if word != BREAK]
    announced, length = kind_at(text, 0)
    kind = KINDS[level].get(announced, "") if len(text) > length else ""
    return joined(text[length:] if kind else text, kind)


def joined(text: list[str], kind: str) -> Name:
    """Return the words as one name."""
    return Name(kind, "".join(map(fold, text)), " ".join(text))


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
    today = _went_to(converter, {(province, key): code for province, key, code in codes})
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
        district=_name(district_kind, district),
        province=_name(province.removesuffix(short_province), province),
        lon=lon,
        lat=lat,
        today=today[key],
        earlier=_earlier(earlier, "commune"),
        earlier_districts=_earlier(earlier_districts, "district"),
    )


def _name(kind: str, full_name: str) -> Name:
    # The library's short names keep the kind where two communes of a district differ by nothing else.
    name = full_name.lower().removeprefix(kind.strip().lower()).strip()
    name = str(int(name)) if name.isdecimal() else name
    return Name(fold(kind), fold(name).replace(" ", ""), name)


def _earlier(aliases: str | None, level: Level) -> tuple[Name, ...]:
    """Return the names in the library's list of keys, written together with the kind: `xathanhdong`, `phuong2`."""
    kinds = {kind.replace(" ", ""): kind for kind in KINDS[level].values()}
    return tuple(
        Name(kind, alias.removeprefix(start), "")
        for alias in json.loads(aliases or "[]")
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


@cache
def todays_communes() -> tuple[tuple[str, Name, Name], ...]:
    """Return code, name and province of every commune of today."""
    with closing(sqlite3.connect(_library_file("dataset.db"))) as base:
        rows = base.execute("SELECT wardCode, wardType, ward, province, provinceShort FROM admin_units ORDER BY 1")
        return tuple(
            (code, _name(kind, name), _name(province.removesuffix(short), province))
            for code, kind, name, province, short in rows
        )


def _library_file(name: str) -> Path:
    # The package is not imported: that takes a second and loads a geocoder that would go online.
    spec = find_spec("vietnamadminunits")
    if spec is None or spec.origin is None:  # pragma: no cover  a declared dependency
        raise ModuleNotFoundError("vietnamadminunits")
    return Path(spec.origin).parent / "data" / name

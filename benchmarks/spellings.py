"""One old address in the spellings that lists have: for measuring, and for the tests."""

from __future__ import annotations

import random
import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

_SHORT = {
    "Thị trấn": "TT.",
    "Thị xã": "TX.",
    "Thành phố": "TP.",
    "Phường": "P.",
    "Huyện": "H.",
    "Quận": "Q.",
    "Tỉnh": "T.",
    "Xã": "X.",
}
_STREETS = ("số 12 đường Lê Lợi, ", "thôn 3, ", "ấp Bình An, ", "tổ dân phố số 5, ", "khu phố 2, ", "")
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_OPEN_ENDINGS = (("o", "a"), ("o", "e"), ("u", "y"))


class Address(NamedTuple):
    """A commune of June 2025 with full names: `Xã Tân Quới`, `Huyện Bình Tân`, `Tỉnh Vĩnh Long`."""

    commune: str
    district: str
    province: str


def abbreviated(address: Address, _: random.Random) -> str:
    """Return `X. Tân Quới, H. Bình Tân, T. Vĩnh Long`."""
    return ", ".join(f"{short} {name}" for short, name in map(_shortened, address))


def without_diacritics(address: Address, _: random.Random) -> str:
    """Return `Xa Tan Quoi, Huyen Binh Tan, Tinh Vinh Long`."""
    letters = unicodedata.normalize("NFD", ", ".join(address))
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return plain.replace("đ", "d").replace("Đ", "D")


def tones_moved(address: Address, _: random.Random) -> str:
    """Return `Hòa` for `Hoà` and `Hoà` for `Hòa`."""
    return re.sub(r"\w+", lambda word: _tone_moved(word[0]), unicodedata.normalize("NFC", ", ".join(address)))


def written_out(address: Address, draw: random.Random) -> str:
    """Return a street or hamlet with all three units, some marked as old."""
    old = draw.choice(("", " (cũ)", " cũ"))
    commune, district, province = address
    return f"{draw.choice(_STREETS)}{_small(commune)}, {_small(district)}, {_small(province)}{old}"


def with_district_only(address: Address, draw: random.Random) -> str:
    """Return the commune and its district, with or without their kinds."""
    commune, district, _ = address
    kindless = commune if _is_number(commune) else _shortened(commune)[1]
    bare = district if _is_number(district) else _shortened(district)[1]
    return draw.choice((f"{commune}, {district}", f"{kindless}, {_small(district)}", f"{kindless}, {bare}"))


def decomposed(address: Address, _: random.Random) -> str:
    """Return the address in NFD, as files from a Mac hold it."""
    return unicodedata.normalize("NFD", ", ".join(address))


def capitals(address: Address, _: random.Random) -> str:
    """Return `XÃ TÂN QUỚI, HUYỆN BÌNH TÂN, TỈNH VĨNH LONG`."""
    return ", ".join(address).upper()


def with_line_breaks(address: Address, draw: random.Random) -> str:
    """Return the address broken over lines: between units, or anywhere a narrow cell breaks it."""
    if draw.random() < 1 / 2:
        return "\n".join(address)
    text = ", ".join(address)
    spaces = [place for place, letter in enumerate(text) if letter == " "]
    place = draw.choice(spaces)
    return f"{text[:place]}\n{text[place + 1 :]}"


def with_dashes(address: Address, draw: random.Random) -> str:
    """Return `xã Tân Quới - huyện Bình Tân - tỉnh Vĩnh Long`."""
    return draw.choice((" - ", " – ", "-")).join(map(_small, address))


def without_kinds(address: Address, draw: random.Random) -> str:
    """Return `Tân Quới, Bình Tân, Vĩnh Long`."""
    return draw.choice((", ", " - ", ",")).join(name if _is_number(name) else _shortened(name)[1] for name in address)


def without_spaces(address: Address, draw: random.Random) -> str:
    """Return `TT.Sa Pa,H.Sa Pa,T.Lào Cai`."""
    return draw.choice((",", ", ", "; ")).join(f"{short}{name}" for short, name in map(_shortened, address))


SPELLINGS: dict[str, Callable[[Address, random.Random], str]] = {
    "abbreviated": abbreviated,
    "no diacritics": without_diacritics,
    "tones moved": tones_moved,
    "written out": written_out,
    "district only": with_district_only,
    "NFD": decomposed,
    "capitals": capitals,
    "line breaks": with_line_breaks,
    "dashes": with_dashes,
    "no kinds": without_kinds,
    "no spaces": without_spaces,
}


def _shortened(name: str) -> tuple[str, str]:
    """Return the abbreviated kind and the rest of a full name."""
    for kind, short in _SHORT.items():
        if name.startswith(f"{kind} "):
            return short, name.removeprefix(f"{kind} ")
    return "", name


def _small(name: str) -> str:
    return name[:1].lower() + name[1:]


def _is_number(name: str) -> bool:
    return _shortened(name)[1].isdecimal()


def _tone_moved(word: str) -> str:
    """Return a word that ends in `oa`, `oe` or `uy` with its tone on the other vowel."""
    letters = unicodedata.normalize("NFD", word)
    plain = [letter for letter in letters if letter not in _TONES]
    tone = [letter for letter in letters if letter in _TONES]
    ending = tuple("".join(plain[-2:]).lower())
    if len(tone) != 1 or ending not in _OPEN_ENDINGS or "".join(plain[:-1]).lower() == "qu":
        return word
    on_the_last = letters[-1] in _TONES
    moved = [*plain[:-1], tone[0], plain[-1]] if on_the_last else [*plain, tone[0]]
    return unicodedata.normalize("NFC", "".join(moved))

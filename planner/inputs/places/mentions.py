"""The administrative units that a text names: announced (`xã`, `P.`, `huyện`) or alone between commas and dashes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from planner.catalogue.load import read_data
from planner.inputs.places.units import KINDS, KINDS_WITHOUT_DIACRITICS, Kinds, Level, Name, heard, other_names
from planner.inputs.text import fold

_LONGEST_NAME = 6
_PARTED = re.compile(r"[,;:()\[\]{}|•\"“”]+")
_PIECES = re.compile(r"[\n\r\t/–—-]+")  # names may run over these: `Bà Rịa - Vũng Tàu`, a narrow cell's line breaks
_WORD = re.compile(r"[^\W\d_]+|\d+")
_DOTTED = re.compile(r"\b(t)\s?\.\s?([ptx])\b")
_LABEL = re.compile(rf"\b({'|'.join(word for kinds in KINDS_WITHOUT_DIACRITICS.values() for word in kinds)})\s*:")
_TOGETHER = re.compile(r"\btp(?=hcm\b|hn\b)")
_NOT_UNITS: list[str] = read_data("places")["not_units"]
_NO_UNIT = re.compile("|".join(r"\b" + r"[\s–-]+".join(phrase.split()) for phrase in _NOT_UNITS))
_ENDS_OF_PHRASES = sorted({" ".join(phrase.split()[-2:]) for phrase in _NOT_UNITS})
_OLD = ("cũ", "cu")
_DISTRICT_WORDS = frozenset(
    word for word, kind in KINDS_WITHOUT_DIACRITICS["district"].items() if kind != "thanh pho" and len(word) > len("tx")
)
_NUMBERED = ("phuong", "quan")
_ROMAN = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv", "xvi")


@dataclass(frozen=True, eq=False)
class Known:
    """The names of the country.

    Attributes
    ----------
    keys : of all names of a level, as heard: so `xã Tân Long Hội` is never read as `xã Tân Long`.
    cities : keys of the provinces that are cities; every other `thành phố` is a district's.
    """

    keys: Mapping[Level, frozenset[str]]
    cities: frozenset[str]


class Mention(NamedTuple):
    """A unit named in a text.

    Attributes
    ----------
    levels : what it can be by its name; `thành phố Huế` is a district's or a province's.
    name : with its kind where that is announced.
    longer : the name where it runs on over a dash or line break, as in `xã Tân↵Long Hội`.
    announced : whether a kind stands before it.
    old : whether the text adds `cũ`.
    """

    levels: tuple[Level, ...]
    name: Name
    longer: Name | None = None
    announced: bool = False
    old: bool = False


@dataclass(frozen=True)
class Mentions:
    """What a text names.

    Attributes
    ----------
    units : in the order of the text.
    of_a_district : whether a district is announced, with a name known or not: so the text is in old units.
    accented : whether the text has diacritics, so that their lack says something.
    """

    units: tuple[Mention, ...]
    of_a_district: bool
    accented: bool


class _Script(NamedTuple):
    """The words that announce units, in a text with diacritics or without; and the first words of them."""

    kinds: Kinds
    announcing: frozenset[str]
    first: frozenset[str]


def _script(kinds: Kinds) -> _Script:
    announcing = frozenset(word for words in kinds.values() for word in words)
    return _Script(kinds, announcing, frozenset(word.split()[0] for word in announcing))


_ACCENTED, _PLAIN = _script(KINDS), _script(KINDS_WITHOUT_DIACRITICS)


class _Part(NamedTuple):
    """The words between two commas.

    Attributes
    ----------
    words, folded : as written and for matching.
    starts : where pieces start after dashes and line breaks.
    ends : where a name without a kind may end, the last one first.
    """

    words: list[str]
    folded: list[str]
    starts: frozenset[int]
    ends: list[int]
    script: _Script
    known: Known


def read_mentions(text: str, known: Known) -> Mentions:
    """Return the units that a text names."""
    parts = _split(text)
    accented = not all(map(str.isascii, parts))
    units: list[Mention] = []
    of_a_district = False
    for part in parts:
        found, district = _mentions(part, accented, known)
        if found is None and units:
            units[-1] = units[-1]._replace(old=True)
        units += found or ()
        of_a_district |= district
    return Mentions(tuple(units), of_a_district, accented)


def _tidied(text: str) -> str:
    """Return a text in lower case, with what announces units written in one way: `TP` for `T.P`, `xã` for `Xã:`."""
    lower = unicodedata.normalize("NFC", text).lower()
    if "." in lower:
        lower = _DOTTED.sub(r"\1\2", lower)
    if ":" in lower:
        lower = _LABEL.sub(r"\1 ", lower)
    if "tph" in lower:
        lower = _TOGETHER.sub("tp ", lower)
    if any(word in lower for word in _ENDS_OF_PHRASES):
        lower = _NO_UNIT.sub("tổ chức", lower)
    return lower


@lru_cache(maxsize=65_536)
def _mentions(
    text: str,
    accented: bool,  # noqa: FBT001  a key of the cache
    known: Known,
) -> tuple[tuple[Mention, ...] | None, bool]:
    """Return what a part names and whether it announces a district; None for a part that only says `cũ`."""
    part = _part(text, _ACCENTED if accented else _PLAIN, known)
    if part.words and set(part.words) <= set(_OLD):
        return None, False
    found = _scanned(part)
    if not found and accented:
        found = _scanned(part._replace(script=_PLAIN))
    of_a_district = any(_announces_a_district(part, start) for start in range(len(part.words)))
    return found, of_a_district and not any("district" in mention.levels for mention in found)


def _scanned(part: _Part) -> tuple[Mention, ...]:
    found: list[Mention] = []
    start = 0
    while start < len(part.words):
        mention, end = _announced(part, start)
        if mention is None and start in part.starts:
            mention, end = _alone(part, start)
        elif mention is not None and part.script is _PLAIN and start in part.starts:
            whole, _ = _alone(part, start)  # `Xa Dung` without diacritics is a name of its own
            mention = mention._replace(longer=mention.longer or (whole.name if whole else None))
        if mention is not None:
            if end < len(part.words) and part.words[end] in _OLD:
                mention, end = mention._replace(old=True), end + 1
            found.append(mention)
        start = end
    return tuple(found)


def _part(text: str, script: _Script, known: Known) -> _Part:
    words: list[str] = []
    starts = []
    for piece in _PIECES.split(text):
        starts.append(len(words))
        words += [str(int(word)) if word.isdecimal() else word for word in _WORD.findall(piece)]
    ends = [i for i, word in enumerate(words) if i in starts or word in script.first or word in _OLD]
    return _Part(words, [fold(word) for word in words], frozenset(starts), [len(words), *reversed(ends)], script, known)


def _announced(part: _Part, start: int) -> tuple[Mention | None, int]:
    """Return the unit announced at a word with the word after it, or None with the next word."""
    for length in (1, 2) if part.words[start] in part.script.first else ():
        if _announces(part, start, length):
            mention, end = _named(part, start + length, " ".join(part.words[start : start + length]))
            if mention is not None:
                return mention, end
    return None, start + 1


def _splits_a_kind(part: _Part, end: int) -> bool:
    return end < len(part.words) and part.words[end - 1] in part.script.first and _announces(part, end - 1, 2)


def _announces(part: _Part, start: int, length: int) -> bool:
    return " ".join(part.words[start : start + length]) in part.script.announcing


def _named(part: _Part, start: int, announced: str) -> tuple[Mention | None, int]:
    """Return the unit with the longest name from a word on, first without dashes and line breaks inside it."""
    inside: tuple[Mention, int] | None = None
    across: tuple[Mention, int] | None = None
    for end in range(min(len(part.words), start + _LONGEST_NAME), start, -1):
        runs_on = not part.starts.isdisjoint(range(start + 1, end))
        if (across if runs_on else inside) or _splits_a_kind(part, end):
            continue  # `Tân An thành phố …` is no `Tân An Thành`
        mention = _known_as(part, start, end, announced)
        if mention is not None and runs_on:
            across = mention, end
        elif mention is not None:
            inside = mention, end
    if inside and across:
        levels = tuple(dict.fromkeys(inside[0].levels + across[0].levels))
        return inside[0]._replace(levels=levels, longer=across[0].name), inside[1]
    return inside or across or (None, start)


def _known_as(part: _Part, start: int, end: int, announced: str) -> Mention | None:
    key = heard("".join(part.folded[start:end]))
    text = " ".join(part.words[start:end])
    levels: list[Level] = [level for level, kinds in part.script.kinds.items() if announced in kinds]
    kind = part.script.kinds[levels[0]][announced]
    if kind in _NUMBERED and end == start + 1 and part.words[start] in _ROMAN:
        key = text = str(_ROMAN.index(part.words[start]))
    if "province" in levels and key in other_names():
        key, text = other_names()[key], ""
    named = tuple(level for level in levels if _can_be(level, kind, key, part.known))
    return Mention(named, Name(kind, key, text), announced=True) if named else None


def _can_be(level: Level, kind: str, key: str, known: Known) -> bool:
    if level == "province" and kind == "thanh pho" and key in known.keys["district"]:
        return key in known.cities
    return key in known.keys[level]


def _announces_a_district(part: _Part, start: int) -> bool:
    """Return whether a district's kind is followed by a name, be it one that nobody knows."""
    for length in (1, 2) if part.words[start] in _PLAIN.first else ():
        if " ".join(part.words[start : start + length]) in _DISTRICT_WORDS:
            after = start + length
            return after < len(part.words) and after not in part.starts and part.words[after] not in _OLD
    return False


def _alone(part: _Part, start: int) -> tuple[Mention | None, int]:
    """Return the unit that whole pieces name, as in `Tân Quới - Bình Tân - Vĩnh Long`."""
    for end in part.ends:
        if not start < end <= start + _LONGEST_NAME or not _may_end(part, end):
            continue
        key, text = heard("".join(part.folded[start:end])), " ".join(part.words[start:end])
        levels = tuple(
            level for level in KINDS if key in part.known.keys[level] and (level == "commune" or not key.isdecimal())
        )
        if not levels and key in other_names():
            key, text, levels = other_names()[key], "", ("province",)
        if levels:
            return Mention(levels, Name("", key, text)), end
    return None, start + 1


def _may_end(part: _Part, end: int) -> bool:
    return (
        end == len(part.words) or end in part.starts or part.words[end] in _OLD or _announced(part, end)[0] is not None
    )


def unread_names(text: str, known: Known) -> list[str]:
    """Return keys of what may be a commune's name that nobody knows: words after its kind, or what stands alone."""
    announced = [key for names in announced_names(text, known, ("commune",)) for key in names]
    return announced or [key for part in _parts(text, known) for key in _keys_from(part, 0)]


def announced_names(text: str, known: Known, levels: tuple[Level, ...]) -> list[list[str]]:
    """Return for each kind of these levels in a text the keys of its first word, of its first two words, and so on."""
    accented = not text.isascii()
    return [names for item in _split(text) for names in _announced_in_part(item, accented, known, levels)]


@lru_cache(maxsize=65_536)
def _announced_in_part(
    text: str,
    accented: bool,  # noqa: FBT001  a key of the cache
    known: Known,
    levels: tuple[Level, ...],
) -> list[list[str]]:
    part = _part(text, _ACCENTED if accented else _PLAIN, known)
    found = []
    i = 0
    while i < len(part.words):
        start = _after_kind(part, i, levels)
        keys = _keys_from(part, start) if start else []
        read = [n for n, key in enumerate(keys, 1) if any(key in known.keys[level] for level in levels)]
        found += [keys] if keys else []
        i = max(start + max(read, default=0), i + 1)  # in `thi xa Tinh Bien` nothing announces a province
    return found


@lru_cache(maxsize=65_536)
def _split(text: str) -> tuple[str, ...]:
    return tuple(item.strip(" .") for item in _PARTED.split(_tidied(text)))


def _parts(text: str, known: Known) -> list[_Part]:
    script = _PLAIN if text.isascii() else _ACCENTED
    return [_part(item, script, known) for item in _split(text)]


def _keys_from(part: _Part, start: int) -> list[str]:
    """Return the keys of one word from a place on, of two words, and so on up to `cũ`."""
    keys = []
    for end in range(start + 1, min(len(part.words), start + _LONGEST_NAME) + 1):
        keys.append(heard("".join(part.folded[start:end])))
        if end < len(part.words) and part.words[end] in _OLD:
            break
    return keys


def _after_kind(part: _Part, start: int, levels: tuple[Level, ...]) -> int:
    """Return where the name begins that a kind of these levels announces at a word, 0 where none does."""
    for length in (1, 2):
        words = " ".join(part.words[start : start + length])
        if any(words in part.script.kinds[level] for level in levels):
            return min(start + length, len(part.words))
    return 0

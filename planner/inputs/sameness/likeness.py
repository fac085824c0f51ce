"""Keys by which two rows are told to be one facility: of names, addresses, parcels and certificates."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from itertools import combinations
from typing import Literal, NamedTuple

from planner.catalogue.load import read_data
from planner.inputs.places.units import marks, old_communes
from planner.inputs.text import clean, fold

Relation = Literal["name", "spelling", "similar", ""]

_HIDDEN = re.compile(r"\n|,? *địa *chỉ *:?")
_FORMER = re.compile(r"\bcũ\b|\(cu\)")
_NUMBER_WORD = re.compile(r"\bso (?=\d)")
_SHEET_AND_PARCEL = (
    re.compile(r"\bto\b\D*(?P<sheet>\d+)\D+\bthua\b\D*(?P<parcel>\d+)"),
    re.compile(r"\bthua\b\D*(?P<parcel>\d+)\D+\bto\b\D*(?P<sheet>\d+)"),
    re.compile(r"^(?P<sheet>\d+) (?P<parcel>\d+)$"),
)
_CERTIFICATE = re.compile(r"\b([a-z]{1,2}) ?(\d{6,8})\b")
_ONE_NUMBER = re.compile(r"\d+[a-z]?\b")
_LONG_NUMBER = re.compile(r"\d{5,}")
_HOUSE = re.compile(r"\d+[a-z]?(?: \d+[a-z]?)* (?=[a-z]{2})")
_STREET = re.compile(r"^((?:\d+[a-z]? )*)(?:duong|pho) ")
_PARTS = re.compile(r"[,;\n]| [-–] ")
_SHORTEST_WORD = 3
_MOST_LETTERS = 40


class Words(NamedTuple):
    """A facility's name for comparing.

    Attributes
    ----------
    kind : what sort of facility the name begins with, `truong tieu hoc`; empty where it begins with no known one.
    proper : the other words, without `xa`, `huyen`, …
    bag : all words in alphabetical order.
    joined : the proper words as one key.
    """

    kind: str
    proper: tuple[str, ...]
    bag: tuple[str, ...]
    joined: str

    @property
    def kin(self) -> str:
        """The kind, the same for kinds that often follow one another."""
        kind: str = self.kind
        for earlier, later in _followed_by():
            kind = kind.replace(earlier, later)
        return kind


class Address(NamedTuple):
    """The part of an address below the commune.

    Attributes
    ----------
    key : without diacritics, `so` and `duong`; empty where the address names nothing below the commune.
    house : whether it names a house in a street, not only a hamlet or a street.
    """

    key: str
    house: bool


def one_key(folded: str) -> str:
    """Return a key that is the same for `Mỹ` and `Mĩ`."""
    return folded.replace("y", "i")


@lru_cache(maxsize=65_536)
def words_of(name: str) -> Words:
    """Return a name's words: abbreviations written out, without `(cũ)`, `Trụ sở` and an address hidden behind it."""
    text = _without_address(name.lower())
    text = fold(_FORMER.sub(" ", text) if "cũ" in text or "(cu)" in text else text)
    found = text.split()
    for key, written_out in (("abbreviations", _written_out), ("fillers", _without_fillers)):
        if not _first_words(key).isdisjoint(found):
            text = written_out(text)
            found = text.split()
    if "so" in found:
        found = _NUMBER_WORD.sub("", text).split()
    for kind in _kinds().get(found[0], ()) if found else ():
        if found[: len(kind)] == kind:
            return _words(kind, _without_units(found[len(kind) :]))
    return _words([], _without_units(found))


def _words(kind: list[str], proper: tuple[str, ...]) -> Words:
    return Words(" ".join(kind), proper, tuple(sorted((*kind, *proper))), one_key("".join(proper)))


def _without_address(name: str) -> str:
    if "\n" not in name and "địa" not in name:
        return name
    head, *tail = _HIDDEN.split(name, maxsplit=1)
    is_address = bool(tail) and bool(head.strip()) and bool(_units_on().search(f" {fold(tail[0])}"))
    return head if is_address else name


def relation(one: str, other: str) -> Relation:
    """Return how like two names are.

    Returns
    -------
    `name` for the same words, in any order, with or without all diacritics; `spelling` where one is most likely a
    misspelling of the other; `similar` where they may as well be two names; empty for two names.
    """
    first, second = words_of(one), words_of(other)
    if first.bag == second.bag:
        return _same_words(one, other, first, second)
    if first.kin != second.kin:
        return ""
    if first.joined == second.joined:
        return "name" if first.kind == second.kind else "similar"
    typo = _typo(first.proper, second.proper)
    if typo is None or {first.joined, second.joined} <= _communes():
        return ""
    return "spelling" if first.kind == second.kind and not set(typo) <= _syllables() else "similar"


def _same_words(one: str, other: str, first: Words, second: Words) -> Relation:
    reordered = (first.kind, first.proper) != (second.kind, second.proper)
    if reordered and sum(len(word) < _SHORTEST_WORD or word.isdecimal() for word in first.bag) > 1:
        return "similar"  # `trường số 1, bản 2` and `trường số 2, bản 1`
    if clean(one).isascii() or clean(other).isascii():
        return "name"
    left, right = (_marked(name, first.proper) for name in (one, other))
    only_left, only_right = set(left) - set(right), set(right) - set(left)
    if not only_left and not only_right:
        return "name"
    if {" ".join(left), " ".join(right)} <= _marked_communes():
        return ""  # `Sa Pa` and `Sa Pả` lie side by side
    return "spelling" if _bare(only_left) or _bare(only_right) else "similar"


def _marked(name: str, proper: tuple[str, ...]) -> list[str]:
    """Return the proper words of a name with their tone at the end."""
    return [word for word in marks(clean(name)).split() if fold(word) in proper]


def _bare(marked: set[str]) -> bool:
    return all(word.isascii() for word in marked)


def _typo(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, str] | None:
    """Return the words that differ where two names differ in one letter of one word of three letters or more."""
    if len(one) != len(other):
        return None
    differing = [pair for pair in zip(one, other, strict=True) if pair[0] != pair[1]]
    if len(differing) != 1:
        return None
    ((a, b),) = differing
    words = a.isalpha() and b.isalpha() and min(len(a), len(b)) >= _SHORTEST_WORD
    return (a, b) if words and _one_letter_apart(a, b) else None


def _one_letter_apart(a: str, b: str) -> bool:
    """Return whether one letter too many, too few, another one or two turned round make one word the other."""
    if len(a) > len(b):
        a, b = b, a
    start = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), len(a))
    if len(a) == len(b):
        turned = a[start : start + 2] == b[start : start + 2][::-1] and a[start + 2 :] == b[start + 2 :]
        return a[start + 1 :] == b[start + 1 :] or turned
    return len(b) - len(a) == 1 and a[start:] == b[start + 1 :]


def slips(words: Iterable[str]) -> dict[str, list[str]]:
    """Return for each word the others that are one letter apart; of two only where one is no syllable of a name."""
    known = _syllables()
    near: dict[str, list[str]] = {}
    by_key: dict[str, list[str]] = {}
    for word in sorted({word for word in words if len(word) >= _SHORTEST_WORD and word.isalpha()}):
        for key in {word, *(word[:i] + word[i + 1 :] for i in range(min(len(word), _MOST_LETTERS)))}:
            by_key.setdefault(key, []).append(word)
    for group in by_key.values():
        for one, other in combinations(group, 2):
            if (
                not (one in known and other in known)
                and other not in near.get(one, ())
                and _one_letter_apart(one, other)
            ):
                near.setdefault(one, []).append(other)
                near.setdefault(other, []).append(one)
    return near


def typo_keys(name: str) -> list[str]:
    """Return keys of which two names that are a letter apart share one: the proper words, each letter left out once."""
    text = words_of(name).joined
    if not _SHORTEST_WORD <= len(text) <= _MOST_LETTERS:
        return [text] if text else []
    return list(dict.fromkeys([text, *(text[:i] + text[i + 1 :] for i in range(len(text)))]))


def parcel_of(map_sheet: str, parcel: str) -> str:
    """Return sheet and parcel as `5/12`, or an empty text where both are not known; both may stand in one cell."""
    if not parcel and not map_sheet:
        return ""
    sheet, number = _one_number(map_sheet), _one_number(parcel)
    if sheet and number:
        return f"{sheet}/{number}"
    both = fold(parcel or map_sheet)
    for pattern in _SHEET_AND_PARCEL if not (parcel and map_sheet) else _SHEET_AND_PARCEL[:2]:
        if found := pattern.search(both):
            return f"{int(found['sheet'])}/{int(found['parcel'])}"
    return ""


@lru_cache(maxsize=65_536)
def _one_number(text: str) -> str:
    """Return the one number of a text such as `tờ số 5`, or `12a`; nothing for zero and for several numbers."""
    found = _ONE_NUMBER.findall(fold(text).removesuffix(" 0"))
    return found[0].lstrip("0") if len(found) == 1 else ""


def certificate_of(text: str) -> str:
    """Return the number of a certificate (`BM 345678`), or an empty text where the cell only says yes or no."""
    folded = _NUMBER_WORD.sub("", fold(text))
    if found := _CERTIFICATE.search(folded):
        return f"{found[1]} {found[2]}".upper()
    number = _LONG_NUMBER.search(folded)
    return number[0] if number else ""


@lru_cache(maxsize=65_536)
def address_of(address: str) -> Address:
    """Return what an address names below the commune: a house in a street, a street or a hamlet."""
    parts = [part for text in _PARTS.split(clean(address)) if (part := _below_commune(fold(text)))]
    key = " ".join(parts)
    return Address(key, bool(_HOUSE.match(key)))


def _below_commune(part: str) -> str:
    part = _openings().sub("", _units_on().sub("", f" {part}").strip()).strip()
    return _STREET.sub(r"\1", part) if _specific().match(part) else ""


def is_different(same_as: str) -> bool:
    """Return whether a cell of `same_as` says that the row repeats no other."""
    return fold(same_as) in {fold(word) for word in read_data("likeness")["different"]}


@cache
def _followed_by() -> tuple[tuple[str, str], ...]:
    return tuple((fold(earlier), fold(later)) for earlier, later in read_data("likeness")["followed_by"].items())


def _without_units(found: list[str]) -> tuple[str, ...]:
    if _first_words("units").isdisjoint(found):
        return tuple(found)
    return tuple(_units().sub("", " ".join(found)).split())


@cache
def _kinds() -> dict[str, list[list[str]]]:
    """Return the words with which names of facilities begin, written out, by the first of them, the longest first."""
    found: dict[str, list[list[str]]] = {}
    for text in (text for names in read_data("name_words")["current_use"].values() for text in names):
        words = _without_fillers(_written_out(fold(text))).split()
        if words and words not in found.setdefault(words[0], []):
            found[words[0]].append(words)
    return {first: sorted(kinds, key=len, reverse=True) for first, kinds in found.items()}


@cache
def _communes() -> frozenset[str]:
    return frozenset(one_key(item.name.key) for item in old_communes())


@cache
def _marked_communes() -> frozenset[str]:
    return frozenset(marks(item.name.text) for item in old_communes())


@cache
def _syllables() -> frozenset[str]:
    """Return the syllables of the country's place names and of the words for facilities."""
    places = {word for item in old_communes() for word in fold(item.full_name).split()}
    return frozenset(places | {word for kinds in _kinds().values() for kind in kinds for word in kind})


@cache
def _long() -> dict[str, str]:
    return {fold(short): fold(long) for short, long in read_data("likeness")["abbreviations"].items()}


@cache
def _first_words(key: str) -> frozenset[str]:
    """Return the words with which the texts of a list begin: a name without any of them holds none of the texts."""
    return frozenset(fold(text).split()[0] for text in read_data("likeness")[key])


@cache
def _abbreviations() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(sorted(_long(), key=len, reverse=True))})\b")


def _any_of(key: str) -> str:
    texts = sorted((fold(text) for text in read_data("likeness")[key]), key=len, reverse=True)
    return "|".join(texts)


def _written_out(text: str) -> str:
    return _abbreviations().sub(lambda short: _long()[short[0]], text)


def _without_fillers(text: str) -> str:
    return _fillers().sub(" ", text)


@cache
def _fillers() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{_any_of('fillers')})\b")


@cache
def _units() -> re.Pattern[str]:
    """Return what announces a unit in a name; a single letter may as well be part of the name."""
    whole = "|".join(text for text in _any_of("units").split("|") if len(text) > 1)
    return re.compile(rf"\b(?:{whole}) ")


@cache
def _units_on() -> re.Pattern[str]:
    """Return where the units of an address begin."""
    return re.compile(rf" (?:{_any_of('units')}) .*$")


@cache
def _openings() -> re.Pattern[str]:
    return re.compile(rf"^(?:(?:{_any_of('address_openings')}) )+")


@cache
def _specific() -> re.Pattern[str]:
    return re.compile(rf"(?:{_any_of('hamlets')}) |\d")

"""What one heading says: which column of the data model it is, how surely, and in which unit."""

from __future__ import annotations

import difflib
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Literal, NamedTuple

from planner.catalogue.columns import Column, columns
from planner.catalogue.load import read_data
from planner.inputs.text import clean, fold

SHAPEFILE_NAME = 10  # characters that a Shapefile keeps of a field's name
SYNONYM_SCORE = 0.95
ALIKE_SCORE = 0.9
LEAST_LIKENESS = 0.75
CLEAR_BY = 0.08
"""A heading is guessed where the nearest column is this alike, and nearer than every other by this much."""

_TYPO = 0.8
_TYPO_LENGTH = 4  # shorter words differ by more than a slip
_UNDER_A_GROUP = 0.9
_A_PART = 0.85  # likeness of a heading of which a part is known
_BRACKETS = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]")
_NUMBERED = re.compile(r"^\s*(?:\(\d{1,2}\)|\d{1,2}[.)])\s*")
_BETWEEN_PARTS = re.compile(r"[/;\n]| - ")
_BETWEEN_UNITS = re.compile(r"[;/]|(?<!\d),|,(?!\d)|\bvà\b")


@dataclass(frozen=True)
class Heading:
    """A column of the sheet: its position from 0, its heading and the group headings above, as the user wrote them.

    Attributes
    ----------
    index : position in the sheet, from 0.
    text : the lowest heading.
    group : the headings above it, from the top, parted by " / "; empty where there are none.
    """

    index: int
    text: str
    group: str = ""

    @property
    def shown(self) -> str:
        """Return the heading with its group, as records name it."""
        return f"{self.group} / {self.text}" if self.group else self.text

    def factor(self, unit: str) -> tuple[str, float]:
        """Return the unit named in the heading and the factor to `unit`; 1 where it names none that is known."""
        for part in (self.text, *reversed(self.group.split(" / "))):
            inside = [a or b for a, b in _BRACKETS.findall(part)]
            bare = _BRACKETS.sub(" ", part)  # "(ng.đ)" that nobody knows is not "đ"
            for text in (*inside, bare.rpartition(",")[2], bare):
                found = units_in(text, unit, whole=text in inside)
                if found[0]:
                    return found
        return "", 1.0


class Hit(NamedTuple):
    """The column that a heading is.

    Attributes
    ----------
    column : key in the data model.
    score : 1 for the scenario's mapping and the column's own names, less for synonyms and likeness.
    by : what recognised it.
    preferred : whether it wins over other headings of the same column.
    """

    column: str
    score: float
    by: Literal["scenario", "name", "synonym", "alike", "values"]
    preferred: bool = False


@cache
def word_set(part: str, key: str) -> frozenset[str]:
    """Return a list of `sheet_words.toml` as folded texts."""
    return frozenset(fold(text) for text in read_data("sheet_words")[part][key])


@cache
def _units(unit: str) -> dict[str, float]:
    """Return how units are written, folded, the longest first, as factors to `unit`."""
    known = {fold(name): factor for name, factor in read_data("sheet_words")["units"].get(unit, {}).items()}
    return dict(sorted(known.items(), key=lambda item: -len(item[0])))


@cache
def unit_name(unit: str, folded: str) -> str:
    """Return a unit found by `units_in` as it is written in full: "triệu đồng" for "trd"."""
    known = read_data("sheet_words")["units"].get(unit, {})
    factor = _units(unit)[folded]
    return next(str(name) for name, other in known.items() if other == factor)


def units_in(text: str, unit: str, *, whole: bool = False) -> tuple[str, float]:
    """Return the unit with which a text ends and its factor to `unit`; ("", 1) where it is none that is known.

    Parameters
    ----------
    text : a heading, or the line above a header such as "Đơn vị tính: m2; triệu đồng".
    unit : the unit of the data model whose kind is looked for.
    whole : whether each part of the text must be a unit and nothing else.
    """
    for part in _BETWEEN_UNITS.split(text.replace("%", " percent ").replace("‰", " permille ")):
        folded = fold(part)
        if whole:
            folded = next(
                (folded[len(w) + 1 :] for w in word_set("headings", "unit_line") if folded.startswith(f"{w} ")), folded
            )
        for name, factor in _units(unit).items():
            if folded == name or (not whole and folded.endswith(f" {name}")):
                return name, factor
    return "", 1.0


@cache
def is_unit(text: str) -> bool:
    """Return whether a heading is nothing but a unit, such as "(m2)"."""
    text = clean(text)
    bare = text.strip("()[]")
    east = fold(bare).startswith("dong") and "đồng" not in text.lower()  # "đông", which folded is a currency
    if east and not text.startswith("("):
        return False
    units = read_data("sheet_words")["units"]
    return all(any(units_in(part, unit, whole=True)[0] for unit in units) for part in _BETWEEN_UNITS.split(bare))


def is_serial(text: str) -> bool:
    """Return whether a heading is that of the running number."""
    return fold(text) in word_set("headings", "serial") or text.strip() == "#"


@lru_cache(maxsize=4096)
def words(text: str) -> tuple[str, ...]:
    """Return the words of a heading, folded, short forms written out, without the words that change nothing."""
    short = _short()
    spelled = (part for word in fold(text).split() for part in short.get(word, (word,)))
    return tuple(word for word in spelled if word not in word_set("headings", "idle"))


@cache
def _short() -> dict[str, tuple[str, ...]]:
    return {fold(key): tuple(fold(text).split()) for key, text in read_data("sheet_words")["headings"]["short"].items()}


def _key(text: str) -> str:
    """Return what a heading is looked up by: its words without the spaces, so that "DienTichDat" is found too."""
    return "".join(words(text))


@lru_cache(maxsize=4096)
def forms(text: str) -> tuple[str, ...]:
    """Return the keys of a heading: whole, and without numbering, brackets and the unit at its end."""
    bare = _BRACKETS.sub(" ", text)
    unnumbered = _NUMBERED.sub("", text)
    texts = [text, bare, unnumbered, _BRACKETS.sub(" ", unnumbered)]
    texts += [_day().sub("", fold(part)) for part in texts]
    texts += [head for head in map(_without_unit, texts) if head]
    return tuple(dict.fromkeys(key for key in map(_key, texts) if key))


@cache
def _day() -> re.Pattern[str]:
    """Return the pattern of the day to which a heading refers, folded, at its end."""
    before = "|".join(sorted(word_set("headings", "as_of"), key=len, reverse=True))
    return re.compile(rf" (?:{before})(?: ngay| thang| nam)*(?: \d+)+$")


def _without_unit(text: str) -> str:
    folded = fold(text)
    ends = (name for unit in read_data("sheet_words")["units"] for name in _units(unit) if folded.endswith(f" {name}"))
    longest = max(ends, key=len, default="")
    return folded.removesuffix(longest).strip() if longest else ""


@cache
def spellings(column: Column) -> dict[tuple[str, str], Hit]:
    """Return how a column may be headed, as (group prefix, heading), both as keys, and what each is worth."""
    found: dict[tuple[str, str], Hit] = {}
    own = (column.key, column.vi, column.en)
    kinds = (
        (column.synonyms, Hit(column.key, SYNONYM_SCORE, "synonym")),
        (own, Hit(column.key, 1.0, "name")),
        (column.preferred, Hit(column.key, 1.0, "name", preferred=True)),
    )
    for texts, hit in kinds:
        for text in texts:
            group, _, heading = text.rpartition(" / ")
            found |= {(_key(group), form): hit for form in forms(heading)}
    return found


@cache
def _by_heading(table: str) -> dict[str, list[tuple[str, Hit]]]:
    """Return the spellings of a table by heading, with the group that each needs, the longest group first."""
    found: dict[str, list[tuple[str, Hit]]] = defaultdict(list)
    for column in columns(table).values():
        for (group, form), hit in spellings(column).items():
            found[form].append((group, hit))
    short = Counter(key[:SHAPEFILE_NAME] for key in columns(table))
    for key in columns(table):
        if short[key[:SHAPEFILE_NAME]] == 1 and (form := _key(key[:SHAPEFILE_NAME])) not in found:
            found[form].append(("", Hit(key, 1.0, "name")))
    return {form: sorted(hits, key=lambda item: -len(item[0])) for form, hits in found.items()}


def _groups(heading: Heading) -> list[str]:
    """Return the groups a heading stands under: each by itself from the lowest, then all of them in one."""
    levels = heading.group.split(" / ") if heading.group else []
    return [*reversed(levels), *([" ".join(levels)] if len(levels) > 1 else [])]


@lru_cache(maxsize=8192)
def match(heading: Heading, table: str) -> Hit | None:
    """Return the column of a table that a heading is by its own name or a synonym, or None.

    A spelling with a group is tried first, then group and heading as one text, then the heading alone, unless its
    group says that it speaks of something else (needs, proposals, …).
    """
    known = _by_heading(table)
    groups = [key for text in _groups(heading) for key in forms(text)]
    for form in forms(heading.text):
        for prefix, hit in known.get(form, ()):
            if prefix and any(group.startswith(prefix) for group in groups):
                return hit
    joined = [f"{group}{form}" for group in groups for form in forms(heading.text)]
    if groups and fold(heading.text) in word_set("headings", "whole"):
        joined += groups
    alone = forms(heading.text)
    if heading.group:  # a mark "x" below a group is no coordinate
        barred = is_foreign(heading) or is_other(heading)
        alone = () if barred else tuple(form for form in alone if len(form) > 1)
    return next((hit for form in (*joined, *alone) for prefix, hit in known.get(form, ()) if not prefix), None)


def is_foreign(heading: Heading) -> bool:
    """Return whether a heading's group says that it speaks of something else than what there is."""
    return any(fold(group).startswith(tuple(word_set("headings", "foreign"))) for group in _groups(heading))


def is_other(heading: Heading) -> bool:
    """Return whether a heading is known to be none of our columns."""
    known = word_keys("headings", "other")
    texts = (heading.shown.replace(" / ", " "), *(() if heading.group else (heading.text,)))
    return any(form in known for text in texts for form in forms(text))


@cache
def word_keys(part: str, key: str) -> frozenset[str]:
    """Return a list of `sheet_words.toml` as keys, to be compared with `forms`."""
    return frozenset(form for text in read_data("sheet_words")[part][key] for form in forms(text))


@dataclass(frozen=True)
class _Vocabulary:
    """The words of a table's headings: what each weighs (rare ones more), and the headings as sets of words."""

    weight: Mapping[str, float]
    unknown: float
    headings: tuple[tuple[str, frozenset[str]], ...]

    def weigh(self, found: frozenset[str]) -> float:
        return sum(self.weight.get(word, self.unknown) for word in sorted(found))


@cache
def _vocabulary(table: str) -> _Vocabulary:
    texts = {
        key: {frozenset(words(text.replace(" / ", " "))) for text in (column.vi, column.en, *column.synonyms)}
        for key, column in columns(table).items()
    }
    seen = Counter(word for sets in texts.values() for word in frozenset().union(*sets))
    weight = {word: math.log(1 + len(texts) / count) for word, count in seen.items()}
    headings = tuple((key, found) for key, sets in texts.items() for found in sorted(sets, key=sorted) if found)
    return _Vocabulary(weight, math.log(1 + len(texts) / 4), headings)


@lru_cache(maxsize=8192)
def alike(heading: Heading, table: str) -> tuple[tuple[str, float], ...]:
    """Return the columns that a heading resembles and how much (0 to 1), the nearest first.

    The likeness of two headings is the share of their words in common (Dice's coefficient), every word weighed by
    how few columns of the table use it (inverse document frequency); a slip of the pen in a word is forgiven.
    """
    if is_other(heading):
        return ()
    texts: dict[frozenset[str], float] = {}
    if not any(match(Heading(heading.index, group), table) for group in _groups(heading)):
        shown = heading.shown.replace(" / ", " ")
        texts |= {frozenset(words(text)): 1.0 for text in (shown, _BRACKETS.sub(" ", shown))}
    if heading.group and not is_foreign(heading):
        texts.setdefault(frozenset(words(_BRACKETS.sub(" ", heading.text))), _UNDER_A_GROUP)
    best = {hit.column: _A_PART for part in _parts(heading) if (hit := match(part, table))}
    for text, worth in texts.items():
        for key, score in _likeness(text, table):
            best[key] = max(best.get(key, 0.0), round(worth * score, 3))
    return tuple(sorted(best.items(), key=lambda item: (-item[1], item[0])))


def _parts(heading: Heading) -> list[Heading]:
    """Return the parts of a heading that names several things at once: "Holder / name of the site"."""
    parts = [part for part in _BETWEEN_PARTS.split(heading.text) if part.strip()]
    return [replace(heading, text=part) for part in parts] if len(parts) > 1 else []


def _likeness(text: frozenset[str], table: str) -> Iterator[tuple[str, float]]:
    vocabulary = _vocabulary(table)
    known = frozenset(_spelled_right(word, table) for word in text)
    own = vocabulary.weigh(known)
    for key, other in vocabulary.headings:
        common = vocabulary.weigh(known & other)
        if common:
            yield key, 2 * common / (own + vocabulary.weigh(other))


@lru_cache(maxsize=4096)
def _spelled_right(word: str, table: str) -> str:
    known = _vocabulary(table).weight
    if word in known or len(word) < _TYPO_LENGTH:
        return word
    return next(iter(difflib.get_close_matches(word, sorted(known), n=1, cutoff=_TYPO)), word)

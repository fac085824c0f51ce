"""Numbers as people type them: either decimal mark, units, sums, sizes, and words around them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from typing import NamedTuple

from planner.catalogue.load import read_data
from planner.inputs.text import clean, fold

_PLAIN = re.compile(r"[+-]?\d+")
_SCIENTIFIC = re.compile(r"[+-]?\d+(\.\d+)?[eE][+-]?\d+")
_GROUPED = {mark: re.compile(rf"[+-]?\d{{1,3}}(\{mark}\d{{3}})+") for mark in ".,"}
_DECIMAL = {mark: re.compile(rf"[+-]?\d*\{mark}\d+|[+-]?\d+\{mark}") for mark in ".,"}
_BOTH = {
    ",": re.compile(r"[+-]?\d{1,3}(\.\d{3})+,\d*"),  # 1.234,5
    ".": re.compile(r"[+-]?\d{1,3}(,\d{3})+\.\d*"),  # 1,234.5
}
_SPACES = re.compile(r"(?<=\d)[ '’](?=\d{3}(?!\d))")  # thousands
_NUMBER = r"(?:[+-]?\d{1,3}(?:[ '’]\d{3})+(?!\d)(?:[.,]\d+)?|[+-]?[.,]?\d[\d.,]*(?:[eE][+-]?\d+)?)"
_ANY_NUMBER = re.compile(_NUMBER)
_PARTS = re.compile(rf"(?P<before>[^\d(\[]*?)\s*(?P<number>{_NUMBER})\s*(?P<behind>.*)", re.DOTALL)
_RANGE = re.compile(rf"[^\d]*{_NUMBER}\s*(?:-|÷|~|đến|to)\s*{_NUMBER}\D*(?:m2)?\D*", re.IGNORECASE)
_SIZE = re.compile(rf"({_NUMBER})\s*m?\s*[x×*]\s*({_NUMBER})\s*m?", re.IGNORECASE)
_NOTE = re.compile(r"[(\[](.*)[)\]]|[?*]+", re.DOTALL)
_BRACKETED = re.compile(r"\((.*)\)")
_LETTER_O = re.compile(r"\d[\dOo., ]*[Oo][\dOo., ]*")
_WORD = re.compile(r"\w+")
_MOST_WORDS = 3  # of a unit
_SIGNS = str.maketrans(
    {"−": "-", "–": "-", "—": "-", "‑": "-", "‐": "-", "㎡": "m2", "%": " percent", "‰": " permille"}
)
UNSURE = "number-unsure"
_LENGTH = 80  # of a text that may still be a number with a remark


class Number(NamedTuple):
    """A number read from text.

    Attributes
    ----------
    value : None where the text tells a limit only.
    rule : what is not certain about it; empty where nothing is.
    factor : of the unit that stands in the text, to the column's unit; None where none stands there.
    """

    value: float | None
    rule: str = ""
    factor: float | None = None


def parse_number(text: str, unit: str = "", mark: str | None = ",") -> Number | None:
    """Return the number that a text is, or None where it is none.

    Parameters
    ----------
    text : of a cell.
    unit : the column's unit in the data model; it and its multiples may stand behind the number.
    mark : the decimal mark where "1.234" leaves it open; None reads it the Vietnamese way and says so, empty takes
        either mark for decimals.

    Returns
    -------
    300 for "khoảng 300", 500 for "300+200", 3,600 for "120m x 30m" in m², no value for ">500": all of them unsure.
    """
    bare = _bare(text)
    found = plain_number(bare, mark)
    if found is not None or not bare or len(bare) > _LENGTH:
        return found
    return next((number for read in _READINGS if (number := read(bare, unit, mark)) is not None), None)


def plain_number(text: str, mark: str | None = ",") -> Number | None:
    """Return the number that a text of digits and marks is; `mark` as in `parse_number`."""
    text = _SPACES.sub("", text)
    if _PLAIN.fullmatch(text) or _SCIENTIFIC.fullmatch(text):
        return Number(float(text))
    for decimal, thousands in ((",", "."), (".", ",")):
        if _BOTH[decimal].fullmatch(text):
            return Number(float(text.replace(thousands, "").replace(decimal, ".")))
    for own, other in ((".", ","), (",", ".")):
        grouped = _GROUPED[own].fullmatch(text) is not None
        if grouped and (text.count(own) > 1 or ((mark or ",") == other and mark != "" and not _is_fraction(text))):
            return Number(float(text.replace(own, "")), _open(text, own, mark))
        if _DECIMAL[own].fullmatch(text):
            return Number(float(text.replace(own, ".")), _open(text, own, mark) if grouped else "")
    return None


def _open(text: str, own: str, mark: str | None) -> str:
    """Return the rule for a "1.234" that nothing else in its column explains."""
    return "number-ambiguous" if mark is None and text.count(own) == 1 and not _is_fraction(text) else ""


def _is_fraction(text: str) -> bool:
    return text.lstrip("+-").startswith("0")


def decimal_mark(texts: Iterable[str]) -> str | None:
    """Return the decimal mark that the clear numbers of a column prove, or None."""
    found = {token for text in texts for token in _ANY_NUMBER.findall(_bare(text))}
    tokens = {_SPACES.sub("", token).rstrip(".,") for token in found}
    marks = {mark for token in tokens for mark in _clear_mark(token)}
    return marks.pop() if len(marks) == 1 else None


def _clear_mark(text: str) -> str:
    """Return the decimal mark that a number's text proves, or nothing."""
    for mark, other in ((",", "."), (".", ",")):
        if _BOTH[mark].fullmatch(text) or (_GROUPED[other].fullmatch(text) and text.count(other) > 1):
            return mark
        if _DECIMAL[mark].fullmatch(text) and (not _GROUPED[mark].fullmatch(text) or _is_fraction(text)):
            return mark
    return ""


@lru_cache(maxsize=65_536)
def _bare(text: str) -> str:
    return clean(text).translate(_SIGNS).lstrip("'").strip()


# ---------------------------------------------------------------- readings, the first that fits


def _bracketed(text: str, unit: str, mark: str | None) -> Number | None:
    """Read (300) as accountants write a negative number."""
    inside = _BRACKETED.fullmatch(text)
    found = plain_number(inside[1].strip(), mark) if inside else None
    return None if found is None or found.value is None or unit == "°" else found._replace(value=-found.value)


def _range(text: str, unit: str, mark: str | None) -> Number | None:
    del unit, mark
    return Number(None, UNSURE) if _RANGE.fullmatch(text) else None


def _size(text: str, unit: str, mark: str | None) -> Number | None:
    """Read 120m x 30m as an area."""
    sides = _SIZE.fullmatch(text) if unit == "m²" else None
    found = [plain_number(side, mark) for side in sides.groups()] if sides else []
    values = [side.value for side in found if side is not None and side.value is not None]
    return Number(values[0] * values[1], UNSURE, 1.0) if len(values) == len(found) > 0 else None


def _sum(text: str, unit: str, mark: str | None) -> Number | None:
    parts = [part.strip() for part in text.split("+")]
    if len(parts) < 2 or not all(parts):  # noqa: PLR2004  a sum has two terms
        return None
    found = [plain_number(part, mark) or _worded(part, unit, mark) for part in parts]
    values = [part.value for part in found if part is not None and part.value is not None]
    factors = {part.factor for part in found if part is not None} - {None}
    if len(values) < len(found) or len(factors) > 1:
        return None
    return Number(sum(values), UNSURE, factors.pop() if factors else None)


def _mistyped(text: str, unit: str, mark: str | None) -> Number | None:
    """Read the letter O among digits as zero."""
    del unit
    found = plain_number(re.sub("[Oo]", "0", text), mark) if _LETTER_O.fullmatch(text) else None
    return None if found is None else found._replace(rule=UNSURE)


def _worded(text: str, unit: str, mark: str | None) -> Number | None:
    """Read a number with a word before it, and its unit and a note behind it."""
    parts = _PARTS.fullmatch(text)
    if parts is None or unit == "°":
        return None
    found = plain_number(parts["number"], mark) or plain_number(parts["number"].rstrip(".,"), mark)
    before, behind = _before(parts["before"]), _behind(parts["behind"], unit)
    if found is None or before is None or behind is None:
        return None
    is_limit, sure = before
    factor, note = behind
    return Number(None if is_limit else found.value, found.rule if sure and not note else UNSURE, factor)


_READINGS: tuple[Callable[[str, str, str | None], Number | None], ...] = (
    _bracketed,
    _range,
    _size,
    _sum,
    _mistyped,
    _worded,
)


def _before(text: str) -> tuple[bool, bool] | None:
    """Return whether the number is a limit only, and whether it is sure; None where it is no number."""
    words, marks = fold(text), read_data("cell_words")
    if words in word_set("about") or (not words and any(mark in text for mark in marks["about_marks"])):
        return False, False
    if words in word_set("bound") or (not words and any(mark in text for mark in marks["bound_marks"])):
        return True, False
    return (False, True) if words in word_set("label") or not text.strip(" :=") else None


def _behind(text: str, unit: str) -> tuple[float | None, bool] | None:
    """Return the factor of the unit behind a number and whether a note follows; None where it is something else."""
    text = text.rstrip(" .,;")
    note = _NOTE.fullmatch(text)
    if not text or note is not None:
        factor = _units(unit).get(fold(note[1] or "")) if note else None
        return factor, bool(text) and factor is None
    words = list(_WORD.finditer(text))
    for count in range(min(len(words), _MOST_WORDS), 0, -1):
        factor = _units(unit).get(fold(text[: words[count - 1].end()]))
        if factor is not None:
            rest = text[words[count - 1].end() :].strip(" \n.,;:-")
            is_note = _NOTE.fullmatch(rest) is not None or not re.search(r"[\d/]", rest)
            return (factor, bool(rest)) if is_note else None
    return (None, True) if unit == "m²" and text == "m" else None  # the square was forgotten


@cache
def word_set(key: str) -> frozenset[str]:
    """Return a list of `cell_words.toml` as folded texts."""
    return frozenset(fold(word) for word in read_data("cell_words")[key])


@cache
def _units(unit: str) -> dict[str, float]:
    """Return how the unit and its multiples are written, folded, as factors; things counted where there is no unit."""
    if not unit:
        return dict.fromkeys(word_set("counted"), 1.0)
    known = read_data("sheet_words")["units"].get(unit, {}) | read_data("cell_words")["units"].get(unit, {})
    return {fold(unit): 1.0} | {fold(name): factor for name, factor in known.items()}

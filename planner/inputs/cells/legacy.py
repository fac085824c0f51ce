"""Text typed for the fonts of before Unicode: TCVN3 (.VnTime) and VNI (VNI-Times), found and turned into Unicode.

Such text holds the letters of Windows-1252 that stand where the font draws the Vietnamese ones: `Tªn x·` and
`Teân xaõ` are both `Tên xã`. A text is touched only where it proves its encoding, its words becoming Vietnamese
syllables that they were not before; a text that reads well either way (`Phóc` is a syllable, and TCVN3 for `Phúc`)
follows the other cells of its column and row, and stays as it is where they do not agree.

TCVN3 has no capitals with a tone: fonts ending in H draw them with the codes of the small letters. `LµO CAI` becomes
`LÀO CAI`, for the capitals around it tell; `lµo cai` in such a font becomes `lào cai`, and `¸i Quèc` `ái Quốc`: the
text alone cannot tell. Its `ư` is the soft hyphen: where a program dropped it, nobody can say which `ơ` had one.

Sources: TCVN 5712:1993, table VN3 (the codes above 0xA0, as in the encoding TCVN of the C library); VNI-Windows as
published by VNI Software and used by the common keyboards (VietKey, UniKey).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import cache, lru_cache
from itertools import product
from typing import TYPE_CHECKING, Literal, NamedTuple

from planner.catalogue.load import read_data

if TYPE_CHECKING:
    from planner.inputs.files.opening import Cell

Encoding = Literal["TCVN3", "VNI"]
Verdict = Literal["TCVN3", "VNI", "Unicode", ""]

_TCVN3_RUNS = {
    0xA1: "ĂÂÊÔƠƯĐăâêôơưđ",
    0xB5: "àảãáạ",
    0xBB: "ằẳẵắ",
    0xC6: "ặầẩẫấậè",
    0xCE: "ẻẽéẹềểễếệìỉ",
    0xDC: "ĩíịò",
    0xE1: "ỏõóọồổỗốộờởỡớợù",
    0xF1: "ủũúụừửữứựỳỷỹýỵ",
}
TCVN3: dict[str, str] = {
    chr(first + i): letter for first, letters in _TCVN3_RUNS.items() for i, letter in enumerate(letters)
}
"""Character of Windows-1252 → letter of TCVN3."""

_ACUTE, _GRAVE, _HOOK, _TILDE, _DOT = "\u0301\u0300\u0309\u0303\u0323"
_CIRCUMFLEX, _BREVE = "\u0302\u0306"
_TONES = dict(zip("ùøûõï", (_ACUTE, _GRAVE, _HOOK, _TILDE, _DOT), strict=True))
_CIRCUMFLEXES = {"â": _CIRCUMFLEX} | dict(zip("áàåãä", (_CIRCUMFLEX + tone for tone in _TONES.values()), strict=True))
_BREVES = {"ê": _BREVE} | dict(zip("éèúüë", (_BREVE + tone for tone in _TONES.values()), strict=True))
_VNI_ALONE = dict(zip("íìæóòîôöñ", "íìỉĩịỵơưđ", strict=True))


def _vni() -> dict[str, str]:
    """Return every sequence of VNI in every mixture of case: a base letter and the letter drawn as its marks."""
    small = dict(_VNI_ALONE)
    for bases, marks in (("aeouyôö", _TONES), ("aeo", _CIRCUMFLEXES), ("a", _BREVES)):
        for base, (mark, combining) in product(bases, marks.items()):
            small[base + mark] = unicodedata.normalize("NFC", small.get(base, base) + combining)
    cased: dict[str, str] = {}
    for sequence, letter in small.items():
        base, mark = sequence[0], sequence[1:]
        cased |= {base + m: letter for m in (mark, mark.upper())}
        cased |= {base.upper() + m: letter.upper() for m in (mark, mark.upper())}
    return cased


VNI: dict[str, str] = _vni()
"""One or two characters of Windows-1252 → letter of VNI."""

_TABLES: dict[Encoding, dict[str, str]] = {"TCVN3": TCVN3, "VNI": VNI}


def _any_of(table: dict[str, str]) -> str:
    return "|".join(map(re.escape, sorted(table, key=len, reverse=True)))


_SEQUENCE = {encoding: re.compile(_any_of(table)) for encoding, table in _TABLES.items()}
_LETTERS = {encoding: re.compile(rf"(?:{_any_of(table)}|[A-Za-z])+") for encoding, table in _TABLES.items()}
_WORD = re.compile(rf"[A-Za-z0-9À-ÿ{''.join(TCVN3)}]+")
_DIGIT = re.compile("[0-9]")
_SMALL = re.compile(f"[a-z{''.join(code for code, letter in TCVN3.items() if letter in 'ăâêôơưđ')}]")
_CAPITAL_WITHIN = re.compile(f"[A-Za-z{''.join(TCVN3)}][A-Z{''.join(code for code in TCVN3 if TCVN3[code].isupper())}]")
_MODERN = re.compile("[\u0100-\u024f\u0300-\u036f\u1e00-\u1eff]")  # only Unicode has these
_STRANGE = re.compile("[¡-¿Ä-ÇËÎÏÑÖ-ØÛÜÞßä-çëîïñö-øûüþÿ]")  # no letters of Vietnamese in Unicode
_SUSPECT = re.compile(f"{_STRANGE.pattern}|[aeouyôöAEOUYÔÖ][{''.join(sorted({k[1] for k in VNI if len(k) > 1}))}]")
_SIGNS = re.compile(r"(?<=\d)\s?[×÷]\s?(?=\d)|(?<=\d)[¼½¾¹](?![A-Za-z])")  # beside digits they are no letters
_LEAST_LETTERS = 3
_CLEAR_MAJORITY = 10


class Changed(NamedTuple):
    """A cell whose text was turned into Unicode: its place from 0, the encoding it had, and its text as it stood."""

    row: int
    column: int
    encoding: Encoding
    original: str


def modernise(rows: list[list[Cell]]) -> tuple[list[list[Cell]], list[Changed]]:
    """Return a sheet's rows with the text of old fonts turned into Unicode, and the cells that were changed.

    Parameters
    ----------
    rows : cells as they stand in the file; text in Unicode, English and everything doubtful stays untouched.
    """
    texts = {cell for row in rows for cell in row if type(cell) is str and not cell.isascii()}
    suspects = [text for text in texts if not _MODERN.search(text) and _SUSPECT.search(text)]
    if not any(verdict(text) in _TABLES for text in suspects):
        return rows, []
    verdicts = {text: verdict(text) for text in texts}
    across, down, beside = _votes(rows, verdicts)
    converted, changes = list(rows), []
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            if type(cell) is not str or (found := verdicts.get(cell, "Unicode")) == "Unicode":
                continue
            encoding = found or _elected(cell, across[i], down[j], beside[j])
            if encoding and (text := to_unicode(cell, encoding)) != cell:
                converted[i] = list(row) if converted[i] is row else converted[i]
                converted[i][j] = text
                changes.append(Changed(i, j, encoding, cell))
    return converted, changes


@lru_cache(maxsize=65_536)
def to_unicode(text: str, encoding: Encoding) -> str:
    """Return text of an old font in Unicode (NFC); what is no letter of it stays as it is."""
    parts, end = [], 0
    for sign in _SIGNS.finditer(text):
        parts += [_run(text[end : sign.start()], encoding), sign[0]]
        end = sign.end()
    read = "".join(parts) + _run(text[end:], encoding)
    return read.upper() if encoding == "TCVN3" and _is_capitals(text) else read


def _run(text: str, encoding: Encoding) -> str:
    return _LETTERS[encoding].sub(lambda word: _word(word[0], encoding), text)


@cache
def _word(word: str, encoding: Encoding) -> str:
    table = _TABLES[encoding]
    read = _SEQUENCE[encoding].sub(lambda found: table[found[0]], word)
    return read.upper() if encoding == "TCVN3" and _is_capitals(word) else read


def _is_capitals(text: str) -> bool:
    """Return whether text in TCVN3 shows capitals within a word, and no small letter that is surely one."""
    return not _SMALL.search(text) and _CAPITAL_WITHIN.search(text) is not None


def verdict(text: str) -> Verdict:
    """Return what a text proves to be; empty where it could be either, or neither."""
    if _MODERN.search(text):
        return "Unicode"
    words = [word for word in _words(text) if len(word) > 1]  # one sign alone proves nothing
    own = sum(map(is_syllable, words))
    scores = {encoding: [word for word in words if _reads_as(word, encoding)] for encoding in _TABLES}
    best, other = sorted(_TABLES, key=lambda encoding: -len(scores[encoding]))
    proofs = scores[best]
    if len(proofs) == len(scores[other]) or len(proofs) <= own:
        return "Unicode" if own == len(words) > len(proofs) else ""
    enough = len(proofs) > 1 or len(proofs[0]) >= _LEAST_LETTERS
    strange = any(_is_strange(word, best) for word in proofs)
    return best if enough and strange and 2 * len(proofs) >= len(words) else ""


def _words(text: str) -> list[str]:
    """Return the words that could hold letters of an old font; signs at a number are none."""
    return [word for word in _WORD.findall(text) if not word.isascii() and not _DIGIT.search(word)]


@cache
def _reads_as(word: str, encoding: Encoding) -> bool:
    return bool(_LETTERS[encoding].fullmatch(word)) and is_syllable(to_unicode(word, encoding))


@cache
def _is_strange(word: str, encoding: Encoding) -> bool:
    """Return whether a word that could be of an encoding cannot be Vietnamese as it stands.

    TCVN3 shows by letters that Vietnamese does not have, for `café` has none; VNI by marks behind their vowels.
    """
    if is_syllable(word) or not _LETTERS[encoding].fullmatch(word):
        return False
    return encoding == "VNI" or _STRANGE.search(word) is not None


def _votes(
    rows: list[list[Cell]], verdicts: dict[str, Verdict]
) -> tuple[list[Counter[Verdict]], list[Counter[Verdict]], list[Counter[Verdict]]]:
    """Count what the cells of each row and of each column prove to be, columns also within rows of an old font only."""
    across: list[Counter[Verdict]] = [Counter() for _ in rows]
    down: list[Counter[Verdict]] = [Counter() for _ in range(max(map(len, rows)))]
    beside: list[Counter[Verdict]] = [Counter() for _ in down]
    for i, row in enumerate(rows):
        proven = [(j, found) for j, cell in enumerate(row) if type(cell) is str and (found := verdicts.get(cell))]
        across[i].update(found for _, found in proven)
        for j, found in proven:
            down[j][found] += 1
            beside[j][found] += across[i].keys() != {"Unicode"}
    return across, down, beside


def _elected(text: str, row: Counter[Verdict], column: Counter[Verdict], beside: Counter[Verdict]) -> Encoding | None:
    """Return the encoding that the cells around a doubtful one prove, where the text can be read in it.

    A heading in Unicode over a column of doubtful cells proves nothing where those cannot be Vietnamese as they stand.
    """
    for encoding in _TABLES:
        others = column.total() - column[encoding]
        ruled = column[encoding] > _CLEAR_MAJORITY * max(others, 1)
        agreed = row[encoding] == row.total() and (row[encoding] > 0 or column[encoding] > others == 0)
        here = column[encoding] > 0 or not column
        only_headed = not here and not beside.total() and not all(map(is_syllable, _words(text)))
        if (ruled or (agreed and (here or only_headed))) and _can_be(text, encoding):
            return encoding
    return None


def _can_be(text: str, encoding: Encoding) -> bool:
    """Return whether a text reads no worse in an encoding than as it stands."""
    words = _words(text)
    read = sum(_reads_as(word, encoding) for word in words)
    strange = any(_is_strange(word, encoding) for word in words)
    return (read > 0 or strange) and read >= sum(map(is_syllable, words))


# ---------------------------------------------------------------- syllables

_QUALITIES = {_CIRCUMFLEX, _BREVE, "\u031b"}
_STOPPED = re.compile("(?:p|t|c|ch)$")
_TONE_BEFORE = re.compile("(?:[aoôơư]i|(?<!q)ui|[aâêươ]u|(?<!g)iu|[ae]o|[aâ]y|(?<!g)ia|(?<!q)ua|ưa)$")


@cache
def is_syllable(word: str) -> bool:
    """Return whether a word is built like a Vietnamese syllable, or like those of the highlands' place names.

    A syllable that ends in p, t, c or ch has the tone of `á` or of `ạ`; a final k, in names such as `Đắk`, has any. The
    tone stands before a final i, y, u, o or a, but in `hoà` and `thuỷ` it may stand on it.
    """
    marked = unicodedata.normalize("NFD", word.lower())
    tones = [mark for mark in marked if unicodedata.combining(mark) and mark not in _QUALITIES]
    plain = unicodedata.normalize("NFC", "".join(mark for mark in marked if mark not in tones))
    if len(tones) > 1 or not _syllables().fullmatch(plain):
        return False
    if _STOPPED.search(plain) and tones not in ([_ACUTE], [_DOT]):
        return False
    return _TONE_BEFORE.search(plain) is None or unicodedata.normalize("NFC", marked)[-1] == plain[-1]


@cache
def _syllables() -> re.Pattern[str]:
    parts = {key: "|".join(text.split()) for key, text in read_data("syllables").items()}
    return re.compile("(?:{onsets}|{highland_onsets}|)(?:{rimes}|{highland_rimes})".format(**parts))

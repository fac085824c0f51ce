"""Text as people type it: cleaned for keeping, folded for matching."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

LOOK_ALIKES = re.compile("[ÐðƉɖ]")
"""Letters of other alphabets that old fonts and keyboards put for Đ and đ: eth, and the African D."""

_INVISIBLE = dict.fromkeys(
    [
        *range(0x09),
        *range(0x0E, 0x20),
        *range(0x7F, 0xA0),
        0xAD,  # soft hyphen
        *range(0x200B, 0x2010),  # zero width, marks of direction
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2070),
        0xFE0F,
        0xFEFF,
    ]
)
_LETTERS = str.maketrans({"Ð": "Đ", "Ɖ": "Đ", "ð": "đ", "ɖ": "đ", "\u2028": "\n", "\u2029": "\n"})
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}  # full-width forms of ASCII
_TIDY: dict[int, int | str | None] = _INVISIBLE | _LETTERS | _WIDE
_UNTIDY = re.compile(f"[{re.escape(''.join(map(chr, _TIDY)))}]")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")  # how xlsx writes characters that XML does not allow
_NOT_A_WORD = re.compile(r"[\W_]+")
_PLAIN = str.maketrans(
    {
        chr(code): "".join(c for c in unicodedata.normalize("NFKD", chr(code)) if not unicodedata.combining(c))
        for code in (*range(0xA0, 0x250), *range(0x300, 0x370), *range(0x1E00, 0x1F00))
    }
    | {"đ": "d"}
)
"""The letters of Vietnamese (in NFC and NFD) without their marks."""


def clean(text: str) -> str:
    """Return the text in NFC with single spaces and trimmed lines, without what nobody sees; line breaks stay.

    Full-width letters become plain ones, look-alikes of Đ become Đ, `_x000D_` and its like become what they stand for.
    """
    if text.isascii() and text.isprintable() and "_x" not in text:
        return " ".join(text.split())
    if "_x" in text:
        text = _ESCAPED.sub(lambda code: chr(int(code[1], 16)), text)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _UNTIDY.search(text):
        text = text.translate(_TIDY)
    text = unicodedata.normalize("NFC", text)
    if "\n" not in text:
        return " ".join(text.split())
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """Return a key for matching only: lower case, no diacritics, words parted by one space.

    `Hoà` and `Hòa` become equal, `m²` becomes `m2`, `đ` and `ð` become `d`.
    """
    plain = clean(text).lower()
    if not plain.isascii():
        plain = plain.translate(_PLAIN)
        if not plain.isascii():
            plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    return _NOT_A_WORD.sub(" ", plain).strip()

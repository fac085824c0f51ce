"""Text as people type it: cleaned for keeping, folded for matching."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_SPACES = re.compile(r"[^\S\n]+")
_NOT_A_WORD = re.compile(r"[\W_]+")


@lru_cache(maxsize=65_536)
def clean(text: str) -> str:
    """Return the text in NFC with single spaces and trimmed lines; line breaks stay."""
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line for line in (_SPACES.sub(" ", line).strip() for line in lines) if line)


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """Return a key for matching only: lower case, no diacritics, words parted by one space.

    `Hoà` and `Hòa` become equal, `m²` becomes `m2`, `đ` becomes `d`.
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    return _NOT_A_WORD.sub(" ", plain.replace("đ", "d")).strip()

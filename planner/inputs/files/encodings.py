"""Which encoding a text of unknown origin is in: told by what Vietnamese text can and cannot hold."""

from __future__ import annotations

import codecs
import re
import unicodedata
from typing import NamedTuple

from planner.inputs.cells.legacy import is_syllable

_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_NOT_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f]")
_WORD = re.compile(r"[^\s\d!-/:-@\[-`{-~²³°·–—‘’“”…±×]+")
_SPECIMEN = 200_000
_DAMAGE = 20


class Decoded(NamedTuple):
    """Text, the encoding it was read in, and whether that is certain."""

    text: str
    encoding: str
    is_certain: bool


def decode(data: bytes) -> Decoded | None:
    """Return bytes as text, or None where they are no text.

    Certain are UTF-8, and UTF-16 with its mark. Other 8-bit text is Windows-1258 where its words can be Vietnamese;
    else it is read as Windows-1252, the encoding in which the letters of TCVN3 and VNI fonts are stored.
    """
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            return _checked(_strict(data[len(mark) :], encoding), encoding, is_certain=True)
    if b"\0" in data:
        text = _strict(data, "utf-16-le" if data[1::2].count(0) >= data[::2].count(0) else "utf-16-be")
        return _checked(text, "utf-16", is_certain=False)
    if (text := _strict(data, "utf-8")) is not None:
        return _checked(text, "utf-8", is_certain=True)
    damaged = data.decode("utf-8", "replace")
    if _DAMAGE * damaged.count("\ufffd") < len(data) - len(damaged):  # a few bytes are broken or cut off
        return _checked(damaged, "utf-8", is_certain=False)
    return decode_8bit(data)


def decode_8bit(data: bytes) -> Decoded | None:
    """Return text that is no UTF-8 in the likelier of Windows-1258 and Windows-1252."""
    vietnamese = unicodedata.normalize("NFC", data.decode("cp1258", "replace"))
    if _reads_as_vietnamese(vietnamese):
        return _checked(vietnamese, "windows-1258", is_certain=False)
    return _checked(decode_1252(data), "windows-1252", is_certain=False)


def decode_1252(data: bytes) -> str:
    """Return Windows-1252 text; its five undefined bytes are kept as the control characters of the same number."""
    return data.decode("cp1252", "keep_undefined")


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _checked(text: str | None, encoding: str, *, is_certain: bool) -> Decoded | None:
    if text is None or _NOT_TEXT.search(text):
        return None
    return Decoded(text, encoding, is_certain)


def _reads_as_vietnamese(text: str) -> bool:
    """Whether most words that are not plain ASCII are built like Vietnamese syllables."""
    words = [word for word in _WORD.findall(text[:_SPECIMEN]) if not word.isascii()]
    return 2 * sum(map(is_syllable, words)) >= len(words)


def _keep_undefined(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("latin-1"), error.end


codecs.register_error("keep_undefined", _keep_undefined)

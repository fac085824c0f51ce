"""Text as it was typed for the fonts of before Unicode, for the tests of reading."""

from __future__ import annotations

from typing import Literal

from planner.inputs.cells.legacy import TCVN3, VNI

_TO_TCVN3 = {letter: code for code, letter in TCVN3.items()}
_TO_VNI = {letter: code for code, letter in VNI.items() if code.islower() == letter.islower() and code[-1:].islower()}
_TO_VNI |= {letter: code for code, letter in VNI.items() if letter.isupper() and code.isupper()}


def encode(text: str, encoding: Literal["TCVN3", "VNI"]) -> str:
    """Return NFC text as users of the fonts typed it; a capital with a tone has the small letter's code in TCVN3."""
    if encoding == "VNI":
        return "".join(_TO_VNI.get(letter, letter) for letter in text)
    return "".join(_TO_TCVN3.get(letter) or _TO_TCVN3.get(letter.lower(), letter) for letter in text)

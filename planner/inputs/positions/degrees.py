"""Coordinates as people type them: degrees, minutes and seconds, and both coordinates in one cell."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_MARKS = str.maketrans({
    "º": "°", "˚": "°", "⁰": "°", "′": "'", "’": "'", "‘": "'", "´": "'", "`": "'", "ʹ": "'", "ʼ": "'",
    "″": '"', "”": '"', "“": '"', "„": '"', "ʺ": '"', "˝": '"', "−": "-", "–": "-", "\u00a0": " ",
})  # fmt: skip
_WORDS = (
    (re.compile(r"v[ĩi]\s*(?:độ|do)\b"), "lat"),
    (re.compile(r"kinh\s*(?:độ|do)\b"), "lon"),
    (re.compile(r"\b(?:bắc|bac|north)\b"), "n"),
    (re.compile(r"\b(?:đông|dong|east)\b"), "e"),
    (re.compile(r"\s*(?:độ|deg(?:rees?)?)(?![a-z])"), "°"),
    (re.compile(r"\s*(?:phút|phut|min(?:utes?)?)(?![a-z])"), "'"),
    (re.compile(r"\s*(?:giây|giay|sec(?:onds?)?)(?![a-z])|''"), '"'),
)
_NUMBER = r"\d+(?:[.,]\d+)?"
_ANGLE = re.compile(
    rf"""(?P<before>[nbeđ])?\s*
    (?P<sign>[+-])?(?P<degrees>{_NUMBER})
    (?:\s*[°do*]\s*|\s+|\s*:\s*|-|(?=\s*$|\s*[nbeđ]))
    (?:(?P<minutes>{_NUMBER})
       (?:\s*['m]\s*|\s+|\s*:\s*|-|(?=\s*$|\s*[nbeđ]))
       (?:(?P<seconds>{_NUMBER})\s*["'s]?)?)?
    \s*(?P<after>[nbeđd])?""",
    re.VERBOSE,
)
_DOTTED = re.compile(r"(?P<degrees>\d{1,3})\.(?P<minutes>\d{1,2})\.(?P<seconds>\d{1,2}(?:[.,]\d+)?)")
_GROUPED = re.compile(r"\d{1,3}(?:([.,' ])\d{3})(?:\1\d{3})*(?:(?!\1)[.,](?P<fraction>\d+))?")
_LABEL = re.compile(r"(lat(?:itude)?|lo?ng?(?:itude)?|northing|easting|[xynbeđ])\s*[:=]?\s*(?=[\d+-])")
_AXES = {"la": "north", "lo": "east", "ln": "east", "no": "north", "ea": "east", "x": "x", "y": "y"}
_LETTERS = {"n": "north", "b": "north", "e": "east", "đ": "east", "d": "east"}
_SEPARATORS = (
    re.compile(r"\s*[;|\n]\s*"),
    re.compile(r"\s*[,/]\s+|\s+[,/]\s*"),
    re.compile(r"[,/]|\s+|(?<=[nbeđ])(?=\d)"),
)
_AROUND = re.compile(r"^point\s*\(?|^.*[?&]q=|^.*/@|,[\d.]+[zm]\b.*$")
_LATITUDES, _LONGITUDES = (8.0, 24.0), (102.0, 118.0)
_FULL_TURN, _HALF_TURN = 360.0, 180.0
_PARTS = 60

Part = tuple[str, float]


@lru_cache(maxsize=65_536)
def parse_degrees(text: str) -> float | None:
    """Return an angle in decimal degrees, or None where the text is none.

    Parameters
    ----------
    text : decimal with point or comma, or degrees with minutes and perhaps seconds in any spelling: `21°30'15"`,
        `21 30 15`, `21°30.25'`, `21d30m15s`, `22°20′15″B`, `105 độ 51 phút Đ`.
    """
    read = _angle(_plain(text))
    return None if read is None or abs(read[1]) > _FULL_TURN else read[1]


@lru_cache(maxsize=65_536)
def parse_pair(text: str) -> dict[str, float] | None:
    """Return both coordinates of a text that holds two, or None where it does not hold two that are certain.

    Parameters
    ----------
    text : `20.98, 105.3`, `X=2471234; Y=421234`, `N 21°01'42" E 105°51'12"`, …; what stands in brackets is left out
        where numbers stand outside.

    Returns
    -------
    `{"lat": …, "lon": …}` in degrees, or `{"x": …, "y": …}` in metres or kilometres with x the northing. Degrees
    without labels are told apart by their range, metres by their size.
    """
    plain = _plain(text)
    bare = re.sub(r"\([^()]*\)", " ", plain).strip()
    plain = _AROUND.sub("", bare if re.search(r"\d", bare) else plain.strip("() "))
    for separator in _SEPARATORS:
        splits = [(plain[: at.start()].strip(), plain[at.end() :].strip()) for at in separator.finditer(plain)]
        found = {pair for left, right in splits if (pair := _pair(_part(left), _part(right))) is not None}
        if found:
            return dict(found.pop()) if len(found) == 1 else None
    return None


def _plain(text: str) -> str:
    """Return a text in lower case with one sign for each mark and word."""
    # The marks first: NFKC takes the sign of seconds apart into two of minutes.
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFC", text).translate(_MARKS)).lower().strip()
    for pattern, sign in _WORDS:
        plain = pattern.sub(sign, plain)
    return plain


def _angle(plain: str) -> Part | None:
    """Return the axis that an angle names (`north`, `east` or nothing) and its decimal degrees."""
    found = _ANGLE.fullmatch(plain) or _DOTTED.fullmatch(plain)
    if found is None:
        return None
    parts = found.groupdict()
    given = [parts[key].replace(",", ".") for key in ("degrees", "minutes", "seconds") if parts[key] is not None]
    if any("." in part for part in given[:-1]) or any(float(part) >= _PARTS for part in given[1:]):
        return None
    if (len(given) > 1 and float(given[0]) > _HALF_TURN) or (parts.get("before") and parts.get("after")):
        return None
    value = sum(float(part) / _PARTS**power for power, part in enumerate(given))
    axis = _LETTERS.get(parts.get("before") or parts.get("after") or "", "")
    return axis, -value if parts.get("sign") == "-" else value


def _part(text: str) -> Part | None:
    """Return axis and value of one coordinate: an angle, or a number with or without marks of thousands."""
    label = _LABEL.match(text)
    axis = "" if label is None else _LETTERS.get(label[1]) or _AXES[label[1][:2]]
    rest = text if label is None else text[label.end() :].removesuffix("m").strip()
    angle = _angle(rest)
    if angle is not None:
        return None if axis and angle[0] else (axis or angle[0], angle[1])
    number = _GROUPED.fullmatch(rest)
    if number is None:
        return None
    fraction = number["fraction"] or ""
    whole = rest[: len(rest) - len(fraction) - 1] if fraction else rest
    return axis, float(f"{re.sub(r'[^0-9]', '', whole)}.{fraction or 0}")


def _pair(left: Part | None, right: Part | None) -> tuple[Part, Part] | None:
    """Return two coordinates in the order northing, easting under the names of their columns."""
    if left is None or right is None:
        return None
    (first, a), (second, b) = left, right
    degrees = abs(a) < _FULL_TURN
    if degrees != (abs(b) < _FULL_TURN):
        return None
    if {first, second} <= {"x", "y", ""} and degrees:
        turned = _within(b, _LATITUDES) and _within(a, _LONGITUDES)
    elif {first, second} == {""}:
        turned = b > a
    else:
        turned = first in {"east", "y"} or second in {"north", "x"}
    north, east = (b, a) if turned else (a, b)
    return (("lat", north), ("lon", east)) if degrees else (("x", north), ("y", east))


def _within(value: float, limits: tuple[float, float]) -> bool:
    return limits[0] <= value <= limits[1]

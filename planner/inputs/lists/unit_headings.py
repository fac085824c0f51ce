"""Administrative units that stand as headings: over a group of rows, or as the name of a sheet or a file."""

from __future__ import annotations

import re
from functools import lru_cache

from planner.catalogue.load import read_data

OUTLINED = re.compile(r"^\(?([IVXLC]+|[A-ZĐ])(\.\d+)*\s*[./)-]\s*(?=\S)")
"""The number in an outline before a heading: "I. ", "A) ", "II.1. "."""

_MOST_WORDS = 5  # of a unit's name


@lru_cache(maxsize=4096)
def group_unit(text: str) -> tuple[str, str] | None:
    """Return the column that a group's heading or a sheet's name fills and the unit it names, or None.

    Only a unit's name and nothing else counts: "I. HUYỆN SA PA (cũ): 12 cơ sở" names a district, "Trụ sở UBND huyện Sa
    Pa" and "Xã hội" do not. A unit said to be of the past fills the column of old communes.
    """
    text = text.strip()
    is_old = "(cũ)" in text.lower() or text.lower().endswith(" cũ")
    for full in dict.fromkeys((text, OUTLINED.sub("", text))):  # "H. Bát Xát" is a district before "H." is a number
        plain = re.split(r"[:;(]|\s[-–]\s|\s[Cc]ũ$", full)[0].strip(" .,")
        for column, kinds in read_data("sheet_words")["kinds"].items():
            for kind in kinds:
                begins = f"{kind} " if kind[-1].isalpha() else kind
                if plain.lower().startswith(begins.lower()) and _is_unit_name(kind, plain[len(begins) :].strip()):
                    return ("old_commune" if column == "commune_name" and is_old else column), plain
    return None


def _is_unit_name(kind: str, rest: str) -> bool:
    """Return whether what follows a kind of unit can be a name: a few words, each with a capital, or a number."""
    words = rest.split()
    bodies = tuple(f"{text} " for text in read_data("sheet_words")["rows"]["bodies"])
    if not 1 <= len(words) <= _MOST_WORDS or f"{kind} {rest} ".lower().startswith(bodies):
        return False
    return all(word[0].isupper() or word[0].isdigit() for word in words)

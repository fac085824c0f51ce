"""The words of known forms, and cells compared with them."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Any

from planner.catalogue.load import read_data
from planner.inputs.text import clean, fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from planner.inputs.files.opening import Cell

AMOUNT = r"\d+(?:[.,\s]\d+)*"
MONEY = {"nghìn đồng": 1e3, "ngàn đồng": 1e3, "triệu đồng": 1e6, "tỷ đồng": 1e9, "đồng": 1.0}
"""Units of money with their factor to đồng; the one that the others hold stands last."""

BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_ITEM = re.compile(r"(?:[ivx]{1,4}|[a-z]|\d{1,2}) ")


@cache
def site_report() -> dict[str, Any]:
    """Return the site report of `known_forms.toml` with its words folded; totals and uses stay as they are."""
    data: dict[str, Any] = read_data("known_forms")["site_report"]
    folded = {key: [fold(word) for word in data[key]] for key in ("titles", "head", "ends")}
    tables = {
        table: {key: [fold(word) for word in words] for key, words in data[table].items()}
        for table in ("sections", "labels", "columns")
    }
    return data | folded | tables


def shown(cell: Cell) -> str:
    """Return a cell as text; a number with a decimal comma, which can be read in one way only."""
    return f"{cell:.15g}".replace(".", ",") if isinstance(cell, float) else clean(str(cell))


def texts(row: Sequence[Cell]) -> list[tuple[int, str]]:
    """Return the filled cells of a row as text, with their columns."""
    return [(i, shown(cell)) for i, cell in enumerate(row) if cell is not None]


def plain(text: str) -> str:
    """Return a text in small letters without diacritics, its punctuation kept."""
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(c for c in decomposed if not unicodedata.combining(c)).replace("đ", "d")


def bare(text: str) -> str:
    """Return a text folded, without what stands in brackets and without the item's mark (I-, a., 1))."""
    folded = fold(BRACKETS.sub(" ", text))
    return _ITEM.sub("", folded, count=1) if _ITEM.match(folded) else folded


def starts(text: str, words: Iterable[str]) -> bool:
    """Return whether a text begins with one of the folded words."""
    begin = f"{bare(text)} "
    return any(begin.startswith(f"{word} ") for word in words)


def begins(row: Sequence[Cell], words: Iterable[str]) -> bool:
    """Return whether a cell of a row begins with one of the folded words."""
    return any(isinstance(cell, str) and starts(cell, words) for cell in row)


def money_unit(text: str, otherwise: str) -> str:
    """Return the unit of money that a text names."""
    folded = fold(text)
    return next((unit for unit in MONEY if fold(unit) in folded), otherwise)


def is_total(text: str) -> bool:
    """Return whether a text heads a row of totals; diacritics count, because "Công an" is no total."""
    totals = [word.casefold() for word in site_report()["totals"]]
    said = clean(BRACKETS.sub(" ", text)).casefold().rstrip(" :.")
    return said in totals or said.startswith(tuple(f"{word} " for word in totals if " " in word))

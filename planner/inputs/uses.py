"""Read what a facility was from its name, where the list does not say it."""

from __future__ import annotations

from functools import cache

import geopandas as gpd
import pandas as pd

from planner.catalogue.columns import value_label
from planner.catalogue.load import Language, read_data
from planner.errors import Record
from planner.inputs.findings import Findings
from planner.inputs.text import fold


def fill_uses(facilities: gpd.GeoDataFrame, language: Language) -> tuple[gpd.GeoDataFrame, list[Record]]:
    """Fill a blank `current_use` from the facility's name; a name that says nothing leaves it unknown.

    Parameters
    ----------
    facilities : the facilities table.
    language : of the records.

    Returns
    -------
    The table, and a `use-from-name` record for each use that was filled.
    """
    blank = facilities["current_use"].isna().tolist()
    names = facilities["name"].fillna("").tolist()
    found = {i: use for i, name in enumerate(names) if blank[i] and (use := use_of(name))}
    if not found:
        return facilities, []
    uses = facilities["current_use"].tolist()
    for index, use in found.items():
        uses[index] = use
    filled = facilities.assign(current_use=pd.array(uses, dtype="string"))
    filled.attrs = dict(facilities.attrs)
    about = Findings("facilities", facilities, language)
    return filled, [
        about.cell(index, "name", "use-from-name", "info", use=value_label("current_use", use, language))
        for index, use in found.items()
    ]


def use_of(name: str) -> str | None:
    """Return the current use that a facility's name begins with, also behind an opening such as "Khu đất", or None."""
    text = f"{fold(name)} "
    for opening in _openings():
        if text.startswith(opening):
            rest = text[len(opening) :]
            for words, use in _words().get(rest.partition(" ")[0], ()):
                if rest.startswith(words):
                    return use
    return None


@cache
def _openings() -> tuple[str, ...]:
    """Return what may stand before the name proper, folded, with the space behind it; nothing comes first."""
    return ("", *(f"{fold(text)} " for text in read_data("name_words")["openings"]))


@cache
def _words() -> dict[str, list[tuple[str, str]]]:
    """Return the words of every use, folded, with the space behind them, by their first word, the longest first."""
    rows = read_data("name_words")["current_use"]
    found = {f"{fold(text)} ": use for use, texts in rows.items() for text in texts}
    by_first: dict[str, list[tuple[str, str]]] = {}
    for words, use in sorted(found.items(), key=lambda item: (-len(item[0]), item[0])):
        by_first.setdefault(words.partition(" ")[0], []).append((words, use))
    return by_first

"""Checks that find one facility in two rows, and several agencies on one parcel."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import product
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from planner.catalogue.columns import columns, label, value_label
from planner.catalogue.numbers import format_number, plain_digits
from planner.checks.common import Check, findings
from planner.errors import Record, Severity
from planner.inputs.findings import Findings
from planner.inputs.sameness.likeness import one_key, slips, words_of
from planner.inputs.sameness.twins import STRONG, Clue, ParcelKey, Rows, is_telling, names_of
from planner.inputs.sameness.twins import clues as clues_between
from planner.inputs.tables import Tables
from planner.scenario import Scenario

SAME_PLACE_M = 5.0
ENOUGH = 2
"""Least weight of the clues together for a pair to be reported; see `planner.inputs.sameness.twins` for the weights."""

_CONTRASTED = ("land_area_m2", "floor_area_m2", "current_use", "owner", "holder")


class Twin(NamedTuple):
    """Two rows, by position, that may be one facility, and why."""

    first: int
    second: int
    clues: tuple[Clue, ...]

    @property
    def weight(self) -> int:
        """Return the weight of the clues together."""
        return sum(clue.weight for clue in self.clues)


def repeated_facilities(tables: Tables, scenario: Scenario) -> list[Record]:
    """Report rows that may be one facility, and parcels that several holders share."""
    about = findings("facilities", tables, scenario)
    rows = Rows(tables.facilities)
    return likely_duplicates(rows, about) + agencies_on_one_parcel(rows, about)


def likely_duplicates(rows: Rows, about: Findings) -> list[Record]:
    """Return one record for each pair of rows that may be one facility, with what speaks for it, likeliest first."""
    twins = sorted(_twins(rows), key=lambda twin: (-twin.weight, twin.second, twin.first))
    return [_possible_duplicate(twin, about, rows) for twin in twins]


def _twins(rows: Rows) -> Iterator[Twin]:
    for first, second in sorted(set(_candidates(rows))):
        if not _settled(first, second, rows):
            found = clues_between(rows, first, rows, second, SAME_PLACE_M)
            twin = Twin(first, second, found)
            if twin.weight >= ENOUGH:
                yield twin


def _settled(first: int, second: int, rows: Rows) -> bool:
    """Return whether it is known how two rows stand to each other: one site, one code, or said to be different."""
    same_site = bool(rows.site[first]) and rows.site[first] == rows.site[second]
    same_code = rows.code[first] == rows.code[second]
    return same_site or same_code or rows.different[first] or rows.different[second]


_STRONG_KEYS = (
    ("certificate",),
    ("place", "old", "parcel"),
    ("place", "parcel"),
    ("place", "bag"),
    ("decision", "bag"),
)
"""Facts of which each group is enough by itself; a decision and a name count where a commune is unknown."""

_WEAK_KEYS = tuple(
    ("place", "use", *keys)
    for keys in (
        ("land",),
        ("floor",),
        *product(("address",), ("land", "floor", "is_house")),
        *product(("joined", "is_commune"), ("land", "floor", "address", "decision")),
    )
)
"""Facts of which each group is a weak clue in one commune and use, together with what must support it."""


def _candidates(rows: Rows) -> Iterator[tuple[int, int]]:
    """Yield pairs worth a look: rows that share a key, each with the first of its group; never all with all."""
    facts = _facts(rows)
    for keys in (*_STRONG_KEYS, *_WEAK_KEYS):
        yield from _sharing(facts[list(keys)])
    yield from _misspelt(rows)
    yield from _near(rows)


def _facts(rows: Rows) -> pd.DataFrame:
    """Return one row a facility and one column a fact: equal numbers where the facts are equal, -1 where unknown."""
    names = [words_of(name) for name in rows.name]
    of_commune = (
        bool(words.joined) and words.joined in names_of(place) for words, place in zip(names, rows.place, strict=True)
    )
    known: dict[str, Iterable[object]] = {
        "certificate": rows.certificate,
        "place": rows.place,
        "parcel": rows.parcel,
        "bag": (" ".join(words.bag) for words in names),
        "decision": rows.decision,
        "land": (is_telling(area) and area for area in rows.land),
        "floor": (is_telling(area) and area for area in rows.floor),
        "address": (address.key for address in rows.address),
        "is_house": (address.house for address in rows.address),
        "joined": (words.joined for words in names),
        "is_commune": of_commune,
    }
    facts: dict[str, Sequence[object]] = {fact: [value or None for value in found] for fact, found in known.items()}
    facts |= {"old": rows.old, "use": rows.use}  # an unknown one is like any other
    return pd.DataFrame({fact: pd.factorize(np.array(found, dtype=object))[0] for fact, found in facts.items()})


def _sharing(facts: pd.DataFrame) -> Iterator[tuple[int, int]]:
    """Yield each row whose facts are all known with the first row that has the same."""
    known = facts[(facts >= 0).all(axis=1)]
    firsts: dict[tuple[int, ...], int] = {}
    for i, *key in known[known.duplicated(keep=False)].itertuples(name=None):
        first = firsts.setdefault(tuple(key), i)
        if first != i:
            yield first, i


def _misspelt(rows: Rows) -> Iterator[tuple[int, int]]:
    """Yield rows of one commune and use whose names are one, or one letter apart in a word that is no syllable."""
    firsts: dict[Hashable, int] = {}
    proper = [words_of(name).proper if place else () for name, place in zip(rows.name, rows.place, strict=True)]
    for i, words in enumerate(proper):
        first = firsts.setdefault((rows.place[i], rows.use[i], one_key("".join(words))), i)
        if words and first != i:
            yield first, i
    near = slips(word for words in proper for word in words)
    for i, words in enumerate(proper):
        for k, word in enumerate(words):
            for other in near.get(word, ()):
                name = one_key("".join((*words[:k], other, *words[k + 1 :])))
                first = firsts.get((rows.place[i], rows.use[i], name), i)
                if first != i:
                    yield min(first, i), max(first, i)


def _near(rows: Rows) -> Iterator[tuple[int, int]]:
    """Yield each surveyed position with the first one before it that lies less than 5 m away."""
    points = rows.points
    left, right = points.sindex.query(points, predicate="dwithin", distance=SAME_PLACE_M)
    nearest: dict[int, int] = {}
    for one, two in sorted(zip(points.index[left], points.index[right], strict=True)):
        if one < two:
            nearest.setdefault(int(two), int(one))
    yield from ((first, second) for second, first in nearest.items())


def _possible_duplicate(twin: Twin, about: Findings, rows: Rows) -> Record:
    strongest = max(twin.clues, key=lambda clue: clue.weight)
    severity: Severity = "warning" if strongest.weight >= STRONG or twin.weight > STRONG else "info"
    return about.cell(
        twin.second,
        strongest.column,
        "possible-duplicate",
        severity,
        other=rows.code[twin.first],
        first=about.where(twin.first),
        clues="; ".join(_reason(clue, twin, about, rows) for clue in twin.clues),
        contrast=_contrast(twin, about),
    )


def _reason(clue: Clue, twin: Twin, about: Findings, rows: Rows) -> str:
    if clue.metres is not None:
        evidence = f"{format_number(clue.metres, about.language, 1)} m"
    elif clue.key == "parcel":
        evidence = rows.parcel[twin.first]
    else:
        cells = (_readable(about, index, clue.column) for index in (twin.first, twin.second))
        evidence = " / ".join(dict.fromkeys(cells))
    return f"{value_label('sameness', clue.key, about.language)} ({evidence})"


def _contrast(twin: Twin, about: Findings) -> str:
    """Return the values of both rows where they differ, as text that may follow a sentence."""
    parts = []
    for column in _CONTRASTED:
        one, other = (_readable(about, index, column) for index in (twin.first, twin.second))
        if one and other and one != other:
            parts.append(f"{label('facilities', column, about.language)}: {one} ≠ {other}")
    return f" {'; '.join(parts)}." if parts else ""


def _readable(about: Findings, index: int, column: str) -> str:
    text = about.text(index, column)
    kind = columns("facilities")[column]
    if text and kind.type == "enum":
        return value_label(kind.values, text, about.language)
    return format_number(float(text), about.language) if text and kind.type == "number" else text


def agencies_on_one_parcel(rows: Rows, about: Findings) -> list[Record]:
    """Return records about parcels that several holders share without a site code: their land would count for each."""
    if not any(rows.parcel):
        return []
    parcels: dict[ParcelKey, list[int]] = {}
    for i in range(len(rows.name)):
        if not rows.different[i] and (key := rows.parcel_key(i)):
            parcels.setdefault(key, []).append(i)
    return [record for group in parcels.values() if len(group) > 1 for record in _shared_parcel(group, rows, about)]


def _shared_parcel(group: list[int], rows: Rows, about: Findings) -> Iterator[Record]:
    holders = {words_of(rows.holder[i]).bag: rows.holder[i] for i in reversed(group) if rows.holder[i]}
    sites = {rows.site[i] for i in group}
    if len(holders) < 2 or (len(sites) == 1 and sites != {""}):  # noqa: PLR2004  one holder shares with nobody
        return
    key = "|".join(rows.parcel_key(group[0]) or ())
    site = min(sites - {""}, default=f"S-{hashlib.sha256(key.encode()).hexdigest()[:8]}")
    who = "; ".join(f"{rows.holder[i] or '–'} ({rows.code[i]}, {about.where(i)})" for i in group)
    yield about.cell(
        group[-1], "parcel", "agencies-share-parcel", "warning", parcel=rows.parcel[group[0]], who=who, site=site
    )


def site_with_different_land(tables: Tables, scenario: Scenario) -> list[Record]:
    """Report rows of a site that give different land areas: land counts once a site."""
    return [
        about.cell(i, "land_area_m2", "site-land-differs", "warning", first=about.where(j), land=plain_digits(land[j]))
        for about, land, i, j in _unlike_their_site("land_area_m2", tables, scenario)
    ]


def site_in_two_communes(tables: Tables, scenario: Scenario) -> list[Record]:
    """Report rows of a site that lie in different communes: a site is one place."""
    return [
        about.cell(i, "site_id", "site-in-two-communes", "warning", first=about.where(j), here=codes[i], there=codes[j])
        for about, codes, i, j in _unlike_their_site("commune_code", tables, scenario)
    ]


def _unlike_their_site(
    column: str, tables: Tables, scenario: Scenario
) -> Iterator[tuple[Findings, list[Any], int, int]]:
    """Yield rows whose value differs from that of the first row of their site that has one, with that row."""
    about = findings("facilities", tables, scenario)
    known = tables.facilities[["site_id", column]].notna().all(axis=1)
    values, sites = tables.facilities[column].tolist(), tables.facilities["site_id"].tolist()
    first: dict[str, int] = {}
    for i in map(int, np.flatnonzero(known)):
        j = first.setdefault(sites[i], i)
        if values[i] != values[j]:
            yield about, values, i, j


CHECKS: tuple[Check, ...] = (
    site_with_different_land,
    site_in_two_communes,
    repeated_facilities,
)

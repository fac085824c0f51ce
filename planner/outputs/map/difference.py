"""The map of differences of two plans: facilities that moved in the colour of their new use, all others grey."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pandas as pd

from planner.catalogue.columns import label
from planner.outputs.map.communes import (
    SHARE_COLOURS,
    UNKNOWN_COLOUR,
    Shading,
    geojson,
    map_polygons,
    middle,
    outline_geometry,
    short_name,
)
from planner.outputs.map.facilities import SHAPES, Feature, point
from planner.outputs.map.page import map_of, write_page
from planner.outputs.map.words import Words, cell, records
from planner.plan.compare import status_label

if TYPE_CHECKING:
    from pathlib import Path

    import folium
    import geopandas as gpd

    from planner.plan.compare import Comparison, Side

UNCHANGED, ONLY_A, ONLY_B = "compare_unchanged", "compare_only_a", "compare_only_b"
GREY = {UNCHANGED: "#b6bcc3", ONLY_A: "#7d4a4a", ONLY_B: "#3f5f7a"}
MOVED_BANDS = (0, 1, 3, 6)
"""Least number of facilities that moved in a commune, by band."""

REWORDED = {
    "new_uses": "compare_new_uses",
    "outcomes": "compare_outcomes",
    "decided": "compare_decided",
    "national": "compare_national",
}
"""Texts of the page that say something else of a difference."""

_POPUP = ("handling_form", "cost", "decided_by")
_FIGURE_GROUPS = {"outcomes": ("by_ministry_outcome",), "money": ("money",)}


def make_difference_map(comparison: Comparison) -> folium.Map:
    """Return the differences as a folium map that needs nothing from the network."""
    return map_of(difference_data(comparison))


def write_difference_map(comparison: Comparison, path: Path) -> None:
    """Write the map of differences as one HTML file that opens offline and may not fetch anything."""
    write_page(make_difference_map(comparison), path)


def difference_data(comparison: Comparison) -> dict[str, Any]:
    """Return all that the page shows as JSON-ready values, of the same form as the data of a plan's page."""
    words = Words(comparison.language, comparison.b.catalogue)
    communes = comparison.b.communes
    polygons = map_polygons(communes)
    west, south, east, north = (round(float(bound), 4) for bound in polygons.total_bounds)
    kinds, looks = _looks(comparison, words)
    features = _facilities(comparison, kinds, words)
    empty = {"type": "FeatureCollection", "features": []}
    a, b = comparison.names
    title = words.text("compare_map_title", a=a, b=b)
    return {
        "title": title,
        "language": comparison.language,
        "text": words.all_texts() | {key: words.text(new) for key, new in REWORDED.items()},
        "status": _status(comparison, words),
        "headline": words.text("compare_headline", n=words.number(len(comparison.b.allocation))),
        "banners": [*_notices(comparison), *(warning.message for warning in comparison.warnings)],
        "summary": _summary(comparison, words),
        "notes": _notes(comparison, words),
        "bounds": [[south, west], [north, east]],
        "outline": outline_geometry(polygons),
        "communes": empty | {"features": _communes(comparison, polygons, words)},
        "shadings": [asdict(_shading(comparison, words))],
        "uses": looks,
        "columns": _columns(words),
        "facilities": empty | {"features": features},
        "unplaced": [i for i, feature in enumerate(features) if feature["geometry"] is None],
        "service_kinds": [],
        "services": empty,
        "settlements": empty,
        "layer_counts": {},
    }


def _looks(comparison: Comparison, words: Words) -> tuple[list[str], list[dict[str, Any]]]:
    """Return the kinds of facilities there are: unchanged, in one plan only, and moved by new use."""
    moved, alone = comparison.moved["use_b"].value_counts(), comparison.alone["side"].value_counts()
    shared = len(comparison.b.allocation) - int(alone.get("b", 0)) - len(comparison.moved)
    plain = {UNCHANGED: shared, ONLY_A: int(alone.get("a", 0)), ONLY_B: int(alone.get("b", 0))}
    looks = {
        key: {"label": words.text(key), "count": words.number(n), "colour": GREY[key], "shape": "circle", "faded": True}
        for key, n in plain.items()
        if n
    }
    uses = comparison.b.catalogue.uses
    for key in [*(key for key in uses if key in moved.index), *(key for key in moved.index if key not in uses)]:
        use = uses.get(key)
        looks[str(key)] = {
            "label": words.label("use", key),
            "count": words.number(moved[key]),
            "colour": "#555555" if use is None else use.colour,
            "shape": "circle" if use is None else SHAPES.get(use.ministry_outcome, "circle"),
            "hollow": use is not None and use.family == "exit",
        }
    return list(looks), list(looks.values())


def _facilities(comparison: Comparison, kinds: list[str], words: Words) -> list[Feature]:
    """Return one point for each facility of either plan; those that moved come last and so lie on top."""
    moved = {row["facility_id"]: row for row in records(comparison.moved)}
    codes = {code: i for i, code in enumerate(comparison.b.communes["commune_code"].astype(str))}
    alone = comparison.alone
    only_a = set(alone.loc[alone["side"] == "a", "facility_id"])
    only_b = set(alone.loc[alone["side"] == "b", "facility_id"])
    left = comparison.a.allocation
    rows = [*records(left[left["facility_id"].isin(only_a)]), *records(comparison.b.allocation)]
    features = []
    for row in rows:
        key = row["facility_id"]
        kind = ONLY_A if key in only_a else ONLY_B if key in only_b else UNCHANGED
        change = moved.get(key)
        place = codes.get(str(row["commune_code"]))
        properties = {
            "id": key,
            "name": cell(row["name"]) or key,
            "commune": cell(row["commune_name"]),
            "commune_index": place,
            "use": kinds.index(kind if change is None else change["use_b"]),
            "from": None if change is None else words.label("use", change["use_a"]),
            "chips": [("plain", words.label("use", row["new_use"]))] if change is None else [],
            "values": [] if change is None else _values(change, words),
            "assumed": [],
            "reason": cell(row["reason"]),
        }
        features.append(point(row["lon"], row["lat"], properties))
        if features[-1]["geometry"] is None:
            properties["unplaced"] = words.text("unplaced_nowhere" if place is None else "unplaced")
    return sorted(features, key=lambda feature: feature["properties"]["id"] in moved)


def _columns(words: Words) -> list[str]:
    named = {"cost": words.text("cost")} | {
        key: label("allocation", key, words.language) for key in _POPUP if key != "cost"
    }
    shown = [f"{named[key]} ({letter})" for key in _POPUP for letter in "AB"]
    return [*shown, f"{label('allocation', 'reason', words.language)} (A)"]


def _values(change: dict[str, Any], words: Words) -> list[tuple[int, str, int]]:
    """Return (column, text, 0) of what is known of a facility in A and in B."""
    texts = [_value(key, change[f"{key}_{letter}"], words) for key in _POPUP for letter in "ab"]
    texts.append(cell(change["reason_a"]))
    return [(i, text, 0) for i, text in enumerate(texts) if text]


def _value(key: str, value: Any, words: Words) -> str | None:  # noqa: ANN401  a cell of a table
    if pd.isna(value):
        return None
    if key == "cost":
        return words.text("compare_million", n=words.number(value, 1))
    return words.label("form" if key == "handling_form" else key, value)


def _communes(comparison: Comparison, polygons: gpd.GeoSeries, words: Words) -> list[Feature]:
    counts = comparison.moved["commune_code"].value_counts()
    features = []
    for i, (row, polygon) in enumerate(zip(records(comparison.b.communes), polygons, strict=True)):
        n = words.text("compare_moved_here", n=words.number(counts.get(row["commune_code"], 0)))
        properties = {
            "index": i,
            "id": str(row["commune_code"]),
            "name": row["name"],
            "short": short_name(row["name"]),
            "people": words.people(row["population"]),
            "priority": n,
            "facilities": None,
            "needs": [],
            "label": middle(polygon),
        }
        features.append({"type": "Feature", "geometry": geojson(polygon), "properties": properties})
    return features


def _shading(comparison: Comparison, words: Words) -> Shading:
    """Return the communes shaded by the number of facilities that moved there."""
    counts = comparison.moved["commune_code"].value_counts()
    codes = comparison.b.communes["commune_code"]
    moved = [int(counts.get(code, 0)) for code in codes]
    of = [sum(n >= least for least in MOVED_BANDS) - 1 for n in moved]
    lasts = [least - 1 for least in MOVED_BANDS[1:]]
    names = [str(a) if a == b else f"{a}–{b}" for a, b in zip(MOVED_BANDS, lasts, strict=False)]
    names.append(words.text("compare_band_above", low=MOVED_BANDS[-1]))
    classes = [
        {"colour": colour, "label": name, "count": words.text("communes", n=words.number(of.count(i)))}
        for i, (name, colour) in enumerate(zip(names, SHARE_COLOURS, strict=False))
    ]
    texts = [words.text("compare_moved_here", n=words.number(n)) for n in moved]
    return Shading("", words.text("compare_shade"), classes or [{"colour": UNKNOWN_COLOUR}], of, texts)


def _status(comparison: Comparison, words: Words) -> dict[str, str]:
    n = words.number(len(comparison.moved))
    return {
        "key": "compared",
        "label": words.text("compare_moved_all", n=n),
        "words": words.text("compare_words", n=n, all=words.number(len(comparison.b.allocation))),
    }


def _notices(comparison: Comparison) -> list[str]:
    """Return the notices of both plans' data, each once: a sample is no real province."""
    found = [side.summary.get("notice") for side in (comparison.a, comparison.b)]
    return list(dict.fromkeys(notice for notice in found if notice))


def _summary(comparison: Comparison, words: Words) -> dict[str, Any]:
    figures = comparison.figures
    groups = {name: _bars(figures[figures["group"].isin(keys)], words) for name, keys in _FIGURE_GROUPS.items()}
    alone = comparison.alone["side"].value_counts()
    counted = [(len(comparison.moved), "compare_moved_few")]
    counted += [(int(alone.get(side, 0)), key) for side, key in (("a", ONLY_A), ("b", ONLY_B))]
    return {
        "figures": [(words.number(n), words.text(key)) for n, key in counted],
        "decided": _move_bars(comparison, words),
        "needs": _need_bars(comparison, words),
        **groups,
    }


def _bars(figures: pd.DataFrame, words: Words) -> list[dict[str, Any]]:
    """Return one bar for each figure: B as a bar, A as a tick, both written out."""
    rows = records(figures)
    most = max((float(row[key] or 0) for row in rows for key in ("a", "b")), default=0) or 1.0
    return [
        {
            "label": row["figure"],
            "figure": _change(row["a"], row["b"], words),
            "parts": [("whole", float(row["b"]) / most)],
            "tick": float(row["a"]) / most,
        }
        for row in rows
        if row["a"] or row["b"]
    ]


def _move_bars(comparison: Comparison, words: Words) -> list[dict[str, Any]]:
    total = max(len(comparison.moved), 1)
    return [
        {
            "label": f"{words.label('use', row['use_a'])} → {words.label('use', row['use_b'])}",
            "figure": words.number(row["facilities"]),
            "parts": [("whole", row["facilities"] / total)],
        }
        for row in records(comparison.moves)
    ]


def _need_bars(comparison: Comparison, words: Words) -> list[dict[str, Any]]:
    """Return needs as B meets them, with what stays unmet in A and in B."""
    before, after = comparison.a.summary["needs"], comparison.b.summary["needs"]
    shown = []
    for use, row in after.items():
        if row["need"]:
            unmet = _change(before.get(use, {}).get("unmet"), row["unmet"], words)
            text = words.text("needs_unmet", n=unmet, unit=words.label("need_unit", row["unit"]))
            parts = [(key, row[key] / row["need"]) for key in ("existing", "met", "unmet")]
            shown.append({"label": words.label("use", use), "figure": text, "parts": parts})
    return shown


def _change(a: float | None, b: float | None, words: Words) -> str:
    """Write a figure of A and of B; once where they are the same."""
    first, second = words.number(a, 0), words.number(b, 0)
    return first if first == second else f"{first} → {second}"


def _notes(comparison: Comparison, words: Words) -> list[tuple[str, list[str]]]:
    sides = [(letter, _about(side, words)) for letter, side in (("A", comparison.a), ("B", comparison.b))]
    trouble = [f"{warning.message} {warning.fix}".strip() for warning in comparison.warnings]
    data = [*_notices(comparison), *trouble]
    notes = [*sides, (words.text("notes_data"), data), (words.text("notes_map"), [words.text("note_boundaries")])]
    return [(title, texts) for title, texts in notes if texts]


def _about(side: Side, words: Words) -> list[str]:
    told = words.text("compare_side", name=side.name, status=status_label(side, words.language))
    return [told, side.place] if side.place else [told]

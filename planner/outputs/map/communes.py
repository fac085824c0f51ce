"""The communes of the map: polygons, needs, and the classes they are shaded by."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import shapely

from planner.outputs.map.facilities import Feature
from planner.outputs.map.words import Words, cell, grouped, records

if TYPE_CHECKING:
    from planner.plan.result import Plan

SIMPLIFY_DEGREES = 0.0004
"""About 40 m: far below what a province map shows."""

PRIORITY_COLOURS = {
    "III": "#ead5ab",
    "II": "#f3e6cb",
    "I": "#f8f1e2",
    "none": "#fdfbf6",
    "unknown": "#e3e7ec",
    "border": "#d2c4dc",
    "island": "#a9c5cf",
    "atk": "#d3b3ae",
}
UNKNOWN_COLOUR = "#e3e7ec"
SHARE_BANDS = (0.0, 0.10, 0.25, 0.50)
"""Lower bounds of the bands of people without a service, as a share of the commune's people."""
SHARE_COLOURS = ("#fdfbf6", "#f9e6d2", "#f2cda9", "#e7ae82", "#d48a5e")


@dataclass(frozen=True)
class Shading:
    """One way to shade the communes: a class and a text for each commune, in the order of the polygons."""

    group: str
    label: str
    classes: list[dict[str, str]]
    of: list[int]
    texts: list[str]


def map_polygons(communes: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Return the polygons (EPSG:4326) simplified together, so that neighbours keep one border, and rounded."""
    polygons = communes.geometry.to_numpy().copy()
    known = ~shapely.is_missing(polygons)
    simple = shapely.coverage_simplify(polygons[known], SIMPLIFY_DEGREES)
    polygons[known] = shapely.transform(simple, lambda xy: xy.round(4))
    return gpd.GeoSeries(polygons, crs=communes.crs)


def outline_geometry(polygons: gpd.GeoSeries) -> dict[str, Any] | None:
    """Return the province's outline as GeoJSON; rounding may have left slivers, hence the small closing buffer."""
    whole = shapely.union_all(shapely.buffer(polygons.dropna().to_numpy(), 0.0005, join_style="mitre"))
    return geojson(shapely.transform(shapely.simplify(whole.boundary, SIMPLIFY_DEGREES), lambda xy: xy.round(4)))


def commune_features(plan: Plan, polygons: gpd.GeoSeries, words: Words) -> list[Feature]:
    """Return one GeoJSON feature for each commune with the rows of its need table."""
    needs = grouped(plan.needs, "commune_code")
    counts = plan.allocation["commune_code"].value_counts()
    classes = _priority(plan)
    features = []
    for i, (row, polygon) in enumerate(zip(records(plan.inputs.communes), polygons, strict=True)):
        code = str(row["commune_code"])
        properties = {
            "index": i,
            "id": code,
            "name": row["name"],
            "short": short_name(row["name"]),
            "people": words.people(row["population"]),
            "priority": words.label("priority_class", classes[i]),
            "facilities": words.text("commune_facilities", n=words.number(counts.get(code, 0))),
            "needs": [_need_row(need, words) for need in needs.get(code, ())],
            "label": middle(polygon),
        }
        features.append({"type": "Feature", "geometry": geojson(polygon), "properties": properties})
    return features


def shadings(plan: Plan, words: Words) -> list[Shading]:
    """Return the priority classes and, for each use with needs, the people without it."""
    uses = [key for key in plan.catalogue.uses if (plan.needs["use"] == key).any()]
    return [_by_priority(plan, words), *(_by_people_without(plan, use, words) for use in uses)]


def geojson(geometry: shapely.Geometry | None) -> dict[str, Any] | None:
    """Return a geometry as GeoJSON."""
    loaded: dict[str, Any] | None = None if geometry is None else json.loads(shapely.to_geojson(geometry))
    return loaded


def middle(polygon: shapely.Geometry | None) -> tuple[float, float] | None:
    """Return lat and lon of a point well inside a polygon."""
    if polygon is None or polygon.is_empty:
        return None
    inside = polygon.representative_point()
    return round(inside.y, 4), round(inside.x, 4)


def short_name(name: str) -> str:
    """Return the name without the word for its kind of unit: a map label has little room."""
    for kind in ("Xã ", "Phường ", "Đặc khu "):
        name = name.removeprefix(kind)
    return name


def _need_row(row: dict[str, Any], words: Words) -> list[str]:
    """Return the use with need, existing, met and unmet; the use alone where the need is unknown."""
    use = words.label("use", row["use"]) or ""
    if pd.isna(row["known"]) or not row["known"]:
        return [use]
    unit = words.label("need_unit", row["unit"])
    return [f"{use} ({unit})", *(words.number(row[column], 0) for column in ("need", "existing", "met", "unmet"))]


def _priority(plan: Plan) -> list[str]:
    """Return each commune's priority class; its difficulty where no need names a class."""
    named = plan.needs.dropna(subset="priority_class").drop_duplicates("commune_code").set_index("commune_code")
    codes, difficulty = plan.inputs.communes["commune_code"], plan.inputs.communes["difficulty"].fillna("unknown")
    return [str(named["priority_class"].get(code, fallback)) for code, fallback in zip(codes, difficulty, strict=True)]


def _by_priority(plan: Plan, words: Words) -> Shading:
    classes = _priority(plan)
    present = [key for key in plan.catalogue.priority if key in classes]
    labels = {key: words.label("priority_class", key) or key for key in present}
    colours = {key: PRIORITY_COLOURS.get(key, UNKNOWN_COLOUR) for key in present}
    legend = [_legend_row(colours[key], labels[key], classes.count(key), words) for key in present]
    of = [present.index(key) for key in classes]
    return Shading("", words.text("shade_priority"), legend, of, [labels[key] for key in classes])


def _by_people_without(plan: Plan, use: str, words: Words) -> Shading:
    communes = plan.inputs.communes
    without = plan.needs[plan.needs["use"] == use].set_index("commune_code")["residents_without"]
    people = [cell(without.get(code)) for code in communes["commune_code"]]
    shares = [
        None if n is None or pd.isna(total) or not total else min(1.0, float(n) / float(total))
        for n, total in zip(people, communes["population"], strict=True)
    ]
    unknown = len(SHARE_COLOURS)
    of = [unknown if share is None else sum(share > bound for bound in SHARE_BANDS) for share in shares]
    legend = [
        _legend_row(colour, text, of.count(i), words)
        for i, (colour, text) in enumerate(zip((*SHARE_COLOURS, UNKNOWN_COLOUR), _band_labels(words), strict=True))
    ]
    label = words.label("use", use) or use
    texts = [_people_text(n, share, label, words) for n, share in zip(people, shares, strict=True)]
    return Shading(words.text("shade_unserved"), label, legend, of, texts)


def _band_labels(words: Words) -> list[str]:
    bounds = [words.percent(bound) for bound in SHARE_BANDS]
    bands = [words.text("shade_band", low=low, high=high) for low, high in pairwise(bounds)]
    return [words.text("shade_nobody"), *bands, words.text("shade_above", low=bounds[-1]), words.text("shade_unknown")]


def _people_text(people: float | None, share: float | None, label: str, words: Words) -> str:
    if people is None or share is None:
        return f"{label}: {words.text('shade_unknown')}"
    return f"{label}: {words.text('shade_text', n=words.number(people, 0), share=words.percent(share))}"


def _legend_row(colour: str, label: str, communes: int, words: Words) -> dict[str, str]:
    return {"colour": colour, "label": label, "count": words.text("communes", n=words.number(communes))}

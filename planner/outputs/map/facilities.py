"""The facilities of the map: where they stand, what becomes of them and what their popup says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from planner.catalogue.columns import label
from planner.outputs.map.words import Words, cell, grouped, records

if TYPE_CHECKING:
    from planner.plan.result import Plan

Feature = dict[str, Any]

# Shape follows the ministry outcome, so that colour is never the only sign.
SHAPES = {
    "office": "square",
    "public_service": "hexagon",
    "education": "triangle",
    "health": "plus",
    "culture_sport": "diamond",
    "other_public": "wedge",
    "official_housing": "house",
    "not_yet_handled": "barred",
}
POPUP_COLUMNS = (
    "handling_form",
    "next_step",
    "receiver",
    "authority",
    "legal_ground",
    "cost",
    "land_area_m2",
    "floor_area_m2",
    "status",
    "decided_by",
    "planning_status",
    "position_quality",
)
_ENUMERATIONS = {"handling_form": "form"}
_COST_COLUMN = {"cost": "renovation_cost_million_vnd"}


def uses_present(plan: Plan, words: Words) -> tuple[list[str], list[dict[str, Any]]]:
    """Return the keys of the uses that occur among the facilities shown, and how each is drawn, in catalogue order."""
    counts = plan.allocation["new_use"].value_counts()
    keys = [key for key in plan.catalogue.uses if key in counts.index]
    looks = [
        {
            "label": words.label("use", key),
            "count": words.number(counts[key]),
            "colour": plan.catalogue.uses[key].colour,
            "shape": SHAPES.get(plan.catalogue.uses[key].ministry_outcome, "circle"),
            "hollow": plan.catalogue.uses[key].family == "exit",
        }
        for key in keys
    ]
    return keys, looks


def popup_columns(words: Words) -> list[str]:
    """Return the headings of the popup's rows."""
    return [words.text("cost") if c == "cost" else label("allocation", c, words.language) for c in POPUP_COLUMNS]


def facility_features(plan: Plan, use_keys: list[str], commune_codes: list[str], words: Words) -> list[Feature]:
    """Return one GeoJSON feature for each facility shown; geometry None where the position is unknown."""
    uses = {key: i for i, key in enumerate(use_keys)}
    communes = {code: i for i, code in enumerate(commune_codes)}
    assumed = grouped(plan.assumed, "facility_id")
    secret = _confidential(plan)
    beside = dict(
        zip(
            plan.reasons["facility_id"],
            plan.reasons["english" if words.language == "vi" else "vietnamese"],
            strict=True,
        )
    )
    features = []
    for row in records(plan.allocation):
        place = communes.get(str(row["commune_code"]))
        rows = assumed.get(str(row["facility_id"]), [])
        properties = {
            "id": row["facility_id"],
            "name": cell(row["name"]) or row["facility_id"],
            "commune": cell(row["commune_name"]),
            "commune_index": place,
            "use": uses[row["new_use"]],
            "from": words.label("current_use", row["current_use"]),
            "chips": _chips(row, words, confidential=row["facility_id"] in secret),
            "values": _values(row, words, {r["column"]: r["value"] for r in rows}),
            "assumed": [_assumption(r, words) for r in rows],
            "reason": cell(row["reason"]),
            "beside": beside[str(row["facility_id"])],
        }
        features.append(point(row["lon"], row["lat"], properties))
        if features[-1]["geometry"] is None:
            properties["unplaced"] = words.text("unplaced_nowhere" if place is None else "unplaced")
    return features


def point(lon: Any, lat: Any, properties: dict[str, Any]) -> Feature:  # noqa: ANN401  cells of a table
    """Return a GeoJSON point (lon/lat in degrees, EPSG:4326), about a metre exact; no geometry for NA."""
    known = not (pd.isna(lon) or pd.isna(lat))
    geometry = {"type": "Point", "coordinates": [round(float(lon), 5), round(float(lat), 5)]} if known else None
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _confidential(plan: Plan) -> frozenset[str]:
    facilities = plan.inputs.facilities
    return frozenset(facilities.loc[facilities["confidential"].fillna(value=False).astype(bool), "facility_id"])


def _chips(row: dict[str, Any], words: Words, *, confidential: bool) -> list[tuple[str, str]]:
    """Return the short marks above the popup's rows as (kind, text)."""
    said = [
        ("alert", "confidential", confidential),
        ("plain", "main_office", row["main_office"]),
        ("plain", "locked", row["locked"]),
        ("warn", "survey", row["survey_needed"]),
    ]
    return [(kind, words.text(key)) for kind, key, holds in said if not pd.isna(holds) and holds]


def _values(row: dict[str, Any], words: Words, assumed: dict[str, Any]) -> list[tuple[int, str, int]]:
    """Return (column, text, whether assumed) for what is known or assumed of the facility."""
    row = {
        key: _assumed_value(assumed[key]) if key in assumed and pd.isna(value) else value for key, value in row.items()
    }
    texts = [(i, column, _value(row, column, words)) for i, column in enumerate(POPUP_COLUMNS)]
    return [(i, text, int(_COST_COLUMN.get(column, column) in assumed)) for i, column, text in texts if text]


def _value(row: dict[str, Any], column: str, words: Words) -> str | None:
    if column == "cost":
        return _cost(row, words)
    if column in ("land_area_m2", "floor_area_m2"):
        return None if pd.isna(row[column]) else words.number(row[column])
    if column in ("receiver", "legal_ground"):
        return None if pd.isna(row[column]) else str(row[column])
    if column == "next_step" and words.label(column, row[column]) == words.label(column, "none"):
        return None
    named = words.label(_ENUMERATIONS.get(column, column), row[column])
    more = _days(row, words) if column == "authority" else None
    return f"{named}; {more}" if named and more else named


def _days(row: dict[str, Any], words: Words) -> str | None:
    decide, handover = cell(row["decide_days"]), cell(row["handover_days"])
    if decide is None and handover is None:
        return None
    key = "days" if decide and handover else "days_decide" if decide else "days_handover"
    return words.text(key, decide=words.number(decide), handover=words.number(handover))


def _cost(row: dict[str, Any], words: Words) -> str | None:
    costs = {kind: row[f"{kind}_cost_million_vnd"] for kind in ("renovation", "equipment")}
    known = {kind: cost for kind, cost in costs.items() if not pd.isna(cost)}
    parts = [words.text(f"cost_{kind}", n=words.number(cost)) for kind, cost in known.items() if cost]
    return "; ".join(parts) or (words.text("cost_none") if known else None)


def _assumption(row: dict[str, Any], words: Words) -> str:
    """Return an assumed value with the rule it comes from, where the catalogue names that rule."""
    rule = words.catalogue.coefficients.get(row["rule"])
    named = label("allocation", row["column"], words.language)
    if named == row["column"]:
        named = label("facilities", row["column"], words.language)
    value = _assumed_value(row["value"])
    text = f"{named}: {value if isinstance(value, str) else words.number(value)}"
    return text if rule is None else f"{text} ({rule.label(words.language)}: {words.number(rule.value)})"


def _assumed_value(value: Any) -> float | str:  # noqa: ANN401  a cell of a table that holds numbers as text too
    try:
        return float(value)
    except ValueError:
        return str(value)

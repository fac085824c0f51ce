"""What stands on the map beside the facilities: existing services and villages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from planner.outputs.map.facilities import SHAPES, Feature, point
from planner.outputs.map.words import Words, cell, grouped, records

if TYPE_CHECKING:
    from planner.plan.result import Plan


def service_kinds(plan: Plan) -> tuple[list[str], list[dict[str, Any]]]:
    """Return the uses that existing services have, and how each is drawn."""
    present = set(plan.inputs.services["use"])
    keys = [key for key in plan.catalogue.uses if key in present]
    uses = [plan.catalogue.uses[key] for key in keys]
    shapes = [SHAPES.get(use.ministry_outcome, "circle") for use in uses]
    return keys, [{"colour": use.colour, "shape": s, "faded": True} for use, s in zip(uses, shapes, strict=True)]


def service_features(plan: Plan, kinds: list[str], words: Words) -> list[Feature]:
    """Return one GeoJSON point for each existing service with a position."""
    names = _commune_names(plan)
    features = []
    for row, place in zip(records(plan.inputs.services), plan.inputs.services.geometry, strict=True):
        if row["use"] not in kinds or place is None or place.is_empty:
            continue
        lines = [words.label("use", row["use"])]
        if not pd.isna(row["capacity"]):
            unit = words.label("capacity_unit", row["capacity_unit"])
            lines.append(words.text("capacity", n=f"{words.number(row['capacity'], 0)} {unit or ''}".strip()))
        properties = {
            "name": cell(row["name"]) or lines[0],
            "commune": names.get(row["commune_code"]),
            "kind": kinds.index(row["use"]),
            "lines": lines,
        }
        features.append(point(place.x, place.y, properties))
    return features


def settlement_features(plan: Plan, words: Words) -> list[Feature]:
    """Return one GeoJSON point for each village with a position: its people and whom no service reaches."""
    names = _commune_names(plan)
    unserved = _unserved_lines(plan, words)
    features = []
    for row, place in zip(records(plan.inputs.settlements), plan.inputs.settlements.geometry, strict=True):
        if place is None or place.is_empty:
            continue
        urgent = bool(not pd.isna(row["specially_disadvantaged"]) and row["specially_disadvantaged"])
        lines = [words.people(row["population"]), words.text("disadvantaged_village") if urgent else None]
        properties = {
            "id": row["settlement_id"],
            "name": cell(row["name"]) or row["settlement_id"],
            "commune": names.get(row["commune_code"]),
            "urgent": int(urgent),
            "lines": [*filter(None, lines), *unserved.get(str(row["settlement_id"]), ())],
        }
        features.append(point(place.x, place.y, properties))
    return features


def _commune_names(plan: Plan) -> dict[str, str]:
    communes = plan.inputs.communes
    return dict(zip(communes["commune_code"], communes["name"], strict=True))


def _unserved_lines(plan: Plan, words: Words) -> dict[str, list[str]]:
    """Return a line for each use that does not reach everybody in need in a village."""
    served = plan.settlements_served
    missing = served[(served["need"] - served["served"]).round(0) > 0]
    return {
        settlement: [_unserved_line(row, words) for row in rows]
        for settlement, rows in grouped(missing, "settlement_id").items()
    }


def _unserved_line(row: dict[str, Any], words: Words) -> str:
    counts = {"n": words.number(row["need"] - row["served"], 0), "need": words.number(row["need"], 0)}
    return words.text("settlement_unserved", use=words.label("use", row["use"]), **counts)

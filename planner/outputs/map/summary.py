"""The panel beside the map: status, figures, notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from planner.outputs.map.words import Words, records
from planner.outputs.tables import confidential
from planner.plan.status import status_in_words

if TYPE_CHECKING:
    from planner.plan.result import Plan

Bar = dict[str, Any]


def status(plan: Plan) -> dict[str, str]:
    """Return the solve's status as key, label and words."""
    found = status_in_words(plan)
    return {"key": found.key, "label": found.label, "words": f"{found.sentence} {found.warning}".strip()}


def banners(plan: Plan, words: Words) -> list[str]:
    """Return what nobody may overlook: synthetic data, confidential sites shown or left out."""
    left_out = len(confidential(plan))
    marked = int(plan.inputs.facilities["confidential"].fillna(value=False).sum())
    texts = [plan.inputs.synthetic_notice] if plan.inputs.synthetic_notice else []
    if left_out:
        texts.append(words.text("note_left_out", n=words.number(left_out)))
    elif marked:
        texts.append(words.text("note_confidential", n=words.number(marked)))
    return texts


def headline(plan: Plan, words: Words) -> str:
    """Return the number of facilities and sites of the whole plan."""
    counts = plan.summary["counts"]
    return " · ".join(f"{words.number(counts[key])} {words.text(key)}" for key in ("facilities", "sites"))


def summary(plan: Plan, words: Words) -> dict[str, Any]:
    """Return the figures, and bars for outcomes, what decided, needs and money."""
    return {
        "figures": _figures(plan, words),
        "outcomes": _outcomes(plan, words),
        "decided": _decided(plan, words),
        "needs": _needs(plan, words),
        "money": _money(plan, words),
    }


def notes(plan: Plan, words: Words) -> list[tuple[str, list[str]]]:
    """Return headed notes: data, assumptions, law, map; a heading without a note is left out."""
    law = [plan.catalogue.notice(words.language)]
    sections = [
        ("notes_data", [*([plan.scenario.note] if plan.scenario.note else []), *banners(plan, words)]),
        ("notes_assumed", _assumed_notes(plan, words)),
        ("notes_law", law),
        ("notes_map", [words.text("note_boundaries"), *_position_notes(plan, words)]),
    ]
    return [(words.text(key), texts) for key, texts in sections if texts]


def _figures(plan: Plan, words: Words) -> list[tuple[str, str]]:
    counts = plan.summary["counts"]
    pending = counts["by_ministry_outcome"].get("not_yet_handled", 0)
    figures = [("facilities", counts["facilities"]), ("sites", counts["sites"])]
    figures += [("to_survey", counts["survey_needed"]), ("still_pending", pending)]
    return [(words.number(n), words.text(key)) for key, n in figures]


def _outcomes(plan: Plan, words: Words) -> list[Bar]:
    rows = records(plan.statistics[plan.statistics["block"] == "proposed"])
    return [_outcome(row, words) for row in rows]


def _outcome(row: dict[str, Any], words: Words) -> Bar:
    """Return the bar of an outcome; what is not yet handled has no share of the handled sites."""
    sites, share = words.number(row["sites"]), row["share"]
    return {
        "label": words.label("ministry_outcome", row["ministry_outcome"]),
        "figure": f"{sites} ({words.percent(share, 1)} %)" if _known(share) else sites,
        "parts": [("whole", float(share))] if _known(share) else [],
        "tick": float(row["national_share"]) if _known(row["national_share"]) else None,
    }


def _decided(plan: Plan, words: Words) -> list[Bar]:
    counts, total = plan.summary["counts"]["by_decided_by"], plan.summary["counts"]["facilities"]
    return [
        {
            "label": words.label("decided_by", key),
            "figure": f"{words.number(counts[key])} ({words.percent(counts[key] / total, 1)} %)",
            "parts": [("whole", counts[key] / total)],
        }
        for key in plan.catalogue.decided_by
        if counts.get(key)
    ]


def _needs(plan: Plan, words: Words) -> list[Bar]:
    needs = plan.summary["needs"]
    return [_need(key, needs[key], words) for key in plan.catalogue.uses if key in needs and needs[key]["need"]]


def _need(use: str, row: dict[str, Any], words: Words) -> Bar:
    unit = words.label("need_unit", row["unit"])
    unmet = words.text("needs_unmet", n=words.number(row["unmet"], 0), unit=unit)
    return {
        "label": words.label("use", use),
        "figure": unmet if round(row["unmet"]) > 0 else words.text("needs_all"),
        "parts": [(key, row[key] / row["need"]) for key in ("existing", "met", "unmet")],
    }


def _money(plan: Plan, words: Words) -> list[Bar]:
    rows = records(plan.budget)
    return [_source(row, words) for row in rows if row["spent_million_vnd"] or _known(row["limit_million_vnd"])]


def _source(row: dict[str, Any], words: Words) -> Bar:
    spent, limit, share = row["spent_million_vnd"], row["limit_million_vnd"], row["disadvantaged_share"]
    amounts = {"spent": words.number(spent, 0), "limit": words.number(limit, 0)}
    note = None
    if _known(share):
        least = row["disadvantaged_share_min"]
        key = "disadvantaged_share" if _known(least) else "disadvantaged_share_only"
        note = words.text(key, share=words.percent(share), min=words.percent(least))
    return {
        "label": words.label("funding_source", row["source"]),
        "figure": words.text("spent_of" if _known(limit) else "spent_only", **amounts),
        "parts": [("whole", float(spent) / float(limit))] if _known(limit) and limit else [],
        "note": note,
    }


def _known(value: Any) -> bool:  # noqa: ANN401  a cell of a table
    return not pd.isna(value)


def _assumed_notes(plan: Plan, words: Words) -> list[str]:
    cells, sites = len(plan.assumed), plan.assumed["facility_id"].nunique()
    parameters = int((plan.parameters["confidence"] == "assumed").sum())
    unknown = int((~plan.needs["known"].fillna(value=False).astype(bool)).sum())
    said = [
        (cells, "note_assumed", {"n": cells, "m": sites}),
        (parameters, "note_parameters", {"n": parameters}),
        (unknown, "note_unknown_needs", {"n": unknown}),
    ]
    return [words.text(key, **{k: words.number(v) for k, v in values.items()}) for n, key, values in said if n]


def _position_notes(plan: Plan, words: Words) -> list[str]:
    by_commune = int((plan.allocation["position_quality"] == "commune").sum())
    return [words.text("note_by_commune", n=words.number(by_commune))] if by_commune else []

"""Why a facility has its use: kept in a run's folder, and told on the command line."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from planner.catalogue.columns import columns, value_label
from planner.catalogue.load import Language, load_catalogue
from planner.catalogue.numbers import format_number
from planner.outputs.console import WIDTH, say
from planner.outputs.tables import visible

if TYPE_CHECKING:
    from pathlib import Path

    from planner.plan.result import Plan

Explanation = dict[str, Any]

_HEAD = (
    "commune_name",
    "current_use",
    "new_use",
    "handling_form",
    "legal_ground",
    "authority",
    "receiver",
    "decided_by",
)
_LOSSES = ("loss", "people", "person_km", "office_m2", "missing", "million_vnd")


def write_explanations(plan: Plan, path: Path) -> None:
    """Write the explanation of each facility shown, by its id, as JSON; see `explanation`."""
    shown = visible(plan)
    tables = {"alternatives": shown.alternatives, "excluded": shown.rules, "assumed": shown.assumed}
    rows = {name: _by_facility(table) for name, table in tables.items()}
    reasons = shown.reasons.set_index("facility_id")[["vietnamese", "english"]].set_axis(["vi", "en"], axis="columns")
    said = reasons.to_dict("index")
    found = {
        row["facility_id"]: {"decision": row, "reason": said[row["facility_id"]]}
        | {name: by_facility.get(row["facility_id"], []) for name, by_facility in rows.items()}
        for row in _records(shown.allocation)
    }
    path.write_text(json.dumps(found, ensure_ascii=False, indent=1, default=str) + "\n", encoding="utf-8", newline="\n")


def explanation(plan: Plan, facility_id: str) -> Explanation:
    """Return decision, reason, alternatives, excluded and assumed of one facility as plain values."""
    return {
        key: _records(value) if isinstance(value, pd.DataFrame) else value
        for key, value in plan.explain(facility_id).items()
    }


def explanation_lines(found: Explanation, language: Language) -> list[str]:
    """Return an explanation as lines: the decision, the reason in both languages, and what else was possible."""
    decision, other = found["decision"], "en" if language == "vi" else "vi"
    lines = [f"{decision['facility_id']} · {decision['name'] or ''}".rstrip(" ·")]
    known = columns("allocation")
    for key in _HEAD:
        if decision[key] is not None:
            lines += _wrapped(f"{known[key].label(language)}: {_label(known[key].values, decision[key], language)}")
    lines += ["", *_wrapped(found["reason"][language]), "", *_wrapped(found["reason"][other])]
    return [*lines, *_alternative_lines(found, language), *_excluded_lines(found, language)]


def _alternative_lines(found: Explanation, language: Language) -> list[str]:
    """Return a paragraph for each alternative, or that there is no evidence."""
    if not found["alternatives"]:
        return ["", say("no_evidence", language)]
    known = columns("alternatives")
    lines = ["", f"{say('alternatives', language)}:"]
    for row in found["alternatives"]:
        kind = row["use"] and _label("use", row["use"], language)
        kind = kind or value_label("instead", row["instead"], language)
        if row["loss"] == 0:
            lines += _wrapped(f"- {kind}: {say('no_difference', language)}")
            continue
        figures = [
            f"{known[key].label(language)} {format_number(row[key], language, 1)}" for key in _LOSSES if row[key]
        ]
        lines += _wrapped(f"- {kind} ({_label('evidence', row['evidence'], language)}): {'; '.join(figures)}")
    return lines


def _excluded_lines(found: Explanation, language: Language) -> list[str]:
    """Return a paragraph for each ground of exclusion, with all uses that it excludes."""
    if not found["excluded"]:
        return []
    grounds: dict[tuple[str, ...], list[str]] = {}
    for row in found["excluded"]:
        ground = tuple(row[key] or "" for key in ("rule", "observed", "required", "legal_basis"))
        grounds.setdefault(ground, []).append(_label("use", row["use"], language))
    lines = ["", f"{say('excluded', language)}:"]
    rules = load_catalogue().rules
    for (key, observed, required, basis), uses in grounds.items():
        told = [
            f"{say(name, language)} {text}" for name, text in (("observed", observed), ("required", required)) if text
        ]
        rule = rules[key].label(language) if key in rules else key
        lines += _wrapped(f"- {'; '.join([rule, *told])} [{basis}]: {', '.join(uses)}")
    return lines


def _label(values: str, key: str, language: Language) -> str:
    catalogue = load_catalogue()
    terms: dict[str, Mapping[str, Any]] = {
        "use": catalogue.uses,
        "current_use": catalogue.uses,
        "form": catalogue.forms,
        "authority": catalogue.authorities,
        "decided_by": catalogue.decided_by,
    }
    known = terms.get(values, {}).get(key)
    if known is not None:
        return str(known.label(language))
    return value_label(values, key, language) if values else str(key)


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, subsequent_indent="  " if text.startswith("- ") else "")


def _by_facility(table: pd.DataFrame) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in _records(table):
        found.setdefault(str(row.pop("facility_id")), []).append(row)
    return found


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as plain values, None where nothing is known."""
    plain = table.astype(object).where(table.notna(), None)
    return [
        {str(key): value.item() if hasattr(value, "item") else value for key, value in row.items()}
        for row in plain.to_dict("records")
    ]

"""Decisions against the rules: a soft rule gives way and that is recorded, a hard one needs an explicit waiver."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from planner.catalogue import Catalogue
from planner.catalogue.columns import label, value_label
from planner.catalogue.load import Language, Rule
from planner.errors import Record
from planner.inputs.findings import Findings
from planner.inputs.tables import Inputs
from planner.problem.eligibility import LAST_RULES, Eligibility
from planner.problem.facts import number_of
from planner.scenario import Scenario

_WAIVER = ("waiver", "reason", "by")
"""What a waiver of a hard rule needs."""


class Broken(NamedTuple):
    """A rule that a pair breaks: its key, what was observed, what is required."""

    rule: str
    observed: str
    required: str


@dataclass(frozen=True)
class Followed:
    """What the decisions make of the eligible pairs.

    Attributes
    ----------
    allowed : (F, U) with the pairs that decisions opened.
    overridden : rules that a decision overrides, by its row in `inputs.decisions`.
    records : a warning for each rule overridden, an error for each hard one without a waiver and for each facility to
        which nothing is left.
    """

    allowed: np.ndarray
    overridden: Mapping[int, tuple[str, ...]]
    records: list[Record]


@dataclass(frozen=True)
class _Court:
    """What a decision is judged by."""

    about: Findings
    decisions: pd.DataFrame
    catalogue: Catalogue
    language: Language


def follow_decisions(  # noqa: PLR0913  what is decided, what the rules say, and where to report it
    locks: pd.DataFrame,
    allowed: np.ndarray,
    eligibility: Eligibility,
    catalogue: Catalogue,
    scenario: Scenario,
    inputs: Inputs,
) -> Followed:
    """Open the pairs that decisions require; see `Followed`.

    Parameters
    ----------
    locks : see `locks.find_locks`. allowed : (F, U) what rules and approved uses leave.
    """
    uses = list(catalogue.uses.values())
    court = _Court(
        Findings("decisions", inputs.decisions, scenario.language), inputs.decisions, catalogue, scenario.language
    )
    opened, overridden, records = allowed.copy(), {}, []
    required = locks[locks["kind"] == "require"]
    for f, use, decision in zip(required["facility"], required["use"], required["decision"], strict=True):
        u = number_of(uses, use)
        if not opened[f, u]:
            broken = broken_rules(eligibility, f, u)
            opened[f, u] = True
            overridden[decision] = tuple(found.rule for found in broken)
            records += [_judged(court, decision, found) for found in broken]
    return Followed(opened, overridden, [*records, *_left_with_nothing(court, locks, opened)])


def broken_rules(eligibility: Eligibility, facility: int, use: int) -> list[Broken]:
    """Return every rule that closes a pair, not only the first."""
    broken = [
        Broken(key, found.observed[facility], found.required[use])
        for key, found in eligibility.findings.items()
        if found.excluded[facility, use]
    ]
    beyond = int(eligibility.first_rule[facility, use]) - len(eligibility.findings)
    return broken or ([Broken(LAST_RULES[beyond], "", "")] if beyond >= 0 else [])


def _judged(court: _Court, decision: int, broken: Broken) -> Record:
    """Return a warning where a rule gives way, an error where it is hard and nobody answers for waiving it."""
    rule, row = court.catalogue.rules[broken.rule], court.decisions.iloc[decision]
    missing = [key for key in _WAIVER if pd.isna(row[key]) or not row[key]] if rule.hard else []
    fields = _fields(court, row, rule, broken)
    if missing:
        fields["missing"] = ", ".join(_named(court, key) for key in missing)
        clear = rule.clearing(court.language)
        fields["clear"] = f" {clear}." if clear else ""
        return court.about.cell(decision, "verdict", "decision-against-hard-rule", "error", **fields)
    name = "decision-waives-rule" if rule.hard else "decision-against-rule"
    return court.about.cell(decision, "verdict", name, "warning", **fields)


def _fields(court: _Court, row: pd.Series, rule: Rule, broken: Broken) -> dict[str, str]:
    language = court.language
    figures = [
        f"{label('rules', key, language).lower()}: {value}"
        for key, value in (("observed", broken.observed), ("required", broken.required))
        if value
    ]
    return {
        "facility": str(row["facility_id"]),
        "verdict": value_label("verdict", str(row["verdict"]), language),
        "use": court.catalogue.uses[str(row["use"])].label(language),
        "broken": rule.label(language),
        "basis": rule.basis(language),
        "facts": f" ({'; '.join(figures)})" if figures else "",
        "by": str(row["by"]),
        "reason": str(row["reason"]),
    }


def _named(court: _Court, key: str) -> str:
    name = label("decisions", key, court.language)
    yes = value_label("yes_no", "yes", court.language)
    return f"“{name}” = {yes}" if key == "waiver" else f"“{name}”"


def _left_with_nothing(court: _Court, locks: pd.DataFrame, allowed: np.ndarray) -> list[Record]:
    """Return an error for each facility of which decisions forbid every outcome, or the one that is fixed."""
    records = []
    uses = list(court.catalogue.uses.values())
    for facility in sorted(set(locks.loc[locks["kind"] == "forbid", "facility"])):
        rows = locks[locks["facility"] == facility]
        forbidden = rows[rows["kind"] == "forbid"]
        fixed = rows[rows["kind"] != "forbid"]
        left = allowed[facility].copy()
        left[[number_of(uses, use) for use in forbidden["use"]]] = False
        if len(fixed):
            left &= np.array([use.key == fixed["use"].iat[0] for use in uses])
        if not left.any():
            decision = int(forbidden["decision"].max())
            row = court.decisions.iloc[decision]
            names = ", ".join(court.catalogue.uses[use].label(court.language) for use in forbidden["use"])
            fields = {"facility": row["facility_id"], "use": names}
            records.append(court.about.cell(decision, "verdict", "decision-leaves-nothing", "error", **fields))
    return records

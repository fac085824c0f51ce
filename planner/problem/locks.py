"""Which decisions are already taken: approved ones, and those of the decisions table."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.catalogue import Catalogue, Use
from planner.catalogue.load import Rule
from planner.catalogue.messages import message
from planner.errors import Record
from planner.inputs.tables import Inputs
from planner.problem.facts import number_of
from planner.scenario import Scenario

FIXED = ("approved", "handed_over", "in_use")


def find_locks(scenario: Scenario, inputs: Inputs) -> pd.DataFrame:
    """Return one row a lock: facility (number), use, kind (approved, require, forbid).

    The latest decision on a facility wins; a release frees an approved facility; a question locks nothing.
    """
    facilities = inputs.facilities
    number = {facility_id: f for f, facility_id in enumerate(facilities["facility_id"])}
    released = set(scenario.locks.release)
    rows: dict[tuple[int, str], tuple[int, str, str]] = {}
    if not scenario.locks.release_approved:
        fixed = (
            facilities["status"].isin(FIXED)
            & facilities["approved_use"].notna()
            & ~facilities["facility_id"].isin(released)
        )
        for f in facilities.index[fixed]:
            rows[(f, "")] = (f, str(facilities["approved_use"].at[f]), "approved")
    decisions = inputs.decisions
    for decision in decisions.sort_values("date", kind="stable", na_position="first").to_dict("records"):
        f = number[decision["facility_id"]]
        _apply(rows, f, str(decision["verdict"]), decision["use"])
    return pd.DataFrame(sorted(rows.values()), columns=["facility", "use", "kind"])


def _apply(rows: dict[tuple[int, str], tuple[int, str, str]], f: int, verdict: str, use: object) -> None:
    if verdict == "release":
        for key in [key for key in rows if key[0] == f]:
            del rows[key]
    elif verdict in ("require", "approve") and isinstance(use, str):
        rows[(f, "")] = (f, use, "require")
    elif verdict == "forbid" and isinstance(use, str):
        rows[(f, use)] = (f, use, "forbid")


def open_locked_pairs(  # noqa: PLR0913  what is decided, what the rules say, and where to report it
    locks: pd.DataFrame,
    allowed: np.ndarray,
    rules: pd.DataFrame,
    catalogue: Catalogue,
    scenario: Scenario,
    inputs: Inputs,
) -> tuple[np.ndarray, list[Record]]:
    """Open the pairs that somebody already decided, whatever rule would close them.

    Parameters
    ----------
    allowed : (F, U) what the rules leave. rules : excluded pairs, see `eligibility.exclusions`.

    Returns
    -------
    (F, U) what is allowed now, and a warning for each pair that was opened against a rule.
    """
    reason = dict(zip(zip(rules["facility_id"], rules["use"], strict=True), rules["rule"], strict=True))
    ids, uses = inputs.facilities["facility_id"], list(catalogue.uses.values())
    opened, records = allowed.copy(), []
    decided = locks[locks["kind"] != "forbid"]
    for f, use in zip(decided["facility"], decided["use"], strict=True):
        if not opened[f, number_of(uses, use)]:
            opened[f, number_of(uses, use)] = True
            rule = catalogue.rules[reason[ids.at[f], use]]
            records.append(_against_rule(f, catalogue.uses[use], rule, scenario, inputs))
    return opened, records


def _against_rule(facility: int, use: Use, rule: Rule, scenario: Scenario, inputs: Inputs) -> Record:
    row, language = inputs.facilities.loc[facility], scenario.language
    names = {"use": use.label(language), "rule": rule.label(language)}
    text = message("lock_against_rule", language, facility=row["facility_id"], **names)
    return Record(
        table="facilities",
        rule="lock-against-rule",
        severity="warning",
        file=str(row["file"]),
        sheet=str(row["sheet"]),
        row=int(row["row"]),
        column="approved_use",
        value=use.key,
        message=text.text,
        fix=text.fix,
    )

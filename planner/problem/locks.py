"""Which decisions are already taken: approved ones, and those of the decisions table."""

from __future__ import annotations

import pandas as pd

from planner.catalogue.messages import message
from planner.errors import Record
from planner.inputs.tables import Inputs
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
        fixed = facilities["status"].isin(FIXED) & facilities["approved_use"].notna() & ~facilities["facility_id"].isin(released)
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


def rule_records(overridden: pd.DataFrame, scenario: Scenario, inputs: Inputs) -> list[Record]:
    """Return a warning for each lock that stands against a rule; it is kept, because somebody decided it."""
    facilities = inputs.facilities
    return [
        Record(
            table="facilities",
            rule="lock-against-rule",
            severity="warning",
            file=str(facilities["file"].at[f]),
            sheet=str(facilities["sheet"].at[f]),
            row=int(facilities["row"].at[f]),
            column="approved_use",
            value=use,
            message=(text := message("lock_against_rule", scenario.language, facility=facilities["facility_id"].at[f], use=use, rule=rule)).text,
            fix=text.fix,
        )
        for f, use, rule in zip(overridden["facility"], overridden["use"], overridden["rule"], strict=True)
    ]

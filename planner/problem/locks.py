"""Which decisions are already taken: approved ones, and those of the decisions table."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.catalogue import Catalogue, Use
from planner.catalogue.load import Rule
from planner.catalogue.messages import message
from planner.errors import Record
from planner.inputs.decisions import approved_uses, enumerate_rows, latest_last
from planner.inputs.tables import Inputs
from planner.problem.facts import number_of
from planner.scenario import Scenario

_Lock = tuple[int, str, str, int]
_Locks = dict[tuple[int, str], _Lock]


def find_locks(scenario: Scenario, inputs: Inputs) -> pd.DataFrame:
    """Return one row a lock: facility (number), use, kind (approved, require, forbid) and the decision behind it.

    The decision is the number of its row in `inputs.decisions`, -1 for an approved facility. The latest decision on a
    facility wins; a release frees an approved facility; a question locks nothing.
    """
    facilities = inputs.facilities
    number = {facility_id: f for f, facility_id in enumerate(facilities["facility_id"])}
    rows: _Locks = {(f, ""): (f, use, "approved", -1) for f, use in approved_uses(scenario, facilities).items()}
    for index, decision in enumerate_rows(latest_last(inputs.decisions)):
        f = number[decision["facility_id"]]
        _apply(rows, f, index, str(decision["verdict"]), decision["use"])
    return pd.DataFrame(sorted(rows.values()), columns=["facility", "use", "kind", "decision"])


def _apply(rows: _Locks, f: int, index: int, verdict: str, use: object) -> None:
    if verdict == "release":
        for key in [key for key in rows if key[0] == f]:
            del rows[key]
    elif verdict in ("require", "approve") and isinstance(use, str):
        rows.pop((f, use), None)
        if rows.get((f, ""), (f, "", "", -1))[1:3] != (use, "approved"):
            rows[(f, "")] = (f, use, "require", index)
    elif verdict == "forbid" and isinstance(use, str):
        if rows.get((f, ""), (f, "", "", -1))[1:3] == (use, "require"):
            del rows[(f, "")]
        rows[(f, use)] = (f, use, "forbid", index)


def effects(inputs: Inputs, locks: pd.DataFrame) -> list[str]:
    """Return what became of each decision: honoured, superseded by a later one, or a question that locks nothing."""
    locked, approved = set(locks["decision"]), locks[locks["decision"] < 0]
    confirmed = {
        (inputs.facilities["facility_id"].iat[f], use)
        for f, use in zip(approved["facility"], approved["use"], strict=True)
    }
    found = [""] * len(inputs.decisions)
    settled: set[object] = set()  # facilities on which a later decision says all that an earlier one could
    for index, row in reversed([*enumerate_rows(latest_last(inputs.decisions))]):
        facility, verdict = row["facility_id"], row["verdict"]
        if verdict == "question":
            found[index] = "question"
            continue
        holds = verdict == "release" or (verdict != "forbid" and (facility, row["use"]) in confirmed)
        stands = index in locked or (holds and facility not in settled)
        found[index] = "honoured" if stands else "superseded"
        if verdict != "forbid":
            settled.add(facility)
    return found


def open_locked_pairs(  # noqa: PLR0913  what is decided, what the rules say, and where to report it
    locks: pd.DataFrame,
    allowed: np.ndarray,
    rules: pd.DataFrame,
    catalogue: Catalogue,
    scenario: Scenario,
    inputs: Inputs,
) -> tuple[np.ndarray, list[Record]]:
    """Open the pairs that the inventory has as approved, whatever rule would close them.

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
    decided = locks[locks["kind"] == "approved"]
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

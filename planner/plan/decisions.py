"""What became of the decisions of others: in force or not, against which rules, at what price."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from planner.catalogue.columns import columns
from planner.inputs.decisions import enumerate_rows, kept_in, latest_last
from planner.problem.facts import number_of
from planner.problem.locks import effects
from planner.solve.prices import Lock, LockPrices, lock_prices

if TYPE_CHECKING:
    from planner.model.assembly import Model
    from planner.prepare import Clock, Prepared
    from planner.problem.assemble import Case
    from planner.solve.outcome import Outcome


def decision_locks(case: Case) -> pd.DataFrame:
    """Return the locks that come from decisions, see `problem.locks.find_locks`."""
    return case.locks[case.locks["decision"] >= 0]


def price_decisions(prepared: Prepared, model: Model, outcome: Outcome, clock: Clock) -> LockPrices:
    """Return what the locks of decisions cost, in the order of `decision_locks`."""
    case, rows = prepared.case, decision_locks(prepared.case)
    locks = [
        Lock(
            pair=int(case.problem.pair_number[f, number_of(case.uses, use)]),
            kind="forbid" if kind == "forbid" else "require",
            opened=decision in case.overridden,
        )
        for f, use, kind, decision in zip(rows["facility"], rows["use"], rows["kind"], rows["decision"], strict=True)
    ]
    with clock.lap("explain"):
        return lock_prices(prepared.problem, model, prepared.settings, outcome, locks, clock.tick)


def make_decision_log(prepared: Prepared, prices: LockPrices) -> pd.DataFrame:
    """Return one row a decision read, in the order in which they hold.

    Parameters
    ----------
    prices : of the locks of `decision_locks`.
    """
    decisions, case = prepared.inputs.decisions, prepared.case
    facilities = prepared.inputs.facilities.set_index("facility_id")
    effect = effects(prepared.inputs, case.locks)
    locks = decision_locks(case)["decision"]
    price, term = (dict(zip(locks, found, strict=True)) for found in (prices.each, prices.term))
    kept = kept_in(decisions, [found != "superseded" for found in effect])
    rules, language = prepared.catalogue.rules, prepared.scenario.language
    rows: list[dict[str, Any]] = []
    for index, row in enumerate_rows(latest_last(decisions)):
        about = {key: facilities[key].get(row["facility_id"]) for key in ("name", "commune_name")}
        broken = [rules[key].label(language) for key in case.overridden.get(index, ())]
        figure, evidence = _figure(price.get(index, np.nan), prices.resolution)
        rows.append(
            {key: row[key] for key in ("facility_id", "verdict", "use", "waiver", "reason", "by", "date")}
            | about
            | {"effect": effect[index], "rules_overridden": "; ".join(broken) or None, "kept_in": kept[index]}
            | {"price": figure, "price_evidence": evidence, "loss_term": term.get(index) or None}
            | {key: row[key] for key in ("file", "sheet", "row")}
        )
    table = pd.DataFrame(rows, columns=list(columns("decision_log")))
    return table.astype({"price": "Float64", "row": "Int64", "waiver": "boolean"})


def _figure(price: float, resolution: float) -> tuple[float | None, str]:
    """Return a price as the log shows it, and what it rests on."""
    if not np.isfinite(price):
        return None, "none"
    return (0.0, "not_measurable") if price <= resolution else (round(price, 6), "exact")


def locks_in_short(log: pd.DataFrame, prices: LockPrices) -> dict[str, float | int | None]:
    """Return what plan.json says of decisions: how many lock something, and what all of them cost together."""
    count = int((log["effect"].eq("honoured") & log["verdict"].ne("release")).sum())
    together = _figure(prices.together, prices.resolution)[0] if count else None
    return {"count": count, "price_together": together}

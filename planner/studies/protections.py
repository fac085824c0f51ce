"""What each protection of the weak gives and costs, what tau costs, and why some stay far below their own best."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from planner.catalogue.columns import columns
from planner.model.assembly import Model
from planner.model.fairness import own_best, shares
from planner.model.inequality import gini, lowest, lowest_decile
from planner.model.problem import Floats
from planner.prepare import Clock, NoClock, Prepared, prepare
from planner.sections import Priority, Protections
from planner.solve.evaluate import evaluate_uses
from planner.solve.lagging import Lifted, Lifter, below
from planner.solve.outcome import Outcome
from planner.solve.protections import (
    SHORTFALL,
    charge,
    cost,
    differences,
    in_force,
    lifted,
    price,
    protection_prices,
    resolution,
    solved,
    with_tau,
)

PRIORITY = "priority_weights"
"""The weights of the priority classes, a protection that is part of every term."""


@dataclass(frozen=True)
class Picture:
    """Who is served in an outcome of a prepared scenario."""

    prepared: Prepared
    outcome: Outcome

    @cached_property
    def served(self) -> Floats:
        """(C,) persons served."""
        return self.asked - self._by_commune(self.outcome.unserved)

    @cached_property
    def asked(self) -> Floats:
        """(C,) persons who need a service."""
        return self._by_commune(self.prepared.case.needs.nodes["demand"].to_numpy(float))

    @cached_property
    def people(self) -> Floats:
        """(C,) population."""
        return self.prepared.case.communes["population"].to_numpy(float)

    @cached_property
    def share(self) -> Floats:
        """(C,) share served, NaN where nobody asks."""
        return np.where(self.asked > 0, self.served / np.maximum(self.asked, 1e-9), np.nan)

    @cached_property
    def own(self) -> Floats:
        """(C,) share of the own best, by value; NaN where a commune can reach nothing or asks for nothing."""
        fairness, service = self.prepared.problem.fairness, self.prepared.problem.service
        return own_best(fairness, shares(service, len(fairness.attainable), self.outcome.unserved))

    @cached_property
    def spent(self) -> float:
        """Million VND of all sources."""
        return float(self.prepared.case.cost[:, np.arange(len(self.outcome.use)), self.outcome.use].sum())

    def figures(self) -> dict[str, Any]:
        """Return persons served, inequality, the two worst communes and the money spent."""
        names = self.prepared.case.communes["name"].tolist()
        found: dict[str, Any] = {
            "served": round(float(self.served.sum()), 3),
            "gini": round(gini(self.share, self.people), 4),
            "lowest_decile_share": round(lowest_decile(self.share, self.people), 4),
            "gini_own_best": round(gini(self.own, self.people), 4),
            "million_vnd": round(self.spent, 3),
        }
        for place, c in zip(("worst", "next_worst"), lowest(self.own), strict=False):
            found |= {place: names[c], f"{place}_own_best_share": round(float(self.own[c]), 4)}
        return found

    def _by_commune(self, persons: Floats) -> Floats:
        commune = self.prepared.case.needs.nodes["commune"].to_numpy(int)
        inside = commune >= 0
        return np.bincount(commune[inside], persons[inside], len(self.prepared.case.communes)).astype(np.float64)


@dataclass(frozen=True)
class Ground:
    """What the study starts from: the plan with all its protections, its model, and what the scenario asks."""

    prepared: Prepared
    model: Model
    outcome: Outcome
    asked: Protections
    clock: Clock

    @cached_property
    def plan(self) -> Picture:
        """The plan itself."""
        return Picture(self.prepared, self.outcome)

    @cached_property
    def names(self) -> list[str]:
        """The protections in force."""
        weights = self.prepared.case.needs.nodes["weight"]
        return [*in_force(self.prepared.problem), *([PRIORITY] if (weights != 1).any() else [])]

    def tick(self, done: int) -> None:
        """Tell the share of the solves that is done."""
        self.clock.tick(done / (len(self.names) + len(self.asked.tau) + 1 + self.asked.most_examined))


def study_protections(
    prepared: Prepared, model: Model, outcome: Outcome, asked: Protections, clock: Clock
) -> dict[str, pd.DataFrame]:
    """Return the tables of the study by name; every figure of a solve that proved nothing is left empty.

    Parameters
    ----------
    model : of the prepared problem, solved before. outcome : what that gave.
    """
    ground = Ground(prepared, model, outcome, asked, clock)
    rows, classes = zip(*_each(ground), strict=True) if ground.names else ((), ())
    return {
        "protections": _table("protections", list(rows)),
        "protection_classes": _table("protection_classes", [row for part in classes for row in part]),
        "tau_curve": _table("tau_curve", list(_curve(ground))),
        "lagging": _table("lagging", list(_lagging(ground))),
    }


def _table(name: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(columns(name)))


def _each(ground: Ground) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Yield, for each protection, its row and its rows by priority class."""
    prepared, settings = ground.prepared, ground.prepared.settings
    names = [name for name in ground.names if name != PRIORITY]
    for found in protection_prices(prepared.problem, settings, ground.outcome, names, ground.tick):
        own = settings.weights.get("fairness", 0.0) * charge(prepared.problem, ground.outcome, found.name)
        term = _dearest(ground, found.outcome, own) if found.price > 0 else None
        without = None if found.outcome is None else Picture(prepared, found.outcome)
        yield _row(ground, found.name, without, found.price, term), _class_rows(ground, found.name, without)
    if PRIORITY in ground.names:
        bare = _without_priority(prepared)
        outcome = solved(bare.problem, bare.settings)
        ground.tick(len(ground.names))
        without = None if outcome is None else Picture(bare, outcome)
        cost_of_it = _price_of_priority(ground, bare, outcome)
        yield _row(ground, PRIORITY, without, cost_of_it, None), _class_rows(ground, PRIORITY, without)


def _without_priority(prepared: Prepared) -> Prepared:
    """Return what was prepared with the same weight for everybody; each commune keeps its tau."""
    scenario = prepared.scenario
    own = {key: value for key, value in scenario.catalogue.items() if key != "priority"}
    equal = Priority(weights=dict.fromkeys(prepared.catalogue.priority, 1.0))
    bare = prepare(scenario.model_copy(update={"priority": equal, "catalogue": own}), prepared.inputs, NoClock())
    fairness = replace(bare.problem.fairness, tau=prepared.problem.fairness.tau)
    return replace(bare, problem=replace(bare.problem, fairness=fairness))


def _price_of_priority(ground: Ground, bare: Prepared, without: Outcome | None) -> float:
    """Return what the plan's uses lose where all people weigh the same, their flows chosen anew."""
    proven = without is not None and without.status == ground.outcome.status == "optimal"
    if without is None or not proven or bare.settings.mode != "weighted":
        return float("nan")
    weights, problem = bare.settings.weights, bare.problem
    there = evaluate_uses(problem, ground.outcome.use, weights, bare.settings.options, problem)
    lost = cost(there, weights) - cost(without, weights)
    return lost if lost > resolution(bare.settings, ground.outcome, without) else 0.0


def _dearest(ground: Ground, without: Outcome | None, own: float) -> str | None:
    """Return the term in which the plan loses most against the one without, the protection's own charge left out."""
    if without is None:
        return None
    names = [term.name for term in ground.outcome.terms]
    lost = differences(ground.outcome, without, ground.prepared.settings.weights)
    lost = lost - own * (np.array(names) == "fairness")
    return names[int(np.argmax(lost))]


def _row(ground: Ground, name: str, without: Picture | None, paid: float, term: str | None) -> dict[str, Any]:
    row = {"protection": name, "status": "no_plan"} | ground.plan.figures()
    if without is None:
        return row
    other = without.figures()
    row |= {f"{key}_without": value for key, value in other.items()}
    row |= {"status": without.outcome.status, "price": round(paid, 6), "loss_term": term}
    row |= {"served_lost": round(other["served"] - row["served"], 3)}
    row |= {"price_of_fairness_share": _lost_share(row["served"], other["served"])}
    return row | {"changed": int((without.outcome.use != ground.outcome.use).sum())}


def _lost_share(served: float, without: float) -> float:
    """Return the price of fairness (Bertsimas, Farias and Trichakis 2011): the part of all served that it costs."""
    return round((without - served) / without, 6) + 0.0 if without > 0 else float("nan")


def _class_rows(ground: Ground, name: str, without: Picture | None) -> list[dict[str, Any]]:
    """Return whom a protection gives and takes, by priority class."""
    if without is None:
        return []
    plan = ground.plan
    table = pd.DataFrame(
        {
            "priority_class": ground.prepared.case.communes["priority_class"],
            "population": plan.people,
            "need": plan.asked,
            "served": plan.served,
            "served_without": without.served,
        }
    )
    sums = table.groupby("priority_class").sum().round(3).reset_index()
    sums["gained"] = (sums["served"] - sums["served_without"]).round(3) + 0.0
    return [{"protection": name} | {str(k): v for k, v in row.items()} for row in sums.to_dict("records")]


def _curve(ground: Ground) -> Iterator[dict[str, Any]]:
    """Yield a row for each tau, alike for every commune; the first is without any, against which the rest is priced."""
    prepared, settings = ground.prepared, ground.prepared.settings
    if not len(prepared.problem.fairness.attainable):
        return
    free = solved(lifted(prepared.problem, SHORTFALL), settings)
    base = None if free is None else Picture(prepared, free).figures()
    for done, tau in enumerate(sorted({0.0, *ground.asked.tau}), start=len(ground.names) + 1):
        problem = with_tau(prepared.problem, tau)
        outcome = free if tau == 0 else solved(problem, settings)
        ground.tick(done)
        row: dict[str, Any] = {"tau": tau, "status": "no_plan"}
        if outcome is not None:
            figures = Picture(prepared, outcome).figures()
            row |= {"status": outcome.status} | figures
            row["price"] = round(price(problem, outcome, free, settings, SHORTFALL), 6)
            if base is not None:
                row["price_of_fairness_share"] = _lost_share(figures["served"], base["served"])
        yield row


def _lagging(ground: Ground) -> Iterator[dict[str, Any]]:
    """Yield the communes below a share of their own best, and what lifting each of them to it would take."""
    prepared, outcome, asked = ground.prepared, ground.outcome, ground.asked
    if not len(prepared.problem.fairness.attainable):
        return
    settings = prepared.settings
    known = settings.mode == "weighted" and outcome.status == "optimal" and settings.options.name.lower() == "highs"
    lifter = Lifter(prepared.problem, ground.model, settings, outcome)
    begun = len(ground.names) + len(asked.tau) + 1
    for done, c in enumerate(below(prepared.problem, outcome, asked.own_best_below).tolist(), start=1):
        if done > asked.most_examined:
            yield _commune(ground, c) | {"why": "not_examined"}
        elif known:
            yield _commune(ground, c) | _taken(ground, lifter.lift(c, asked.own_best_below))
            ground.tick(begun + done)
        else:
            yield _commune(ground, c) | {"why": "unknown"}


def _commune(ground: Ground, c: int) -> dict[str, Any]:
    facts, fairness = ground.prepared.case.communes, ground.prepared.problem.fairness
    row = {key: facts[key].iat[c] for key in ("commune_code", "priority_class", "population")}
    return row | {
        "commune_name": facts["name"].iat[c],
        "attainable_share": round(float(fairness.attainable[c]), 4),
        "own_best_share": round(float(ground.plan.own[c]), 4),
        "target_share": round(float(np.broadcast_to(fairness.tau, len(fairness.attainable))[c]), 4),
        "lifted_share": ground.asked.own_best_below,
    }


def _taken(ground: Ground, found: Lifted) -> dict[str, Any]:
    """Return why a commune lags: what the plan that lifts it would cost, in what, and who would lose most by it."""
    row: dict[str, Any] = {"why": found.why, "price": round(found.price, 6), "loss_term": found.term or None}
    if found.unserved is None:
        return row
    lifted_outcome = replace(ground.outcome, unserved=found.unserved)
    gained = Picture(ground.prepared, lifted_outcome).served - ground.plan.served
    row |= {"gained": round(float(gained[found.group]), 3), "million_vnd_more": round(found.spent, 3) + 0.0}
    row["others_lost"] = round(float(-np.minimum(np.delete(gained, found.group), 0.0).sum()), 3) + 0.0
    if found.loser >= 0:
        name = ground.prepared.case.communes["name"].iat[found.loser]
        row |= {"loser": name, "loser_lost": round(float(found.lost[found.loser]), 3)}
    return row

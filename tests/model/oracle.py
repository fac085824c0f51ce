"""An independent reading of the model: every assignment of a tiny problem, checked and priced without PuLP.

Only the arrays of `Problem` are read here. Rules are stated as yes or no, prices by arithmetic, and the flow of people
by a linear program of its own, in which fairness is the larger of two lines instead of two bounded variables.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from planner.model.problem import Problem

Floats = NDArray[np.float64]
Uses = tuple[int, ...]
Terms = dict[str, float]

TERMS = ("mandatory", "fairness", "services", "money", "quality", "cascade")
_NOISE = 1e-9
_INFEASIBLE = 2


@dataclass(frozen=True)
class Priced:
    """A plan that breaks no rule: the use of each facility and the terms, its flows chosen for `weights`."""

    uses: Uses
    terms: Terms
    cost: float


def plans(problem: Problem, weights: Mapping[str, float]) -> list[Priced]:
    """Return every plan that breaks no rule, each with the flows that cost least under the weights."""
    known: dict[bytes, tuple[float, float]] = {}
    found = []
    for uses in assignments(problem):
        x = chosen(problem, uses)
        if not allowed(problem, x):
            continue
        there = capacities(problem, x)
        if there.tobytes() not in known:
            known[there.tobytes()] = people(problem, x, services=weights["services"], fairness=weights["fairness"])
        terms = fixed_terms(problem, x)
        services, fairness = known[there.tobytes()]
        terms["services"] += services
        terms["fairness"] += fairness
        tie = 0.0 if problem.tie is None else float(problem.tie @ x)
        found.append(Priced(uses, terms, sum(weights[name] * terms[name] for name in TERMS) + tie))
    return found


def assignments(problem: Problem) -> Iterator[Uses]:
    """Return every way to give each facility one of the uses it is eligible for."""
    yield from product(*(np.flatnonzero(row).tolist() for row in problem.eligible))


def chosen(problem: Problem, uses: Uses) -> Floats:
    """Return (A,) 1 for the pairs of an assignment and 0 for the others; pairs run row by row through `eligible`."""
    return np.array([float(uses[f] == u) for f, row in enumerate(problem.eligible) for u in np.flatnonzero(row)])


def allowed(problem: Problem, x: Floats) -> bool:
    """Return whether an assignment breaks no rule."""
    return (
        _sites_in_number(problem, x)
        and _sites_agree(problem, x)
        and _money_suffices(problem, x)
        and _locks_hold(problem, x)
        and _limits_hold(problem, x)
    )


def _sites_in_number(problem: Problem, x: Floats) -> bool:
    office = problem.office
    opened = [
        sum(x[a] for a, at in zip(office.pair, office.pair_commune, strict=True) if at == c)
        for c in range(len(office.need))
    ]
    return all(new + kept <= most for new, kept, most in zip(opened, office.kept_sites, office.max_sites, strict=True))


def _sites_agree(problem: Problem, x: Floats) -> bool:
    together = all(x[a] == x[b] for a, b in problem.site.equal)
    return together and not any(x[a] and x[b] for a, b in problem.site.exclusive)


def _money_suffices(problem: Problem, x: Floats) -> bool:
    return all(source.cost @ x <= source.limit + _NOISE for source in problem.budget.sources)


def _locks_hold(problem: Problem, x: Floats) -> bool:
    return all(x[a] for a in problem.locks.require) and not any(x[a] for a in problem.locks.forbid)


def _limits_hold(problem: Problem, x: Floats) -> bool:
    for limit in problem.limits:
        count = sum(x[a] for a in limit.pairs)
        if limit.sense in {"<=", "="} and count > limit.number:
            return False
        if limit.sense in {">=", "="} and count < limit.number:
            return False
    return True


def fixed_terms(problem: Problem, x: Floats) -> Terms:
    """Return what an assignment costs in each term, the flow of people left out."""
    short, office_quality = _office(problem, x)
    missed, missed_elsewhere, excess = _counted(problem, x)
    planning = (
        0.0 if problem.planning_update is None else problem.planning_weight * float(x[problem.planning_update].sum())
    )
    return {
        "mandatory": short + missed,
        "fairness": missing_money(problem, x) + missing_area(problem, x),
        "services": missed_elsewhere,
        "money": problem.budget.weight * sum(float(source.cost @ x) for source in problem.budget.sources),
        "quality": office_quality + excess + planning + _changed(problem, x),
        "cascade": 0.0 if problem.cascade_cost is None else float(problem.cascade_cost @ x),
    }


def _changed(problem: Problem, x: Floats) -> float:
    """Return the price of the facilities that lose an earlier use which they could keep."""
    kept = problem.pair_number
    return problem.stability.price * sum(
        1.0 for f, use in enumerate(problem.stability.earlier) if use >= 0 and kept[f, use] >= 0 and not x[kept[f, use]]
    )


def _office(problem: Problem, x: Floats) -> tuple[float, float]:
    """Return the price of office area that is missing, and of excess, of each new site and of the seat."""
    office = problem.office
    missing, quality = 0.0, office.dispersion * sum(x[a] for a in office.pair)
    for c, need in enumerate(office.need):
        here = [p for p in range(len(office.pair)) if office.pair_commune[p] == c and x[office.pair[p]]]
        area = office.kept[c] + sum(office.pair_usable[p] for p in here)
        share_missing = max(need - area, 0.0) / need
        share_over = max(area - (1.0 + office.tolerance) * need, 0.0) / need
        seats = [office.none_cost[c], *(office.pair_travel[p] for p in here)]
        if office.kept_sites[c] > 0:
            seats.append(office.kept_travel[c])
        missing += office.value[c] * share_missing
        quality += office.over_weight * office.value[c] * share_over + min(seats)
    return missing, quality


def _counted(problem: Problem, x: Floats) -> tuple[float, float, float]:
    """Return the price of mandatory needs missed, of other needs missed, and of what is too much."""
    needs = problem.commune_wide
    mandatory = other = excess = 0.0
    for d, need in enumerate(needs.need):
        new = sum(needs.pair_amount[p] * x[needs.pair[p]] for p in range(len(needs.pair)) if needs.pair_need[p] == d)
        still = max(need - needs.existing[d], 0.0)
        missed = needs.value[d] * max(still - new, 0.0)
        excess += needs.over_weight * needs.value[d] * max(new - still, 0.0)
        if needs.mandatory[d]:
            mandatory += missed
        else:
            other += missed
    return mandatory, other, excess


def missing_money(problem: Problem, x: Floats) -> float:
    """Return the price of the money by which the favoured group's share of what is spent falls short."""
    budget = problem.budget
    if budget.group is None:
        return 0.0
    spent = sum(float(source.cost @ x) for source in budget.sources)
    favoured = sum(float(source.cost[budget.group] @ x[budget.group]) for source in budget.sources)
    return budget.slack_weight * max(budget.share_min * spent - favoured, 0.0)


def missing_area(problem: Problem, x: Floats) -> float:
    """Return the price of the m² by which the favoured group's share of the area for needs falls short."""
    share = problem.area_share
    given = [(area, favoured) for area, favoured, taken in zip(share.area, share.group, x, strict=False) if taken]
    wanted = share.share_min * sum(area for area, _ in given)
    return float(share.slack_weight * max(wanted - sum(area for area, favoured in given if favoured), 0.0))


def capacities(problem: Problem, x: Floats) -> Floats:
    """Return (O,) persons whom each offer can take under an assignment."""
    service = problem.service
    there = np.array([1.0 if a < 0 else x[a] for a in service.offer_pair])
    return np.asarray(service.offer_capacity * there)


def people(
    problem: Problem,
    x: Floats,
    *,
    services: float,
    fairness: float,
    fairness_most: float | None = None,
    least_share: tuple[int, float] | None = None,
) -> tuple[float, float]:
    """Return the services and fairness terms of the flow that costs least under the two weights; infinite for none.

    The columns are the flow on each arc, the unserved of each node and the price of each group's shortfall.

    Parameters
    ----------
    fairness_most : most that the shortfalls may cost, None for no limit.
    least_share : a group and the share of its demand that it must get.
    """
    service, groups = problem.service, len(problem.fairness.attainable)
    arcs, nodes = len(service.arc_node), len(service.demand)
    width = arcs + nodes + groups
    if not nodes:
        return 0.0, 0.0
    worth = service.value[service.arc_node]
    service_cost = np.concatenate([service.travel_weight * worth * service.arc_travel, service.value, np.zeros(groups)])
    fairness_cost = np.concatenate([np.zeros(arcs + nodes), problem.fairness.value])
    balance = np.hstack(
        [(service.arc_node == np.arange(nodes)[:, None]).astype(float), np.eye(nodes), np.zeros((nodes, groups))]
    )
    rows: list[Floats] = []
    right: list[float] = []
    for offer, most in enumerate(capacities(problem, x)):
        rows.append(np.concatenate([(service.arc_offer == offer).astype(float), np.zeros(nodes + groups)]))
        right.append(float(most))
    for row, most in shortfall_lines(problem, arcs, width):
        rows.append(row)
        right.append(most)
    if fairness_most is not None:
        rows.append(fairness_cost)
        right.append(fairness_most)
    if least_share is not None:
        group, share = least_share
        inside = service.group == group
        row = np.where(inside, service.value, 0.0) / float(service.value[inside] @ service.demand[inside])
        rows.append(np.concatenate([np.zeros(arcs), row, np.zeros(groups)]))
        right.append(1.0 - share)
    upper = (np.array(rows), np.array(right)) if rows else (None, None)
    answer = linprog(services * service_cost + fairness * fairness_cost, *upper, A_eq=balance, b_eq=service.demand)
    if least_share is not None and answer.status == _INFEASIBLE:
        return np.inf, np.inf
    assert answer.status == 0, answer.message
    return float(service_cost @ answer.x), float(fairness_cost @ answer.x)


def shortfall_lines(problem: Problem, arcs: int, width: int) -> Iterator[tuple[Floats, float]]:
    """Return the rows that hold each group's price above both lines of its convex shortfall.

    With s = tau a - share served: price >= gentle s, and price >= gentle (target / 2) + steep (s - target / 2).
    """
    service, fairness = problem.service, problem.fairness
    gentle, steep = fairness.slopes
    targets = np.broadcast_to(fairness.tau, len(fairness.attainable)) * fairness.attainable
    for g, target in enumerate(targets):
        inside = service.group == g
        asked = float(service.value[inside] @ service.demand[inside])
        lost = np.zeros(width)
        if asked:
            lost[arcs : arcs + len(inside)] = np.where(inside, service.value, 0.0) / asked
        for slope, start in ((gentle, 0.0), (steep, (gentle - steep) * target / 2)):
            row = slope * lost
            row[arcs + len(inside) + g] = -1.0
            yield row, slope * (1.0 - target) - start


def least(problem: Problem, uses: Uses, term: str, most: Mapping[str, float]) -> float | None:
    """Return the least value of a term under an assignment while each earlier term stays within `most`.

    None where the assignment breaks a rule or cannot keep the earlier terms.
    """
    x = chosen(problem, uses)
    fixed = fixed_terms(problem, x)
    earlier = TERMS[: TERMS.index(term)]
    if not allowed(problem, x):
        return None
    values = dict(fixed)
    if term == "fairness" or "fairness" in earlier:
        values["fairness"] += people(problem, x, services=0.0, fairness=1.0)[1]
    if "fairness" in earlier and values["fairness"] > most["fairness"]:
        return None
    if term == "services" or "services" in earlier:
        room = most["fairness"] - fixed["fairness"]
        values["services"] += people(problem, x, services=1.0, fairness=0.0, fairness_most=room)[0]
    return None if any(values[name] > most[name] for name in earlier) else values[term]


def lexicographic(problem: Problem, *, room: float = 1e-6) -> Terms | None:
    """Return the terms of the best plan, one after the other, each held within `room`; None without a plan."""
    best: Terms = {}
    every = list(assignments(problem))
    for term in TERMS:
        most = {name: value + room for name, value in best.items()}
        values = [value for uses in every if (value := least(problem, uses, term, most)) is not None]
        if not values:
            return None
        best[term] = min(values)
    return best

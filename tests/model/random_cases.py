"""Random tiny problems, one generator a family, drawn so that the family decides something.

Whatever a hard rule compares is a whole number, so that no plan is feasible by rounding alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

import numpy as np

from planner.model.problem import (
    AreaShare,
    Bools,
    Budget,
    CommuneWide,
    Fairness,
    Ints,
    Limit,
    Locks,
    Office,
    Problem,
    Service,
    Site,
    Source,
    Stability,
)
from tests.model.oracle import TERMS

Random = np.random.Generator


def weights(rng: Random) -> dict[str, float]:
    """Weights of the terms within a factor of ten of each other, so that every term can be sold for another."""
    return {name: float(rng.uniform(0.5, 5.0)) for name in TERMS}


def base(rng: Random, *, uses: int | None = None) -> Problem:
    """Two or three facilities, two or three uses, each with a price, and at least one use a facility."""
    shape = (int(rng.integers(2, 4)), uses or int(rng.integers(2, 4)))
    eligible = rng.random(shape) < 0.8
    eligible[np.arange(shape[0]), rng.integers(0, shape[1], shape[0])] = True
    return Problem(eligible=eligible, cascade_cost=rng.integers(0, 30, int(eligible.sum())).astype(float))


def eligibility(rng: Random) -> Problem:
    """Most cells closed; now and then a facility without any use, for which there is no plan."""
    eligible = rng.random((int(rng.integers(1, 4)), int(rng.integers(1, 5)))) < 0.6
    return Problem(eligible=eligible, cascade_cost=rng.integers(0, 30, int(eligible.sum())).astype(float))


def outcome(rng: Random) -> Problem:
    """Nothing but prices, some of them a gain, so that more than one use a facility would pay."""
    problem = base(rng, uses=3)
    return replace(problem, cascade_cost=rng.integers(-20, 20, problem.n_pairs).astype(float))


def service(rng: Random) -> Problem:
    problem = base(rng)
    return replace(problem, service=_service(rng, problem))


def office(rng: Random) -> Problem:
    problem = base(rng)
    return replace(problem, office=_office(rng, problem))


def commune_wide(rng: Random) -> Problem:
    problem = base(rng)
    return replace(problem, commune_wide=_commune_wide(rng, problem))


def planning(rng: Random) -> Problem:
    problem = base(rng)
    return replace(problem, planning_update=_some(rng, problem, 0.5), planning_weight=float(rng.uniform(1, 40)))


def site(rng: Random) -> Problem:
    problem = base(rng)
    return replace(problem, site=_site(rng, problem, dearest=False))


def budget(rng: Random) -> Problem:
    """Prices fall as costs rise, so that money is what stands in the way."""
    problem = base(rng)
    money = _budget(rng, problem, tightness=float(rng.uniform(0.2, 0.9)))
    noise = rng.integers(0, 10, problem.n_pairs)
    return replace(problem, budget=money, cascade_cost=3.0 * (25.0 - money.sources[0].cost) + noise)


def locks(rng: Random) -> Problem:
    problem = base(rng)
    return replace(problem, locks=_locks(rng, problem))


def fairness(rng: Random) -> Problem:
    """Let groups of unlike worth compete for few places: service alone would leave some of them with nothing."""
    problem = base(rng)
    people = _service(rng, problem)
    scarce = replace(
        people, offer_capacity=np.ceil(people.offer_capacity / 2), value=rng.uniform(0.1, 3.0, len(people.demand))
    )
    return replace(problem, service=scarce, fairness=_fairness(rng, scarce))


def limits(rng: Random) -> Problem:
    problem = base(rng)
    return replace(problem, limits=_limits(rng, problem))


def stability(rng: Random) -> Problem:
    """Most facilities had a use before, some of them one that is closed now."""
    problem = base(rng)
    return replace(problem, stability=_stability(rng, problem))


def cascade(rng: Random) -> Problem:
    return base(rng, uses=4)


def area_share(rng: Random) -> Problem:
    """Prices and areas at odds: what is cheap is often outside the favoured group."""
    problem = base(rng)
    return replace(problem, area_share=_area_share(rng, problem))


def combined(rng: Random) -> Problem:
    """Every family at once, the hard ones loose enough that most cases have a plan."""
    problem = base(rng, uses=3)
    people = _service(rng, problem)
    return replace(
        problem,
        service=people,
        office=_office(rng, problem),
        commune_wide=_commune_wide(rng, problem),
        site=_site(rng, problem, dearest=True),
        budget=_budget(rng, problem, tightness=float(rng.uniform(0.6, 1.4))),
        locks=Locks(forbid=_pick(rng, problem, 1)),
        fairness=_fairness(rng, people),
        area_share=_area_share(rng, problem),
        limits=(Limit(_pick(rng, problem, 3), "<=", 2.0), Limit(_pick(rng, problem, 4), ">=", 1.0)),
        stability=_stability(rng, problem),
        planning_update=_some(rng, problem, 0.3),
        planning_weight=float(rng.uniform(1, 10)),
        tie=rng.uniform(0, 1e-4, problem.n_pairs),
    )


GENERATORS: dict[str, Callable[[Random], Problem]] = {
    "eligibility": eligibility,
    "outcome": outcome,
    "service": service,
    "office": office,
    "commune_wide": commune_wide,
    "planning": planning,
    "site": site,
    "budget": budget,
    "locks": locks,
    "fairness": fairness,
    "limits": limits,
    "stability": stability,
    "cascade": cascade,
    "area_share": area_share,
    "combined": combined,
}


def _pick(rng: Random, problem: Problem, count: int) -> Ints:
    """Return some different pairs."""
    return rng.choice(problem.n_pairs, min(count, problem.n_pairs), replace=False).astype(np.int64)


def _some(rng: Random, problem: Problem, share: float) -> Bools:
    return np.asarray(rng.random(problem.n_pairs) < share)


def _service(rng: Random, problem: Problem) -> Service:
    """Two to four nodes; about half of the pairs bring an offer, and one exists already."""
    nodes = int(rng.integers(2, 5))
    offer_pair = np.append(_pick(rng, problem, 1 + problem.n_pairs // 2), -1)
    arc_node, arc_offer = np.nonzero(rng.random((nodes, len(offer_pair))) < 0.6)
    return Service(
        demand=rng.integers(0, 30, nodes).astype(float),
        value=rng.uniform(0.5, 3.0, nodes),
        group=rng.integers(-1, 3, nodes),
        offer_pair=offer_pair,
        offer_capacity=rng.integers(5, 40, len(offer_pair)).astype(float),
        arc_node=arc_node,
        arc_offer=arc_offer,
        arc_travel=rng.uniform(0, 1, len(arc_node)),
        travel_weight=float(rng.uniform(0.01, 0.5)),
    )


def _office(rng: Random, problem: Problem) -> Office:
    """One or two communes, with or without a seat that stays; candidates are pairs of different facilities."""
    count = int(rng.integers(1, 3))
    kept_sites = (rng.random(count) < 0.4).astype(np.int64)
    pair = problem.pair_number[
        np.arange(len(problem.eligible)), rng.integers(0, problem.eligible.shape[1], len(problem.eligible))
    ]
    pair = pair[pair >= 0]
    return Office(
        group=np.arange(count),
        need=rng.integers(40, 200, count).astype(float),
        kept=kept_sites * rng.integers(20, 250, count).astype(float),
        value=rng.integers(20, 100, count).astype(float),
        max_sites=np.maximum(rng.integers(1, 3, count), kept_sites),
        kept_sites=kept_sites,
        kept_travel=rng.uniform(0, 20, count),
        none_cost=rng.uniform(10, 40, count),
        pair=pair,
        pair_commune=rng.integers(0, count, len(pair)),
        pair_usable=rng.integers(20, 150, len(pair)).astype(float),
        pair_travel=rng.uniform(0, 20, len(pair)),
        tolerance=float(rng.uniform(0, 0.3)),
        over_weight=float(rng.uniform(0.1, 1)),
        dispersion=float(rng.uniform(0, 20)),
    )


def _commune_wide(rng: Random, problem: Problem) -> CommuneWide:
    count = int(rng.integers(1, 4))
    pair = _pick(rng, problem, 4)
    return CommuneWide(
        group=np.arange(count),
        need=rng.integers(0, 3, count).astype(float),
        existing=rng.integers(0, 2, count).astype(float),
        value=rng.uniform(5, 40, count),
        mandatory=rng.random(count) < 0.5,
        pair=pair,
        pair_need=rng.integers(0, count, len(pair)),
        pair_amount=rng.choice([0.5, 1.0, 2.0], len(pair)),
        over_weight=float(rng.uniform(0.1, 1)),
    )


def _site(rng: Random, problem: Problem, *, dearest: bool) -> Site:
    """Pairs of two facilities: one couple chosen together and up to three that exclude each other.

    Parameters
    ----------
    dearest : only the exclusive ones, which leave nearly always a plan.
    """
    of = problem.pair_facility
    couples = np.array([(a, b) for a in range(problem.n_pairs) for b in range(problem.n_pairs) if of[a] < of[b]])
    drawn = couples[rng.permutation(len(couples))[:4]]
    return Site(equal=drawn[:0] if dearest else drawn[:1], exclusive=drawn[1 : 1 + int(rng.integers(1, 4))])


def _budget(rng: Random, problem: Problem, *, tightness: float) -> Budget:
    """One scarce source and perhaps a second without limit; a share of the money for some pairs."""
    cost = rng.integers(0, 25, problem.n_pairs).astype(float)
    dearest = sum(cost[problem.pair_facility == f].max() for f in range(len(problem.eligible)))
    sources = [Source("renovation", cost, float(round(tightness * dearest)))]
    if rng.random() < 0.5:
        sources.append(Source("equipment", rng.integers(0, 10, problem.n_pairs).astype(float)))
    return Budget(
        sources=tuple(sources),
        weight=float(rng.uniform(0, 1)),
        group=_some(rng, problem, 0.4) if rng.random() < 0.7 else None,
        share_min=float(rng.uniform(0.2, 0.8)),
        slack_weight=float(rng.uniform(0.5, 5)),
    )


def _locks(rng: Random, problem: Problem) -> Locks:
    """One pair required, or two that may contradict each other, and one or two forbidden, seldom a required one."""
    required, forbidden = 1 + int(rng.random() < 0.2), 1 + int(rng.random() < 0.3)
    drawn = _pick(rng, problem, 4)
    again = drawn[:1] if rng.random() < 0.05 else drawn[:0]
    return Locks(require=drawn[:required], forbid=np.append(drawn[required : required + forbidden], again))


def _fairness(rng: Random, people: Service) -> Fairness:
    groups = int(people.group.max(initial=-1)) + 1 + int(rng.random() < 0.3)
    return Fairness(
        attainable=rng.uniform(0.4, 1.0, groups),
        value=rng.uniform(20, 200, groups),
        tau=rng.uniform(0.4, 1.0, groups) if rng.random() < 0.5 else float(rng.uniform(0.4, 1.0)),
        slopes=(1.0, float(rng.uniform(1.0, 4.0))),
    )


def _area_share(rng: Random, problem: Problem) -> AreaShare:
    """Let some pairs give area to a need, and a share of it go to some facilities."""
    favoured = rng.random(len(problem.eligible)) < 0.5
    return AreaShare(
        area=np.where(_some(rng, problem, 0.7), rng.integers(20, 150, problem.n_pairs), 0).astype(float),
        group=favoured[problem.pair_facility],
        share_min=float(rng.uniform(0.2, 0.9)),
        slack_weight=float(rng.uniform(0.1, 1.0)),
    )


def _limits(rng: Random, problem: Problem) -> tuple[Limit, ...]:
    """One to three limits of any sense; some name no pair, some ask for more than there is."""
    senses: tuple[Literal["<=", ">=", "="], ...] = ("<=", ">=", "=")
    drawn = [_pick(rng, problem, int(rng.integers(0, 5))) for _ in range(int(rng.integers(1, 4)))]
    return tuple(Limit(pairs, senses[int(rng.integers(3))], float(rng.integers(0, 3))) for pairs in drawn)


def _stability(rng: Random, problem: Problem) -> Stability:
    facilities, uses = problem.eligible.shape
    return Stability(earlier=rng.integers(-1, uses, facilities), price=float(rng.uniform(1, 40)))

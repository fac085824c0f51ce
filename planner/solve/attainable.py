"""The best share of its own demand that each group could get, were it served first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from planner.model.build import build
from planner.model.fairness import shares
from planner.model.problem import Fairness, Floats, Ints, Problem, Service
from planner.model.service import add_links, link_pairs
from planner.solve.live import LiveSolver
from planner.solve.outcome import column_values
from planner.solve.result import SolverOptions

_WEIGHTS = {"mandatory": 100.0, "services": 1.0}


def attainable_shares(problem: Problem, options: SolverOptions) -> Floats:
    """Return (G,) the best served share of each group's demand after its own mandatory needs, whatever the others lose.

    Every group gets its own copy of the facilities that reach it or could serve its mandatory needs; one linear program
    over the copies gives all shares at once. Budget, limits, locks and whole sites are left out and decisions are
    relaxed: the share may be more than a plan can give where money is scarce, and less where a limit keeps the
    mandatory need from taking what it could.
    """
    groups = len(problem.fairness.attainable)
    copies = _copies(problem)
    model = build(copies, _WEIGHTS)
    add_links(model, copies.service, np.nonzero(link_pairs(copies.service) >= 0)[0])
    result = LiveSolver(model.lp, model.columns).solve(replace(options, time_limit_s=None, relax=True, seed=1))
    unserved = model.unserved.at(column_values(model, result))
    return np.nan_to_num(np.clip(shares(problem.service, groups, unserved), 0.0, 1.0), nan=1.0)


def _copies(problem: Problem) -> Problem:
    """Return a problem in which each group has facilities of its own, numbered by (group, facility)."""
    service, office, counted = problem.service, problem.office, problem.commune_wide
    width = problem.eligible.shape[0]
    arc_group = service.group[service.arc_node]
    arc_pair = service.offer_pair[service.arc_offer]
    new = arc_pair >= 0
    mandatory = counted.mandatory[counted.pair_need]
    keys = np.unique(
        np.concatenate(
            [
                _key(arc_group[new], problem.pair_facility[arc_pair[new]], width),
                _key(office.group[office.pair_commune], problem.pair_facility[office.pair], width),
                _key(
                    counted.group[counted.pair_need[mandatory]], problem.pair_facility[counted.pair[mandatory]], width
                ),
            ]
        )
    )
    copied = Problem(eligible=problem.eligible[keys % width])

    def pair_of(group: Ints, pair: Ints) -> Ints:
        copy = np.searchsorted(keys, _key(group, problem.pair_facility[pair], width))
        return copied.pair_number[copy, problem.pair_use[pair]]

    chosen = np.nonzero(mandatory)[0]
    return replace(
        copied,
        service=_copy_service(service, arc_group, pair_of),
        office=replace(office, pair=pair_of(office.group[office.pair_commune], office.pair)),
        commune_wide=replace(
            counted,
            pair=pair_of(counted.group[counted.pair_need[chosen]], counted.pair[chosen]),
            pair_need=counted.pair_need[chosen],
            pair_amount=counted.pair_amount[chosen],
        ),
        fairness=Fairness(),
    )


def _copy_service(service: Service, arc_group: Ints, pair_of: Callable[[Ints, Ints], Ints]) -> Service:
    """Return the service family with one offer for each (group, offer) that an arc uses."""
    offers = len(service.offer_pair)
    keys, arc_offer = np.unique(_key(arc_group, service.arc_offer, offers), return_inverse=True)
    group, original = keys // offers - 1, keys % offers
    pair = service.offer_pair[original].copy()
    new = pair >= 0
    pair[new] = pair_of(group[new], pair[new])
    return replace(service, offer_pair=pair, offer_capacity=service.offer_capacity[original], arc_offer=arc_offer)


def _key(group: Ints, number: Ints, width: int) -> Ints:
    return np.asarray((group + 1) * width + number, dtype=np.int64)

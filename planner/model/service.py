"""People reach services within a travel limit and a capacity: capacitated maximal covering with partial service."""

from __future__ import annotations

import numpy as np

from planner.model.assembly import Model, grouped
from planner.model.problem import Floats, Problem, Service

WIDE_REACH = 12.0
"""Mean number of new offers a node reaches above which tight links cost more than they bring (measured)."""


def add_service(model: Model, problem: Problem) -> None:
    """Serve demand from offers: capacitated maximal covering (Current and Storbeck 1988) with a price on travel.

    Balance: sum over offers of y + v = q for every node.
    Capacity: sum over nodes of y <= k x of the pair that brings the offer (k alone where the service exists).
    Link: y <= min(q, k) x for every arc to a new offer; left out where reach is wide, since capacity implies it.
    """
    service = problem.service
    model.unserved = model.variables("v", len(service.demand), service.demand)
    model.flow = model.variables("y", len(service.arc_node), service.demand[service.arc_node])
    arcs_of_node = grouped(service.arc_node, len(service.demand))
    for n, arcs in enumerate(arcs_of_node):
        left = [(model.flow[r], 1.0) for r in arcs] + [(model.unserved[n], 1.0)]
        model.row(f"served{n}", left, "=", service.demand[n])
    _add_capacities(model, service)
    if _mean_reach(service) <= WIDE_REACH:
        _add_links(model, service)
    model.charge("services", model.unserved, service.value)
    model.charge("services", model.flow, service.travel_weight * service.value[service.arc_node] * service.arc_travel)
    model.unavoidable["services"] += float(service.value @ unreachable(service))


def unreachable(service: Service) -> Floats:
    """Return (N,) persons whom no offer within reach could serve, even if every offer were there and empty."""
    within = np.bincount(service.arc_node, service.offer_capacity[service.arc_offer], len(service.demand))
    return np.maximum(service.demand - within, 0.0)


def _add_capacities(model: Model, service: Service) -> None:
    for o, arcs in enumerate(grouped(service.arc_offer, len(service.offer_pair))):
        if not len(arcs):
            continue
        left = [(model.flow[r], 1.0) for r in arcs]
        pair, capacity = service.offer_pair[o], float(service.offer_capacity[o])
        if pair < 0:
            model.row(f"capacity{o}", left, "<=", capacity)
        else:
            model.row(f"capacity{o}", [*left, (model.x[pair], -capacity)], "<=", 0.0)


def _add_links(model: Model, service: Service) -> None:
    pair = service.offer_pair[service.arc_offer]
    most = np.minimum(service.demand[service.arc_node], service.offer_capacity[service.arc_offer])
    for r in np.nonzero(pair >= 0)[0]:
        model.row(f"link{r}", [(model.flow[r], 1.0), (model.x[pair[r]], -most[r])], "<=", 0.0)


def _mean_reach(service: Service) -> float:
    new = np.count_nonzero(service.offer_pair[service.arc_offer] >= 0)
    return float(new / max(len(service.demand), 1))

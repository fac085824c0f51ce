"""People reach services within a travel limit and a capacity: capacitated maximal covering with partial service."""

from __future__ import annotations

import numpy as np

from planner.model.assembly import Model
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
    served = [(service.arc_node, model.flow, 1.0), (np.arange(len(service.demand)), model.unserved, 1.0)]
    model.rows("served", served, "=", service.demand)
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
    reached = np.unique(service.arc_offer)
    new = reached[service.offer_pair[reached] >= 0]
    left = [
        (service.arc_offer, model.flow, 1.0),
        (new, model.x[service.offer_pair[new]], -service.offer_capacity[new]),
    ]
    right = np.where(service.offer_pair < 0, service.offer_capacity, 0.0)
    model.rows("capacity", left, "<=", right, reached)


def _add_links(model: Model, service: Service) -> None:
    pair = service.offer_pair[service.arc_offer]
    most = np.minimum(service.demand[service.arc_node], service.offer_capacity[service.arc_offer])
    new = np.nonzero(pair >= 0)[0]
    left = [(new, model.flow[new], 1.0), (new, model.x[pair[new]], -most[new])]
    model.rows("link", left, "<=", np.zeros(len(pair)), new)


def _mean_reach(service: Service) -> float:
    new = np.count_nonzero(service.offer_pair[service.arc_offer] >= 0)
    return float(new / max(len(service.demand), 1))

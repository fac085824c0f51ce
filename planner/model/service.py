"""People reach services within a travel limit and a capacity: capacitated maximal covering with partial service."""

from __future__ import annotations

import numpy as np

from planner.model.assembly import Model
from planner.model.problem import Bools, Floats, Problem, Service

WIDE_REACH = 12.0
"""Mean number of new offers a node reaches above which tight links cost more than they bring (measured)."""


def add_service(model: Model, problem: Problem) -> None:
    """Serve demand from offers: capacitated maximal covering (Current and Storbeck 1988) with a price on travel.

    Balance: sum over offers of y + v = q for every node; v = q where nothing is in reach.
    Flow: y <= min(q, k) on every arc.
    Capacity: sum over nodes of y <= k x of the pair that brings the offer (k alone where the service exists); left out
    where its arcs together cannot carry more.
    Link: y <= min(q, k) x for every arc to a new offer; left out where the capacity says the same, and everywhere where
    reach is wide.
    """
    service = problem.service
    reached = np.bincount(service.arc_node, minlength=len(service.demand)) > 0
    model.unserved = model.variables("v", len(reached), service.demand, lower=np.where(reached, 0.0, service.demand))
    model.flow = model.variables("y", len(service.arc_node), _most(service))
    served = [(service.arc_node, model.flow, 1.0), (np.arange(len(reached)), model.unserved, 1.0)]
    model.rows("served", served, "=", service.demand, np.nonzero(reached)[0])
    linked = _mean_reach(service) <= WIDE_REACH
    has_room = np.bincount(service.arc_offer, _most(service), len(service.offer_pair)) <= service.offer_capacity
    filling = ~(has_room & (linked | (service.offer_pair < 0)))
    _add_capacities(model, service, filling)
    if linked:
        _add_links(model, service, filling)
    model.charge("services", model.unserved, service.value)
    model.charge("services", model.flow, service.travel_weight * service.value[service.arc_node] * service.arc_travel)
    model.unavoidable["services"] += float(service.value @ unreachable(service))


def unreachable(service: Service) -> Floats:
    """Return (N,) persons whom no offer within reach could serve, even if every offer were there and empty."""
    within = np.bincount(service.arc_node, service.offer_capacity[service.arc_offer], len(service.demand))
    return np.maximum(service.demand - within, 0.0)


def _most(service: Service) -> Floats:
    """Return (R,) the most persons that can take an arc."""
    return np.minimum(service.demand[service.arc_node], service.offer_capacity[service.arc_offer])


def _add_capacities(model: Model, service: Service, filling: Bools) -> None:
    """Add the capacity of the offers (O,) that may fill."""
    offers = np.unique(service.arc_offer)
    offers = offers[filling[offers]]
    new = offers[service.offer_pair[offers] >= 0]
    left = [
        (service.arc_offer, model.flow, 1.0),
        (new, model.x[service.offer_pair[new]], -service.offer_capacity[new]),
    ]
    right = np.where(service.offer_pair < 0, service.offer_capacity, 0.0)
    model.rows("capacity", left, "<=", right, offers)


def _add_links(model: Model, service: Service, filling: Bools) -> None:
    """Add the links of the arcs that the capacity does not link as tightly."""
    pair = service.offer_pair[service.arc_offer]
    whole = service.demand[service.arc_node] >= service.offer_capacity[service.arc_offer]
    arcs = np.nonzero((pair >= 0) & ~(whole & filling[service.arc_offer]))[0]
    left = [(arcs, model.flow[arcs], 1.0), (arcs, model.x[pair[arcs]], -_most(service)[arcs])]
    model.rows("link", left, "<=", np.zeros(len(pair)), arcs)


def _mean_reach(service: Service) -> float:
    new = np.count_nonzero(service.offer_pair[service.arc_offer] >= 0)
    return float(new / max(len(service.demand), 1))

"""People reach services within a travel limit and a capacity: capacitated maximal covering with partial service."""

from __future__ import annotations

import numpy as np

from planner.model.amounts import Amounts
from planner.model.assembly import Model
from planner.model.problem import Bools, Floats, Ints, Problem, Service

_BROKEN = 1e-6


def add_service(model: Model, problem: Problem) -> None:
    """Serve demand from offers: capacitated maximal covering (Current and Storbeck 1988) with a price on travel.

    Balance: sum over offers of y + v = q for every node. Only nodes with more than one way have such a row, and a v:
    with one way v = q - y. Two ends are known and have no variable at all: v = q where nothing is in reach, and y = q,
    v = 0 where the only way leads to an offer that is never full and costs less than staying away.
    Flow: y <= min(q, k) on every arc.
    Capacity: sum over nodes of y <= min(k, what the arcs carry) x of the pair that brings the offer; sum of y <= k
    where the service exists, left out where its arcs carry no more.
    """
    service = problem.service
    ways = np.bincount(service.arc_node, minlength=len(service.demand))
    sure = (ways == 1)[service.arc_node] & never_full(service)[service.arc_offer]
    sure &= service.travel_weight * service.arc_travel <= 1.0
    open_arcs, choice = np.nonzero(~sure)[0], np.nonzero(ways > 1)[0]
    y = model.variables("y", open_arcs, _most(service)[open_arcs])
    v = model.variables("v", choice, service.demand[choice])
    model.flow = Amounts.of_columns(np.where(sure, _most(service), 0.0), open_arcs, y)
    model.unserved = _unserved(service, ways, (open_arcs, y), (choice, v), service.arc_node[sure])
    model.rows("served", [(service.arc_node[open_arcs], y, 1.0), (choice, v, 1.0)], "=", service.demand, choice)
    _add_capacities(model, service, open_arcs, y)
    travel = service.travel_weight * service.value[service.arc_node] * service.arc_travel
    model.charge_amounts("services", model.unserved, service.value)
    model.charge_amounts("services", model.flow, travel)
    model.unavoidable["services"] += float(service.value @ unreachable(service))


def add_links(model: Model, service: Service, arcs: Ints) -> None:
    """Add the tight links y <= min(q, k) x of some arcs to new offers.

    The capacity implies them for whole decisions; the linear relaxation is nearer to the plans with them.
    """
    flow, known = model.flow.in_rows(len(service.arc_offer), arcs, arcs)
    left = [flow, (arcs, model.x[link_pairs(service)[arcs]], -_most(service)[arcs])]
    model.rows("link", left, "<=", -known, arcs)


def link_pairs(service: Service) -> Ints:
    """Return (R,) the pair that brings the offer of each arc, negative where the service exists."""
    return service.offer_pair[service.arc_offer]


def loose_links(service: Service, x: Floats, flow: Floats) -> Ints:
    """Return the arcs whose tight link a relaxation with (A,) x and (R,) flow breaks."""
    most, pair = _most(service), link_pairs(service)
    new = np.nonzero(pair >= 0)[0]
    broken = flow[new] - most[new] * x[pair[new]]
    return new[broken > _BROKEN * np.maximum(most[new], 1.0)]


def never_full(service: Service) -> Bools:
    """Return (O,) which offers exist anyway and have places for all who may come, sum over their arcs of q <= k."""
    may_come = np.bincount(service.arc_offer, service.demand[service.arc_node], len(service.offer_pair))
    return (service.offer_pair < 0) & (may_come <= service.offer_capacity)


def unreachable(service: Service) -> Floats:
    """Return (N,) persons whom no offer within reach could serve, even if every offer were there and empty."""
    within = np.bincount(service.arc_node, service.offer_capacity[service.arc_offer], len(service.demand))
    return np.maximum(service.demand - within, 0.0)


def _most(service: Service) -> Floats:
    """Return (R,) the most persons that can take an arc."""
    return np.minimum(service.demand[service.arc_node], service.offer_capacity[service.arc_offer])


def _unserved(
    service: Service, ways: Ints, flow: tuple[Ints, Ints], unserved: tuple[Ints, Ints], safe: Ints
) -> Amounts:
    """Return (N,) unserved persons by their columns v, by q - y where there is one way, and as known elsewhere.

    Parameters
    ----------
    ways : (N,) arcs of each node. flow, unserved : the arcs and nodes with a column, and the columns. safe : nodes that
        are served whatever is decided.
    """
    arcs, y = flow
    single = ways[service.arc_node[arcs]] == 1
    known = np.where(ways > 1, 0.0, service.demand)
    known[safe] = 0.0
    numbers = np.append(service.arc_node[arcs[single]], unserved[0])
    signs = np.append(np.full(int(single.sum()), -1.0), np.ones(len(unserved[0])))
    return Amounts.of_columns(known, numbers, np.append(y[single], unserved[1]), signs)


def _add_capacities(model: Model, service: Service, arcs: Ints, y: Ints) -> None:
    carried = np.bincount(service.arc_offer, _most(service), len(service.offer_pair))
    exists = service.offer_pair < 0
    limited = np.nonzero((carried > 0) & ~(exists & (carried <= service.offer_capacity)))[0]
    new = limited[~exists[limited]]
    room = np.minimum(service.offer_capacity, carried)
    left = [(service.arc_offer[arcs], y, 1.0), (new, model.x[service.offer_pair[new]], -room[new])]
    model.rows("capacity", left, "<=", np.where(exists, service.offer_capacity, 0.0), limited)

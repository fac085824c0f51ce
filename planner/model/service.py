"""People reach services within a travel limit and a capacity: capacitated maximal covering with partial service."""

from __future__ import annotations

import numpy as np

from planner.model.amounts import Amounts
from planner.model.assembly import Model
from planner.model.problem import Bools, Floats, Ints, Problem, Service

_BROKEN = 1e-6


def add_service(model: Model, problem: Problem) -> None:
    """Serve demand from offers: capacitated maximal covering (Current and Storbeck 1988) with a price on travel.

    Balance: sum over offers of y + v = q for every node. Where an offer that is never full is in reach, v = 0, and who
    goes nowhere else goes there: sum over the other offers of y <= q. Where there is but one way beside that, its flow
    is at most q without a row. What is left of q has a variable only where it is v and several ways meet; elsewhere it
    is q - sum of y.
    Flow: y <= min(q, k) on every arc.
    Capacity: sum over nodes of y <= min(k, what the arcs carry) x of the pair that brings the offer; sum of y <= k
    where the service exists, left out where its arcs carry no more.
    """
    service = problem.service
    rest = rest_ways(service)
    arcs = np.setdiff1d(np.arange(len(service.arc_node)), rest)
    y = model.variables("y", arcs, _most(service)[arcs])
    left = _add_balance(model, service, rest, arcs, y)
    _add_capacities(model, service, arcs, y)
    missed, sure = np.nonzero(rest < 0)[0], np.nonzero(rest >= 0)[0]
    model.unserved = left.moved(len(rest), missed, missed)
    model.flow = Amounts.of_columns(np.zeros(len(service.arc_node)), arcs, y, 1.0, len(model.columns))
    model.flow += left.moved(len(service.arc_node), rest[sure], sure)
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


def nearest_with_room(service: Service) -> Ints:
    """Return the arc by which each node reaches the nearest offer that is never full, if it reaches one."""
    arcs = np.nonzero(never_full(service)[service.arc_offer])[0]
    order = arcs[np.lexsort((arcs, service.arc_travel[arcs], service.arc_node[arcs]))]
    _, first = np.unique(service.arc_node[order], return_index=True)
    return order[first]


def rest_ways(service: Service) -> Ints:
    """Return (N,) the arc that everybody takes who takes no other: to an offer never full, -1 where staying away is."""
    nearest = nearest_with_room(service)
    nearest = nearest[service.travel_weight * service.arc_travel[nearest] <= 1.0]
    rest = np.full(len(service.demand), -1)
    rest[service.arc_node[nearest]] = nearest
    return rest


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


def _add_balance(model: Model, service: Service, rest: Ints, arcs: Ints, y: Ints) -> Amounts:
    """Add the balance of every node that needs one, and return (N,) persons who take none of the ways with a column.

    Parameters
    ----------
    rest : (N,) see `rest_ways`. arcs, y : the arcs that have a column, and the columns.
    """
    demand, node = service.demand, service.arc_node[arcs]
    several = np.bincount(node, minlength=len(demand)) > 1
    choice = np.nonzero(several & (rest < 0))[0]
    v = model.variables("v", choice, demand[choice])
    served = [(node, y, 1.0), (choice, v, 1.0)]
    model.rows("served", served, "=", demand, choice)
    model.rows("served", served, "<=", demand, np.nonzero(several & (rest >= 0))[0])
    known = demand.copy()
    known[choice] = 0.0
    others = ~np.isin(node, choice)
    numbers, columns = np.append(node[others], choice), np.append(y[others], v)
    signs = np.append(np.full(len(numbers) - len(v), -1.0), np.ones(len(v)))
    return Amounts.of_columns(known, numbers, columns, signs, len(model.columns))


def _add_capacities(model: Model, service: Service, arcs: Ints, y: Ints) -> None:
    carried = np.bincount(service.arc_offer, _most(service), len(service.offer_pair))
    exists = service.offer_pair < 0
    limited = np.nonzero((carried > 0) & ~(exists & (carried <= service.offer_capacity)))[0]
    new = limited[~exists[limited]]
    room = np.minimum(service.offer_capacity, carried)
    left = [(service.arc_offer[arcs], y, 1.0), (new, model.x[service.offer_pair[new]], -room[new])]
    model.rows("capacity", left, "<=", np.where(exists, service.offer_capacity, 0.0), limited)

"""Ways to a service that no plan needs, because a nearer one has room for everybody whatever is decided."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planner.model.problem import Bools, Floats, Service


def without_dominated(service: Service, arc_km: Floats) -> tuple[Service, Floats]:
    """Return the family and the (R,) km of its arcs without the arcs that a nearer one dominates.

    An offer that exists anyway and has places for all who may come, sum over its arcs of q <= k, is never full.
    Whoever reaches it loses nothing without the arcs that are longer: whatever plan uses them, moving that flow costs
    no more and keeps every row. Fewer arcs mean fewer who may come, so the rule is repeated until nothing is left out.
    """
    kept = np.ones(len(service.arc_node), dtype=np.bool_)
    while True:
        nearest = _nearest_with_room(service, kept)
        travel = np.full(len(service.demand), np.inf)
        travel[service.arc_node[nearest]] = service.arc_travel[nearest]
        still = kept & (service.arc_travel < travel[service.arc_node])
        still[nearest] = True
        if np.array_equal(still, kept):
            break
        kept = still
    family = replace(
        service,
        arc_node=service.arc_node[kept],
        arc_offer=service.arc_offer[kept],
        arc_travel=service.arc_travel[kept],
    )
    return family, arc_km[kept]


def _nearest_with_room(service: Service, kept: Bools) -> np.ndarray:
    """Return the arc by which each node reaches the nearest offer that is never full, if it reaches one."""
    may_come = np.bincount(service.arc_offer, service.demand[service.arc_node] * kept, len(service.offer_pair))
    never_full = (service.offer_pair < 0) & (may_come <= service.offer_capacity)
    arcs = np.nonzero(kept & never_full[service.arc_offer])[0]
    order = arcs[np.lexsort((arcs, service.arc_travel[arcs], service.arc_node[arcs]))]
    _, first = np.unique(service.arc_node[order], return_index=True)
    return order[first]

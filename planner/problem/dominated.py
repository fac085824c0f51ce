"""Ways to a service that no plan needs, because a nearer one has room for everybody whatever is decided."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planner.model.problem import Floats, Service
from planner.model.service import nearest_with_room


def without_dominated(service: Service, arc_km: Floats) -> tuple[Service, Floats]:
    """Return the family and the (R,) km of its arcs without the arcs that a nearer one dominates.

    An offer that exists anyway and has places for all who may come, sum over its arcs of q <= k, is never full.
    Whoever reaches it loses nothing without the arcs that are longer: whatever plan uses them, moving that flow costs
    no more and keeps every row. Fewer arcs mean fewer who may come, so the rule is repeated until nothing is left out.
    """
    kept = np.arange(len(service.arc_node))
    while True:
        family = replace(
            service,
            arc_node=service.arc_node[kept],
            arc_offer=service.arc_offer[kept],
            arc_travel=service.arc_travel[kept],
        )
        nearest = nearest_with_room(family)
        travel = np.full(len(family.demand), np.inf)
        travel[family.arc_node[nearest]] = family.arc_travel[nearest]
        still = family.arc_travel < travel[family.arc_node]
        still[nearest] = True
        if still.all():
            return family, arc_km[kept]
        kept = kept[still]

"""Ways to a service that no plan needs are left out, and the best plan of every set of decisions stays what it was."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.optimize import linprog

from planner.model.problem import Floats, Service
from planner.problem.dominated import without_dominated

KM = 2.0


def drawn(seed: int) -> Service:
    """Return 6 nodes, 3 services that exist and 3 that plans may open, some of them large enough for everybody."""
    draw = np.random.default_rng(seed)
    nodes, offers = np.nonzero(draw.random((6, 6)) < 0.6)
    return Service(
        demand=draw.integers(1, 6, 6).astype(float),
        value=draw.integers(1, 4, 6).astype(float),
        group=np.zeros(6, dtype=np.int64),
        offer_pair=np.array([-1, -1, -1, 0, 1, 2]),
        offer_capacity=draw.choice([2.0, 5.0, 12.0, 30.0], 6),
        arc_node=nodes,
        arc_offer=offers,
        arc_travel=draw.choice([0.0, 0.25, 0.5, 1.0], len(nodes)),
        travel_weight=0.05,
    )


def least(service: Service, opened: tuple[int, ...]) -> float:
    """Return the least that unserved people and travel cost when some pairs are chosen; by a linear program."""
    nodes, arcs = len(service.demand), len(service.arc_node)
    balance = np.hstack([service.arc_node == np.arange(nodes)[:, None], np.eye(nodes)])
    room = np.hstack([service.arc_offer == np.arange(6)[:, None], np.zeros((6, nodes))])
    open_offers = np.isin(service.offer_pair, [-1, *opened])
    travel = service.travel_weight * service.value[service.arc_node] * service.arc_travel
    found = linprog(
        np.concatenate([travel, service.value]),
        A_ub=room,
        b_ub=service.offer_capacity * open_offers,
        A_eq=balance,
        b_eq=service.demand,
        bounds=[(0, None)] * (arcs + nodes),
    )
    return float(found.fun)


@pytest.mark.parametrize("seed", range(60))
def test_every_set_of_decisions_costs_what_it_did(seed: int) -> None:
    service = drawn(seed)
    pruned, _ = without_dominated(service, np.full(len(service.arc_node), KM))
    for chosen in product([0, 1], repeat=3):
        opened = tuple(pair for pair in range(3) if chosen[pair])
        assert least(pruned, opened) == pytest.approx(least(service, opened), abs=1e-9)


def test_some_arcs_are_left_out_and_the_rest_keep_their_km() -> None:
    left_out = 0
    for seed in range(60):
        service = drawn(seed)
        km: Floats = np.arange(len(service.arc_node), dtype=float)
        pruned, kept = without_dominated(service, km)
        left_out += len(km) - len(kept)
        assert np.array_equal(pruned.arc_node, service.arc_node[kept.astype(int)])
        assert np.array_equal(pruned.arc_travel, service.arc_travel[kept.astype(int)])
    assert left_out > 0


def test_a_service_that_could_be_full_dominates_nothing() -> None:
    service = Service(
        demand=np.array([10.0]),
        value=np.ones(1),
        group=np.zeros(1, dtype=np.int64),
        offer_pair=np.array([-1, -1]),
        offer_capacity=np.array([9.0, 9.0]),
        arc_node=np.array([0, 0]),
        arc_offer=np.array([0, 1]),
        arc_travel=np.array([0.1, 0.9]),
    )
    assert len(without_dominated(service, np.array([0.1, 0.9]))[1]) == 2


def test_what_is_left_out_makes_room_elsewhere() -> None:
    """The second service could be full only of those who have a nearer one with room; without them it never is."""
    service = Service(
        demand=np.array([5.0, 5.0]),
        value=np.ones(2),
        group=np.zeros(2, dtype=np.int64),
        offer_pair=np.array([-1, -1, 0]),
        offer_capacity=np.array([5.0, 5.0, 5.0]),
        arc_node=np.array([0, 0, 1, 1]),
        arc_offer=np.array([0, 1, 1, 2]),
        arc_travel=np.array([0.1, 0.5, 0.2, 0.9]),
    )
    pruned, _ = without_dominated(service, np.zeros(4))
    assert pruned.arc_offer.tolist() == [0, 1]

"""Rows that every plan obeys and that bring the linear relaxation of wide reach nearer to the plans."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.model.assembly import Model
from planner.model.problem import Bools, Floats, Ints, Service
from planner.model.service import add_links, link_pairs, loose_links
from planner.solve.live import LiveSolver
from planner.solve.outcome import column_values
from planner.solve.result import SolverOptions

WIDE_REACH = 2.0
"""Mean number of new offers a node reaches from which on the search gains more by such rows than they cost."""

_ROUNDS = 10
_LEAST_GAIN = 0.02
"""Share of what the first round brought, below which a further round is not worth its linear program."""

_ZERO = 1e-6
_VIOLATED = 1e-3
_MOST_NODES = 400
_MOST_STEPS = 8
_SLACKS = (1e-6, 0.02, 0.1, 0.3)
"""Free places, as a share of all, with which a service that exists still counts as one that fills."""


class Cut(NamedTuple):
    """A row  sum of coefficient x + flow on the arcs + unserved of the nodes >= right  and by how much it is broken."""

    broken: float
    nodes: Ints
    arcs: Ints
    pairs: Ints
    coefficients: Floats
    right: float


@dataclass(frozen=True)
class Relaxed:
    """Objective and values of a linear relaxation: (A,) x, (R,) flow, (N,) unserved."""

    objective: float
    x: Floats
    flow: Floats
    unserved: Floats


def tighten(model: Model, service: Service, live: LiveSolver, options: SolverOptions) -> int:
    """Add rows that cut off the relaxation's fractional offers, and return how many.

    Tight links y <= min(q, k) x where the relaxation breaks them: a few hundred of all arcs do the work of all. Where
    reach is wide, also for nodes S with demand D, offers C and the rest R = D - places of the existing offers in C:
    sum over new offers in C of min(k, R) x + sum of the flow from S to offers outside C + unserved of S >= R, and its
    mixed-integer rounding by the places of one of the offers (residual capacity and flow cover inequalities: Leung and
    Magnanti 1989; Aardal, Pochet and Wolsey 1995). S grows from the nodes that a fractional offer serves, along flows.
    """
    new = np.count_nonzero(link_pairs(service) >= 0)
    if not new:
        return 0
    relaxation = replace(options, relax=True, time_limit_s=None)
    graph, known = Graph(service), set[bytes]()

    def relax() -> Relaxed | None:
        result = live.solve(relaxation)
        values = column_values(model, result)
        found = Relaxed(result.objective or 0.0, values[model.x], model.flow.at(values), model.unserved.at(values))
        return None if result.objective is None else found

    def link(at: Relaxed) -> int:
        arcs = loose_links(service, at.x, at.flow)
        add_links(model, service, arcs)
        return len(arcs)

    def cut(at: Relaxed) -> int:
        cuts = [found for found in _violated(graph, at) if not _is_known(found, known)]
        _add(model, cuts, len(known) - len(cuts))
        return len(cuts) + link(at)

    linked = _in_rounds(relax, link)
    return linked + (_in_rounds(relax, cut) if new > WIDE_REACH * len(service.demand) else 0)


def _in_rounds(relax: Callable[[], Relaxed | None], add: Callable[[Relaxed], int]) -> int:
    """Add rows that the relaxation breaks and solve it again, until none is broken or a round brings little."""
    added = 0
    bounds: list[float] = []
    for _ in range(_ROUNDS):
        at = relax()
        if at is None:
            break
        bounds.append(at.objective)
        if len(bounds) > 2 and bounds[-1] - bounds[-2] < _LEAST_GAIN * (bounds[1] - bounds[0]):  # noqa: PLR2004
            break
        if not (more := add(at)):
            break
        added += more
    return added


def _is_known(cut: Cut, known: set[bytes]) -> bool:
    key = b"|".join((cut.nodes.tobytes(), cut.pairs.tobytes(), np.round(cut.coefficients, 6).tobytes()))
    before = len(known)
    known.add(key)
    return len(known) == before


def _add(model: Model, cuts: list[Cut], first: int) -> None:
    if not cuts:
        return
    rows, count = np.arange(first, first + len(cuts)), first + len(cuts)

    def of_each(parts: list[Ints]) -> tuple[Ints, Ints]:
        return np.repeat(rows, list(map(len, parts))), np.concatenate(parts)

    unserved, missed = model.unserved.in_rows(count, *of_each([cut.nodes for cut in cuts]))
    flow, carried = model.flow.in_rows(count, *of_each([cut.arcs for cut in cuts]))
    row, pairs = of_each([cut.pairs for cut in cuts])
    offers = row, model.x[pairs], np.concatenate([cut.coefficients for cut in cuts])
    right = np.concatenate([np.zeros(first), [cut.right for cut in cuts]]) - missed - carried
    model.rows("residual", [unserved, flow, offers], ">=", right, rows)


@dataclass(frozen=True)
class Graph:
    """Arcs of the service family by node and by offer."""

    service: Service

    @cached_property
    def is_new(self) -> Bools:
        """(O,) whether an offer has to be chosen."""
        return self.service.offer_pair >= 0

    @cached_property
    def by_node(self) -> tuple[Ints, Ints]:
        """Arcs in the order of their nodes, and where those of each node begin."""
        return _sorted_by(self.service.arc_node, len(self.service.demand))

    @cached_property
    def by_offer(self) -> tuple[Ints, Ints]:
        """Arcs in the order of their offers, and where those of each offer begin."""
        return _sorted_by(self.service.arc_offer, len(self.service.offer_pair))


def _sorted_by(keys: Ints, count: int) -> tuple[Ints, Ints]:
    order = np.argsort(keys, kind="stable")
    return order, np.searchsorted(keys[order], np.arange(count + 1))


def _arcs(of: tuple[Ints, Ints], keys: Ints) -> Ints:
    order, begins = of
    return np.concatenate([order[begins[key] : begins[key + 1]] for key in keys])


def _violated(graph: Graph, at: Relaxed) -> Iterator[Cut]:
    """Yield for each fractional offer the row that it breaks most."""
    service = graph.service
    x = at.x[np.maximum(service.offer_pair, 0)]
    used = np.bincount(service.arc_offer, at.flow, len(service.offer_pair)) > _ZERO
    for offer in np.nonzero(graph.is_new & used & (x > _ZERO) & (x < 1 - _ZERO))[0]:
        cuts = [cut for nodes in _growing(graph, at, int(offer)) for cut in _cuts(graph, at, nodes)]
        best = max(cuts, key=lambda cut: cut.broken, default=None)
        if best is not None and best.broken > _VIOLATED * max(1.0, best.right):
            yield best


def _growing(graph: Graph, at: Relaxed, offer: int) -> Iterator[Ints]:
    """Yield the nodes that an offer serves, then with them all that share an offer with them, and so on."""
    service = graph.service
    arcs = _arcs(graph.by_offer, np.array([offer]))
    nodes = np.unique(service.arc_node[arcs[at.flow[arcs] > _ZERO]])
    for _ in range(_MOST_STEPS):
        if len(nodes) > _MOST_NODES:
            return
        yield nodes
        out = _arcs(graph.by_node, nodes)
        back = _arcs(graph.by_offer, np.unique(service.arc_offer[out[at.flow[out] > _ZERO]]))
        more = np.union1d(nodes, service.arc_node[back[at.flow[back] > _ZERO]])
        if len(more) == len(nodes):
            return
        nodes = more


def _cuts(graph: Graph, at: Relaxed, nodes: Ints) -> Iterator[Cut]:
    """Yield the rows of a set of nodes: for each choice of existing offers the best rounding."""
    service = graph.service
    arcs = _arcs(graph.by_node, nodes)
    offers, place = np.unique(service.arc_offer[arcs], return_inverse=True)
    taken = np.bincount(place, at.flow[arcs], len(offers))
    room, new = service.offer_capacity[offers], graph.is_new[offers]
    x = at.x[np.maximum(service.offer_pair[offers], 0)]
    fractional = new & (taken > _ZERO) & (x < 1 - _ZERO)
    for slack in _SLACKS:
        full = ~new & (room - taken <= slack * room)
        rest = float(service.demand[nodes].sum() - room[full].sum())
        if rest <= _ZERO:
            continue
        outside = float(at.unserved[nodes].sum() + taken[~new & ~full].sum())
        for step in np.unique(np.append(room[fractional], max(rest, room[fractional].max(initial=rest)))):
            rounded = _rounded(room, rest, float(step))
            if rounded is None:
                continue
            coefficients, right = rounded
            inside = new & (coefficients * x < taken)
            broken = right - outside - float((coefficients * x)[inside].sum()) - float(taken[new & ~inside].sum())
            flows = arcs[~inside[place] & ~full[place]]
            yield Cut(broken, nodes, flows, service.offer_pair[offers[inside]], coefficients[inside], right)


def _rounded(room: Floats, rest: float, step: float) -> tuple[Floats, float] | None:
    """Return coefficients and right-hand side of  sum of room x + s >= rest  after mixed-integer rounding by a step."""
    share = rest / step
    fraction = share - np.floor(share + 1e-9)
    if fraction < _VIOLATED:
        return None
    whole = np.floor(room / step + 1e-9)
    part: NDArray[np.float64] = np.clip(room / step - whole, 0.0, fraction)
    return step * (fraction * whole + part), float(step * fraction * np.ceil(share - 1e-9))

"""Ways through a graph are what Floyd and Warshall find by trying every node between."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.geography.network import Graph
from planner.geography.search import search
from planner.geography.travel import Unit


def floyd_warshall(graph: Graph, cost: np.ndarray) -> np.ndarray:
    least = np.full((graph.nodes, graph.nodes), np.inf)
    np.fill_diagonal(least, 0.0)
    np.minimum.at(least, (graph.tail, graph.head), cost)
    for k in range(graph.nodes):
        least = np.minimum(least, least[:, [k]] + least[[k], :])
    return least


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Return small directed graphs with loops, several edges between two nodes, and edges of length 0."""
    nodes = draw(st.integers(1, 9))
    edges = draw(st.lists(st.tuples(*[st.integers(0, nodes - 1)] * 2, *[st.integers(0, 20)] * 2), max_size=40))
    columns = np.array(edges, dtype=np.int64).reshape(-1, 4).T
    return Graph(columns[0], columns[1], columns[2] / 4.0, columns[3] / 4.0, nodes)


@settings(max_examples=300, deadline=None)
@given(
    graph=graphs(), unit=st.sampled_from(["km", "min"]), limit=st.sampled_from([0.0, 2.0, 6.0, np.inf]), data=st.data()
)
def test_ways_are_those_of_brute_force(graph: Graph, unit: Unit, limit: float, data: st.DataObject) -> None:
    some = st.lists(st.integers(0, graph.nodes - 1), max_size=graph.nodes, unique=True)
    sources, targets = (np.array(data.draw(some), dtype=np.int64) for _ in range(2))
    least = floyd_warshall(graph, graph.km if unit == "km" else graph.minutes)[np.ix_(sources, targets)]
    found = search(graph, unit, sources, targets, limit)
    expected = np.argwhere((least <= limit) & np.isfinite(least))
    assert np.column_stack([found.source, found.target]).tolist() == expected.tolist()
    cost = found.km if unit == "km" else found.minutes
    np.testing.assert_allclose(cost, least[found.source, found.target])
    other = floyd_warshall(graph, graph.minutes if unit == "km" else graph.km)[np.ix_(sources, targets)]
    along = found.minutes if unit == "km" else found.km
    assert (along >= other[found.source, found.target] - 1e-9).all()


def test_the_other_measure_is_that_of_the_way_taken() -> None:
    """The short way over the pass takes an hour, the long one round it twenty minutes."""
    graph = Graph(np.array([0, 0, 2]), np.array([1, 2, 1]), np.array([5.0, 6.0, 6.0]), np.array([60.0, 10.0, 10.0]), 3)
    first, last = np.array([0]), np.array([1])
    short, quick = (search(graph, unit, first, last, np.inf) for unit in ("km", "min"))
    assert (short.km[0], short.minutes[0]) == (5.0, 60.0)
    assert (quick.km[0], quick.minutes[0]) == (12.0, 20.0)


def test_many_sources_are_searched_piece_by_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(5)
    graph = Graph(*rng.integers(0, 30, (2, 90)), *rng.uniform(0, 3, (2, 90)), 30)
    nodes = np.arange(30)
    whole = search(graph, "km", nodes, nodes, 4.0)
    monkeypatch.setattr("planner.geography.search._CELLS", 70)
    for one, other in zip(vars(whole).values(), vars(search(graph, "km", nodes, nodes, 4.0)).values(), strict=True):
        np.testing.assert_array_equal(one, other)

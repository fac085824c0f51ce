"""Lines meet where they share a vertex; points step onto the nearest place of the nearest line."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from planner.geography.network import Lines, join, make_network, nearest_lines, parts_of
from planner.geography.search import search


def lines_of(*coordinates: list[tuple[float, float]], oneway: str = "", boarding: str = "") -> Lines:
    """Return lines at 30 km/h; a letter of `oneway` (b, f, -) and of `boarding` (y, n) for each line."""
    count = len(coordinates)
    way = np.array(list(oneway or "b" * count))
    shape = np.array([shapely.LineString(line) for line in coordinates])
    return Lines(shape, np.full(count, 30.0), way != "-", way != "f", np.array(list(boarding or "y" * count)) == "y")


def km(lines: Lines, start: tuple[float, float], end: tuple[float, float]) -> float:
    """Return km by road between the places nearest to two points, infinite where there is no way."""
    network = make_network(lines)
    access = nearest_lines(lines, np.array([start, end]), 10.0)
    graph, node = join(network, access.line, access.along)
    ways = search(graph, "km", node[:1], node[1:], np.inf)
    return float(ways.km[0]) if len(ways.km) else np.inf


def test_lines_meet_at_a_vertex_in_their_middle() -> None:
    lines = lines_of([(0, 0), (5, 0), (10, 0)], [(5, 0), (5, 4)])
    assert km(lines, (2, 0), (5, 3)) == pytest.approx(6.0)


def test_lines_that_cross_without_a_vertex_do_not_meet() -> None:
    lines = lines_of([(0, 0), (10, 0)], [(5, -3), (5, 3)])
    assert km(lines, (2, 0), (5, 3)) == np.inf
    assert parts_of(make_network(lines)).tolist() == [0, 1]


def test_vertices_a_step_apart_are_one() -> None:
    assert km(lines_of([(0, 0), (5, 0)], [(5.0004, 0), (9, 0)]), (0, 0), (9, 0)) == pytest.approx(9.0, abs=1e-3)


def test_points_step_on_between_the_ends_of_a_line() -> None:
    lines = lines_of([(0, 0), (10, 0)])
    assert km(lines, (2.5, 1), (7.25, -1)) == pytest.approx(4.75)
    access = nearest_lines(lines, np.array([[2.5, 1.0], [3.0, 11.0], [np.nan, np.nan]]), 10.0)
    assert access.line.tolist() == [0, -1, -1]
    assert access.km.tolist() == [1.0, np.inf, np.inf]


def test_a_winding_line_is_as_long_as_it_is_drawn() -> None:
    assert km(lines_of([(0, 0), (0, 3), (4, 3), (4, 0)]), (0, 0), (4, 0)) == pytest.approx(10.0)


def test_one_way_lines_lead_one_way() -> None:
    ring = [(0.0, 0.0), (4.0, 0.0)], [(4.0, 0.0), (4.0, 3.0), (0.0, 0.0)]
    assert km(lines_of(*ring, oneway="ff"), (1, 0), (3, 0)) == pytest.approx(2.0)
    assert km(lines_of(*ring, oneway="ff"), (3, 0), (1, 0)) == pytest.approx(1 + 3 + 5 + 1)
    assert km(lines_of(*ring, oneway="--"), (1, 0), (3, 0)) == pytest.approx(1 + 5 + 3 + 1)
    assert km(lines_of(ring[0], oneway="f"), (3, 0), (1, 0)) == np.inf


def test_a_point_at_a_junction_takes_every_road_of_it() -> None:
    lines = lines_of([(0, 0), (4, 0)], [(0, 0), (0, 3)], oneway="fb")
    assert km(lines, (0, 0), (0, 3)) == pytest.approx(3.0)
    assert km(lines, (0, 3), (3, 0)) == pytest.approx(6.0)


def test_nobody_boards_a_ferry_midway() -> None:
    lines = lines_of([(0, 0), (4, 0)], [(4, 0), (4, 5)], [(4, 5), (8, 5)], boarding="yny")
    access = nearest_lines(lines, np.array([[4.5, 2.0]]), 10.0)
    assert access.line.tolist() == [0]
    assert km(lines, (4, 0), (4, 5)) == pytest.approx(5.0)


def test_no_lines_are_no_roads() -> None:
    lines = lines_of([(0, 0), (1, 0)]).take(np.array([False]))
    network = make_network(lines)
    assert parts_of(network).tolist() == []
    assert nearest_lines(lines, np.zeros((2, 2)), 5.0).line.tolist() == [-1, -1]

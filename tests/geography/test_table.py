"""Travel from a ready-made table: its pairs, nothing else; what it does not list at all goes by straight line."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from planner.geography.table import TableTravel, make_table_travel
from planner.geography.travel import Points

IDS = {"settlements": ["V1", "V2", "V3"], "facilities": ["F1", "F2"], "services": ["E1"]}
PLANE = {
    "settlements": np.array([[0.0, 0.0], [1.0, 0.0], [9.0, 0.0]]),
    "facilities": np.array([[2.0, 0.0], [np.nan, np.nan]]),
    "services": np.array([[9.0, 1.0]]),
}


def points(table: str, *rows: int) -> Points:
    chosen, count = np.array(rows), len(rows)
    return Points(table, chosen, PLANE[table][chosen], np.full(count, 1.5), np.full(count, 12.0))


@pytest.fixture
def travel() -> TableTravel:
    table = pd.DataFrame(
        [("V2", "F1", 7.0, 20.0), ("V1", "F1", 4.0, np.nan), ("V1", "F2", 3.0, 9.0)],
        columns=["origin", "destination", "km", "minutes"],
    )
    return make_table_travel(table, IDS)


def pairs(
    travel: TableTravel, limit: float, unit: str, origin: Points, destination: Points
) -> dict[tuple[int, int], float]:
    found = travel.within(origin, destination, np.full(len(origin.number), limit), unit)  # type: ignore[arg-type]
    cost = found.cost(unit)  # type: ignore[arg-type]
    return dict(zip(zip(found.origin.tolist(), found.destination.tolist(), strict=True), cost.tolist(), strict=True))


def test_pairs_within_the_limit_are_reached_wherever_they_lie(travel: TableTravel) -> None:
    everybody, schools = points("settlements", 0, 1), points("facilities", 0, 1)
    assert pairs(travel, 5.0, "km", everybody, schools) == {(0, 0): 4.0, (0, 1): 3.0}
    assert pairs(travel, 7.0, "km", everybody, schools) == {(0, 0): 4.0, (0, 1): 3.0, (1, 0): 7.0}
    assert pairs(travel, 20.0, "min", everybody, schools) == {(0, 1): 9.0, (1, 0): 20.0}


def test_numbers_are_those_of_the_points_asked_for(travel: TableTravel) -> None:
    assert pairs(travel, 9.0, "km", points("settlements", 1, 0), points("facilities", 1)) == {(1, 0): 3.0}


def test_points_that_the_table_lacks_go_by_straight_line(travel: TableTravel) -> None:
    village, school = points("settlements", 2), points("services", 0)
    assert pairs(travel, 2.0, "km", village, school) == {(0, 0): 1.5}
    assert pairs(travel, 8.0, "min", village, school) == {(0, 0): 7.5}
    assert travel.between(village, school).tolist() == [1.5]


def test_between_listed_points_only_the_table_counts(travel: TableTravel) -> None:
    found = travel.between(points("settlements", 0, 1, 1), points("facilities", 1, 1, 0))
    np.testing.assert_array_equal(found, [3.0, np.nan, 7.0])


def test_the_table_knows_points_without_a_position(travel: TableTravel) -> None:
    assert travel.knows(points("facilities", 0, 1)).tolist() == [True, True]
    assert travel.knows(points("settlements", 0, 1, 2)).tolist() == [True, True, False]

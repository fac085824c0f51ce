"""Inequality by people against its definition, pair by pair and person by person."""

from __future__ import annotations

import numpy as np
import pytest

from planner.model.inequality import gini, lowest, lowest_decile

SEEDS = range(200)


def drawn(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng([17, seed])
    count = int(rng.integers(1, 12))
    return rng.uniform(0, 1, count), rng.integers(1, 50, count).astype(float)


@pytest.mark.parametrize("seed", SEEDS)
def test_gini_is_the_mean_difference_of_all_pairs_of_people(seed: int) -> None:
    x, p = drawn(seed)
    mean = (x @ p) / p.sum()
    expected = sum(
        p[i] * p[j] * abs(x[i] - x[j]) for i in range(len(x)) for j in range(len(x))
    ) / (2 * p.sum() ** 2 * mean)  # fmt: skip
    assert gini(x, p) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_lowest_decile_is_the_mean_of_the_tenth_who_have_least(seed: int) -> None:
    x, p = drawn(seed)
    people = np.sort(np.repeat(x, (10 * p).astype(int)))
    assert lowest_decile(x, p) == pytest.approx(people[: len(people) // 10].mean())


def test_known_figures() -> None:
    assert gini(np.array([0.5, 0.5]), np.array([10.0, 90.0])) == 0
    assert gini(np.array([0.0, 1.0]), np.array([75.0, 25.0])) == pytest.approx(0.75)
    assert lowest_decile(np.array([0.2, 0.8]), np.array([5.0, 95.0])) == pytest.approx(0.5)


def test_what_is_unknown_does_not_count_and_nothing_is_made_up() -> None:
    values, people = np.array([0.4, np.nan, 0.1]), np.array([10.0, 1000.0, 10.0])
    assert gini(values, people) == gini(values[[0, 2]], people[[0, 2]])
    assert lowest_decile(values, people) == pytest.approx(0.1)
    assert lowest(values) == [2, 0]
    nobody = np.array([np.nan]), np.array([5.0])
    assert np.isnan([gini(*nobody), lowest_decile(*nobody), gini(np.zeros(2), np.ones(2))]).all()

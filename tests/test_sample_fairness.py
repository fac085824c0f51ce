"""Fairness on the sample province: with tau = 0.9 nobody who could do better stays far below, or it is said why."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from planner.model.build import build
from planner.model.fairness import hopeless, own_best, shares
from planner.prepare import NoClock, Prepared, prepare
from planner.scenario import Scenario
from planner.solve import Outcome, solve_problem
from planner.solve.lagging import Lifter, below

SAMPLE = Path(__file__).parents[1] / "scenarios" / "lao-cai-fairness.toml"


@pytest.fixture(scope="module")
def prepared() -> Prepared:
    scenario = Scenario.load(SAMPLE)
    return prepare(scenario, scenario.read(), NoClock())


@pytest.fixture(scope="module")
def outcome(prepared: Prepared) -> Outcome:
    return solve_problem(prepared.problem, prepared.settings)


def test_no_commune_that_could_do_better_stays_below_seven_tenths_of_its_own_best(
    prepared: Prepared, outcome: Outcome
) -> None:
    assert outcome.status == "optimal"
    fairness = prepared.problem.fairness
    share = shares(prepared.problem.service, len(fairness.attainable), outcome.unserved)
    assert not hopeless(fairness, share).any()
    assert np.nanmin(own_best(fairness, share)) >= 0.7


def test_of_the_lowest_it_is_known_what_lifting_it_further_takes(prepared: Prepared, outcome: Outcome) -> None:
    model = build(prepared.problem, prepared.settings.weights)
    low = below(prepared.problem, outcome, 0.91)
    assert len(low)
    found = Lifter(prepared.problem, model, prepared.settings, outcome).lift(int(low[0]), 0.91)
    assert found.why in {"others", "free", "money", "walls"}
    if found.why == "others":
        assert found.price > 0
        assert found.term

"""The model's optimum against every assignment of random tiny problems, for each family and for all together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from planner.model import build as building
from planner.model.build import FAMILIES, build
from planner.model.commune_wide import unavoidable_missing
from planner.model.office import unavoidable_shortage
from planner.model.problem import CommuneWide, Office, Problem, Service
from planner.model.service import add_links, link_pairs, unreachable
from planner.solve.outcome import read_uses, term_values
from planner.solve.solver import SolveResult, SolverOptions, solve
from tests.model.oracle import TERMS, plans
from tests.model.random_cases import GENERATORS, weights

CASES = 200
PROOF = SolverOptions(threads=1)


def drawn(family: str, seed: int) -> tuple[Problem, dict[str, float]]:
    """Return the case of a seed, another for each family."""
    rng = np.random.default_rng([list(GENERATORS).index(family), seed])
    return GENERATORS[family](rng), weights(rng)


def assert_best(problem: Problem, prices: dict[str, float]) -> None:
    """Solve, and hold the plan against every plan there is: feasible or not, objective, assignment and terms."""
    every = {plan.uses: plan for plan in plans(problem, prices)}
    model = build(problem, prices)
    result = solve(model.lp, PROOF)
    if not every:
        assert result.status == "infeasible"
        return
    assert result.status == "optimal"
    assert result.objective is not None
    least = min(plan.cost for plan in every.values())
    unavoidable = sum(prices[name] * model.unavoidable[name] for name in TERMS)
    assert result.objective + unavoidable == pytest.approx(least, rel=1e-6, abs=1e-6)
    plan = every[tuple(read_uses(model, problem, result).tolist())]
    assert plan.cost == pytest.approx(least, rel=1e-6, abs=1e-6)
    values = term_values(model, result)
    assert sum(prices[name] * (values[name] - plan.terms[name]) for name in TERMS) == pytest.approx(0, abs=1e-5)
    for name in ("mandatory", "money", "quality", "cascade"):
        assert values[name] == pytest.approx(plan.terms[name], rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("seed", range(CASES))
@pytest.mark.parametrize("family", GENERATORS)
def test_no_plan_is_better(family: str, seed: int) -> None:
    assert_best(*drawn(family, seed))


@pytest.mark.parametrize("seed", range(50))
def test_tight_links_forbid_no_plan(seed: int) -> None:
    problem, prices = drawn("service", seed)
    loose, tight = build(problem, prices), build(problem, prices)
    add_links(tight, problem.service, np.nonzero(link_pairs(problem.service) >= 0)[0])
    assert solve(tight.lp, PROOF).objective == pytest.approx(solve(loose.lp, PROOF).objective, abs=1e-6)


@pytest.mark.parametrize("seed", range(50))
def test_ends_that_are_known_need_no_row(seed: int) -> None:
    """Somebody reaches nothing, and others only a service that exists and has room for all of them."""
    rng = np.random.default_rng(seed)
    problem, prices = drawn("combined", seed)
    people = problem.service
    nodes, offers = len(people.demand), len(people.offer_pair)
    demand = rng.integers(1, 9, 3).astype(float)
    known = replace(
        people,
        demand=np.append(people.demand, demand),
        value=np.append(people.value, rng.uniform(0.0, 3.0, 3)),
        group=np.append(people.group, rng.integers(0, max(people.group.max(initial=-1), 0) + 1, 3)),
        offer_pair=np.append(people.offer_pair, -1),
        offer_capacity=np.append(people.offer_capacity, demand[:2].sum() + rng.integers(0, 2)),
        arc_node=np.append(people.arc_node, [nodes, nodes + 1]),
        arc_offer=np.append(people.arc_offer, [offers, offers]),
        arc_travel=np.append(people.arc_travel, rng.integers(0, 3, 2) / 2),
    )
    assert_best(replace(problem, service=known), prices)


def test_every_family_has_random_cases() -> None:
    assert set(GENERATORS) == {*FAMILIES, "combined"}


@pytest.mark.parametrize("family", [family for family in FAMILIES if family != "eligibility"])
def test_random_cases_depend_on_their_family(family: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the family, a third of its random cases have another optimum; eligibility is what makes the variables."""
    with_it = [answer(family, seed) for seed in range(60)]
    monkeypatch.setattr(building, "FAMILIES", {name: add for name, add in FAMILIES.items() if name != family})
    changed = sum(one != pytest.approx(answer(family, seed), abs=1e-6) for seed, one in enumerate(with_it))
    assert changed >= 20


def answer(family: str, seed: int) -> float:
    """Return the optimum, the unavoidable part included; infinite where there is no plan."""
    problem, prices = drawn(family, seed)
    model = build(problem, prices)
    result: SolveResult = solve(model.lp, PROOF)
    if result.objective is None:
        return np.inf
    return result.objective + sum(prices[name] * model.unavoidable[name] for name in TERMS)


@pytest.mark.parametrize("family", ["eligibility", "site", "budget", "locks", "limits"])
def test_random_cases_of_a_wall_have_plans_and_none(family: str) -> None:
    solved = [answer(family, seed) < np.inf for seed in range(CASES)]
    assert CASES / 2 < sum(solved) < CASES


def test_unreachable_is_what_no_offer_within_reach_could_take() -> None:
    people = Service(
        demand=np.array([10.0, 8.0, 5.0]),
        value=np.ones(3),
        group=np.zeros(3, dtype=np.int64),
        offer_pair=np.array([-1, 0]),
        offer_capacity=np.array([3.0, 4.0]),
        arc_node=np.array([0, 0, 1]),
        arc_offer=np.array([0, 1, 1]),
        arc_travel=np.zeros(3),
    )
    assert unreachable(people).tolist() == [3.0, 4.0, 5.0]


def test_shortage_is_unavoidable_beyond_the_largest_candidates_that_the_site_limit_admits() -> None:
    office = Office(
        need=np.array([100.0, 100.0, 50.0]),
        kept=np.array([0.0, 30.0, 60.0]),
        max_sites=np.array([1, 1, 2]),
        kept_sites=np.array([0, 1, 1]),
        pair=np.arange(3),
        pair_commune=np.array([0, 0, 1]),
        pair_usable=np.array([40.0, 70.0, 70.0]),
    )
    assert unavoidable_shortage(office).tolist() == [30.0, 70.0, 0.0]


def test_what_all_candidates_leave_is_missing_whatever_is_decided() -> None:
    needs = CommuneWide(
        need=np.array([4.0, 1.0, 0.0]),
        existing=np.array([1.0, 2.0, 0.0]),
        pair=np.arange(2),
        pair_need=np.array([0, 0]),
        pair_amount=np.array([1.0, 0.5]),
    )
    assert unavoidable_missing(needs).tolist() == [1.5, 0.0, 0.0]

"""Evidence: losses against every other plan of tiny problems, and figures only where a solver proved them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from planner.model.problem import Budget, CommuneWide, Limit, Locks, Problem
from planner.solve import NoPlanError, Outcome, SolverOptions, SolveSettings, examine, solve_problem
from planner.solve.evidence import Evidence, gather_evidence, gives_evidence
from planner.solve.examine import EFFECTS, Decided, Examiner, Finding
from tests.model.oracle import TERMS, allowed, assignments, chosen, fixed_terms, people, plans
from tests.model.random_cases import GENERATORS, weights

CASES = 40
OPTIONS = SolverOptions(threads=1, gap_abs=1e-6)
NO_USES = np.zeros(0, dtype=np.int64)
ROUNDING = 2e-3
"""Two solves, each within the gap of an examination."""


def drawn(seed: int, family: str = "combined") -> tuple[Problem, Outcome, SolveSettings]:
    """Return a random problem that has a plan, with its plan."""
    rng = np.random.default_rng([11, seed])
    while True:
        settings = SolveSettings("weighted", weights(rng), OPTIONS)
        problem = GENERATORS[family](rng)
        try:
            return problem, solve_problem(problem, settings), settings
        except NoPlanError:
            continue


def evidence(problem: Problem, outcome: Outcome, settings: SolveSettings, level: str) -> Evidence:
    km = np.ones(len(problem.service.arc_node))
    decided = Decided(outcome.use, outcome.gap_abs, NO_USES, km)
    return gather_evidence(problem, decided, settings, level)  # type: ignore[arg-type]


def free_of(problem: Problem, facility: int) -> Problem:
    """Return the problem without the decisions that ask for a use of the facility."""
    own = problem.pair_facility == facility
    return replace(problem, locks=replace(problem.locks, require=problem.locks.require[~own[problem.locks.require]]))


def least_otherwise(problem: Problem, facility: int, planned: int, prices: dict[str, float]) -> dict[int, float]:
    """Return, by other use of the facility, the cost of the best plan that has it."""
    found: dict[int, float] = {}
    for plan in plans(free_of(problem, facility), prices):
        use = plan.uses[facility]
        if use != planned:
            found[use] = min(plan.cost, found.get(use, np.inf))
    return found


def least_without(problem: Problem, facility: int, prices: dict[str, float]) -> float | None:
    """Return the cost of the best plan in which the facility is not there at all."""
    own = problem.pair_facility == facility
    equal = problem.site.equal
    apart = replace(problem.site, equal=equal[~own[equal].any(axis=1)])
    earlier = problem.stability.earlier.copy()
    earlier[[facility] if len(earlier) else []] = -1  # what is not there changes no earlier decision
    bare = replace(free_of(problem, facility), site=apart, stability=replace(problem.stability, earlier=earlier))
    costs = []
    for uses in assignments(bare):
        x = np.where(own, 0.0, chosen(bare, uses))
        if allowed(bare, x):
            terms = fixed_terms(bare, x)
            services, fairness = people(bare, x, services=prices["services"], fairness=prices["fairness"])
            terms["services"] += services
            terms["fairness"] += fairness
            tie = 0.0 if bare.tie is None else float(bare.tie @ x)
            costs.append(sum(prices[name] * terms[name] for name in TERMS) + tie)
    return min(costs, default=None)


def planned_cost(problem: Problem, outcome: Outcome, prices: dict[str, float]) -> float:
    uses = tuple(outcome.use.tolist())
    return next(plan.cost for plan in plans(problem, prices) if plan.uses == uses)


@pytest.mark.parametrize("family", ["combined", "locks", "site", "budget", "service"])
@pytest.mark.parametrize("seed", range(CASES))
def test_an_exact_loss_is_that_of_the_best_other_plan(seed: int, family: str) -> None:
    problem, outcome, settings = drawn(seed, family)
    prices = dict(settings.weights)
    best = planned_cost(problem, outcome, prices)
    for facility, finding in evidence(problem, outcome, settings, "exact").found.items():
        others = least_otherwise(problem, facility, int(outcome.use[facility]), prices)
        assert len(finding.others) == min(2, len(others))
        for rank, consequence in enumerate(finding.others):
            assert consequence.loss == pytest.approx(max(sorted(others.values())[rank] - best, 0.0), abs=ROUNDING)
            assert others[consequence.use] == pytest.approx(sorted(others.values())[rank], abs=ROUNDING)
        without = least_without(problem, facility, prices)
        assert (finding.removed is None) == (without is None)
        if finding.removed is not None and without is not None:
            assert finding.removed.loss == pytest.approx(max(without - best, 0.0), abs=ROUNDING)


@pytest.mark.parametrize("seed", range(CASES))
def test_an_estimate_is_never_below_the_exact_loss_where_nothing_binds_the_province(seed: int) -> None:
    problem, outcome, settings = drawn(seed, "service")
    found = [evidence(problem, outcome, settings, level).found for level in ("estimate", "exact")]
    for facility, finding in found[0].items():
        for one, other in zip(finding.others, found[1][facility].others, strict=True):
            assert one.loss >= other.loss - ROUNDING


@pytest.mark.parametrize("seed", range(CASES))
def test_terms_and_loss_agree(seed: int) -> None:
    problem, outcome, settings = drawn(seed)
    bare = replace(problem, tie=None)
    for finding in evidence(bare, outcome, settings, "exact").found.values():
        for consequence in finding.others:
            grown = sum(settings.weights[name] * value for name, value in zip(TERMS, consequence.terms, strict=True))
            assert consequence.loss == pytest.approx(max(grown, 0.0), abs=ROUNDING)


def houses(count: int, **families: object) -> Problem:
    """Return houses of one commune that needs one station (use 0); use 1 is a sale."""
    base = Problem(eligible=np.ones((count, 2), dtype=np.bool_))
    stations = np.nonzero(base.pair_use == 0)[0]
    needs = CommuneWide(
        group=np.zeros(1, dtype=np.int64),
        need=np.ones(1),
        existing=np.zeros(1),
        value=np.full(1, 100.0),
        mandatory=np.ones(1, dtype=np.bool_),
        pair=stations,
        pair_need=np.zeros(count, dtype=np.int64),
        pair_amount=np.ones(count),
    )
    return replace(base, commune_wide=needs, cascade_cost=np.where(base.pair_use == 0, 5.0, 1.0), **families)


SETTINGS = SolveSettings("weighted", {"mandatory": 1.0, "money": 1.0, "cascade": 1.0}, OPTIONS)


def examined(problem: Problem, use: tuple[int, ...], undecided: tuple[int, ...] = ()) -> Evidence:
    decided = Decided(np.array(use), 0.0, np.array(undecided, dtype=np.int64), np.zeros(0))
    return gather_evidence(problem, decided, SETTINGS, "estimate")


def test_the_only_house_for_a_need_is_important_and_one_of_two_is_not() -> None:
    alone = examined(houses(1), (0,)).found[0]
    assert alone.removed is not None
    assert alone.removed.loss == pytest.approx(100 - 5)
    assert alone.removed.effects[EFFECTS.index("missing")] == pytest.approx(1)
    of_two = examined(houses(2), (0, 1)).found[0]
    assert of_two.removed is not None
    assert of_two.removed.loss == pytest.approx(0.0)  # the other house takes over, and its sale is not needed


def test_identical_facilities_are_examined_once(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    examine_one = Examiner.examine

    def count(self: Examiner, facility: int, level: str) -> Finding | None:
        seen.append(facility)
        return examine_one(self, facility, level)  # type: ignore[arg-type]

    monkeypatch.setattr(Examiner, "examine", count)
    found = examined(houses(4), (0, 1, 1, 1)).found
    assert seen == [0, 1]
    assert set(found) == {0, 1, 2, 3}
    assert found[1] is found[2] is found[3]


def test_a_dearer_house_is_no_identical_one() -> None:
    problem = houses(3)
    assert problem.cascade_cost is not None
    costs = problem.cascade_cost.copy()
    costs[problem.pair_number[2, 1]] += 0.5
    found = examined(replace(problem, cascade_cost=costs), (0, 1, 1)).found
    assert found[1] is not found[2]


def test_what_is_no_decision_is_no_alternative() -> None:
    assert examined(houses(1), (0,)).found[0].others[0].use == 1
    assert examined(houses(1), (0,), undecided=(1,)).found[0].others == []


def test_an_earlier_decision_does_not_bind_its_own_examination() -> None:
    problem = houses(2)
    locked = replace(problem, locks=Locks(require=problem.pair_number[[0], [1]]))
    found = examined(locked, (1, 0)).found[0]
    assert [other.use for other in found.others] == [0]
    assert found.others[0].loss == pytest.approx(0.0)


def test_scarce_money_has_its_price_in_an_estimate() -> None:
    """Two communes want a station of 10 million each and have 10: one without it frees the money for the other."""
    base = Problem(eligible=np.ones((2, 2), dtype=np.bool_))
    stations = np.nonzero(base.pair_use == 0)[0]
    needs = CommuneWide(
        group=np.arange(2),
        need=np.ones(2),
        existing=np.zeros(2),
        value=np.array([100.0, 90.0]),
        mandatory=np.ones(2, dtype=np.bool_),
        pair=stations,
        pair_need=np.arange(2),
        pair_amount=np.ones(2),
    )
    cost = np.where(base.pair_use == 0, 10.0, 0.0)
    budget = Budget(sources=(_source(cost, 10.0),), weight=0.0)
    problem = replace(base, commune_wide=needs, budget=budget)
    decided = Decided(np.array([0, 1]), 0.0, NO_USES, np.zeros(0))
    for level in ("estimate", "exact"):
        found = gather_evidence(problem, decided, SETTINGS, level).found[0]  # type: ignore[arg-type]
        assert found.others[0].loss == pytest.approx(10.0)


def _source(cost: np.ndarray, limit: float):  # noqa: ANN202  the model's own class
    from planner.model.problem import Source

    return Source("renovation", cost, limit)


def test_without_a_proven_optimum_there_is_no_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    problem, outcome, settings = drawn(3, "service")
    assert evidence(problem, outcome, settings, "estimate").found != {}
    stopped = {"presolve": "off", "simplex_iteration_limit": 0, "mip_max_nodes": 0}
    monkeypatch.setattr(examine, "_OPTIONS", dict.fromkeys(("estimate", "exact"), stopped))
    assert evidence(problem, outcome, settings, "estimate").found == {}


def test_an_infeasible_program_has_no_optimum() -> None:
    problem = houses(1, limits=(Limit(np.array([0]), ">=", 1.0),))
    found = examined(problem, (0,)).found[0]
    assert found.others[0].loss > 0  # the limit is priced, not held, in an estimate
    decided = Decided(np.array([0]), 0.0, NO_USES, np.zeros(0))
    assert gather_evidence(problem, decided, SETTINGS, "exact").found == {}


def test_losses_below_the_gap_are_no_measurable_difference() -> None:
    found = examined(houses(2), (0, 1))
    coarse = replace(found, resolution=1e6)
    consequence = found.found[0].others[0]
    assert (found.loss(consequence) > 0) == (found.term(consequence) != "")
    assert coarse.loss(consequence) == 0.0
    assert coarse.term(consequence) == ""


def test_threads_do_not_change_what_is_found() -> None:
    problem, outcome, settings = drawn(5)
    both = replace(settings, options=replace(OPTIONS, threads=2))
    one, two = (evidence(problem, outcome, s, "estimate").found for s in (settings, both))
    assert repr(one) == repr(two)


def test_only_the_solver_of_the_plan_gives_evidence() -> None:
    assert gives_evidence(SolverOptions(name="HiGHS"))
    assert not gives_evidence(SolverOptions(name="cbc"))

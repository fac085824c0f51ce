"""Clashing sets and ways out against every subset of members and every assignment of tiny random problems."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from planner.model.problem import Limit, Locks, Problem, Site
from planner.solve import SolverOptions, SolveSettings
from planner.solve.clash import Clash, find_clashes
from planner.solve.evaluate import without_walls
from planner.solve.hard import Member, hard_members
from planner.solve.ways_out import Step, Way, cheapest_release, price_ways, take, ways_out
from tests.model.oracle import Floats, assignments, chosen, plans
from tests.model.random_cases import GENERATORS, weights

CASES = 40
Random = np.random.Generator


def tight(seed: int) -> Problem:
    """Return a problem with every kind of member, more of them than a plan can keep more often than not."""
    rng = np.random.default_rng([23, seed])
    problem = GENERATORS["combined"](rng)
    pairs = rng.permutation(problem.n_pairs)
    of = problem.pair_facility
    couples = [(a, b) for a in pairs for b in pairs if of[a] < of[b]]
    drawn = np.array([couples[i] for i in rng.choice(len(couples), 3, replace=False)])
    source = problem.budget.sources[0]
    return replace(
        problem,
        locks=Locks(require=pairs[:3], forbid=pairs[3:5]),
        site=Site(equal=drawn[:1], exclusive=drawn[1:]),
        limits=(
            Limit(pairs[:4], "<=", 1.0),
            Limit(pairs[2:7], ">=", 3.0),
            Limit(pairs[5:8], "=", float(rng.integers(3))),
        ),
        office=replace(problem.office, max_sites=problem.office.kept_sites + rng.integers(0, 2)),
        budget=replace(problem.budget, sources=(replace(source, limit=round(0.3 * source.limit)),)),
    )


def breaks(problem: Problem, member: Member, x: Floats) -> bool:
    """Return whether an assignment breaks a member."""
    kind, i = member
    if kind in ("require", "forbid"):
        return bool(x[i]) != (kind == "require")
    if kind == "limit":
        limit = problem.limits[i]
        count = x[limit.pairs].sum()
        return not {"<=": count <= limit.number, ">=": count >= limit.number, "=": count == limit.number}[limit.sense]
    if kind == "money":
        return bool(problem.budget.sources[i].cost @ x > problem.budget.sources[i].limit + 1e-6)
    if kind == "office_sites":
        office = problem.office
        return bool(x[office.pair[office.pair_commune == i]].sum() + office.kept_sites[i] > office.max_sites[i])
    if kind == "whole_site":
        return bool(x[problem.site.equal[i]].sum() == 1)
    return bool(x[problem.site.exclusive[i]].all())


def every(problem: Problem) -> list[Floats]:
    return [chosen(problem, uses) for uses in assignments(problem)]


def broken_by(problem: Problem, members: Collection[Member]) -> list[frozenset[Member]]:
    """Return, for each assignment, the members that it breaks."""
    return [frozenset(m for m in members if breaks(problem, m, x)) for x in every(problem)]


def fit(members: Collection[Member], broken: Collection[frozenset[Member]]) -> bool:
    return any(not found & set(members) for found in broken)


def least_clash(members: Collection[Member], broken: Collection[frozenset[Member]]) -> int:
    """Return the size of the smallest set of members that do not fit."""
    minimal = [found & set(members) for found in broken]
    return next(n for n in range(1, len(members) + 1) if any(
        all(set(part) & found for found in minimal) for part in combinations(sorted(members), n)
    ))  # fmt: skip


@pytest.mark.parametrize("seed", range(CASES))
def test_each_clash_is_the_smallest_of_what_is_left(seed: int) -> None:
    problem = tight(seed)
    left = set(hard_members(problem).members)
    broken = broken_by(problem, left)
    for clash in find_clashes(problem):
        assert set(clash.members) <= left
        assert clash.smallest
        assert len(clash.members) == least_clash(left, broken)
        assert not fit(clash.members, broken)
        assert all(fit(set(clash.members) - {member}, broken) for member in clash.members)
        left -= set(clash.members)
    assert fit(left, broken)


def changes(members: Collection[Member]) -> Iterator[frozenset[Member]]:
    """Yield every set of members that may be changed together; one number of office sites holds for all communes."""
    units = [(m,) for m in members if m.kind in ("require", "forbid", "limit", "money")]
    offices = tuple(m for m in members if m.kind == "office_sites")
    units += [offices] if offices else []
    for n in range(len(units) + 1):
        for part in combinations(units, n):
            yield frozenset(m for unit in part for m in unit)


def corrections(members: Collection[Member], broken: Collection[frozenset[Member]]) -> list[frozenset[Member]]:
    """Return the sets of changes with which the rest fits, none of which is idle."""
    found: list[frozenset[Member]] = []
    for part in changes(members):
        if not any(known <= part for known in found) and fit(set(members) - part, broken):
            found.append(part)
    return found


def changed(members: Collection[Member], way: Way) -> frozenset[Member]:
    offices = frozenset(m for m in members if m.kind == "office_sites")
    direct = frozenset(step.member for step in way)
    return direct | (offices if direct & offices else frozenset())


@pytest.mark.parametrize("seed", range(CASES))
def test_the_ways_out_are_the_corrections_of_which_nothing_is_idle(seed: int) -> None:
    problem = tight(seed)
    members = hard_members(problem).members
    broken = broken_by(problem, members)
    expected = corrections(members, broken)
    found = ways_out(problem)
    ways = [changed(members, way) for way in found.ways]
    assert len(set(ways)) == len(ways)
    if found.every:
        assert set(ways) == set(expected)
    else:
        assert set(ways) <= set(expected)
        assert not expected or len(found.ways[0]) == min(len(w) for w in found.ways)
    for way in found.ways:
        after = take(problem, way)
        assert fit(hard_members(after).members, broken_by(after, hard_members(after).members))


@pytest.mark.parametrize("seed", range(CASES))
def test_a_number_is_the_nearest_that_suffices(seed: int) -> None:
    problem = tight(seed)
    members = hard_members(problem).members
    broken = broken_by(problem, members)
    for way in ways_out(problem).ways:
        counted = [step for step in way if np.isfinite(step.number)]
        if len(counted) != 1:
            continue
        rest = set(members) - changed(members, way)
        kept = [x for x, found in zip(every(problem), broken, strict=True) if not found & rest]
        assert counted[0].number == nearest(problem, counted[0], kept)


def nearest(problem: Problem, step: Step, kept: list[Floats]) -> float:
    """Return the number nearest to the one that holds with which one of these assignments keeps a member."""
    kind, i = step.member
    if kind == "limit":
        limit = problem.limits[i]
        counts = [float(x[limit.pairs].sum()) for x in kept]
        best = min(abs(count - limit.number) for count in counts)
        assert abs(step.number - limit.number) == best
        assert step.number in counts
        return step.number
    if kind == "money":
        return float(np.ceil(min(problem.budget.sources[i].cost @ x for x in kept) - 1e-6))
    office = problem.office
    most = []
    for x in kept:
        sites = np.bincount(office.pair_commune, x[office.pair], len(office.need)) + office.kept_sites
        most.append(float(max(sites[sites > office.max_sites], default=0.0)))
    assert step.number in most
    return step.number


@pytest.mark.parametrize("seed", range(CASES))
def test_a_price_is_the_best_plan_with_the_way_less_the_best_with_nothing_of_it_held(seed: int) -> None:
    problem = tight(seed)
    prices = weights(np.random.default_rng([29, seed]))
    settings = SolveSettings("weighted", prices, SolverOptions(threads=1, gap_abs=1e-6))
    clashes, ways = find_clashes(problem), ways_out(problem).ways
    if not ways:
        return
    priced = price_ways(problem, clashes, ways, settings)
    assert [found.price for found in priced] == sorted(found.price for found in priced)
    every_plan = plans(without_walls(problem), prices)
    members = set(hard_members(problem).members)
    lifted = {m for clash in clashes for m in clash.members} | {step.member for way in ways for step in way}
    lifted |= changed(members, tuple(step for way in ways for step in way))
    free = least(problem, every_plan, members - lifted)
    for found in priced:
        after = take(problem, found.way)
        expected = least(after, every_plan, hard_members(after).members) - free
        assert found.price == pytest.approx(expected, rel=1e-6, abs=1e-4)
        assert expected > -1e-6


def least(problem: Problem, every_plan: list, members: Collection[Member]) -> float:
    held = (p for p in every_plan if not any(breaks(problem, m, chosen(problem, p.uses)) for m in members))
    return min((p.cost for p in held), default=np.inf)


def test_the_cases_clash_in_every_way() -> None:
    found: list[Clash] = [clash for seed in range(CASES) for clash in find_clashes(tight(seed))]
    assert {m.kind for clash in found for m in clash.members} >= {
        "require", "forbid", "limit", "money", "office_sites", "whole_site", "exclusive",
    }  # fmt: skip
    assert max(len(clash.members) for clash in found) >= 3


def test_nothing_clashes_where_a_plan_exists() -> None:
    problem = GENERATORS["outcome"](np.random.default_rng(1))
    assert find_clashes(problem) == []
    assert ways_out(problem).ways == [()]


def houses(count: int, **held: object) -> Problem:
    """Return facilities with two uses each; pairs 2f and 2f + 1 belong to facility f."""
    return replace(Problem(eligible=np.ones((count, 2), dtype=np.bool_)), **held)


@pytest.mark.parametrize(
    ("locks", "members"),
    [
        (Locks(require=np.array([0, 1])), (Member("require", 0), Member("require", 1))),
        (Locks(require=np.array([0]), forbid=np.array([0])), (Member("require", 0), Member("forbid", 0))),
        (Locks(forbid=np.array([2, 3])), (Member("forbid", 2), Member("forbid", 3))),
    ],
    ids=["two uses required", "required and forbidden", "nothing left"],
)
def test_locks_on_one_facility(locks: Locks, members: tuple[Member, ...]) -> None:
    problem = houses(2, locks=locks)
    assert find_clashes(problem) == [Clash(members, smallest=True)]
    assert {way[0].member for way in ways_out(problem).ways} == set(members)


def test_of_many_ways_that_release_as_many_locks_one_stands_for_all() -> None:
    """Eight are required, three are allowed: five of eight can be released in 56 ways."""
    first = np.arange(8) * 2
    problem = houses(8, locks=Locks(require=first), limits=(Limit(first, "<=", 3.0),))
    [clash] = find_clashes(problem)
    assert sorted(member.kind for member in clash.members) == ["limit", *["require"] * 4]
    found = ways_out(problem)
    assert not found.every
    assert found.ways[0] == (Step(Member("limit", 0), 8.0),)
    assert [len(way) for way in found.ways] == [1, 5]


def test_a_price_is_unknown_where_the_clock_ends_the_solve() -> None:
    problem = tight(0)
    prices = weights(np.random.default_rng(1))
    settings = SolveSettings("weighted", prices, SolverOptions(threads=1, time_limit_s=0.0))
    priced = price_ways(problem, find_clashes(problem), ways_out(problem).ways, settings)
    assert priced
    assert all(np.isnan(found.price) for found in priced)


@pytest.mark.parametrize("seed", range(20))
def test_of_ways_that_release_as_many_locks_the_cheapest_is_found(seed: int) -> None:
    problem = tight(seed)
    prices = weights(np.random.default_rng([29, seed]))
    settings = SolveSettings("weighted", prices, SolverOptions(threads=1, gap_abs=1e-6))
    every_plan = plans(without_walls(problem), prices)
    for way in ways_out(problem).ways:
        numbered = tuple(step for step in way if np.isfinite(step.number))
        count = len(way) - len(numbered)
        changed = take(problem, numbered)
        held = hard_members(changed).members
        locks = [member for member in held if member.kind in ("require", "forbid")]
        chosen_way = cheapest_release(problem, way, settings)
        assert len(chosen_way) == len(way)
        costs = [least(changed, every_plan, set(held) - set(part)) for part in combinations(locks, count)]
        released = {step.member for step in chosen_way if np.isnan(step.number)}
        found = least(changed, every_plan, set(held) - released)
        assert found == pytest.approx(min(costs), rel=1e-6, abs=1e-4)

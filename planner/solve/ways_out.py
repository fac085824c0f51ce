"""Ways out of a clash: the fewest changes with which some plan keeps the rest, and what each costs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from planner.model.build import build
from planner.model.problem import Floats, Ints, Locks, Problem
from planner.solve.clash import Clash
from planner.solve.hard import COUNTED, RELEASED, Hard, Member, hard_members, with_rows, with_switch
from planner.solve.outcome import column_values
from planner.solve.program import Alteration, Program
from planner.solve.run import SolveSettings
from planner.solve.weighted import judged, solve_tightened

MOST_WAYS = 5
"""Ways out that are looked for; each takes a solve to price."""

_NOISE = 1e-6


class Step(NamedTuple):
    """A change: a lock released (`number` nan), or another number for a limit, for money or for the office sites."""

    member: Member
    number: float


Way = tuple[Step, ...]


class WaysOut(NamedTuple):
    """Ways out; `every`: there are no others. Otherwise of those that change the same numbers one stands for all."""

    ways: list[Way]
    every: bool


class Priced(NamedTuple):
    """A way out and its price in persons-equivalent, weighted; NaN where unknown."""

    way: Way
    price: float


def ways_out(problem: Problem) -> WaysOut:
    """Return the ways out with the fewest changes; nothing in any of them is idle.

    A lock is released, a limit gets the nearest number, money the least whole million VND that suffices, and the office
    sites of all communes the least number. The rules of a site stay. Where nothing clashes the only way out is empty.

    Raises
    ------
    UndecidedError : HiGHS proved neither that members fit nor that they clash.
    """
    hard = hard_members(problem)
    sets, every = _corrections(hard, _superset), True
    if len(sets) > MOST_WAYS:
        sets, every = _corrections(hard, _same_numbers)[:MOST_WAYS], False
    return WaysOut([_way(hard, numbers) for numbers in sets], every)


def _corrections(hard: Hard, exclude: Callable[[Hard, Program, list[int]], Program]) -> list[list[int]]:
    """Return up to one more than `MOST_WAYS` corrections, those with the fewest changes first."""
    program, stay = _one_norm(hard), hard.of_kind("whole_site", "exclusive").tolist()
    found: list[list[int]] = []
    while len(found) <= MOST_WAYS:
        try:
            found.append(hard.lift_fewest(stay, [], program))
        except LookupError:
            break
        program = exclude(hard, program, found[-1])
    return found


def _one_norm(hard: Hard) -> Program:
    """Return the program in which the office sites of all communes are lifted together, as one change."""
    offices = hard.switches[hard.of_kind("office_sites")]
    costs = hard.program.costs.copy()
    costs[offices[1:]] = 0.0
    couples = zip(offices, np.roll(offices, 1), strict=True)
    rows = [(np.array(couple), np.array([1.0, -1.0]), 0.0) for couple in couples if couple[0] != couple[1]]
    return with_rows(replace(hard.program, costs=costs), rows)


def _superset(hard: Hard, program: Program, numbers: list[int]) -> Program:
    """Exclude a correction and all that contain it."""
    return with_rows(program, [(hard.switches[numbers], np.ones(len(numbers)), len(numbers) - 1.0)])


def _same_numbers(hard: Hard, program: Program, numbers: list[int]) -> Program:
    """Exclude what changes the same numbers and releases no fewer locks: a switch says which of the two differs."""
    counted, locks = _of(hard, numbers, COUNTED), hard.of_kind(*RELEASED)
    switch, released = len(program.costs), len(numbers) - len(counted)
    fewer = np.append(np.ones(len(locks)), -float(len(locks)))
    rows = [
        (np.append(hard.switches[locks], switch), fewer, released - 1.0),
        (np.append(hard.switches[counted], switch), np.ones(len(counted) + 1), float(len(counted))),
    ]
    return with_rows(with_switch(program), rows)


def _of(hard: Hard, numbers: Sequence[int], kinds: Collection[str]) -> Ints:
    return np.array([i for i in numbers if hard.members[i].kind in kinds], dtype=np.int64)


def _way(hard: Hard, numbers: Sequence[int]) -> Way:
    """Return the steps of a correction, every number as near to the one it replaces as the others let it be."""
    counted, locks = _of(hard, numbers, COUNTED), _of(hard, numbers, RELEASED)
    lifted = np.zeros(len(hard.members))
    lifted[locks] = 1.0
    fixed = np.setdiff1d(hard.excesses, hard.excesses[counted])
    costs = np.zeros(len(hard.program.costs))
    costs[hard.excesses[counted]] = [1.0 / _scale(hard.problem, hard.members[i]) for i in counted]
    alteration = Alteration(np.append(hard.switches, fixed), np.append(lifted, np.zeros(len(fixed))))
    found = hard.least(hard.program.with_costs(costs), alteration)
    x = found.values[: hard.problem.n_pairs].round()
    members = [hard.members[i] for i in numbers]
    sites = [i for i, member in enumerate(members) if member.kind == "office_sites"]
    kept = [member for i, member in enumerate(members) if i not in sites[1:]]
    return tuple(Step(m, np.nan if m.kind in RELEASED else _number(hard.problem, m, x)) for m in kept)


def _scale(problem: Problem, member: Member) -> float:
    """Return in what the distance of a number from another is counted: the number itself."""
    kind, i = member
    if kind == "limit":
        return max(1.0, problem.limits[i].number)
    return max(1.0, problem.budget.sources[i].limit if kind == "money" else float(problem.office.max_sites[i]))


def _number(problem: Problem, member: Member, x: Floats) -> float:
    """Return the number with which a plan keeps a member; of office sites the most that any commune has too many."""
    kind, i = member
    if kind == "limit":
        return float(x[problem.limits[i].pairs].sum())
    if kind == "money":
        return float(np.ceil(problem.budget.sources[i].cost @ x - _NOISE))
    office = problem.office
    sites = np.bincount(office.pair_commune, x[office.pair], len(office.need)) + office.kept_sites
    return float(sites[sites > office.max_sites].max())


def take(problem: Problem, way: Way, opened: Collection[int] = ()) -> Problem:
    """Return the problem with the steps of a way out taken; pairs that only a lock `opened` close with it."""
    numbers = {step.member: step.number for step in way}
    freed = [member.number for member in numbers if member.kind in RELEASED]
    closed = [member.number for member in numbers if member.kind == "require" and member.number in opened]
    locks = problem.locks
    sites = [number for member, number in numbers.items() if member.kind == "office_sites"]
    limits = [
        replace(limit, number=numbers.get(Member("limit", i), limit.number)) for i, limit in enumerate(problem.limits)
    ]
    sources = [
        replace(source, limit=numbers.get(Member("money", s), source.limit))
        for s, source in enumerate(problem.budget.sources)
    ]
    return replace(
        problem,
        locks=Locks(
            require=np.setdiff1d(locks.require, freed),
            forbid=np.append(np.setdiff1d(locks.forbid, freed), closed).astype(np.int64),
        ),
        limits=tuple(limits),
        budget=replace(problem.budget, sources=tuple(sources)),
        office=replace(problem.office, max_sites=np.maximum(problem.office.max_sites, max(sites, default=0))),
    )


def price_ways(  # noqa: PLR0913  the problem, what clashes in it, how it is solved, and who waits
    problem: Problem,
    clashes: Sequence[Clash],
    ways: Sequence[Way],
    settings: SolveSettings,
    opened: Collection[int] = (),
    tick: Callable[[float], None] = lambda _share: None,
) -> list[Priced]:
    """Return ways out with their prices, the cheapest first and those without a price last.

    Price: objective of the best plan with the way taken, less that of the best plan for which nothing that clashes and
    nothing that any way changes is held. Both are proven optima; a price is unknown where one of them is not.

    Parameters
    ----------
    opened : pairs that are eligible only because a lock requires them.
    tick : is told the share of the solves that is done.
    """
    members = {member for clash in clashes for member in clash.members}
    members |= {step.member for way in ways for step in way}
    free = _objective(_without(problem, members), settings)
    priced = []
    for done, way in enumerate(ways, start=1):
        tick(done / (len(ways) + 1))
        with_it = _objective(take(problem, way, opened), settings) if np.isfinite(free) else np.nan
        priced.append(Priced(way, max(0.0, with_it - free) if np.isfinite(with_it) else np.nan))
    return sorted(priced, key=lambda found: (np.isnan(found.price), found.price))


def cheapest_release(problem: Problem, way: Way, settings: SolveSettings, opened: Collection[int] = ()) -> Way:
    """Return the way that changes the same numbers and releases as many locks, those whose release costs least.

    One solve of the plan in which that many locks may be released chooses them; the way itself comes back where that
    proves nothing.

    Parameters
    ----------
    opened : pairs that are eligible only because a lock requires them.
    """
    numbered = tuple(step for step in way if step.member.kind in COUNTED)
    count, locks = len(way) - len(numbered), problem.locks
    if not count:
        return way
    bare = replace(take(problem, numbered), locks=Locks())
    model = build(bare, settings.weights)
    members = [Member("require", int(a)) for a in np.unique(locks.require)]
    members += [Member("forbid", int(a)) for a in np.unique(locks.forbid)]
    switch = model.variables("release", len(members), binary=True)
    pair = model.x[[member.number for member in members]]
    held = np.array([member.kind == "require" for member in members])
    numbers, most = np.arange(len(members)), np.ones(len(members))
    model.rows("kept", [(numbers, pair, 1.0), (numbers, switch, 1.0)], ">=", most, numbers[held])
    model.rows("closed", [(numbers, pair, 1.0), (numbers, switch, -1.0)], "<=", 0.0 * most, numbers[~held])
    only = numbers[held & np.isin([member.number for member in members], list(opened))]
    model.rows("shut", [(numbers, pair, 1.0), (numbers, switch, 1.0)], "<=", most, only)
    model.rows("releases", [(0, switch, 1.0)], "<=", np.array([float(count)]))
    result = solve_tightened(bare, model, settings.weights, settings.options).result
    if result.objective is None or judged(result, settings.options) != "optimal":
        return way
    released = np.flatnonzero(column_values(model, result)[switch] > 0.5)  # noqa: PLR2004
    return (*numbered, *(Step(members[i], np.nan) for i in released.tolist()))


def _without(problem: Problem, members: Collection[Member]) -> Problem:
    """Return the problem in which some members are not held."""
    of = {
        kind: [m.number for m in members if m.kind == kind] for kind in (*RELEASED, *COUNTED, "whole_site", "exclusive")
    }
    candidates = np.bincount(problem.office.pair_commune, minlength=len(problem.office.need))
    sites = problem.office.max_sites.copy()
    if of["office_sites"]:
        sites = np.maximum(sites, problem.office.kept_sites + candidates)
    return replace(
        problem,
        locks=Locks(
            np.setdiff1d(problem.locks.require, of["require"]), np.setdiff1d(problem.locks.forbid, of["forbid"])
        ),
        limits=tuple(limit for i, limit in enumerate(problem.limits) if i not in of["limit"]),
        budget=replace(
            problem.budget,
            sources=tuple(
                replace(source, limit=np.inf) if s in of["money"] else source
                for s, source in enumerate(problem.budget.sources)
            ),
        ),
        office=replace(problem.office, max_sites=sites),
        site=replace(
            problem.site,
            equal=np.delete(problem.site.equal, of["whole_site"], axis=0),
            exclusive=np.delete(problem.site.exclusive, of["exclusive"], axis=0),
        ),
    )


def _objective(problem: Problem, settings: SolveSettings) -> float:
    """Return the proven optimum of the weighted objective with what no plan can avoid; NaN where none is proven."""
    model = build(problem, settings.weights)
    result = solve_tightened(problem, model, settings.weights, settings.options).result
    if result.objective is None or judged(result, settings.options) != "optimal":
        return float("nan")
    return result.objective + sum(weight * model.unavoidable[name] for name, weight in settings.weights.items())

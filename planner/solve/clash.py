"""The smallest sets of members that no plan can keep together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from scipy.sparse import csc_array

from planner.model.problem import Problem
from planner.solve.hard import OPTIONS, Hard, Member, hard_members, with_rows
from planner.solve.program import Alteration, Program, UndecidedError, solve_program

MOST_CLASHES = 10
"""Clashes without a common member that are looked for."""

MOST_CORRECTIONS = 60
"""Corrections gathered to prove that a clash is the smallest; beyond it is only known that nothing in it is idle."""


class Clash(NamedTuple):
    """Members that no plan keeps together; without any one of them some plan keeps the others.

    `smallest`: proven that no clash of what is held has fewer members.
    """

    members: tuple[Member, ...]
    smallest: bool


def find_clashes(problem: Problem) -> list[Clash]:
    """Return clashes without a common member, the first of the whole problem, each next one of what is left.

    Empty where some plan keeps every member, or where not even a plan without them exists.

    Raises
    ------
    UndecidedError : HiGHS proved neither that members fit nor that they clash.
    """
    hard = hard_members(problem)
    left = list(range(len(hard.members)))
    found: list[Clash] = []
    corrections: list[list[int]] = []
    if not hard.fits([]):
        return found
    while len(found) < MOST_CLASHES and not hard.fits(left):
        corrections = [[i for i in correction if i in left] for correction in corrections]
        numbers, smallest = _smallest(hard, left, corrections)
        found.append(Clash(tuple(hard.members[i] for i in numbers), smallest))
        left = [i for i in left if i not in numbers]
    return found


def _smallest(hard: Hard, held: Sequence[int], corrections: list[list[int]]) -> tuple[list[int], bool]:
    """Return the smallest clash among what is held, by implicit hitting sets.

    A clash has a member in common with every correction (members without which the others fit). The smallest set that
    hits the corrections known so far is the smallest clash as soon as it does not fit; until then it gives a further
    correction, and its size is a lower bound. Ignatiev, Previti, Liffiton, Marques-Silva, "Smallest MUS extraction with
    minimal hitting set dualization", CP 2015.

    Parameters
    ----------
    corrections : of what is held, known before; further ones are added.
    """
    lifted = sorted(set(range(len(hard.members))) - set(held))
    known = irreducible(hard.fits, held)
    while True:
        hit = _hit(corrections)
        if len(hit) >= len(known):
            return known, True
        if not hard.fits(hit):
            return hit, True
        if len(known) - len(hit) > MOST_CORRECTIONS - len(corrections):  # each raises the bound by one at most
            return known, False
        corrections.append(hard.lift_fewest(hit, lifted))


def irreducible(fits: Callable[[Sequence[int]], bool], numbers: Sequence[int]) -> list[int]:
    """Return a part of numbers that does not fit while every part without one of them does.

    QuickXplain: Junker, "Preferred explanations and relaxations for over-constrained problems", AAAI 2004.
    """

    def explain(kept: list[int], asked: list[int], *, changed: bool) -> list[int]:
        if changed and not fits(kept):
            return []
        if len(asked) == 1:
            return asked
        first, second = asked[: len(asked) // 2], asked[len(asked) // 2 :]
        of_second = explain(kept + first, second, changed=True)
        return explain(kept + of_second, first, changed=bool(of_second)) + of_second

    return sorted(explain([], list(numbers), changed=False))


def _hit(corrections: Sequence[Sequence[int]]) -> list[int]:
    """Return the fewest numbers of which each correction has one."""
    numbers = sorted({i for correction in corrections for i in correction})
    column = {number: i for i, number in enumerate(numbers)}
    bare = Program(
        costs=np.ones(len(numbers)),
        matrix=csc_array((0, len(numbers))),
        row_lower=np.zeros(0),
        row_upper=np.zeros(0),
        lower=np.zeros(len(numbers)),
        upper=np.ones(len(numbers)),
        integer=np.ones(len(numbers), dtype=np.bool_),
    )
    rows = [(np.array([column[i] for i in found]), -np.ones(len(found)), -1.0) for found in corrections]
    if not rows:
        return []
    best = solve_program(with_rows(bare, rows), Alteration(), OPTIONS)
    if best is None:
        raise UndecidedError("hitting set")
    return [numbers[i] for i in np.flatnonzero(best.values > 0.5).tolist()]  # noqa: PLR2004

"""What a scenario holds hard, member by member: who can be satisfied together, over the assignments alone.

Needs, shares and fairness have slacks: only locks, limits, money, office sites and the rules of a site can clash. Every
member is one or two rows over the assignments x; one outcome for each facility holds always.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np
from scipy.sparse import coo_array, csc_array, vstack

from planner.model.assembly import grouped
from planner.model.problem import Floats, Ints, Problem
from planner.solve.program import Alteration, Optimum, Program, UndecidedError, has_solution, solve_program

Kind = Literal["require", "forbid", "limit", "money", "office_sites", "whole_site", "exclusive"]

RELEASED = ("require", "forbid")
"""Members that are released or not."""

COUNTED = ("limit", "money", "office_sites")
"""Members with a number that can be another."""

OPTIONS = {"mip_feasibility_tolerance": 1e-9, "time_limit": 60.0}
"""Options of HiGHS: a switch of a row in money stands before a large coefficient, so it must be a whole number."""


class Member(NamedTuple):
    """A thing held hard: a pair required or forbidden, a limit, a source of money, a commune's office sites, a couple.

    `number` counts pairs, limits, sources, communes of the office family, or rows of `Site.equal` and `.exclusive`.
    """

    kind: Kind
    number: int


class _Row(NamedTuple):
    """Sum of coefficient x column <= most."""

    columns: Ints
    coefficients: Floats
    most: float


@dataclass(frozen=True, eq=False)
class Hard:
    """The members of a problem, and the program over them.

    Columns: x (A,), then for each member a switch that lifts its rows, then for each member how far they may be
    exceeded. The office sites of all communes are exceeded alike: one norm holds for all of them.
    """

    problem: Problem
    members: tuple[Member, ...]
    program: Program

    @property
    def switches(self) -> Ints:
        """(m,) column of each member's switch."""
        return self.problem.n_pairs + np.arange(len(self.members))

    @property
    def excesses(self) -> Ints:
        """(m,) column of each member's excess."""
        return self.problem.n_pairs + len(self.members) + np.arange(len(self.members))

    def of_kind(self, *kinds: str) -> Ints:
        """Return the numbers of the members of some kinds."""
        return np.array([i for i, member in enumerate(self.members) if member.kind in kinds], dtype=np.int64)

    def fits(self, held: Iterable[int]) -> bool:
        """Return whether some plan keeps the members of these numbers.

        Raises
        ------
        UndecidedError : HiGHS proved neither.
        """
        lifted = np.ones(len(self.members))
        lifted[list(held)] = 0.0
        columns = np.concatenate([self.switches, self.excesses])
        return has_solution(self.program, Alteration(columns, np.append(lifted, np.zeros(len(lifted)))), OPTIONS)

    def lift_fewest(self, held: Iterable[int], lifted: Iterable[int], program: Program | None = None) -> list[int]:
        """Return the fewest members to lift so that some plan keeps the others; `held` must stay, `lifted` are anyway.

        Raises
        ------
        UndecidedError : HiGHS proved nothing. LookupError : nothing that may be lifted helps.
        """
        fixed = {**dict.fromkeys(held, 0.0), **dict.fromkeys(lifted, 1.0)}
        columns = np.append(self.switches[list(fixed)], self.excesses)
        values = np.append(list(fixed.values()), np.zeros(len(self.members)))
        found = self.least(program or self.program, Alteration(columns, values))
        return [i for i in np.flatnonzero(found.values[self.switches] > 0.5).tolist() if i not in fixed]  # noqa: PLR2004

    def least(self, program: Program, alteration: Alteration) -> Optimum:
        """Return the optimum of the program or of one with further rows.

        Raises
        ------
        UndecidedError : HiGHS proved nothing. LookupError : there is no solution.
        """
        found = solve_program(program, alteration, OPTIONS)
        if found is not None:
            return found
        if has_solution(program, alteration, OPTIONS):
            raise UndecidedError("optimum")
        raise LookupError("nothing that may be lifted helps")


def hard_members(problem: Problem) -> Hard:
    """Return what a problem holds hard."""
    members = _members(problem)
    rows = [(i, row) for i, member in enumerate(members) for row in _rows(problem, member)]
    outcome = coo_array(
        (np.ones(problem.n_pairs), (problem.pair_facility, np.arange(problem.n_pairs))),
        shape=(problem.eligible.shape[0], problem.n_pairs + 2 * len(members)),
    )
    program = Program(
        costs=np.concatenate([np.zeros(problem.n_pairs), np.ones(len(members)), np.zeros(len(members))]),
        matrix=outcome.tocsc(),
        row_lower=np.ones(problem.eligible.shape[0]),
        row_upper=np.ones(problem.eligible.shape[0]),
        lower=np.zeros(problem.n_pairs + 2 * len(members)),
        upper=np.concatenate([np.ones(problem.n_pairs + len(members)), np.full(len(members), np.inf)]),
        integer=np.append(np.ones(problem.n_pairs + len(members), dtype=bool), np.zeros(len(members), dtype=bool)),
    )
    hard = Hard(problem, tuple(members), program)
    elastic = [
        _Row(
            np.concatenate([row.columns, [hard.switches[i], hard.excesses[i]]]),
            np.concatenate([row.coefficients, [-_reach(problem, row), -1.0]]),
            row.most,
        )
        for i, row in rows
    ]
    offices = hard.excesses[hard.of_kind("office_sites")]
    alike = [
        _Row(np.array([a, b]), np.array([1.0, -1.0]), 0.0)
        for a, b in zip(offices, np.roll(offices, 1), strict=True)
        if a != b
    ]
    program.upper[_idle(problem, [(members[i], row) for i, row in rows])] = 0.0
    return replace(hard, program=with_rows(program, [*elastic, *alike]))


def _idle(problem: Problem, rows: Sequence[tuple[Member, _Row]]) -> Ints:
    """Return pairs that nobody would choose: in no row but those of money, and another such pair costs no more."""
    free = np.ones(problem.n_pairs, dtype=bool)
    for member, row in rows:
        free[row.columns] &= member.kind == "money"
    costs = np.array([source.cost for source in problem.budget.sources if np.isfinite(source.limit)])
    costs = costs.reshape(-1, problem.n_pairs)
    idle: list[int] = []
    for pairs in grouped(problem.pair_facility, problem.eligible.shape[0]):
        rest = pairs[free[pairs]].tolist()
        while rest:
            best = min(rest, key=lambda a: (*costs[:, a], a))
            beaten = [a for a in rest if a != best and (costs[:, best] <= costs[:, a]).all()]
            idle += beaten
            rest = [a for a in rest if a != best and a not in beaten]
    return np.array(idle, dtype=np.int64)


def with_rows(program: Program, rows: Sequence[tuple[Ints, Floats, float]]) -> Program:
    """Return a program with further rows: columns, coefficients, and the most that their sum may be."""
    if not rows:
        return program
    number = np.concatenate([np.full(len(columns), i) for i, (columns, _, _) in enumerate(rows)])
    columns, coefficients = (np.concatenate([row[part] for row in rows]) for part in (0, 1))
    more = coo_array((coefficients.astype(float), (number, columns)), shape=(len(rows), len(program.costs)))
    return replace(
        program,
        matrix=csc_array(vstack([program.matrix, more])),
        row_lower=np.append(program.row_lower, np.full(len(rows), -np.inf)),
        row_upper=np.append(program.row_upper, [most for _, _, most in rows]),
    )


def with_switch(program: Program) -> Program:
    """Return a program with a further column, 0 or 1, that costs nothing and stands in no row yet."""
    columns = len(program.costs)
    widened = csc_array(
        (program.matrix.data, program.matrix.indices, np.append(program.matrix.indptr, program.matrix.nnz)),
        shape=(program.matrix.shape[0], columns + 1),
    )
    return replace(
        program,
        costs=np.append(program.costs, 0.0),
        matrix=widened,
        lower=np.append(program.lower, 0.0),
        upper=np.append(program.upper, 1.0),
        integer=np.append(program.integer, [True]),
    )


def _members(problem: Problem) -> list[Member]:
    """Return the members that some assignment could break."""
    office, sources = problem.office, problem.budget.sources
    candidates = np.bincount(office.pair_commune, minlength=len(office.need))
    numbers: dict[Kind, list[int]] = {
        "require": np.unique(problem.locks.require).tolist(),
        "forbid": np.unique(problem.locks.forbid).tolist(),
        "limit": list(range(len(problem.limits))),
        "money": [s for s, source in enumerate(sources) if np.isfinite(source.limit)],
        "office_sites": np.flatnonzero(candidates > office.max_sites - office.kept_sites).tolist(),
        "whole_site": list(range(len(problem.site.equal))),
        "exclusive": list(range(len(problem.site.exclusive))),
    }
    return [Member(kind, number) for kind, found in numbers.items() for number in found]


def _rows(problem: Problem, member: Member) -> list[_Row]:
    kind, i = member
    if kind in ("require", "forbid"):
        sign = -1.0 if kind == "require" else 1.0
        return [_Row(np.array([i]), np.array([sign]), min(sign, 0.0))]
    if kind == "limit":
        limit = problem.limits[i]
        ones, signs = np.ones(len(limit.pairs)), {"<=": (1.0,), ">=": (-1.0,), "=": (1.0, -1.0)}[limit.sense]
        return [_Row(limit.pairs, sign * ones, sign * limit.number) for sign in signs]
    if kind == "money":
        source = problem.budget.sources[i]
        columns = np.flatnonzero(source.cost)
        return [_Row(columns, source.cost[columns], source.limit)]
    if kind == "office_sites":
        office = problem.office
        columns = office.pair[office.pair_commune == i]
        return [_Row(columns, np.ones(len(columns)), float(office.max_sites[i] - office.kept_sites[i]))]
    couple = (problem.site.equal if kind == "whole_site" else problem.site.exclusive)[i]
    if kind == "exclusive":
        return [_Row(couple, np.ones(2), 1.0)]
    return [_Row(couple, np.array([1.0, -1.0]), 0.0), _Row(couple, np.array([-1.0, 1.0]), 0.0)]


def _reach(problem: Problem, row: _Row) -> float:
    """Return by how much a row can be exceeded at most, each facility taking its dearest outcome."""
    dearest = np.zeros(problem.eligible.shape[0])
    np.maximum.at(dearest, problem.pair_facility[row.columns], row.coefficients)
    return max(0.0, float(dearest.sum()) - row.most)

"""What the classical problems share: their answer, and the checks of their arrays."""

from __future__ import annotations

import operator
from dataclasses import dataclass

import numpy as np
import pulp
from numpy.typing import ArrayLike, NDArray

from planner.solve.solver import SolveResult, Status

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, eq=False)
class Solution:
    """The answer to a classical problem with I customers and J sites.

    Attributes
    ----------
    objective : value of the answer, None without one.
    bound : the proven limit of what any answer can reach, None if unknown.
    gap : |objective − bound| relative to |objective|, None if either is unknown.
    status : "optimal": within the requested gap; "feasible": the clock ended the search; "infeasible"; "no_plan".
    open : (J,) bool, the sites chosen; none without an answer.
    assign : (I, J) share of each customer served from each site; a customer that nobody serves has a row of zeros.
    seconds : wall-clock time, building the model included.
    """

    objective: float | None
    bound: float | None
    gap: float | None
    status: Status
    open: BoolArray
    assign: FloatArray
    seconds: float


def no_solution(result: SolveResult, shape: tuple[int, int], seconds: float) -> Solution:
    """Return the answer of a solve that found none."""
    return Solution(
        objective=None,
        bound=result.bound,
        gap=None,
        status=result.status,
        open=np.zeros(shape[1], dtype=bool),
        assign=np.zeros(shape),
        seconds=seconds,
    )


def chosen(result: SolveResult, sites: list[pulp.LpVariable]) -> BoolArray:
    """Return which of the binary site variables are one."""
    return np.array([result.values.get(site.name, 0.0) > 0.5 for site in sites])  # noqa: PLR2004 - binary


def assign_nearest(distance: FloatArray, is_open: BoolArray) -> FloatArray:
    """Return (I, J) shares that serve each customer from its nearest open site, the first one where several tie."""
    nearest = np.where(is_open, distance, np.inf).argmin(axis=1)
    share = np.zeros(distance.shape)
    share[np.arange(len(distance)), nearest] = 1.0
    return share


def checked_matrix(name: str, values: ArrayLike) -> FloatArray:
    """Return `values` as an (I, J) matrix of finite numbers of zero or more."""
    matrix = np.asarray(values, dtype=float)
    if matrix.ndim != 2 or 0 in matrix.shape:  # noqa: PLR2004 - a matrix
        raise ValueError(
            f"{name} has shape {matrix.shape}; give a matrix with one row per customer and one column per site"
        )
    return _checked_numbers(name, matrix)


def checked_vector(name: str, values: ArrayLike, length: int, one_per: str) -> FloatArray:
    """Return `values` as a vector of `length` finite numbers of zero or more."""
    vector = np.asarray(values, dtype=float)
    if vector.shape != (length,):
        raise ValueError(f"{name} has shape {vector.shape}; give one number per {one_per}, shape ({length},)")
    return _checked_numbers(name, vector)


def checked_p(p: int, n_sites: int) -> int:
    """Return `p` as a whole number between 1 and the number of sites."""
    try:
        count = operator.index(p)
    except TypeError:
        raise TypeError(f"p is {p!r}; give a whole number of sites") from None
    if not 1 <= count <= n_sites:
        raise ValueError(f"p is {count}; choose between 1 and the {n_sites} candidate sites")
    return count


def _checked_numbers(name: str, values: FloatArray) -> FloatArray:
    bad = ~(np.isfinite(values) & (values >= 0))
    if bad.any():
        place = tuple(int(i) for i in np.argwhere(bad)[0])
        raise ValueError(f"{name} holds {values[place]} at index {place}; every number must be finite and zero or more")
    return values

"""What the classical problems share: their answer, and the checks of their arrays."""

from __future__ import annotations

import math
import operator
from dataclasses import dataclass

import numpy as np
import pulp
from numpy.typing import ArrayLike, NDArray

from planner.solve.solver import SolveResult, SolverOptions, Status, find_solver, relative_gap

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


def solution(  # noqa: PLR0913 - the fields of an answer
    objective: float, bound: float | None, status: Status, is_open: BoolArray, assign: FloatArray, seconds: float
) -> Solution:
    """Return an answer with its gap."""
    return Solution(
        objective=objective,
        bound=bound,
        gap=relative_gap(objective, bound),
        status=status,
        open=is_open,
        assign=assign,
        seconds=seconds,
    )


def no_solution(status: Status, bound: float | None, shape: tuple[int, int], seconds: float) -> Solution:
    """Return the answer of a solve that found none."""
    return Solution(
        objective=None,
        bound=bound,
        gap=None,
        status=status,
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


def checked_options(solver: str, gap: float, time_limit: float | None) -> SolverOptions:
    """Return the options of a solve by a solver that is there: some answers are proven without ever calling it."""
    if solver.lower() != "highs" and find_solver(solver) is None:
        raise ValueError(f"no solver {solver!r} on this machine; choose highs, or install it")
    return SolverOptions(name=solver, gap=gap, time_limit_s=time_limit)


def checked_distance(values: ArrayLike) -> FloatArray:
    """Return `values` as an (I, J) matrix of distances; places and their longitudes and latitudes are none."""
    advice = "give a matrix of distances, for example planner.geography.distances.distances(customers, sites)"
    if hasattr(values, "crs"):
        raise ValueError(f"distance is a {type(values).__name__} of places; {advice}")
    matrix = checked_matrix("distance", values)
    if matrix.shape[1] == 2 and len(matrix) > 1:  # noqa: PLR2004 - longitude and latitude
        low, high = matrix.min(axis=0), matrix.max(axis=0)
        for longitude, latitude in ((0, 1), (1, 0)):
            if all(_inside(low[[longitude, latitude]], high[[longitude, latitude]])):
                raise ValueError(f"distance looks like a table of longitudes and latitudes in Viet Nam; {advice}")
    return matrix


def checked_radius(name: str, radius: float) -> float:
    """Return a radius that is a finite number of zero or more."""
    if not (math.isfinite(radius) and radius >= 0):
        raise ValueError(f"{name} is {radius!r}; give a finite number of zero or more in the unit of distance")
    return float(radius)


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


def _inside(low: FloatArray, high: FloatArray) -> BoolArray:
    """Return whether longitudes and latitudes lie in Viet Nam with its islands.

    As distances to two sites they would leave nothing to choose: everybody would be nearer to the same one.
    """
    return np.array((low >= [102, 6]) & (high <= [118, 24]))


def _checked_numbers(name: str, values: FloatArray) -> FloatArray:
    bad = ~(np.isfinite(values) & (values >= 0))
    if bad.any():
        place = tuple(int(i) for i in np.argwhere(bad)[0])
        raise ValueError(f"{name} holds {values[place]} at index {place}; every number must be finite and zero or more")
    return values

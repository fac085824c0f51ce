"""The model while it is built: PuLP variables, rows and the terms of the objective."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pulp
from numpy.typing import NDArray

from planner.model.expression import linear

TERMS = ("mandatory", "fairness", "services", "money", "quality", "cascade")

Pairs = list[tuple[pulp.LpVariable, float]]


@dataclass
class Model:
    """A PuLP problem, its assignment variables and its objective by terms.

    Attributes
    ----------
    lp : the PuLP problem; its objective is set by `objective`.
    x : assignment variable of each pair.
    unserved : unserved persons of each service node, filled by the service family.
    flow : persons on each arc, filled by the service family.
    main : main-office variable of each office candidate, filled by the office family.
    terms : coefficients of each term of the objective. unavoidable : what no plan can avoid in each term.
    """

    lp: pulp.LpProblem
    x: list[pulp.LpVariable] = field(default_factory=list)
    unserved: list[pulp.LpVariable] = field(default_factory=list)
    flow: list[pulp.LpVariable] = field(default_factory=list)
    main: list[pulp.LpVariable] = field(default_factory=list)
    terms: dict[str, Pairs] = field(default_factory=lambda: {name: [] for name in TERMS})
    unavoidable: dict[str, float] = field(default_factory=lambda: dict.fromkeys(TERMS, 0.0))

    def variables(
        self,
        prefix: str,
        count: int,
        upper: Sequence[float] | NDArray[np.float64] | float | None = None,
        *,
        binary: bool = False,
    ) -> list[pulp.LpVariable]:
        """Add `count` variables named by opaque numbers, from 0 up to `upper`."""
        bounds = np.broadcast_to(np.asarray(np.inf if upper is None else upper, dtype=float), (count,))
        cat = pulp.LpBinary if binary else pulp.LpContinuous
        return [
            self.lp.add_variable(f"{prefix}{i}", 0, None if np.isinf(bound) else float(bound), cat=cat)
            for i, bound in enumerate(bounds)
        ]

    def row(self, name: str, pairs: Iterable[tuple[pulp.LpVariable, float]], sense: str, right: float) -> None:
        """Add one row: the sum of coefficient x variable, `<=`, `>=` or `=`, a number."""
        left = linear(pairs)
        if sense == "<=":
            self.lp += left <= right, name
        elif sense == ">=":
            self.lp += left >= right, name
        else:
            self.lp += left == right, name

    def charge(self, term: str, variables: Sequence[pulp.LpVariable], costs: Iterable[float]) -> None:
        """Add costs to a term of the objective; zero costs are left out."""
        self.terms[term].extend((v, float(c)) for v, c in zip(variables, costs, strict=True) if c)


def grouped(keys: NDArray[np.int64], count: int) -> list[NDArray[np.int64]]:
    """Return, for each of `count` keys, the positions at which it stands."""
    if not count:
        return []
    order = np.argsort(keys, kind="stable")
    return np.split(order, np.searchsorted(keys[order], np.arange(1, count)))

"""Linear expressions from pairs, built the one fast way that PuLP 3.3 and 4 share."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pulp

_from_dict: Callable[..., pulp.LpAffineExpression] | None = getattr(pulp.LpAffineExpression, "from_dict", None)

variable_key: Callable[[pulp.LpVariable], int] = id if _from_dict is None else hash
"""A number that is the variable's own while it lives: PuLP 4 shows one variable as many objects of the same hash."""


def affine(pairs: Iterable[tuple[pulp.LpVariable, float]], constant: float = 0.0) -> pulp.LpAffineExpression:
    """Return an expression of variables, each named once, with their coefficients; PuLP 4 asks for a mapping."""
    return pulp.LpAffineExpression(pairs, constant) if _from_dict is None else _from_dict(dict(pairs), constant)


def linear(pairs: Iterable[tuple[pulp.LpVariable, float]], constant: float = 0.0) -> pulp.LpAffineExpression:
    """Return the sum of coefficient × variable over `pairs`, plus `constant`; a variable met twice adds up.

    `lpSum(c * v …)` would build an object per term and take ten times as long.
    """
    listed = [(variable, float(coefficient)) for variable, coefficient in pairs]
    terms = dict(listed)
    if len(terms) < len(listed):
        terms = dict.fromkeys(terms, 0.0)
        for variable, coefficient in listed:
            terms[variable] += coefficient
    return affine(terms.items(), float(constant))

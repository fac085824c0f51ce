"""Linear expressions from pairs, built the one fast way that PuLP 3.3 and 4 share."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pulp

affine: Callable[..., pulp.LpAffineExpression] = getattr(pulp.LpAffineExpression, "from_dict", pulp.LpAffineExpression)
"""Make an expression from {variable: coefficient} and a constant: PuLP 3 takes a mapping itself, PuLP 4 by a name."""


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
    return affine(terms, float(constant))

"""Numbers of another scale than the others of their column: a thousands mark or a unit was probably mistaken."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from planner.catalogue.columns import Column

_FACTORS = {"m²": (1e3, 1e4), "đồng": (1e3, 1e6), "người": (1e3,)}
_LEAST_NUMBERS = 8
_LEAST_OTHERS = 2 / 3  # share of the column that agrees
_GAP = 1.0  # decades between the groups in which no number lies
_MARGIN = 0.5  # decades around the middle nine tenths of the others
_MOST_SPREAD = 4.0  # decades between the ends of these


def doubtful(column: Column, values: Sequence[object]) -> dict[int, float]:
    """Return positions of the numbers that stand apart, with the number that would fit among the others.

    A number stands apart where an empty decade lies between it and the others, which are at least two thirds of the
    column, and it comes to lie among or near their middle nine tenths once it is multiplied or divided by 1,000, or by
    10,000 for hectares among square metres, or by 1,000,000 for millions among dong.
    """
    factors = _FACTORS.get(column.unit, ())
    if not factors:
        return {}
    found_at = [i for i, value in enumerate(values) if isinstance(value, float) and value > 0]
    if len(found_at) < _LEAST_NUMBERS:
        return {}
    unsorted = np.array([values[i] for i in found_at], dtype=float)
    order = np.argsort(unsorted, kind="stable")
    numbers, places = unsorted[order], np.array(found_at)[order]
    logs = np.log10(numbers)
    main = _main_group(logs)
    if main is None:
        return {}
    start, stop = main
    low, middle, high = np.quantile(logs[start:stop], (0.05, 0.5, 0.95)) + np.array((-_MARGIN, 0, _MARGIN))
    if high - low > _MOST_SPREAD:
        return {}
    found: dict[int, float] = {}
    for k in (*range(start), *range(stop, len(numbers))):
        number = float(numbers[k])
        fitting = [number * factor if k < start else number / factor for factor in factors]
        nearest = min(fitting, key=lambda value: abs(math.log10(value) - middle))
        if low <= math.log10(nearest) <= high:
            found[int(places[k])] = nearest
    return dict(sorted(found.items()))


def _main_group(logs: np.ndarray) -> tuple[int, int] | None:
    """Return where the numbers between two empty decades begin and end, if they are most."""
    edges = [0, *(np.flatnonzero(np.diff(logs) >= _GAP) + 1).tolist(), len(logs)]
    start, stop = max(pairwise(edges), key=lambda group: group[1] - group[0])
    whole = stop - start == len(logs)
    return None if whole or stop - start < _LEAST_OTHERS * len(logs) else (start, stop)

"""Repeatable draws: every object has its own random stream, so a change in one place moves nothing elsewhere."""

import math
from collections.abc import Mapping, Sequence
from random import Random

SEED = "lao-cai-2026"


def stream(*key: object) -> Random:
    """Return the random stream that belongs to one object.

    Parameters
    ----------
    key
        What names the object, e.g. a kind and a code.

    Returns
    -------
    stream
        The same numbers for the same key on every machine.
    """
    return Random("/".join([SEED, *map(str, key)]))


def between(rng: Random, median: float, spread: float, low: float, high: float) -> float:
    """Draw a log-normal value inside [low, high].

    Parameters
    ----------
    rng
        Stream to draw from.
    median, spread
        Median, and standard deviation of the logarithm.
    low, high
        Bounds; draws outside are repeated, so that no value piles up on a bound.

    Returns
    -------
    value
        The drawn value, one decimal.
    """
    while True:
        value = round(median * math.exp(rng.gauss(0, spread)), 1)
        if low <= value <= high:
            return value


def pick(rng: Random, shares: Mapping[str, float]) -> str:
    """Draw one key with probability proportional to its share."""
    return rng.choices(list(shares), weights=list(shares.values()))[0]


def split_whole(total: int, weights: Sequence[float]) -> list[int]:
    """Split a whole number in proportion to weights (largest remainder; the parts sum to the total)."""
    scale = total / sum(weights)
    parts = [int(weight * scale) for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (parts[i] - weights[i] * scale, i))
    for i in by_remainder[: total - sum(parts)]:
        parts[i] += 1
    return parts

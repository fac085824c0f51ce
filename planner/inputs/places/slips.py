"""Slips in the names of units: a letter too many, one lacking, another one, or two exchanged."""

from __future__ import annotations

from functools import lru_cache

from planner.inputs.places.mentions import Known, announced_names, read_mentions
from planner.inputs.places.units import Level

_SHORTEST = 4
"""Names of fewer letters are alike too often."""


def has_slip(text: str, known: Known, levels: tuple[Level, ...]) -> bool:
    """Return whether a unit announced in a text is a known one but for a slip.

    That also holds where the name leaves a word over with which it would be a longer one: `xã Trung Thành Đqng` is
    read as `Trung Thành`, but `Trung Thành Đông` is meant.
    """
    keys = _keys_of(known, levels)
    for names in announced_names(text, known, levels):
        read = max((i for i, name in enumerate(names, 1) if name in keys), default=0)
        rest = names[read : read + 1] if read else names
        if any(one_letter_off(name, keys) for name in rest):
            return True
    return False


@lru_cache(maxsize=8)
def _keys_of(known: Known, levels: tuple[Level, ...]) -> frozenset[str]:
    return frozenset().union(*(known.keys[level] for level in levels))


def is_unknown_above(text: str, known: Known) -> bool:
    """Return whether a cell that should name a district or a province names none that anybody knows."""
    levels = {level for unit in read_mentions(text, known).units for level in unit.levels}
    return levels.isdisjoint({"district", "province"})


@lru_cache(maxsize=65_536)
def one_letter_off(written: str, keys: frozenset[str]) -> tuple[str, ...]:
    """Return the keys that differ from what is written by one slip, in order; none for short or numbered names."""
    if len(written) < _SHORTEST:
        return ()
    index = _index(keys)
    return tuple(sorted({key for part in _shortened(written) for key in index.get(part, ()) if _slipped(written, key)}))


@lru_cache(maxsize=8)
def _index(keys: frozenset[str]) -> dict[str, list[str]]:
    index: dict[str, list[str]] = {}
    for key in sorted(keys):
        if len(key) >= _SHORTEST and not key.isdecimal():
            for part in _shortened(key):
                index.setdefault(part, []).append(key)
    return index


def _shortened(key: str) -> set[str]:
    return {key, *(key[:i] + key[i + 1 :] for i in range(len(key)))}


def _slipped(one: str, other: str) -> bool:
    if len(one) == len(other):
        differing = [i for i, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
        return len(differing) == 1 or (len(differing) == 2 and sorted(one) == sorted(other))  # noqa: PLR2004  exchanged
    short, long = sorted((one, other), key=len)
    return short in _shortened(long)

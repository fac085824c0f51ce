"""What need not be looked at: customers alike, and sites or customers that others make needless."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from planner.model.classical._lists import IntArray
from planner.model.classical._solution import BoolArray, FloatArray

_SPARSE = 0.1


def alike(matrix: FloatArray | BoolArray) -> tuple[IntArray, IntArray]:
    """Return (K,) the first row of each kind, and (I,) the kind of each row."""
    rows = np.packbits(matrix.view(np.uint8), axis=1) if matrix.dtype == bool else np.ascontiguousarray(matrix)
    kinds: dict[bytes, int] = {}
    kind = np.array([kinds.setdefault(row.tobytes(), len(kinds)) for row in rows])
    return np.unique(kind, return_index=True)[1], kind


def undominated(reaches: BoolArray, cost: FloatArray | None = None) -> BoolArray:
    """Return (J,) bool, the columns that no other column makes needless.

    A column is needless where another reaches all that it reaches and costs no more; of columns alike the first stays.
    """
    own = reaches.sum(axis=0)
    if reaches.mean() < _SPARSE:
        matrix = sparse.csr_array(reaches, dtype=np.float64)
        shared = sparse.coo_array(matrix.T @ matrix)
        one, other, common = shared.row, shared.col, shared.data
    else:
        product = reaches.T.astype(np.float32) @ reaches.astype(np.float32)
        one, other = np.nonzero(product)
        common = product[one, other]
    price = np.zeros(len(own)) if cost is None else cost
    within = (common == own[one]) & (one != other) & (price[other] <= price[one])
    same = (own[one] == own[other]) & (price[one] == price[other])
    keep: BoolArray = own > 0
    keep[one[within & (~same | (other < one))]] = False
    return keep


def needed_rows(reaches: BoolArray) -> IntArray:
    """Return the rows that must be looked at where every row is to be reached: those that contain no other row."""
    first, _ = alike(reaches)
    return first[_containing_none(reaches[first])]


def _containing_none(reaches: BoolArray) -> BoolArray:
    """Return (I,) bool, the rows whose sites do not include all sites of another row; the rows differ."""
    own = reaches.sum(axis=1)
    matrix = sparse.csr_array(reaches, dtype=np.float64) if reaches.mean() < _SPARSE else reaches.astype(np.float32)
    shared = sparse.coo_array(matrix @ matrix.T)
    keep = np.ones(len(own), dtype=bool)
    keep[shared.row[(shared.data == own[shared.col]) & (shared.row != shared.col)]] = False
    return keep

"""What other choices would cost: the best other use of a facility, and the plan without it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from planner.model.problem import Floats, Ints

Level = Literal["none", "estimate", "exact"]


@dataclass(frozen=True)
class Evidence:
    """Losses in units of the weighted objective, persons-equivalent.

    Attributes
    ----------
    level : (F,) how each facility was examined: "none", "estimate" or "exact".
    other_use : (F, K) the best other uses by number, best first, -1 where there is none.
    other_loss : (F, K) what the plan loses with each, NaN where unknown.
    importance : (F,) what the plan loses without the facility, NaN where unknown.
    term : (F,) name of the term that loses most with the best other use, "" where unknown.
    resolution : losses below this are no measurable difference.
    """

    level: list[Level]
    other_use: Ints
    other_loss: Floats
    importance: Floats
    term: list[str]
    resolution: float


def no_evidence(facilities: int) -> Evidence:
    """Return that nothing is known of so many facilities."""
    return Evidence(
        level=["none"] * facilities,
        other_use=np.full((facilities, 1), -1, dtype=np.int64),
        other_loss=np.full((facilities, 1), np.nan),
        importance=np.full(facilities, np.nan),
        term=[""] * facilities,
        resolution=0.0,
    )

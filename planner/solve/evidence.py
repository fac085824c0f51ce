"""Evidence for every decision: the best other uses with what they would cost, and how much the facility matters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from planner.model.assembly import TERMS
from planner.model.problem import Floats, Problem
from planner.solve.examine import Consequence, Decided, Finding, examiner_of
from planner.solve.result import SolverOptions
from planner.solve.run import SolveSettings

Level = Literal["none", "estimate", "exact"]


@dataclass(frozen=True)
class Evidence:
    """What other choices would cost; losses in units of the weighted objective, persons-equivalent.

    Attributes
    ----------
    level : how facilities were examined. found : by facility; one that was not examined is not in it.
    weights : (T,) of the model's terms, in order. resolution : losses below this are no measurable difference.
    """

    level: Level = "none"
    found: Mapping[int, Finding] = field(default_factory=dict)
    weights: Floats = field(default_factory=lambda: np.zeros(len(TERMS)))
    resolution: float = 0.0

    def loss(self, consequence: Consequence) -> float:
        """Return a loss, 0 where it is no measurable difference."""
        return consequence.loss if consequence.loss >= self.resolution else 0.0

    def term(self, consequence: Consequence) -> str:
        """Return the name of the term that loses most, "" where there is no measurable difference."""
        return TERMS[int((self.weights * consequence.terms).argmax())] if self.loss(consequence) > 0 else ""


def gives_evidence(options: SolverOptions) -> bool:
    """Return whether a plan of this solver can be examined: by the solver that made it, which must be HiGHS."""
    return options.name.lower() == "highs"


def gather_evidence(  # noqa: PLR0913  a plan, how to solve it, what to examine and whom to tell
    problem: Problem,
    decided: Decided,
    settings: SolveSettings,
    level: Literal["estimate", "exact"],
    *,
    facilities: Sequence[int] | None = None,
    tick: Callable[[float], None] = lambda _share: None,
) -> Evidence:
    """Return the evidence of a plan.

    Parameters
    ----------
    problem : as solved, with the attainable shares. settings : of the solve; `threads` facilities are examined at the
        same time.
    facilities : those to examine; all without it. What the rules leave with one outcome, and what nothing else depends
        on, needs no solve and stays without evidence. Identical facilities are examined once.
    tick : is told the share that is done.
    """
    examiner = examiner_of(problem, decided, settings)
    asked = range(len(decided.use)) if facilities is None else facilities
    alike = examiner.alike([f for f in asked if examiner.has_choice(f)])
    found: dict[int, Finding] = {}
    threads = ThreadPoolExecutor(settings.options.threads or 1)
    try:
        findings = threads.map(lambda members: examiner.examine(int(members[0]), level), alike)
        for done, (members, finding) in enumerate(zip(alike, findings, strict=True), start=1):
            found |= dict.fromkeys(members.tolist(), finding) if finding is not None else {}
            tick(done / len(alike))
    finally:
        threads.shutdown(cancel_futures=True)
    weights = np.array([settings.weights.get(name, 0.0) for name in TERMS])
    return Evidence(level, found, weights, _resolution(decided, settings))


def _resolution(decided: Decided, settings: SolveSettings) -> float:
    """Return the proven gap, or the one that counts as optimal where that is more."""
    return max(decided.gap_abs or 0.0, settings.options.gap_abs or 0.0)

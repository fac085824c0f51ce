"""Evidence for every decision: the best other uses with what they would cost, and how much the facility matters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

import numpy as np

from planner.model.assembly import TERMS
from planner.model.problem import Floats, Ints, Problem
from planner.solve.examine import ALTERNATIVES, Examiner, Finding, examiner_of
from planner.solve.outcome import Outcome
from planner.solve.run import SolveSettings

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
    other_terms, importance_terms : (F, T) by how much each term grows with the best other use, and without the
        facility, in the term's own persons-equivalent; NaN where unknown. The terms are those of the model, in order.
    weights : (T,) of the terms.
    resolution : losses below this are no measurable difference.
    """

    level: list[Level]
    other_use: Ints
    other_loss: Floats
    importance: Floats
    other_terms: Floats
    importance_terms: Floats
    weights: Floats
    resolution: float


def no_evidence(facilities: int) -> Evidence:
    """Return that nothing is known of so many facilities."""
    return Evidence(
        level=["none"] * facilities,
        other_use=np.full((facilities, ALTERNATIVES), -1, dtype=np.int64),
        other_loss=np.full((facilities, ALTERNATIVES), np.nan),
        importance=np.full(facilities, np.nan),
        other_terms=np.full((facilities, len(TERMS)), np.nan),
        importance_terms=np.full((facilities, len(TERMS)), np.nan),
        weights=np.zeros(len(TERMS)),
        resolution=0.0,
    )


def gather_evidence(  # noqa: PLR0913  a plan, how to solve it, what to examine and whom to tell
    problem: Problem,
    outcome: Outcome,
    settings: SolveSettings,
    level: Literal["estimate", "exact"],
    *,
    facilities: Sequence[int] | None = None,
    tick: Callable[[float], None] = lambda _share: None,
) -> Evidence:
    """Return the evidence of a plan.

    Parameters
    ----------
    problem : as solved, with the attainable shares. outcome : its plan. settings : of the solve; `threads` facilities
        are examined at the same time, with HiGHS whatever solver made the plan.
    facilities : those to examine; all without it. What the rules leave with one outcome, and what nothing else depends
        on, needs no solve and stays without evidence. Identical facilities are examined once.
    tick : is told the share that is done.
    """
    examiner = examiner_of(problem, outcome.use, settings)
    asked = range(len(outcome.use)) if facilities is None else facilities
    alike = examiner.alike([f for f in asked if examiner.has_choice(f)])
    found: dict[int, Finding] = {}
    with ThreadPoolExecutor(settings.options.threads or 1) as threads:
        findings = threads.map(lambda members: examiner.examine(int(members[0]), level), alike)
        for done, (members, finding) in enumerate(zip(alike, findings, strict=True), start=1):
            found |= dict.fromkeys(members.tolist(), finding) if finding is not None else {}
            tick(done / len(alike))
    return _gathered(examiner, found, level, _resolution(outcome, settings))


def _resolution(outcome: Outcome, settings: SolveSettings) -> float:
    """Return the proven gap, or the one that counts as optimal where that is more."""
    return max(outcome.gap_abs or 0.0, settings.options.gap_abs or 0.0)


def _gathered(examiner: Examiner, found: dict[int, Finding], level: Level, resolution: float) -> Evidence:
    evidence = no_evidence(len(examiner.use))
    for f, finding in found.items():
        evidence.level[f] = level
        count = len(finding.uses)
        evidence.other_use[f, :count], evidence.other_loss[f, :count] = finding.uses, finding.losses
        if finding.terms is not None:
            evidence.other_terms[f] = finding.terms
        if finding.importance is not None and finding.importance_terms is not None:
            evidence.importance[f], evidence.importance_terms[f] = finding.importance, finding.importance_terms
    return Evidence(
        evidence.level,
        evidence.other_use,
        evidence.other_loss,
        evidence.importance,
        evidence.other_terms,
        evidence.importance_terms,
        examiner.weights,
        resolution,
    )

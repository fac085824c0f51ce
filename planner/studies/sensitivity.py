"""How sure a plan is: what is decided when weights, norms, demand, costs and unknown areas are varied."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from planner.catalogue.load import Range
from planner.errors import PlannerError
from planner.prepare import Clock, Prepared
from planner.sections import Sensitivity as Asked
from planner.solve import NoPlanError, Outcome, SolveSettings, solve_problem, with_attainable
from planner.solve.result import Status
from planner.studies.parallel import each
from planner.studies.variation import Variation, alone, drawn, ranges_in_use, varied_case

Kind = Literal["planned", "joint", "low", "high"]
_DIGITS = 3


@dataclass(frozen=True)
class Run:
    """What one variation gave.

    Attributes
    ----------
    status : of its solve; "infeasible" too where decisions no longer fit the rules. Figures are NaN without a plan.
    use : (F,) use of each facility, empty without a plan. served, unserved : persons, over all uses that people reach.
    million_vnd : cost. objective : weighted, less what is unavoidable under the run's own values.
    """

    status: Status
    use: np.ndarray
    served: float = np.nan
    unserved: float = np.nan
    million_vnd: float = np.nan
    objective: float = np.nan

    @property
    def proven(self) -> bool:
        """Whether its plan is proven optimal."""
        return self.status == "optimal"


class Try(NamedTuple):
    """A variation with its number, and what it is for; `key` is the range that is varied alone."""

    number: int
    kind: Kind
    key: str
    variation: Variation


@dataclass(frozen=True)
class Sensitivity:
    """The tables of the study; `joint` are the joint runs, in order."""

    holds: pd.DataFrame
    sensitivity: pd.DataFrame
    variation_runs: pd.DataFrame
    variation_draws: pd.DataFrame
    variation_ranges: pd.DataFrame


def settings_of_tries(prepared: Prepared) -> SolveSettings:
    """Return the settings for a solve beside others: one thread, and the clock of a try."""
    asked = prepared.scenario.studies.sensitivity or Asked()
    options = replace(prepared.settings.options, threads=1, time_limit_s=asked.time_limit_s)
    return replace(prepared.settings, options=options)


def carry_out(prepared: Prepared, variation: Variation) -> Run:
    """Decide the varied case on one thread."""
    settings = settings_of_tries(prepared)
    try:
        case = varied_case(prepared, variation)
        problem = with_attainable(case.problem, settings.options)
        outcome = solve_problem(problem, settings)
    except NoPlanError as error:
        return Run(error.status, np.zeros(0, dtype=np.int64))
    except PlannerError:
        return Run("infeasible", np.zeros(0, dtype=np.int64))
    return run_of(outcome, problem.service.demand, case.cost)


def run_of(outcome: Outcome, demand: np.ndarray, cost: np.ndarray) -> Run:
    """Return the figures of an outcome; (N,) demand in persons, (S, F, U) cost in million VND."""
    unserved = float(outcome.unserved.sum())
    spent = float(cost[:, np.arange(len(outcome.use)), outcome.use].sum())
    return Run(outcome.status, outcome.use, float(demand.sum()) - unserved, unserved, spent, outcome.objective)


def tries(prepared: Prepared) -> list[Try]:
    """Return what the scenario asks: the joint runs, then each range alone at either end."""
    asked = prepared.scenario.studies.sensitivity
    if asked is None:
        return []
    found = [Try(n, "joint", "", drawn(prepared, asked.seed, n)) for n in range(1, asked.runs + 1)]
    ranges, named = ranges_in_use(prepared), asked.one_at_a_time
    chosen = named if isinstance(named, tuple) else tuple(ranges) if named else ()
    for key, known in ((key, ranges[key]) for key in chosen if key in ranges):
        found.append(Try(len(found) + 1, "low", key, alone(prepared, key, known.low)))
        found.append(Try(len(found) + 1, "high", key, alone(prepared, key, known.high)))
    return found


def study_sensitivity(prepared: Prepared, outcome: Outcome, clock: Clock) -> Sensitivity:
    """Carry out all tries in processes of their own and return the tables."""
    asked = prepared.scenario.studies.sensitivity
    every = tries(prepared)
    workers = None if asked is None else asked.workers
    runs = each(carry_out, prepared, [t.variation for t in every], workers, clock.tick)
    planned = run_of(outcome, prepared.problem.service.demand, prepared.case.cost)
    return Sensitivity(
        holds=make_holds(prepared, planned, [r for t, r in zip(every, runs, strict=True) if t.kind == "joint"]),
        sensitivity=make_sensitivity(prepared, planned, every, runs),
        variation_runs=make_runs(prepared, planned, every, runs),
        variation_draws=make_draws(prepared, every),
        variation_ranges=make_ranges(prepared),
    )


def changed(planned: Run, run: Run) -> int | None:
    """Return how many decisions differ from the plan; None where no plan is proven."""
    return int((run.use != planned.use).sum()) if run.proven else None


def make_holds(prepared: Prepared, planned: Run, joint: Sequence[Run]) -> pd.DataFrame:
    """Return in how many of the proven joint runs each decision holds, those that hold least first.

    `other_use` is the use that came most often instead.
    """
    proven = np.array([run.use for run in joint if run.proven], dtype=np.int64)
    if not len(proven):
        return pd.DataFrame()
    uses, table, count = prepared.case.uses, prepared.inputs.facilities, len(proven)
    holds = (proven == planned.use).sum(axis=0)
    rows = []
    for f, (name, u) in enumerate(zip(table["facility_id"], planned.use, strict=True)):
        others = Counter(int(other) for other in proven[:, f] if other != u)
        other, times = min(others.items(), key=lambda found: (-found[1], found[0])) if others else (None, 0)
        about = (name, table["name"].iat[f], table["commune_name"].iat[f], uses[u].key, int(holds[f]), count)
        instead = None if other is None else uses[other].key
        rows.append((*about, round(holds[f] / count, _DIGITS), instead, times or None))
    columns = ["facility_id", "name", "commune_name", "new_use", "holds", "runs", "holds_share", "other_use", "other"]
    found = pd.DataFrame(rows, columns=columns).astype({"other": "Int64"})
    return found.sort_values(["holds", "facility_id"], kind="stable", ignore_index=True)


def make_sensitivity(prepared: Prepared, planned: Run, every: Sequence[Try], runs: Sequence[Run]) -> pd.DataFrame:
    """Return what each range changes alone at either end, what changes most decisions first.

    Changes of persons served and of the objective are against the plan, NaN where no plan is proven; the objective is
    priced by the run's own values.
    """
    ends: dict[str, dict[str, Run]] = {}
    for tried, run in zip(every, runs, strict=True):
        if tried.key:
            ends.setdefault(tried.key, {})[tried.kind] = run
    rows = []
    for key, found in ends.items():
        known = prepared.catalogue.ranges[key]
        row: dict[str, object] = {"parameter": key, "name": known.label(prepared.scenario.language)}
        for end, factor in (("low", known.low), ("high", known.high)):
            run, ok = found[end], found[end].proven
            row |= {
                f"{end}": factor,
                f"status_{end}": run.status,
                f"changed_{end}": changed(planned, run),
                f"served_{end}": round(run.served - planned.served, _DIGITS) if ok else np.nan,
                f"objective_{end}": round(run.objective - planned.objective, _DIGITS) if ok else np.nan,
            }
        rows.append(row)
    if not rows:
        return pd.DataFrame()
    table = pd.DataFrame(rows).astype({"changed_low": "Int64", "changed_high": "Int64"})
    table["swing"] = table[["changed_low", "changed_high"]].max(axis=1)
    table = table.sort_values(["swing", "parameter"], ascending=[False, True], ignore_index=True)
    names = ("", "status_", "changed_", "served_", "objective_")
    return table[["parameter", "name", *(f"{name}{end}" for name in names for end in ("low", "high")), "swing"]]


def make_runs(prepared: Prepared, planned: Run, every: Sequence[Try], runs: Sequence[Run]) -> pd.DataFrame:
    """Return one row a run, the plan first: what varied, status, figures, decisions changed."""
    ranges, language = prepared.catalogue.ranges, prepared.scenario.language
    first = Try(0, "planned", "", Variation())
    rows = [
        (
            tried.number,
            tried.kind,
            ranges[tried.key].label(language) if tried.key else None,
            run.status,
            changed(planned, run) if tried.number else 0,
            *(round(v, _DIGITS) for v in (run.served, run.unserved, run.million_vnd, run.objective)),
        )
        for tried, run in zip([first, *every], [planned, *runs], strict=True)
    ]
    columns = ["run", "kind", "name", "status", "changed", "served", "unserved", "cost_million_vnd", "objective"]
    return pd.DataFrame(rows, columns=columns).astype({"changed": "Int64"})


def make_draws(prepared: Prepared, every: Sequence[Try]) -> pd.DataFrame:
    """Return the factors of each joint run, one row a run and range; those of single facilities are left out."""
    ranges = ranges_in_use(prepared)
    rows = [
        (tried.number, key, ranges[key].label(prepared.scenario.language), round(factor, 6))
        for tried in every
        if tried.kind == "joint"
        for key, factor in tried.variation.factors.items()
    ]
    return pd.DataFrame(rows, columns=["run", "parameter", "name", "factor"]) if rows else pd.DataFrame()


def make_ranges(prepared: Prepared) -> pd.DataFrame:
    """Return what was varied and how far, with what the span rests on."""
    language, ranges = prepared.scenario.language, ranges_in_use(prepared)

    def row(key: str, found: Range) -> dict[str, object]:
        return {
            "parameter": key,
            "name": found.label(language),
            "low": found.low,
            "high": found.high,
            "unit": prepared.catalogue.ranges[key].unit_label(language),
            "varied": ", ".join((*found.changes, *found.columns, found.unknown)).strip(", "),
            "source": found.source,
            "legal_basis": found.basis(language),
            "valid_from": f"{found.valid_from:%Y-%m-%d}",
            "confidence": found.confidence,
        }

    return pd.DataFrame([row(key, found) for key, found in ranges.items()])

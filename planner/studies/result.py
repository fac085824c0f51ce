"""The tables of the studies."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd


@dataclass(frozen=True)
class Studies:
    """What was studied beside the plan; a table without rows where the scenario did not ask.

    Attributes
    ----------
    holds : one row a facility: in how many of the proven joint runs its decision holds.
    sensitivity : one row a range of the catalogue: what it changes alone at either end, most first.
    variation_runs : one row a run: status, figures, decisions changed; run 0 is the plan.
    variation_draws : the factors of the joint runs. variation_ranges : what was varied, how far, and on what ground.
    frontier : coverage against money, one row an amount; see `planner.studies.frontier`.
    protections : what each protection of fairness costs. protection_classes : whom it gives and takes, by class.
    tau_curve : the price of fairness along tau. lagging : communes far below their own best, and why.
    other_plans : the plan and alternatives as good, one row each. other_decisions : what they decide otherwise.
    surveys : one row an open question about a facility: how much its answer could change the plan, most first.
    """

    holds: pd.DataFrame = field(default_factory=pd.DataFrame)
    sensitivity: pd.DataFrame = field(default_factory=pd.DataFrame)
    variation_runs: pd.DataFrame = field(default_factory=pd.DataFrame)
    variation_draws: pd.DataFrame = field(default_factory=pd.DataFrame)
    variation_ranges: pd.DataFrame = field(default_factory=pd.DataFrame)
    frontier: pd.DataFrame = field(default_factory=pd.DataFrame)
    protections: pd.DataFrame = field(default_factory=pd.DataFrame)
    protection_classes: pd.DataFrame = field(default_factory=pd.DataFrame)
    tau_curve: pd.DataFrame = field(default_factory=pd.DataFrame)
    lagging: pd.DataFrame = field(default_factory=pd.DataFrame)
    other_plans: pd.DataFrame = field(default_factory=pd.DataFrame)
    other_decisions: pd.DataFrame = field(default_factory=pd.DataFrame)
    surveys: pd.DataFrame = field(default_factory=pd.DataFrame)

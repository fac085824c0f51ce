"""Fairness on the sample province with tau = 0.9: who stays below, what each protection and each tau costs.

Run with `python -m benchmarks.fairness [--tight]`. It ends with code 1 where a solve is not proven, or where a commune
stays below 0.7 of its own best and the study cannot say why.
"""

from __future__ import annotations

import argparse
import sys
import time

from benchmarks.audit import SAMPLE
from benchmarks.machine import tell
from planner.model.build import build
from planner.prepare import NoClock, prepare
from planner.scenario import Scenario
from planner.sections import Protections
from planner.solve import solve_problem
from planner.studies.protections import study_protections

TAU = 0.9
COLUMNS = {
    "protections": ("protection", "status", "price", "price_of_fairness_share", "served", "served_without", "changed"),
    "protection_classes": ("protection", "priority_class", "served", "served_without", "gained"),
    "tau_curve": ("tau", "status", "price", "price_of_fairness_share", "served", "worst_own_best_share",
                  "next_worst_own_best_share", "gini", "gini_own_best", "lowest_decile_share"),
    "lagging": ("commune_code", "own_best_share", "why", "price", "loss_term", "gained", "others_lost"),
}  # fmt: skip


def main(arguments: list[str]) -> int:
    """Carry out the study and return 0 where everything is proven and every low commune explained."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fairness", description=__doc__)
    parser.add_argument("--tight", action="store_true", help="with 100 bn VND in place of 600")
    tight = parser.parse_args(arguments).tight
    file = SAMPLE.with_name("lao-cai-tight-budget.toml") if tight else SAMPLE
    scenario = Scenario.load(file, fairness__tau=TAU, fairness__area_share_min=0.5)
    prepared = prepare(scenario, scenario.read(), NoClock())
    model = build(prepared.problem, prepared.settings.weights)
    outcome = solve_problem(prepared.problem, prepared.settings, model)
    began = time.perf_counter()
    tables = study_protections(prepared, model, outcome, Protections(), NoClock())
    tell(f"{len(tables['protections'])} protections and {len(tables['tau_curve'])} tau: "
         f"{time.perf_counter() - began:.1f} s, {scenario.solver.threads} threads")  # fmt: skip
    for name, columns in COLUMNS.items():
        tell(f"{name}: {len(tables[name])} rows")
        for line in tables[name][list(columns)].to_string(index=False, float_format="{:,.4f}".format).splitlines():
            tell(line)
    proven = all((tables[name]["status"] == "optimal").all() for name in ("protections", "tau_curve"))
    explained = bool((~tables["lagging"]["why"].isin(["unknown", "not_examined"])).all())
    return 0 if outcome.status == "optimal" and proven and explained else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

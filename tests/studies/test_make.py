"""Studies are carried out when the scenario asks, and their progress is one way forward."""

from __future__ import annotations

from pathlib import Path

from planner.model.build import build
from planner.prepare import NoClock, Prepared, prepare
from planner.scenario import Scenario
from planner.solve import solve_problem
from planner.studies.make import make_studies
from planner.studies.result import Studies
from tests.tiny import write_tiny

ASKED = """
[studies.frontier]
points = 2
[studies.protections]
tau = [0.0, 0.9]
most_examined = 0
[studies.other_plans]
count = 1
"""


class Told(NoClock):
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.shares: list[float] = []

    def tick(self, share: float) -> None:
        self.shares.append(share)


def studied(folder: Path, more: str, clock: NoClock) -> Studies:
    scenario = Scenario.load(write_tiny(folder, more=more))
    prepared: Prepared = prepare(scenario, scenario.read(), clock)
    model = build(prepared.problem, prepared.settings.weights)
    return make_studies(prepared, model, solve_problem(prepared.problem, prepared.settings, model), clock)


def test_progress_goes_one_way_through_all_studies(tmp_path: Path) -> None:
    clock = Told()
    studies = studied(tmp_path, ASKED, clock)
    assert len(studies.frontier)
    assert len(studies.protections)
    assert clock.shares == sorted(clock.shares)
    assert 0.6 < clock.shares[-1] <= 1  # the last third tells that it begins


def test_what_nobody_asked_for_is_not_studied(tmp_path: Path) -> None:
    studies = studied(tmp_path, "", Told())
    assert not any(len(table) for table in vars(studies).values())

"""What building the model and handing it over takes beside HiGHS's own time in the same solve of the sample.

Run with `python -m benchmarks.building [SCENARIO.toml]`. Each of five runs is a process of its own. Building: the PuLP
model. Handing over: all that happens besides `Highs.run` until the plan is found, tightening included. HiGHS: its runs
in the whole weighted solve, the flows of the plan and the bounds of its stages included. A second solve of the same
model tells what re-solving costs without HiGHS.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

import highspy

from benchmarks.machine import tell
from planner.model.build import build
from planner.prepare import solve_settings
from planner.problem import make_case
from planner.scenario import Scenario
from planner.solve import with_attainable
from planner.solve.solver import solve
from planner.solve.weighted import read_outcome, solve_tightened, tightened

SAMPLE = Path(__file__).parents[1] / "scenarios" / "lao-cai.toml"
RUNS, BAR = 5, 0.05


def measure(scenario: Scenario) -> dict[str, float]:
    """Return seconds of processor time: to build, to hand over, of HiGHS, and to hand over once more."""
    settings = solve_settings(scenario)
    case = make_case(scenario, scenario.read(), scenario.load_catalogue())
    problem = with_attainable(case.problem, settings.options)
    inside = _timed_highs()
    start = time.process_time()
    model = build(problem, settings.weights)
    built = time.process_time()
    solved = solve_tightened(problem, model, settings.weights, settings.options)
    hand_over = time.process_time() - built - sum(inside)
    read_outcome(solved, settings.options)
    done, highs = time.process_time(), sum(inside)
    solve(model.lp, tightened(settings.options), live=solved.live)
    again = time.process_time() - done - (sum(inside) - highs)
    return {"build": built - start, "hand_over": hand_over, "highs": highs, "again": again}


def _timed_highs() -> list[float]:
    """Return a list that fills with the processor time of each run of HiGHS."""
    seconds: list[float] = []
    run = highspy.Highs.run

    def timed(highs: highspy.Highs) -> Any:  # noqa: ANN401 - a status of HiGHS
        start = time.process_time()
        status = run(highs)
        seconds.append(time.process_time() - start)
        return status

    setattr(highspy.Highs, "run", timed)  # noqa: B010 - a method may not be assigned to
    return seconds


def main(arguments: list[str]) -> int:
    """Measure five times; return 1 where the median share is above the bar."""
    if arguments[:1] == ["--one"]:
        sys.stdout.write(json.dumps(measure(Scenario.load(arguments[1]))) + "\n")
        return 0
    path = arguments[0] if arguments else str(SAMPLE)
    shares = []
    tell(f"{'build s':>9}{'hand over s':>13}{'HiGHS s':>9}{'share':>8}{'re-solve, hand over s':>23}")
    for _ in range(RUNS):
        command = [sys.executable, "-m", "benchmarks.building", "--one", path]
        run = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)  # noqa: S603 - own module
        shares.append((run["build"] + run["hand_over"]) / run["highs"])
        tell(
            f"{run['build']:>9.3f}{run['hand_over']:>13.3f}{run['highs']:>9.2f}{shares[-1]:>8.1%}{run['again']:>23.3f}"
        )
    tell(f"median {median(shares):.1%}, asked at most {BAR:.0%}")
    return 0 if median(shares) <= BAR else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

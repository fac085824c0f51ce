"""`planner explain`: why one facility has its use."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from planner.catalogue.load import Language
from planner.commands.common import SHOWN, Commands, add_language, tell
from planner.errors import ExitCode, PlannerError
from planner.progress import Stopwatch, progress

if TYPE_CHECKING:
    from planner.outputs.explanations import Explanation
    from planner.outputs.run_folder import Run


def add(commands: Commands) -> None:
    """Add the command and its options."""
    explain = commands.add_parser("explain", help="giải thích một cơ sở · why a facility has its use")
    explain.add_argument("folder", type=Path, metavar="DIR", help="thư mục kết quả · folder of a run")
    explain.add_argument("facility", metavar="FACILITY_ID", help="mã cơ sở · the facility")
    explain.add_argument(
        "--exact",
        action="store_true",
        help="giải lại toàn bộ phương án · solve the whole plan again",
    )
    add_language(explain)


def carry_out(args: argparse.Namespace, clock: Stopwatch) -> ExitCode:
    """Print the decision with its reason, what else was possible, and what is excluded."""
    from planner.outputs import console
    from planner.outputs.explanations import explanation_lines
    from planner.outputs.run_folder import read_run

    language: Language = args.lang or "vi"
    try:
        run = read_run(args.folder, language)
        language = args.lang or run.language
        found = run.explanation(args.facility)
        if args.exact:
            with progress(language, sys.stderr) as clock.announce:
                found = _exact(run, args.facility, clock)
    except PlannerError as error:
        tell(console.record_lines(error.records, language, most=SHOWN))
        return error.code
    print("\n".join(explanation_lines(found, language)))
    return ExitCode.DONE


def _exact(run: Run, facility_id: str, clock: Stopwatch) -> Explanation:
    """Solve the run's scenario again, and again without the facility's use and without the facility."""
    from planner.outputs.explanations import explanation
    from planner.plan.make import examine_again
    from planner.scenario import Scenario

    run.refuse_made_by_hand()
    with clock.lap("read"):
        scenario = Scenario.load(run.scenario_file, **run.overrides)
        inputs = scenario.read()
        run.refuse_other_inputs(inputs)
    return explanation(examine_again(scenario, inputs, facility_id, clock), facility_id)

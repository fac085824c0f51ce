"""`planner run`: make a plan."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from planner.catalogue.load import Language
from planner.commands.common import SHOWN, Commands, add_scenario, load, plan_run, refuse, tell
from planner.errors import ExitCode, PlannerError
from planner.progress import Stopwatch, progress

if TYPE_CHECKING:
    from planner.plan.result import Plan
    from planner.scenario import Scenario


def add(commands: Commands) -> None:
    """Add the command and its options."""
    run = commands.add_parser("run", help="lập phương án vào thư mục DIR · make a plan in the folder DIR")
    add_scenario(run)
    run.add_argument("--out", required=True, type=Path, metavar="DIR", help="thư mục kết quả · folder of the results")
    run.add_argument(
        "--decisions",
        type=Path,
        nargs="+",
        metavar="FILE",
        help="bảng tính đã rà soát, hoặc bảng ý kiến · reviewed workbooks, or tables of decisions",
    )
    run.add_argument("--explain", choices=["none", "estimate", "exact"], help="mức giải thích · level of evidence")
    run.add_argument("--force", action="store_true", help="thay thế cả khi có tệp đã sửa · replace changed files too")


def carry_out(args: argparse.Namespace, clock: Stopwatch) -> ExitCode:
    """Make the plan, write its folder and print its summary."""
    return write_run(args, clock, plan_run)


def write_run(args: argparse.Namespace, clock: Stopwatch, make: Callable[[Scenario, Stopwatch], Plan]) -> ExitCode:
    """Make a plan of the scenario that the arguments ask for, write its folder and print its summary."""
    language: Language = args.lang or "vi"
    problems = args.out.resolve().with_name(f"{args.out.resolve().name}.problems.csv")
    try:
        with clock.lap("read"):
            from planner.outputs import console, folder

            scenario = load(args)
            language = scenario.language
            if not args.force:
                folder.refuse_to_overwrite(args.out.resolve(), language)
        clock.warned = lambda records: tell(console.record_lines(records, language, most=SHOWN))
        with progress(language, sys.stderr) as clock.announce:
            plan = make(scenario, clock)
            kept = folder.where_kept(args.out.resolve())
            folder.save_run(plan, args.out, clock=clock, force=args.force)
    except PlannerError as error:
        return refuse(error, language, args.out, problems)
    problems.unlink(missing_ok=True)
    print("\n".join(console.summary_lines(plan, clock.seconds())))
    if kept is not None:
        print(console.say("kept_aside", language, path=kept))
    print(f"{console.say('map', language)}: {args.out / folder.MAP}")
    print(f"{console.say('workbook', language)}: {args.out / folder.WORKBOOK}")
    return ExitCode.DONE

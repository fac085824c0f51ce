"""`planner evaluate`: price a plan made by hand."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from planner.commands.common import Commands, add_scenario
from planner.commands.run import write_run

if TYPE_CHECKING:
    from planner.errors import ExitCode
    from planner.plan.result import Plan
    from planner.progress import Stopwatch
    from planner.scenario import Scenario


def add(commands: Commands) -> None:
    """Add the command and its options."""
    evaluate = commands.add_parser(
        "evaluate", help="tính số liệu cho phương án lập tay · figures of a plan made by hand"
    )
    add_scenario(evaluate)
    evaluate.add_argument(
        "--plan",
        required=True,
        type=Path,
        metavar="FILE",
        help="bảng mã cơ sở và công năng mới (.xlsx, .csv) · table of facilities and new uses",
    )
    evaluate.add_argument(
        "--out", required=True, type=Path, metavar="DIR", help="thư mục kết quả · folder of the results"
    )
    evaluate.add_argument(
        "--force", action="store_true", help="thay thế cả khi có tệp đã sửa · replace changed files too"
    )


def carry_out(args: argparse.Namespace, clock: Stopwatch) -> ExitCode:
    """Price the plan, write its folder and print its summary."""

    def price(scenario: Scenario, clock: Stopwatch) -> Plan:
        with clock.lap("read"):
            from planner.inputs import read_inputs
            from planner.plan.evaluate import evaluate_plan

            inputs = read_inputs(scenario, clock)
        return evaluate_plan(scenario, inputs, args.plan, clock)

    return write_run(args, clock, price)

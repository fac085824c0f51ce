"""`planner compare`: what differs between two runs."""

from __future__ import annotations

import argparse
from pathlib import Path

from planner.catalogue.load import Language
from planner.commands.common import SHOWN, Commands, add_language, tell
from planner.errors import ExitCode, PlannerError
from planner.progress import Stopwatch


def add(commands: Commands) -> None:
    """Add the command and its options."""
    compare = commands.add_parser("compare", help="so sánh hai phương án đã lập · compare two runs")
    compare.add_argument("a", type=Path, metavar="DIR_A", help="thư mục kết quả A · folder of run A")
    compare.add_argument("b", type=Path, metavar="DIR_B", help="thư mục kết quả B · folder of run B")
    compare.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="bảng tính .xlsx kèm bản đồ .html, hoặc chỉ bản đồ .html · workbook with map beside it, or map alone",
    )
    add_language(compare)
    compare.add_argument("--force", action="store_true", help="thay thế tệp đã có · replace the files")


def carry_out(args: argparse.Namespace, _clock: Stopwatch) -> ExitCode:
    """Compare, write what was asked for and print the summary."""
    from planner.outputs import console
    from planner.outputs.comparison import refuse_existing
    from planner.outputs.past_run import read_sides
    from planner.plan.compare import compare_sides, language_of

    language: Language = args.lang or "vi"
    try:
        a, b = read_sides((args.a, args.b), language)
        language = args.lang or language_of(a)
        if args.out:
            refuse_existing(args.out, language, force=args.force)
        comparison = compare_sides(a, b, language)
        files = comparison.save(args.out, force=args.force) if args.out else []
    except PlannerError as error:
        tell(console.record_lines(error.records, language, most=SHOWN))
        return error.code
    print("\n".join(console.comparison_lines(comparison)))
    for path in files:
        print(f"{console.say('map' if path.suffix == '.html' else 'workbook', language)}: {path}")
    return ExitCode.DONE

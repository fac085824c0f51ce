"""`planner split`: one workbook a commune, to be reviewed."""

from __future__ import annotations

import argparse
from pathlib import Path

from planner.catalogue.load import Language
from planner.commands.common import SHOWN, Commands, add_language, tell
from planner.errors import ExitCode, PlannerError
from planner.progress import Stopwatch


def add(commands: Commands) -> None:
    """Add the command and its options."""
    split = commands.add_parser("split", help="tách bảng rà soát theo xã · split a run's review by commune")
    split.add_argument("run", type=Path, metavar="DIR", help="thư mục kết quả · folder of a run")
    split.add_argument("--out", required=True, type=Path, metavar="FOLDER", help="thư mục mới · a new folder")
    add_language(split)


def carry_out(args: argparse.Namespace, _clock: Stopwatch) -> ExitCode:
    """Read the run and write the workbooks."""
    from planner.outputs import console
    from planner.outputs.parts import read_review, write_parts

    language: Language = args.lang or "vi"
    try:
        review = read_review(args.run.resolve(), args.lang)
        language = review.language
        written = write_parts(review, args.out.resolve())
    except PlannerError as error:
        tell(console.record_lines(error.records, language, most=SHOWN))
        return error.code
    print(console.say("split_written", language, n=len(written), path=args.out))
    if review.secrecy:
        print(review.secrecy)
    return ExitCode.DONE

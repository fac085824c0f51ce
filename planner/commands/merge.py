"""`planner merge`: the verdicts of several answers in one table."""

from __future__ import annotations

import argparse
from pathlib import Path

from planner.catalogue.load import Language
from planner.commands.common import SHOWN, Commands, add_language, tell
from planner.errors import ExitCode, PlannerError
from planner.progress import Stopwatch


def add(commands: Commands) -> None:
    """Add the command and its options."""
    merge = commands.add_parser("merge", help="tổng hợp ý kiến từ các tệp đã điền · put answers together")
    merge.add_argument("files", type=Path, nargs="+", metavar="FILE", help="tệp đã điền · files that were filled in")
    merge.add_argument("--out", required=True, type=Path, metavar="FILE.xlsx", help="bảng ý kiến · table of decisions")
    add_language(merge)
    merge.add_argument("--force", action="store_true", help="thay thế tệp đã có · replace the file")


def carry_out(args: argparse.Namespace, _clock: Stopwatch) -> ExitCode:
    """Read all answers, tell what contradicts itself and who is missing, and write the table."""
    from planner.outputs import console
    from planner.outputs.merged import merge, write_merged

    language: Language = args.lang or "vi"
    try:
        merged = merge([path.resolve() for path in args.files], language)
        write_merged(merged, args.out.resolve(), language, force=args.force)
    except PlannerError as error:
        tell(console.record_lines(error.records, language, most=SHOWN))
        return error.code
    for name, count in merged.counts.items():
        print(console.say("merge_file" if count else "merge_empty", language, name=name, n=count))
    if merged.missing:
        print(console.say("merge_missing", language, communes="; ".join(merged.missing)))
    told = [record for record in merged.records if record.rule != "columns-matched"]
    print("\n".join(console.record_lines(told, language, most=SHOWN)))
    print(console.say("merge_written", language, n=len(merged.decisions), path=args.out))
    return ExitCode.DONE

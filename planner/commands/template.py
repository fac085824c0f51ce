"""`planner template`: a workbook to be filled in."""

from __future__ import annotations

import argparse
from pathlib import Path

from planner.catalogue.load import Language
from planner.commands.common import SHOWN, Commands, add_language, tell
from planner.errors import ExitCode, PlannerError
from planner.progress import Stopwatch


def add(commands: Commands) -> None:
    """Add the command and its options."""
    template = commands.add_parser("template", help="tạo biểu mẫu để điền · write a workbook to be filled in")
    template.add_argument("out", type=Path, metavar="FILE.xlsx", help="tệp biểu mẫu · the workbook")
    add_language(template)
    template.add_argument("--force", action="store_true", help="thay thế tệp đã có · replace the file")


def carry_out(args: argparse.Namespace, _clock: Stopwatch) -> ExitCode:
    """Write the template."""
    from planner.outputs import console
    from planner.outputs.template import write_template

    language: Language = args.lang or "vi"
    try:
        write_template(args.out, language, force=args.force)
    except PlannerError as error:
        tell(console.record_lines(error.records, language, most=SHOWN))
        return error.code
    print(console.say("template_written", language, path=args.out))
    return ExitCode.DONE

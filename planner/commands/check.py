"""`planner check`: check a scenario or a list of facilities."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from planner.catalogue.load import Language
from planner.commands.common import SHOWN, Commands, add_scenario, load
from planner.errors import ExitCode, PlannerError, Record
from planner.progress import Stopwatch, progress

_SHOWN = 3


def add(commands: Commands) -> None:
    """Add the command and its options."""
    check = commands.add_parser("check", help="kiểm tra phương án, danh mục · check a scenario or a list")
    add_scenario(check, "SCENARIO.toml|INVENTORY", "tệp phương án hoặc danh mục · scenario or list of facilities")
    check.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="bản sao có đánh dấu (.xlsx) hoặc danh sách phát hiện (.csv) · marked copy or list of findings",
    )
    check.add_argument(
        "--against", type=Path, metavar="OLD", help="danh mục lần trước, để so sánh · the last list, to compare with"
    )
    check.add_argument("--force", action="store_true", help="thay thế bản sao đã có · replace an earlier copy")


def carry_out(args: argparse.Namespace, _clock: Stopwatch) -> ExitCode:
    """Check, print what was found and write the marked copies."""
    language: Language = args.lang or "vi"
    from planner.outputs import console

    try:
        from planner.inputs import examine
        from planner.inputs.read import inputs_of
        from planner.outputs import marked
        from planner.outputs.against import compare
        from planner.prepare import foresee

        scenario = load(args)
        language = scenario.language
        copies = marked.copies(scenario.inputs.facilities, args.out, language, force=args.force)
        with progress(language, sys.stderr) as announce:
            clock = Stopwatch(announce=announce)
            reading = examine(scenario, clock)
            if scenario.inputs.communes is not None and reading.complete is not None and not reading.errors:
                with clock.lap("travel"):
                    reading.records += foresee(scenario, inputs_of(reading, reading.complete))
        changes = compare(reading, args.against) if args.against else None
        print("\n".join(console.check_lines(reading, most=_SHOWN)))
        if changes is not None:
            print(console.change_line(changes, args.against.name, language))
        marked.write_marked(reading, copies, changes)
    except PlannerError as error:
        print("\n".join(console.record_lines(error.records, language, most=SHOWN)))
        if error.code == ExitCode.BAD_INPUT:
            _write_findings(error.records, args.out, language)
        return error.code
    if copies:
        print(
            "\n".join(console.say("marked_copy", language, path=copy, name=path.name) for path, copy in copies.items())
        )
    else:
        _write_findings(reading.records, args.out, language)
    if args.out is None and reading.sheets:
        print(f"\n{console.say('no_copy', language)}")
    return ExitCode.BAD_INPUT if reading.errors else ExitCode.DONE


def _write_findings(records: Sequence[Record], out: Path | None, language: Language) -> None:
    from planner.outputs import console
    from planner.outputs.tables import write_checks_csv

    if out is not None and out.suffix.lower() == ".csv":
        out.parent.mkdir(parents=True, exist_ok=True)
        write_checks_csv(records, out)
        print(console.say("all_records", language, path=out))

"""The command line: `planner run`, `planner check` and `planner template`."""

from __future__ import annotations

import argparse
import io
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner import __version__
from planner.catalogue.load import Language
from planner.errors import ExitCode, PlannerError, Record
from planner.progress import Stopwatch, progress

if TYPE_CHECKING:
    from planner.plan.result import Plan
    from planner.scenario import Scenario

_INTERRUPTED = 130
_SHOWN_BY_RUN = 20
_SHOWN_BY_CHECK = 3


def main(argv: list[str] | None = None) -> int:
    """Carry out a command line and return its exit code; see `planner.errors.ExitCode`."""
    clock = Stopwatch.of_run()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8")
    args = _parser().parse_args(argv)
    try:
        return int(_run(args, clock) if args.command == "run" else _COMMANDS[args.command](args))
    except KeyboardInterrupt:
        from planner.outputs.console import say

        print(say("stopped", args.lang or "vi"), file=sys.stderr)
        return _INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="planner",
        description="Phương án sử dụng trụ sở, nhà đất dôi dư · New uses for surplus public buildings and land",
    )
    parser.add_argument("--version", action="version", version=f"planner {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="run | check | template")

    run = commands.add_parser("run", help="lập phương án vào thư mục DIR · make a plan in the folder DIR")
    _add_scenario(run)
    run.add_argument("--out", required=True, type=Path, metavar="DIR", help="thư mục kết quả · folder of the results")
    run.add_argument(
        "--decisions", type=Path, metavar="FILE", help="bảng quyết định (require, forbid, approve, release) · decisions"
    )
    run.add_argument("--explain", choices=["none"], help="mức giải thích · level of evidence")
    run.add_argument("--force", action="store_true", help="thay thế cả khi có tệp đã sửa · replace changed files too")

    check = commands.add_parser("check", help="kiểm tra phương án, danh mục · check a scenario or a list")
    _add_scenario(check, "SCENARIO.toml|INVENTORY", "tệp phương án hoặc danh mục · scenario or list of facilities")
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

    template = commands.add_parser("template", help="tạo biểu mẫu để điền · write a workbook to be filled in")
    template.add_argument("out", type=Path, metavar="FILE.xlsx", help="tệp biểu mẫu · the workbook")
    _add_language(template)
    template.add_argument("--force", action="store_true", help="thay thế tệp đã có · replace the file")
    return parser


def _add_language(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--lang", choices=["vi", "en"], help="ngôn ngữ của kết quả · language of the results")


def _add_scenario(
    parser: argparse.ArgumentParser, name: str = "SCENARIO.toml", about: str = "tệp phương án · scenario file"
) -> None:
    parser.add_argument("scenario", type=Path, metavar=name, help=about)
    _add_language(parser)
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        type=setting,
        metavar="KEY=VALUE",
        help="thay một khóa của phương án · replace a key of the scenario (budget.renovation_million_vnd=90000)",
    )


def setting(text: str) -> tuple[str, Any]:
    """Read `key=value`; the value is TOML where it can be, otherwise text."""
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise argparse.ArgumentTypeError(f"{text!r}: KEY=VALUE")
    try:
        parsed = tomllib.loads(f"value = {value}")
    except tomllib.TOMLDecodeError:
        return key.strip(), value
    return key.strip(), parsed["value"] if len(parsed) == 1 else value


def _run(args: argparse.Namespace, clock: Stopwatch) -> ExitCode:
    language: Language = args.lang or "vi"
    problems = args.out.resolve().with_name(f"{args.out.resolve().name}.problems.csv")
    try:
        with clock.lap("read"):
            from planner.outputs import console, folder

            scenario = _load(args)
            language = scenario.language
            if not args.force:
                folder.refuse_to_overwrite(args.out.resolve(), language)
        with progress(language, sys.stderr) as clock.announce:
            plan = plan_run(scenario, clock)
            kept = folder.where_kept(args.out.resolve())
            folder.save_run(plan, args.out, clock=clock, force=args.force)
    except PlannerError as error:
        return _refuse(error, language, args.out, problems)
    problems.unlink(missing_ok=True)
    print("\n".join(console.summary_lines(plan, clock.seconds())))
    if kept is not None:
        print(console.say("kept_aside", language, path=kept))
    print(f"{console.say('map', language)}: {args.out / folder.MAP}")
    print(f"{console.say('workbook', language)}: {args.out / folder.WORKBOOK}")
    return ExitCode.DONE


def plan_run(scenario: Scenario, clock: Stopwatch) -> Plan:
    """Read, check and solve a scenario under a stopwatch."""
    with clock.lap("read"):
        from planner.inputs import read_inputs
        from planner.plan import make_plan

        inputs = read_inputs(scenario, clock)
    return make_plan(scenario, inputs, clock)


def _load(args: argparse.Namespace) -> Scenario:
    from planner.scenario import Scenario

    overrides: dict[str, Any] = dict(args.set)
    if args.lang:
        overrides["language"] = args.lang
    if getattr(args, "decisions", None):
        overrides["inputs.decisions"] = args.decisions.resolve()
    if getattr(args, "explain", None):
        overrides["explain.level"] = args.explain
    if args.command == "check" and args.scenario.suffix.lower() != ".toml":
        return Scenario.of_inventory(args.scenario, **overrides)
    return Scenario.load(args.scenario, **overrides)


def _refuse(error: PlannerError, language: Language, out: Path, problems: Path) -> ExitCode:
    """Show why a run ended without a plan; unless the command line was wrong, the records also go beside the folder."""
    from planner.outputs import console
    from planner.outputs.tables import write_checks_csv

    _tell(console.record_lines(error.records, language, most=_SHOWN_BY_RUN))
    if error.code != ExitCode.WRONG_COMMAND:
        problems.parent.mkdir(parents=True, exist_ok=True)
        write_checks_csv(error.records, problems)
        _tell([console.say("all_records", language, path=problems)])
    if out.exists():
        _tell([console.say("folder_untouched", language, out=out)])
    return error.code


def _tell(lines: list[str]) -> None:
    print("\n".join(lines), file=sys.stderr)


def _check(args: argparse.Namespace) -> ExitCode:
    language: Language = args.lang or "vi"
    from planner.outputs import console

    try:
        from planner.inputs import examine
        from planner.outputs import marked
        from planner.outputs.against import compare

        scenario = _load(args)
        language = scenario.language
        copies = marked.copies(scenario.inputs.facilities, args.out, language, force=args.force)
        with progress(language, sys.stderr) as announce:
            reading = examine(scenario, Stopwatch(announce=announce))
        changes = compare(reading, args.against) if args.against else None
        print("\n".join(console.check_lines(reading, most=_SHOWN_BY_CHECK)))
        if changes is not None:
            print(console.change_line(changes, args.against.name, language))
        marked.write_marked(reading, copies, changes)
    except PlannerError as error:
        print("\n".join(console.record_lines(error.records, language, most=_SHOWN_BY_RUN)))
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


def _template(args: argparse.Namespace) -> ExitCode:
    from planner.outputs import console
    from planner.outputs.template import write_template

    language: Language = args.lang or "vi"
    try:
        write_template(args.out, language, force=args.force)
    except PlannerError as error:
        _tell(console.record_lines(error.records, language, most=_SHOWN_BY_RUN))
        return error.code
    print(console.say("template_written", language, path=args.out))
    return ExitCode.DONE


_COMMANDS = {"check": _check, "template": _template}

"""What the commands share: options, loading a scenario, and how a refusal is told."""

from __future__ import annotations

import argparse
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.catalogue.load import Language
from planner.errors import ExitCode, PlannerError

if TYPE_CHECKING:
    from planner.plan.result import Plan
    from planner.progress import Stopwatch
    from planner.scenario import Scenario

Commands = Any
"""What `ArgumentParser.add_subparsers` returns; argparse does not name its type."""

SHOWN = 20
"""Most records that a refusal shows on the terminal."""


def add_language(parser: argparse.ArgumentParser) -> None:
    """Add `--lang`."""
    parser.add_argument("--lang", choices=["vi", "en"], help="ngôn ngữ của kết quả · language of the results")


def add_scenario(
    parser: argparse.ArgumentParser, name: str = "SCENARIO.toml", about: str = "tệp phương án · scenario file"
) -> None:
    """Add a scenario, `--lang` and `--set`."""
    parser.add_argument("scenario", type=Path, metavar=name, help=about)
    add_language(parser)
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


def load(args: argparse.Namespace) -> Scenario:
    """Return the scenario that the arguments ask for.

    Raises
    ------
    PlannerError : it has errors, all listed.
    """
    from planner.scenario import Scenario

    overrides: dict[str, Any] = dict(args.set)
    if args.lang:
        overrides["language"] = args.lang
    if getattr(args, "decisions", None):
        overrides["inputs.decisions"] = [str(path.resolve()) for path in args.decisions]
    if getattr(args, "explain", None):
        overrides["explain.level"] = args.explain
    if args.command == "check" and args.scenario.suffix.lower() != ".toml":
        return Scenario.of_inventory(args.scenario, **overrides)
    return Scenario.load(args.scenario, **overrides)


def plan_run(scenario: Scenario, clock: Stopwatch) -> Plan:
    """Read, check and solve a scenario under a stopwatch."""
    with clock.lap("read"):
        from planner.inputs import read_inputs
        from planner.plan import make_plan

        inputs = read_inputs(scenario, clock)
    return make_plan(scenario, inputs, clock)


def refuse(error: PlannerError, language: Language, out: Path, problems: Path) -> ExitCode:
    """Show why a run ended without a plan; unless the command line was wrong, the records also go beside the folder."""
    from planner.outputs import console
    from planner.outputs.tables import write_checks_csv

    tell(console.record_lines(error.records, language, most=SHOWN))
    if error.code != ExitCode.WRONG_COMMAND:
        problems.parent.mkdir(parents=True, exist_ok=True)
        write_checks_csv(error.records, problems)
        tell([console.say("all_records", language, path=problems)])
    if out.exists():
        tell([console.say("folder_untouched", language, out=out)])
    return error.code


def tell(lines: list[str]) -> None:
    """Print lines where errors go."""
    print("\n".join(lines), file=sys.stderr)

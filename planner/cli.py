"""The command line: every command of `planner`."""

from __future__ import annotations

import argparse
import io
import sys

from planner import __version__
from planner.commands import check, compare, evaluate, explain, merge, run, split, template
from planner.progress import Stopwatch

_COMMANDS = {
    "run": run,
    "check": check,
    "evaluate": evaluate,
    "compare": compare,
    "explain": explain,
    "split": split,
    "merge": merge,
    "template": template,
}
_INTERRUPTED = 130


def main(argv: list[str] | None = None) -> int:
    """Carry out a command line and return its exit code; see `planner.errors.ExitCode`."""
    clock = Stopwatch.of_run()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8")
    args = _parser().parse_args(argv)
    try:
        return int(_COMMANDS[args.command].carry_out(args, clock))
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
    commands = parser.add_subparsers(dest="command", required=True, metavar=" | ".join(_COMMANDS))
    for command in _COMMANDS.values():
        command.add(commands)
    return parser

"""All benchmarks of speed and strength, one after the other; what they print becomes RESULTS.md.

Run with `python -m benchmarks [NAME ...]`, on a machine that does nothing else. The parts that are not named keep what
RESULTS.md says of them.
"""

from __future__ import annotations

import argparse
import datetime as dt
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

from benchmarks.machine import described, tell

RESULTS = Path(__file__).with_name("RESULTS.md")
PARTS = (
    "published",
    "peers",
    "building",
    "scaling",
    "travel",
    "audit",
    "evidence",
    "frontier",
    "variation",
    "clashes",
    "fairness",
    "reading",
    "placement",
    "coordinates",
)
_SECTION = re.compile(r"^## (\w+)\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)


def run(name: str) -> str:
    """Run one benchmark, showing its lines as they come, and return its section."""
    title = (import_module(f"benchmarks.{name}").__doc__ or "").splitlines()[0]
    began, machine = dt.datetime.now(dt.UTC), described()
    command = [sys.executable, "-m", f"benchmarks.{name}"]
    printed = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603  own module
        for line in process.stdout or ():
            printed.append(line.rstrip())
            tell(printed[-1])
    state = "" if process.returncode == 0 else f"\n\nIt ended with code {process.returncode}."
    body = "\n".join(printed)
    return f"## {name}\n\n{title}\n\n{began:%Y-%m-%d} · {machine}\n\n```\n{body}\n```{state}\n\n"


def main(arguments: list[str]) -> None:
    """Run the benchmarks asked for and write the results."""
    parser = argparse.ArgumentParser(description="Run the benchmarks and write RESULTS.md.")
    parser.add_argument("names", nargs="*", choices=[*PARTS, []], help="all without it")
    asked = parser.parse_args(arguments).names or PARTS
    known = RESULTS.read_text(encoding="utf-8") if RESULTS.is_file() else ""
    sections = {found[1]: found[0] for found in _SECTION.finditer(known)}
    for name in asked:
        tell(f"== {name}")
        sections[name] = run(name)
        text = "# Benchmarks\n\nWritten by `python -m benchmarks`.\n\n"
        text += "".join(sections[part] for part in PARTS if part in sections)
        RESULTS.write_text(text.rstrip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])

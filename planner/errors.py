"""What a user is told when something is wrong: records of one shape, gathered and shown once."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

Severity = Literal["error", "warning", "info"]


class ExitCode(IntEnum):
    """Exit codes of the command line."""

    DONE = 0
    BAD_INPUT = 1
    WRONG_COMMAND = 2
    INFEASIBLE = 3
    NO_PLAN = 4


@dataclass(frozen=True, kw_only=True)
class Record:
    """One finding of a check, placed where the user sees it.

    Attributes
    ----------
    table : input table (`facilities`, `communes`, …) or `scenario`.
    file, sheet, row, column, value : the place in the user's own file; `row` as a spreadsheet numbers it.
    rule : the check's name in kebab case.
    severity : `error` stops a run, `warning` travels with the plan, `info` is for the reader.
    message, fix : what is wrong and what to do, in the run's language.
    """

    table: str
    rule: str
    severity: Severity
    message: str
    fix: str = ""
    file: str = ""
    sheet: str = ""
    row: int | None = None
    column: str = ""
    value: str = ""

    def place(self) -> str:
        """Return file, sheet, row and column as one readable prefix."""
        parts = [self.file, f"[{self.sheet}]" if self.sheet else "", f":{self.row}" if self.row is not None else ""]
        column = f" «{self.column}»" if self.column else ""
        return "".join(parts) + column


class PlannerError(Exception):
    """A run cannot go on; carries every record that explains why and the exit code."""

    def __init__(self, records: list[Record], code: ExitCode = ExitCode.BAD_INPUT) -> None:
        self.records = records
        self.code = code
        super().__init__("\n".join(f"{r.place()}: {r.message} {r.fix}".strip() for r in records))

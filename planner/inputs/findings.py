"""Records about the rows of an input table, with the place where the user finds them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from planner.catalogue.load import Language
from planner.catalogue.numbers import plain_digits
from planner.errors import Record, Severity
from planner.inputs.origin import Origin
from planner.inputs.tables import header, text_of


@dataclass(frozen=True)
class Findings:
    """Makes records about one table.

    Attributes
    ----------
    table : the table's name in the data model.
    rows : the table with `file`, `sheet`, `row`; its headers name the columns as the user sees them.
    language : of the texts, which stand in `messages.toml` under the rule's name in snake case.
    """

    table: str
    rows: pd.DataFrame
    language: Language

    def cell(self, index: int, column: str, rule: str, severity: Severity, **fields: object) -> Record:
        """Return a record about a cell of the row at that position; `value`, `column` and `row` fill the text."""
        number = self.text(index, "row")
        return Origin(self.table, self.text(index, "file"), self.text(index, "sheet"), self.language).record(
            rule,
            severity,
            row=int(number) if number else None,
            column=header(self.rows, column),
            value=self.text(index, column),
            **fields,
        )

    def where(self, index: int) -> str:
        """Return file, sheet and row of a row, as a message about another row names it."""
        sheet = self.text(index, "sheet")
        return f"{self.text(index, 'file')}{f' [{sheet}]' if sheet else ''}:{self.text(index, 'row')}"

    def whole(self, rule: str, severity: Severity, **fields: object) -> Record:
        """Return a record about the table as a whole."""
        return Origin(self.table, "", "", self.language).record(rule, severity, row=None, column="", **fields)

    @cached_property
    def _cells(self) -> dict[str, list[object]]:
        # pandas copies a table's attributes with every row and column that is taken from it: take each column once.
        return {}

    def text(self, index: int, column: str) -> str:
        """Return a cell as text; empty where it is unknown."""
        if column not in self._cells:
            is_text = column not in self.rows or self.rows[column].dtype == "string"
            self._cells[column] = [*text_of(self.rows, column)] if is_text else self.rows[column].tolist()
        return shown(self._cells[column][index])


def shown(value: object) -> str:
    """Return a cell as text: nothing where it is unknown, whole numbers without a decimal point, dates as ISO."""
    if value is None or value is pd.NA or value is pd.NaT or value != value:  # noqa: PLR0124  NaN differs from itself
        return ""
    if isinstance(value, float):
        return plain_digits(value)
    return value.date().isoformat() if isinstance(value, pd.Timestamp) else str(value)

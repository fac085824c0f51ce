"""Where a cell stands in the user's own file, and records that say so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner.catalogue.messages import message
from planner.catalogue.numbers import plain_digits
from planner.errors import Record, Severity

if TYPE_CHECKING:
    from planner.catalogue.load import Language


@dataclass(frozen=True)
class Origin:
    """A sheet or layer of a file that is read for a table of the data model."""

    table: str
    file: str
    sheet: str
    language: Language

    def record(
        self,
        rule: str,
        severity: Severity,
        *,
        row: int | None = None,
        column: str = "",
        value: object = "",
        **fields: object,
    ) -> Record:
        """Return a record placed in this sheet; its text stands in `messages.toml` under the rule in snake case.

        Parameters
        ----------
        row : as a spreadsheet numbers it; a feature's number in a layer.
        column : the header as the user sees it.
        value : the cell as it stands.
        fields : further fields of the text.
        """
        shown = plain_digits(value) if isinstance(value, float) else str(value)  # a workbook holds 900 as 900.0
        place = {"file": self.file, "sheet": self.sheet, "column": column, "value": shown}
        text = message(rule.replace("-", "_"), self.language, **place | fields)
        return Record(
            table=self.table,
            file=self.file,
            sheet=self.sheet,
            row=row,
            column=column,
            value=shown,
            rule=rule,
            severity=severity,
            message=text.text,
            fix=text.fix,
        )

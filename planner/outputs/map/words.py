"""The words and numbers of the map in the run's language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from planner.catalogue.columns import value_label
from planner.catalogue.load import read_data
from planner.catalogue.numbers import format_number

if TYPE_CHECKING:
    from planner.catalogue.load import Catalogue, Language


@dataclass(frozen=True)
class Words:
    """Texts, labels and numbers of one run; labels come from its own catalogue, which a scenario may have changed."""

    language: Language
    catalogue: Catalogue

    def text(self, key: str, **values: object) -> str:
        """Return a text of `map_texts.toml` with its fields filled."""
        template: str = read_data("map_texts")[key][self.language]
        return template.format(**values) if values else template

    def all_texts(self) -> dict[str, str]:
        """Return all texts by key, fields unfilled, for the page's own script."""
        return {key: row[self.language] for key, row in read_data("map_texts").items()}

    def number(self, value: Any, decimals: int | None = None) -> str:  # noqa: ANN401  a cell of a table
        """Write a number; NA is a dash."""
        return format_number(None if pd.isna(value) else float(value), self.language, decimals)

    def percent(self, share: Any, decimals: int = 0) -> str:  # noqa: ANN401  a cell of a table
        """Write a share (0–1) in percent without the sign."""
        return self.number(None if pd.isna(share) else 100 * float(share), decimals)

    def people(self, number: Any) -> str | None:  # noqa: ANN401  a cell of a table
        """Write a number of people, or None where it is unknown."""
        return None if pd.isna(number) else self.text("people", n=self.number(number, 0))

    def label(self, enumeration: str, key: Any) -> str | None:  # noqa: ANN401  a cell of a table
        """Return the name of a key, or None where the cell is NA."""
        if pd.isna(key):
            return None
        tables: dict[str, Any] = {
            "use": self.catalogue.uses,
            "current_use": self.catalogue.uses,
            "form": self.catalogue.forms,
            "next_step": self.catalogue.next_steps,
            "authority": self.catalogue.authorities,
            "ministry_outcome": self.catalogue.ministry_outcomes,
            "decided_by": self.catalogue.decided_by,
            "planning_status": self.catalogue.planning_statuses,
            "priority_class": self.catalogue.priority,
        }
        found = tables.get(enumeration, {}).get(key)
        label: str = value_label(enumeration, str(key), self.language) if found is None else found.label(self.language)
        return label


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as dictionaries by column."""
    return [dict(zip(table.columns, row, strict=True)) for row in table.itertuples(index=False, name=None)]


def grouped(table: pd.DataFrame, column: str) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of a table by the value of a column."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in records(table):
        groups.setdefault(str(row[column]), []).append(row)
    return groups


def cell(value: Any) -> Any:  # noqa: ANN401  a cell of a table
    """Return a cell as JSON takes it: None for NA."""
    return None if value is None or pd.isna(value) else value

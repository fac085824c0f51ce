"""The columns of all tables and the values of enumerations: headers, types, units and labels, read from data."""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from planner.catalogue.load import Language, read_data

ColumnType = Literal["text", "code", "number", "integer", "bool", "date", "enum"]

# Enumerations that are rows of another part of the catalogue.
_FROM_CATALOGUE = {
    "use": ("uses", None),
    "form": ("forms", "forms"),
    "next_step": ("forms", "next_steps"),
    "authority": ("forms", "authorities"),
    "addressee": ("forms", "addressees"),
    "request": ("forms", "requests"),
    "ministry_outcome": ("forms", "ministry_outcomes"),
    "decided_by": ("forms", "decided_by"),
    "planning_status": ("forms", "planning_statuses"),
    "priority_class": ("priority", "classes"),
    "rule": ("rules", None),
    "paper": ("dossiers", "papers"),
    "road_class": ("roads", "classes"),
}
_EXTENDS = {"current_use": "use"}


class Value(BaseModel):
    """A value of an enumeration: its names and how else it is written."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    vi: str
    en: str
    synonyms: tuple[str, ...] = ()

    def label(self, language: Language) -> str:
        """Return the name in the language."""
        return self.vi if language == "vi" else self.en


class Column(BaseModel):
    """A column of a table.

    Attributes
    ----------
    key : name in the data model.
    vi, en : header in either language.
    synonyms : other headers; `a / b` means `b` under a group heading that begins with `a`.
    preferred : headers that win over other headers of the same column without a warning.
    field : name in a Shapefile where the first ten letters of the key are those of another column.
    type, unit, minimum, values : type, unit, smallest number allowed, name of the enumeration.
    width : number of characters of a code; lost leading zeros are put back.
    required : `column` must be in the file, `cell` must be filled in every row.
    additive : whether the sheet's own total can be compared with the sum of the rows.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    vi: str
    en: str
    synonyms: tuple[str, ...] = ()
    preferred: tuple[str, ...] = ()
    field: str = ""
    type: ColumnType = "text"
    unit: str = ""
    minimum: float | None = None
    values: str = ""
    width: int | None = None
    required: Literal["", "column", "cell"] = ""
    additive: bool = False
    description_vi: str = ""
    description_en: str = ""

    def label(self, language: Language) -> str:
        """Return the header in the language."""
        return self.vi if language == "vi" else self.en


@cache
def columns(table: str) -> dict[str, Column]:
    """Return the columns of an input or output table, in order."""
    return {key: _column(key, row) for key, row in read_data("columns")[table].items()}


def _column(key: str, row: dict[str, Any] | str) -> Column:
    if isinstance(row, str):  # a reference: the same column of another table
        table, other = row.split(".")
        return columns(table)[other]
    return Column(key=key, **row)


def table_names() -> tuple[str, ...]:
    """Return the names of all tables."""
    return tuple(read_data("columns"))


@cache
def values(enumeration: str) -> dict[str, Value]:
    """Return the values of an enumeration by key, with their names and synonyms."""
    rows: dict[str, dict[str, Any]] = {}
    if enumeration in _EXTENDS:
        rows |= {key: value.model_dump() for key, value in values(_EXTENDS[enumeration]).items()}
    if enumeration in _FROM_CATALOGUE:
        file, part = _FROM_CATALOGUE[enumeration]
        data = read_data(file) if part is None else read_data(file)[part]
        rows |= {key: _names(row) for key, row in data.items()}
    if enumeration == "form":
        _add_former_forms(rows)
    for key, row in read_data("values").get(enumeration, {}).items():
        known = rows.get(key, {})
        rows[key] = known | row | {"synonyms": (*known.get("synonyms", ()), *row.get("synonyms", ()))}
    return {key: Value(**row) for key, row in rows.items()}


def _add_former_forms(rows: dict[str, dict[str, Any]]) -> None:
    """Let the forms of an older decree be spellings of the forms that they are read as."""
    for former in read_data("known_forms")["former_forms"].values():
        if former["form"]:
            row = rows[former["form"]]
            row["synonyms"] = (*row["synonyms"], former["vi"], former["en"], *former["synonyms"])


def _names(row: dict[str, Any]) -> dict[str, Any]:
    short = row.get("short_vi")
    return {"vi": row["vi"], "en": row["en"], "synonyms": (short,) if short else ()}


def label(table: str, column: str, language: Language) -> str:
    """Return a column's header in the language, or its key where the table has no such column.

    The plan's own `needs` stand under `plan_needs`, because an input table has that name too.
    """
    found = columns(table).get(column) or columns(f"plan_{table}" if table == "needs" else table).get(column)
    return column if found is None else found.label(language)


def value_label(enumeration: str, key: str, language: Language) -> str:
    """Return the name of an enumeration's value in the language, or the key where it is not listed."""
    found = values(enumeration).get(key)
    return key if found is None else found.label(language)

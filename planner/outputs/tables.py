"""Tables as CSV, and the one filter that keeps confidential sites out of every output."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import asdict, fields, replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd

from planner.errors import Record

if TYPE_CHECKING:
    from pathlib import Path

    from planner.plan.result import Plan

CHECK_COLUMNS = ["table", "file", "sheet", "row", "column", "value", "rule", "severity", "message", "fix"]
DECIMALS = 6

# What a spreadsheet takes for a formula; apostrophes in front count, so that guarding can be undone.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


def write_allocation_csv(plan: Plan, path: Path) -> None:
    """Write one row for each facility shown, with the columns of `Plan.allocation`.

    Parameters
    ----------
    plan : the plan; confidential sites are left out of a public run.
    path : the file to write: UTF-8 with BOM, decimal point, ISO dates, guarded text.
    """
    write_csv(visible(plan).allocation, path)


def write_checks_csv(checks: pd.DataFrame | Iterable[Record], path: Path) -> None:
    """Write the findings of the checks, given as a table or as records."""
    if not isinstance(checks, pd.DataFrame):
        checks = pd.DataFrame([asdict(record) for record in checks], columns=CHECK_COLUMNS)
        checks["row"] = checks["row"].astype("Int64")
    write_csv(checks[CHECK_COLUMNS], path)


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table so that the same table gives the same bytes and no cell becomes a formula."""
    columns = [[_text(value) for value in table[column].array] for column in table.columns]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(table.columns)
        writer.writerows(zip(*columns, strict=True))


def guard(text: str) -> str:
    """Put an apostrophe before text that a spreadsheet would take for a formula; plain numbers stay."""
    if _FORMULA.match(text) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def unguard(text: str) -> str:
    """Undo `guard`: `unguard(guard(text)) == text` for every text."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def _text(value: Any) -> str:  # noqa: ANN401  a cell of any type
    """Write one cell: NA is empty, numbers have a decimal point and at most six decimals, dates are ISO."""
    if isinstance(value, str):
        return guard(value)
    if pd.isna(value):
        return ""
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, float | np.floating):
        return f"{round(float(value), DECIMALS) + 0.0:.{DECIMALS}f}".rstrip("0").rstrip(".")
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat()
    return str(value)


def confidential(plan: Plan) -> frozenset[str]:
    """Return the ids of the facilities that this run's outputs must not show; empty unless the run is public.

    A site is confidential with all its facilities as soon as one of them is.
    """
    if not plan.scenario.outputs.public:
        return frozenset()
    facilities = plan.inputs.facilities
    marked = facilities["confidential"].fillna(value=False).astype(bool)
    sites = set(facilities.loc[marked, "site_id"].dropna())
    hidden = marked | facilities["site_id"].isin(sites)
    return frozenset(facilities.loc[hidden, "facility_id"])


def visible(plan: Plan) -> Plan:
    """Return the plan as its outputs may show it: every row about a confidential facility is gone, totals stay.

    The plan itself comes back where nothing is confidential; `confidential` of the full plan says what was left out.
    """
    hidden = confidential(plan)
    if not hidden:
        return plan
    secret = plan.inputs.facilities[plan.inputs.facilities["facility_id"].isin(hidden)]
    inputs = _without(plan.inputs, hidden)
    return cast("Plan", replace(
        _without(plan, hidden),
        inputs=replace(inputs, checks=_without_findings(plan.inputs.checks, secret)),
        studies=_without(plan.studies, hidden),
        checks=_without_findings(plan.checks, secret),
    ))  # fmt: skip


def _without(holder: Any, hidden: frozenset[str]) -> Any:  # noqa: ANN401  any dataclass of tables
    """Return a dataclass of tables without the rows about the hidden facilities."""
    tables = {field.name: getattr(holder, field.name) for field in fields(holder)}
    kept = {
        name: table[~table["facility_id"].isin(hidden)].reset_index(drop=True)
        for name, table in tables.items()
        if isinstance(table, pd.DataFrame) and "facility_id" in table
    }
    return replace(holder, **kept)


def _without_findings(checks: pd.DataFrame, secret: pd.DataFrame) -> pd.DataFrame:
    """Return the findings that neither stand in the row of a secret facility nor name one."""
    places = set(_places(secret))
    there = [place in places for place in _places(checks)]
    names = sorted({*secret["facility_id"].dropna(), *secret["name"].dropna()}, key=len, reverse=True)
    named = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\w)")
    texts = checks[["value", "message", "fix"]].fillna("").astype(str).agg("\n".join, axis=1)
    keep = [not (here or named.search(text)) for here, text in zip(there, texts, strict=True)]
    return checks[keep].reset_index(drop=True)


def _places(table: pd.DataFrame) -> list[tuple[str, ...]]:
    """Return file, sheet and row of each row of a table as text."""
    return list(table[["file", "sheet", "row"]].astype("string").fillna("").itertuples(index=False, name=None))

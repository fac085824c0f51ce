"""What the checks share: their shape, and records from a mask over a table."""

from __future__ import annotations

import difflib
import itertools
from collections.abc import Callable, Collection
from typing import Any

import numpy as np
import pandas as pd

from planner.catalogue.load import Use, load_catalogue
from planner.errors import Record, Severity
from planner.inputs.findings import Findings
from planner.inputs.tables import Tables
from planner.scenario import Scenario

Check = Callable[[Tables, Scenario], list[Record]]


def findings(name: str, tables: Tables, scenario: Scenario) -> Findings:
    """Return what makes records about one of the tables."""
    return Findings(name, getattr(tables, name), scenario.language)


def flag(about: Findings, mask: Any, column: str, rule: str, severity: Severity) -> list[Record]:  # noqa: ANN401  array-like
    """Return one record for each row where the mask holds; NA counts as no."""
    return [about.cell(index, column, rule, severity) for index in rows_where(mask)]


def rows_where(mask: Any) -> list[int]:  # noqa: ANN401  array-like
    """Return the positions of the rows where a mask holds; NA counts as no."""
    return [int(index) for index in np.flatnonzero(pd.Series(mask).astype("boolean").fillna(value=False))]


def alike(name: str, known: Collection[str]) -> str:
    """Return the known names most like the one given, as the fix of a message offers them."""
    found = difflib.get_close_matches(name, known, n=1) or list(itertools.islice(known, 5))
    return ", ".join(found)


def growth_of(tables: Tables, scenario: Scenario) -> np.ndarray:
    """Return (C,) the growth of each commune a year: its own, else the scenario's, else the catalogue's."""
    general = scenario.load_catalogue().coefficient("growth_per_year")
    return np.asarray(tables.communes["growth_per_year"].fillna(general).to_numpy(float))


def known_uses() -> dict[str, Use]:
    """Return the catalogue's uses by key."""
    return load_catalogue().uses

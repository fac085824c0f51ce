"""What the tables and sentences of a plan are made from, and the words they share."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from planner.catalogue import Catalogue
from planner.catalogue.load import Language, read_data
from planner.catalogue.numbers import format_number
from planner.inputs.tables import Inputs
from planner.problem.assemble import Case
from planner.solve.evidence import Evidence
from planner.solve.outcome import Outcome
from planner.studies.result import Studies


@dataclass(frozen=True)
class Grounds:
    """What the sentences are made from.

    Attributes
    ----------
    baseline : (N,) persons unserved by what exists anyway. decided_by : (F,) law, lock, need or cascade.
    evidence : what other choices would cost. studies : what was studied beside the plan.
    """

    case: Case
    inputs: Inputs
    outcome: Outcome
    baseline: np.ndarray
    decided_by: list[str]
    catalogue: Catalogue
    language: Language
    evidence: Evidence
    studies: Studies = field(default_factory=Studies)

    @cached_property
    def _rules(self) -> dict[str, pd.DataFrame]:
        return {str(facility): rows for facility, rows in self.case.rules.groupby("facility_id", sort=False)}

    def rules_of(self, f: int) -> pd.DataFrame:
        """Return the excluded uses of a facility."""
        return self._rules.get(str(self.case.facilities["facility_id"].iat[f]), self.case.rules.iloc[:0])


def say(grounds: Grounds, key: str, **values: object) -> str:
    """Return a text of `reasons.toml` with its fields filled."""
    return str(read_data("reasons")[key][grounds.language]).format(**values)


def number(grounds: Grounds, value: float, digits: int = 0) -> str:
    """Write a number in the language."""
    return format_number(value, grounds.language, digits)


def use_name(grounds: Grounds, key: str) -> str:
    """Return the name of a use as it stands inside a sentence."""
    use = grounds.catalogue.uses[key]
    return use.short_vi or use.vi if grounds.language == "vi" else use.en.lower()


def small(text: str) -> str:
    """Write the first letter small, for a name or rule inside a sentence."""
    return text[:1].lower() + text[1:]

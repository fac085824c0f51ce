"""A run's folder, read again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from planner.catalogue.columns import columns
from planner.catalogue.messages import message
from planner.errors import ExitCode, PlannerError, Record
from planner.outputs.folder import EXPLANATIONS, PLAN
from planner.outputs.tables import unguard
from planner.scenario import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from planner.catalogue.load import Language
    from planner.inputs.tables import Inputs


_SUMMARY = (
    *("schema", "scenario", "language", "scenario_file", "overrides", "status", "objective", "terms", "counts"),
    *("needs", "disadvantaged", "inputs"),
)
ALLOCATION = "allocation.csv"
_TYPES = {"number": "Float64", "integer": "Int64", "bool": "boolean"}
_READ = ("facility_id", "name", "commune_code", "commune_name", "new_use", "handling_form", "decided_by", "reason")
_SHOWN = 120
"""Characters of the ids that are offered where none is alike."""


@dataclass(frozen=True)
class Run:
    """What a run left behind.

    Attributes
    ----------
    summary : its plan.json. explanations : by facility, see `explanations`. language : in which messages are told.
    """

    summary: dict[str, Any]
    explanations: dict[str, Any]
    language: Language

    @property
    def scenario_file(self) -> Path:
        """The scenario that was run."""
        return Path(self.summary["scenario_file"])

    @property
    def overrides(self) -> dict[str, Any]:
        """The keys of the scenario that the command line replaced, as `Scenario.load` takes them."""
        return {key.replace(".", "__"): value for key, value in self.summary["overrides"].items()}

    def explanation(self, facility_id: str) -> dict[str, Any]:
        """Return the explanation of a facility; see `planner.outputs.explanations`.

        Raises
        ------
        PlannerError : the run holds no such facility.
        """
        if facility_id not in self.explanations:
            alike = nearest(facility_id, self.explanations)[:_SHOWN]
            raise _refusal("explain_unknown_facility", self.language, facility_id, nearest=alike)
        return dict(self.explanations[facility_id])

    def refuse_made_by_hand(self) -> None:
        """Raise a PlannerError where the run is a plan made by hand: there is nothing of it to solve again."""
        if self.summary.get("evaluated"):
            raise _refusal("explain_made_by_hand", self.language, str(self.summary["scenario"]))

    def refuse_other_inputs(self, inputs: Inputs) -> None:
        """Raise a PlannerError where a file of the run is no longer what it was."""
        was = {Path(source["path"]).name: source["sha256"] for source in self.summary["inputs"]}
        now = {Path(source.path).name: source.sha256 for source in inputs.sources}
        changed = sorted(name for name in was.keys() | now.keys() if was.get(name) != now.get(name))
        if changed:
            raise _refusal("explain_inputs_changed", self.language, ", ".join(changed))


def read_run(folder: Path, language: Language) -> Run:
    """Return the run in a folder, with what explains its decisions; it is told in the run's own language.

    Raises
    ------
    PlannerError : the folder is no run; every file that is missing or cannot be read is named.
    """
    found = read_files(folder, {PLAN: read_summary, EXPLANATIONS: _read_json}, language)
    return Run(found[PLAN], found[EXPLANATIONS], found[PLAN]["language"])


def read_files(folder: Path, readers: Mapping[str, Callable[[Path], Any]], language: Language) -> dict[str, Any]:
    """Return what some files of a run hold, by name.

    Raises
    ------
    PlannerError : the folder is no run; every file that is missing or cannot be read is named.
    """
    found: dict[str, Any] = {}
    records = []
    for name, read in readers.items():
        try:
            found[name] = read(folder / name)
        except (OSError, ValueError, KeyError, TypeError) as error:
            records.append(_unreadable(folder / name, language, error))
    if records:
        raise PlannerError(records, ExitCode.WRONG_COMMAND)
    return found


def read_summary(path: Path) -> dict[str, Any]:
    """Return a run's plan.json, refused with a ValueError where keys of it are missing."""
    summary: dict[str, Any] = _read_json(path)
    missing = [key for key in _SUMMARY if key not in summary]
    if missing:
        raise ValueError(", ".join(missing))
    return summary


def read_allocation(path: Path) -> pd.DataFrame:
    """Return a run's allocation.csv with the types of its columns; empty cells are unknown.

    Raises
    ------
    ValueError : columns are missing, or a facility stands there twice.
    """
    table = pd.read_csv(path, dtype="string", keep_default_na=False, encoding="utf-8-sig")
    known = columns("allocation")
    missing = [key for key in _READ if key not in table.columns]
    if missing:
        raise ValueError(", ".join(missing))
    typed = {}
    for key in table.columns:
        cells = table[key].map(unguard).replace("", pd.NA).astype("string")
        kind = known[key].type if key in known else "text"
        cells = cells.map({"true": True, "false": False}) if kind == "bool" else cells
        cells = pd.to_numeric(cells) if kind in ("number", "integer") else cells
        typed[key] = cells.astype(pd.api.types.pandas_dtype(_TYPES.get(kind, "string")))
    if typed["facility_id"].duplicated().any():
        raise ValueError("facility_id")
    return pd.DataFrame(typed)


def _read_json(path: Path) -> Any:  # noqa: ANN401  whatever the file holds
    return json.loads(path.read_text(encoding="utf-8"))


def _unreadable(path: Path, language: Language, error: Exception) -> Record:
    found = "run_file_missing" if isinstance(error, FileNotFoundError) else "run_file_unreadable"
    reason = message(found, language, why=str(error)[:120]).text
    text = message("not_a_run", language, file=path.name, reason=reason)
    return Record(table="run", rule="not-a-run", severity="error", file=str(path), message=text.text, fix=text.fix)


def _refusal(rule: str, language: Language, value: str, **fields: str) -> PlannerError:
    text = message(rule, language, value=value, **fields)
    name = rule.replace("_", "-")
    record = Record(table="run", rule=name, severity="error", value=value, message=text.text, fix=text.fix)
    return PlannerError([record], ExitCode.WRONG_COMMAND)

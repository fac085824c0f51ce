"""A run's folder, read again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.catalogue.messages import message
from planner.errors import ExitCode, PlannerError, Record
from planner.outputs.folder import EXPLANATIONS, PLAN
from planner.scenario import nearest

if TYPE_CHECKING:
    from planner.catalogue.load import Language
    from planner.inputs.tables import Inputs


_SHOWN = 120
"""Characters of the ids that are offered where none is alike."""


@dataclass(frozen=True)
class Run:
    """What a run left behind.

    Attributes
    ----------
    folder : where it is. summary : its plan.json. language : in which messages are told.
    """

    folder: Path
    summary: dict[str, Any]
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
        found = json.loads((self.folder / EXPLANATIONS).read_text(encoding="utf-8"))
        if facility_id not in found:
            alike = nearest(facility_id, found)[:_SHOWN]
            raise _refusal("explain_unknown_facility", self.language, facility_id, nearest=alike)
        return dict(found[facility_id])

    def refuse_made_by_hand(self) -> None:
        """Raise a PlannerError where the run is a plan made by hand: there is nothing of it to solve again."""
        if self.summary.get("evaluated"):
            raise _refusal("explain_made_by_hand", self.language, str(self.folder))

    def refuse_other_inputs(self, inputs: Inputs) -> None:
        """Raise a PlannerError where a file of the run is no longer what it was."""
        was = {Path(source["path"]).name: source["sha256"] for source in self.summary["inputs"]}
        now = {Path(source.path).name: source.sha256 for source in inputs.sources}
        changed = sorted(name for name in was.keys() | now.keys() if was.get(name) != now.get(name))
        if changed:
            raise _refusal("explain_inputs_changed", self.language, ", ".join(changed))


def read_run(folder: Path, language: Language) -> Run:
    """Return the run in a folder; it is told in the run's own language.

    Raises
    ------
    PlannerError : no run of this planner is there.
    """
    try:
        summary = json.loads((folder / PLAN).read_text(encoding="utf-8"))
        return Run(folder, summary, summary["language"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _refusal("folder_is_no_run", language, str(folder)) from error


def _refusal(rule: str, language: Language, value: str, **fields: str) -> PlannerError:
    text = message(rule, language, value=value, **fields)
    record = Record(
        table="run", rule=rule.replace("_", "-"), severity="error", value=value, message=text.text, fix=text.fix
    )
    return PlannerError([record], ExitCode.WRONG_COMMAND)

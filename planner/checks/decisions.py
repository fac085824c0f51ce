"""Checks of the decisions table."""

from __future__ import annotations

from typing import NamedTuple

from planner.catalogue.columns import value_label
from planner.checks.common import Check, alike, findings, flag, known_uses
from planner.errors import Record
from planner.inputs.decisions import approved_uses, enumerate_rows, latest_last
from planner.inputs.findings import Findings, shown
from planner.inputs.tables import Tables
from planner.scenario import Scenario

NEEDS_A_USE = ("require", "forbid", "approve")
FIXES_A_USE = ("require", "approve")


class _Decision(NamedTuple):
    row: int
    verdict: str
    use: str


def unknown_facility(tables: Tables, scenario: Scenario) -> list[Record]:
    """Report decisions about a facility that is not in the list."""
    about = findings("decisions", tables, scenario)
    known = tables.facilities["facility_id"].dropna().tolist()
    return [
        about.cell(index, "facility_id", "decision-unknown-facility", "error", nearest=alike(facility, known))
        for index, facility in enumerate(map(shown, tables.decisions["facility_id"]))
        if facility not in known
    ]


def unknown_use(tables: Tables, scenario: Scenario) -> list[Record]:
    """Report verdicts that need a use and name none of the catalogue."""
    return without_use(findings("decisions", tables, scenario))


def conflicting_verdicts(tables: Tables, scenario: Scenario) -> list[Record]:
    """Report verdicts on one facility that cannot both hold: the later one wins, by date and then by row."""
    return conflicts(findings("decisions", tables, scenario))


def without_use(about: Findings) -> list[Record]:
    """Return an error for each decision that needs a use and names none of the catalogue."""
    decisions = about.rows
    unknown = decisions["verdict"].isin(NEEDS_A_USE) & ~decisions["use"].isin(list(known_uses()))
    return flag(about, unknown, "use", "decision-unknown-use", "error")


def conflicts(about: Findings) -> list[Record]:
    """Return a warning for each decision that replaces an earlier one it contradicts."""
    records = []
    for _, rows in latest_last(about.rows).groupby("facility_id", sort=True):
        taken = [
            _Decision(int(index), shown(verdict), shown(use))
            for index, verdict, use in zip(rows.index, rows["verdict"], rows["use"], strict=True)
        ]
        for position, later in enumerate(taken):
            earlier = next((one for one in reversed(taken[:position]) if _conflict(one, later)), None)
            if earlier is not None:
                first = about.where(earlier.row)
                records.append(about.cell(later.row, "verdict", "verdicts-conflict", "warning", first=first))
    return records


def changed_approvals(tables: Tables, scenario: Scenario) -> list[Record]:
    """Report verdicts that give an approved facility another use although nothing released it before."""
    about = findings("decisions", tables, scenario)
    codes = tables.facilities["facility_id"]
    approved = {shown(codes[f]): use for f, use in approved_uses(scenario, tables.facilities).items()}
    records = []
    for index, row in enumerate_rows(latest_last(tables.decisions)):
        facility, verdict, use = shown(row["facility_id"]), row["verdict"], row["use"]
        if verdict == "release":
            approved.pop(facility, None)
        elif verdict in FIXES_A_USE and approved.get(facility, use) != use:
            name = value_label("use", approved[facility], scenario.language)
            records.append(about.cell(index, "use", "decision-changes-approved", "warning", approved=name))
    return records


def _conflict(earlier: _Decision, later: _Decision) -> bool:
    if later.verdict == "release":
        return earlier.verdict in NEEDS_A_USE
    if earlier.verdict in FIXES_A_USE and later.verdict in FIXES_A_USE:
        return earlier.use != later.use
    verdicts = {earlier.verdict, later.verdict}
    return "forbid" in verdicts and bool(verdicts & set(FIXES_A_USE)) and earlier.use == later.use


CHECKS: tuple[Check, ...] = (unknown_facility, unknown_use, conflicting_verdicts, changed_approvals)

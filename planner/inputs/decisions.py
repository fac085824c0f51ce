"""Decisions in the order in which they hold, and what was approved before them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner.inputs.files.opening import file_hash
from planner.inputs.lists.blocks import as_table, read_blocks

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Sequence
    from pathlib import Path

    import pandas as pd

    from planner.catalogue.load import Language
    from planner.errors import Record
    from planner.scenario import Scenario

FIXED = ("approved", "handed_over", "in_use")
"""States of a facility in which its approved use stays."""

_SHOWN_FIRST = ("question", "forbid", "release", "approve", "require")
"""Verdicts by how much a facility's one row in the review columns is for them, least first."""


def in_order(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Return files of decisions by name and content: of two verdicts of one day the order of the files decides."""
    return tuple(sorted(set(paths), key=lambda path: (path.name, file_hash(path) if path.is_file() else "", path)))


def latest_last(decisions: pd.DataFrame) -> pd.DataFrame:
    """Return the decisions by date, those without one first, then by file and row; the index is the row's number."""
    return decisions.reset_index(drop=True).sort_values("date", kind="stable", na_position="first")


def enumerate_rows(table: pd.DataFrame) -> Iterator[tuple[int, dict[Hashable, Any]]]:
    """Yield (index, row) of a table in its order."""
    yield from zip(map(int, table.index), table.to_dict("records"), strict=True)


def approved_uses(scenario: Scenario, facilities: pd.DataFrame) -> dict[int, str]:
    """Return the uses of the facilities that the inventory has as approved and that the scenario does not release."""
    if scenario.locks.release_approved:
        return {}
    known = facilities["status"].isin(FIXED) & facilities["approved_use"].notna()
    fixed = known & ~facilities["facility_id"].isin(set(scenario.locks.release))
    return {int(f): str(facilities["approved_use"].at[f]) for f in facilities.index[fixed]}


def kept_in(decisions: pd.DataFrame, in_force: Sequence[bool]) -> list[str]:
    """Return where each decision is kept: a facility's row has room for one in force, the log holds the others."""
    kept = ["log" if holds else "gone" for holds in in_force]
    best: dict[object, tuple[int, int, int]] = {}
    for order, (index, row) in enumerate(enumerate_rows(latest_last(decisions))):
        if in_force[index]:
            rank = (_SHOWN_FIRST.index(row["verdict"]), order, index)
            best[row["facility_id"]] = max(best.get(row["facility_id"], rank), rank)
    for _, _, index in best.values():
        kept[index] = "review"
    return kept


def read_decisions(paths: Iterable[Path], language: Language) -> tuple[pd.DataFrame, list[Record]]:
    """Return the decisions of some files in the order of `in_order`, and what was found while reading them."""
    blocks, records = [], []
    for path in in_order(paths):
        found, more = read_blocks(path, "decisions", {}, language)
        blocks += found
        records += more
    return as_table("decisions", blocks), records


def told_once(records: Sequence[Record]) -> list[Record]:
    """Return the records without those that miss a use where the word for it was already refused."""
    refused = {(found.file, found.sheet, found.row) for found in records if found.rule == "decision-unknown-value"}
    return [
        found
        for found in records
        if found.rule != "decision-unknown-use" or (found.file, found.sheet, found.row) not in refused
    ]

"""The sample planned again after 2 % of its list changed: approved decisions stay, and every difference is told."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from benchmarks.audit import SAMPLE
from planner.inputs.decisions import FIXED
from planner.plan import Plan
from planner.scenario import Scenario

SHARE, SEED = 0.02, 20261122
ID, SITE, NAME, LAND, CONDITION, APPROVED = 2, 3, 4, 14, 21, 39
"""Columns of the list."""


def changed_list(source: Path, target: Path) -> None:
    """Write the list with 2 % of its rows changed by seed: areas, conditions, new rows, rows gone; none is approved."""
    book = openpyxl.load_workbook(source)
    page = book.worksheets[0]
    rows = [r for r in range(5, page.max_row + 1) if str(page.cell(r, ID).value).startswith("LC-")]
    buildings = Counter(page.cell(r, SITE).value for r in rows)
    alone = [r for r in rows if not page.cell(r, APPROVED).value and buildings[page.cell(r, SITE).value] == 1]
    drawn = np.random.default_rng(SEED).permutation(alone)[: round(SHARE * len(rows))]
    areas, conditions, copied, gone = (part.tolist() for part in np.array_split(drawn, 4))
    for r in areas:
        page.cell(r, LAND).value = 2 * float(page.cell(r, LAND).value or 400)
    for r in conditions:
        page.cell(r, CONDITION).value = "Không an toàn"
    for i, r in enumerate(copied):
        row = [cell.value for cell in page[r]]
        changes = {ID: f"LC-N{i}", SITE: f"KV-N{i}", NAME: f"Nhà kho bổ sung {i}", LAND: 777.0 + i}
        page.append([changes.get(column, cell) for column, cell in enumerate(row, start=1)])
    for r in sorted(gone, reverse=True):
        page.delete_rows(r)
    book.save(target)


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> tuple[pd.DataFrame, Plan, Plan]:
    """Return the first allocation with some decisions approved since, and the two plans of the changed list."""
    folder = tmp_path_factory.mktemp("again")
    first = Scenario.load(SAMPLE)
    before = first.solve(first.read()).allocation
    proposed = before.index[(before["status"] == "proposed") & (before["new_use"] != "pending")]
    before.loc[np.random.default_rng(SEED).permutation(proposed)[:60], "status"] = "approved"
    before.to_csv(folder / "allocation.csv", index=False, encoding="utf-8-sig")
    changed_list(first.inputs.facilities[0], folder / "facilities.xlsx")
    files = {
        "inputs.previous": str(folder / "allocation.csv"),
        "inputs.facilities": [str(folder / "facilities.xlsx")],
    }
    free, dear = (Scenario.load(SAMPLE, previous__change_cost=cost, **files) for cost in (0.0, 1.0))
    inputs = dear.read()
    return before, free.solve(inputs), dear.solve(inputs)


def test_no_approved_decision_moves(plans: tuple[pd.DataFrame, Plan, Plan]) -> None:
    before, *after = plans
    approved = before[before["status"].isin(FIXED)].set_index("facility_id")["new_use"]
    assert len(approved) > 60
    for plan in after:
        now = plan.allocation.set_index("facility_id")["new_use"]
        listed = approved.index.intersection(now.index)
        assert now[listed].tolist() == approved[listed].tolist()
        told = plan.changes[plan.changes["previous_status"].isin(FIXED)]
        assert set(told["facility_id"]) == set(approved.index) - set(now.index)


def test_the_changes_told_are_the_difference_of_the_tables(plans: tuple[pd.DataFrame, Plan, Plan]) -> None:
    before, *after = plans
    old = dict(zip(before["facility_id"], before["new_use"], strict=True))
    for plan in after:
        new = dict(zip(plan.allocation["facility_id"], plan.allocation["new_use"], strict=True))
        differing = {code for code in {*old, *new} if old.get(code) != new.get(code)}
        told = plan.changes.astype(object).where(plan.changes.notna(), None)
        assert sorted(told["facility_id"]) == sorted(differing)
        assert {row.facility_id: (row.previous_use, row.new_use) for row in told.itertuples()} == {
            code: (old.get(code), new.get(code)) for code in differing
        }
        assert told["why"].str.len().gt(10).all()
        assert plan.summary["changes"]["new"] == len(set(new) - set(old)) > 0
        assert plan.summary["changes"]["gone"] == len(set(old) - set(new)) > 0


def test_a_price_never_adds_changes(plans: tuple[pd.DataFrame, Plan, Plan]) -> None:
    _, free, dear = plans
    assert dear.summary["changes"]["count"] <= free.summary["changes"]["count"]

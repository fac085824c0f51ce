"""CSV tables: bytes, guarding, and what a public run leaves out."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from planner.catalogue.columns import columns
from planner.errors import Record
from planner.outputs.tables import (
    confidential,
    guard,
    unguard,
    visible,
    write_allocation_csv,
    write_checks_csv,
    write_csv,
)
from tests.outputs.fake import AWKWARD_NAMES, CONFIDENTIAL, fake_plan

FORMULAS = ("=1+1", "+84 214", "-cmd", "@SUM(A1)", "\tx", "\rx", "\nx")


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_allocation_has_every_facility_and_column(tmp_path: Path) -> None:
    write_allocation_csv(fake_plan(), tmp_path / "a.csv")
    rows = read(tmp_path / "a.csv")
    assert list(rows[0]) == list(columns("allocation"))
    assert len(rows) == 12
    assert rows[0]["facility_id"] == "00012"
    assert rows[0]["commune_code"] == "02647"
    assert rows[0]["floor_area_m2"] == "684.5"
    assert rows[1]["floor_area_m2"] == ""
    assert rows[0]["main_office"] == "true"


def test_names_come_back_as_they_were(tmp_path: Path) -> None:
    write_allocation_csv(fake_plan(), tmp_path / "a.csv")
    names = {unguard(row["name"]) for row in read(tmp_path / "a.csv")}
    assert set(AWKWARD_NAMES) <= names


def test_no_cell_starts_a_formula(tmp_path: Path) -> None:
    write_allocation_csv(fake_plan(), tmp_path / "a.csv")
    cells = [cell for row in read(tmp_path / "a.csv") for cell in row.values()]
    assert not [cell for cell in cells if cell[:1] in set("=+-@\t\r")]


@pytest.mark.parametrize("text", FORMULAS)
def test_formulas_are_guarded(text: str) -> None:
    assert guard(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-5", "+3.25", "00012", "Nhà = đất", "'quoted'", "", "a\nb"])
def test_other_text_stays(text: str) -> None:
    assert guard(text) == text


@pytest.mark.parametrize(
    "text", [*FORMULAS, *(f"'{t}" for t in FORMULAS), "''=1", "'", "-5", "'-5", "", "plain", "'plain"]
)
def test_guarding_can_be_undone(text: str) -> None:
    assert unguard(guard(text)) == text


def test_the_same_plan_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        write_allocation_csv(fake_plan(), tmp_path / name)
    data = (tmp_path / "a.csv").read_bytes()
    assert data == (tmp_path / "b.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\r\n") == 13


def test_values_are_written_for_machines(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {
            "number": pd.array([0.1 + 0.2, -1e-9, 1e15, None], dtype="Float64"),
            "whole": pd.array([20, None, -3, 4], dtype="Int64"),
            "date": [dt.date(2026, 11, 22), pd.Timestamp("2026-01-02"), pd.NaT, None],
            "flag": pd.array([True, False, None, True], dtype="boolean"),
        }
    )
    write_csv(table, tmp_path / "t.csv")
    rows = read(tmp_path / "t.csv")
    assert [row["number"] for row in rows] == ["0.3", "0", "1000000000000000", ""]
    assert [row["whole"] for row in rows] == ["20", "", "-3", "4"]
    assert [row["date"] for row in rows] == ["2026-11-22", "2026-01-02", "", ""]
    assert [row["flag"] for row in rows] == ["true", "false", "", "true"]


def test_checks_from_records_and_from_a_table(tmp_path: Path) -> None:
    record = Record(table="facilities", rule="r", severity="error", message="=m", row=7)
    write_checks_csv([record], tmp_path / "a.csv")
    (row,) = read(tmp_path / "a.csv")
    assert (row["row"], row["message"], row["fix"]) == ("7", "'=m", "")
    write_checks_csv(fake_plan().checks, tmp_path / "b.csv")
    assert [row["row"] for row in read(tmp_path / "b.csv")] == ["7", "13", "25", ""]
    write_checks_csv([], tmp_path / "c.csv")
    assert read(tmp_path / "c.csv") == []


def test_a_run_that_is_not_public_shows_everything() -> None:
    plan = fake_plan()
    assert confidential(plan) == frozenset()
    assert visible(plan) is plan


def test_a_public_run_leaves_confidential_facilities_out_of_every_table() -> None:
    plan = fake_plan(public=True)
    shown = visible(plan)
    tables = [
        shown.allocation,
        shown.rules,
        shown.planning_updates,
        shown.to_clear,
        shown.assumed,
        shown.inputs.facilities,
        *(table for table in vars(shown.studies).values() if "facility_id" in table),
    ]
    assert confidential(plan) == {CONFIDENTIAL}
    assert not any((table["facility_id"] == CONFIDENTIAL).any() for table in tables)
    assert len(shown.allocation) == len(plan.allocation) - 1
    assert shown.inputs.facilities.crs == plan.inputs.facilities.crs


def test_totals_keep_counting_confidential_facilities() -> None:
    plan = fake_plan(public=True)
    shown = visible(plan)
    assert shown.summary["counts"]["facilities"] == 12
    assert shown.statistics.equals(plan.statistics)


def test_findings_about_confidential_facilities_go_with_them() -> None:
    plan = fake_plan(public=True)
    hidden = plan.inputs.facilities[plan.inputs.facilities["facility_id"] == CONFIDENTIAL].iloc[0]
    new = plan.checks.iloc[:2].copy()
    new["row"] = [hidden["row"], 99]
    new["message"] = ["Thiếu diện tích sàn.", f"Trùng với {hidden['name']}."]
    checks = pd.concat([plan.checks, new], ignore_index=True)
    object.__setattr__(plan, "checks", checks)
    assert len(visible(plan).checks) == len(checks) - 2


def test_one_confidential_building_hides_its_site() -> None:
    plan = fake_plan(public=True)
    facilities = plan.inputs.facilities
    facilities.loc[facilities["facility_id"] == "F-0011", "confidential"] = True
    assert confidential(plan) == {CONFIDENTIAL, "F-0010", "F-0011"}

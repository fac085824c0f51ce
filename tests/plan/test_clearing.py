"""What stands in the way of each site, what is asked of other levels, and by when decisions are due."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from planner.catalogue.load import read_data
from planner.outputs.workbook import write_workbook
from planner.plan.result import Plan
from planner.scenario import Scenario
from tests.tiny import HEADERS, tiny_facilities, write_facilities, write_tiny

START = dt.date(2026, 12, 1)
SHEETS = read_data("workbook_texts")["sheets"]


def solved(folder: Path, start: dt.date | None = START) -> Plan:
    """Plan the tiny province with a Party house to hear, a central one that agreed, and a paper that is not there."""
    facilities = tiny_facilities()
    facilities[0] |= {"dossier_land": "Chưa có"}
    facilities[10] |= {"holder": "Tòa án nhân dân tối cao"}
    facilities[3] |= {"owner": "Đảng", "consent": "Chưa có"}
    facilities[4] |= {"owner": "Trung ương", "consent": "Đã đồng ý"}
    facilities[5] |= {"owner": "Doanh nghiệp", "consent": "Đã đồng ý"}
    path = write_tiny(folder, language="en")
    write_facilities(folder / "facilities.xlsx", facilities, HEADERS | {"dossier_land": "Giấy tờ về đất"})
    headings = {"mapping": {"Giấy tờ về đất": "dossier_land"}}
    scenario = Scenario.load(path, **headings, **({} if start is None else {"procedure.start_date": start}))
    return scenario.solve(scenario.read())


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return solved(tmp_path_factory.mktemp("clearing"))


def test_one_list_says_whose_consent_which_papers_and_what_else(plan: Plan) -> None:
    rows = plan.to_clear.set_index(["facility_id", "obstacle"])
    court = rows.loc[("T-11", "consent")]
    assert court["whom"] == "The ministry or central body that holds the facility; Tòa án nhân dân tối cao"
    assert court["action"] == "Ask the owner for consent"
    papers = rows.loc[("T-01", "papers")]
    assert papers["observed"] == "Land papers (certificate, decision on allocation or lease)"
    assert "not checked" not in papers["action"]
    assert rows.loc[("T-10", "other"), "rule"] == "encumbered"
    assert plan.to_clear["facility_id"].is_monotonic_increasing
    assert plan.to_clear[["name", "action", "legal_basis", "obstacle"]].notna().all(axis=None)


def test_what_exceeds_the_province_is_recommended_to_whom_it_concerns(plan: Plan) -> None:
    rows = plan.recommendations.set_index("facility_id")
    assert rows.loc["T-11", ["addressee", "request"]].tolist() == ["central", "consent"]
    assert rows.loc["T-04", ["addressee", "request"]].tolist() == ["party", "consent"]
    assert rows.loc["T-05", ["addressee", "request"]].tolist() == ["central", "minister"]
    assert rows.loc["T-06", ["addressee", "request"]].tolist() == ["enterprise", "owner"]
    assert set(rows.index) == {"T-04", "T-05", "T-06", "T-11"}
    assert rows["addressee"].tolist() == ["central", "central", "party", "enterprise"]
    assert rows[["legal_ground", "legal_basis"]].notna().all(axis=None)
    totals = plan.recommendation_totals.set_index(["addressee", "request"])
    assert totals.loc[("central", "consent")].tolist() == [1, 2500.0, 1200.0]
    assert totals["sites"].sum() == len(rows)


def test_deadlines_are_counted_from_the_start_and_nothing_is_invented(plan: Plan) -> None:
    rows = plan.deadlines.set_index("facility_id")
    both = rows[(rows["decide_days"] == 20) & (rows["handover_days"] == 30)]
    assert len(both)
    assert set(both["decide_by"]) == {pd.Timestamp("2026-12-21")}
    assert set(both["handover_by"]) == {pd.Timestamp("2027-01-20")}
    assert rows.loc["T-05", ["decide_by", "handover_by"]].isna().all()
    assert rows.loc["T-05", "handover_days"] == 30
    assert plan.deadlines["decide_by"].dropna().is_monotonic_increasing
    timed = plan.allocation["decide_days"].notna() | plan.allocation["handover_days"].notna()
    done = plan.allocation["status"].isin(["handed_over", "in_use"])
    assert set(rows.index) == set(plan.allocation.loc[timed & ~done, "facility_id"])


def test_the_sheets_stand_in_the_workbook(plan: Plan, tmp_path: Path) -> None:
    write_workbook(plan, tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    page = book[SHEETS["recommendations"]["en"]]
    top = len(plan.recommendation_totals) + 3
    assert page.cell(2, 1).value == "The ministry or central body that holds the facility"
    listed = [page.cell(row, 3).value for row in range(top + 1, page.max_row + 1)]
    assert listed == plan.recommendations["facility_id"].tolist()
    due = book[SHEETS["deadlines"]["en"]]
    assert due["A2"].value == dt.datetime(2026, 12, 21)  # noqa: DTZ001
    said = {str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row}
    assert any("calendar days" in text for text in said)
    assert SHEETS["plan_changes"]["en"] not in book.sheetnames


def test_without_a_start_date_there_is_no_sheet(tmp_path: Path) -> None:
    plan = solved(tmp_path, None)
    assert not len(plan.deadlines)
    write_workbook(plan, tmp_path / "a.xlsx")
    assert SHEETS["deadlines"]["en"] not in openpyxl.load_workbook(tmp_path / "a.xlsx").sheetnames

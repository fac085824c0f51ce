"""A plan made by hand: the tool's own plan has the tool's own figures, and what breaks is told with its place."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest
from openpyxl import Workbook

from planner.errors import PlannerError
from planner.inputs.plan_table import TABLE
from planner.inputs.tables import Inputs
from planner.outputs.tables import write_allocation_csv
from planner.outputs.workbook import write_workbook
from planner.plan import Plan, make_plan
from planner.plan.evaluate import evaluate_plan
from planner.plan.status import status_in_words
from planner.scenario import Scenario
from tests.tiny import write_tiny

SAME = ("needs", "statistics", "budget", "equity", "purchases", "form_totals", "planning_updates", "settlements_served")
HEADINGS = ("Mã cơ sở", "Công năng mới")
LIMITS = '[[limits]]\nuse = "commune_police"\nmin = 0\n[[limits]]\nuse = "market"\nmax = 1\n'


class Made(NamedTuple):
    """A tiny province with the tool's own plan."""

    scenario: Scenario
    inputs: Inputs
    plan: Plan

    def uses(self) -> dict[str, str]:
        return dict(zip(self.plan.allocation["facility_id"], self.plan.allocation["new_use"], strict=True))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    scenario = Scenario.load(write_tiny(tmp_path_factory.mktemp("tiny"), more=LIMITS))
    inputs = scenario.read()
    return Made(scenario, inputs, make_plan(scenario, inputs))


def by_hand(path: Path, uses: dict[str, str] | list[tuple[str, str]], headings: tuple[str, str] = HEADINGS) -> Path:
    """Write a person's own table; its headings are those of the allocation unless given."""
    rows = list(uses.items()) if isinstance(uses, dict) else uses
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(headings)
        writer.writerows(rows)
    return path


def assert_same_figures(found: Plan, plan: Plan) -> None:
    for key in ("objective", "terms"):
        own, again = ([{**t, "bound": None} for t in p.summary[key]] if key == "terms" else p.summary[key]
                      for p in (plan, found))  # fmt: skip
        assert again == (own if key == "terms" else pytest.approx(own, rel=1e-9))
    for key in ("needs", "disadvantaged"):
        assert found.summary[key] == plan.summary[key]
    for table in SAME:
        pd.testing.assert_frame_equal(getattr(found, table), getattr(plan, table))
    told = ["decided_by", "reason", "locked"]
    pd.testing.assert_frame_equal(found.allocation.drop(columns=told), plan.allocation.drop(columns=told))


@pytest.mark.parametrize("name", ["allocation.csv", "allocation.xlsx", "hand.csv", "keys.xlsx"])
def test_the_tools_own_allocation_has_the_tools_own_figures(made: Made, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name == "allocation.csv":
        write_allocation_csv(made.plan, path)
    elif name == "allocation.xlsx":
        write_workbook(made.plan, path)
    elif name == "hand.csv":
        labels = {key: use.label("en") for key, use in made.plan.catalogue.uses.items()}
        by_hand(path, {f: labels[use].upper() for f, use in reversed(made.uses().items())}, ("Facility ID", "New use"))
    else:
        book = Workbook()
        for row in [("facility_id", "note", "new_use"), *((f, "?", use) for f, use in made.uses().items())]:
            book.worksheets[0].append(row)
        book.save(path)
    found = evaluate_plan(made.scenario, made.inputs, path)
    assert_same_figures(found, made.plan)
    assert found.summary["violations"] == 0


def test_an_evaluated_plan_says_what_it_is(made: Made, tmp_path: Path) -> None:
    found = evaluate_plan(made.scenario, made.inputs, by_hand(tmp_path / "plan.csv", made.uses()))
    summary = json.loads((found.save(tmp_path / "out") / "plan.json").read_text(encoding="utf-8"))
    assert summary["evaluated"] is True
    assert (summary["status"], summary["bound"], summary["gap"], summary["unique"]) == ("feasible", None, None, False)
    assert summary["plan_file"]["path"] == "plan.csv"
    assert [t["bound"] for t in summary["terms"]] == [None] * 6
    words = status_in_words(found)
    assert (words.key, words.label) == ("evaluated", "Phương án lập tay")
    assert "Tối ưu" not in words.sentence
    page = (tmp_path / "out" / "map.html").read_text(encoding="utf-8")
    assert '"key":"evaluated","label":"Phương án lập tay"' in page
    assert set(found.allocation["decided_by"]) == {"given", "law", "lock"}


def test_what_a_plan_breaks_is_told_and_stops_nothing(made: Made, tmp_path: Path) -> None:
    uses = made.uses() | {
        "T-01": "preschool", "T-02": "commune_police", "T-09": "culture_house", "T-10": "commune_office",
        "T-12": "market", "T-08": "market",
    }  # fmt: skip
    path = by_hand(tmp_path / "plan.csv", uses)
    found = evaluate_plan(made.scenario, made.inputs, path)
    broken = found.checks[found.checks["table"] == TABLE]
    assert len(broken) == found.summary["violations"]
    assert set(broken["severity"]) == {"warning"}
    rules = broken.groupby("rule")["row"].apply(list).to_dict()
    rows = {f: i for i, f in enumerate(uses, start=2)}
    assert rules["plan-lock-broken"] == [rows["T-12"]]
    assert rows["T-10"] in rules["plan-use-excluded"]
    disputed = broken[(broken["row"] == rows["T-10"]) & (broken["rule"] == "plan-use-excluded")].iloc[0]
    assert (disputed["file"], disputed["column"], disputed["value"]) == (
        "plan.csv",
        "Công năng mới",
        "Trụ sở xã, phường",
    )
    assert "Tranh chấp" in disputed["message"]
    assert "Nghị định" in disputed["message"]
    over = broken[broken["rule"] == "plan-over-budget"].iloc[0]
    spent = found.budget.set_index("source").loc["renovation"]
    assert spent["spent_million_vnd"] > spent["limit_million_vnd"]
    by_how_much = f"{spent['spent_million_vnd'] - spent['limit_million_vnd']:,.1f}"
    assert by_how_much.translate(str.maketrans(",.", ".,")) in over["message"]
    assert "limits[1]" in broken[broken["rule"] == "plan-limit-broken"]["column"].tolist()
    assert dict(zip(found.allocation["facility_id"], found.allocation["new_use"], strict=True)) == uses
    assert found.allocation.set_index("facility_id").at["T-12", "decided_by"] == "given"


def test_whole_sites_and_too_many_offices_are_told(tmp_path: Path) -> None:
    more = "[uses.commune_office]\nmax_sites = 1\n"
    scenario = Scenario.load(write_tiny(tmp_path / "tiny", more=more))
    inputs = scenario.read()
    own = make_plan(scenario, inputs).allocation.set_index("facility_id")["new_use"].astype(str).to_dict()
    whole = next(use.key for use in scenario.load_catalogue().uses.values() if use.whole_site)
    path = by_hand(tmp_path / "plan.csv", own | {"T-01": "commune_office", "T-02": "commune_office", "T-03": whole})
    broken = evaluate_plan(scenario, inputs, path).checks.query(f"table == '{TABLE}'")
    assert "Xã An: 3 địa điểm trụ sở xã, kể cả 1" in " ".join(
        broken.loc[broken["rule"] == "plan-office-sites", "message"]
    )
    assert {"plan-site-divided", "plan-use-excluded"} & set(broken["rule"])


def test_all_errors_of_a_file_are_told_at_once(made: Made, tmp_path: Path) -> None:
    rows = list(made.uses().items())[2:]
    rows[0] = (rows[0][0], "trường làng")
    rows[1] = (rows[1][0], "")
    path = by_hand(tmp_path / "plan.csv", [*rows, ("T-99", "market"), rows[5]])
    with pytest.raises(PlannerError) as refused:
        evaluate_plan(made.scenario, made.inputs, path)
    told = [(r.rule, r.file, r.row, r.column, r.value) for r in refused.value.records]
    assert all(record.message and record.fix for record in refused.value.records)
    assert told == [
        ("missing-value", "plan.csv", 3, "Công năng mới", ""),
        ("plan-facility-unknown", "plan.csv", 12, "Mã cơ sở", "T-99"),
        ("plan-facility-repeated", "plan.csv", 13, "Mã cơ sở", rows[5][0]),
        ("plan-use-unknown", "plan.csv", 2, "Công năng mới", "trường làng"),
        ("plan-facility-missing", "plan.csv", None, "Mã cơ sở", "T-01"),
        ("plan-facility-missing", "plan.csv", None, "Mã cơ sở", "T-02"),
    ]


def test_a_file_without_the_columns_or_without_itself_is_named(made: Made, tmp_path: Path) -> None:
    for path in (by_hand(tmp_path / "other.csv", made.uses(), ("Tên", "Ghi chú")), tmp_path / "none.xlsx"):
        with pytest.raises(PlannerError) as refused:
            evaluate_plan(made.scenario, made.inputs, path)
        assert {record.file for record in refused.value.records} == {path.name}

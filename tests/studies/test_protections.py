"""The study of protections end to end: what is priced, whom it moves, the curve of tau, and why a commune lags."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from planner.outputs.workbook import write_workbook
from planner.plan import Plan
from planner.scenario import Scenario
from planner.studies.result import Studies
from tests.tiny import write_tiny

ASKED = """\
[fairness]
tau = 0.9
area_share_min = 0.5
[budget]
renovation_million_vnd = 8000
disadvantaged_share_min = 0.5
[studies.protections]
tau = [0.5, 1.0]
own_best_below = 0.95
"""
NAMES = ["shortfall", "money_share", "area_share", "priority_weights"]


def planned(folder: Path, asked: str = ASKED) -> Plan:
    path = write_tiny(folder)
    budget = "[budget]\nrenovation_million_vnd = 8000\n"
    path.write_text(path.read_text(encoding="utf-8").replace(budget, "") + asked, encoding="utf-8")
    scenario = Scenario.load(path)
    return scenario.solve(scenario.read())


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return planned(tmp_path_factory.mktemp("asked"))


def test_nothing_is_studied_unless_asked(tmp_path: Path) -> None:
    found = planned(tmp_path, ASKED[: ASKED.index("[studies")]).studies
    assert not any(len(table) for table in vars(found).values())
    assert isinstance(found, Studies)


def test_every_protection_in_force_is_priced(plan: Plan) -> None:
    table = plan.studies.protections
    assert table["protection"].tolist() == NAMES
    assert set(table["status"]) == {"optimal"}
    assert (table["price"] >= 0).all()
    assert table["served_lost"].tolist() == pytest.approx((table["served_without"] - table["served"]).tolist())
    assert table["price_of_fairness_share"].tolist() == pytest.approx(
        (table["served_lost"] / table["served_without"]).tolist(), abs=1e-6
    )


def test_a_protection_that_is_not_asked_has_no_row(tmp_path: Path) -> None:
    bare = "[fairness]\ntau = 0\n[budget]\nrenovation_million_vnd = 8000\n"
    equal = "[priority.weights]\n" + "".join(f"{key} = 1\n" for key in ("I", "II", "III", "unknown", "none", "village"))
    found = planned(tmp_path, f"{bare}{equal}[studies.protections]\ntau = []\n").studies
    assert not len(found.protections)
    assert not len(found.protection_classes)
    assert found.tau_curve["tau"].tolist() == [0]


def test_whom_a_protection_moves_adds_up_to_what_it_costs(plan: Plan) -> None:
    classes = plan.studies.protection_classes.groupby("protection")["gained"].sum()
    whole = plan.studies.protections.set_index("protection")["served_lost"]
    assert (classes + whole[classes.index]).abs().max() < 0.01
    served = plan.equity[plan.equity["group"] == "class"]["served"].sum()
    assert plan.studies.protections["served"].iat[0] == pytest.approx(served, abs=0.01)


def test_the_curve_begins_without_any_tau_against_which_the_rest_is_priced(plan: Plan) -> None:
    curve = plan.studies.tau_curve
    assert curve["tau"].tolist() == [0, 0.5, 1]
    assert curve["price"].iat[0] == 0
    assert (curve["price"] >= 0).all()
    assert curve["price_of_fairness_share"].iat[0] == 0
    assert (curve["worst_own_best_share"] <= curve["next_worst_own_best_share"]).all()


def test_a_commune_that_lags_is_listed_with_the_price_of_lifting_it_and_who_pays(plan: Plan) -> None:
    own = plan.equity[plan.equity["group"] == "commune"].set_index("key")["own_best_share"]
    lagging = plan.studies.lagging
    assert set(lagging["commune_code"]) == set(own.index[own < 0.95])
    first = lagging.iloc[0]
    assert first["commune_name"] == "Xã An"
    assert first["why"] == "others"
    assert first["price"] > 0
    assert first["loss_term"] == "mandatory"  # the house it needs is an office to those who would lose most
    assert first["loser"] != "Xã An"
    assert first["gained"] > 0


def test_what_was_not_examined_or_not_proven_says_so(tmp_path: Path) -> None:
    few = planned(tmp_path / "few", ASKED + "most_examined = 0\n").studies.lagging
    assert set(few["why"]) == {"not_examined"}
    assert few["price"].isna().all()
    audit = planned(tmp_path / "audit", ASKED + '[objective]\nmode = "lexicographic"\n').studies
    assert set(audit.lagging["why"]) == {"unknown"}
    assert audit.protections["price"].isna().all()
    assert audit.tau_curve["price"].isna().all()


@pytest.mark.parametrize(("language", "name"), [("vi", "Công bằng theo mức τ"), ("en", "Fairness along tau")])
def test_the_workbook_has_the_tables_and_a_chart(plan: Plan, tmp_path: Path, language: str, name: str) -> None:
    scenario = plan.scenario.model_copy(update={"language": language})
    write_workbook(replace(plan, scenario=scenario), tmp_path / "plan.xlsx")
    book = openpyxl.load_workbook(tmp_path / "plan.xlsx")
    assert name in book.sheetnames
    assert len(book[name]._charts) == 1


def test_figures_come_as_numbers_that_can_be_plotted(plan: Plan) -> None:
    curve = plan.studies.tau_curve
    assert all(pd.api.types.is_numeric_dtype(curve[key]) for key in ("tau", "price", "worst_own_best_share", "gini"))

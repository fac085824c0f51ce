"""The sample with evidence: every decision has its reasons, and what is said of other uses was found by solving."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from benchmarks.audit import SAMPLE
from planner.plan import Plan
from planner.scenario import Scenario

WITHOUT_A_NUMBER = re.compile(r"\b0 (?:người|people)|nan|None|\{|\}")


@pytest.fixture(scope="module")
def plan() -> Plan:
    scenario = Scenario.load(SAMPLE.with_name("lao-cai-explained.toml"))
    return scenario.solve(scenario.read())


@pytest.fixture(scope="module")
def needed(plan: Plan) -> pd.DataFrame:
    return plan.allocation[plan.allocation["decided_by"] == "need"]


def test_every_facility_has_a_reason_in_both_languages(plan: Plan) -> None:
    assert plan.reasons["facility_id"].tolist() == plan.allocation["facility_id"].tolist()
    for column in ("vietnamese", "english"):
        assert plan.reasons[column].str.len().gt(20).all()
        assert not plan.reasons[column].str.contains(WITHOUT_A_NUMBER).any()
    assert plan.allocation["reason"].tolist() == plan.reasons["vietnamese"].tolist()


def test_english_reasons_hold_no_words_that_were_observed_in_vietnamese(plan: Plan) -> None:
    assert not plan.reasons["english"].str.contains("Đang sử dụng|Trung ương|Bỏ trống|Đã hỏi").any()


def test_every_facility_decided_by_need_has_an_importance_and_a_runner_up_where_any_other_use_is_allowed(
    plan: Plan, needed: pd.DataFrame
) -> None:
    assert (needed["evidence"] == "estimate").all()
    assert needed["importance"].notna().all()
    alone = needed[needed["runner_up_use"].isna()]
    public = {key for key, use in plan.catalogue.uses.items()}
    for facility in alone["facility_id"]:
        closed = set(plan.rules.loc[plan.rules["facility_id"] == facility, "use"])
        assert len(public - closed) == 1, "another use is allowed, so there is a runner-up"
    assert len(alone) < 5


def test_the_table_of_alternatives_is_where_the_allocation_takes_its_figures_from(plan: Plan) -> None:
    best = plan.alternatives[plan.alternatives["rank"] == 1].set_index("facility_id")
    shown = plan.allocation.dropna(subset=["runner_up_use"]).set_index("facility_id")
    assert best["use"].to_dict() == shown["runner_up_use"].to_dict()
    assert best["loss"].to_dict() == shown["runner_up_loss"].to_dict()
    without = plan.alternatives[plan.alternatives["instead"] == "without"].set_index("facility_id")["loss"]
    assert (
        without.to_dict()
        == plan.allocation.dropna(subset=["importance"]).set_index("facility_id")["importance"].to_dict()
    )


def test_what_is_given_as_an_estimate_is_called_one(needed: pd.DataFrame) -> None:
    lossy = needed[needed["runner_up_loss"] > 1]
    assert lossy["reason"].str.contains("Theo ước tính").all()
    equal = needed[(needed["runner_up_loss"] == 0) & needed["runner_up_use"].notna()]
    assert equal["reason"].str.contains("chênh lệch không đáng kể").all()

"""Papers: what a proposal needs, what a facility has, and what nobody has said."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from planner.catalogue.columns import columns, values
from planner.catalogue.load import load_catalogue, read_data
from planner.plan.dossiers import make_dossiers, papers_by_facility

PAPERS = read_data("dossiers")["papers"]


def tables(**facts: Any) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return a facilities table and an allocation of one facility; `handling_form` and `next_step` go to the latter."""
    plain = dict.fromkeys((*(paper["column"] for paper in PAPERS.values()), "condition")) | {"facility_id": "F-1"}
    decided = {"facility_id": "F-1", "handling_form": None, "next_step": None}
    allocation = {key: facts.pop(key, value) for key, value in decided.items()}
    return pd.DataFrame([plain | facts]).astype("string"), pd.DataFrame([allocation]).astype("string")


def needed(**facts: Any) -> set[str]:
    dossiers = make_dossiers(*tables(**facts))
    return set(dossiers.loc[dossiers["needed"], "paper"])


@pytest.mark.parametrize(
    ("facts", "papers"),
    [
        ({"handling_form": "retain", "next_step": "none"}, {"land", "inventory"}),
        ({"handling_form": "retain", "next_step": "convert"}, {"land", "inventory", "building"}),
        (
            {"handling_form": "recover", "next_step": "sell"},
            {"land", "inventory", "building", "asset_book", "valuation"},
        ),
        (
            {"handling_form": "transfer", "next_step": "allocate"},
            {"land", "inventory", "building", "asset_book", "handover", "consent"},
        ),
        ({"handling_form": "retain", "next_step": "none", "condition": "unfinished"}, {"land", "inventory", "project"}),
        ({"handling_form": None, "next_step": "none", "condition": "unfinished"}, set()),
    ],
)
def test_form_next_step_and_condition_say_what_is_needed(facts: dict[str, Any], papers: set[str]) -> None:
    assert needed(**facts) == papers


@pytest.mark.parametrize(
    ("held", "missing"), [("none", True), ("paper", False), ("both", False), ("held", False), (None, pd.NA)]
)
def test_a_needed_paper_is_missing_only_where_somebody_says_so(held: str | None, missing: object) -> None:
    dossiers = make_dossiers(*tables(handling_form="retain", dossier_land=held)).set_index("paper")
    assert dossiers.loc["land", "missing"] is missing or dossiers.loc["land", "missing"] == missing
    assert not dossiers.loc["valuation", "missing"]


def test_one_row_a_facility_counts_what_is_missing_and_what_is_not_known() -> None:
    first, second = tables(handling_form="retain", dossier_land="none"), tables(handling_form="transfer")
    facilities = pd.concat([first[0], second[0].assign(facility_id="F-0")], ignore_index=True)
    allocation = pd.concat([first[1], second[1].assign(facility_id="F-0")], ignore_index=True)
    wide = papers_by_facility(make_dossiers(facilities, allocation))
    assert wide["facility_id"].tolist() == ["F-1", "F-0"]
    assert wide["papers_missing"].tolist() == [1, 0]
    assert wide["papers_unknown"].tolist() == [1, 6]
    assert wide["dossier_land"].tolist() == ["none", pd.NA]


def test_the_catalogue_of_papers_names_what_exists() -> None:
    catalogue = load_catalogue()
    for key, paper in PAPERS.items():
        assert paper["column"] in columns("facilities"), key
        assert set(paper.get("forms", [])) <= set(catalogue.forms), key
        assert set(paper.get("next_steps", [])) <= set(catalogue.next_steps), key
        assert set(paper.get("conditions", [])) <= set(values("condition")), key
        assert {"forms", "next_steps", "conditions"} & set(paper), key
    assert {key for key in columns("facilities") if key.startswith("dossier_")} == {
        p["column"] for p in PAPERS.values()
    }

"""Who may receive: a form open to some kinds of receivers is closed to the others; another form may lead there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from planner.catalogue.load import load_catalogue
from planner.checks.receivers import receiver_not_allowed
from planner.errors import PlannerError
from planner.plan.procedure import handle
from planner.problem.eligibility import RULES
from planner.problem.procedures import procedure_of
from planner.scenario import Scenario
from tests.checks.world import make_scenario, make_tables
from tests.tiny import tiny_facilities, write_csv, write_tiny

CATALOGUE = load_catalogue()
MARKET_BY_A_FIRM = {"uses": {"market": {"receiver_kind": "enterprise", "run_by_commune": False}}}


def facility(**facts: object) -> dict[Any, object]:
    plain = {"owner": "district", "current_use": "warehouse", "occupancy": "vacant", "condition": "good"}
    return plain | {"land_demand": "no", "planning_code": ""} | facts


@pytest.mark.parametrize(
    ("owner", "form"),
    [
        ("district", None),
        ("provincial", None),
        ("central", "hand_over_to_locality"),
        ("party", "as_agreed"),
        ("enterprise", "as_agreed"),
    ],
)
def test_an_enterprise_receives_nothing_by_transfer(owner: str, form: str | None) -> None:
    catalogue = load_catalogue(MARKET_BY_A_FIRM)
    found = procedure_of(catalogue.uses["market"], facility(owner=owner), catalogue)
    assert (found and found.form) == form


def test_every_kind_that_the_law_names_receives_a_transfer() -> None:
    assert CATALOGUE.forms["transfer"].receivers == (
        "state_body", "armed_forces", "public_service_unit", "party", "socio_political",
    )  # fmt: skip
    for use in CATALOGUE.uses.values():
        found = procedure_of(use, facility(), CATALOGUE)
        assert found is not None, use.key
        assert found.form == ("transfer" if use.public else "recover" if use.family == "exit" else "retain"), use.key


@pytest.mark.parametrize("owner", ["enterprise", "other"])
def test_an_enterprise_s_own_house_is_agreed_upon_not_transferred(owner: str) -> None:
    handling = handle(CATALOGUE.uses["commune_office"], facility(owner=owner, current_use="office"), CATALOGUE, "en")
    assert (handling.form, handling.authority) == ("as_agreed", "owner")
    assert handling.decide_days is None
    assert "no provision found" in str(handling.ground)
    assert "not checked" in str(handling.ground)


def solved(folder: Path, *decisions: dict[str, str], **tables: Any) -> Any:
    """Plan the tiny province, in which markets are run by enterprises and needed in one commune."""
    write_csv(folder / "needs.csv", [{"commune_code": "00901", "use": "market", "amount": 1}])
    files = {"inputs.needs": str(folder / "needs.csv"), "catalogue": MARKET_BY_A_FIRM}
    if decisions:
        files["inputs.decisions"] = str(write_csv(folder / "decisions.csv", list(decisions)))
    scenario = Scenario.load(write_tiny(folder, language="en", **tables), **files)
    return scenario.solve(scenario.read())


def test_the_pair_is_excluded_with_who_and_by_what_law(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    rules = solved(tmp_path / "x").rules
    found = rules[(rules["facility_id"] == "T-02") & (rules["use"] == "market")].iloc[0]
    assert found["rule"] == "receiver_not_allowed"
    assert found["observed"] == "Enterprise or cooperative"
    assert found["required"].startswith("State body; Armed forces")
    assert found["legal_basis"].endswith("Art. 42.2")
    assert found["hard"]
    assert list(RULES).index("receiver_not_allowed") < list(RULES).index("nobody_needs_it")


def test_a_verdict_against_it_needs_a_waiver(tmp_path: Path) -> None:
    with pytest.raises(PlannerError) as refused:
        solved(tmp_path, {"facility_id": "T-02", "verdict": "require", "use": "market"})
    assert any("may not receive a transfer" in record.message for record in refused.value.records)


def test_an_approved_decision_against_it_is_kept_with_a_warning(tmp_path: Path) -> None:
    facilities = tiny_facilities()
    facilities[3] |= {"owner": "Tỉnh", "status": "Đã phê duyệt", "approved_use": "Chợ"}
    plan = solved(tmp_path, facilities=facilities)
    row = plan.allocation.set_index("facility_id").loc["T-04"]
    assert (row["new_use"], row["handling_form"], row["status"]) == ("market", "transfer", "approved")
    warnings = plan.checks.loc[plan.checks["rule"] == "lock-against-rule", "message"]
    assert any(text.startswith("T-04") and "may not receive a transfer" in text for text in warnings)


@pytest.mark.parametrize(
    ("name", "form", "status", "warned"),
    [
        ("Công ty TNHH Hoa Ban", None, "approved", True),
        ("HTX Nông nghiệp Bản Hạ", "transfer", "handed_over", True),
        ("Công ty TNHH Hoa Ban", "recover", "approved", False),
        ("Công ty TNHH Hoa Ban", "transfer", "proposed", False),
        ("UBND xã An", "transfer", "approved", False),
        ("Công an xã An", None, "approved", False),
    ],
)
def test_an_approved_receiver_is_judged_by_its_name(name: str, form: str | None, status: str, *, warned: bool) -> None:
    given = {"approved_receiver": name, "approved_form": form, "status": status}
    changes = {key: [None, value, None] for key, value in given.items()}
    records = receiver_not_allowed(make_tables({"facilities": changes}), make_scenario())
    assert [(record.row, record.value, record.severity) for record in records] == [(6, name, "warning")] * warned


def test_an_unknown_kind_of_receiver_is_refused(tmp_path: Path) -> None:
    more = "[catalogue.uses.market]\nreceiver_kind = 'firm'\n"
    with pytest.raises(PlannerError) as refused:
        Scenario.load(write_tiny(tmp_path, more=more, facilities=tiny_facilities()))
    assert "receiver_kind" in refused.value.records[0].column

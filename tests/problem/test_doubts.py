"""What is doubtful in a scenario is said before it is solved, each with what to change."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from planner.cli import main
from planner.errors import ExitCode, Record
from planner.inputs import read_inputs
from planner.prepare import NoClock, prepare
from planner.scenario import Scenario
from tests.tiny import tiny_facilities, tiny_services, write_csv, write_tiny

DOUBTS = {
    "money-above-all-costs", "weights-too-far-apart", "use-nothing-can-serve", "commune-without-candidate",
    "limit-binds-nobody", "tau-asks-everything", "frontier-below-decisions",
}  # fmt: skip


def doubts(path: Path, **overrides: Any) -> list[Record]:
    scenario = Scenario.load(path, **overrides)
    records = prepare(scenario, read_inputs(scenario), NoClock()).case.records
    return [record for record in records if record.rule in DOUBTS]


def places(records: list[Record], rule: str) -> list[str]:
    return [record.column for record in records if record.rule == rule]


def test_every_doubt_says_what_to_change(tiny: Path) -> None:
    limits = [{"use": "preschool", "max": 99}]
    found = doubts(tiny, budget__renovation_million_vnd=1_000_000, limits=limits)
    assert found
    assert all(record.severity == "warning" and record.message and record.fix for record in found)


def test_doubts_are_told_before_the_solve_and_travel_with_the_plan(
    tiny: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked, out = ["--set", "budget.renovation_million_vnd=1000000"], tiny.parent / "out"
    assert main(["run", str(tiny), "--out", str(out), *asked]) == ExitCode.DONE
    told = capsys.readouterr().err
    assert told.index("money-above-all-costs") < told.index("Giải …")
    with (out / "checks.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["rule"] == "money-above-all-costs"]
    assert [(row["severity"], row["column"]) for row in rows] == [("warning", "budget.renovation_million_vnd")]


def test_a_check_tells_doubts_without_solving(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(tiny), "--set", "budget.renovation_million_vnd=1000000"]) == ExitCode.DONE
    assert "money-above-all-costs" in capsys.readouterr().out


def test_a_check_tells_the_decisions_for_which_no_plan_would_be_made(
    tiny: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """T-11 is central and its owner has not consented: without a waiver a run would be refused."""
    decisions = write_csv(tiny.parent / "d.csv", [{"facility_id": "T-11", "verdict": "require", "use": "preschool"}])
    asked = ["check", str(tiny), "--set", f"inputs.decisions={decisions}"]
    assert main(asked) == ExitCode.BAD_INPUT
    assert "decision-against-hard-rule" in capsys.readouterr().out


@pytest.mark.parametrize(("money", "told"), [(15_500, []), (15_600, ["budget.renovation_million_vnd"])])
def test_money_above_all_that_could_be_spent(tiny: Path, money: float, told: list[str]) -> None:
    """The dearest uses of the twelve facilities together cost about 15,595 million VND."""
    assert places(doubts(tiny, budget__renovation_million_vnd=money), "money-above-all-costs") == told


@pytest.mark.parametrize(
    ("weights", "told"),
    [({}, []), ({"cascade": 1e-4}, []), ({"cascade": 1e-6}, ["objective.weights.cascade"]), ({"cascade": 0.0}, [])],
)
def test_weights_beyond_eight_orders_of_magnitude(tiny: Path, weights: dict[str, float], told: list[str]) -> None:
    assert places(doubts(tiny, objective__weights=weights), "weights-too-far-apart") == told


@pytest.mark.parametrize(("tau", "told"), [(0.9, []), (1.0, ["fairness.tau"])])
def test_a_share_of_the_own_best_asked_in_full(tiny: Path, tau: float, told: list[str]) -> None:
    assert places(doubts(tiny, fairness__tau=tau), "tau-asks-everything") == told


@pytest.mark.parametrize(("most", "told"), [(2_399, ["studies.frontier.most_million_vnd"]), (9_000, [])])
def test_a_frontier_that_does_not_pay_for_what_is_decided(tiny: Path, most: float, told: list[str]) -> None:
    """A preschool in T-01 costs 2,400 million VND; what is decided in the inventory costs less."""
    decisions = write_csv(tiny.parent / "d.csv", [{"facility_id": "T-01", "verdict": "require", "use": "preschool"}])
    asked = {"inputs__decisions": str(decisions), "studies__frontier__most_million_vnd": most}
    assert places(doubts(tiny, **asked), "frontier-below-decisions") == told
    assert not places(doubts(tiny, studies__frontier__most_million_vnd=most), "frontier-below-decisions")


def test_a_use_that_nothing_can_serve(tmp_path: Path) -> None:
    """Schools of the tiny province can be preschools; without them and the services nobody serves that use."""
    services = [row for row in tiny_services() if row["use"] != "preschool"]
    houses = [row for row in tiny_facilities() if row["facility_id"] in ("T-08", "T-11")]
    asked = {"uses__preschool__existing": "none", "language": "en"}
    [found] = [r for r in doubts(write_tiny(tmp_path / "bare", facilities=houses, services=services), **asked)
               if r.rule == "use-nothing-can-serve"]  # fmt: skip
    assert "Preschool" in found.message
    assert "Primary" not in found.message
    full = doubts(write_tiny(tmp_path / "full", services=services), **asked)
    assert places(full, "use-nothing-can-serve") == []


def test_a_commune_without_candidate(tmp_path: Path) -> None:
    houses = [row for row in tiny_facilities() if row["commune_code"] != "00903"]
    found = [r for r in doubts(write_tiny(tmp_path, facilities=houses)) if r.rule == "commune-without-candidate"]
    assert any("Xã Cao" in record.message and "Xã Dương" not in record.message for record in found)
    everywhere = doubts(write_tiny(tmp_path / "all"))
    assert not any("Xã Cao" in record.message for record in everywhere)


@pytest.mark.parametrize(
    ("limit", "told"),
    [
        ({"max": 6}, ["limits[0].max"]),
        ({"max": 5}, []),
        ({"min": 0}, ["limits[0].min"]),
        ({"min": 1}, []),
        ({"max": 3, "commune": "00901"}, ["limits[0].max"]),
        ({"max": 2, "commune": "00901"}, []),
    ],
)
def test_a_limit_that_binds_nobody(tiny: Path, limit: dict[str, Any], told: list[str]) -> None:
    """Six facilities may be preschools, three of them in the commune 00901."""
    assert places(doubts(tiny, limits=[{"use": "preschool"} | limit]), "limit-binds-nobody") == told

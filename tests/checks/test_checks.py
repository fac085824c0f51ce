"""Every check reports its case, in the user's row and column, and is silent over clean tables."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import pytest
from shapely.geometry import box

from planner.checks import (
    CHECKS,
    communes,
    decisions,
    facilities,
    receivers,
    run_checks,
    sameness,
    scenario,
    services,
    settlements,
)
from planner.checks.common import Check
from planner.errors import Record
from planner.inputs.tables import Tables
from planner.scenario import Scenario
from tests.checks.world import make_scenario, make_tables

Changes = dict[str, dict[str, list[Any]]]


@dataclass(frozen=True)
class Case:
    """A change that makes a check speak, and what it says."""

    check: Check
    changes: Changes
    rule: str
    severity: str
    row: int | None
    column: str
    value: str = ""
    says: str = ""
    asked: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.check.__module__.rpartition('.')[2]}.{self.check.__name__}"


def shared_parcels(tables: Tables, asked: Scenario) -> list[Record]:
    """Return what is said of parcels only: rows that share one are likely duplicates too."""
    return [found for found in sameness.repeated_facilities(tables, asked) if found.rule == "agencies-share-parcel"]


CASES = [
    Case(communes.duplicate_codes, {"communes": {"commune_code": ["00901", "00901"]}},
         "duplicate-commune-code", "error", 6, "commune_code", "00901", says="communes.xlsx:5"),
    Case(communes.overlapping_polygons,
         {"communes": {"geometry": [box(104.0, 22.0, 104.11, 22.1), box(104.1, 22.0, 104.2, 22.1)]}},
         "polygons-overlap", "warning", 6, "name", "Xã Bình", says="10.0%"),
    Case(communes.missing_population, {"communes": {"population": [None, 4000.0]}},
         "missing-population", "warning", 5, "population"),
    Case(communes.doubtful_growth, {"communes": {"growth_per_year": [0.012, 1.2]}},
         "growth-doubtful", "warning", 6, "growth_per_year", "1.2", says="120"),
    Case(communes.doubtful_growth, {"communes": {"growth_per_year": [0.00012, None]}},
         "growth-doubtful", "warning", 5, "growth_per_year", "0.00012", says="(%)"),
    Case(communes.unknown_base_year,
         {"communes": {"growth_per_year": [0.01, 0.0], "population_year": [None, None]}},
         "base-year-missing", "error", 5, "population_year", says="Xã An", asked={"demand": {"year": 2030}}),
    Case(communes.year_before_base, {"communes": {"population_year": [2024.0, 2019.0]}},
         "year-before-base", "error", 5, "population_year", "2024", says="2020", asked={"demand": {"year": 2020}}),
    Case(facilities.missing_name, {"facilities": {"name": ["Trụ sở UBND xã An", None, "Trường tiểu học Sa Pa"]}},
         "missing-name", "warning", 6, "name"),
    Case(facilities.missing_floor_area, {"facilities": {"floor_area_m2": [600.0, None, 300.0]}},
         "missing-floor-area", "warning", 6, "Diện tích sàn (m²)"),
    Case(facilities.missing_land_area, {"facilities": {"land_area_m2": [900.0, 900.0, None]}},
         "missing-land-area", "warning", 7, "land_area_m2"),
    Case(facilities.unknown_owner, {"facilities": {"owner": ["commune", None, "district"]}},
         "owner-unknown", "warning", 6, "owner"),
    Case(facilities.swapped_coordinates,
         {"facilities": {"lon": [104.05, 104.05, 22.05], "lat": [22.05, 22.05, 104.15]}},
         "swapped-coordinates", "error", 7, "lon", "22.05", says="104.15"),
    Case(facilities.outside_viet_nam, {"facilities": {"lon": [10.0, 104.05, 104.15]}},
         "outside-viet-nam", "error", 5, "lon", "10"),
    Case(facilities.floor_exceeds_storeys, {"facilities": {"floor_area_m2": [600.0, 80.0, 501.0]}},
         "floor-exceeds-storeys", "warning", 7, "Diện tích sàn (m²)", "501"),
    Case(facilities.impossible_year, {"facilities": {"built_year": [198.0, None, 2012.0]}},
         "impossible-year", "warning", 5, "built_year", "198"),
    Case(facilities.approved_without_use, {"facilities": {"approved_use": [None, None, None]}},
         "approved-without-use", "warning", 7, "approved_use"),
    Case(receivers.receiver_not_allowed, {"facilities": {"approved_receiver": [None, None, "Công ty Hoa Ban"]}},
         "receiver-not-allowed", "warning", 7, "approved_receiver", "Công ty Hoa Ban", says="Công ty Hoa Ban"),
    Case(facilities.impossible_decision_date, {"facilities": {"decision_date": ["1976-07-02", None, None]}},
         "impossible-decision-date", "warning", 5, "decision_date", "1976-07-02"),
    Case(facilities.confidential_in_public_run, {"facilities": {"confidential": [True, None, True]}},
         "confidential-left-out", "info", None, "", says="2", asked={"outputs": {"public": True}}),
    Case(facilities.residual_exceeds_original,
         {"facilities": {"original_value_vnd": [5e9, 1e9, None], "residual_value_vnd": [5e9, 2e9, 1.0]}},
         "residual-exceeds-original", "warning", 6, "residual_value_vnd", "2000000000"),
    Case(facilities.floor_without_storeys, {"facilities": {"storeys": [0.0, 1.0, 1.0]}},
         "floor-without-storeys", "warning", 5, "storeys", "0"),
    Case(facilities.land_zero, {"facilities": {"land_area_m2": [900.0, 900.0, 0.0]}},
         "land-zero", "warning", 7, "land_area_m2", "0"),
    Case(facilities.areas_differ, {"facilities": {"certificate_area_m2": [900.2, None, 392.8]}},
         "areas-differ", "warning", 7, "certificate_area_m2", "392.8", says="500"),
    Case(facilities.decision_missing, {"facilities": {"decision_no": [None, None, None]}},
         "decision-missing", "warning", 7, "decision_no"),
    Case(facilities.decided_after_handover,
         {"facilities": {"status": ["handed_over", "in_use", "approved"],
                         "decision_date": ["2026-02-01", "2026-01-01", "2026-01-23"],
                         "available_from": ["2026-01-15", "2026-01-15", "2026-01-15"]}},
         "decided-after-handover", "warning", 5, "decision_date", "2026-02-01", says="2026-01-15"),
    Case(facilities.built_after_decision,
         {"facilities": {"built_year": [2020.0, None, 2025.0], "decision_date": ["2020-05-01", None, "2024-01-23"]}},
         "built-after-decision", "warning", 7, "built_year", "2025", says="2024-01-23"),
    Case(sameness.site_with_different_land, {"facilities": {"land_area_m2": [900.0, 850.0, 500.0]}},
         "site-land-differs", "warning", 6, "land_area_m2", "850", says="facilities.xlsx:5"),
    Case(sameness.site_in_two_communes, {"facilities": {"commune_code": ["00901", "00902", "00902"]}},
         "site-in-two-communes", "warning", 6, "site_id", "S-1", says="00901"),
    Case(sameness.repeated_facilities,
         {"facilities": {"name": ["Trụ sở xã Hoà An", "Nhà kho", "TRỤ SỞ  xã Hòa An"],
                         "commune_code": ["00902", "00901", "00902"]}},
         "possible-duplicate", "warning", 7, "name", "TRỤ SỞ  xã Hòa An", says="F-1"),
    Case(shared_parcels,
         {"facilities": {"commune_code": ["00902"] * 3, "map_sheet": ["5", None, "05"], "parcel": ["12", None, "12"],
                         "holder": ["Phòng Nội vụ", None, "Phòng Tài chính"]}},
         "agencies-share-parcel", "warning", 7, "parcel", "12", says="Phòng Nội vụ (F-1, facilities.xlsx:5)"),
    Case(settlements.missing_population, {"settlements": {"population": [5000.0, 0.0]}},
         "missing-village-population", "warning", 6, "population", "0"),
    Case(settlements.population_differs, {"settlements": {"population": [5000.0, 3000.0]}},
         "population-differs", "warning", 6, "population", "4000", says="3000"),
    Case(settlements.commune_without_villages, {"settlements": {"commune_code": ["00901", "00901"]}},
         "commune-without-villages", "warning", 6, "name", "Xã Bình"),
    Case(settlements.ages_exceed_population,
         {"settlements": {"age_3_5": [300.0, 2500.0], "age_6_10": [400.0, 1700.0]}},
         "ages-exceed-population", "warning", 6, "population", "4100", says="4200"),
    Case(settlements.missing_age, {"settlements": {"age_3_5": [300.0, 0.0], "age_6_10": [None, 380.0]}},
         "age-missing", "warning", 5, "age_6_10", says="6–10"),
    Case(settlements.outside_viet_nam, {"settlements": {"lon": [104.04, 10.0]}},
         "point-outside-viet-nam", "error", 6, "lon", "10"),
    Case(services.missing_capacity, {"services": {"capacity": [None, None]}},
         "missing-capacity", "warning", 6, "capacity"),
    Case(services.capacity_reduced, {"services": {"condition": ["good", "unsafe"]}},
         "capacity-reduced", "warning", 6, "condition", "unsafe", says="0%"),
    Case(services.unknown_facility, {"services": {"facility_id": [None, "F-9"]}},
         "service-facility-unknown", "warning", 6, "facility_id", "F-9"),
    Case(services.not_a_public_use, {"services": {"use": ["land_fund", "primary"]}},
         "service-use-unknown", "error", 5, "use", "land_fund"),
    Case(services.outside_viet_nam, {"services": {"lat": [None, 2.0], "lon": [None, 104.15]}},
         "point-outside-viet-nam", "error", 6, "lon", "104.15"),
    Case(services.need_of_unknown_commune, {"needs": {"commune_code": ["00999"]}},
         "need-commune-unknown", "error", 5, "commune_code", "00999"),
    Case(services.need_of_unknown_use, {"needs": {"use": ["pending"]}},
         "need-use-unknown", "error", 5, "use", "pending"),
    Case(decisions.unknown_facility, {"decisions": {"facility_id": ["F-1", "F-1", "F-22"]}},
         "decision-unknown-facility", "error", 7, "facility_id", "F-22", says="F-2"),
    Case(decisions.unknown_use, {"decisions": {"use": [None, None, "preschool"]}},
         "decision-unknown-use", "error", 6, "use"),
    Case(decisions.conflicting_verdicts,
         {"decisions": {"facility_id": ["F-1"] * 3, "verdict": ["require", "question", "require"],
                        "use": ["primary", None, "preschool"]}},
         "verdicts-conflict", "warning", 7, "verdict", "require", says="decisions.xlsx:5"),
    Case(decisions.changed_approvals,
         {"decisions": {"facility_id": ["F-1", "F-3", "F-2"], "use": [None, "culture_house", "preschool"]}},
         "decision-changes-approved", "warning", 6, "use", "culture_house"),
    Case(scenario.unknown_lock, {}, "lock-unknown-facility", "error", None, "locks.release[1]", "F-10", says="F-1",
         asked={"locks": {"release": ["F-2", "F-10"]}}),
    Case(scenario.unknown_place_or_owner_in_limit, {}, "limit-unknown-commune", "error", None, "limits[1].commune",
         "00903", says="00902",
         asked={"limits": [{"use": "reserve", "max": 1, "commune": code} for code in ("00902", "00903")]}),
    Case(scenario.existing_but_not_listed, {}, "existing-not-listed", "warning", None, "uses.preschool.existing",
         "listed", asked={"uses": {"preschool": {"existing": "listed"}, "primary": {"existing": "listed"}}}),
    Case(scenario.year_without_growth, {}, "year-without-growth", "warning", None, "demand.year", "2030",
         asked={"demand": {"year": 2030, "base_year": 2024}}),
    Case(scenario.base_year_after_year, {}, "base-year-after-year", "error", None, "demand.base_year", "2035",
         says="2030", asked={"demand": {"year": 2030, "base_year": 2035}}),
]  # fmt: skip


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_check_reports_its_case(case: Case, language: str) -> None:
    records = case.check(make_tables(case.changes), make_scenario(**case.asked, language=language))
    assert len(records) == 1
    (record,) = records
    assert (record.rule, record.severity, record.row, record.column) == (
        case.rule,
        case.severity,
        case.row,
        case.column,
    )
    assert record.value == case.value
    assert case.says in record.message + record.fix
    assert "{" not in record.message + record.fix


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: f"{check.__module__}.{check.__name__}")
def test_a_check_is_silent_over_clean_tables(check: Check) -> None:
    assert check(make_tables(), make_scenario()) == []


def test_every_check_has_a_case() -> None:
    assert {case.check for case in CASES} >= set(CHECKS)


def test_all_checks_run_together_and_keep_every_row() -> None:
    changes: Changes = {"facilities": {"owner": [None] * 3}, "needs": {"use": ["pending"]}}
    rules = [record.rule for record in run_checks(make_scenario(), make_tables(changes))]
    assert rules == ["owner-unknown"] * 3 + ["need-use-unknown"]


@pytest.mark.parametrize(
    ("verdicts", "uses", "dates", "rows"),
    [
        (["approve", "require"], ["primary", "primary"], [None, None], []),
        (["require", "forbid"], ["primary", "preschool"], [None, None], []),
        (["require", "forbid"], ["primary", "primary"], [None, None], [6]),
        (["approve", "release"], ["primary", None], [None, None], [6]),
        (["release", "approve"], [None, "primary"], [None, None], []),
        (["require", "require"], ["primary", "preschool"], ["2026-03-01", "2026-02-01"], [5]),
    ],
)
def test_verdicts_conflict_where_both_cannot_hold(
    verdicts: list[str], uses: list[str | None], dates: list[str | None], rows: list[int]
) -> None:
    values = {"facility_id": ["F-1", "F-1"], "verdict": verdicts, "use": uses, "date": dates}
    found = decisions.conflicting_verdicts(make_tables({"decisions": values}), make_scenario())
    assert [record.row for record in found] == rows


@pytest.mark.parametrize(("part", "name"), [("owner", "nobody"), ("district", "Huyện Không Có")])
def test_limits_name_known_owners_and_districts(part: str, name: str) -> None:
    limits = [{"use": "reserve", "max": 1, part: name}]
    (record,) = scenario.unknown_place_or_owner_in_limit(make_tables(), make_scenario(limits=limits))
    assert (record.rule, record.column, record.value) == (f"limit-unknown-{part}", f"limits[0].{part}", name)


def test_the_future_begins_tomorrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facilities, "today", lambda: dt.date(2026, 1, 22))
    found = facilities.impossible_decision_date(make_tables(), make_scenario())
    assert [(record.row, record.value) for record in found] == [(7, "2026-01-23")]


def test_confidential_sites_are_not_named() -> None:
    tables = make_tables({"facilities": {"confidential": [True, None, None]}})
    (record,) = facilities.confidential_in_public_run(tables, make_scenario(outputs={"public": True}))
    assert "xã An" not in record.message
    assert facilities.confidential_in_public_run(tables, make_scenario()) == []

"""The catalogue: complete in both languages, every key it names exists, a scenario can change it."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator
from importlib.resources import files
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from planner.catalogue.columns import values
from planner.catalogue.load import AGE_GROUPS, UNREAD, load_catalogue, read_data
from planner.errors import PlannerError
from planner.plan.procedure import handle
from planner.problem.eligibility import GATES, RULES
from planner.scenario import Scenario
from tests.tiny import write_tiny

CATALOGUE = load_catalogue()
DATA = sorted(Path(str(path)).stem for path in files("planner.catalogue").iterdir() if path.name.endswith(".toml"))
PACKAGE = Path(str(files("planner")))
CODE = "".join(path.read_text(encoding="utf-8") for path in sorted(PACKAGE.rglob("*.py")))
CODE += "".join(path.read_text(encoding="utf-8") for path in sorted((PACKAGE / "outputs" / "map").glob("*.js")))
CITING = ("uses", "coefficients", "rules", "forms", "priority", "known_forms", "dossiers", "roads")
VIETNAMESE = re.compile("[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]", re.IGNORECASE)
FIELDS = re.compile(r"\{\w*\}")

Row = tuple[str, dict[str, Any]]


def rows(data: object, place: str = "") -> Iterator[Row]:
    """Yield every table of a data file with its place."""
    if isinstance(data, dict):
        yield place, data
        for key, value in data.items():
            yield from rows(value, f"{place}.{key}")
    elif isinstance(data, list):
        for i, value in enumerate(data):
            yield from rows(value, f"{place}[{i}]")


def pairs(row: dict[str, Any]) -> Iterator[tuple[str, object, object]]:
    """Yield the names that stand in either language: `vi` and `en`, `fix_vi` and `fix_en`."""
    for key in row:
        name = re.fullmatch(r"(.*_)?(vi|en)", key)
        if name:
            stem = name[1] or ""
            yield stem or "name", row.get(f"{stem}vi"), row.get(f"{stem}en")


# ---------------------------------------------------------------- both languages


@pytest.mark.parametrize("file", DATA)
def test_whatever_is_said_is_said_in_both_languages(file: str) -> None:
    for place, row in rows(read_data(file), file):
        for name, vi, en in pairs(row):
            if name == "short_":
                assert isinstance(vi, str), place  # a short name is needed where Vietnamese names are long
                assert vi.strip(), place
                continue
            assert isinstance(vi, str), f"{place}: {name}"
            assert isinstance(en, str), f"{place}: {name}"
            assert vi.strip(), f"{place}: {name}"
            assert en.strip(), f"{place}: {name}"
            assert sorted(FIELDS.findall(vi)) == sorted(FIELDS.findall(en)), f"{place}: {name}"


@pytest.mark.parametrize("file", DATA)
def test_english_holds_no_vietnamese_words(file: str) -> None:
    for place, row in rows(read_data(file), file):
        for name, _, en in pairs(row):
            assert not VIETNAMESE.search(str(en).replace("(đ)", "")), f"{place}: {name}"


# ---------------------------------------------------------------- citations and units


def test_every_term_rests_on_something_that_can_be_printed() -> None:
    catalogue = CATALOGUE
    found = [*catalogue.coefficients.values(), *catalogue.rules.values(), *catalogue.forms.values()]
    found += [*catalogue.next_steps.values(), *catalogue.priority.values()]
    found += [norm for use in catalogue.uses.values() for norm in use.norms.values()]
    for term in found:
        assert term.legal_basis
        for language in ("vi", "en"):
            assert all(not re.search(r"[a-z]_", text) for text in (term.basis(language), term.label(language)))


def test_every_citation_and_unit_is_used() -> None:
    text = "".join(str(read_data(name)) for name in CITING)
    special = {"not_checked", "–"}
    assert [key for key in read_data("citations") if key not in special and f"'{key}'" not in text] == []
    assert [key for key in read_data("units") if key not in special and f"'{key}'" not in text] == []


def test_units_read_in_the_run_language() -> None:
    post = CATALOGUE.uses["commune_office"].norms["m2_per_post"]
    assert (post.unit_label("vi"), post.unit_label("en")) == ("m²/biên chế", "m²/post")


def test_a_ground_that_nobody_has_read_says_so() -> None:
    for row in CATALOGUE.procedures:
        unread = row.confidence in UNREAD
        assert ("chưa đối chiếu" in row.basis("vi")) == unread
        assert ("not checked" in row.basis("en")) == unread
    assert CATALOGUE.rules["nobody_needs_it"].basis("vi") == "–"


@pytest.mark.parametrize("part", ["legal_basis", "unit"])
def test_an_unknown_key_is_named_with_the_nearest(part: str) -> None:
    wrong = {"legal_basis": "decree_18", "unit": "placs"}[part]
    near = {"legal_basis": "decree_186", "unit": "places"}[part]
    with pytest.raises(ValidationError, match=f"{wrong}.*nearest: {near}"):
        load_catalogue({"coefficients": {"net_to_gross": {part: wrong}}})


def test_a_province_cites_its_own_decision() -> None:
    own = "Quyết định 12/2026/QĐ-UBND"
    changed = load_catalogue({"rules": {"hazard": {"legal_basis": [own, "decree_186"]}}}).rules["hazard"]
    assert changed.basis("en") == f"{own}; Decree 186/2025/ND-CP"


# ---------------------------------------------------------------- keys


def test_every_rule_of_the_code_is_in_the_catalogue_and_the_reverse() -> None:
    assert {*RULES, "whole_site", "not_pending"} == set(CATALOGUE.rules)
    assert set(GATES) <= set(RULES)


def test_what_can_be_cleared_says_how() -> None:
    assert all(
        CATALOGUE.rules[gate].clearing(language) for gate in (*GATES, "area_unknown") for language in ("vi", "en")
    )


def test_every_coefficient_is_used() -> None:
    families = ("renovation_", "position_error_", "share_age_", "capacity_share_")
    made = {key for key in CATALOGUE.coefficients if key.startswith(families)}
    rates = {f"renovation_{key}" for key in ("good", "repairable", "poor", "unfinished", "unknown")}
    errors = {f"position_error_{key}_km" for key in ("surveyed", "address", "grid", "commune")}
    shares = {f"share_{age}_{terrain}" for age in AGE_GROUPS for terrain in ("plain", "mountain")}
    assert made == rates | errors | shares | {f"capacity_share_{key}" for key in values("condition")}
    assert [key for key in CATALOGUE.coefficients if key not in made and f'"{key}"' not in CODE] == []


def test_every_coefficient_that_the_code_names_exists() -> None:
    named = set(re.findall(r'coefficient\("(\w+)"\)', CODE))
    assert named
    assert named <= set(CATALOGUE.coefficients)


def test_every_norm_is_used() -> None:
    norms = {name for use in CATALOGUE.uses.values() for name in use.norms}
    assert {f"enrolment_{age}" for age in AGE_GROUPS} >= {name for name in norms if name.startswith("enrolment_")}
    assert [name for name in norms if f'"{name}"' not in CODE and not name.startswith("enrolment_")] == []
    assert set(re.findall(r'norm\("(\w+)"\)', CODE)) <= norms


@pytest.mark.parametrize(
    ("file", "made"),
    [
        ("reasons", ("other_", "without_", "effect_")),
        ("console", ("step_", "lap_")),
        ("status", ("optimal", "feasible")),
    ],
)
def test_every_text_is_used(file: str, made: tuple[str, ...]) -> None:
    keys = [key for key in read_data(file) if not key.startswith(made)]
    assert [key for key in keys if not re.search(f"[\"']{key}[\"']", CODE)] == []


def test_every_reason_and_message_that_the_code_names_exists() -> None:
    assert set(re.findall(r'_say\(\s*grounds,\s*"(\w+)"', CODE)) <= set(read_data("reasons"))
    assert set(re.findall(r'\bmessage\(\s*"(\w+)"', CODE)) <= set(read_data("messages"))


# ---------------------------------------------------------------- the table of procedures


@pytest.mark.parametrize("owner", [key for key in values("owner") if key != "unknown"])
@pytest.mark.parametrize(
    "use", ["keep_current", "commune_office", "preschool", "auction_or_lease", "land_fund", "demolish"]
)
def test_every_decision_has_a_form_a_ground_and_somebody_who_decides(owner: str, use: str) -> None:
    for current, occupancy, condition in product(("office", "warehouse"), ("vacant", "in_use"), ("good", "poor")):
        facility: dict[Hashable, object] = {
            "owner": owner,
            "current_use": current,
            "occupancy": occupancy,
            "condition": condition,
        }
        facility |= {"land_demand": "unknown", "planning_code": ""}
        handling = handle(CATALOGUE.uses[use], facility, CATALOGUE, "vi")
        assert handling.form in CATALOGUE.forms
        assert handling.next_step in CATALOGUE.next_steps
        assert handling.authority in set(CATALOGUE.authorities) - {"none"}
        assert handling.ground not in (None, "", "–")


def test_nothing_is_missing_in_the_table_of_procedures() -> None:
    for owner, kind, stays, unused in product(
        values("owner"), ("same_use", "new_use", "exit"), (True, False), (True, False)
    ):
        assert any(
            kind in row.outcome
            and (not row.owner or owner in row.owner)
            and row.holder_stays in (None, stays)
            and row.unused in (None, unused)
            for row in CATALOGUE.procedures
        ), (owner, kind, stays, unused)


def test_the_party_and_the_armed_forces_decide_with_the_province() -> None:
    facility: dict[Hashable, object] = {
        "owner": "party",
        "current_use": "office",
        "occupancy": "vacant",
        "condition": "good",
    }
    assert handle(CATALOGUE.uses["commune_office"], facility, CATALOGUE, "en").authority == "own_side"


# ---------------------------------------------------------------- uses


def test_there_are_ten_ministry_outcomes_and_every_use_has_one() -> None:
    assert list(CATALOGUE.ministry_outcomes) == [
        "office", "public_service", "official_housing", "education", "health", "culture_sport", "other_public",
        "land_fund", "other", "not_yet_handled",
    ]  # fmt: skip
    outcomes = {use.ministry_outcome for use in CATALOGUE.uses.values()}
    assert outcomes == {*CATALOGUE.ministry_outcomes, "as_now"}
    shares = {key: term.national_share for key, term in CATALOGUE.ministry_outcomes.items()}
    assert shares == {
        "office": 0.23, "public_service": 0.17, "official_housing": 0.004, "education": 0.13, "health": 0.03,
        "culture_sport": 0.11, "other_public": 0.02, "land_fund": 0.10, "other": 0.20, "not_yet_handled": None,
    }  # fmt: skip


def test_colours_tell_uses_apart() -> None:
    colours = [use.colour.lower() for use in CATALOGUE.uses.values()]
    assert len(set(colours)) == len(colours)
    assert all(re.fullmatch(r"#[0-9a-f]{6}", colour) for colour in colours)


def test_uses_stand_in_the_order_of_tiers_and_exits_in_the_order_of_the_cascade() -> None:
    uses = list(CATALOGUE.uses.values())
    tiers = [use.tier for use in uses]
    assert tiers == sorted(tiers)
    assert set(tiers) == set(range(1, 7))
    exits = [use for use in uses if not use.public]
    costs = [use.cascade_cost for use in exits]
    assert costs == sorted(costs)
    assert len(set(costs)) == len(costs)
    assert exits[0].key == "keep_current"
    assert exits[-1].key == "pending"
    assert all(use.cascade_cost == 0 for use in uses if use.public)


def test_uses_of_one_family_say_what_the_family_needs() -> None:
    for use in CATALOGUE.uses.values():
        if use.family == "service":
            assert use.norm("places_per_1000"), use.key
            assert use.norm("floor_m2_per_place") or use.norm("m2_per_place"), use.key
            assert (use.reach == "commune") == (use.norm("max_travel_km_plain") is None), use.key
        if use.family == "commune_wide":
            assert use.norm("per_commune"), use.key
        assert (use.importance > 0) == use.public, use.key
        assert set(use.incompatible) <= set(CATALOGUE.uses), use.key
        assert use.commercial <= (use.family == "exit"), use.key


# ---------------------------------------------------------------- a scenario's changes


def test_a_number_over_a_norm_replaces_it_and_says_whose_it_is() -> None:
    changed = load_catalogue(
        {
            "uses": {"preschool": {"norms": {"places_per_1000": 42}}},
            "coefficients": {"net_to_gross": {"value": 0.6, "legal_basis": "Quyết định 5/2026/QĐ-UBND"}},
            "priority": {"III": {"weight": 3.0}},
        }
    )
    norm, coefficient = changed.uses["preschool"].norms["places_per_1000"], changed.coefficients["net_to_gross"]
    assert (norm.value, norm.source, norm.confidence) == (42, "scenario", "scenario")
    assert norm.unit_label("en") == "places/1,000 people"
    assert (coefficient.value, coefficient.source, coefficient.confidence) == (0.6, "scenario", "scenario")
    assert (changed.priority["III"].weight, changed.priority["III"].source) == (3.0, "scenario")
    assert changed.uses["primary"] == CATALOGUE.uses["primary"]
    assert load_catalogue() == CATALOGUE


def test_a_scenario_file_changes_norms(tmp_path: Path) -> None:
    scenario = Scenario.load(write_tiny(tmp_path, more="[uses.preschool]\nplaces_per_1000 = 42\n"))
    norm = scenario.load_catalogue().uses["preschool"].norms["places_per_1000"]
    assert (norm.value, norm.source, norm.confidence) == (42, "scenario", "scenario")


@pytest.mark.parametrize(
    ("more", "named", "nearest"),
    [
        ("[uses.preschool]\nplaces_per_100 = 42\n", "uses.preschool.places_per_100", "places_per_1000"),
        ("[uses.preschol]\nenabled = false\n", "uses.preschol", "preschool"),
        ("[catalogue.rules.hazard]\nlegal_basis = 'decree_18'\n", "catalogue.rules.hazard.legal_basis", "decree_186"),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest(tmp_path: Path, more: str, named: str, nearest: str) -> None:
    with pytest.raises(PlannerError) as refused:
        Scenario.load(write_tiny(tmp_path, more=more))
    (record,) = refused.value.records
    assert named in record.column
    assert nearest in record.message + record.fix

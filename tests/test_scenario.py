"""A scenario file is read with what it extends; every mistake is named with the nearest that is right."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from planner.catalogue.load import read_data
from planner.errors import ExitCode, PlannerError, Record
from planner.scenario import Scenario
from tests.tiny import write_tiny

SCENARIOS = Path(__file__).parents[1] / "scenarios"


def _records(path: Path, **overrides: Any) -> list[Record]:
    with pytest.raises(PlannerError) as caught:
        Scenario.load(path, **overrides)
    assert caught.value.code == ExitCode.BAD_INPUT
    assert all(record.severity == "error" and record.message for record in caught.value.records)
    return caught.value.records


def _more(tmp_path: Path, more: str, language: str = "en") -> list[Record]:
    return _records(write_tiny(tmp_path, more=more, language=language))


@pytest.mark.parametrize("path", sorted(SCENARIOS.glob("*.toml")), ids=lambda path: path.stem)
def test_every_scenario_of_the_project_loads(path: Path) -> None:
    scenario = Scenario.load(path)
    assert scenario.inputs.facilities[0].is_absolute()
    assert scenario.load_catalogue().uses


def test_extends_merges_tables_and_replaces_values() -> None:
    base = Scenario.load(SCENARIOS / "lao-cai.toml")
    tight = Scenario.load(SCENARIOS / "lao-cai-tight-budget.toml")
    assert tight.name != base.name
    assert tight.budget.renovation_million_vnd == 100_000
    assert tight.budget.disadvantaged_share_min == base.budget.disadvantaged_share_min
    assert tight.inputs == base.inputs


def test_paths_resolve_against_the_file_they_are_written_in(tmp_path: Path) -> None:
    base = write_tiny(tmp_path / "base")
    (tmp_path / "needs.csv").touch()
    top = tmp_path / "top.toml"
    top.write_text('extends = "base/tiny.toml"\n[inputs]\nneeds = "needs.csv"\n', encoding="utf-8")
    inputs = Scenario.load(top).inputs
    assert inputs.communes == base.parent / "communes.gpkg"
    assert inputs.needs == tmp_path / "needs.csv"


def test_one_or_several_workbooks(tiny: Path) -> None:
    assert Scenario.load(tiny).inputs.facilities == (tiny.parent / "facilities.xlsx",)
    assert len(Scenario.load(tiny, inputs__facilities=["a.xlsx", "b.xlsx"]).inputs.facilities) == 2


def test_overrides_by_key(tiny: Path) -> None:
    scenario = Scenario.load(tiny, budget__renovation_million_vnd=90_000, language="en")
    assert (scenario.budget.renovation_million_vnd, scenario.language) == (90_000, "en")


def test_a_scenario_is_frozen(tiny: Path) -> None:
    with pytest.raises(ValidationError):
        Scenario.load(tiny).name = "other"  # type: ignore[misc]


def test_norms_weights_and_rules_reach_the_catalogue(tmp_path: Path) -> None:
    more = """
    [priority.weights]
    III = 3.0
    [uses.preschool]
    importance = 2.0
    m2_per_place = 14
    max_travel_km = {plain = 1.5, mountain = 2.5}
    [catalogue]
    reserve = true
    """
    catalogue = Scenario.load(write_tiny(tmp_path, more=more)).load_catalogue()
    preschool = catalogue.uses["preschool"]
    assert catalogue.priority["III"].weight == 3
    assert catalogue.reserve
    assert preschool.importance == 2
    assert preschool.norm("max_travel_km_mountain") == 2.5
    assert (preschool.norms["m2_per_place"].value, preschool.norms["m2_per_place"].source) == (14, "scenario")
    assert preschool.norms["places_per_1000"].source == "catalogue"


@pytest.mark.parametrize(
    ("more", "rule", "column", "help_"),
    [
        ("gap_absolute = 1", "scenario-unknown-key", "solver.gap_absolute", "gap_abs"),
        ("[bugdet]\nx = 1", "scenario-unknown-key", "bugdet", "budget"),
        ('[[limits]]\nuse = "primary"\nmaxx = 3', "scenario-unknown-key", "limits.0.maxx", "max"),
        ('[[limits]]\nuse = "primary"', "scenario-bad-value", "limits.0", ""),
        ("[uses.pre_school]\nenabled = false", "scenario-unknown-name", "uses.pre_school", "preschool"),
        ("[uses.preschool]\nm2_per_plase = 3", "scenario-unknown-name", "uses.preschool.m2_per_plase", "m2_per_place"),
        (
            '[studies.sensitivity]\none_at_a_time = ["renovation_cots"]',
            "scenario-unknown-name",
            "studies.sensitivity.one_at_a_time[0]",
            "renovation_cost",
        ),
        ("[priority.weights]\nilsand = 3", "scenario-unknown-name", "priority.weights.ilsand", "island"),
        ("[fairness]\ntau = 1.5", "scenario-bad-value", "fairness.tau", ""),
        ('[travel]\nmode = "plane"', "scenario-bad-value", "travel.mode", ""),
        ('[outputs]\npublic = "perhaps"', "scenario-bad-value", "outputs.public", ""),
        ('[objective]\nterms = ["mandatory", "beauty"]', "scenario-bad-value", "objective.terms.1", ""),
    ],
)
def test_a_mistake_is_named_with_its_key_and_the_nearest_right_one(
    tmp_path: Path, more: str, rule: str, column: str, help_: str
) -> None:
    (record,) = _more(tmp_path, more)
    assert (record.rule, record.file, record.column) == (rule, "tiny.toml", column)
    assert help_ in record.fix
    assert record.fix


@pytest.mark.parametrize(
    ("more", "vi", "en"),
    [
        ("[fairness]\ntau = 1.5", "không được quá 1", "must be 1 or less"),
        ('[travel]\nseason = "wet"', "chỉ nhận 'dry' hoặc 'rainy'", "takes only 'dry' or 'rainy'"),
        ("[uses.primary]\nmax_travel_km = { plain = 0, mountain = 2 }", "phải lớn hơn 0", "must be greater than 0"),
        ("[demand]\nyear = 2030.5", "phải là số nguyên", "must be a whole number"),
        ('[[limits]]\nuse = "primary"', "max, min, equal", "max, min, equal"),
        ('[catalogue.coefficients]\nnet_to_gross = "much"', "phải là số", "must be a number"),
    ],
)
def test_what_a_key_allows_is_said_in_the_users_language(tmp_path: Path, more: str, vi: str, en: str) -> None:
    for language, wording in {"vi": vi, "en": en}.items():
        (record,) = _more(tmp_path, more, language)
        assert wording in record.message
        assert ("must" in record.message or "takes only" in record.message) <= (language == "en")


WRONG = ("x", -1, 0, 2.5, 1e9, float("nan"), float("inf"), True, [1], ["x"], {"a": 1}, {"a": "x"}, dt.date(2026, 7, 1))


def test_every_mistake_that_pydantic_finds_has_a_wording() -> None:
    """Each key of each section is given each wrong value."""
    kinds = set()
    for name, section in Scenario.model_fields.items():
        keys = getattr(section.annotation, "model_fields", {})
        for wrong in WRONG:
            for data in ({name: wrong}, *({name: {key: wrong}} for key in keys)):
                try:
                    Scenario.model_validate({"name": "x", "inputs": {"facilities": "x"}, "path": "x"} | data)
                except ValidationError as error:
                    kinds |= {found["type"] for found in error.errors()}
    assert kinds - {"missing", "extra_forbidden"} <= set(read_data("allowed_values"))


def test_all_mistakes_are_listed_at_once(tmp_path: Path) -> None:
    records = _more(tmp_path, "seeds = 2\n[fairness]\ntau = 7\n[outputs]\npublick = true")
    assert {record.column for record in records} == {"solver.seeds", "fairness.tau", "outputs.publick"}


def test_a_required_key_that_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "empty.toml"
    path.write_text("", encoding="utf-8")
    assert {record.column for record in _records(path)} == {"name", "inputs"}


def test_an_override_of_the_catalogue_that_does_not_fit(tmp_path: Path) -> None:
    (record,) = _more(tmp_path, '[catalogue.coefficients]\nnet_to_gross = "much"')
    assert record.column.startswith("catalogue.coefficients.net_to_gross")


def test_a_missing_scenario_or_base(tmp_path: Path) -> None:
    assert _records(tmp_path / "none.toml")[0].rule == "file-missing"
    top = tmp_path / "top.toml"
    top.write_text('extends = "none.toml"', encoding="utf-8")
    assert _records(top)[0].file == "none.toml"


@pytest.mark.parametrize("content", [b"name = ", b"name = '\xff'"])
def test_a_file_that_is_no_toml(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.toml"
    path.write_bytes(content)
    assert _records(path)[0].rule == "scenario-not-toml"


def test_a_scenario_that_extends_itself(tmp_path: Path) -> None:
    for name, base in (("a", "b"), ("b", "a")):
        (tmp_path / f"{name}.toml").write_text(f'extends = "{base}.toml"', encoding="utf-8")
    (record,) = _records(tmp_path / "a.toml")
    assert record.rule == "scenario-extends-itself"
    assert "a.toml → b.toml → a.toml" in record.message


def test_a_key_below_a_value_is_a_mistake_of_the_user(tiny: Path) -> None:
    (record,) = _records(tiny, name__short="x")
    assert record.column == "name"


@pytest.mark.parametrize(("language", "word"), [("vi", "danh mục"), ("en", "catalogue")])
def test_messages_speak_the_scenario_s_language(tmp_path: Path, language: str, word: str) -> None:
    (record,) = _more(tmp_path, "[uses.pre_school]\nenabled = false", language)
    assert word in record.message

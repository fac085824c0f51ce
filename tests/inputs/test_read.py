"""A scenario's tables are read whole: typed, placed, reconciled, and with every error at once."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest

from planner.catalogue.columns import columns
from planner.catalogue.load import read_data
from planner.errors import PlannerError, Record
from planner.inputs import Inputs, read_inputs
from planner.inputs.tables import PROVENANCE
from planner.progress import Stopwatch
from planner.scenario import INPUT_TABLES, Scenario
from tests.inputs.books import SHARED
from tests.tiny import HEADERS, tiny_communes, tiny_facilities, write_csv, write_facilities, write_tiny


def read(folder: Path, **changes: Any) -> Inputs:
    return read_inputs(Scenario.load(write_tiny(folder, **changes)))


def errors(scenario: Path) -> list[Record]:
    with pytest.raises(PlannerError) as caught:
        read_inputs(Scenario.load(scenario))
    assert {record.severity for record in caught.value.records} == {"error"}
    return caught.value.records


def rules(inputs: Inputs, table: str = "facilities") -> set[str]:
    return set(inputs.checks.loc[inputs.checks["table"] == table, "rule"])


def test_every_table_has_all_columns_with_their_types(tiny: Path) -> None:
    inputs = read_inputs(Scenario.load(tiny))
    kinds = {"number": "Float64", "integer": "Float64", "bool": "boolean", "date": "datetime64[us]"}
    for name in INPUT_TABLES:
        table = getattr(inputs, name)
        assert isinstance(table.index, pd.RangeIndex)
        assert set(columns(name)) | set(PROVENANCE) <= set(table.columns)
        for key, column in columns(name).items():
            assert table[key].dtype == kinds.get(column.type, "string"), (name, key)
        if isinstance(table, gpd.GeoDataFrame):
            assert table.crs == "EPSG:4326"


def test_the_tiny_province(tiny: Path) -> None:
    inputs = read_inputs(Scenario.load(tiny))
    first = inputs.facilities.iloc[0]
    assert (first["file"], first["sheet"], first["row"]) == ("facilities.xlsx", "Cơ sở nhà, đất", 4)
    assert (first["owner"], first["condition"], first["current_use"]) == ("commune", "repairable", "office")
    assert inputs.facilities["floor_area_m2"].isna().sum() == 1
    assert inputs.read == {
        "facilities": 12,
        "communes": 4,
        "settlements": 12,
        "services": 7,
        "needs": 0,
        "decisions": 0,
    }
    assert set(inputs.set_aside.values()) == {0}
    assert inputs.sources[0].path == "facilities.xlsx"
    assert re.fullmatch("[0-9a-f]{64}", inputs.sources[0].sha256)
    assert inputs.synthetic_notice is None
    assert inputs.facilities.attrs["headers"]["land_area_m2"] == "Diện tích đất (m2)"


def test_rows_read_are_rows_used_and_set_aside(tmp_path: Path) -> None:
    rows = [{"name": "I. Khối xã"}, *tiny_facilities(), {"facility_id": "Tổng cộng", "land_area_m2": 23_900}]
    inputs = read(tmp_path, facilities=rows)
    assert inputs.read["facilities"] == 14
    assert inputs.set_aside["facilities"] == 2
    assert len(inputs.facilities) == 12
    assert {"group-row", "totals-row", "totals-agree"} <= rules(inputs)


def test_several_workbooks_are_one_list(tmp_path: Path) -> None:
    scenario = write_tiny(tmp_path, facilities=tiny_facilities()[:5])
    write_facilities(tmp_path / "more.xlsx", tiny_facilities()[5:])
    text = scenario.read_text(encoding="utf-8").replace('"facilities.xlsx"', '["facilities.xlsx", "more.xlsx"]')
    scenario.write_text(text, encoding="utf-8")
    inputs = read_inputs(Scenario.load(scenario))
    assert len(inputs.facilities) == 12
    assert list(inputs.facilities["file"].unique()) == ["facilities.xlsx", "more.xlsx"]


def test_defaults_fill_only_columns_that_the_file_lacks(tmp_path: Path) -> None:
    headers = {key: text for key, text in HEADERS.items() if key != "owner"}
    scenario = write_tiny(tmp_path, more='[defaults.facilities]\nowner = "Huyện (cũ)"\ncondition = "good"\n')
    rows = tiny_facilities()
    rows[0]["condition"] = None
    write_facilities(tmp_path / "facilities.xlsx", rows, headers)
    inputs = read_inputs(Scenario.load(scenario))
    assert set(inputs.facilities["owner"]) == {"district"}
    assert pd.isna(inputs.facilities.loc[0, "condition"])
    assert "default-used" in rules(inputs)


def test_the_mapping_names_headers(tmp_path: Path) -> None:
    scenario = write_tiny(tmp_path, more='[mapping]\n"Đất (nền)" = "land_area_m2"\n"Không có" = "rooms"\n')
    write_facilities(tmp_path / "facilities.xlsx", tiny_facilities(), HEADERS | {"land_area_m2": "Đất (nền)"})
    inputs = read_inputs(Scenario.load(scenario))
    assert inputs.facilities["land_area_m2"].sum() == 23_900
    assert rules(inputs, "scenario") >= {"mapping-not-found"}


def test_only_the_communes_of_the_province(tmp_path: Path) -> None:
    scenario = write_tiny(tmp_path)
    other = tiny_communes().iloc[:1].assign(commune_code="00001", province_code="1").translate(1.0)
    both = pd.concat(
        [tiny_communes(), tiny_communes().iloc[:1].assign(commune_code="00001", province_code="1", geometry=other)]
    )
    gpd.GeoDataFrame(both, crs="EPSG:4326").to_file(tmp_path / "communes.gpkg", layer="communes")
    inputs = read_inputs(Scenario.load(scenario, inputs__province_code="9"))
    assert len(inputs.communes) == 4
    assert inputs.set_aside["communes"] == 1
    assert [r.rule for r in errors_with(scenario, inputs__province_code="86")] == ["province-not-found"]


def errors_with(scenario: Path, **overrides: Any) -> list[Record]:
    with pytest.raises(PlannerError) as caught:
        read_inputs(Scenario.load(scenario, **overrides))
    return caught.value.records


def test_without_settlements_the_old_communes_stand_in(tmp_path: Path) -> None:
    scenario = write_tiny(tmp_path)
    text = scenario.read_text(encoding="utf-8").replace('settlements = "settlements.csv"\n', "")
    scenario.write_text(text, encoding="utf-8")
    inputs = read_inputs(Scenario.load(scenario))
    assert len(inputs.settlements) >= 4
    assert inputs.settlements["population"].sum() == 15_000
    assert "settlements-assumed" in rules(inputs, "settlements")


def test_needs_and_decisions(tmp_path: Path) -> None:
    scenario = write_tiny(tmp_path)
    write_csv(tmp_path / "needs.csv", [{"Mã xã": "901", "Công năng": "Chợ", "Số lượng": "1"}])
    write_csv(
        tmp_path / "decisions.csv", [{"facility_id": "T-01", "verdict": "Cấm", "use": "market", "date": "01/07/2026"}]
    )
    inputs = read_inputs(
        Scenario.load(
            scenario, inputs__needs=str(tmp_path / "needs.csv"), inputs__decisions=str(tmp_path / "decisions.csv")
        )
    )
    assert inputs.needs[["commune_code", "use", "amount"]].to_numpy().tolist() == [["00901", "market", 1.0]]
    decision = inputs.decisions.iloc[0]
    assert (decision["verdict"], decision["use"], str(decision["date"])[:10]) == ("forbid", "market", "2026-07-01")


def test_strict_checks_stop_the_run(tmp_path: Path) -> None:
    (record,) = errors(write_tiny(tmp_path, more='[checks]\nstrict = ["missing-floor-area"]\n'))
    assert (record.rule, record.row) == ("missing-floor-area", 9)


def test_all_errors_are_told_at_once(tmp_path: Path) -> None:
    rows = tiny_facilities()
    rows[1]["land_area_m2"] = "ba trăm"
    rows[2]["land_area_m2"] = -4
    rows[3]["facility_id"] = "T-01"
    rows[4]["lon"] = "kinh độ"
    more = (
        '[mapping]\n"a" = "no_column"\n[defaults.services]\nuse = "palace"\n[checks]\nstrict = ["missing-flor-area"]\n'
    )
    scenario = write_tiny(tmp_path, facilities=rows, more=more)
    (tmp_path / "services.csv").unlink()
    found = errors(scenario)
    assert {(r.rule, r.file, r.row) for r in found} >= {
        ("not-a-number", "facilities.xlsx", 5),
        ("negative-value", "facilities.xlsx", 6),
        ("duplicate-id", "facilities.xlsx", 7),
        ("not-a-number", "facilities.xlsx", 8),
        ("unknown-column", "tiny.toml", None),
        ("bad-default", "tiny.toml", None),
        ("unknown-check", "tiny.toml", None),
        ("file-missing", "services.csv", None),
    }
    assert all(record.message and record.fix for record in found)


def test_a_missing_layer_does_not_hide_the_other_errors(tmp_path: Path) -> None:
    rows = tiny_facilities()
    rows[1]["land_area_m2"] = "ba trăm"
    scenario = write_tiny(tmp_path, facilities=rows)
    (tmp_path / "communes.gpkg").unlink()
    assert {record.rule for record in errors(scenario)} == {"file-missing", "not-a-number"}


def test_communes_in_the_wrong_crs_stop_the_run(tmp_path: Path) -> None:
    wrong = tiny_communes().to_crs(3405).set_crs(4326, allow_override=True)
    (record,) = errors(write_tiny(tmp_path, communes=wrong))
    assert (record.rule, record.file) == ("wrong-crs", "communes.gpkg")


def test_the_notice_of_a_sample(tmp_path: Path) -> None:
    scenario = write_tiny(tmp_path, language="en")
    (tmp_path / "NOTICE.toml").write_text('vi = "Dữ liệu tổng hợp"\nen = "Synthetic data"\n', encoding="utf-8")
    assert read_inputs(Scenario.load(scenario)).synthetic_notice == "Synthetic data"


def test_reading_and_checking_are_timed(tiny: Path) -> None:
    clock = Stopwatch()
    read_inputs(Scenario.load(tiny), clock)
    assert set(clock.laps) == {"read", "check"}


@pytest.mark.parametrize("file", ["messages", "allowed_values"])
def test_every_message_stands_in_both_languages(file: str) -> None:
    for key, row in read_data(file).items():
        assert row["vi"].strip(), key
        assert row["en"].strip(), key
        assert ("fix_vi" in row) == ("fix_en" in row), key
        for text in ("", "fix_"):
            fields = [set(re.findall(r"{(\w+)", row.get(f"{text}{language}", ""))) for language in ("vi", "en")]
            assert fields[0] == fields[1], key


VINH_LONG = """
name = "Vĩnh Long"
[inputs]
facilities = "{shared}/vinh_long_33_sites.xlsx"
communes = "{shared}/communes.parquet"
province_code = "86"
[mapping]
"Tình trạng" = "status"
[defaults.facilities]
approved_use = "land_fund"
"""


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real list of Vĩnh Long is not beside the repository")
def test_the_list_of_vinh_long(tmp_path: Path) -> None:
    scenario = tmp_path / "vinh-long.toml"
    scenario.write_text(VINH_LONG.format(shared=SHARED.as_posix()), encoding="utf-8")
    inputs = read_inputs(Scenario.load(scenario))
    sites = inputs.facilities
    assert (len(sites), inputs.read["facilities"], inputs.set_aside["facilities"]) == (33, 36, 3)
    assert sites["land_area_m2"].sum() == pytest.approx(64_067.2)
    assert sites["floor_area_m2"].sum() == pytest.approx(5_247.92)
    assert len(inputs.communes) == 124
    assert sites["commune_code"].isin(inputs.communes["commune_code"]).all()
    assert sites["status"].value_counts().to_dict() == {"approved": 25, "handed_over": 8}
    assert set(sites["approved_use"]) == {"land_fund"}
    assert sites["decision_date"].notna().sum() == 32
    totals = inputs.checks[inputs.checks["rule"].str.startswith("totals-")].set_index("rule")
    assert totals.loc["totals-agree", "column"] == "Diện tích (m2) / Đất"
    assert totals.loc["totals-differ", "value"] == "5247.88"  # the sheet's own total is 0.04 m² short

"""Ready-made travel tables with the headings of several programs and languages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from planner.inputs.travel_table import read_travel

KNOWN = {"origin": ["V1", "V2"], "destination": ["F1", "E1"]}


def read(path: Path, mapping: dict[str, str] | None = None) -> tuple[pd.DataFrame, dict[str, Any]]:
    table, records = read_travel([path], mapping or {}, KNOWN, "en")
    return table, {record.rule: record for record in records if record.rule != "columns-matched"}


def csv(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_text(text, encoding=encoding)
    return path


@pytest.mark.parametrize(
    ("text", "km", "minutes"),
    [
        ("origin,destination,km,minutes\nV1,F1,1.5,6", 1.5, 6),
        ("from_id,to_id,travel_time\nV1,F1,6", None, 6),  # r5
        ("OriginID,DestinationID,Total_Minutes,Total_Length_m\nV1,F1,6,1500", 1.5, 6),
        ("Từ;Đến;Quãng đường (km);Thời gian (phút)\nV1;F1;1,5;6", 1.5, 6),
        ("settlement_id\tfacility_id\tKhoảng cách (m)\nV1\tF1\t1500", 1.5, None),
        ("Mã thôn,Mã cơ sở,Thời gian (giờ)\nV1,F1,0.1", None, 6),
        ("settlement_id,service_id,Thời gian (giây)\nV1,E1,360", None, 6),
    ],
)
def test_headings_and_units(tmp_path: Path, text: str, km: float | None, minutes: float | None) -> None:
    table, records = read(csv(tmp_path / "a.csv", text))
    row = table.iloc[0]
    assert (row["origin"], row["destination"]) in {("V1", "F1"), ("V1", "E1")}
    assert row["km"] == pytest.approx(km if km is not None else float("nan"), nan_ok=True)
    assert row["minutes"] == pytest.approx(minutes if minutes is not None else float("nan"), nan_ok=True)
    assert records == {}


def test_parquet_with_numbers_for_ids(tmp_path: Path) -> None:
    pd.DataFrame({"origin": [1.0], "destination": [20], "km": [3.0]}).to_parquet(tmp_path / "a.parquet")
    table, _ = read_travel([tmp_path / "a.parquet"], {}, {"origin": ["1"], "destination": ["20"]}, "vi")
    assert table.iloc[0][["origin", "destination", "km"]].tolist() == ["1", "20", 3.0]


def test_codes_keep_their_zeros(tmp_path: Path) -> None:
    path = csv(tmp_path / "a.csv", "origin,destination,km\n007,F1,3")
    table, _ = read_travel([path], {}, {"origin": ["007"], "destination": ["F1"]}, "vi")
    assert table["origin"].tolist() == ["007"]


def test_unknown_ids_are_counted_once(tmp_path: Path) -> None:
    table, records = read(csv(tmp_path / "a.csv", "origin,destination,km\nV1,F1,3\nX,F1,1\nX,E1,2\nY,F1,2"))
    assert len(table) == 1
    record = records["travel-unknown-id"]
    assert (record.severity, record.row, record.value) == ("warning", 3, "X; Y")
    assert "3 rows" in record.message


def test_the_earlier_of_two_equal_pairs_is_used(tmp_path: Path) -> None:
    table, records = read(csv(tmp_path / "a.csv", "origin,destination,km\nV1,F1,3\nV2,F1,1\nV1,F1,4"))
    assert table["km"].tolist() == [3.0, 1.0]
    assert records["travel-pair-twice"].value == "V1 → F1"


@pytest.mark.parametrize(
    ("text", "rule", "row", "column"),
    [
        ("origin,destination,km\nV1,F1,3\nV2,F1,-1", "travel-negative", 3, "km"),
        ("origin,destination,km\nV1,F1,far", "not-a-number", 2, "km"),
        ("origin,km\nV1,3", "travel-column-missing", None, ""),
        ("origin,destination\nV1,F1", "travel-column-missing", None, ""),
        ("origin,destination,km\nX,Y,3", "travel-matches-nothing", None, ""),
    ],
)
def test_errors_name_row_and_column(tmp_path: Path, text: str, rule: str, row: int | None, column: str) -> None:
    _, records = read(csv(tmp_path / "a.csv", text))
    found = records[rule]
    assert (found.severity, found.file, found.row, found.column) == ("error", "a.csv", row, column)
    assert found.fix


def test_pairs_without_a_value_are_not_reached(tmp_path: Path) -> None:
    table, records = read(csv(tmp_path / "a.csv", "origin,destination,km\nV1,F1,\nV2,F1,2"))
    assert table["origin"].tolist() == ["V2"]
    assert records["travel-without-value"].row == 2


@pytest.mark.parametrize(("name", "rule"), [("a.csv", "file-missing"), ("a.xlsx", "unknown-format")])
def test_files_that_cannot_be_read(tmp_path: Path, name: str, rule: str) -> None:
    if name.endswith("xlsx"):
        (tmp_path / name).write_bytes(b"PK")
    assert read(tmp_path / name)[1][rule].severity == "error"


def test_the_mapping_names_columns(tmp_path: Path) -> None:
    path = csv(tmp_path / "a.csv", "a,b,c\nV1,F1,4")
    table, _ = read(path, {"a": "origin", "b": "destination", "c": "minutes"})
    assert table["minutes"].tolist() == [4.0]

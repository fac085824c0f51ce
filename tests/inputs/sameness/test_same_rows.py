"""One facility in several files is used once, its other rows are evidence, and nothing is merged without a word."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from planner.errors import Record
from planner.inputs import examine
from planner.inputs.lists.blocks import Block, read_blocks
from planner.inputs.sameness.identity import identify
from planner.inputs.sameness.same_rows import count_set_aside
from planner.scenario import Scenario
from tests.inputs.books import workbook
from tests.tiny import write_tiny

TOP = ["Mã cơ sở", "Tên cơ sở", "Địa chỉ", "Diện tích đất (m2)", "Diện tích sàn (m2)", "Chủ sở hữu", "Trùng với"]
OFFICE = ["F-1", "Trụ sở UBND xã A", "Xã A", 4568.8, None, "Xã", None]
SCHOOL = ["F-2", "Trường Tiểu học A", "Xã A", 900, 300, "Xã", None]


def files(folder: Path, *books: list[list[Any]], top: list[str] = TOP) -> tuple[list[Block], list[Record]]:
    """Return the rows of several files, each with one sheet, with their codes and what is settled between them."""
    found: list[Block] = []
    for number, rows in enumerate(books, start=1):
        found += read_blocks(workbook(folder / f"{number}.xlsx", {"List": [top, *rows]}), "facilities", {}, "en")[0]
    return identify(found)


def told(records: list[Record]) -> list[tuple[str, str, str, int | None, str]]:
    return [(r.rule, r.severity, r.file, r.row, r.column) for r in records if r.rule != "codes-made"]


def codes(blocks: list[Block]) -> list[Any]:
    return [code for block in blocks for code in block.data["facility_id"]]


def test_a_row_that_stands_word_for_word_in_another_file_is_set_aside(tmp_path: Path) -> None:
    found, records = files(tmp_path, [OFFICE, SCHOOL], [SCHOOL])
    assert codes(found) == ["F-1", "F-2"]
    assert told(records) == [("same-row", "info", "2.xlsx", 2, "Tên cơ sở")]
    assert "1.xlsx [List]:3" in records[0].message
    assert [(block.read, block.set_aside) for block in found] == [(2, 0), (1, 1)]


def test_so_is_one_on_another_sheet_but_not_one_below(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"Đợt 1": [TOP, SCHOOL], "Đợt 2": [TOP, SCHOOL, OFFICE, OFFICE]})
    found, records = identify(read_blocks(path, "facilities", {}, "en")[0])
    assert codes(found) == ["F-2", "F-1", "F-1"]
    assert [(record.rule, record.sheet, record.row) for record in records] == [
        ("same-row", "Đợt 2", 2),
        ("duplicate-id", "Đợt 2", 4),
    ]


def test_one_code_in_two_files_keeps_the_first_and_tells_every_other_value(tmp_path: Path) -> None:
    other = ["F-1", "TRỤ SỞ UBND xã A (cũ)", "Xã A", 3928.2, 610, "Huyện", None]
    found, records = files(tmp_path, [OFFICE], [SCHOOL, other])
    assert codes(found) == ["F-1", "F-2"]
    assert told(records) == [
        ("same-id", "info", "2.xlsx", 3, "Mã cơ sở"),
        ("values-conflict", "info", "2.xlsx", 3, "Tên cơ sở"),
        ("values-conflict", "warning", "2.xlsx", 3, "Diện tích đất (m2)"),
        ("values-conflict", "warning", "2.xlsx", 3, "Chủ sở hữu"),
        ("filled-from-same", "info", "1.xlsx", 2, "Mã cơ sở"),
    ]
    area = records[2]
    assert area.value == "3928.2"
    assert all(text in area.message for text in ("3928.2", "4568.8", "1.xlsx [List]:2"))
    assert "Floor area (m²) = 610" in records[-1].message
    assert found[0].data["land_area_m2"] == [4568.8]
    assert found[0].data["floor_area_m2"] == [610]


def test_two_lists_that_number_their_own_facilities_are_not_one(tmp_path: Path) -> None:
    found, records = files(tmp_path, [["1", *OFFICE[1:]]], [["1", *SCHOOL[1:]]])
    assert len(codes(found)) == 2
    assert told(records) == [("duplicate-id", "error", "2.xlsx", 2, "Mã cơ sở")]


def test_a_code_that_stands_twice_in_a_file_is_an_error(tmp_path: Path) -> None:
    _, records = files(tmp_path, [OFFICE, [*OFFICE[:3], 900, *OFFICE[4:]]])
    assert told(records) == [("duplicate-id", "error", "1.xlsx", 3, "Mã cơ sở")]


def test_same_as_settles_a_pair(tmp_path: Path) -> None:
    other = ["F-9", "Nhà UBND", "Xã A", 3928.2, None, None, "F-1"]
    found, records = files(tmp_path, [other, OFFICE, SCHOOL])
    assert codes(found) == ["F-1", "F-2"]
    assert ("same-as", "info", "1.xlsx", 2, "Trùng với") in told(records)
    assert ("values-conflict", "warning", "1.xlsx", 2, "Diện tích đất (m2)") in told(records)


@pytest.mark.parametrize(
    ("office", "school", "rules"),
    [
        ("F-7", None, ["same-as-unknown"]),
        ("F-1", None, ["same-as-itself"]),
        ("F-2", "F-1", ["same-as-chain", "same-as-chain"]),
        ("khác", "no", []),
    ],
)
def test_same_as_must_name_a_row_that_is_kept(
    tmp_path: Path, office: str, school: str | None, rules: list[str]
) -> None:
    found, records = files(tmp_path, [[*OFFICE[:-1], office], [*SCHOOL[:-1], school]])
    assert [record.rule for record in records] == rules
    assert all(record.severity == "error" and record.fix and record.column == "Trùng với" for record in records)
    assert codes(found) == ["F-1", "F-2"]


def test_a_chain_names_the_row_to_keep(tmp_path: Path) -> None:
    rows = [[*OFFICE[:-1], "F-2"], [*SCHOOL[:-1], "F-3"], ["F-3", "Trạm y tế A", "Xã A", 500, 90, "Xã", None]]
    _, records = files(tmp_path, rows)
    (chain,) = (record for record in records if record.severity == "error")
    assert (chain.rule, chain.row) == ("same-as-chain", 2)
    assert "F-3" in chain.message


def test_a_position_is_taken_whole_or_not_at_all(tmp_path: Path) -> None:
    top = ["Mã cơ sở", "Tên cơ sở", "Kinh độ", "Vĩ độ", "Tọa độ X", "Tọa độ Y", "Hệ tọa độ", "Trùng với"]
    rows = [["F-1", "A", 104.1, 22.1, None, None, None, None], ["F-2", "B", None, None, None, None, None, None]]
    there = [2440000, 400000, 9208]
    other = [["F-8", "A", None, None, *there, "F-1"], ["F-9", "B", None, None, *there, "F-2"]]
    found, _ = files(tmp_path, rows, other, top=top)
    data = found[0].data
    assert (data["x"], data["lon"]) == ([None, 2440000], [104.1, None])
    assert data["crs"] == [None, "9208"]


def test_rows_with_little_in_them_are_not_the_same(tmp_path: Path) -> None:
    row = [None, "Nhà văn hóa", None, None, None, None, None]
    found, records = files(tmp_path, [row], [row])
    assert len(codes(found)) == 2
    assert [record.rule for record in records] == ["rows-alike", "codes-made"]


def test_rows_set_aside_are_counted_with_their_sheet(tmp_path: Path) -> None:
    found, records = files(tmp_path, [OFFICE, SCHOOL], [SCHOOL])
    sheets = list(count_set_aside([block.understood for block in found], records))
    assert [sheet.set_aside for sheet in sheets] == [{}, {"same-row": 1}]
    assert [sheet.used for sheet in sheets] == [2, 0]


def test_defaults_fill_what_the_other_row_did_not(tmp_path: Path) -> None:
    path = write_tiny(tmp_path)
    top, short = ["Mã cơ sở", "Tên cơ sở", "Địa chỉ", "Mã xã"], ["A-1", "Kho A", "Xã An", "00901"]
    workbook(tmp_path / "facilities.xlsx", {"a": [top, short, ["A-2", "Kho B", "Xã An", "00901"]]})
    workbook(tmp_path / "more.xlsx", {"a": [[*top, "Chủ sở hữu"], [*short, "Đảng"]]})
    text = path.read_text(encoding="utf-8").replace('"facilities.xlsx"', '["facilities.xlsx", "more.xlsx"]')
    path.write_text(f'{text}[defaults.facilities]\nowner = "commune"\n', encoding="utf-8")
    reading = examine(Scenario.load(path))
    assert reading.tables["facilities"]["owner"].tolist() == ["party", "commune"]
    assert (reading.read["facilities"], reading.set_aside["facilities"]) == (3, 1)

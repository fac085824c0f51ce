"""A reviewed allocation is known by its own headings, whatever else the workbook holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from planner.catalogue.columns import columns
from planner.errors import Record
from planner.inputs.decisions import in_order
from planner.inputs.lists.blocks import Block, read_blocks
from tests.inputs.books import workbook

VI = [columns("review")[key].vi for key in columns("review")]
EN = [columns("review")[key].en for key in columns("review")]
HEAD = ["Mã cơ sở", "Công năng hiện tại", "Công năng mới", "Lý do"]


def read(path: Path) -> tuple[list[Block], list[Record]]:
    return read_blocks(path, "decisions", {}, "vi")


def reviewed(tmp_path: Path, *rows: list[Any], head: list[str] | None = None, name: str = "Phương án") -> Path:
    return workbook(tmp_path / "reviewed.xlsx", {name: [head or [*HEAD, *VI], *rows]})


def row(code: str, *review: object) -> list[Any]:
    return [code, "Trụ sở làm việc", "Chợ", "Vì xã cần", *review]


@pytest.mark.parametrize("name", ["Phương án", "Allocation", "Sheet1", "Cơ sở nhà, đất"])
@pytest.mark.parametrize("heads", [VI, EN])
def test_a_sheet_is_read_whatever_its_name_and_language(tmp_path: Path, name: str, heads: list[str]) -> None:
    rows = (
        row("00012", "Require", "market"),
        row("F-2"),
        row("F-3", "Loại trừ", "Chợ", None, "Xa", "UBND xã", "1/2/2026"),
    )
    (block,), records = read(reviewed(tmp_path, *rows, head=[*HEAD, *heads], name=name))
    assert block.data["facility_id"] == ["00012", "F-3"]
    assert block.data["verdict"] == ["require", "forbid"]
    assert block.data["use"] == ["market", "market"]
    assert block.data["reason"] == [None, "Xa"]
    assert block.rows == [2, 4]
    assert {record.rule for record in records} == {"columns-matched"}


def test_neither_the_proposal_nor_its_reason_is_taken_for_a_verdicts(tmp_path: Path) -> None:
    (block,), _ = read(reviewed(tmp_path, row("F-1", "Hỏi lại")))
    assert (block.data["use"], block.data["reason"]) == ([None], [None])


def test_an_approval_without_a_use_approves_the_proposal(tmp_path: Path) -> None:
    (block,), records = read(reviewed(tmp_path, row("F-1", "Phê duyệt"), row("F-2", "Phê duyệt", "Nhà hát")))
    assert block.data["use"] == ["market", None]  # the second word is none of the list
    rules = {record.rule: record for record in records}
    assert rules["approved-as-proposed"].severity == "info"
    assert (rules["decision-unknown-value"].severity, rules["decision-unknown-value"].row) == ("error", 3)


def test_a_remark_without_a_verdict_is_told_and_is_no_decision(tmp_path: Path) -> None:
    blank = [None] * 4
    rows = row("F-1", None, "Chợ"), row("F-2", *blank, "UBND xã", "1/2/2026"), row("F-3", "–"), row("F-4", "Hỏi lại")
    (block,), records = read(reviewed(tmp_path, *rows))
    assert block.data["facility_id"] == ["F-4"]
    (told,) = [record for record in records if record.rule == "review-without-verdict"]
    assert (told.severity, "dòng 2)" in told.message) == ("info", True)


def test_columns_may_have_been_deleted_or_moved(tmp_path: Path) -> None:
    head = ["Rà soát: ý kiến", "Tên cơ sở nhà, đất", "Mã cơ sở", "Rà soát: công năng"]
    (block,), _ = read(reviewed(tmp_path, ["Loại trừ", "Trụ sở", "F-1", "Chợ"], head=head))
    assert [block.data[key] for key in ("facility_id", "verdict", "use")] == [["F-1"], ["forbid"], ["market"]]


def test_a_copied_row_is_a_second_verdict(tmp_path: Path) -> None:
    rows = row("F-1", "Loại trừ", "Chợ"), row("F-1", "Loại trừ", "Trạm y tế")
    (block,), _ = read(reviewed(tmp_path, *rows))
    assert block.data["use"] == ["market", "health_station"]


def test_other_sheets_of_the_workbook_are_passed_over_in_silence(tmp_path: Path) -> None:
    findings = [["Bảng", "Cột", "Nội dung"], ["Ý kiến", "Rà soát: ý kiến", "Rà soát: công năng"]]
    rules = [["Mã cơ sở", "Công năng", "Lý do"], ["F-1", "Chợ", "Đất nhỏ"]]
    path = workbook(
        tmp_path / "all.xlsx",
        {"Kiểm tra": findings, "Loại": rules, "Phương án": [[*HEAD, *VI], row("F-1", "Hỏi lại")]},
    )
    (block,), records = read(path)
    assert block.origin.sheet == "Phương án"
    assert {record.sheet for record in records} == {"Phương án"}


def test_a_plain_table_of_decisions_is_read_as_before(tmp_path: Path) -> None:
    rows = [["Mã cơ sở", "Ý kiến", "Công năng", "Miễn trừ quy tắc"], ["F-1", "Yêu cầu", "Chợ", "Có"]]
    (block,), _ = read(workbook(tmp_path / "plain.xlsx", {"Ý kiến quyết định": rows}))
    assert (block.data["verdict"], block.data["waiver"]) == (["require"], [True])


def test_the_order_of_files_is_their_own(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("b.csv", "a.csv", "c/a.csv")]
    (tmp_path / "c").mkdir()
    for number, path in enumerate(paths):
        path.write_text(f"facility_id,verdict\nF-{number},question\n", encoding="utf-8")
    assert in_order(paths) == in_order(paths[::-1])
    assert [path.name for path in in_order(paths)] == ["a.csv", "a.csv", "b.csv"]

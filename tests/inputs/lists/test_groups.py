"""Groups of rows: how they nest, and what their headings say about the rows below."""

from __future__ import annotations

from typing import Any

from planner.inputs.cells.convert import Value
from planner.inputs.files.opening import Sheet
from planner.inputs.lists.groups import fill_from_groups, groups_of
from planner.inputs.lists.header import find_header
from planner.inputs.lists.rows import sort_rows
from planner.inputs.origin import Origin

TOP = ["STT", "Tên cơ sở nhà, đất", "Địa chỉ"]
NESTED: list[list[Any]] = [
    ["A", "HUYỆN BÁT XÁT", None],
    ["I", "Xã Bản Qua", None],
    [1, "a", "Thôn 1"],
    ["II", "Xã Cốc San (cũ)", None],
    [2, "b", "Thôn 2"],
    ["B", "Khối trường học", None],
    [3, "c", "Thôn 3"],
]


def filled(
    rows: list[list[Any]], top: list[str] = TOP, name: str = "Sheet", file: str = "list.xlsx"
) -> tuple[dict[str, list[Value]], list[tuple[str, int | None, str]]]:
    sheet = Sheet(name, [list(top), *rows])
    header = find_header(sheet, "facilities", {})
    assert header is not None
    data: dict[str, list[Value]] = {}
    origin = Origin("facilities", file, name, "en")
    records = fill_from_groups(data, sheet, header, sort_rows(sheet, header, "facilities"), origin)
    return data, [(r.rule, r.row, r.value) for r in records]


def test_how_groups_nest() -> None:
    sheet = Sheet("Sheet", [list(TOP), *NESTED])
    header = find_header(sheet, "facilities", {})
    assert header is not None
    groups = groups_of(sheet, header, sort_rows(sheet, header, "facilities"))
    assert [(g.text, g.index, g.end) for g in groups] == [
        ("HUYỆN BÁT XÁT", 1, 6),
        ("Xã Bản Qua", 2, 4),
        ("Xã Cốc San (cũ)", 4, 6),
        ("Khối trường học", 6, 8),
    ]


def test_units_fill_the_columns_that_the_sheet_lacks() -> None:
    data, records = filled(NESTED)
    assert data == {
        "old_district": ["HUYỆN BÁT XÁT", "HUYỆN BÁT XÁT", None],
        "commune_name": ["Xã Bản Qua", None, None],
        "old_commune": [None, "Xã Cốc San", None],
    }
    assert records == [
        ("filled-from-group", 2, "HUYỆN BÁT XÁT"),
        ("filled-from-group", 3, "Xã Bản Qua"),
        ("filled-from-group", 5, "Xã Cốc San"),
    ]


def test_a_column_of_the_sheet_is_never_touched() -> None:
    top = [*TOP, "Mã xã", "Huyện cũ"]
    assert filled([[*row, None, None] for row in NESTED], top=top) == ({}, [])


def test_the_name_of_the_sheet_or_the_file() -> None:
    rows: list[list[Any]] = [[1, "a", "Thôn 1"], [2, "b", "Thôn 2"]]
    data, records = filled(rows, name="Xã Bản Qua", file="Huyện Bát Xát.xlsx")
    assert data == {"commune_name": ["Xã Bản Qua"] * 2, "old_district": ["Huyện Bát Xát"] * 2}
    assert [rule for rule, _, _ in records] == ["filled-from-sheet"] * 2
    assert filled(rows, name="Danh sách", file="Cơ sở dôi dư.xlsx") == ({}, [])

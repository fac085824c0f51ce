"""The header block is found by itself and its headings are known by name, group or the scenario's mapping."""

from __future__ import annotations

from typing import Any

import pytest

from planner.inputs.files.opening import Sheet
from planner.inputs.lists.header import Header, Heading, find_header, header_records, match
from tests.inputs.books import ORIGIN, grid


def found(sheet: Sheet, table: str = "facilities", **mapping: str) -> Header:
    header = find_header(sheet, table, mapping)
    assert header is not None
    return header


def at(header: Header) -> dict[str, int]:
    return {key: heading.index for key, heading in header.columns.items()}


def test_one_row_under_titles() -> None:
    header = found(
        grid(["DANH MỤC CƠ SỞ NHÀ, ĐẤT", None, None], [], ["STT", "Tên cơ sở", "Địa chỉ"], [1, "Trụ sở", "Xã A"])
    )
    assert (header.last, at(header), header.serial) == (2, {"name": 1, "address": 2}, 0)


TWO_ROWS: list[list[Any]] = [
    [
        "STT",
        "Tên cơ sở nhà, đất",
        "Quyết định thu hồi, giao",
        None,
        "Diện tích (m2)",
        None,
        "Giá trị (đồng)",
        None,
        "Ghi chú",
    ],
    [None, None, "Số", "Ngày", "Đất", "Sàn xây dựng", "Nguyên giá", "Giá trị còn lại", None],
    [1, "Trụ sở", "480/QĐ", "23/01/2026", 909.2, None, 1, 1, None],
]
TWO_ROWS_AT = {
    "name": 1,
    "decision_no": 2,
    "decision_date": 3,
    "land_area_m2": 4,
    "floor_area_m2": 5,
    "original_value_vnd": 6,
    "residual_value_vnd": 7,
}


def test_two_rows_with_groups_written_once() -> None:
    header = found(grid(*TWO_ROWS))
    assert (header.last, at(header)) == (1, TWO_ROWS_AT)
    assert [heading.text for heading in header.unmatched] == ["Ghi chú"]
    assert header.columns["land_area_m2"].shown == "Diện tích (m2) / Đất"


def test_two_rows_with_merged_groups() -> None:
    spans = tuple(((0, i), (0, i + 1)) for i in (2, 4, 6))
    header = found(Sheet("Sheet", TWO_ROWS, spans))
    assert at(header) == TWO_ROWS_AT


def test_a_merged_title_is_no_group() -> None:
    header = found(Sheet("Sheet", [["DANH MỤC", None, None], ["Tên", "Tên cơ sở", "Địa chỉ"]], (((0, 0), (0, 2)),)))
    assert {heading.group for heading in header.columns.values()} == {""}


@pytest.mark.parametrize(
    ("text", "group", "column"),
    [
        ("Diện tích đất (m2)", "", "land_area_m2"),
        ("DIỆN TÍCH ĐẤT", "", "land_area_m2"),
        ("Land area (m²)", "", "land_area_m2"),
        ("land_area_m2", "", "land_area_m2"),
        ("land_area_", "", "land_area_m2"),
        ("Diện tích đất, ha", "", "land_area_m2"),
        ("Đất", "Diện tích (m²)", "land_area_m2"),
        ("Đất", "Hồ sơ", "dossier_land"),
        ("Đất", "Nhu cầu", None),
        ("Kinh độ", "Tọa độ (độ, WGS 84)", "lon"),
        ("Đơn vị bàn giao", "", "holder"),
        ("Xã (cũ)", "", "old_commune"),
        ("Một cột lạ", "", None),
    ],
)
def test_headings(text: str, group: str, column: str | None) -> None:
    hit = match(Heading(0, text, group), "facilities")
    assert (hit[0] if hit else None) == column


def test_units_in_headings() -> None:
    assert Heading(0, "Diện tích đất (ha)").factor("m²") == ("ha", 1e4)
    assert Heading(0, "Diện tích đất, ha").factor("m²") == ("ha", 1e4)
    assert Heading(0, "Nguyên giá", "Giá trị (triệu đồng)").factor("đồng") == ("trieu dong", 1e6)
    assert Heading(0, "Nguyên giá (1.000 đồng)").factor("đồng") == ("1 000 dong", 1e3)
    assert Heading(0, "Diện tích đất (m2)").factor("m²")[1] == 1.0
    assert Heading(0, "Tốc độ tăng dân số (%/năm)").factor("lần") == ("percent", 0.01)
    assert Heading(0, "Tốc độ tăng dân số (‰)").factor("lần") == ("permille", 0.001)


def test_two_headings_of_one_column() -> None:
    header = found(grid(["Tên cơ sở", "Tên tài sản", "Địa chỉ"], ["a", "b", "c"]))
    assert at(header) == {"name": 0, "address": 2}
    (record,) = [r for r in header_records(header, ORIGIN) if r.rule == "column-twice"]
    assert record.severity == "warning"
    assert "Tên cơ sở" in record.message
    assert "Tên tài sản" in record.message


def test_the_mapping_decides() -> None:
    sheet = grid(["Tên cơ sở", "Tên tài sản", "Tình trạng"], ["a", "b", "Đã tiếp nhận"])
    header = found(sheet, **{"Tên tài sản": "name", "Tình trạng": "status"})
    assert at(header) == {"name": 1, "status": 2}
    assert header.mapped == {"Tên tài sản", "Tình trạng"}
    assert not header.doubled


def test_a_preferred_heading_wins_without_a_warning() -> None:
    header = found(grid(["code", "name", "full_name"], ["02647", "Lào Cai", "Phường Lào Cai"]), "communes")
    assert at(header) == {"commune_code": 0, "name": 2}
    assert not header.doubled


def test_a_required_column_that_is_missing() -> None:
    records = header_records(found(grid(["Địa chỉ", "Diện tích đất"], ["a", 1])), ORIGIN)
    assert [(r.rule, r.severity, r.column) for r in records] == [("missing-column", "error", "Name")]


def test_a_sheet_without_a_header() -> None:
    assert find_header(grid(["a", "b"], [1, 2]), "facilities", {}) is None
    assert find_header(grid(), "facilities", {}) is None


THREE_ROWS: list[list[Any]] = [
    ["STT", "Tên cơ sở nhà, đất", "Đất", None, "Nhà", None, None, None, None, "Ghi chú"],
    [None, None, "Diện tích", "Giá trị", "Số tầng", "Diện tích (m2)", None, "Giá trị", None, None],
    [None, None, None, None, None, "XD", "Sàn", "Nguyên giá", "GTCL", None],
]
THREE_ROWS_AT = {
    "name": 1, "land_area_m2": 2, "land_value_vnd": 3, "storeys": 4, "built_area_m2": 5, "floor_area_m2": 6,
    "original_value_vnd": 7, "residual_value_vnd": 8,
}  # fmt: skip
THREE_ROWS_SPANS = (((0, 2), (0, 3)), ((0, 4), (0, 8)), ((1, 5), (1, 6)), ((1, 7), (1, 8)))


def test_three_rows_whose_sub_headings_repeat() -> None:
    top: list[list[Any]] = [["SỞ TÀI CHÍNH", None], ["ĐVT: m2; nghìn đồng"]]
    spans = tuple(((a + 2, b), (c + 2, d)) for (a, b), (c, d) in THREE_ROWS_SPANS)
    header = found(Sheet("Sheet", [*top, *THREE_ROWS, [1, "a", 9, 1, 2, 3, 4, 5, 6]], spans))
    assert ((header.first, header.last), at(header)) == ((2, 4), THREE_ROWS_AT)
    assert header.columns["residual_value_vnd"].shown == "Nhà / Giá trị / GTCL"
    assert header.unit("residual_value_vnd", "đồng") == ("nghin dong", 1e3)
    assert header.unit("land_area_m2", "m²")[1] == 1.0


def test_a_merged_cell_is_never_cut() -> None:
    rows: list[list[Any]] = [
        ["Tên cơ sở", "Địa chỉ", "Hồ sơ", None],
        [None, None, "Bản vẽ", "Hợp đồng"],
        ["a", "b", "x"],
    ]
    spans = (((0, 0), (1, 0)), ((0, 1), (1, 1)), ((0, 2), (0, 3)))
    assert found(Sheet("Sheet", rows, spans)).last == 1


def test_four_rows_with_units_in_a_row_of_their_own() -> None:
    header = found(
        grid(
            ["Thông tin chung", None, "Quy mô", None, "Giá trị tài sản"],
            ["Tên cơ sở nhà, đất", "Địa chỉ", "Đất", "Sàn", "Nguyên giá"],
            [None, None, "(m2)", "m2", "triệu đồng"],
            [1, 2, 3, 4, 5],
            ["a", "b", 1, 2, 3],
        )
    )
    assert (header.first, header.last) == (0, 2)
    assert at(header) == {"name": 0, "address": 1, "land_area_m2": 2, "floor_area_m2": 3, "original_value_vnd": 4}
    assert header.unit("original_value_vnd", "đồng") == ("trieu dong", 1e6)


def test_a_header_far_down_and_far_right() -> None:
    header = found(grid(*[[]] * 60, [None] * 5 + ["TEN CO SO", "DIA\nCHI"], [None] * 5 + ["a", "b"]))
    assert (header.first, at(header)) == (60, {"name": 5, "address": 6})


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("TenCoSo", "name"),
        ("dien_tich_dat", "land_area_m2"),
        ("DT đất (m2)", "land_area_m2"),
        ("2. Địa chỉ", "address"),
        ("Nguyên giá tính đến 31/12/2025 (đồng)", "original_value_vnd"),
        ("Mục đích SDĐ", "land_use_code"),
        ("GTCL 1.000đ", "residual_value_vnd"),
    ],
)
def test_headings_in_short_and_squeezed(text: str, column: str) -> None:
    hit = match(Heading(0, text), "facilities")
    assert hit is not None
    assert hit.column == column


def rules(header: Header) -> list[tuple[str, str]]:
    return [(r.rule, r.severity) for r in header_records(header, ORIGIN)]


def test_a_heading_that_is_only_alike_is_a_warning_with_its_score() -> None:
    header = found(grid(["Tên cơ sở nhà, đất", "Địa chỉ", "Tổng diện tích đất khuôn viên"], ["a", "b", 900]))
    assert at(header) == {"name": 0, "address": 1, "land_area_m2": 2}
    assert [(m.by, m.score < 0.95) for m in header.matches if m.column == "land_area_m2"] == [("alike", True)]
    assert rules(header) == [("columns-matched", "info"), ("column-guessed", "warning")]
    (guessed,) = [r for r in header_records(header, ORIGIN) if r.rule == "column-guessed"]
    assert "land_area_m2" in guessed.message
    assert f"{header.matches[2].score:.2f}" in guessed.message


def test_a_slip_of_the_pen_is_forgiven_and_told() -> None:
    header = found(grid(["Tên cơ sở nhà, đất", "Địa chỉ", "Năm xây dưnjg"], ["a", "b", 1990]))
    assert at(header)["built_year"] == 2
    assert ("column-guessed", "warning") in rules(header)


def test_a_guess_that_the_cells_contradict_is_not_taken() -> None:
    header = found(grid(["Tên cơ sở nhà, đất", "Địa chỉ", "Tổng diện tích đất khuôn viên"], ["a", "b", "rất rộng"]))
    assert at(header) == {"name": 0, "address": 1}


def test_a_heading_between_two_columns_is_not_taken() -> None:
    header = found(grid(["Tên cơ sở nhà, đất", "Địa chỉ", "Diện tích đất theo hồ sơ"], ["a", "b", 900]))
    assert at(header) == {"name": 0, "address": 1}
    (doubtful,) = [r for r in header_records(header, ORIGIN) if r.rule == "column-doubtful"]
    assert (doubtful.severity, doubtful.column) == ("warning", "Diện tích đất theo hồ sơ")
    assert "land_area_m2" in doubtful.message
    assert "certificate_area_m2" in doubtful.message


def test_no_guess_displaces_a_known_heading() -> None:
    header = found(grid(["Tên cơ sở nhà, đất", "Diện tích đất", "Tổng diện tích đất khuôn viên"], ["a", 1, 2]))
    assert at(header) == {"name": 0, "land_area_m2": 1}
    assert [heading.index for heading in header.unmatched] == [2]


@pytest.mark.parametrize("group", ["Nhu cầu", "Đề xuất phương án", "Dự kiến"])
def test_groups_that_speak_of_something_else(group: str) -> None:
    assert match(Heading(0, "Công năng", group), "facilities") is None
    assert match(Heading(0, "Công năng", "Hiện trạng"), "facilities") is not None


def test_of_land_and_house_the_house_has_the_original_value() -> None:
    header = found(
        grid(
            ["Tên", "Đất", None, "Nhà", None], ["Tên cơ sở", "Diện tích", "Nguyên giá", "Nguyên giá", "Số tầng"], ["a"]
        )
    )
    assert at(header)["original_value_vnd"] == 3
    assert at(header)["land_value_vnd"] == 2


def test_a_clean_header_brings_no_record() -> None:
    assert rules(found(grid(["STT", "Name", "Address", "Land area (m²)"], [1, "a", "b", 1]))) == []


def test_the_values_settle_a_heading_that_may_be_two_columns() -> None:
    rows = [["a", "b", "Đã tiếp nhận"], ["c", "d", "Đã phê duyệt"]]
    header = found(grid(["Tên cơ sở nhà, đất", "Địa chỉ", "Tình trạng"], *rows))
    assert at(header) == {"name": 0, "address": 1, "status": 2}
    assert ("column-by-values", "warning") in rules(header)
    header = found(grid(["Tên cơ sở nhà, đất", "Địa chỉ", "Tình trạng"], ["a", "b", "Tốt"], ["c", "d", "???"]))
    assert at(header) == {"name": 0, "address": 1, "condition": 2}


def test_of_two_columns_in_one_heading_the_one_that_is_needed() -> None:
    header = found(grid(["Đơn vị quản lý, sử dụng/Tên cơ sở nhà, đất", "Địa chỉ", "Số tầng"], ["a", "b", 2]))
    assert at(header) == {"name": 0, "address": 1, "storeys": 2}
    assert ("column-guessed", "warning") in rules(header)


def test_a_line_above_the_header_is_no_group() -> None:
    header = found(
        grid(
            ["(Kèm theo Công văn số 12/UBND)"],
            [None, None, "Đơn vị tính: m2"],
            ["Đơn vị quản lý, sử dụng/Tên cơ sở", "Địa chỉ", "Đất", None],
            [None, None, "Diện tích", "GCN QSDĐ"],
            ["a", "b", 2, "AB 12"],
        )
    )
    assert (header.first, header.last) == (2, 3)
    assert at(header) == {"name": 0, "address": 1, "land_area_m2": 2, "certificate": 3}


def test_a_unit_behind_words_is_no_heading_of_units_only() -> None:
    sheet = grid(
        ["Tên cơ sở nhà, đất", "Diện tích đất", None, "Đất"],
        [None, "Theo giấy chứng nhận, m²", "Hiện trạng (m²)", "Nguyên giá, đồng"],
        ["a", 1.0, 2.0, 3.0],
    )
    header = find_header(sheet, "facilities", {})
    assert header is not None
    assert {"certificate_area_m2": 1, "land_value_vnd": 3}.items() <= {
        k: h.index for k, h in header.columns.items()
    }.items()


def test_a_multiple_that_nobody_knows_is_not_the_unit_at_its_end() -> None:
    assert Heading(0, "Nguyên giá (ng.đ)").factor("đồng") == ("ng d", 1e3)
    assert Heading(0, "Nguyên giá (vạn đ)").factor("đồng") == ("", 1.0)
    assert Heading(0, "Nguyên giá, triệu đồng").factor("đồng") == ("trieu dong", 1e6)

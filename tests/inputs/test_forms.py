"""Known forms: a report on one site becomes the rows of a list, a summary is no list, former forms are mapped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from planner.catalogue.columns import columns, values
from planner.catalogue.load import read_data
from planner.inputs.cells.convert import convert
from planner.inputs.files.opening import Sheet, open_sheets
from planner.inputs.forms import as_tables, former_form_records, is_summary
from planner.inputs.lists.blocks import read_blocks
from tests.inputs.books import ORIGIN, grid

HOLDER = "Trường Mầm non Hoa Ban"
ADDRESS = "Thôn Bản Phố, xã Bản Phố, huyện Bắc Hà, tỉnh Lào Cai"
LAND_USE = (
    "c- Hiện trạng sử dụng: Làm trụ sở làm việc: 0 m2; Làm cơ sở HĐ sự nghiệp: 1.500,5 m2; Cho thuê: 0 m2; "
    "Bỏ trống: 500 m2; Sử dụng vào mục đích khác: 0 m2"
)
HEAD: list[list[Any]] = [
    ["Bộ, tỉnh: Lào Cai", *[None] * 10, "Mẫu số 04a-ĐK/TSC"],
    ["Cơ quan quản lý cấp trên: UBND xã Bản Phố"],
    [f"Cơ quan, tổ chức, đơn vị sử dụng tài sản: {HOLDER}"],
    ["Mã đơn vị: 1012345"],
    ["Loại hình đơn vị: Đơn vị sự nghiệp"],
    ["BÁO CÁO KÊ KHAI TRỤ SỞ LÀM VIỆC, CƠ SỞ HOẠT ĐỘNG SỰ NGHIỆP CỦA CƠ QUAN, TỔ CHỨC, ĐƠN VỊ"],
]
LAND: list[list[Any]] = [
    ["I- Về đất:"],
    [f"a- Địa chỉ: {ADDRESS}"],
    ["b- Diện tích khuôn viên đất: 2.000,5 m2"],
    [LAND_USE],
    ["d- Giá trị theo sổ kế toán: 850.000,5 Nghìn đồng"],
    ["II- Về nhà:"],
]
TABLE: list[list[Any]] = [
    ["TÀI SẢN", "CẤP HẠNG", "NĂM XÂY DỰNG", "NGÀY, THÁNG, NĂM SỬ DỤNG",
     "GIÁ TRỊ THEO SỔ KẾ TOÁN\n(Nghìn đồng)", None, None, None,
     "SỐ TẦNG", "DIỆN TÍCH XÂY DỰNG (m2)", "TỔNG DIỆN TÍCH SÀN SỬ DỤNG (m2)", "HIỆN TRẠNG SỬ DỤNG (m2)", *[None] * 6],
    [None, None, None, None, "Nguyên giá", None, None, "Giá trị còn lại", None, None, None,
     "Trụ sở làm việc", "Cơ sở HĐSN", "Kinh doanh", "Cho thuê", "Liên doanh, liên kết", "Bỏ trống", "Sử dụng khác"],
    [None, None, None, None, "Tổng cộng", "Trong đó"],
    [None, None, None, None, None, "Nguồn NS", "Nguồn khác"],
    [str(i) for i in range(1, 19)],
    ["Nhà lớp học 2 tầng", "III", 2008, "01/09/2008", 3_200_000, 3_000_000, 200_000, 1_450_000,
     2, 300, 560, 0, 560, 0, 0, 0, 0, 0],
    ["Nhà bếp", "IV", None, "15/08/2012", 400_000, 400_000, 0, 90_000, 1, 80, 80, 0, 0, 0, 0, 0, 80, 0],
    ["Cộng", None, None, None, 3_600_000, 3_400_000, 200_000, 1_540_000, "X", 380, 640, 0, 560, 0, 0, 0, 80, 0],
    ["Tổng cộng", None, None, None, 3_600_000, 3_400_000, 200_000, 1_540_000, "X", 380, 640, 0, 560, 0, 0, 0, 80, 0],
]  # fmt: skip
FOOT: list[list[Any]] = [
    ["III- Các hồ sơ, giấy tờ liên quan đến nhà, đất: (Giấy chứng nhận quyền sử dụng đất, Hợp đồng thuê đất)"],
    ["- Giấy chứng nhận quyền sử dụng đất số: BA 123456"],
    ["- Hồ sơ hoàn công: chưa có"],
    ["............, ngày 15 tháng 3 năm 2025", None, None, None, "THỦ TRƯỞNG CƠ QUAN, TỔ CHỨC, ĐƠN VỊ"],
    ["(Ký, họ tên và đóng dấu)"],
]  # fmt: skip
MERGED = ("A{0}:A{3}", "B{0}:B{3}", "C{0}:C{3}", "D{0}:D{3}", "E{0}:H{0}", "E{1}:G{1}", "H{1}:H{3}",
          "E{2}:E{3}", "F{2}:G{2}", "I{0}:I{3}", "J{0}:J{3}",
          "K{0}:K{3}", "L{0}:R{0}", *(f"{c}{{1}}:{c}{{3}}" for c in "LMNOPQR"))  # fmt: skip
REPORT = [*HEAD, *LAND, *TABLE, *FOOT]


def written(path: Path, *reports: list[list[Any]], title: str = "04a") -> Path:
    """Write reports below one another on a sheet, their table headers merged."""
    book = Workbook()
    page = book.worksheets[0]
    page.title = title
    for report in reports:
        for row in report:
            page.append(row)
            if row and row[0] == "TÀI SẢN":
                rows = [page.max_row + i for i in range(4)]
                areas = [area.format(*rows) for area in MERGED]
        for area in areas:
            page.merge_cells(area)
    book.save(path)
    return path


def read(path: Path) -> tuple[list[dict[str, object]], list[str], list[int]]:
    """Read a workbook as an inventory; return its rows, the rules of its records and the row numbers."""
    blocks, records = read_blocks(path, "facilities", {}, "en")
    rows = [{key: block.data[key][i] for key in block.data} for block in blocks for i in range(len(block.rows))]
    return rows, [record.rule for record in records], [number for block in blocks for number in block.rows]


# ---------------------------------------------------------------- reports on one site


def test_every_house_of_a_report_is_a_row_with_what_it_shares_with_its_site(tmp_path: Path) -> None:
    rows, rules, numbers = read(written(tmp_path / "a.xlsx", REPORT))
    first, second = rows
    assert first["name"] == f"{HOLDER}, Nhà lớp học 2 tầng"
    assert {row["address"] for row in rows} == {ADDRESS}
    assert {row["holder"] for row in rows} == {HOLDER}
    assert {row["land_area_m2"] for row in rows} == {2000.5}
    assert {row["land_value_vnd"] for row in rows} == {850_000_500.0}
    assert len({row["site_id"] for row in rows}) == 1
    assert (first["original_value_vnd"], first["residual_value_vnd"]) == (3.2e9, 1.45e9)
    assert (first["floor_area_m2"], first["built_area_m2"], first["storeys"], first["grade"]) == (560, 300, 2, "III")
    assert (first["built_year"], second["built_year"]) == (2008, 2012)
    assert (first["occupancy"], second["occupancy"]) == ("in_use", "vacant")
    assert (first["current_use"], second["current_use"]) == ("preschool", None)
    assert first["certificate"] == "Giấy chứng nhận quyền sử dụng đất số: BA 123456"
    assert (first["dossier_land"], first["dossier_building"]) == ("held", "none")
    assert numbers == [18, 19]
    assert rules.count("totals-row") == 2
    assert rules.count("totals-agree") == 8
    assert "totals-differ" not in rules
    assert not {"not-a-number", "unknown-value", "missing-column", "columns-unnamed"} & set(rules)
    assert rules.count("columns-not-used") == 1  # what the total was paid from


def test_a_total_that_does_not_agree_with_its_houses_is_told(tmp_path: Path) -> None:
    wrong = [[*row] for row in REPORT]
    wrong[-6][10] = 650
    assert "totals-differ" in read(written(tmp_path / "a.xlsx", wrong))[1]


def test_several_reports_on_one_sheet_are_several_sites(tmp_path: Path) -> None:
    other = [[cell.replace("Hoa Ban", "Hoa Đào") if isinstance(cell, str) else cell for cell in row] for row in REPORT]
    rows, _, numbers = read(written(tmp_path / "a.xlsx", REPORT, other))
    assert [str(row["holder"]) for row in rows] == [HOLDER] * 2 + ["Trường Mầm non Hoa Đào"] * 2
    assert len({row["site_id"] for row in rows}) == 2
    assert numbers == [18, 19, 18 + len(REPORT), 19 + len(REPORT)]


def test_the_older_form_without_a_column_of_total_value() -> None:
    header = [
        ["STT", "TÀI SẢN", "CẤP HẠNG", "NĂM XÂY DỰNG", "GIÁ TRỊ THEO SỔ KẾ TOÁN (ngàn đồng)", None, None,
         "SỐ TẦNG", "Tổng DT SÀN XÂY DỰNG"],
        [None, None, None, None, "Nguyên giá", None, "Giá trị còn lại"],
        [None, None, None, None, "Nguồn NS", "Nguồn khác"],
        [None, *map(float, range(1, 9))],
        [1, "UBND xã Ngũ Lạc"],
        [1, "Nhà làm việc", "III", 2001, "1.250,5", 100, 300, 2, 420],
        ["Cộng", None, None, None, 1250.5, 100, 300, None, 420],
    ]  # fmt: skip
    spans = (((5, 4), (5, 6)), ((6, 4), (6, 5)), ((5, 1), (7, 1)), ((6, 6), (7, 6)))
    title = ["BÁO CÁO KÊ KHAI TRỤ SỞ LÀM VIỆC, CƠ SỞ HOẠT ĐỘNG SỰ NGHIỆP"]
    land = [
        ["Địa chỉ:", "Ấp 5, xã Ngũ Lạc"],
        ["I - Về đất:"],
        ["a - Diện tích khuân viên:", 900.0, "m2"],
        ["I - Về nhà:"],
    ]
    (table,) = as_tables(Sheet("x", [title, *land, *header], spans))
    headings, group, house, total = table.rows
    found = dict(zip(headings, house, strict=True))
    assert found["Tên cơ sở nhà, đất"] == "UBND xã Ngũ Lạc, Nhà làm việc"
    assert found["Đơn vị quản lý"] == "UBND xã Ngũ Lạc"
    assert found["Nguyên giá (ngàn đồng)"] == 1350.5
    assert found["Địa chỉ"] == "Ấp 5, xã Ngũ Lạc"
    assert (group[-1], group[:9], total[0]) == ("UBND xã Ngũ Lạc", [None] * 9, "Cộng")
    assert table.numbers == (9, 10, 11, 12)


def test_a_site_without_houses_is_one_row() -> None:
    rows = [*HEAD, *LAND[:3], ["c- Hiện trạng sử dụng:"], ["Làm trụ sở làm việc:", 200.0, "m2", "Bỏ trống:", 0.0, "m2"],
            ["Bị lấn chiếm:", 12.5, "m2"], ["d- Giá trị:", None]]  # fmt: skip
    (table,) = as_tables(grid(*rows))
    found = dict(zip(*table.rows, strict=True))
    assert (found["Tên cơ sở nhà, đất"], found["Địa chỉ"]) == (HOLDER, ADDRESS)
    assert (found["Tình hình sử dụng"], found["Công năng hiện tại"]) == ("Bị lấn chiếm", "Trụ sở làm việc")
    assert found["Diện tích đất (m²)"] == "2.000,5"
    assert table.numbers == (6, 8)


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("850.000 nghìn đồng", "850.000"),
        ("0,85 tỷ đồng", 850_000.0),
        ("850.000.000 đồng", 850_000.0),
        ("Nguồn NS: 800.000 nghìn đồng, Nguồn khác: 50.000 nghìn đồng", 850_000.0),
        ("Nguồn NS: 800.000, Nguồn khác: 50.000, Tổng cộng: 850.000 nghìn đồng", "850.000"),
    ],
)
def test_the_value_of_land_is_given_in_the_unit_of_the_form(said: str, value: object) -> None:
    (table,) = as_tables(grid(*HEAD, *LAND[:4], [f"d- Giá trị theo sổ kế toán: {said}"]))
    found = dict(zip(*table.rows, strict=True))
    assert found["Giá trị đất (nghìn đồng)"] == value


def test_whatever_is_no_report_stays_as_it_is() -> None:
    sheet = grid(["Tên cơ sở nhà, đất", "Địa chỉ"], ["Trụ sở", "Thôn 1"])
    assert as_tables(sheet) == [sheet]
    menu = grid(["Báo cáo kê khai trụ sở làm việc (mẫu 04a)"], ["Báo cáo khác"])
    assert as_tables(menu) == [menu]


def test_every_heading_of_a_form_is_one_of_the_column_table() -> None:
    data = read_data("known_forms")["site_report"]
    helpers = {"used_since", "original_budget", "original_other", "land_use"}
    assert {*data["labels"], *data["columns"]} - helpers <= set(columns("facilities"))
    assert {row["current_use"] for row in data["uses"].values() if "current_use" in row} <= set(values("current_use"))
    assert {row["occupancy"] for row in data["uses"].values() if "occupancy" in row} <= set(values("occupancy"))


# ---------------------------------------------------------------- summaries


def test_triples_side_by_side_are_a_summary() -> None:
    groups = ["STT", "Diễn giải", "Giữ lại tiếp tục sử dụng", None, None, "Thu hồi", None, None]
    triple = [None, None, *["Số cơ sở", "Đất (m2)", "Nhà (m2)"] * 2]
    assert is_summary(grid(["PHƯƠNG ÁN"], groups, triple, [1, "Sở Y tế", 2, 500, 300, 1, 200, 100]))
    assert is_summary(
        grid(["BIỂU TỔNG HỢP"], ["Hình thức", "Số cơ sở", "Diện tích đất", "Diện tích sàn"], ["Thu hồi", 2, 500, 300])
    )


def test_a_list_of_sites_is_no_summary() -> None:
    assert not is_summary(grid(["Tên cơ sở", "Số lượng", "Diện tích đất", "Diện tích sàn"], ["Trụ sở", 1, 500, 300]))
    assert not is_summary(grid(*REPORT))


# ---------------------------------------------------------------- former forms


def test_former_forms_are_read_as_todays_with_a_warning() -> None:
    cells = [
        "Bán tài sản trên đất, chuyển nhượng QSDĐ",
        "Thu hồi",
        "Chuyển mục đích sử dụng đất",
        "Hình thức khác",
        None,
    ]
    column = columns("facilities")["approved_form"]
    found, problems = convert(column, cells)
    assert found == ["recover", "recover", "retain", None, None]
    assert [(problem.position, problem.rule) for problem in problems] == [(3, "unknown-value")]
    records = former_form_records(column, cells, [5, 6, 7, 8, 9], "Hình thức xử lý", ORIGIN)
    assert [(record.row, record.rule, record.severity) for record in records] == [
        (5, "form-mapped", "warning"),
        (7, "form-mapped", "warning"),
    ]
    assert records[0].value == cells[0]
    assert "Recover" in records[0].message
    assert "Sell" in records[0].message
    assert former_form_records(columns("facilities")["name"], cells, [1] * 5, "Tên", ORIGIN) == []


def test_every_former_form_rests_on_todays() -> None:
    for row in read_data("known_forms")["former_forms"].values():
        assert row["form"] in {"", *values("form")}
        assert row["next_step"] in {"", *values("next_step")}


def test_a_former_form_in_a_workbook_keeps_its_text(tmp_path: Path) -> None:
    book = Workbook()
    for row in (["Tên cơ sở", "Địa chỉ", "Hình thức xử lý"], ["Trụ sở A", "Thôn 1", "Bán tài sản trên đất"]):
        book.worksheets[0].append(row)
    book.save(tmp_path / "a.xlsx")
    _, records = read_blocks(tmp_path / "a.xlsx", "facilities", {}, "vi")
    (mapped,) = [record for record in records if record.rule == "form-mapped"]
    assert (mapped.value, mapped.row) == ("Bán tài sản trên đất", 2)


def test_the_four_codes_of_the_inventory() -> None:
    column = columns("facilities")["inventory_status"]
    assert convert(column, [1, "2", 3.0, "Hỏng", None]) == (["right_use", "wrong_use", "unused", "broken", None], [])


def test_forms_keep_the_rows_of_the_users_sheet(tmp_path: Path) -> None:
    (sheet,), _ = open_sheets(written(tmp_path / "a.xlsx", REPORT), "facilities", "en")
    (table,) = as_tables(sheet)
    assert table.name == "04a"
    assert [table.row_number(i) for i in range(len(table.rows))] == [17, 18, 19, 20, 21]
    assert table.rows[1][4] == sheet.rows[17][4]

"""The marked copy of a list: every finding in its cell, the user's own work kept, and ready to be checked again."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any, get_args, get_type_hints

import geopandas as gpd
import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from python_calamine import CalamineWorkbook

from planner.catalogue.load import read_data
from planner.errors import PlannerError
from planner.inputs import Reading, examine
from planner.inputs.tables import Match, SheetRead
from planner.outputs import check_sheets, marked
from planner.outputs.check_sheets import MOST_LINKS
from planner.outputs.check_summary import recognised
from planner.outputs.page import COLOURS
from planner.scenario import Scenario
from tests.inputs.test_forms import REPORT, written
from tests.tiny import HEADERS, Row, tiny_facilities, write_csv, write_facilities, write_tiny

SHEET = "Cơ sở nhà, đất"
FIRST_ROW = 4
COLUMN = {key: place for place, key in enumerate(HEADERS, start=1)}
IDS, LAND, FLOOR, CONDITION = (COLUMN[key] for key in ("facility_id", "land_area_m2", "floor_area_m2", "condition"))


def bad_rows() -> list[Row]:
    """Return the tiny list with an error, warnings, a text like a formula, and rows without ids."""
    rows = tiny_facilities()
    rows[2]["land_area_m2"] = -5
    rows[3]["floor_area_m2"] = "rất rộng"
    rows[4]["condition"] = "=1+1 tầng"
    rows[5]["facility_id"] = rows[6]["facility_id"] = None
    return rows


def province(folder: Path, rows: list[Row] | None = None, headers: dict[str, str] | None = None) -> Path:
    scenario = write_tiny(folder)
    write_facilities(folder / "facilities.xlsx", rows or bad_rows(), headers)
    return scenario


def check(scenario: Path, **overrides: Any) -> Reading:
    return examine(Scenario.load(scenario, **overrides))


def copy_of(reading: Reading, out: Path) -> Path:
    targets = marked.copies(reading.scenario.inputs.facilities, out, "vi", force=True)
    marked.write_marked(reading, targets)
    return out


def check_again(copy: Path, scenario: Path) -> Reading:
    return check(scenario, inputs__facilities=str(copy))


def findings(reading: Reading) -> list[tuple[str, str, int | None, str]]:
    found = [r for r in reading.records if r.table == "facilities" and r.rule != "codes-made"]
    return sorted((r.rule, r.severity, r.row, r.column) for r in found)


def marks_in(copy: Path) -> dict[tuple[str, str], str]:
    return {
        (sheet.title, cell.coordinate): cell.comment.text
        for sheet in load_workbook(copy).worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment is not None
    }


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return province(tmp_path_factory.mktemp("marked") / "tiny")


@pytest.fixture(scope="module")
def reading(scenario: Path) -> Reading:
    return check(scenario)


@pytest.fixture(scope="module")
def copy(reading: Reading, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_of(reading, tmp_path_factory.mktemp("copy") / "marked.xlsx")


@pytest.fixture(scope="module")
def book(copy: Path) -> Workbook:
    return load_workbook(copy)


# The cells -----------------------------------------------------------------------------------------------------------


def test_every_finding_stands_in_its_cell_with_its_fix(reading: Reading, book: Workbook) -> None:
    place = {heading: index for index, heading in enumerate(HEADERS.values(), start=1)}
    placed = [record for record in reading.records if record.row is not None and record.file == "facilities.xlsx"]
    assert {record.severity for record in placed} >= {"error", "warning"}
    for record in placed:
        cell = book[SHEET].cell(record.row, place[record.column])
        assert record.message in cell.comment.text
        assert record.fix in cell.comment.text
        assert f"#{cell.fill.fgColor.rgb[-6:]}" in COLOURS.values()


def test_a_cell_has_the_colour_of_its_worst_finding(book: Workbook) -> None:
    assert book[SHEET].cell(FIRST_ROW + 2, LAND).fill.fgColor.rgb[-6:] == COLOURS["error"][1:]
    assert book[SHEET].cell(FIRST_ROW + 4, CONDITION).fill.fgColor.rgb[-6:] == COLOURS["warning"][1:]
    assert book[SHEET].cell(FIRST_ROW, LAND).fill.fill_type is None


def test_the_lists_own_cells_are_as_they_were(scenario: Path, book: Workbook) -> None:
    own = load_workbook(scenario.parent / "facilities.xlsx")[SHEET]
    copied = book[SHEET]
    for row in own.iter_rows():
        for cell in row:
            if cell.column != IDS or cell.value is not None:
                assert copied[cell.coordinate].value == cell.value


# The sheets in front -------------------------------------------------------------------------------------------------


def test_the_first_sheet_lists_all_findings_by_severity_with_links(reading: Reading, book: Workbook) -> None:
    page = book.worksheets[0]
    assert page.title == "Kết quả kiểm tra"
    titles = [cell.value for cell in page[3]]
    rows = [dict(zip(titles, row, strict=True)) for row in page.iter_rows(min_row=4)]
    assert len(rows) == len(reading.records)
    severities = [row["Mức độ"].value for row in rows]
    assert severities == sorted(severities, key=["Lỗi", "Cảnh báo", "Thông tin"].index)
    for row in rows:
        if row["Dòng"].value is not None:
            sheet, cell = row["Ô"].hyperlink.location.rsplit("!", 1)
            assert (sheet.strip("'"), book[SHEET][cell].row) == (SHEET, row["Dòng"].value)
            assert row["Ô"].hyperlink.ref == row["Ô"].coordinate
    assert page.freeze_panes == "A4"
    assert page.auto_filter.ref.startswith("A3:")
    assert page.print_title_rows == "$3:$3"
    assert len(rows) < MOST_LINKS


def test_a_text_like_a_formula_stays_text(book: Workbook) -> None:
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row if cell.value == "=1+1 tầng"]
    assert [cell.data_type for cell in cells] == ["s"]


def test_the_summary_tells_rows_columns_and_colours(reading: Reading, book: Workbook) -> None:
    page = book.worksheets[1]
    texts = [[cell.value for cell in row] for row in page.iter_rows()]
    assert next(row for row in texts if row[0] == f"facilities.xlsx · {SHEET}")[3:6] == [12, 12, 0]
    land = next(row for row in texts if row[1] == "Diện tích đất (m²)")
    assert land[3:5] == [11, pytest.approx(11 / 12)]
    assert {"Chú giải", "Số liệu mâu thuẫn", "Điều được giả định, suy ra"} <= {row[0] for row in texts}
    told = {record.rule for record in reading.records} - {"columns-matched"}  # which has a table of its own
    assert told <= {row[6] for row in texts}


def test_every_way_of_recognising_a_column_has_words() -> None:
    ways = get_args(get_type_hints(Match)["by"])
    assert set(ways) == read_data("workbook_texts")["recognised_by"].keys()


def test_rows_that_repeat_others_do_not_fill_a_column_beyond_all_of_it() -> None:
    column = Match("name", 0, "Tên", 1.0, "name")
    read = SheetRead("facilities", Path("a.xlsx"), "A", (1, 1), (column,), (), 3, {"same-as": 1}, {"name": 3})
    assert recognised(read, "vi")[0].share == 1.0


# The user's own work -------------------------------------------------------------------------------------------------


def prepared(folder: Path) -> Path:
    """Return a province whose list has comments, colours, formulas, merged cells and widths of its own."""
    scenario = province(folder)
    path = folder / "facilities.xlsx"
    book = load_workbook(path)
    sheet = book[SHEET]
    sheet.cell(FIRST_ROW + 2, LAND).comment = Comment("Hỏi lại anh Nam", "An")
    sheet.cell(FIRST_ROW, LAND).comment = Comment("Đã đo", "An")
    sheet.cell(FIRST_ROW, LAND).fill = PatternFill("solid", fgColor="FFFF00")
    sheet.cell(FIRST_ROW, FLOOR).value = "=400*2"
    sheet.cell(FIRST_ROW + 1, FLOOR).value = '=IF(1>0,"rộng","hẹp")'
    sheet.merge_cells("A1:E1")
    sheet.column_dimensions["C"].width = 41
    book.save(path)
    calculated = subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{folder}/lo", "--headless", "--convert-to", "xlsx", "--outdir",
         str(folder / "calculated"), str(path)], check=False, capture_output=True, timeout=120,
    )  # fmt: skip
    assert calculated.returncode == 0
    shutil.move(folder / "calculated" / "facilities.xlsx", path)
    return scenario


@pytest.mark.skipif(shutil.which("soffice") is None, reason="no LibreOffice on this machine")
def test_comments_colours_formulas_and_their_results_are_kept(tmp_path: Path) -> None:
    scenario = prepared(tmp_path / "tiny")
    copy = copy_of(check(scenario), tmp_path / "copy.xlsx")
    sheet = load_workbook(copy)[SHEET]
    assert sheet.cell(FIRST_ROW + 2, LAND).comment.text.startswith("Hỏi lại anh Nam")
    assert marked.OURS in sheet.cell(FIRST_ROW + 2, LAND).comment.text
    assert sheet.cell(FIRST_ROW, LAND).comment.text == "Đã đo"
    assert sheet.cell(FIRST_ROW, LAND).fill.fgColor.rgb == "FFFFFF00"
    assert sheet.cell(FIRST_ROW, FLOOR).value == "=400*2"
    assert sheet.column_dimensions["C"].width == pytest.approx(41, abs=1)
    assert "A1:E1" in {str(area) for area in sheet.merged_cells.ranges}
    cells = CalamineWorkbook.from_path(copy).get_sheet_by_name(SHEET).to_python(skip_empty_area=False)
    assert cells[FIRST_ROW - 1][FLOOR - 1] == 800
    assert cells[FIRST_ROW][FLOOR - 1] == "rộng"


def test_the_same_list_gives_the_same_bytes(reading: Reading, copy: Path, tmp_path: Path) -> None:
    assert copy_of(reading, tmp_path / "again.xlsx").read_bytes() == copy.read_bytes()


# Checked again -------------------------------------------------------------------------------------------------------


def test_a_copy_checked_again_says_the_same_and_doubles_nothing(
    reading: Reading, copy: Path, scenario: Path, tmp_path: Path
) -> None:
    again = check_again(copy, scenario)
    assert findings(again) == findings(reading)
    second = copy_of(again, tmp_path / "second.xlsx")
    assert load_workbook(second).sheetnames == load_workbook(copy).sheetnames
    own = {place: text for place, text in marks_in(copy).items() if "không có mã" not in text}
    assert marks_in(second) == own


def test_what_was_corrected_loses_its_mark(copy: Path, scenario: Path, tmp_path: Path) -> None:
    book = load_workbook(copy)
    book[SHEET].cell(FIRST_ROW + 2, LAND).value = 6000
    book.save(tmp_path / "corrected.xlsx")
    again = copy_of(check_again(tmp_path / "corrected.xlsx", scenario), tmp_path / "again.xlsx")
    cell = load_workbook(again)[SHEET].cell(FIRST_ROW + 2, LAND)
    assert cell.comment is None
    assert cell.fill.fill_type is None


def test_ids_are_written_into_empty_cells_and_read_back(reading: Reading, copy: Path, scenario: Path) -> None:
    written = [load_workbook(copy)[SHEET].cell(row, IDS).value for row in range(FIRST_ROW, FIRST_ROW + 12)]
    assert written == reading.tables["facilities"]["facility_id"].tolist()
    assert written == check_again(copy, scenario).tables["facilities"]["facility_id"].tolist()


def test_a_list_without_ids_gets_a_last_column(tmp_path: Path) -> None:
    headers = {key: text for key, text in HEADERS.items() if key != "facility_id"}
    scenario = province(tmp_path / "tiny", headers=headers)
    first = check(scenario)
    copy = copy_of(first, tmp_path / "copy.xlsx")
    sheet = load_workbook(copy)[SHEET]
    place = len(headers) + 1
    assert sheet.cell(FIRST_ROW - 1, place).value == "Mã cơ sở"
    assert {sheet.cell(row, place).fill.fill_type for row in range(FIRST_ROW, FIRST_ROW + 12)} == {None}
    again = check_again(copy, scenario)
    assert again.tables["facilities"]["facility_id"].tolist() == first.tables["facilities"]["facility_id"].tolist()
    assert load_workbook(copy_of(again, tmp_path / "second.xlsx"))[SHEET].max_column == place


def test_likely_duplicates_get_a_column_that_settles_them(tmp_path: Path) -> None:
    rows = tiny_facilities()
    rows.append(rows[5] | {"facility_id": "T-99", "name": "Điểm trường TH Bản Hạ"})
    scenario = province(tmp_path / "tiny", rows)
    copy = copy_of(check(scenario), tmp_path / "copy.xlsx")
    book = load_workbook(copy)
    place = len(HEADERS) + 1
    assert book[SHEET].cell(FIRST_ROW - 1, place).value == "Trùng với"
    assert "possible-duplicate" in {rule for rule, *_ in findings(check_again(copy, scenario))}
    book[SHEET].cell(FIRST_ROW + 12, place).value = "khác"
    book.save(copy)
    assert "possible-duplicate" not in {rule for rule, *_ in findings(check_again(copy, scenario))}


def test_every_rule_that_the_summary_tells_apart_has_a_message() -> None:
    known = {name.replace("_", "-") for name in read_data("messages")}
    told = {rule for rules in read_data("workbook_texts")["rules_about"].values() for rule in rules}
    assert told <= known


# Other formats -------------------------------------------------------------------------------------------------------


def test_a_text_file_becomes_a_workbook_with_the_same_rows(tmp_path: Path) -> None:
    scenario = write_tiny(tmp_path / "tiny")
    rows = [{text: row.get(key) for key, text in HEADERS.items()} for row in bad_rows()]
    path = write_csv(tmp_path / "tiny" / "danh-sach.csv", rows)
    first = check(scenario, inputs__facilities=str(path))
    copy = copy_of(first, tmp_path / "copy.xlsx")
    sheet = load_workbook(copy)["danh-sach"]
    assert sheet.cell(4, LAND).value == "-5"
    assert sheet.cell(4, LAND).fill.fgColor.rgb[-6:] == COLOURS["error"][1:]
    assert sheet.cell(6, CONDITION).data_type == "s"
    assert findings(check_again(copy, scenario)) == findings(first)


def test_a_layer_keeps_its_positions(tmp_path: Path) -> None:
    scenario = write_tiny(tmp_path / "tiny")
    rows = [{key: row.get(key) for key in HEADERS if key not in ("lon", "lat")} for row in tiny_facilities()]
    points = gpd.points_from_xy([row["lon"] for row in tiny_facilities()], [row["lat"] for row in tiny_facilities()])
    path = tmp_path / "tiny" / "list.gpkg"
    gpd.GeoDataFrame(rows, geometry=points, crs="EPSG:4326").to_file(path, layer="facilities", driver="GPKG")
    first = check(scenario, inputs__facilities=str(path))
    copy = copy_of(first, tmp_path / "copy.xlsx")
    before, after = (found.tables["facilities"].geometry for found in (first, check_again(copy, scenario)))
    assert before.geom_equals_exact(after, tolerance=1e-6).all()


def test_a_large_workbook_is_written_anew(
    reading: Reading, scenario: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marked, "LARGE", 0)
    copy = copy_of(reading, tmp_path / "copy.xlsx")
    cell = load_workbook(copy)[SHEET].cell(FIRST_ROW + 2, LAND)
    assert (cell.value, cell.fill.fgColor.rgb[-6:]) == (-5, COLOURS["error"][1:])
    assert cell.comment.text.startswith(marked.OURS)
    assert findings(check_again(copy, scenario)) == findings(reading)


def test_a_list_of_very_many_findings_shows_the_first_of_each_rule(
    reading: Reading, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check_sheets, "MOST_LINKS", 0)
    monkeypatch.setattr(check_sheets, "MOST_OF_A_RULE", 1)
    sheet = load_workbook(copy_of(reading, tmp_path / "copy.xlsx")).worksheets[0]
    rules = {record.rule for record in reading.records}
    assert sheet.max_row == 3 + len(rules) + 1
    assert f"Còn {len(reading.records) - len(rules)} mục" in str(sheet.cell(sheet.max_row, 1).value)


def test_comments_are_limited_and_the_summary_says_so(
    reading: Reading, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marked, "MOST_COMMENTS", 2)
    copy = copy_of(reading, tmp_path / "copy.xlsx")
    assert len(marks_in(copy)) == 2
    assert any("2 ô đầu" in str(cell.value) for cell in load_workbook(copy).worksheets[1]["A"])


def test_a_file_that_cannot_be_read_still_gets_its_findings(tmp_path: Path) -> None:
    scenario = write_tiny(tmp_path / "tiny")
    (tmp_path / "tiny" / "facilities.xlsx").write_bytes(b"%PDF-1.7 no workbook")
    copy = copy_of(check(scenario), tmp_path / "copy.xlsx")
    assert any("not-a-workbook" in str(cell.value) for row in load_workbook(copy).worksheets[0] for cell in row)


def test_a_form_is_marked_in_its_own_cells(tmp_path: Path) -> None:
    path = written(tmp_path / "form.xlsx", REPORT, REPORT)
    found = examine(Scenario.of_inventory(path))
    copy = copy_of(found, tmp_path / "copy.xlsx")
    page = load_workbook(copy)["04a"]
    totals = [record for record in found.records if record.rule == "totals-agree" and "Nguyên giá" in record.column]
    assert {record.message in page.cell(record.row, 5).comment.text for record in totals} == {True}
    assert page.max_column == load_workbook(path)["04a"].max_column
    assert {record.rule for record in examine(Scenario.of_inventory(copy)).records} == {r.rule for r in found.records}


# Where copies go -----------------------------------------------------------------------------------------------------


def test_several_lists_get_a_copy_each(scenario: Path, tmp_path: Path) -> None:
    rows = tiny_facilities()
    for name, part in (("a", rows[:6]), ("b", rows[6:])):
        write_facilities(tmp_path / f"{name}.xlsx", part)
    found = check(scenario, inputs__facilities=[str(tmp_path / "a.xlsx"), str(tmp_path / "b.xlsx")])
    targets = marked.copies(found.scenario.inputs.facilities, tmp_path / "out.xlsx", "vi", force=False)
    assert [path.name for path in targets.values()] == ["out.xlsx", "out-b.xlsx"]
    marked.write_marked(found, targets)
    assert all(path.is_file() for path in targets.values())


@pytest.mark.parametrize(("name", "force", "rule"), [
    ("list.xlsx", True, "copy-is-the-list"),
    ("copy.xlsx", False, "copy-exists"),
    ("copy.ods", True, "out-format"),
])  # fmt: skip
def test_a_copy_replaces_nothing_by_accident(tmp_path: Path, name: str, rule: str, *, force: bool) -> None:
    for file in ("list.xlsx", "copy.xlsx"):
        (tmp_path / file).touch()
    with pytest.raises(PlannerError) as caught:
        marked.copies([tmp_path / "list.xlsx"], tmp_path / name, "en", force=force)
    assert [record.rule for record in caught.value.records] == [rule]


@pytest.mark.skipif(shutil.which("soffice") is None, reason="no LibreOffice on this machine")
def test_libreoffice_opens_and_prints_the_copy(copy: Path, tmp_path: Path) -> None:
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/lo", "--headless", "--convert-to", "pdf"]
    done = subprocess.run(
        [*command, "--outdir", str(tmp_path), str(copy)], check=False, capture_output=True, timeout=120
    )
    assert done.returncode == 0
    assert (tmp_path / "marked.pdf").stat().st_size > 10_000

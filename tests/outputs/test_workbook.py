"""The workbook, opened again by the two readers that people's scripts use."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook

from planner.catalogue.load import Language, read_data
from planner.outputs.sheet import ASSUMED
from planner.outputs.workbook import write_workbook
from tests.outputs.fake import ASSUMED_FLOOR, ASSUMED_M2, AWKWARD_NAMES, CONFIDENTIAL, fake_plan

LANGUAGES: tuple[Language, ...] = ("vi", "en")
NOT_A_RUNS = (
    "check_records",
    "check_summary",
    "check_changes",
    "guide",
    "example",
    "lists",
    "merged",
    "conflicts",
    "dossier_index",
)
SHEETS = {key: names for key, names in read_data("workbook_texts")["sheets"].items() if key not in NOT_A_RUNS}
HEADER_ROW = {"statistics": 2, "money": 13, "recommendations": 5}


@pytest.fixture(scope="module", params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Language:
    return request.param


@pytest.fixture(scope="module")
def path(language: Language, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("workbook") / "allocation.xlsx"
    write_workbook(fake_plan(language), file)
    return file


@pytest.fixture(scope="module")
def book(path: Path) -> Iterator[Workbook]:
    book = openpyxl.load_workbook(path)
    yield book
    book.close()


def page_of(book: Workbook, sheet: str, language: Language) -> Worksheet:
    return book[SHEETS[sheet][language]]


def texts(page: Worksheet) -> set[str]:
    return {str(cell.value) for row in page.iter_rows() for cell in row if cell.value is not None}


def written(tmp_path: Path, *, public: bool) -> Workbook:
    write_workbook(fake_plan("en", public=public), tmp_path / "a.xlsx")
    return openpyxl.load_workbook(tmp_path / "a.xlsx")


def test_every_sheet_stands_in_its_order(book: Workbook, language: Language) -> None:
    lists = read_data("workbook_texts")["sheets"]["lists"][language]
    assert book.sheetnames == [*(sheet[language] for sheet in SHEETS.values()), lists]
    assert [page.title for page in book.worksheets if page.sheet_state == "hidden"] == [lists]


@pytest.mark.parametrize("sheet", [sheet for sheet in SHEETS if sheet != "cover"])
def test_tables_have_filters_frozen_headers_and_print_setup(book: Workbook, sheet: str, language: Language) -> None:
    page, row = page_of(book, sheet, language), HEADER_ROW.get(sheet, 1)
    first, last = page.auto_filter.ref.split(":")
    assert first == f"A{row}"
    assert page[last].column == max(cell.column for cell in page[row] if cell.value)
    assert page.freeze_panes.endswith(str(row + 1))
    assert page.page_setup.orientation == "landscape"
    assert page.page_setup.fitToHeight == 0
    assert page.print_title_rows == f"$1:${row}"


def test_headers_are_labels_not_keys(book: Workbook) -> None:
    headers = [cell.value for page in book.worksheets[1:] for cell in page[1] if cell.value]
    assert not [header for header in headers if "_" in header]


def test_values_are_labels_not_keys(book: Workbook, language: Language) -> None:
    plan = fake_plan(language)
    shown = texts(page_of(book, "allocation", language))
    keys = {"commune_office", "transfer", "provincial_chair", "culture_sport", "conform_after_update", "proposed"}
    assert not keys & shown
    assert plan.catalogue.uses["commune_office"].label(language) in shown


def test_no_text_of_a_user_is_a_formula_or_a_link(book: Workbook, language: Language) -> None:
    cells = [cell for page in book.worksheets for row in page.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert set(AWKWARD_NAMES) <= texts(page_of(book, "allocation", language))
    links = [cell.hyperlink for cell in cells if cell.hyperlink]
    assert len(links) == len(SHEETS) - 1
    assert not [link for link in links if link.target]


def test_codes_stay_text(path: Path, language: Language) -> None:
    rows = CalamineWorkbook.from_path(path).get_sheet_by_name(SHEETS["allocation"][language]).to_python()
    assert rows[1][:5] == ["00012", "00012", "UBND xã Đồng Tuyển (cũ)", "02647", "Phường Lào Cai"]
    assert rows[1][8:10] == [3240.0, 684.5]


def test_tables_can_be_found_by_name(book: Workbook) -> None:
    plan = fake_plan("en")
    for table in ("allocation", "needs", "rules", "equity", "parameters"):
        (place,) = book.defined_names[table].destinations
        cells = book[place[0]][place[1]]
        assert len(cells) == len(getattr(plan, table)) + 1
        assert len(cells[0]) == len(getattr(plan, table).columns)


def test_assumed_cells_are_coloured_and_noted(book: Workbook, language: Language) -> None:
    page = page_of(book, "allocation", language)
    noted = {page.cell(cell.row, 1).value: cell for row in page.iter_rows() for cell in row if cell.comment}
    rule = fake_plan(language).catalogue.coefficients["floor_per_land_assumed"].label(language)
    assert tuple(noted) == ASSUMED_FLOOR
    assert {cell.value for cell in noted.values()} == {ASSUMED_M2}
    assert {cell.fill.fgColor.rgb for cell in noted.values()} == {f"FF{ASSUMED[1:]}"}
    assert all(rule in cell.comment.text for cell in noted.values())


def test_assumed_parameters_are_coloured(book: Workbook, language: Language) -> None:
    page = page_of(book, "parameters", language)
    plan = fake_plan(language)
    coloured = [row[0].row for row in page.iter_rows(min_row=2) if row[3].fill.fgColor.rgb == f"FF{ASSUMED[1:]}"]
    assumed = plan.parameters.index[plan.parameters["confidence"] == "assumed"] + 2
    assert coloured == assumed.tolist()


def test_statistics_add_up(book: Workbook, language: Language) -> None:
    page, plan = page_of(book, "statistics", language), fake_plan(language)
    outcomes = len(plan.catalogue.ministry_outcomes)
    assert page.max_row == outcomes + 3
    for column in (2, 3, 4, 6, 7, 8):
        figures = [page.cell(row, column).value for row in range(3, outcomes + 3)]
        assert page.cell(outcomes + 3, column).value == pytest.approx(sum(figures))
    assert page.cell(3, 10).value == plan.catalogue.ministry_outcomes["office"].national_share
    assert page["B1"].value != page["F1"].value


def test_numbers_are_formatted_for_the_language(book: Workbook, language: Language) -> None:
    page = page_of(book, "allocation", language)
    formats = {page["I2"].number_format, page["S3"].number_format}
    locale = {"vi": "[$-42A]", "en": "[$-409]"}[language]
    assert formats == {f"{locale}#,##0.0", f"{locale}#,##0"}


def test_no_column_is_too_narrow_for_its_numbers(book: Workbook) -> None:
    for page in book.worksheets[1:]:
        for cells in page.iter_cols(min_row=2):
            width = page.column_dimensions[cells[0].column_letter].width
            longest = max((len(f"{c.value:,.1f}") for c in cells if isinstance(c.value, float)), default=0)
            assert width > longest, (page.title, cells[0].column_letter)


def test_the_first_sheet_says_how_good_and_on_what(book: Workbook, language: Language) -> None:
    plan = fake_plan(language)
    shown = texts(page_of(book, "cover", language))
    assert {plan.scenario.name, plan.inputs.synthetic_notice, plan.catalogue.notice(language)} <= shown
    gap = {"vi": "0,0119", "en": "0.0119"}[language]
    assert any(gap in text for text in shown)
    assert all(
        any(SHEETS[sheet][f"about_{language}"] in text for text in shown) for sheet in SHEETS if sheet != "cover"
    )


def test_a_plan_that_is_not_proved_says_so(tmp_path: Path) -> None:
    plan = fake_plan("en")
    summary = plan.summary | {"status": "feasible", "gap_abs": 12.5, "gap": 0.01, "reproducible": False}
    write_workbook(replace(plan, summary=summary), tmp_path / "a.xlsx")
    shown = texts(openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0])
    assert any(text.startswith("Feasible. Not proved optimal") and "12.5" in text for text in shown)
    assert any("clock ended" in text for text in shown)


def test_a_public_workbook_leaves_confidential_facilities_out(tmp_path: Path) -> None:
    book = written(tmp_path, public=True)
    everything = set().union(*(texts(page) for page in book.worksheets))
    assert CONFIDENTIAL not in everything
    assert any("1 confidential facilities are left out" in text for text in texts(book.worksheets[0]))
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        assert not any(CONFIDENTIAL.encode() in archive.read(name) for name in archive.namelist())


def test_an_internal_workbook_says_that_it_is(tmp_path: Path) -> None:
    book = written(tmp_path, public=False)
    assert any("internal use only" in text for text in texts(book.worksheets[0]))
    assert CONFIDENTIAL in texts(book.worksheets[1])


def test_totals_are_the_same_in_both(tmp_path: Path) -> None:
    name = SHEETS["statistics"]["en"]
    public, internal = (written(tmp_path, public=flag)[name] for flag in (True, False))
    assert [[c.value for c in row] for row in public] == [[c.value for c in row] for row in internal]


def test_the_same_plan_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_workbook(fake_plan(), tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_empty_tables_are_sheets_with_headers_only(tmp_path: Path) -> None:
    plan = fake_plan("en")
    empty = {table: getattr(plan, table).iloc[:0] for table in ("purchases", "to_clear", "rules", "assumed", "checks")}
    write_workbook(replace(plan, **empty), tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    for table in ("purchases", "to_clear", "rules"):
        assert book[SHEETS[table]["en"]].max_row == 1


def test_sheet_names_fit() -> None:
    assert all(len(sheet[language]) <= 31 for sheet in SHEETS.values() for language in LANGUAGES)
    assert all({"vi", "en"} <= set(text) for text in read_data("workbook_texts")["texts"].values())


def test_units_of_all_parameters_read_vietnamese() -> None:
    units = set(fake_plan("vi").parameters["unit"])
    assert not [unit for unit in units if any(word in unit for word in ("place", "day", "person", "per"))]

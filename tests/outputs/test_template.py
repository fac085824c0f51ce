"""The template: made from the columns that read it again, filled in as a person would, and checked without findings."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from planner.catalogue.columns import columns, values
from planner.catalogue.load import Language, load_catalogue
from planner.errors import PlannerError, Record
from planner.inputs import Reading, examine
from planner.inputs.cells.convert import convert
from planner.inputs.files.opening import open_sheets
from planner.inputs.lists.header import find_header
from planner.outputs.marked import write_marked
from planner.outputs.sheet import Book, sheet_name
from planner.outputs.template import HEADER_ROW, allowed, forms, shown_value, validation, write_template
from planner.scenario import Scenario

LANGUAGES: tuple[Language, ...] = ("vi", "en")
FIRST_ROW = HEADER_ROW + 2
"""Row below the headers, from 1."""


def texts(language: Language) -> Book:
    """Return the words of a template, without a workbook."""
    return Book(None, load_catalogue({}), language, "")


def fill(template: Path, path: Path, language: Language, sheets: Sequence[str] = ("facilities", "buildings")) -> Path:
    """Fill in the example rows of some sheets, as a person would."""
    book = load_workbook(template)
    for form in forms():
        if form.key in sheets:
            page = book[form.name(language)]
            for row, example in enumerate(form.examples(), start=FIRST_ROW):
                for place, column in enumerate(form.columns, start=2):
                    if column.key in example:
                        page.cell(row, place).value = shown_value(column, example[column.key], texts(language))
    book.save(path)
    return path


def check(path: Path, language: Language = "vi", **inputs: Any) -> Reading:
    return examine(Scenario.of_inventory(path, language=language, **inputs))


def unwelcome(reading: Reading) -> list[Record]:
    return [record for record in reading.records if record.severity != "info"]


@pytest.fixture(scope="module", params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Language:
    return request.param


@pytest.fixture(scope="module")
def template(language: Language, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "bieu-mau.xlsx"
    write_template(path, language)
    return path


@pytest.fixture(scope="module")
def book(template: Path) -> Workbook:
    return load_workbook(template)


# One table of columns ------------------------------------------------------------------------------------------------


def test_every_column_of_the_facilities_is_there() -> None:
    assert {column.key for column in forms()[0].columns} == set(columns("facilities"))


@pytest.mark.parametrize("form", forms(), ids=lambda form: form.key)
def test_every_header_is_recognised(form: Any, template: Path, language: Language) -> None:
    sheets, _ = open_sheets(template, form.table, language)
    sheet = next(sheet for sheet in sheets if sheet.name == form.name(language))
    header = find_header(sheet, form.table, {})
    assert header is not None
    assert (header.first, header.last) == (HEADER_ROW, HEADER_ROW)
    assert {key: heading.index for key, heading in header.columns.items()} == {
        column.key: place for place, column in enumerate(form.columns, start=1)
    }


def test_every_choice_is_read_as_its_value(language: Language) -> None:
    for column in (column for form in forms() for column in form.columns if column.values):
        choices = allowed(column, texts(language))
        assert len(set(choices)) == len(choices), column.key
        found, problems = convert(column, list(choices))
        expected = [None if key == "unknown" else key for key in values(column.values)]
        assert (found, problems) == (expected, []), column.key


def test_what_a_cell_says_fits_into_excel(language: Language) -> None:
    lists = dict.fromkeys([column.values or "bool" for form in forms() for column in form.columns], "=A1")
    for column in (column for form in forms() for column in form.columns):
        said = validation(column, texts(language), lists)
        about = column.description_vi if language == "vi" else column.description_en
        assert said["input_message"] == about
        assert len(said["input_title"]) <= 32


# The workbook --------------------------------------------------------------------------------------------------------


def test_the_guide_comes_first_and_names_every_column_in_both_languages(book: Workbook, language: Language) -> None:
    assert book.sheetnames[0] == sheet_name("guide", language)
    said = {str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row if cell.value}
    for column in columns("facilities").values():
        assert {column.description_vi, column.description_en} <= said
    assert any("planner check bieu-mau.xlsx" in text for text in said)


def test_input_cells_are_open_and_all_else_is_locked_without_a_password(book: Workbook, language: Language) -> None:
    for form in forms():
        page = book[form.name(language)]
        assert page.protection.sheet
        assert page.protection.password is None
        assert page.cell(HEADER_ROW + 1, 2).protection.locked
        assert page.cell(3, 2).protection.locked
        assert str(page.cell(3, 2).value).startswith("=COUNTA(")
        for place in range(1, len(form.columns) + 2):
            letter = page.cell(1, place).column_letter
            group = next(group for group in page.column_dimensions.values() if group.min <= place <= group.max)
            assert not group.protection.locked, letter


def test_headers_stay_in_sight_and_lists_drop_down(book: Workbook, language: Language) -> None:
    page = book[forms()[0].name(language)]
    assert page.freeze_panes == f"C{FIRST_ROW}"
    assert page.auto_filter.ref.startswith(f"A{HEADER_ROW + 1}:")
    lists = [rule for rule in page.data_validations.dataValidation if rule.type == "list"]
    named = sum(bool(column.values) or column.type == "bool" for column in forms()[0].columns)
    assert sum(len(rule.sqref.ranges) for rule in lists) == named


def test_the_same_version_gives_the_same_bytes(template: Path, language: Language, tmp_path: Path) -> None:
    write_template(tmp_path / "bieu-mau.xlsx", language)
    assert (tmp_path / "bieu-mau.xlsx").read_bytes() == template.read_bytes()


@pytest.mark.parametrize(("name", "rule"), [("filled.xlsx", "template-exists"), ("new.xls", "template-format")])
def test_nobodys_file_is_replaced(tmp_path: Path, name: str, rule: str) -> None:
    (tmp_path / "filled.xlsx").touch()
    with pytest.raises(PlannerError) as caught:
        write_template(tmp_path / name, "en")
    assert [record.rule for record in caught.value.records] == [rule]
    write_template(tmp_path / "filled.xlsx", "en", force=True)


# The round trip ------------------------------------------------------------------------------------------------------


def test_filled_in_it_is_checked_without_a_finding(template: Path, language: Language, tmp_path: Path) -> None:
    reading = check(fill(template, tmp_path / "filled.xlsx", language), language)
    assert unwelcome(reading) == []
    site, building = forms()[0].examples()[0], forms()[1].examples()[0]
    facilities = reading.tables["facilities"].set_index("facility_id")
    assert set(facilities.index) == {"BT-001A", "BT-002"}
    assert facilities.loc["BT-001A", "land_area_m2"] == site["land_area_m2"]
    assert facilities.loc["BT-001A", "floor_area_m2"] == building["floor_area_m2"]
    assert facilities.loc["BT-002", "approved_use"] == "community_house"
    assert str(facilities.loc["BT-002", "decision_date"].date()) == "2026-03-15"
    assert facilities["commune_code"].tolist() == ["02905", "02905"]


def test_the_buildings_may_stay_empty(template: Path, language: Language, tmp_path: Path) -> None:
    reading = check(fill(template, tmp_path / "filled.xlsx", language, ["facilities"]), language)
    assert unwelcome(reading) == []
    assert len(reading.tables["facilities"]) == 2


def test_the_other_sheets_are_read_for_their_tables(template: Path, language: Language, tmp_path: Path) -> None:
    every = [form.key for form in forms()]
    path = fill(template, tmp_path / "filled.xlsx", language, every)
    others = ("services", "settlements", "needs", "decisions")
    reading = check(path, language, **{f"inputs__{table}": str(path) for table in others})
    assert [len(reading.tables[table]) for table in others] == [1, 1, 1, 1]
    assert [record for record in unwelcome(reading) if record.table == "facilities"] == []


@pytest.mark.skipif(shutil.which("soffice") is None, reason="no LibreOffice on this machine")
def test_libreoffice_saves_it_and_the_check_stays_clean(template: Path, language: Language, tmp_path: Path) -> None:
    path = fill(template, tmp_path / "filled.xlsx", language)
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/lo", "--headless", "--convert-to", "xlsx"]
    command += ["--outdir", str(tmp_path / "saved"), str(path)]
    done = subprocess.run(command, check=False, capture_output=True, timeout=120)
    assert done.returncode == 0
    assert unwelcome(check(tmp_path / "saved" / "filled.xlsx", language)) == []


def test_the_marked_copy_of_a_template_can_be_filled_in_further(
    template: Path, language: Language, tmp_path: Path
) -> None:
    path = fill(template, tmp_path / "filled.xlsx", language, ["facilities"])
    book = load_workbook(path)
    page, place = book[forms()[0].name(language)], [c.key for c in forms()[0].columns].index("floor_area_m2") + 2
    page.cell(FIRST_ROW, place).value = None
    book.save(path)
    reading = check(path, language)
    write_marked(reading, {path: tmp_path / "copy.xlsx"})
    page = load_workbook(tmp_path / "copy.xlsx")[page.title]
    assert page.cell(FIRST_ROW, place).comment is not None
    assert not page.cell(FIRST_ROW, place).protection.locked
    assert page.cell(3, 2).value.startswith("=COUNTA(")
    assert check(tmp_path / "copy.xlsx", language).read == reading.read


def test_an_unfilled_template_is_said_to_be_empty(template: Path, language: Language) -> None:
    reading = check(template, language)
    assert {record.rule for record in reading.errors} == {"empty-sheet"}
    assert all(record.fix for record in reading.errors)

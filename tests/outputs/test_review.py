"""The review columns: set apart, open to be filled in, with the words that are read again."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from planner.catalogue.columns import columns, values
from planner.catalogue.load import Language
from planner.inputs.lists.blocks import read_blocks
from planner.outputs.sheet import REVIEW, REVIEW_HEADER, sheet_name
from planner.outputs.workbook import write_workbook
from tests.outputs.fake import fake_plan
from tests.reviewing import place_of

Written = tuple[Language, Path]


@pytest.fixture(scope="module", params=["vi", "en"])
def written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Written:
    language: Language = request.param
    path = tmp_path_factory.mktemp("review") / "allocation.xlsx"
    write_workbook(fake_plan(language), path)
    return language, path


def page_of(written: Written) -> Worksheet:
    language, path = written
    return openpyxl.load_workbook(path)[sheet_name("allocation", language)]


def rule_of(page: Worksheet, column: int) -> DataValidation:
    cell = page.cell(2, column).coordinate
    (found,) = [rule for rule in page.data_validations.dataValidation if cell in rule.sqref]
    return found


def test_review_columns_are_set_apart_and_open(written: Written) -> None:
    page = page_of(written)
    for key in columns("review"):
        place = place_of(page, key, written[0])
        assert page.cell(1, place).fill.fgColor.rgb == f"FF{REVIEW_HEADER[1:]}"
        assert page.cell(2, place).fill.fgColor.rgb == f"FF{REVIEW[1:]}"
        assert not page.cell(2, place).protection.locked
    assert page["A1"].fill.fgColor.rgb != f"FF{REVIEW_HEADER[1:]}"


@pytest.mark.parametrize("key", ["verdict", "use"])
def test_words_are_chosen_from_a_hidden_sheet(written: Written, key: str) -> None:
    language, path = written
    book = openpyxl.load_workbook(path)
    rule = rule_of(page_of(written), place_of(page_of(written), key, language))
    name, _, cells = rule.formula1.lstrip("=").partition("!")
    page = book[name.strip("'")]
    assert page.sheet_state == "hidden"
    words = [row[0].value for row in page[cells.replace("$", "")]]
    assert words == [value.label(language) for value in values(key).values()]
    assert (rule.type, rule.errorStyle or "stop") == ("list", "stop")


def test_a_waiver_is_yes_and_a_date_is_a_date(written: Written) -> None:
    language, _ = written
    page = page_of(written)
    assert rule_of(page, place_of(page, "waiver", language)).formula1 == {"vi": '"Có"', "en": '"Yes"'}[language]
    assert rule_of(page, place_of(page, "date", language)).type == "date"


def test_decisions_in_force_stand_in_their_rows_and_are_read_again(written: Written) -> None:
    language, path = written
    blocks, records = read_blocks(path, "decisions", {}, language)
    assert {record.severity for record in records} <= {"info"}
    read = [
        (code, verdict, use)
        for block in blocks
        for code, verdict, use in zip(*(block.data[key] for key in ("facility_id", "verdict", "use")), strict=True)
    ]
    log = fake_plan(language).decision_log
    expected = zip(
        log["facility_id"], log["verdict"], [use if isinstance(use, str) else None for use in log["use"]], strict=True
    )
    assert sorted(map(str, read)) == sorted(map(str, expected))
    assert [block.origin.sheet for block in blocks] == [
        sheet_name(sheet, language) for sheet in ("decision_log", "allocation")
    ]


def test_every_review_heading_is_one_of_the_decisions_columns() -> None:
    for key, column in columns("review").items():
        known = columns("decisions")[key]
        assert {column.vi, column.en} <= set(known.synonyms)
        assert (column.type, column.values) == (known.type, known.values)
    others = {heading for column in columns("allocation").values() for heading in (column.vi, column.en)}
    assert others.isdisjoint({heading for column in columns("review").values() for heading in (column.vi, column.en)})

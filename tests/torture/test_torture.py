"""Every kind of trouble is found where it stands, none of them ends the run, and a clean list brings no record."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.catalogue.columns import columns
from planner.errors import Record
from planner.inputs import Reading, examine
from planner.scenario import Scenario
from tests.torture.book import KEYS, Cells, Trouble, clean_row, write
from tests.torture.province import communes, write_communes
from tests.torture.troubles import TROUBLES

FIRST_ROW = 4
CLEAN = 90

SCENARIO = """\
name = "Danh sách có lỗi"
language = "en"
[inputs]
facilities = "list.xlsx"
communes = "communes.gpkg"
"""


def laid_out() -> tuple[list[Cells | tuple[object, ...]], dict[str, int]]:
    """Return the rows of the workbook and the row of each trouble; a clean row parts one from the next."""
    rows: list[Cells | tuple[object, ...]] = []
    places: dict[str, int] = {}

    def add(changes: Cells) -> None:
        rows.append(clean_row(len(rows)) | changes)

    for trouble in TROUBLES:
        for before in trouble.before:
            add(before(len(rows)))
        if trouble.raw:
            rows.append(trouble.raw)
        else:
            add(trouble.cells(len(rows)))
        places[trouble.kind] = len(rows) - 1 + FIRST_ROW
    return rows, places


def read(folder: Path, rows: list[Cells | tuple[object, ...]]) -> Reading:
    write(folder / "list.xlsx", rows)
    write_communes(folder / "communes.gpkg")
    (folder / "list.toml").write_text(SCENARIO, encoding="utf-8")
    return examine(Scenario.load(folder / "list.toml"))


@pytest.fixture(scope="module")
def tortured(tmp_path_factory: pytest.TempPathFactory) -> tuple[Reading, dict[str, int]]:
    rows, places = laid_out()
    return read(tmp_path_factory.mktemp("torture"), rows), places


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.kind)
def test_a_trouble_is_found_where_it_stands(tortured: tuple[Reading, dict[str, int]], trouble: Trouble) -> None:
    reading, places = tortured
    here = [record for record in reading.records if record.row == places[trouble.kind]]
    heading = columns("facilities")[trouble.column].vi if trouble.column else None
    found = [r for r in here if r.rule == trouble.rule and (heading is None or r.column == heading)]
    assert found, [(r.rule, r.column, r.message) for r in here]
    assert found[0].severity == trouble.severity
    assert found[0].message


def test_a_clean_list_brings_no_record(tmp_path: Path) -> None:
    reading = read(tmp_path, [clean_row(number) for number in range(CLEAN)])
    assert [(r.rule, r.row, r.column, r.value) for r in reading.records if _is_of_the_list(r)] == []
    assert reading.complete is not None
    assert reading.read["facilities"] == CLEAN
    assert reading.complete.facilities["commune_code"].tolist() == [communes()[i].code for i in range(CLEAN)]


def _is_of_the_list(record: Record) -> bool:
    return record.table == "facilities"


def test_rows_read_are_rows_used_and_rows_set_aside(tortured: tuple[Reading, dict[str, int]]) -> None:
    reading, _ = tortured
    rows, _ = laid_out()
    assert reading.read["facilities"] == len(rows)
    (sheet,) = (sheet for sheet in reading.sheets if sheet.table == "facilities")
    assert sheet.read == sheet.used + sum(sheet.set_aside.values())
    assert {match.column for match in sheet.matches} == set(KEYS)

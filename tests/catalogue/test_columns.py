"""The column table: complete in both languages and without a header or value that could mean two things."""

from __future__ import annotations

import pytest

from planner.catalogue.columns import columns, label, table_names, value_label, values
from planner.catalogue.load import read_data
from planner.inputs.lists.headings import spellings
from planner.inputs.text import fold

INPUTS = ("facilities", "communes", "settlements", "services", "needs", "decisions")
ENUMERATIONS = sorted({column.values for table in table_names() for column in columns(table).values() if column.values})


@pytest.mark.parametrize("table", table_names())
def test_every_column_has_both_languages(table: str) -> None:
    for key, column in columns(table).items():
        assert column.vi.strip(), key
        assert column.en.strip(), key
        assert bool(column.values) == (column.type == "enum"), key
        assert bool(column.description_vi) == bool(column.description_en), key


@pytest.mark.parametrize("table", INPUTS)
def test_every_input_column_is_described(table: str) -> None:
    assert [key for key, column in columns(table).items() if not column.description_vi] == []


@pytest.mark.parametrize("enumeration", ENUMERATIONS)
def test_every_value_has_both_languages_and_one_meaning(enumeration: str) -> None:
    found = values(enumeration)
    assert found
    meaning: dict[str, str] = {}
    for key, value in found.items():
        assert value.vi.strip(), key
        assert value.en.strip(), key
        for text in {fold(t) for t in (key, value.vi, value.en, *value.synonyms)}:
            assert meaning.setdefault(text, key) == key, text


def test_every_listed_enumeration_is_used() -> None:
    assert set(read_data("values")) <= set(ENUMERATIONS)


@pytest.mark.parametrize("table", INPUTS)
def test_no_header_means_two_columns(table: str) -> None:
    meaning: dict[tuple[str, str], str] = {}
    for key, column in columns(table).items():
        for spelling in spellings(column):
            assert meaning.setdefault(spelling, key) == key, spelling


def test_the_allocation_has_the_columns_of_the_contract() -> None:
    assert list(columns("allocation"))[:3] == ["facility_id", "site_id", "name"]
    assert list(columns("allocation"))[-3:] == ["evidence", "reason", "holds_share"]
    assert len(columns("allocation")) == 39


def test_labels_in_both_languages() -> None:
    assert label("allocation", "new_use", "vi") == "Công năng mới"
    assert label("allocation", "new_use", "en") == "New use"
    assert label("needs", "unmet", "vi") == "Còn thiếu"
    assert label("allocation", "no_such_column", "vi") == "no_such_column"
    assert value_label("condition", "repairable", "vi") == "Sửa chữa được"
    assert value_label("form", "retain", "en") == "Retain"
    assert value_label("condition", "no_such_value", "en") == "no_such_value"

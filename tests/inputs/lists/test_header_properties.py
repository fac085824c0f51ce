"""Any columns in any order under any of their headings, in one to four rows, give the same table."""

from __future__ import annotations

import unicodedata
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.catalogue.columns import Column, columns, values
from planner.inputs.cells.convert import convert
from planner.inputs.files.opening import Cell, Sheet
from planner.inputs.lists.header import find_header
from planner.inputs.lists.rows import sort_rows

ROWS = 3
FEWEST = 3
TABLES = ("facilities", "settlements", "services")
UNITS = {"m²": ("m2", "ha"), "đồng": ("đồng", "triệu đồng", "1.000 đồng"), "người": ("người",)}

quick = settings(max_examples=60, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))


def cell(column: Column, row: int) -> Cell:
    """Return what a row has in a column: something that tells the columns apart."""
    if column.type in ("number", "integer"):
        return 10 + row
    if column.type == "bool":
        return "x" if row else None
    if column.type == "date":
        return f"0{row + 1}/02/2024"
    if column.type == "enum":
        named = list(values(column.values).values())
        return named[row % len(named)].vi
    return f"{column.key} thứ {row}"


def without_marks(text: str) -> str:
    plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return unicodedata.normalize("NFC", "".join(c for c in plain if not unicodedata.combining(c)))


SPELLINGS = (
    str,
    str.upper,
    str.lower,
    without_marks,
    lambda text: unicodedata.normalize("NFD", text),
    lambda text: text.replace(" ", "\n", 1),
    lambda text: f"  {text.replace(' ', '   ')} ",
    lambda text: f"{text} (*)",
)


@st.composite
def headed(draw: st.DrawFn, column: Column) -> tuple[str, str, float]:
    """Return (group, heading, factor of its unit) for a column, as somebody may write it."""
    names = [column.vi, column.en, *column.synonyms, *column.preferred]
    group, _, text = draw(st.sampled_from(names)).rpartition(" / ")
    factor = 1.0
    if column.unit in UNITS and "(" not in text:
        unit = draw(st.sampled_from(UNITS[column.unit]))
        text += f" ({unit})"
        factor = {"ha": 1e4, "triệu đồng": 1e6, "1.000 đồng": 1e3}.get(unit, 1.0)
    spell = draw(st.sampled_from(SPELLINGS))
    return spell(group) if group else "", spell(text), factor


@st.composite
def lists(draw: st.DrawFn) -> tuple[Sheet, str, dict[str, tuple[list[Cell], float]]]:
    """Return a sheet, its table, and the cells and the factor of each of its columns."""
    table = draw(st.sampled_from(TABLES))
    known = columns(table)
    first = [key for key, column in known.items() if column.required]
    others = [key for key in known if key not in first]
    chosen = first + draw(st.lists(st.sampled_from(others), min_size=FEWEST, max_size=14, unique=True))
    keys = draw(st.permutations(chosen))
    heads = {key: draw(headed(known[key])) for key in keys}
    depth = draw(st.integers(1, 4))
    depth = max(depth, 2) if any(group for group, _, _ in heads.values()) else depth
    top, spans = _block(draw, [heads[key][:2] for key in keys], depth)
    titles: list[list[Any]] = draw(st.sampled_from([[], [["DANH SÁCH"]], [["TỈNH X"], [], ["Biểu số 1", None]]]))
    shift = len(titles)
    data = [[cell(known[key], row) for key in keys] for row in range(ROWS)]
    rows = [*titles, *top, *([[f"({i})" for i in range(1, len(keys) + 1)]] if draw(st.booleans()) else []), *data]
    moved = tuple(((a + shift, b), (c + shift, d)) for (a, b), (c, d) in spans)
    expected = {key: ([cell(known[key], row) for row in range(ROWS)], heads[key][2]) for key in keys}
    return Sheet("Sheet", rows, moved), table, expected


def _block(draw: st.DrawFn, heads: list[tuple[str, str]], depth: int) -> tuple[list[list[Any]], list[Any]]:
    """Return the rows of a header block and its merged cells: groups in the row above the heading, the rest merged."""
    rows: list[list[Any]] = [[None] * len(heads) for _ in range(depth)]
    spans: list[Any] = []
    for i, (group, text) in enumerate(heads):
        if group:
            rows[depth - 2][i], rows[depth - 1][i] = group, text
            if depth > 2:  # something stands above the group
                rows[0][i] = "Thông tin"
        else:
            level = draw(st.integers(0, depth - 1))
            rows[level][i] = text
            if level < depth - 1:
                spans.append(((level, i), (depth - 1, i)))
            if level > 0:
                rows[0][i] = "Thông tin"
    return rows, spans


@quick
@given(lists())
def test_any_header_gives_the_same_table(made: tuple[Sheet, str, dict[str, tuple[list[Cell], float]]]) -> None:
    sheet, table, expected = made
    header = find_header(sheet, table, {})
    assert header is not None
    assert header.columns.keys() == expected.keys()
    assert not header.unmatched
    assert not header.doubled
    used = sort_rows(sheet, header, table).used
    for key, (cells, factor) in expected.items():
        column, heading = columns(table)[key], header.columns[key]
        found = convert(column, [sheet.cell(row, heading.index) for row in used], header.unit(key, column.unit)[1])[0]
        assert found == convert(column, cells, factor)[0], key

"""Files of every format open as untouched cells; what cannot be opened says why."""

from __future__ import annotations

import datetime as dt
import unicodedata
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import xlsxwriter
from openpyxl import Workbook
from shapely.geometry import Point

from planner.errors import Record
from planner.inputs.files.opening import Cell, Sheet, file_hash, open_sheets
from tests.inputs.books import workbook
from tests.inputs.containers import converted, text_row, xlsb, xlsx

ROWS: list[list[Any]] = [["Tên cơ sở", "Mã xã"], ["Trụ sở", "02647"]]


def opened(path: Path) -> list[Sheet]:
    sheets, records = open_sheets(path, "facilities", "en")
    assert records == []
    return sheets


def noted(path: Path) -> tuple[list[Sheet], list[Record]]:
    """Return the sheets of a file and its records, of which none is an error."""
    sheets, records = open_sheets(path, "facilities", "en")
    assert {record.severity for record in records} <= {"info", "warning"}
    return sheets, records


def refused(path: Path) -> str:
    sheets, (record,) = open_sheets(path, "facilities", "en")
    assert sheets == []
    assert record.severity == "error"
    assert record.file == path.name
    assert record.message
    assert record.fix
    return record.rule


def test_a_workbook_keeps_text_codes_and_blank_rows(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"Một": [["Tiêu đề"], [], *ROWS]}, merged=("A1:B1",))
    (sheet,) = opened(path)
    assert sheet.name == "Một"
    assert sheet.rows == [["Tiêu đề"], [], *ROWS]
    assert sheet.spans == (((0, 0), (0, 1)),)
    assert sheet.row_number(3) == 4


def everything(path: Path) -> Path:
    """Write a workbook with a title, a merged header, every type of cell, an error, and data away from A1."""
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("Sổ")
    sheet.merge_range("B2:C2", "Diện tích")
    sheet.write_row("B3", ["Đất", "Ngày", "Đúng", "Lỗi", "Tổng"])
    sheet.write_number("B4", 1.5)
    sheet.write_datetime("C4", dt.date(2025, 7, 1), book.add_format({"num_format": "dd/mm/yyyy"}))
    sheet.write_formula("D4", "=1=1", value=True)
    sheet.write_formula("E4", "=1/0", value="#DIV/0!")
    sheet.write_formula("F4", "=1+1", value=2)
    book.add_worksheet("Ẩn").hide()
    book.worksheets()[1].write("A1", "x")
    book.close()
    return path


@pytest.mark.parametrize("suffix", ["xlsx", "xls", "ods", "xlsm"])
def test_workbooks_of_every_make(tmp_path: Path, suffix: str) -> None:
    path = everything(tmp_path / "a.xlsx")
    sheets, records = noted(path if suffix == "xlsx" else converted(path, suffix))
    (sheet,) = sheets
    expected: list[list[Cell]] = [
        [],
        [None, "Diện tích"],
        [None, "Đất", "Ngày", "Đúng", "Lỗi", "Tổng"],
        [None, 1.5, dt.date(2025, 7, 1), True, "#DIV/0!", 2.0],
    ]
    assert sheet.rows == expected
    assert sheet.spans == (((1, 1), (1, 2)),)
    assert [(record.rule, record.sheet) for record in records] == [("hidden-sheet", "Ẩn")]


def test_a_binary_workbook(tmp_path: Path) -> None:
    cells = {(1, 1): "Tiêu đề", (2, 1): "Tên", (2, 2): "Đất", (3, 1): "A", (3, 2): 1.5, (4, 1): "B", (4, 2): "#"}
    (sheet,) = opened(xlsb(tmp_path / "a.xlsb", cells, (1, 1, 1, 2)))
    assert sheet.rows == [[], [None, "Tiêu đề"], [None, "Tên", "Đất"], [None, "A", 1.5], [None, "B", "#REF!"]]
    assert sheet.spans == (((1, 1), (1, 2)),)


def test_cells_without_addresses(tmp_path: Path) -> None:
    loose = "<row><c><v>1</v></c><c><v>2</v></c></row><row><c t='inlineStr'><is><t>x</t></is></c></row>"
    (sheet,) = opened(xlsx(tmp_path / "a.xlsx", [[loose]]))
    assert sheet.rows == [[1.0, 2.0], ["x"]]


def test_element_names_with_a_prefix(tmp_path: Path) -> None:
    cells = '<x:c r="B2"><x:v>1</x:v></x:c><x:c r="C2" t="e"><x:f>1/0</x:f><x:v>#DIV/0!</x:v></x:c>'
    rows = f'<x:row r="2">{cells}<x:c r="D2" s="1"/></x:row>'
    (sheet,) = opened(xlsx(tmp_path / "a.xlsx", [[rows]], prefix="x:"))
    assert sheet.rows == [[], [None, 1.0, "#DIV/0!"]]


def test_a_formula_that_was_never_calculated_shows_itself(tmp_path: Path) -> None:
    book = Workbook()
    for row in (["Tên", "Đất"], ["A", "=1+1"], ["B", 3], [None, "=B2+B3"]):
        book.worksheets[0].append(row)
    book.save(tmp_path / "a.xlsx")
    (sheet,), (record,) = noted(tmp_path / "a.xlsx")
    assert sheet.rows == [["Tên", "Đất"], ["A", "=1+1"], ["B", 3]]
    assert (record.rule, record.severity, record.row, record.value) == ("cells-without-value", "warning", 4, "=B2+B3")


def test_a_nought_that_no_program_calculated_is_no_value(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    book.add_worksheet().write_row("A1", ["A", "=1+1", "=2+2"])
    book.worksheets()[0].write_formula("C1", "=2+2", value=4)
    book.close()
    assert opened(tmp_path / "a.xlsx")[0].rows == [["A", "=1+1", 4]]


def test_hidden_sheets_are_told_and_hidden_rows_are_read(tmp_path: Path) -> None:
    book = Workbook()
    for row in ROWS:
        book.worksheets[0].append(row)
    book.worksheets[0].row_dimensions[2].hidden = True
    for name, state in (("Ẩn", "hidden"), ("Ẩn kỹ", "veryHidden"), ("Trống", "hidden")):
        book.create_sheet(name).sheet_state = state
    book["Ẩn"]["A1"] = book["Ẩn kỹ"]["A1"] = "x"
    book.create_chartsheet("Biểu đồ")
    book.save(tmp_path / "a.xlsx")
    sheets, records = noted(tmp_path / "a.xlsx")
    assert [(sheet.name, sheet.rows) for sheet in sheets] == [("Sheet", ROWS)]
    told = [(record.rule, record.sheet) for record in records]
    assert told == [("hidden-rows", "Sheet"), ("hidden-sheet", "Ẩn"), ("hidden-sheet", "Ẩn kỹ")]


@pytest.mark.parametrize(
    ("part", "rule"),
    [("xl/vbaProject.bin", "macros-not-run"), ("xl/externalLinks/externalLink1.xml", "external-links")],
)
def test_code_and_links_are_told(tmp_path: Path, part: str, rule: str) -> None:
    path = xlsx(tmp_path / "a.xlsm", [[text_row(1, "a"), text_row(2, "b")]], {part: "x"})
    sheets, records = noted(path)
    assert sheets[0].rows == [["a"], ["b"]]
    assert [record.rule for record in records] == [rule]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_csv_with_any_delimiter(tmp_path: Path, delimiter: str, encoding: str) -> None:
    lines = [
        ["Tên cơ sở", "Diện tích", "Ghi chú"],
        ["Trụ sở xã A", '"1,5"', '"hai\ndòng"'],
        ["Trụ sở xã B", '"2,5"', ""],
    ]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(delimiter.join(line) for line in lines), encoding=encoding)
    (sheet,) = opened(path)
    assert sheet.rows == [
        ["Tên cơ sở", "Diện tích", "Ghi chú"],
        ["Trụ sở xã A", "1,5", "hai\ndòng"],
        ["Trụ sở xã B", "2,5"],
    ]
    assert sheet.row_number(2) == 3


def test_semicolons_win_over_decimal_commas(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Tên;Đất;Sàn\na;1,5;2,5\nb;3,5;4,5\n", encoding="utf-8")
    assert opened(path)[0].rows[1] == ["a", "1,5", "2,5"]


def windows_1258(text: str) -> bytes:
    """Return text as Windows-1258 keeps it: letters with hats and horns precomposed, tones combining where need be."""
    parts = []
    for letter in unicodedata.normalize("NFC", text):
        try:
            parts.append(letter.encode("cp1258"))
        except UnicodeEncodeError:
            marks = unicodedata.normalize("NFD", letter)
            tone = next(mark for mark in marks if mark in "\u0300\u0301\u0303\u0309\u0323")
            parts.append((unicodedata.normalize("NFC", marks.replace(tone, "")) + tone).encode("cp1258"))
    return b"".join(parts)


LIST = "Tên cơ sở;Địa chỉ\nTrụ sở xã Bản Lầu;thôn Đồi Gianh, huyện Mường Khương\nTrường học Hòa Bình;ấp Phước Thủy\n"
TCVN3 = "Tªn c¬ së;§Þa chØ\nTrô së x· B¶n LÇu;th«n §åi Gianh, huyÖn M\xadêng Kh\xad¬ng\n"
VNI = "Teân cô sôû;Ñòa chæ\nTruï sôû xaõ Baûn Laàu;thoân Ñoài Gianh, huyeän Möôøng Khöông\n"


@pytest.mark.parametrize(
    ("data", "text", "encoding"),
    [
        (LIST.encode("utf-16-le"), LIST, "utf-16"),
        (LIST.encode("utf-16-be"), LIST, "utf-16"),
        (windows_1258(LIST), LIST, "windows-1258"),
        (TCVN3.encode("cp1252"), TCVN3, "windows-1252"),
        (VNI.encode("cp1252"), VNI, "windows-1252"),
        ((LIST + "\ufffd").encode()[:-1], LIST + "\ufffd", "utf-8"),
    ],
)
def test_an_encoding_that_a_text_does_not_state_is_told(tmp_path: Path, data: bytes, text: str, encoding: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    (sheet,), (record,) = noted(path)
    assert sheet.rows == [line.split(";") for line in text.splitlines()]
    assert (record.rule, record.severity) == ("encoding-assumed", "warning")
    assert encoding in record.message


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("sep=;\na;b,c\n1;2\n", [["a", "b,c"], ["1", "2"]]),
        ("a,b\r1,2\r", [["a", "b"], ["1", "2"]]),
        ("a;b\r\n\r\n1; \r\n;;\r\n", [["a", "b"], [], ["1"]]),
    ],
)
def test_line_ends_blank_lines_and_a_named_delimiter(tmp_path: Path, text: str, rows: list[list[str]]) -> None:
    (tmp_path / "a.txt").write_bytes(text.encode())
    assert opened(tmp_path / "a.txt")[0].rows == rows


def test_a_quotation_mark_that_is_never_closed_swallows_nothing(tmp_path: Path) -> None:
    lines = ["a;b", *(f'x{i};"y' if i == 3 else f"x{i};y" for i in range(500))]
    (tmp_path / "a.csv").write_text("\n".join(lines), encoding="utf-8")
    (sheet,), (record,) = noted(tmp_path / "a.csv")
    assert sheet.rows == [line.split(";") for line in lines]
    assert record.rule == "quote-not-closed"


PAGE = """<html><meta charset="utf-8"><table><tr><th colspan=2>Nhà &amp; đất
<tr><td rowspan=2>Tên<br>cơ sở<td>Đất</td></tr><tr><td> m²&nbsp;</td></tr></table></html>"""


@pytest.mark.parametrize(
    ("name", "content", "rows"),
    [
        ("a.xls", "Tên\tĐất\nA\t1\n".encode("utf-16"), [["Tên", "Đất"], ["A", "1"]]),
        ("a.xlsx", b"a,b\n1,2\n", [["a", "b"], ["1", "2"]]),
        ("a.xls", PAGE.encode(), [["Nhà & đất"], ["Tên\ncơ sở", "Đất"], [None, "m²"]]),
    ],
)
def test_a_file_under_the_wrong_name_is_read_as_what_it_is(
    tmp_path: Path, name: str, content: bytes, rows: list[list[Cell]]
) -> None:
    (tmp_path / name).write_bytes(content)
    (sheet,), (record,) = noted(tmp_path / name)
    assert sheet.rows == rows
    assert record.rule == "format-differs"


def test_a_workbook_under_the_wrong_name(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"Một": ROWS})
    for name in ("b.xls", "b.csv"):
        path = path.rename(tmp_path / name)
        sheets, (record,) = noted(path)
        assert sheets[0].rows == ROWS
        assert record.rule == "format-differs"


def test_merged_cells_of_a_page(tmp_path: Path) -> None:
    (tmp_path / "a.xls").write_text(PAGE, encoding="utf-8")
    assert noted(tmp_path / "a.xls")[0][0].spans == (((0, 0), (0, 1)), ((1, 0), (2, 0)))


def layer() -> gpd.GeoDataFrame:
    data = {"name": ["Trụ sở", "Trạm"], "commune_code": ["02647", None], "rooms": [3, None]}
    return gpd.GeoDataFrame(data, geometry=[Point(104, 22), None], crs="EPSG:4326")


@pytest.mark.parametrize("suffix", [".gpkg", ".geojson", ".parquet", ".shp"])
def test_layers(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    if suffix == ".parquet":
        layer().to_parquet(path)
    else:
        frame = layer().rename(columns={"commune_code": "commune_co"}) if suffix == ".shp" else layer()
        frame.to_file(path)
    (sheet,) = opened(path)
    fields = [str(cell)[:10] for cell in sheet.rows[0]]
    assert fields[:3] == ["name", "commune_co", "rooms"]
    assert [row[:3] for row in sheet.rows[1:]] == [["Trụ sở", "02647", 3.0], ["Trạm", None, None]]
    assert sheet.geometry is not None
    assert list(sheet.geometry.isna()) == [False, True]
    assert sheet.row_number(1) == 1


@pytest.mark.parametrize(
    ("codec", "page", "rules"),
    [
        ("utf-8", "UTF-8", []),
        ("utf-8", None, []),
        ("cp1258", "ANSI 1258", []),
        ("cp1258", "1258", []),
        ("cp1258", None, ["encoding-assumed"]),
        ("cp1258", "UTF-8", ["encoding-assumed"]),
        ("cp1258", "no such page", ["encoding-assumed"]),
    ],
)
def test_the_code_page_of_a_shapefile(tmp_path: Path, codec: str, page: str | None, rules: list[str]) -> None:
    path = tmp_path / "a.shp"
    names = ["Trụ sở xã Bản Lầu", "Trạm y tế Mường Khương"]
    data = [name.encode() if codec == "utf-8" else windows_1258(name) for name in names]
    frame = gpd.GeoDataFrame(
        {"name": [text.decode("latin-1") for text in data]}, geometry=[Point(104, 22)] * 2, crs=4326
    )
    frame.to_file(path, encoding="ISO-8859-1")
    path.with_suffix(".cpg").unlink()
    if page:
        path.with_suffix(".cpg").write_text(page, encoding="ascii")
    (sheet,), records = noted(path)
    assert [unicodedata.normalize("NFC", str(row[0])) for row in sheet.rows[1:]] == names
    assert [record.rule for record in records] == rules


def test_a_shapefile_in_tcvn3_keeps_its_letters(tmp_path: Path) -> None:
    names = ["Trô së x· B¶n LÇu", "Tr¹m y tÕ huyÖn"]
    gpd.GeoDataFrame({"name": names}, geometry=[Point(104, 22)] * 2, crs=4326).to_file(
        tmp_path / "a.shp", encoding="CP1252"
    )
    (sheet,), (record,) = noted(tmp_path / "a.shp")
    assert [row[0] for row in sheet.rows[1:]] == names
    assert "windows-1252" in record.message


def test_parquet_without_geometry(tmp_path: Path) -> None:
    pd.DataFrame({"name": ["a"], "address": ["b"]}).to_parquet(tmp_path / "a.parquet")
    assert opened(tmp_path / "a.parquet")[0].rows == [["name", "address"], ["a", "b"]]


def test_the_layer_named_like_the_table_is_read(tmp_path: Path) -> None:
    layer().to_file(tmp_path / "a.gpkg", layer="other")
    layer().to_file(tmp_path / "a.gpkg", layer="facilities")
    assert [sheet.name for sheet in opened(tmp_path / "a.gpkg")] == ["facilities"]


@pytest.mark.parametrize(
    ("name", "content", "rule"),
    [
        ("a.xlsx", b"no workbook at all", "not-a-workbook"),
        ("a.xlsx", b"", "not-a-workbook"),
        ("a.xls", b"no workbook at all", "not-a-workbook"),
        ("a.gpkg", b"no layer at all", "not-a-layer"),
        ("a.geojson", b"{", "not-a-layer"),
        ("a.parquet", b"no parquet", "not-a-layer"),
        ("a.shp", b"no shapes", "not-a-layer"),
        ("a.geojson", b"<OGRVRTDataSource/>", "not-a-layer"),
        ("a.csv", b"Ten;Xa\xff\n\x01\x00\x00", "not-text"),
        ("a.csv", b"\x89PNG\r\n\x1a\n\x00\x00", "not-text"),
        ("~$a.xlsx", b"\x05owner", "lock-file"),
        ("a.csv", b"", "empty-sheet"),
        ("a.csv", b"\n\n", "empty-sheet"),
        ("a.docx", b"text", "unknown-format"),
    ],
)
def test_what_cannot_be_read(tmp_path: Path, name: str, content: bytes, rule: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert refused(path) == rule


def test_a_missing_file_and_an_empty_sheet(tmp_path: Path) -> None:
    assert refused(tmp_path / "none.xlsx") == "file-missing"
    assert refused(tmp_path) == "file-is-a-folder"
    assert refused(workbook(tmp_path / "a.xlsx", {"Trống": []})) == "empty-sheet"


def test_the_hash_of_a_shapefile_covers_its_table(tmp_path: Path) -> None:
    layer()[["name", "geometry"]].to_file(tmp_path / "a.shp")
    before = file_hash(tmp_path / "a.shp")
    (tmp_path / "a.dbf").write_bytes((tmp_path / "a.dbf").read_bytes() + b" ")
    assert file_hash(tmp_path / "a.shp") != before

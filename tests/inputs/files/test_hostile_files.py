"""Files made to break a reader, or broken by accident: read or refused with a reason, in bounded time and memory."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from planner.inputs.files.opening import open_sheets
from tests.inputs.containers import compound, ods, text_row, xlsb, xlsx

ROOT = Path(__file__).parents[3]
MOST_SECONDS = 60  # a bound on a busy machine; an idle one takes a fraction of it
MOST_MEGABYTES = 1000
LAST_ROW = 1_048_576
LIST = text_row(1, "Tên cơ sở", "Địa chỉ") + text_row(2, "Trụ sở xã", "xã A") + text_row(3, "Trạm y tế", "xã B")
CELL = '<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>'

READ = """
import json, resource, sys
from pathlib import Path
from planner.inputs.lists.blocks import read_blocks
blocks, records = read_blocks(Path(sys.argv[1]), "facilities", {}, "en")
print(json.dumps({
    "rows": [len(block.rows) for block in blocks],
    "errors": [record.rule for record in records if record.severity == "error"],
    "rules": [record.rule for record in records],
    "texts": [record.message + record.fix for record in records if record.severity == "error"],
    "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "linux" else 1024**2),
}))
"""


class Outcome(NamedTuple):
    rows: list[int]
    errors: list[str]
    rules: list[str]
    texts: list[str]
    megabytes: float


def outcome(path: Path) -> Outcome:
    """Read a file in a process of its own, which must end in time and stay small."""
    pytest.importorskip("resource")
    done = subprocess.run(
        [sys.executable, "-c", READ, str(path)],
        capture_output=True,
        text=True,
        timeout=MOST_SECONDS,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    result = Outcome(**json.loads(done.stdout.splitlines()[-1]))
    assert result.megabytes < MOST_MEGABYTES
    assert all(result.texts)
    return result


def blank_rows(first: int) -> Iterator[str]:
    """Yield formatted blank rows down to the last that Excel knows."""
    for begin in range(first, LAST_ROW + 1, 8192):
        end = min(begin + 8192, LAST_ROW + 1)
        yield "".join(f'<row r="{row}" s="1" customFormat="1"/>' for row in range(begin, end))


def test_ten_million_formatted_blank_rows(tmp_path: Path) -> None:
    blank = "".join(blank_rows(4))
    path = xlsx(tmp_path / "a.xlsx", [[LIST, blank], *[[blank]] * 9])
    result = outcome(path)
    assert (result.rows, result.errors) == ([2], [])


def test_formatted_blank_cells_to_the_last_row_and_column(tmp_path: Path) -> None:
    cells = "".join(
        f'<row r="{row}"><c r="A{row}" s="1"/><c r="XFD{row}" s="1"></c></row>' for row in range(4, 200_000)
    )
    end = f'<row r="{LAST_ROW}"><c r="XFD{LAST_ROW}" s="1"/></row>'
    result = outcome(xlsx(tmp_path / "a.xlsx", [[LIST, cells, end]]))
    assert (result.rows, result.errors) == ([2], [])


def test_ten_million_blank_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"Ten co so;Dia chi\nTru so;xa A\n" + b";;;;\n" * 10_000_000)
    result = outcome(path)
    assert (result.rows, result.errors) == ([1], [])


def test_repeated_blank_rows_and_columns(tmp_path: Path) -> None:
    wide = '<table:table-cell table:number-columns-repeated="16384"/>'
    header = "".join(CELL.replace(">x<", f">{text}<") for text in ("Tên cơ sở", "Địa chỉ"))
    rows = [
        f"<table:table-row>{header}{wide}</table:table-row>",
        f"<table:table-row>{CELL}{CELL}</table:table-row>",
        f'<table:table-row table:number-rows-repeated="{LAST_ROW}">{wide}</table:table-row>',
    ]
    result = outcome(ods(tmp_path / "a.ods", "".join(rows)))
    assert (result.rows, result.errors) == ([1], [])


REPEATED = CELL.replace("<table:table-cell", '<table:table-cell table:number-columns-repeated="10000"')
FAR = text_row(1, "x") + f'<row r="{LAST_ROW}"><c r="XFD{LAST_ROW}"><v>1</v></c></row>'


def shared_text(path: Path) -> Path:
    """Write a text of 30,000 letters that half a million cells show."""
    numbers = range(1, 500_000)
    cells = (f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>' for row in numbers)
    return xlsx(path, [cells], {"xl/sharedStrings.xml": f"<sst><si><t>{'x' * 30_000}</t></si></sst>"})


def spaces(path: Path) -> Path:
    """Write a sheet of a gigabyte of spaces."""
    return xlsx(path, [(" " * 10_000_000 for _ in range(100))])


def untrue_size(path: Path) -> Path:
    """Write a sheet of a gigabyte that says it were small."""
    spaces(path)
    with zipfile.ZipFile(path, "a") as package:
        package.getinfo("xl/worksheets/sheet1.xml").file_size = 1000
        package.comment = b"written anew"
    return path


def far_xlsx(path: Path) -> Path:
    return xlsx(path, [[text_row(1, "x"), f'<row r="{LAST_ROW}"><c r="XFD{LAST_ROW}"><v>1</v></c></row>']])


def far_xlsb(path: Path) -> Path:
    return xlsb(path, {(0, 0): 1.0, (LAST_ROW - 1, 16_383): 1.0}, (0, 0, 0, 1))


def far_ods(path: Path) -> Path:
    cells = CELL.replace("<table:table-cell", '<table:table-cell table:number-columns-repeated="10000"')
    return ods(path, f'<table:table-row table:number-rows-repeated="{LAST_ROW}">{cells}</table:table-row>')


def entities(path: Path) -> Path:
    return xlsx(path, [[LIST]], head='<!DOCTYPE a [<!ENTITY b "b"><!ENTITY c "&b;&b;&b;&b;">]>')


@pytest.mark.parametrize(
    ("make", "suffix", "rule"),
    [
        (spaces, "xlsx", "too-large"),
        (untrue_size, "xlsx", "not-a-workbook"),
        (shared_text, "xlsx", "too-large"),
        (far_xlsx, "xlsx", "sheet-too-large"),
        (far_xlsb, "xlsb", "sheet-too-large"),
        (far_ods, "ods", "sheet-too-large"),
        (entities, "xlsx", "not-a-workbook"),
    ],
)
def test_what_would_swell_is_refused(tmp_path: Path, make: Callable[[Path], Path], suffix: str, rule: str) -> None:
    assert outcome(make(tmp_path / f"a.{suffix}")).errors == [rule]


def formulas(value: str) -> Iterator[str]:
    """Yield a list of 20,000 rows with a formula in every cell."""
    yield LIST
    for row in range(4, 20_000):
        cells = "".join(f'<c r="{c}{row}" t="str"><f>{c}{row - 1}&amp;"x"</f>{value}</c>' for c in "AB")
        yield f'<row r="{row}">{cells}</row>'


def test_a_formula_in_every_cell(tmp_path: Path) -> None:
    saved = outcome(xlsx(tmp_path / "a.xlsx", [formulas("<v>x</v>")]))
    assert (saved.rows, saved.errors) == ([19_998], [])
    assert "cells-without-value" not in saved.rules
    rows = (piece.replace(' t="str"', "") for piece in formulas(""))
    unsaved = outcome(xlsx(tmp_path / "b.xlsx", [rows]))
    assert (unsaved.rows, unsaved.errors) == ([2], [])
    assert unsaved.rules.count("cells-without-value") == 1


def test_formulas_alone_are_no_empty_sheet(tmp_path: Path) -> None:
    cells = '<c r="A1"><f>[1]Sheet1!A1</f></c><c r="B1"><f>[1]Sheet1!B1</f><v></v></c>'
    sheets, (record,) = open_sheets(xlsx(tmp_path / "a.xlsx", [[f'<row r="1">{cells}</row>']]), "facilities", "en")
    assert sheets == []
    assert (record.rule, record.severity, record.value) == ("cells-without-value", "error", "=[1]Sheet1!A1")


def protected_xls(path: Path) -> Path:
    return compound(path, "Workbook", struct.pack("<HHHHHHH", 0x809, 4, 0x600, 5, 0x2F, 2, 0))


def encrypted_ods(path: Path) -> Path:
    ods(path, CELL)
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    parts["META-INF/manifest.xml"] += b"<manifest:encryption-data/>"
    with zipfile.ZipFile(path, "w") as package:
        for name, data in parts.items():
            package.writestr(name, data)
    return path


def test_a_password(tmp_path: Path) -> None:
    paths = [
        compound(tmp_path / "a.xlsx", "EncryptedPackage", b""),
        protected_xls(tmp_path / "a.xls"),
        encrypted_ods(tmp_path / "a.ods"),
    ]
    for path in paths:
        sheets, (record,) = open_sheets(path, "facilities", "en")
        assert (sheets, record.rule) == ([], "password")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("suffix", ["xlsx", "ods", "xlsb", "xls"])
def test_a_file_cut_off(tmp_path: Path, suffix: str, share: float) -> None:
    path = tmp_path / f"a.{suffix}"
    whole = {
        "xlsx": lambda: xlsx(path, [[LIST]]),
        "ods": lambda: ods(path, f"<table:table-row>{CELL}</table:table-row>"),
        "xlsb": lambda: xlsb(path, {(0, 0): "x"}, (0, 0, 0, 1)),
        "xls": lambda: protected_xls(path),
    }[suffix]()
    whole.write_bytes(whole.read_bytes()[: int(whole.stat().st_size * share)])
    sheets, (record,) = open_sheets(whole, "facilities", "en")
    assert (sheets, record.severity) == ([], "error")
    assert record.message
    assert record.fix


def test_links_of_a_layer_are_not_followed(tmp_path: Path) -> None:
    source = "<SrcDataSource>/etc/hostname</SrcDataSource>"
    link = f'<OGRVRTDataSource><OGRVRTLayer name="a">{source}</OGRVRTLayer></OGRVRTDataSource>'
    for suffix in (".geojson", ".gpkg", ".shp", ".parquet"):
        path = (tmp_path / "a").with_suffix(suffix)
        path.write_text(link, encoding="utf-8")
        sheets, (record,) = open_sheets(path, "facilities", "en")
        assert (sheets, record.rule) == ([], "not-a-layer")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="this user may read every file")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", [[LIST]])
    path.chmod(0)
    sheets, (record,) = open_sheets(path, "facilities", "en")
    assert (sheets, record.rule) == ([], "file-unreadable")

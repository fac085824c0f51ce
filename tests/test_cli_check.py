"""The commands `check` and `template` as a user meets them: what is printed, what is written, and exit codes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from planner import cli
from planner.errors import ExitCode
from tests.tiny import FIRST_ROW, HEADERS, read_csv, tiny_facilities, write_facilities, write_tiny

# planner check -------------------------------------------------------------------------------------------------------


def test_check_prints_rules_with_counts_and_writes_all_records(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listed = tiny.parent / "lists" / "findings.csv"
    assert cli.main(["check", str(tiny), "--out", str(listed)]) == ExitCode.DONE
    printed = capsys.readouterr().out
    records = read_csv(listed)
    assert not any(record["severity"] == "error" for record in records)
    for record in records:
        assert record["rule"] in printed
    assert "missing-floor-area" in printed


def test_check_finds_errors(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [row | {"land_area_m2": "rộng"} for row in tiny_facilities()]
    assert cli.main(["check", str(write_tiny(tmp_path, facilities=rows)), "--lang", "en"]) == ExitCode.BAD_INPUT
    printed = capsys.readouterr().out
    assert f"not-a-number: {len(rows)}" in printed
    assert (
        ":4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 «" in printed
    )  # the same said of many rows is one line that lists them


def test_check_shows_every_severity_and_how_the_sheet_was_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = tiny_facilities()
    rows[3]["land_area_m2"], rows[4]["facility_id"] = -1, None
    assert cli.main(["check", str(write_tiny(tmp_path, facilities=rows)), "--lang", "en"]) == ExitCode.BAD_INPUT
    printed = capsys.readouterr().out
    for text in (
        "Errors: 1",
        "Warnings:",
        "Notes:",
        "12 read = 12 used + 0 set aside",
        f"{HEADERS['land_area_m2']} → Land area (m²)",
    ):
        assert text in printed


LIST = {key: HEADERS[key] for key in ("name", "address", "land_area_m2", "owner", "current_use", "floor_area_m2")}


def _list(path: Path, *left_out: int, **changed: Any) -> Path:
    """Write a list without a scenario; `changed` is true of its first row."""
    places = ["Sơn Hải", "Sơn Hà", "Thái Niên"]
    rows = [
        {"name": f"Trụ sở UBND xã {name} (cũ)", "address": f"xã {name}, huyện Bảo Thắng, tỉnh Lào Cai", "owner": "Xã",
         "land_area_m2": 900 + i, "floor_area_m2": 300 + i, "current_use": "Trụ sở xã"}
        for i, name in enumerate(places)
    ]  # fmt: skip
    rows[0] |= changed
    return write_facilities(path, [row for i, row in enumerate(rows) if i not in left_out], LIST)


def test_a_list_is_checked_without_a_scenario(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, copy = _list(tmp_path / "list.xlsx", land_area_m2=-5), tmp_path / "out" / "checked.xlsx"
    assert cli.main(["check", str(path), "--out", str(copy)]) == ExitCode.BAD_INPUT
    assert str(copy) in capsys.readouterr().out
    sheet = load_workbook(copy)["Cơ sở nhà, đất"]
    assert [cell.value for cell in sheet[FIRST_ROW - 1]][-1] == "Mã cơ sở"
    assert sheet.cell(FIRST_ROW, list(LIST).index("land_area_m2") + 1).comment is not None

    assert cli.main(["check", str(path), "--out", str(copy)]) == ExitCode.WRONG_COMMAND
    assert cli.main(["check", str(path), "--out", str(path), "--force"]) == ExitCode.WRONG_COMMAND
    assert cli.main(["check", str(path), "--out", str(copy), "--force"]) == ExitCode.BAD_INPUT


def test_a_list_is_compared_with_the_last_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, kept = _list(tmp_path / "first.xlsx"), tmp_path / "kept.xlsx"
    assert cli.main(["check", str(first), "--out", str(kept)]) == ExitCode.DONE
    second, copy = _list(tmp_path / "second.xlsx", 2, land_area_m2=950), tmp_path / "b.xlsx"
    assert cli.main(["check", str(second), "--against", str(kept), "--out", str(copy)]) == ExitCode.DONE
    assert "Không còn: 1" in capsys.readouterr().out
    changes = load_workbook(copy)["Thay đổi so với bản trước"]
    assert {"Không còn", "Đổi giá trị"} <= {row[2].value for row in changes.iter_rows(min_row=3)}
    ids = [load_workbook(path)["Cơ sở nhà, đất"].cell(FIRST_ROW, len(LIST) + 1).value for path in (kept, copy)]
    assert ids[0] == ids[1]


def test_a_list_that_is_not_there_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", str(tmp_path / "none.xlsx")]) == ExitCode.BAD_INPUT
    assert "none.xlsx" in capsys.readouterr().out


# planner template ----------------------------------------------------------------------------------------------------


def test_a_template_is_written_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "new" / "template.xlsx"
    assert cli.main(["template", str(path), "--lang", "en"]) == ExitCode.DONE
    assert str(path) in capsys.readouterr().out
    assert cli.main(["template", str(path)]) == ExitCode.WRONG_COMMAND
    assert str(path) in capsys.readouterr().err
    assert cli.main(["template", str(path), "--force"]) == ExitCode.DONE
    assert cli.main(["check", str(path)]) == ExitCode.BAD_INPUT
    assert "empty-sheet" in capsys.readouterr().out

"""A comparison as files: the workbook's sheets, the map beside it, and nobody's file replaced."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from openpyxl import load_workbook

import planner
from planner.errors import ExitCode, PlannerError
from planner.outputs.map.difference import difference_data
from planner.plan.compare import Comparison
from tests.outputs.fake import AWKWARD_NAMES, WITHOUT_POSITION, fake_plan
from tests.plan.test_compare import MOVES, changed


def compared(language: str = "vi") -> Comparison:
    plan = fake_plan(language)  # type: ignore[arg-type]
    return planner.compare(plan, changed(plan))


def test_the_workbook_holds_figures_moves_and_facilities(tmp_path: Path) -> None:
    paths = compared().save(tmp_path / "new" / "compared.xlsx")
    assert [path.name for path in paths] == ["compared.xlsx", "compared.html"]
    book = load_workbook(paths[0])
    assert book.sheetnames == ["So sánh số liệu", "Cơ sở đổi công năng", "Chuyển dịch công năng"]
    rows = list(book["Cơ sở đổi công năng"].iter_rows(values_only=True))
    assert rows[0][:6] == (
        "Mã cơ sở",
        "Tên cơ sở nhà, đất",
        "Mã xã",
        "Xã, phường hiện nay",
        "Công năng (A)",
        "Công năng (B)",
    )
    assert [row[0] for row in rows[1:]] == list(MOVES)
    assert rows[1][4:6] == ("Trụ sở xã, phường", "Chưa xử lý được")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    first = " ".join(str(row[0]) for row in book["So sánh số liệu"].iter_rows(max_row=6, values_only=True))
    assert "3 trong 12" in first


def test_the_same_plans_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        compared("en").save(tmp_path / f"{name}.xlsx")
    for kind in (".xlsx", ".html"):
        assert (tmp_path / f"a{kind}").read_bytes() == (tmp_path / f"b{kind}").read_bytes()


def test_facilities_of_one_plan_have_a_sheet(tmp_path: Path) -> None:
    planner.compare(fake_plan("en"), fake_plan("en", rows=14)).save(tmp_path / "c.xlsx")
    rows = list(load_workbook(tmp_path / "c.xlsx")["Facilities in one plan only"].iter_rows(values_only=True))
    assert [row[:2] for row in rows] == [("Only in", "Facility ID"), ("B", "F-00013"), ("B", "F-00014")]


@pytest.mark.parametrize("name", ["c.xlsx", "c.html"])
def test_no_file_is_replaced_without_force(tmp_path: Path, name: str) -> None:
    (tmp_path / "c.html").write_text("notes", encoding="utf-8")
    with pytest.raises(PlannerError) as refused:
        compared().save(tmp_path / name)
    assert refused.value.code == ExitCode.WRONG_COMMAND
    assert [path.name for path in tmp_path.iterdir()] == ["c.html"]
    assert (tmp_path / "c.html").read_text(encoding="utf-8") == "notes"
    compared().save(tmp_path / name, force=True)
    assert "<html" in (tmp_path / "c.html").read_text(encoding="utf-8")


def test_another_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PlannerError, match=r"\.xlsx"):
        compared().save(tmp_path / "c.pdf")


def test_the_map_colours_what_moved_and_greys_the_rest() -> None:
    data = difference_data(compared())
    looks = data["uses"]
    assert [look["label"] for look in looks[:1]] == ["Không đổi công năng"]
    assert [look["count"] for look in looks] == ["9", "1", "1", "1"]
    features = {f["properties"]["id"]: f["properties"] for f in data["facilities"]["features"]}
    assert {key for key, p in features.items() if p["use"]} == set(MOVES)
    assert features["00012"]["from"] == "Trụ sở xã, phường"
    assert features["F-0003"]["from"] is None
    assert [data["facilities"]["features"][i]["properties"]["id"] for i in data["unplaced"]] == [WITHOUT_POSITION]
    assert [f["properties"]["id"] for f in data["facilities"]["features"]][-3:] == list(MOVES)


def test_no_name_acts_as_markup(tmp_path: Path) -> None:
    plan = fake_plan()
    every = plan.allocation["facility_id"].tolist()
    allocation = plan.allocation.assign(new_use="land_fund")
    other = changed(plan)
    moved = planner.compare(plan, other.__class__(**{**vars(other), "allocation": allocation}))
    assert set(moved.moved["facility_id"]) == set(every)
    moved.save(tmp_path / "c.html")
    page = (tmp_path / "c.html").read_text(encoding="utf-8")
    [block] = re.findall(r'id="plan-data">(.*?)</script>', page, re.DOTALL)
    names = [f["properties"]["name"] for f in json.loads(block)["facilities"]["features"]]
    assert set(AWKWARD_NAMES) <= set(names)
    assert page.count(AWKWARD_NAMES[1]) == 0

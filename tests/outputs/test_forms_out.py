"""Statutory lists and the workbook of papers: written, read back, and the same sites."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from planner.catalogue.load import Language, read_data
from planner.inputs.dossiers import fill_dossiers
from planner.inputs.lists.blocks import read_blocks
from planner.inputs.read import read_inputs
from planner.outputs.dossiers import sheet_names, write_dossiers
from planner.outputs.workbook import write_workbook
from planner.plan.result import Plan
from planner.scenario import Scenario
from tests.outputs.fake import AWKWARD_NAMES, CONFIDENTIAL, fake_plan
from tests.tiny import HEADERS, write_tiny

SHEETS = read_data("workbook_texts")["sheets"]
ID = HEADERS["facility_id"]


@pytest.fixture(scope="module", params=("vi", "en"))
def language(request: pytest.FixtureRequest) -> Language:
    found: Language = request.param
    return found


@pytest.fixture(scope="module")
def path(language: Language, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("plan") / "allocation.xlsx"
    write_workbook(fake_plan(language), file)
    return file


def alone(path: Path, sheet: str) -> Path:
    """Keep one sheet of a workbook, as somebody who copies it elsewhere."""
    book = openpyxl.load_workbook(path)
    for page in book.worksheets:
        if page.title != sheet:
            book.remove(page)
    book.defined_names.clear()
    copy = path.with_name(f"{sheet}.xlsx")
    book.save(copy)
    return copy


# ---------------------------------------------------------------- 01/TSC-XLTS and the triples


def test_the_list_of_sites_reads_back_as_the_same_sites(path: Path, language: Language) -> None:
    (block,), records = read_blocks(alone(path, SHEETS["tsc_xlts"][language]), "facilities", {}, language)
    facilities = fake_plan(language).inputs.facilities
    sites = facilities.drop_duplicates("site_id")
    assert block.data["site_id"] == sites["site_id"].tolist()
    assert block.data["land_area_m2"] == sites["land_area_m2"].tolist()
    assert set(AWKWARD_NAMES) <= set(block.data["name"])
    floors = dict(zip(block.data["site_id"], block.data["floor_area_m2"], strict=True))
    assert floors["S-0010"] == 4_120.0 + 860.0
    assert floors["F-0002"] is None
    forms = dict(zip(block.data["site_id"], block.data["proposed_form"], strict=True))
    assert (forms["00012"], forms["F-0007"], forms["F-0008"]) == ("retain", "as_agreed", None)
    assert "approved_form" not in block.data
    assert not [record for record in records if record.severity != "info"]


def test_one_site_with_several_uses_names_each_once(path: Path, language: Language) -> None:
    page = openpyxl.load_workbook(path)[SHEETS["tsc_xlts"][language]]
    header = [cell.value for cell in page[1]]
    rows = [dict(zip(header, (cell.value for cell in row), strict=True)) for row in page.iter_rows(min_row=2)]
    (site,) = [row for row in rows if "S-0010" in row.values()]
    uses = fake_plan(language).catalogue.uses
    named = "; ".join(uses[use].label(language) for use in ("public_service_centre", "lower_secondary"))
    assert named in site.values()
    assert [row[header[0]] for row in rows] == list(range(1, len(rows) + 1))


def test_the_triples_add_up_and_are_read_as_a_summary(path: Path, language: Language) -> None:
    plan = fake_plan(language)
    facilities = plan.inputs.facilities
    totals = plan.form_totals
    assert totals["sites"].sum() == facilities["site_id"].nunique()
    assert totals["land_m2"].sum() == pytest.approx(facilities.drop_duplicates("site_id")["land_area_m2"].sum())
    assert totals["floor_m2"].sum() == pytest.approx(facilities["floor_area_m2"].sum())
    page = openpyxl.load_workbook(path)[SHEETS["form_totals"][language]]
    last = [cell.value for cell in page[page.max_row]]
    assert last[2:] == [totals["sites"].sum(), *(pytest.approx(totals[key].sum()) for key in ("land_m2", "floor_m2"))]
    undecided = plan.catalogue.ministry_outcomes["not_yet_handled"].label(language)
    assert page.cell(page.max_row - 1, 1).value == undecided


# ---------------------------------------------------------------- papers


def with_papers(language: Language, **held: object) -> Plan:
    plan = fake_plan(language)
    dossiers = plan.dossiers.copy()
    for paper, value in held.items():
        rows = dossiers["paper"] == paper
        dossiers.loc[rows, "held"] = value
        dossiers.loc[rows, "missing"] = dossiers.loc[rows, "needed"] & (value == "none")
    return replace(plan, dossiers=dossiers)


def test_the_workbook_of_papers_has_a_sheet_for_each_holder(tmp_path: Path, language: Language) -> None:
    plan = with_papers(language, land="none", building="digital")
    write_dossiers(plan, tmp_path / "d.xlsx")
    book = openpyxl.load_workbook(tmp_path / "d.xlsx")
    index, holder = book.worksheets
    assert holder.title == "UBND xã cũ"
    assert holder.max_row == 13
    (choice,) = holder.data_validations.dataValidation
    assert choice.type == "list"
    assert len(str(choice.formula1)) < 255
    needed = plan.dossiers[plan.dossiers["needed"]]
    unknown = int((~needed["paper"].isin(["land", "building"])).sum())
    assert [cell.value for cell in index[6]] == ["UBND xã cũ", 12, 11, unknown]
    assert index["A6"].hyperlink.location == "'UBND xã cũ'!A1"


def test_the_same_plan_gives_the_same_workbook_of_papers(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_dossiers(fake_plan(), tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_a_public_workbook_of_papers_leaves_confidential_facilities_out(tmp_path: Path) -> None:
    write_dossiers(fake_plan("en", public=True), tmp_path / "d.xlsx")
    cells = [
        cell.value for page in openpyxl.load_workbook(tmp_path / "d.xlsx") for row in page.iter_rows() for cell in row
    ]
    assert CONFIDENTIAL not in cells


def test_sheet_names_are_short_legal_and_told_apart() -> None:
    long = "Ủy ban nhân dân thị trấn Mường Khương (trước sắp xếp)"
    names = sheet_names(["A/B: [c]*?\\", "'", "History", "history ", long, f"{long} 2", "mục LỤC"], taken=["Mục lục"])
    assert list(names.values())[:3] == ["A B c", "–", "History (2)"]
    assert all(0 < len(name) <= 31 for name in names.values())
    assert len({name.casefold() for name in names.values()} | {"mục lục", "history"}) == len(names) + 2


def completed(folder: Path, facility: str, **marks: str) -> Path:
    """Write a holder's workbook: the facility's id and how papers are held, by heading."""
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.append([ID, *marks])
    page.append([facility, *marks.values()])
    book.save(folder / "papers.xlsx")
    return folder / "papers.xlsx"


def test_completed_papers_are_read_back_and_reported(tmp_path: Path) -> None:
    scenario = write_tiny(tmp_path)
    completed(tmp_path, "T-01", **{"Hồ sơ đất": "Giấy", "Hồ sơ nhà": "Không có"})
    text = scenario.read_text(encoding="utf-8").replace("[inputs]\n", '[inputs]\ndossiers = "papers.xlsx"\n')
    scenario.write_text(text, encoding="utf-8")
    inputs = read_inputs(Scenario.load(scenario))
    row = inputs.facilities.set_index("facility_id").loc["T-01"]
    assert (row["dossier_land"], row["dossier_building"]) == ("paper", "none")
    assert inputs.read["dossiers"] == 1
    assert "papers.xlsx" in {source.path for source in inputs.sources}
    assert (inputs.checks["rule"] == "dossiers-read").sum() == 1


def test_what_differs_or_belongs_to_nobody_is_told() -> None:
    facilities = fake_plan("en").inputs.facilities
    facilities["dossier_land"] = pd.array(["paper"] * len(facilities), dtype="string")
    rows = [
        ("00012", "digital", "x.xlsx", "A", 2),
        ("F-0002", "paper", "x.xlsx", "A", 3),
        ("none", "paper", "x.xlsx", "B", 2),
    ]
    reported = pd.DataFrame(rows, columns=["facility_id", "dossier_land", "file", "sheet", "row"])
    reported = reported.reindex(
        columns=[*reported, *(c for c in facilities if str(c).startswith("dossier_") and c != "dossier_land")]
    )
    laid, records = fill_dossiers(facilities, reported, "en")
    assert laid["dossier_land"].tolist()[:2] == ["digital", "paper"]
    assert [(r.rule, r.sheet, r.row) for r in records] == [
        ("dossier-differs", "A", 2),
        ("dossier-unknown-facility", "B", 2),
        ("dossiers-read", "", None),
    ]


def test_the_runs_own_workbook_comes_back_with_the_same_ids(tmp_path: Path) -> None:
    write_dossiers(fake_plan("vi"), tmp_path / "d.xlsx")
    blocks, records = read_blocks(tmp_path / "d.xlsx", "dossiers", {}, "vi")
    assert [code for block in blocks for code in block.data["facility_id"]] == fake_plan().allocation[
        "facility_id"
    ].tolist()
    assert [record.rule for record in records if record.severity != "info"] == []

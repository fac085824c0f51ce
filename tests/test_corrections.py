"""A reviewed plan comes back: verdicts are honoured, conflicts told, prices shown, and the log goes on."""

from __future__ import annotations

import csv
import datetime as dt
import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl import load_workbook

from planner import cli
from planner.errors import ExitCode
from planner.inputs.decisions import read_decisions
from planner.outputs.sheet import sheet_name
from planner.plan.result import Plan
from planner.scenario import Scenario
from tests.reviewing import Answer, fill_in, saved_by_libreoffice, word
from tests.tiny import write_tiny

DAY = dt.datetime(2026, 11, 20)  # noqa: DTZ001  as a spreadsheet holds it
TEN: dict[str, Answer] = {
    "T-01": {"verdict": word("verdict", "approve"), "by": "Sở Tài chính"},
    "T-02": {"verdict": word("verdict", "require"), "use": word("use", "commune_office"), "date": DAY},
    "T-03": {"verdict": "forbid", "use": "commune_office"},
    "T-04": {"verdict": "Require", "use": "land_fund", "reason": "=1+1 là hai", "date": "20/11/2026"},
    "T-05": {"verdict": word("verdict", "forbid"), "use": word("use", "commune_office"), "by": "UBND xã Cao"},
    "T-06": {"verdict": word("verdict", "question"), "reason": "Diện tích đất là bao nhiêu?"},
    "T-09": {"verdict": word("verdict", "require"), "use": word("use", "market"), "reason": "Chợ phiên"},
    "T-10": {
        "verdict": word("verdict", "approve"), "use": word("use", "commune_office"), "waiver": "Có",
        "reason": "Đã hòa giải xong", "by": "UBND tỉnh", "date": DAY,
    },
    "T-11": {"verdict": word("verdict", "question")},
    "T-12": {"verdict": word("verdict", "release"), "by": "UBND tỉnh"},
}  # fmt: skip


class World:
    """A tiny province with its plan's folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.scenario = write_tiny(folder / "tiny")
        self.out = folder / "out"
        assert self.run(self.out) == ExitCode.DONE

    @property
    def workbook(self) -> Path:
        return self.out / "allocation.xlsx"

    def run(self, out: Path, *decisions: Path) -> int:
        named = ["--decisions", *map(str, decisions)] if decisions else []
        return cli.main(["run", str(self.scenario), "--out", str(out), *named])

    def plan(self, *decisions: Path) -> Plan:
        scenario = Scenario.load(self.scenario, inputs__decisions=[str(path) for path in decisions])
        return scenario.solve(scenario.read())

    def reviewed(self, name: str, answers: dict[str, Answer]) -> Path:
        return fill_in(self.workbook, self.folder / name, answers)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("corrections"))


@pytest.fixture(scope="module")
def ten(world: World) -> Plan:
    """Return the plan made again with ten verdicts of every kind."""
    return world.plan(world.reviewed("ten.xlsx", TEN))


def uses(plan: Plan) -> dict[str, str]:
    return dict(zip(plan.allocation["facility_id"], plan.allocation["new_use"], strict=True))


def problems(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def assert_ten_are_honoured(plan: Plan) -> None:
    found = uses(plan)
    assert (found["T-01"], found["T-02"], found["T-04"]) == ("land_fund", "commune_office", "land_fund")
    assert (found["T-09"], found["T-10"]) == ("market", "commune_office")
    assert "commune_office" not in (found["T-03"], found["T-05"])
    log = plan.decision_log.set_index("facility_id")
    assert set(log.index) == set(TEN)
    assert log.loc[["T-06", "T-11"], "effect"].tolist() == ["question"] * 2
    assert set(log.drop(index=["T-06", "T-11"])["effect"]) == {"honoured"}


# The round trip ------------------------------------------------------------------------------------------------------


def test_a_workbook_without_verdicts_changes_nothing(world: World) -> None:
    plan = world.plan(world.workbook)
    assert not len(plan.decision_log)
    assert uses(plan) == {row["facility_id"]: row["new_use"] for row in problems(world.out / "allocation.csv")}
    told = plan.checks[(plan.checks["table"] == "decisions") & (plan.checks["severity"] != "info")]
    assert not len(told)


def test_verdicts_of_every_kind_are_honoured(ten: Plan) -> None:
    assert_ten_are_honoured(ten)


def test_a_verdict_keeps_its_words_and_its_place(ten: Plan, world: World) -> None:
    log = ten.decision_log.set_index("facility_id")
    assert log.loc["T-04", ["reason", "by"]].fillna("").tolist() == ["=1+1 là hai", ""]
    assert log.loc["T-04", "date"] == log.loc["T-02", "date"] == pd.Timestamp(DAY)
    page = load_workbook(world.workbook)[sheet_name("allocation", "vi")]
    rows = {row[0].value: row[0].row for row in page.iter_rows(min_row=2)}
    assert {code: log.loc[code, "row"] for code in TEN} == {code: rows[code] for code in TEN}
    assert set(log["file"]) == {"ten.xlsx"}


def test_libreoffice_may_have_saved_it(world: World, ten: Plan) -> None:
    saved = saved_by_libreoffice(world.reviewed("by-libreoffice.xlsx", TEN), world.folder)
    plan = world.plan(saved)
    assert_ten_are_honoured(plan)
    pd.testing.assert_frame_equal(plan.allocation, ten.allocation)


def test_a_second_round_begins_with_the_decisions_in_force(world: World, ten: Plan) -> None:
    ten.save(world.folder / "second")
    again = world.plan(world.folder / "second" / "allocation.xlsx")
    pd.testing.assert_frame_equal(again.allocation, ten.allocation)
    same = ["facility_id", "verdict", "use", "waiver", "reason", "by", "date", "effect"]
    first, second = (plan.decision_log[same].sort_values("facility_id").reset_index(drop=True) for plan in (ten, again))
    pd.testing.assert_frame_equal(first, second)


def test_what_a_row_has_no_room_for_is_kept_in_the_log(world: World) -> None:
    table = world.folder / "three.csv"
    table.write_text(
        "facility_id,verdict,use\nT-05,forbid,commune_office\nT-05,forbid,lower_secondary\nT-05,question,\n",
        encoding="utf-8",
    )
    plan = world.plan(table)
    assert plan.decision_log["kept_in"].tolist() == ["log", "review", "log"]
    plan.save(world.folder / "three")
    again = world.plan(world.folder / "three" / "allocation.xlsx")
    assert sorted(again.decision_log["verdict"]) == ["forbid", "forbid", "question"]
    assert uses(again) == uses(plan)


def test_no_text_of_a_reviewer_becomes_a_formula(world: World, ten: Plan) -> None:
    ten.save(world.folder / "safe")
    book = load_workbook(world.folder / "safe" / "allocation.xlsx")
    assert not [cell for page in book for row in page.iter_rows() for cell in row if cell.data_type == "f"]
    assert "=1+1 là hai" in {cell.value for row in book[sheet_name("decision_log", "vi")] for cell in row}


# Prices --------------------------------------------------------------------------------------------------------------


def test_prices_are_those_of_plans_without_the_decisions(world: World, ten: Plan) -> None:
    log = ten.decision_log.set_index("facility_id")
    assert log.loc["T-02", "price_evidence"] == "not_measurable"  # the plan would do so anyway
    assert log["price_evidence"].isin(["exact", "not_measurable"]).sum() == ten.summary["locks"]["count"] == 7
    one = world.plan(world.reviewed("one.xlsx", {"T-04": TEN["T-04"]}))
    free = world.plan()
    price = one.summary["objective"] - free.summary["objective"]
    assert price > 1
    assert one.decision_log["loss_term"].tolist() == ["mandatory"]  # its commune has no other office
    assert one.decision_log["price"].tolist() == pytest.approx([price], abs=0.05)
    assert one.summary["locks"] == {"count": 1, "price_together": pytest.approx(price, abs=0.05)}


def test_without_decisions_nothing_is_priced(world: World) -> None:
    summary = json.loads((world.out / "plan.json").read_text(encoding="utf-8"))
    assert summary["locks"] == {"count": 0, "price_together": None}


def test_the_price_is_told(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert world.run(world.folder / "told", world.reviewed("told.xlsx", TEN)) == ExitCode.DONE
    assert "Ý kiến đang có hiệu lực: 7; giá của tất cả: " in capsys.readouterr().out
    book = load_workbook(world.folder / "told" / "allocation.xlsx")
    cover = {str(cell.value) for row in book.worksheets[0] for cell in row}
    assert any(text.startswith("7 ý kiến; giá của tất cả: ") for text in cover)


# Rules ---------------------------------------------------------------------------------------------------------------


def test_a_hard_rule_needs_a_waiver(world: World) -> None:
    answers = {"T-10": {**TEN["T-10"], "waiver": None}, "T-11": {"verdict": "Yêu cầu", "use": "culture_house"}}
    out = world.folder / "refused"
    assert world.run(out, world.reviewed("refused.xlsx", answers)) == ExitCode.BAD_INPUT
    assert not out.exists()
    told = problems(world.folder / "refused.problems.csv")
    assert {record["rule"] for record in told} == {"decision-against-hard-rule"}
    first, second = told
    assert (first["sheet"], first["column"]) == (sheet_name("allocation", "vi"), "Rà soát: ý kiến")
    assert "Đang có ràng buộc pháp lý" in first["message"]
    assert "Tranh chấp" in first["message"]
    assert first["fix"].count("“") == 1
    assert second["fix"].count("“") == 3  # waiver, reason and by are all missing


def test_a_waiver_is_honoured_and_recorded(ten: Plan) -> None:
    log = ten.decision_log.set_index("facility_id")
    assert log.loc["T-10", "rules_overridden"] == "Đang có ràng buộc pháp lý"
    (record,) = ten.checks[ten.checks["rule"] == "decision-waives-rule"].to_dict("records")
    assert record["severity"] == "warning"
    assert "UBND tỉnh: Đã hòa giải xong" in record["message"]


def test_a_soft_rule_gives_way_and_that_is_recorded(ten: Plan) -> None:
    assert ten.decision_log.set_index("facility_id").loc["T-09", "rules_overridden"]
    record = ten.checks[ten.checks["rule"] == "decision-against-rule"].iloc[0]
    assert record["severity"] == "warning"
    assert "T-09" in record["message"]


def test_a_facility_may_not_be_left_without_any_outcome(world: World) -> None:
    answers = {"T-11": {"verdict": "forbid", "use": "pending"}, "T-12": {"verdict": "forbid", "use": "culture_house"}}
    table = world.reviewed("nothing.xlsx", answers)
    extra = world.folder / "extra.csv"
    extra.write_text("facility_id,verdict,use\nT-11,forbid,keep_current\n", encoding="utf-8")
    assert world.run(world.folder / "nothing", table, extra) == ExitCode.BAD_INPUT
    told = problems(world.folder / "nothing.problems.csv")
    assert [record["rule"] for record in told] == ["decision-leaves-nothing"] * 2


def test_what_no_list_offers_is_an_error_at_its_cell(world: World) -> None:
    answers: dict[str, Any] = {
        "T-04": {"verdict": "Chắc vậy", "use": "land_fund"},
        "T-05": {"verdict": "forbid", "use": "Nhà hát lớn"},
        "T-07": {"verdict": "approve", "date": "hôm qua", "waiver": "để sau"},
    }
    assert world.run(world.folder / "words", world.reviewed("words.xlsx", answers)) == ExitCode.BAD_INPUT
    records = problems(world.folder / "words.problems.csv")
    told = {(record["column"], record["value"]): record for record in records}
    assert len(told) == len(records) == 4
    assert told["Rà soát: ý kiến", "Chắc vậy"]["row"] == "5"
    assert "Yêu cầu; Loại trừ" in told["Rà soát: ý kiến", "Chắc vậy"]["fix"]
    assert told["Rà soát: công năng", "Nhà hát lớn"]["row"] == "6"
    assert {("Rà soát: ngày", "hôm qua"), ("Rà soát: miễn trừ", "để sau")} <= told.keys()


# Split and merge -----------------------------------------------------------------------------------------------------


def split(world: World, name: str) -> list[Path]:
    parts = world.folder / name
    assert cli.main(["split", str(world.out), "--out", str(parts)]) == ExitCode.DONE
    return sorted(parts.iterdir())


def answered(parts: list[Path]) -> list[Path]:
    """Fill each commune's file in with its share of the ten verdicts."""
    for part in parts:
        page = load_workbook(part)[sheet_name("allocation", "vi")]
        codes = {row[0].value for row in page.iter_rows(min_row=2)}
        fill_in(part, part, {code: answer for code, answer in TEN.items() if code in codes})
    return parts


def test_a_review_goes_out_by_commune_and_comes_back_as_one(world: World, ten: Plan) -> None:
    parts = answered(split(world, "parts"))
    assert [part.stem for part in parts] == ["00901 Xã An", "00902 Xã Bình", "00903 Xã Cao", "00904 Xã Dương"]
    tables = []
    for name, order in (("a.xlsx", parts), ("b.xlsx", parts[::-1])):
        tables.append(world.folder / name)
        assert cli.main(["merge", *map(str, order), "--out", str(tables[-1])]) == ExitCode.DONE
    assert tables[0].read_bytes() == tables[1].read_bytes()
    for plan in (world.plan(tables[0]), world.plan(*parts[::-1])):
        assert_ten_are_honoured(plan)
        pd.testing.assert_frame_equal(plan.allocation, ten.allocation)


def test_a_merge_tells_who_has_not_answered(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    parts = split(world, "few")
    fill_in(parts[0], parts[0], {"T-04" if "Bình" in parts[0].stem else "T-01": {"verdict": "Phê duyệt"}})
    capsys.readouterr()
    merged = ["merge", str(parts[0]), str(parts[2]), "--out", str(world.folder / "few.xlsx")]
    assert cli.main(merged) == ExitCode.DONE
    said = capsys.readouterr().out
    assert f"{parts[2].name}: chưa có ý kiến nào" in said
    assert "Chưa nhận được tệp của: 00902 Xã Bình; 00904 Xã Dương" in said
    assert cli.main(merged) == ExitCode.WRONG_COMMAND  # somebody may have worked in it
    assert cli.main(["merge", str(parts[1]), "--out", str(world.folder / "none.xlsx")]) != ExitCode.DONE
    assert not (world.folder / "none.xlsx").exists()


def test_two_answers_that_contradict_each_other_are_listed(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    one = world.reviewed("x.xlsx", {"T-04": {"verdict": "require", "use": "land_fund"}})
    other = world.reviewed("y.xlsx", {"T-04": {"verdict": "require", "use": "commune_office"}})
    out = world.folder / "conflict.xlsx"
    assert cli.main(["merge", str(other), str(one), "--out", str(out)]) == ExitCode.DONE
    assert "verdicts-conflict: 1" in capsys.readouterr().out
    assert load_workbook(out).sheetnames == [sheet_name(key, "vi") for key in ("merged", "conflicts")]
    plans = [world.plan(*files) for files in ((one, other), (other, one), (out,))]
    assert {uses(plan)["T-04"] for plan in plans} == {"commune_office"}
    log = plans[0].decision_log
    assert dict(zip(log["file"], log["effect"], strict=True)) == {"x.xlsx": "superseded", "y.xlsx": "honoured"}


def test_a_split_folder_that_holds_files_is_left_alone(world: World) -> None:
    parts = split(world, "kept")
    before = parts[0].read_bytes()
    assert cli.main(["split", str(world.out), "--out", str(parts[0].parent)]) == ExitCode.WRONG_COMMAND
    assert parts[0].read_bytes() == before
    assert cli.main(["split", str(world.folder), "--out", str(world.folder / "no")]) == ExitCode.WRONG_COMMAND


def test_a_table_that_was_saved_again_is_not_split(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    copied = Path(shutil.copytree(world.out, world.folder / "saved-again"))
    (copied / "allocation.csv").write_text("facility_id\n1\n", encoding="utf-8")
    assert cli.main(["split", str(copied), "--out", str(world.folder / "no")]) == ExitCode.WRONG_COMMAND
    assert "run-file-changed" in capsys.readouterr().err


def test_a_part_is_read_as_the_whole_is(world: World) -> None:
    (part, *_) = split(world, "one-part")
    decisions, records = read_decisions([part], "vi")
    assert not len(decisions)
    assert {record.severity for record in records} <= {"info"}

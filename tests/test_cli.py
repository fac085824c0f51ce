"""The command line as a user meets it: exit codes, messages, and folders that nobody loses."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from openpyxl import Workbook, load_workbook

from planner import cli
from planner.commands.common import setting
from planner.errors import ExitCode
from planner.progress import LAPS
from planner.solve import find_solver
from tests.tiny import FIRST_ROW, HEADERS, read_csv, tiny_communes, tiny_facilities, write_facilities, write_tiny

OUTPUTS = {
    "plan.json",
    "allocation.csv",
    "allocation.xlsx",
    "dossiers.xlsx",
    "plan.gpkg",
    "map.html",
    "checks.csv",
    "explanations.json",
}
LAND = HEADERS["land_area_m2"]


def _run(scenario: Path, out: Path, *options: str) -> int:
    return cli.main(["run", str(scenario), "--out", str(out), *options])


# Bad input -----------------------------------------------------------------------------------------------------------


def _changed(index: int, **values: Any) -> Callable[[Path], Path]:
    """Return a maker of a province in which one facility differs."""

    def make(folder: Path) -> Path:
        rows = tiny_facilities()
        rows[index] |= values
        return write_tiny(folder, facilities=rows)

    return make


def _with(more: str) -> Callable[[Path], Path]:
    return lambda folder: write_tiny(folder, more=more)


def _missing_file(folder: Path) -> Path:
    scenario = write_tiny(folder)
    (folder / "communes.gpkg").unlink()
    return scenario


def _empty_sheet(folder: Path) -> Path:
    scenario = write_tiny(folder)
    Workbook().save(folder / "facilities.xlsx")
    return scenario


def _no_workbook(folder: Path) -> Path:
    scenario = write_tiny(folder)
    (folder / "facilities.xlsx").write_bytes(b"%PDF-1.7 not a workbook")
    return scenario


def _metres_called_degrees(folder: Path) -> Path:
    return write_tiny(folder, communes=tiny_communes().to_crs(3405).set_crs(4326, allow_override=True))


class Bad(NamedTuple):
    make: Callable[[Path], Path]
    rule: str
    file: str
    row: int | None = None
    column: str = ""


BAD_INPUT = {
    "missing file": Bad(_missing_file, "file-missing", "communes.gpkg"),
    "missing scenario": Bad(lambda folder: folder / "none.toml", "file-missing", "none.toml"),
    "unknown key": Bad(_with("seeed = 2"), "scenario-unknown-key", "tiny.toml", column="solver.seeed"),
    "wrong type": Bad(_with('gap_abs = "small"'), "scenario-bad-value", "tiny.toml", column="solver.gap_abs"),
    "duplicate ids": Bad(
        _changed(1, facility_id="T-01"), "duplicate-id", "facilities.xlsx", FIRST_ROW + 1, HEADERS["facility_id"]
    ),
    "negative area": Bad(_changed(3, land_area_m2=-5), "negative-value", "facilities.xlsx", FIRST_ROW + 3, LAND),
    "text area": Bad(_changed(4, land_area_m2="rất rộng"), "not-a-number", "facilities.xlsx", FIRST_ROW + 4, LAND),
    "empty sheet": Bad(_empty_sheet, "empty-sheet", "facilities.xlsx"),
    "wrong CRS": Bad(_metres_called_degrees, "wrong-crs", "communes.gpkg"),
    "contradictory coordinates": Bad(
        _changed(5, commune_code=None, name="Điểm trường", lon=106.0, lat=21.0),
        "coordinates-contradict",
        "facilities.xlsx",
        FIRST_ROW + 5,
        HEADERS["lon"],
    ),
    "lock for an unknown facility": Bad(_with('[locks]\nrelease = ["T-99"]'), "lock-unknown-facility", "tiny.toml"),
    "no workbook": Bad(_no_workbook, "not-a-workbook", "facilities.xlsx"),
}


@pytest.mark.parametrize("bad", BAD_INPUT.values(), ids=BAD_INPUT)
def test_bad_input_is_named_with_its_place_and_fix(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], bad: Bad
) -> None:
    scenario = bad.make(tmp_path / "province")
    out = tmp_path / "runs" / "first"
    assert _run(scenario, out) == ExitCode.BAD_INPUT
    assert not out.exists()
    assert [path.name for path in out.parent.iterdir()] == ["first.problems.csv"]

    records = read_csv(out.parent / "first.problems.csv")
    record = next(record for record in records if record["rule"] == bad.rule)
    assert (record["severity"], Path(record["file"]).name) == ("error", bad.file)
    assert record["fix"]
    if bad.row is not None:
        assert record["row"] == str(bad.row)
    if bad.column:
        assert record["column"] == bad.column

    shown = capsys.readouterr()
    assert not shown.out
    for text in (bad.file, record["row"], record["column"], record["message"], record["fix"]):
        assert text in shown.err
    assert "Traceback" not in shown.err


def test_every_error_is_listed_at_once(tmp_path: Path) -> None:
    rows = tiny_facilities()
    rows[2]["land_area_m2"] = -1
    rows[3]["floor_area_m2"] = "lớn"
    rows[4]["facility_id"] = "T-01"
    assert _run(write_tiny(tmp_path / "province", facilities=rows), tmp_path / "out") == ExitCode.BAD_INPUT
    found = {record["rule"] for record in read_csv(tmp_path / "out.problems.csv")}
    assert {"negative-value", "not-a-number", "duplicate-id"} <= found


def test_messages_in_english(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scenario = _changed(3, land_area_m2=-5)(tmp_path)
    assert _run(scenario, tmp_path / "out", "--lang", "en") == ExitCode.BAD_INPUT
    assert "Errors: 1" in capsys.readouterr().err


def test_a_bad_key_on_the_command_line_names_the_nearest(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tiny.parent / "out"
    assert _run(tiny, out, "--set", "budget.renovation_milion_vnd=3") == ExitCode.BAD_INPUT
    assert "renovation_million_vnd" in capsys.readouterr().err


# The command line itself ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    [
        "",
        "run",
        "run tiny.toml",
        "solve tiny.toml",
        "run tiny.toml --out x --lang fr",
        "run tiny.toml --out x --set budget",
        "run tiny.toml --out x --explain sometimes",
        "check",
        "check tiny.toml --explain none",
        "template",
        "template a.xlsx --against b.xlsx",
    ],
)
def test_a_wrong_command_line(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(command.split())
    assert caught.value.code == ExitCode.WRONG_COMMAND
    assert "usage: planner" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a.b=90_000", 90_000),
        ("a.b=0.5", 0.5),
        ("a.b=true", True),
        ('a.b="1"', "1"),
        ("a.b=[1, 2]", [1, 2]),
        ("a.b=Lào Cai", "Lào Cai"),
        ("a.b=x=y", "x=y"),
        ("a.b=1\nc = 2", "1\nc = 2"),
    ],
)
def test_settings_are_toml_or_else_text(text: str, value: object) -> None:
    assert setting(text) == ("a.b", value)


# A good run ----------------------------------------------------------------------------------------------------------


class Finished(NamedTuple):
    """A province with a finished run in its folder `out`, and what the run printed."""

    scenario: Path
    printed: str

    @property
    def out(self) -> Path:
        return self.scenario.parent / "out"

    def written(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self.out.iterdir()}


@pytest.fixture(scope="module")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    scenario = write_tiny(tmp_path_factory.mktemp("first") / "tiny")
    (scenario.parent / "out.problems.csv").touch()
    with redirect_stdout(io.StringIO()) as printed:
        assert _run(scenario, scenario.parent / "out") == ExitCode.DONE
    return Finished(scenario, printed.getvalue())


@pytest.fixture
def finished(first_run: Finished, tmp_path: Path) -> Finished:
    """Return a copy of the first run that a test may spoil."""
    shutil.copytree(first_run.scenario.parent, tmp_path / "tiny")
    return Finished(tmp_path / "tiny" / first_run.scenario.name, first_run.printed)


def test_a_run_writes_a_folder_and_prints_what_it_found(first_run: Finished) -> None:
    assert set(first_run.written()) == OUTPUTS
    assert not first_run.out.with_name("out.problems.csv").exists()
    assert len(read_csv(first_run.out / "allocation.csv")) == len(tiny_facilities())
    for text in (
        "optimal",
        "cả nước",
        "23,0 %",
        str(first_run.out / "map.html"),
        str(first_run.out / "allocation.xlsx"),
    ):
        assert text in first_run.printed


def test_seconds_add_up(first_run: Finished) -> None:
    seconds = json.loads((first_run.out / "plan.json").read_text(encoding="utf-8"))["seconds"]
    assert set(seconds) == {*LAPS, "total"}
    assert sum(seconds[lap] for lap in LAPS) == pytest.approx(seconds["total"], rel=0.05)


def test_the_same_run_gives_the_same_bytes(finished: Finished) -> None:
    before = finished.written()
    assert _run(finished.scenario, finished.out) == ExitCode.DONE
    after = finished.written()
    assert [name for name in before if before[name] != after[name]] == ["plan.json"]  # its seconds


def test_decisions_and_settings_of_the_command_line_hold(tiny: Path) -> None:
    decisions = tiny.parent / "decisions.csv"
    decisions.write_text("facility_id,verdict,use\nT-04,require,land_fund\n", encoding="utf-8")
    out = tiny.parent / "out"
    assert _run(tiny, out, "--decisions", str(decisions), "--set", "name=Lần 2", "--explain", "none") == ExitCode.DONE
    rows = {row["facility_id"]: row for row in read_csv(out / "allocation.csv")}
    assert rows["T-04"]["new_use"] == "land_fund"
    assert json.loads((out / "plan.json").read_text(encoding="utf-8"))["scenario"] == "Lần 2"


def test_a_marked_workbook_is_not_overwritten(finished: Finished, capsys: pytest.CaptureFixture[str]) -> None:
    workbook = load_workbook(finished.out / "allocation.xlsx")
    workbook.worksheets[1]["A5"] = "xem lại"
    workbook.save(finished.out / "allocation.xlsx")
    marked = finished.written()

    assert _run(finished.scenario, finished.out) == ExitCode.WRONG_COMMAND
    assert "allocation.xlsx" in capsys.readouterr().err
    assert finished.written() == marked

    kept = finished.out.with_name("out.old")
    assert _run(finished.scenario, finished.out, "--force") == ExitCode.DONE
    assert finished.written()["allocation.xlsx"] != marked["allocation.xlsx"]
    assert (kept / "allocation.xlsx").read_bytes() == marked["allocation.xlsx"]
    assert str(kept) in capsys.readouterr().out


def test_bad_input_leaves_the_old_run(finished: Finished) -> None:
    before = finished.written()
    rows = [row | {"facility_id": "T-01"} for row in tiny_facilities()]
    write_facilities(finished.scenario.parent / "facilities.xlsx", rows)
    assert _run(finished.scenario, finished.out) == ExitCode.BAD_INPUT
    assert finished.written() == before


# No plan -------------------------------------------------------------------------------------------------------------


def test_an_infeasible_scenario(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scenario = write_tiny(tmp_path, more='[[limits]]\nuse = "commune_police"\nmin = 50')
    assert _run(scenario, tmp_path / "out") == ExitCode.INFEASIBLE
    assert not (tmp_path / "out").exists()
    assert read_csv(tmp_path / "out.problems.csv")[0]["severity"] == "error"
    assert read_csv(tmp_path / "out.problems.csv")[0]["message"] in capsys.readouterr().err


@pytest.mark.usefixtures("no_time")
def test_no_plan_within_the_time_limit(tiny: Path) -> None:
    out = tiny.parent / "out"
    assert _run(tiny, out) == ExitCode.NO_PLAN
    assert not out.exists()
    assert read_csv(tiny.parent / "out.problems.csv")


def test_an_unknown_solver_is_an_error_that_names_the_known_ones(tiny: Path) -> None:
    out = tiny.parent / "out"
    assert _run(tiny, out, "--set", "solver.name=nosuch") == ExitCode.BAD_INPUT
    assert not out.exists()
    [record] = read_csv(tiny.parent / "out.problems.csv")
    assert record["rule"] == "solver-unknown"
    assert "highs" in record["fix"]


@pytest.mark.skipif(find_solver("cbc") is None, reason="no CBC on this machine")
def test_another_solver_gives_the_same_plan(finished: Finished) -> None:
    out = finished.out.parent / "cbc"
    assert _run(finished.scenario, out, "--set", "solver.name=cbc") == ExitCode.DONE
    assert (out / "allocation.csv").read_bytes() == (finished.out / "allocation.csv").read_bytes()

"""`planner explain`: the stored explanation, the exact one, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from planner import cli
from planner.errors import ExitCode
from tests.tiny import write_tiny


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a run with estimates."""
    folder = tmp_path_factory.mktemp("explained")
    out = folder / "out"
    assert cli.main(["run", str(write_tiny(folder)), "--out", str(out), "--explain", "estimate"]) == ExitCode.DONE
    return out


@pytest.fixture(scope="module")
def allocation(run: Path) -> pd.DataFrame:
    return pd.read_csv(run / "allocation.csv", encoding="utf-8-sig")


def needed(allocation: pd.DataFrame) -> str:
    return str(allocation.loc[allocation["decided_by"] == "need", "facility_id"].iat[0])


def test_every_facility_decided_by_need_has_a_runner_up_and_an_importance(allocation: pd.DataFrame) -> None:
    rows = allocation[allocation["decided_by"] == "need"]
    assert len(rows)
    assert (rows["evidence"] == "estimate").all()
    assert rows[["runner_up_use", "runner_up_loss", "importance"]].notna().all(axis=None)
    assert (rows[["runner_up_loss", "importance"]] >= 0).all(axis=None)
    assert (rows["runner_up_use"] != rows["new_use"]).all()


def test_every_facility_has_a_reason_in_both_languages(run: Path, allocation: pd.DataFrame) -> None:
    kept = json.loads((run / "explanations.json").read_text(encoding="utf-8"))
    assert set(kept) == set(allocation["facility_id"])
    for row in allocation.itertuples():
        reasons = kept[row.facility_id]["reason"]
        assert reasons["vi"] == row.reason
        assert reasons["en"]
        assert reasons["en"] != reasons["vi"]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_an_explanation_tells_the_reason_and_what_else_was_possible(
    run: Path, allocation: pd.DataFrame, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    facility = needed(allocation)
    assert cli.main(["explain", str(run), facility, "--lang", language]) == ExitCode.DONE
    said = " ".join(capsys.readouterr().out.split())
    kept = json.loads((run / "explanations.json").read_text(encoding="utf-8"))[facility]
    assert all(" ".join(text.split()) in said for text in kept["reason"].values())
    assert {"vi": "Ước tính", "en": "Estimate"}[language] in said
    assert len(kept["alternatives"]) >= 2


def test_the_exact_explanation_solves_the_whole_plan_again(
    run: Path, allocation: pd.DataFrame, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["explain", str(run), needed(allocation), "--exact", "--lang", "en"]) == ExitCode.DONE
    said = capsys.readouterr().out
    assert "(Exact)" in said
    assert "By estimate" not in said


def test_an_unknown_facility_and_a_folder_without_a_run_are_refused(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["explain", str(run), "T-99"]) == ExitCode.WRONG_COMMAND
    assert "T-0" in capsys.readouterr().err
    assert cli.main(["explain", str(tmp_path), "T-01"]) == ExitCode.WRONG_COMMAND


def test_other_inputs_than_those_of_the_run_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scenario = write_tiny(tmp_path)
    assert cli.main(["run", str(scenario), "--out", str(tmp_path / "out")]) == ExitCode.DONE
    services = tmp_path / "services.csv"
    services.write_text(services.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert cli.main(["explain", str(tmp_path / "out"), "T-01", "--exact"]) == ExitCode.WRONG_COMMAND
    assert "services.csv" in capsys.readouterr().err


def test_another_solver_than_highs_gives_no_evidence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["run", str(write_tiny(tmp_path)), "--out", str(tmp_path / "out"), "--explain", "estimate"]
    assert cli.main([*command, "--set", "solver.name=cbc"]) == ExitCode.DONE
    table = pd.read_csv(tmp_path / "out" / "allocation.csv", encoding="utf-8-sig")
    assert (table["evidence"] == "none").all()
    assert table[["runner_up_use", "runner_up_loss", "importance", "loss_term"]].isna().all(axis=None)
    assert cli.main(["explain", str(tmp_path / "out"), "T-01", "--lang", "en"]) == ExitCode.DONE
    assert "No evidence" in capsys.readouterr().out

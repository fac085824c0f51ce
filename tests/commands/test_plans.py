"""`planner evaluate` and `planner compare` as a user meets them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from planner import cli
from planner.errors import ExitCode
from tests.tiny import write_tiny


def test_evaluate_and_compare(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scenario, run, hand = write_tiny(tmp_path / "tiny", language="en"), tmp_path / "run", tmp_path / "hand"
    assert cli.main(["run", str(scenario), "--out", str(run)]) == ExitCode.DONE
    with (run / "allocation.csv").open(encoding="utf-8-sig", newline="") as file:
        uses = {row["facility_id"]: row["new_use"] for row in csv.DictReader(file)}
    path = tmp_path / "plan.csv"
    path.write_text("facility_id,new_use\n" + "\n".join(f"{f},{u}" for f, u in (uses | {"T-12": "market"}).items()))
    capsys.readouterr()

    evaluate = ["evaluate", str(scenario), "--plan", str(path), "--out", str(hand)]
    assert cli.main(evaluate) == ExitCode.DONE
    printed = capsys.readouterr().out
    assert "Evaluated plan" in printed
    assert "Optimal" not in printed
    assert "plan-lock-broken" in printed
    assert {p.name for p in hand.iterdir()} == {p.name for p in run.iterdir()}
    (hand / "allocation.xlsx").write_bytes(b"marked")
    assert cli.main(evaluate) == ExitCode.WRONG_COMMAND
    capsys.readouterr()

    assert cli.main(["explain", str(hand), "T-12"]) == ExitCode.DONE
    assert cli.main(["explain", str(hand), "T-12", "--exact"]) == ExitCode.WRONG_COMMAND
    assert "explain-made-by-hand" in capsys.readouterr().err

    out = tmp_path / "compared.xlsx"
    assert cli.main(["compare", str(run), str(hand), "--out", str(out)]) == ExitCode.DONE
    printed = capsys.readouterr().out
    for text in ("1 of 12 facilities", "Evaluated plan", "runs-changed", str(out), str(out.with_suffix(".html"))):
        assert text in printed
    assert cli.main(["compare", str(run), str(hand), "--out", str(out)]) == ExitCode.WRONG_COMMAND
    assert cli.main(["compare", str(run), str(tmp_path)]) == ExitCode.WRONG_COMMAND
    assert "plan.json" in capsys.readouterr().err
    assert json.loads((run / "plan.json").read_text(encoding="utf-8"))["language"] == "en"


def test_a_bad_plan_leaves_no_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scenario, path, out = write_tiny(tmp_path / "tiny"), tmp_path / "plan.csv", tmp_path / "runs" / "hand"
    path.write_text("facility_id,new_use\nT-01,market\n", encoding="utf-8")
    arguments = ["evaluate", str(scenario), "--plan", str(path), "--out", str(out)]
    assert cli.main(arguments) == ExitCode.BAD_INPUT
    assert not out.exists()
    problems = (out.parent / "hand.problems.csv").read_text(encoding="utf-8-sig")
    assert problems.count("plan-facility-missing") == 11
    assert "plan-facility-missing: 11" in capsys.readouterr().err

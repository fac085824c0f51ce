"""Of several decisions on a facility the latest holds, whatever the order of their files."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from planner.inputs.tables import Inputs
from planner.problem.locks import effects, find_locks
from planner.scenario import Scenario
from tests.checks.world import make_scenario, make_tables

Row = tuple[str, str, str | None, str | None]


def inputs_of(rows: list[Row]) -> Inputs:
    """Return the world with decisions: facility, verdict, use, date. F-3 is approved as primary."""
    keys = ("facility_id", "verdict", "use", "date")
    table = {key: [row[i] for row in rows] for i, key in enumerate(keys)}
    tables = make_tables({"decisions": table | {key: [None] * len(rows) for key in ("reason", "by")}})
    more: dict[str, Any] = {"sources": (), "sheets": (), "read": {}, "set_aside": {}, "synthetic_notice": None}
    return Inputs(**vars(tables), checks=pd.DataFrame(), **more)


def locked(rows: list[Row], scenario: Scenario | None = None) -> list[tuple[int, str, str]]:
    found = find_locks(scenario or make_scenario(), inputs_of(rows))
    return [*zip(found["facility"], found["use"], found["kind"], strict=True)]


def effect(rows: list[Row]) -> list[str]:
    inputs = inputs_of(rows)
    return effects(inputs, find_locks(make_scenario(), inputs))


APPROVED = (2, "primary", "approved")


@pytest.mark.parametrize(
    ("rows", "locks", "told"),
    [
        pytest.param([("F-1", "require", "market", None)], [(0, "market", "require"), APPROVED], "h", id="required"),
        pytest.param(
            [("F-1", "require", "market", None), ("F-1", "require", "park", None)],
            [(0, "park", "require"), APPROVED], "sh", id="the later row",
        ),
        pytest.param(
            [("F-1", "require", "market", "2026-02-01"), ("F-1", "require", "park", "2026-01-01")],
            [(0, "market", "require"), APPROVED], "hs", id="the later day",
        ),
        pytest.param(
            [("F-1", "require", "market", None), ("F-1", "forbid", "market", None)],
            [(0, "market", "forbid"), APPROVED], "sh", id="forbidden after all",
        ),
        pytest.param(
            [("F-1", "forbid", "market", None), ("F-1", "require", "market", None)],
            [(0, "market", "require"), APPROVED], "sh", id="required after all",
        ),
        pytest.param(
            [("F-1", "forbid", "market", None), ("F-1", "forbid", "park", None)],
            [(0, "market", "forbid"), (0, "park", "forbid"), APPROVED], "hh", id="two forbidden",
        ),
        pytest.param([("F-3", "release", None, None)], [], "h", id="an approval released"),
        pytest.param([("F-3", "approve", "primary", None)], [APPROVED], "h", id="an approval confirmed"),
        pytest.param([("F-3", "require", "park", None)], [(2, "park", "require")], "h", id="an approval changed"),
        pytest.param(
            [("F-1", "require", "park", None), ("F-1", "release", None, None)], [APPROVED], "sh", id="taken back"
        ),
        pytest.param([("F-1", "question", None, None)], [APPROVED], "q", id="a question locks nothing"),
    ],
)  # fmt: skip
def test_the_latest_decision_holds(rows: list[Row], locks: list[tuple[int, str, str]], told: str) -> None:
    words = {"h": "honoured", "s": "superseded", "q": "question"}
    assert locked(rows) == locks
    assert effect(rows) == [words[letter] for letter in told]


def test_a_scenario_may_release_what_was_approved() -> None:
    assert locked([("F-1", "question", None, None)], make_scenario(locks={"release_approved": True})) == []

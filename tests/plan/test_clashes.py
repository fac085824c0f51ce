"""Scenarios without a plan: the set that clashes, in the planner's words, and the ways out, each really taken."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planner.catalogue.numbers import format_number
from planner.cli import main
from planner.errors import ExitCode, PlannerError, Record
from planner.inputs import read_inputs
from planner.model.problem import Problem, Site
from planner.plan import make_plan
from planner.plan.clashes import OFFICE_SITES, explain_clashes, opened_pairs
from planner.prepare import NoClock, Prepared, prepare
from planner.scenario import Scenario
from planner.solve import solve_problem
from planner.solve.clash import Clash, find_clashes
from planner.solve.hard import Member, hard_members
from planner.solve.ways_out import Priced, Step, Way, cheapest_release, price_ways, ways_out
from tests.tiny import HEADERS, tiny_facilities, write_csv, write_facilities, write_tiny

Cells = dict[str, dict[str, object]]
Decision = tuple[str, str, str]
HEADINGS = HEADERS | {"equipment_cost_vnd": "Kinh phí trang bị (đồng)", "old_district": "Huyện cũ"}
ONE_SITE = {code: {"site_id": "S-2", "divisible": "Có"} for code in ("T-08", "T-09")}
SCHOOLS = [("T-06", "require", "preschool"), ("T-07", "require", "preschool")]
SEATS = [(code, "require", "commune_office") for code in ("T-01", "T-02", "T-03")]


@dataclass(frozen=True)
class Asked:
    """A scenario without a plan and what must be said of it.

    Attributes
    ----------
    clashes : the expected sets, each as the places of its members: `file:row` or a key of the scenario.
    ways : the expected ways out, each as the places of locks to release and `key=number`.
    limits : rows of [[limits]]. money : keys of [budget]. decisions : facility, verdict, use, in rows from 2.
    cells : of facilities that differ from the tiny province's, which stand in rows from 4.
    """

    clashes: list[set[str]]
    ways: list[set[str]]
    limits: list[dict[str, Any]] = field(default_factory=list)
    money: dict[str, float] = field(default_factory=dict)
    decisions: list[Decision] = field(default_factory=list)
    cells: Cells = field(default_factory=dict)


SCENARIOS = {
    "more is required than a limit allows": Asked(
        limits=[{"use": "preschool", "max": 1}],
        decisions=SCHOOLS,
        clashes=[{"d.csv:2", "d.csv:3", "limits[0].max"}],
        ways=[{"d.csv:2"}, {"d.csv:3"}, {"limits[0].max=2"}],
    ),
    "a limit asks for more than is eligible": Asked(
        limits=[{"use": "commune_police", "min": 50}], clashes=[{"limits[0].min"}], ways=[{"limits[0].min=0"}]
    ),
    "a commune's number against the province's": Asked(
        limits=[{"use": "preschool", "equal": 2, "commune": "00901"}, {"use": "preschool", "max": 1}],
        clashes=[{"limits[0].equal", "limits[1].max"}],
        ways=[{"limits[0].equal=1"}, {"limits[1].max=2"}],
    ),
    "an approved house against a limit on its owner": Asked(
        limits=[{"use": "culture_house", "max": 0, "owner": "commune"}],
        clashes=[{"facilities.xlsx:15", "limits[0].max"}],
        ways=[{"facilities.xlsx:15"}, {"limits[0].max=1"}],
    ),
    "a required seat against a limit on a former district": Asked(
        limits=[{"use": "commune_office", "max": 0, "district": "Bình"}],
        cells={"T-02": {"old_district": "Bình"}},
        decisions=SEATS[1:2],
        clashes=[{"d.csv:2", "limits[0].max"}],
        ways=[{"d.csv:2"}, {"limits[0].max=1"}],
    ),
    "a house is forbidden that a limit needs": Asked(
        limits=[{"use": "preschool", "min": 6}],
        money={"renovation_million_vnd": 20_000},
        decisions=[("T-06", "forbid", "preschool")],
        clashes=[{"d.csv:2", "limits[0].min"}],
        ways=[{"d.csv:2"}, {"limits[0].min=5"}],
    ),
    "two limits on the same few houses": Asked(
        limits=[
            {"use": "commune_office", "min": 2, "commune": "00903"},
            {"use": "lower_secondary", "min": 1, "commune": "00903"},
        ],
        clashes=[{"limits[0].min", "limits[1].min"}],
        ways=[{"limits[0].min=1"}, {"limits[1].min=0"}],
    ),
    "too little money for what is decided": Asked(
        money={"renovation_million_vnd": 1100},
        decisions=SCHOOLS,
        clashes=[{"d.csv:2", "d.csv:3", "facilities.xlsx:15", "budget.renovation_million_vnd"}],
        ways=[{"d.csv:2"}, {"d.csv:3"}, {"facilities.xlsx:15"}, {"budget.renovation_million_vnd=1358"}],
    ),
    "no money for equipment": Asked(
        money={"equipment_million_vnd": 0},
        cells={"T-06": {"equipment_cost_vnd": 90_400_000}},
        decisions=SCHOOLS[:1],
        clashes=[{"d.csv:2", "budget.equipment_million_vnd"}],
        ways=[{"d.csv:2"}, {"budget.equipment_million_vnd=91"}],
    ),
    "one building of a site in the land fund": Asked(
        decisions=[("T-02", "require", "land_fund"), SEATS[2]],
        clashes=[{"d.csv:2", "d.csv:3", "facilities.xlsx:5"}],
        ways=[{"d.csv:2"}, {"d.csv:3"}],
    ),
    "a market beside a preschool": Asked(
        cells=ONE_SITE,
        decisions=[("T-08", "require", "market"), ("T-09", "require", "preschool")],
        clashes=[{"d.csv:2", "d.csv:3", "facilities.xlsx:12"}],
        ways=[{"d.csv:2"}, {"d.csv:3"}],
    ),
    "more seats than a commune may have": Asked(
        decisions=SEATS,
        clashes=[{"d.csv:2", "d.csv:3", "d.csv:4", OFFICE_SITES}],
        ways=[{"d.csv:2"}, {"d.csv:3"}, {"d.csv:4"}, {f"{OFFICE_SITES}=4"}],
    ),
    "two clashes at once": Asked(
        limits=[{"use": "commune_police", "min": 1}, {"use": "preschool", "max": 0}],
        decisions=SCHOOLS[:1],
        clashes=[{"limits[0].min"}, {"d.csv:2", "limits[1].max"}],
        ways=[{"limits[0].min=0", "d.csv:2"}, {"limits[0].min=0", "limits[1].max=1"}],
    ),
}


@dataclass(frozen=True)
class World:
    """The tiny province with a scenario that has no plan, and everything that is found out about it."""

    path: Path
    asked: Asked

    def prepared(self, decisions: list[Decision] | None = None, **overrides: Any) -> Prepared:
        """Return what comes before a plan, with other decisions and keys where they are given."""
        _write_decisions(self.path.parent / "d.csv", self.asked.decisions if decisions is None else decisions)
        keys: dict[str, Any] = {"limits": self.asked.limits, "inputs__decisions": [str(self.path.parent / "d.csv")]}
        keys |= {f"budget__{key}": number for key, number in self.asked.money.items()}
        scenario = Scenario.load(self.path, **(keys | overrides))
        return prepare(scenario, read_inputs(scenario), NoClock())

    @cached_property
    def first(self) -> Prepared:
        return self.prepared()

    @cached_property
    def clashes(self) -> list[Clash]:
        return find_clashes(self.first.problem)

    @cached_property
    def ways(self) -> list[Priced]:
        found, settings = ways_out(self.first.problem), self.first.settings
        assert found.every
        return price_ways(self.first.problem, self.clashes, found.ways, settings, opened_pairs(self.first))

    @cached_property
    def records(self) -> list[Record]:
        return explain_clashes(self.first, NoClock())

    def taken(self, way: Way) -> Prepared:
        """Return what comes before a plan after the steps were taken as a user takes them: in the files."""
        decisions, release = list(self.asked.decisions), []
        keys: dict[str, Any] = {}
        limits = [dict(row) for row in self.asked.limits]
        for step in way:
            kind, number = step.member
            if kind == "limit":
                limit = self.first.problem.limits[number]
                i = int(re.sub(r"\D", "", limit.label))
                limits[i][{"<=": "max", ">=": "min", "=": "equal"}[limit.sense]] = int(step.number)
            elif kind == "money":
                keys[f"budget__{self.first.problem.budget.sources[number].name}_million_vnd"] = step.number
            elif kind == "office_sites":
                keys[OFFICE_SITES.replace(".", "__")] = step.number
            else:
                code = self.first.case.facilities["facility_id"].iat[self.first.problem.pair_facility[number]]
                if code in {facility for facility, _, _ in decisions}:
                    decisions = [(f, "release", "") if f == code else (f, v, u) for f, v, u in decisions]
                else:
                    release.append(code)
        return self.prepared(decisions, limits=limits, locks__release=release, **keys)


def _write_decisions(path: Path, decisions: Iterable[Decision]) -> None:
    rows = [
        {
            "facility_id": facility,
            "verdict": verdict,
            "use": use,
            "waiver": "yes",
            "reason": "thử",
            "by": "Sở Tài chính",
        }
        for facility, verdict, use in [*decisions, ("T-01", "question", "")]
    ]
    write_csv(path, rows)


@pytest.fixture(scope="module", params=SCENARIOS)
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> World:
    asked = SCENARIOS[request.param]
    rows = [row | asked.cells.get(row["facility_id"], {}) for row in tiny_facilities()]
    path = write_tiny(tmp_path_factory.mktemp("world"), facilities=rows, language="en")
    write_facilities(path.parent / "facilities.xlsx", rows, HEADINGS)
    return World(path, asked)


def place(record: Record) -> str:
    return record.column if record.row is None else f"{record.file}:{record.row}"


def test_the_clash_is_told_member_by_member_in_its_own_place(world: World) -> None:
    told: list[set[str]] = []
    for record in world.records:
        if record.rule == "clash":
            told.append(set())
        elif record.rule.startswith("clash-"):
            told[-1].add(place(record))
            assert record.fix
    assert sorted(map(sorted, told)) == sorted(map(sorted, world.asked.clashes))


def test_without_any_one_member_the_others_fit(world: World) -> None:
    hard = hard_members(world.first.problem)
    for clash in world.clashes:
        numbers = [hard.members.index(member) for member in clash.members]
        assert clash.smallest
        assert not hard.fits(numbers)
        assert all(hard.fits([i for i in numbers if i != out]) for out in numbers)


def said(world: World, step: Step) -> str:
    """Return the place of a lock, or key=number."""
    kind, number = step.member
    first = world.first
    if kind == "limit":
        limit = first.problem.limits[number]
        return f"{limit.label}.{ {'<=': 'max', '>=': 'min', '=': 'equal'}[limit.sense] }={step.number:g}"
    if kind == "money":
        return f"budget.{first.problem.budget.sources[number].name}_million_vnd={step.number:g}"
    if kind == "office_sites":
        return f"{OFFICE_SITES}={step.number:g}"
    f = int(first.problem.pair_facility[number])
    code = first.case.facilities["facility_id"].iat[f]
    rows = [i for i, (facility, _, _) in enumerate(world.asked.decisions, 2) if facility == code]
    return f"d.csv:{rows[0]}" if rows else f"facilities.xlsx:{f + 4}"


def test_the_ways_out_are_those_expected(world: World) -> None:
    assert sorted(sorted(said(world, s) for s in found.way) for found in world.ways) == sorted(
        map(sorted, world.asked.ways)
    )
    told = [record for record in world.records if record.rule == "way-out"]
    assert len(told) == len(world.ways)
    for record, found in zip(told, world.ways, strict=True):
        assert format_number(found.price, "en") in record.message
        for step in found.way:
            where, _, number = said(world, step).partition("=")
            assert all(part in record.message for part in where.split(":"))
            assert not number or format_number(float(number), "en") in record.message


def value(prepared: Prepared) -> float:
    """Return the objective of the best plan, what no plan can avoid included."""
    outcome = solve_problem(prepared.problem, prepared.settings)
    assert outcome.status == "optimal"
    return outcome.objective + sum(term.weight * term.unavoidable for term in outcome.terms)


def test_each_way_out_taken_in_the_files_gives_a_plan_at_its_price(world: World) -> None:
    with pytest.raises(PlannerError) as raised:
        make_plan(world.first.scenario, world.first.inputs)
    assert raised.value.code == ExitCode.INFEASIBLE
    found = [value(world.taken(priced.way)) - priced.price for priced in world.ways]
    assert all(np.isfinite(priced.price) and priced.price >= 0 for priced in world.ways)
    assert np.ptp(found) < 0.05  # twice the gap that counts as optimal: all prices count from the same plan
    rules_of_sites = {"whole_site", "exclusive"}
    if not any(member.kind in rules_of_sites for clash in world.clashes for member in clash.members):
        assert found[0] == pytest.approx(value(free(world)), abs=0.05)


def free(world: World) -> Prepared:
    """Return what comes before a plan in which nothing of what clashes is held, written as a user would write it."""
    named = {thing.partition("=")[0] for way in world.asked.ways for thing in way}
    keys: dict[str, Any] = {f"budget__{key}": None for key in world.asked.money}
    if OFFICE_SITES in named:
        keys[OFFICE_SITES.replace(".", "__")] = 99
    release = ["T-12"] if "facilities.xlsx:15" in named else []
    decisions = [(facility, "release", "") for facility, _, _ in world.asked.decisions]
    return world.prepared(decisions, limits=[], locks__release=release, **keys)


def test_of_many_ways_each_kind_of_change_is_told_once_with_the_cheapest_releases(tmp_path: Path) -> None:
    """Six preschools are required and three allowed: three of six can be released in twenty ways."""
    decisions = [(f"T-{f:02}", "require", "preschool") for f in (1, 2, 3, 6, 7, 9)]
    limits = [{"use": "preschool", "max": 3}]
    asked = Asked(clashes=[], ways=[], limits=limits, money={"renovation_million_vnd": 20_000}, decisions=decisions)
    world = World(write_tiny(tmp_path, language="en"), asked)
    rules = [record.rule for record in world.records]
    assert rules == ["clash", *["clash-decision"] * 4, "clash-limit", "way-out", "way-out", "more-ways-out"]
    found = ways_out(world.first.problem)
    assert [len(way) for way in found.ways] == [1, 3]
    release = cheapest_release(world.first.problem, found.ways[1], world.first.settings, opened_pairs(world.first))
    [told] = [record.message for record in world.records if record.message.count("release T-") > 1]
    assert all(f"d.csv:{row}" in told for row in (said(world, step).partition(":")[2] for step in release))
    cheapest, first = (value(world.taken(way)) for way in (release, found.ways[1]))
    assert cheapest <= first + 0.05


# Command line ---------------------------------------------------------------------------------------------------------


def test_the_command_says_what_clashes_and_leaves_the_folder_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scenario, out = write_tiny(tmp_path), tmp_path / "out"
    assert main(["run", str(scenario), "--out", str(out)]) == ExitCode.DONE
    before = {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}
    _write_decisions(tmp_path / "d.csv", SCHOOLS)
    again = ["run", str(scenario), "--out", str(out), "--decisions", str(tmp_path / "d.csv")]
    assert main([*again, "--set", "budget.renovation_million_vnd=1100"]) == ExitCode.INFEASIBLE
    assert {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()} == before
    with (tmp_path / "out.problems.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["rule"] for row in rows] == [
        "clash", "clash-decision", "clash-decision", "clash-approved", "clash-money", *["way-out"] * 4,
    ]  # fmt: skip
    assert [(row["file"], row["row"]) for row in rows[1:4]] == [
        ("d.csv", "2"), ("d.csv", "3"), ("facilities.xlsx", "15"),
    ]  # fmt: skip
    assert {row["severity"] for row in rows} == {"error"}
    told = capsys.readouterr().err
    assert all(row["message"] in told and row["fix"] for row in rows)


@pytest.mark.usefixtures("no_time")
def test_nothing_is_said_of_clashes_where_the_clock_ended(tmp_path: Path) -> None:
    scenario = Scenario.load(write_tiny(tmp_path))
    with pytest.raises(PlannerError) as raised:
        make_plan(scenario, read_inputs(scenario))
    assert [record.rule for record in raised.value.records] == ["no-plan-in-time"]


def test_rules_of_a_site_that_clash_on_their_own_have_no_way_out() -> None:
    """Two neighbours that bear each other in no use they may have: only the inventory can change that."""
    problem = Problem(
        eligible=np.array([[True, False], [False, True]]), site=Site(exclusive=np.array([[0, 1]], dtype=np.int64))
    )
    assert [clash.members for clash in find_clashes(problem)] == [(Member("exclusive", 0),)]
    assert ways_out(problem).ways == []

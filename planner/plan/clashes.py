"""Why a scenario has no plan: what clashes, each in its own place, and the ways out with their prices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np

from planner.catalogue.columns import value_label
from planner.catalogue.messages import message
from planner.catalogue.numbers import format_number
from planner.errors import Record
from planner.inputs.findings import Findings
from planner.inputs.origin import Origin
from planner.model.problem import Limit
from planner.prepare import Clock, Prepared
from planner.problem.facts import number_of
from planner.solve.clash import Clash, find_clashes
from planner.solve.hard import Member
from planner.solve.program import UndecidedError
from planner.solve.ways_out import Priced, Step, cheapest_release, price_ways, ways_out

_KEYS: dict[Literal["<=", ">=", "="], str] = {"<=": "max", ">=": "min", "=": "equal"}
_SIGNS = {"<=": "≤", ">=": "≥", "=": "="}
OFFICE_SITES = "uses.commune_office.max_sites"


def explain_clashes(prepared: Prepared, clock: Clock) -> list[Record]:
    """Return the clashes of a scenario and the ways out, one record a member and a way; empty where nothing clashes.

    Nothing is claimed either where the solver could not prove it.
    """
    with clock.lap("explain"):
        try:
            clashes = find_clashes(prepared.problem)
            if not clashes:
                return []
            found = ways_out(prepared.problem)
        except UndecidedError:
            return []
        words, problem, settings, opened = _Words(prepared), prepared.problem, prepared.settings, opened_pairs(prepared)
        ways = found.ways
        if not found.every:
            ways = [cheapest_release(problem, way, settings, opened) for way in ways]
        priced = price_ways(problem, clashes, ways, settings, opened, clock.tick)
    records = [record for number, clash in enumerate(clashes, 1) for record in _told(words, number, clash)]
    records += [_way(words, number, way) for number, way in enumerate(priced, 1)]
    if not priced:
        records.append(words.scenario("no_way_out"))
    elif not found.every:
        records.append(words.scenario("more_ways_out"))
    return records


def opened_pairs(prepared: Prepared) -> set[int]:
    """Return the pairs that are eligible only because a lock requires them."""
    case = prepared.case
    closed = set(zip(case.rules["facility_id"], case.rules["use"], strict=True))
    ids = case.facilities["facility_id"].tolist()
    locks = case.locks[case.locks["kind"] != "forbid"]
    return {
        int(case.problem.pair_number[f, number_of(case.uses, use)])
        for f, use in zip(locks["facility"], locks["use"], strict=True)
        if (ids[f], use) in closed
    }


@dataclass(frozen=True)
class _Words:
    """Says what a member is and where it stands."""

    prepared: Prepared

    @cached_property
    def lock_of(self) -> Mapping[tuple[bool, int], tuple[str, int]]:
        """Kind and decision of each lock, by whether it forbids and its pair."""
        case = self.prepared.case
        return {
            (kind == "forbid", int(case.problem.pair_number[f, number_of(case.uses, use)])): (kind, decision)
            for f, use, kind, decision in case.locks[["facility", "use", "kind", "decision"]].itertuples(index=False)
        }

    def scenario(self, rule: str, column: str = "", value: object = "", **fields: Any) -> Record:  # noqa: ANN401  fields of any text
        """Return a record about the scenario or one of its keys."""
        asked = self.prepared.scenario
        origin = Origin("scenario", asked.path.name, "", asked.language)
        return origin.record(rule.replace("_", "-"), "error", column=column, value=value, **fields)

    def number(self, value: float) -> str:
        """Write a number."""
        return format_number(value, self.prepared.scenario.language)

    def pair(self, number: int) -> dict[str, str]:
        """Return the facility and the use of a pair in words."""
        problem, case = self.prepared.problem, self.prepared.case
        f, u = int(problem.pair_facility[number]), int(problem.pair_use[number])
        row = self.prepared.inputs.facilities.iloc[f]
        use = case.uses[u].label(self.prepared.scenario.language)
        return {"facility": str(row["facility_id"]), "name": str(row["name"]), "use": use}

    def key(self, member: Member) -> tuple[str, float]:
        """Return the key of the scenario that holds a member's number, and the number."""
        problem = self.prepared.problem
        if member.kind == "limit":
            limit = problem.limits[member.number]
            return f"{limit.label}.{_KEYS[limit.sense]}", limit.number
        if member.kind == "money":
            source = problem.budget.sources[member.number]
            return f"budget.{source.name}_million_vnd", source.limit
        return OFFICE_SITES, float(problem.office.max_sites[member.number])

    def member(self, member: Member, clash: int) -> Record:
        """Return the record of a member of a clash."""
        problem = self.prepared.problem
        if member.kind in ("require", "forbid"):
            return self.lock(member, f"clash_{self._kind(member)}", clash=clash)
        if member.kind in ("whole_site", "exclusive"):
            couples = problem.site.equal if member.kind == "whole_site" else problem.site.exclusive
            first, other = (self.pair(int(pair)) for pair in couples[member.number])
            rows = Findings("facilities", self.prepared.inputs.facilities, self.prepared.scenario.language)
            words = {"other": other["facility"], "other_name": other["name"], "other_use": other["use"]}
            f = int(problem.pair_facility[couples[member.number][0]])
            return rows.cell(
                f, "site_id", f"clash-{member.kind}".replace("_", "-"), "error", clash=clash, **first, **words
            )
        key, number = self.key(member)
        words = {"clash": str(clash), "key": key, "number": self.number(number)} | self._about(member)
        return self.scenario(f"clash_{member.kind}", key, number, **words)

    def lock(self, member: Member, rule: str, **fields: object) -> Record:
        """Return a record in the row of a lock."""
        case, inputs, language = self.prepared.case, self.prepared.inputs, self.prepared.scenario.language
        kind, decision = self.lock_of[member.kind == "forbid", member.number]
        words = self.pair(member.number)
        if kind == "approved":
            f = int(case.problem.pair_facility[member.number])
            about, index, column = Findings("facilities", inputs.facilities, language), f, "approved_use"
        else:
            about, index, column = Findings("decisions", inputs.decisions, language), decision, "verdict"
            words["verdict"] = value_label("verdict", str(inputs.decisions["verdict"].iat[decision]), language)
        return about.cell(index, column, rule.replace("_", "-"), "error", **words, **fields)

    def _kind(self, member: Member) -> str:
        """Return whether a lock is approved in the inventory or a decision."""
        return "approved" if self.lock_of[member.kind == "forbid", member.number][0] == "approved" else "decision"

    def _about(self, member: Member) -> dict[str, str]:
        """Return what the text of a numbered member names besides key and number."""
        problem, case, language = self.prepared.problem, self.prepared.case, self.prepared.scenario.language
        if member.kind == "limit":
            limit = problem.limits[member.number]
            use, where = self._asked(limit)
            return {"sense": _SIGNS[limit.sense], "use": use, "where": where, "count": self.number(len(limit.pairs))}
        if member.kind == "money":
            name = value_label("funding_source", problem.budget.sources[member.number].name, language)
            return {"source": name}
        group = int(problem.office.group[member.number])
        return {"commune": str(case.communes["name"].iat[group])}

    def _asked(self, limit: Limit) -> tuple[str, str]:
        """Return the use and the place that a limit is about."""
        scenario = self.prepared.scenario
        asked = next(found for i, found in enumerate(scenario.limits) if limit.label == f"limits[{i}]")
        owner = None if asked.owner is None else value_label("owner", asked.owner, scenario.language)
        places = [place for place in (asked.commune, owner, asked.district) if place is not None]
        use = self.prepared.catalogue.uses[asked.use].label(scenario.language)
        return use, f" ({', '.join(places)})" if places else ""

    def step(self, step: Step) -> str:
        """Return a step of a way out in words."""
        language = self.prepared.scenario.language
        if step.member.kind in ("require", "forbid"):
            place = replace(self.lock(step.member, f"clash_{self._kind(step.member)}", clash=""), column="").place()
            words = self.pair(step.member.number) | {"place": place}
            release = "step_release" if self._kind(step.member) == "approved" else "step_withdraw"
            return message(release, language, **words).text
        key, before = self.key(step.member)
        words = {"key": key, "before": self.number(before), "after": self.number(step.number)}
        more = words | {"more": self.number(step.number - before)}
        return message("step_money" if step.member.kind == "money" else "step_number", language, **more).text


def _told(words: _Words, number: int, clash: Clash) -> list[Record]:
    rule = "clash" if clash.smallest else "clash_irreducible"
    head = words.scenario(rule, clash=number, count=len(clash.members))
    return [head, *(words.member(member, number) for member in clash.members)]


def _way(words: _Words, number: int, priced: Priced) -> Record:
    """Return the record of a way out, in the place of its step where it has only one."""
    steps = "; ".join(words.step(step) for step in priced.way)
    rule = "way_out" if np.isfinite(priced.price) else "way_out_unpriced"
    fields: dict[str, Any] = {"number": number, "steps": steps, "price": words.number(priced.price)}
    first = priced.way[0]
    if len(priced.way) > 1:
        return words.scenario(rule, **fields)
    if first.member.kind in ("require", "forbid"):
        return words.lock(first.member, rule, **fields)
    key, _ = words.key(first.member)
    return words.scenario(rule, key, first.number, **fields)

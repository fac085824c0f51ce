"""Doubts about a scenario before it is solved: what can be solved and is hardly meant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from planner.catalogue.columns import value_label
from planner.catalogue.numbers import format_number
from planner.errors import Record
from planner.inputs.origin import Origin
from planner.model.problem import Limit
from planner.problem.assemble import Case
from planner.scenario import Scenario

STEEPEST = 1e8
"""Widest ratio of two weights: the gap is proven on their sum, and a double holds 16 digits."""

_NAMED = 5
"""Names that one record lists; the others are counted."""


def find_doubts(case: Case, scenario: Scenario, weights: Mapping[str, float]) -> list[Record]:
    """Return a warning for each thing in a scenario that is hardly meant, each with what to change.

    Money above all that could be spent; weights further apart than `STEEPEST`; uses that nothing can serve; communes
    whose mandatory need no facility could meet; limits that bind nobody; a share of its own best that is asked in full
    of every commune; a frontier that ends below what decisions already cost.

    Parameters
    ----------
    weights : weight of each term of the objective.
    """
    doubts = _Doubts(case, scenario)
    found = (doubts.money(), doubts.weights(weights), doubts.uses(), doubts.communes(), doubts.limits())
    return [record for records in (*found, doubts.fairness(), doubts.frontier()) for record in records]


@dataclass(frozen=True)
class _Doubts:
    """Looks at a case and says what is doubtful."""

    case: Case
    scenario: Scenario

    def record(self, rule: str, key: str, value: object, **fields: str) -> Record:
        origin = Origin("scenario", self.scenario.path.name, "", self.scenario.language)
        return origin.record(rule, "warning", column=key, value=value, key=key, **fields)  # type: ignore[arg-type]

    def number(self, value: float) -> str:
        return format_number(value, self.scenario.language)

    def names(self, found: list[str]) -> str:
        return ", ".join(found[:_NAMED]) + (", …" if len(found) > _NAMED else "")

    def money(self) -> Iterator[Record]:
        """Find money above the most that could be spent, each facility taking its dearest use."""
        problem = self.case.problem
        for source in problem.budget.sources:
            dearest = np.zeros(problem.eligible.shape[0])
            np.maximum.at(dearest, problem.pair_facility, source.cost)
            if np.isfinite(source.limit) and source.limit > dearest.sum():
                words = {"limit": self.number(source.limit), "most": self.number(dearest.sum())}
                yield self.record("money-above-all-costs", f"budget.{source.name}_million_vnd", source.limit, **words)

    def frontier(self) -> Iterator[Record]:
        """Find a frontier whose most money does not pay for what is decided already: it would have no point."""
        asked, problem = self.scenario.studies.frontier, self.case.problem
        if asked is None or asked.most_million_vnd is None:
            return
        able = np.ones(problem.n_pairs, dtype=np.bool_)
        able[np.isin(problem.pair_facility, problem.pair_facility[problem.locks.require])] = False
        able[problem.locks.require] = True
        able[problem.locks.forbid] = False
        cost = next(source.cost for source in problem.budget.sources if source.name == "renovation")
        cheapest = np.full(problem.eligible.shape[0], np.inf)
        np.minimum.at(cheapest, problem.pair_facility[able], cost[able])
        least = float(cheapest[np.isfinite(cheapest)].sum())
        if asked.most_million_vnd < least:
            words = {"most": self.number(asked.most_million_vnd), "least": self.number(least)}
            key = "studies.frontier.most_million_vnd"
            yield self.record("frontier-below-decisions", key, asked.most_million_vnd, **words)

    def fairness(self) -> Iterator[Record]:
        """Find a tau of one: communes share facilities and money, so hardly all of them can have their best at once."""
        tau = self.scenario.fairness.tau
        if tau is not None and tau >= 1:
            yield self.record("tau-asks-everything", "fairness.tau", tau)

    def weights(self, weights: Mapping[str, float]) -> Iterator[Record]:
        """Find weights so far apart that the solver cannot tell the smaller from rounding."""
        positive = {name: weight for name, weight in weights.items() if weight > 0}
        if not positive:
            return
        first, last = max(positive, key=lambda name: positive[name]), min(positive, key=lambda name: positive[name])
        if positive[first] > STEEPEST * positive[last]:
            words = {"first": f"{first} = {positive[first]:g}", "last": f"{last} = {positive[last]:g}"}
            yield self.record("weights-too-far-apart", f"objective.weights.{last}", positive[last], **words)

    def uses(self) -> Iterator[Record]:
        """Find uses that are needed and for which there is neither a service nor a facility."""
        keys = self.unserved_uses()
        if keys:
            labels = [use.label(self.scenario.language) for use in self.case.uses if use.key in keys]
            first = next(use.key for use in self.case.uses if use.key in keys)
            words = {"count": self.number(len(labels)), "names": ", ".join(labels), "use": first}
            yield self.record("use-nothing-can-serve", f"uses.{first}", "", **words)

    def unserved_uses(self) -> set[str]:
        """Return the keys of uses that are needed and that nothing offers."""
        needs, problem = self.case.needs, self.case.problem
        counted = needs.commune_needs[needs.commune_needs["need"] > 0]
        needed = set(needs.nodes["use"]) | set(counted["use"])
        there = set(self.case.offers["use"]) | set(counted.loc[counted["existing"] > 0, "use"])
        eligible = np.flatnonzero(problem.eligible.any(axis=0)).tolist()
        return {
            use.key
            for u, use in enumerate(self.case.uses)
            if use.key in needed and use.key not in there and (use.family == "service" or u not in eligible)
        }

    def communes(self) -> Iterator[Record]:
        """Find communes that lack something mandatory and have no facility for it; one record a use."""
        rows, case = self.case.needs.commune_needs, self.case
        lacking = rows[rows["mandatory"].astype(bool) & (rows["need"] > rows["existing"])]
        where, unserved = case.facilities["commune"].to_numpy(), self.unserved_uses()
        for u, use in enumerate(case.uses):
            able = set(where[case.problem.eligible[:, u]].tolist())
            bare = [c for c in lacking.loc[lacking["use"] == use.key, "commune"] if c not in able]
            if bare and use.key not in unserved:
                names = self.names(case.communes["name"].iloc[bare].tolist())
                words = {"count": self.number(len(bare)), "names": names, "use": use.label(self.scenario.language)}
                yield self.record("commune-without-candidate", "", "", **words)

    def limits(self) -> Iterator[Record]:
        """Find limits that every plan keeps: as many facilities allowed as there are, or none asked for."""
        for limit in self.case.problem.limits:
            if limit.sense == "<=" and limit.number >= len(limit.pairs):
                yield self.idle(limit, "max")
            elif limit.sense == ">=" and limit.number == 0:
                yield self.idle(limit, "min")

    def idle(self, limit: Limit, key: str) -> Record:
        asked = next(found for i, found in enumerate(self.scenario.limits) if limit.label == f"limits[{i}]")
        use = value_label("use", asked.use, self.scenario.language)
        words = {"use": use, "count": self.number(len(limit.pairs)), "number": self.number(limit.number)}
        return self.record("limit-binds-nobody", f"{limit.label}.{key}", limit.number, **words)

"""What a plan made by hand breaks: rules, earlier decisions, money, sites and limits, each with its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from planner.catalogue import Catalogue
from planner.catalogue.columns import value_label
from planner.catalogue.numbers import format_number
from planner.errors import Record
from planner.inputs.origin import Origin
from planner.inputs.plan_table import TABLE, GivenPlan
from planner.inputs.tables import Inputs
from planner.model.problem import Ints, Problem
from planner.problem import Case
from planner.scenario import Scenario

_NOISE = 1e-6
"""Million VND: what a sum of money loses in arithmetic."""

_SENSES = {"<=": "≤", ">=": "≥", "=": "="}


@dataclass(frozen=True)
class Judged:
    """A plan made by hand with what it is judged by.

    Attributes
    ----------
    case : in which every given pair is eligible. allowed : (F, U) what is eligible by the rules.
    uses : (F,) use number of each facility. given : the plan as its file has it.
    """

    case: Case
    allowed: np.ndarray
    uses: Ints
    given: GivenPlan
    scenario: Scenario
    inputs: Inputs
    catalogue: Catalogue

    @property
    def x(self) -> np.ndarray:
        """(A,) whether each pair is chosen."""
        problem = self.case.problem
        chosen = np.zeros(problem.n_pairs, dtype=bool)
        chosen[problem.pair_number[np.arange(len(self.uses)), self.uses]] = True
        return chosen

    def use(self, u: int) -> str:
        """Return the name of a use."""
        return self.case.uses[u].label(self.scenario.language)

    def named(self, f: int) -> dict[str, str]:
        """Return id, name and given use of a facility, as the messages name them."""
        facilities = self.inputs.facilities
        name = facilities["name"].fillna("").iat[f]
        return {"facility": str(facilities["facility_id"].iat[f]), "name": str(name), "use": self.use(self.uses[f])}

    def at(self, f: int, rule: str, **fields: object) -> Record:
        """Return a warning at the row of a facility."""
        given, words = self.given, self.named(f)
        place = {"row": given.rows[f], "column": given.heading, "value": words["use"]}
        return given.origins[f].record(rule, "warning", **place, **(words | fields))  # type: ignore[arg-type]

    def whole(self, rule: str, **fields: object) -> Record:
        """Return a warning about the plan as a whole."""
        return Origin(TABLE, self.given.origins[0].file, "", self.scenario.language).record(rule, "warning", **fields)  # type: ignore[arg-type]

    def number(self, value: float, digits: int = 0) -> str:
        """Write a number."""
        return format_number(value, self.scenario.language, digits)


def violations(judged: Judged) -> list[Record]:
    """Return a warning for everything that the plan breaks: none of it keeps the plan from being priced."""
    families = (_excluded, _locks, _sites, _office_sites, _money, _limits)
    return [record for family in families for record in family(judged)]


def facilities_of(records: list[Record], given: GivenPlan) -> set[int]:
    """Return the numbers of the facilities in whose own row something is broken."""
    place = {(origin.sheet, row): f for f, (origin, row) in enumerate(zip(given.origins, given.rows, strict=True))}
    return {place[record.sheet, record.row] for record in records if record.row is not None}


def _excluded(judged: Judged) -> Iterator[Record]:
    """Find the uses that the rules close, each with what was observed and its legal basis."""
    rules = judged.case.rules
    of_pair = {(row["facility_id"], row["use"]): row for row in rules.to_dict("records")}
    ids, language = judged.inputs.facilities["facility_id"], judged.scenario.language
    for f, u in enumerate(judged.uses):
        if not judged.allowed[f, u]:
            row = of_pair[ids.iat[f], judged.case.uses[u].key]
            seen = " / ".join(str(row[key]) for key in ("observed", "required") if row[key])
            words = {"why": judged.catalogue.rules[row["rule"]].label(language), "basis": row["legal_basis"]}
            yield judged.at(f, "plan-use-excluded", **words, observed=seen and f" ({seen})")


def _locks(judged: Judged) -> Iterator[Record]:
    """Find the decisions already taken that the plan does not keep."""
    keys = [use.key for use in judged.case.uses]
    for f, use, kind in judged.case.locks[["facility", "use", "kind"]].itertuples(index=False):
        chosen = keys[judged.uses[f]] == use
        if kind == "forbid" and chosen:
            yield judged.at(f, "plan-use-forbidden")
        elif kind != "forbid" and not chosen:
            yield judged.at(f, "plan-lock-broken", decided=judged.use(keys.index(use)))


def _sites(judged: Judged) -> Iterator[Record]:
    """Find what divides a site: a use of the whole site that only some have, and uses that do not go together."""
    problem, x = judged.case.problem, judged.x
    for pair in problem.site.equal:
        if x[pair].sum() == 1:
            have, lacks = (int(problem.pair_facility[a]) for a in (pair if x[pair[0]] else pair[::-1]))
            yield judged.at(have, "plan-site-divided", site=_site(judged, have), other=judged.named(lacks)["facility"])
    for pair in problem.site.exclusive:
        if x[pair].all():
            f, g = (int(problem.pair_facility[a]) for a in pair)
            other = judged.named(g)
            words = {"site": _site(judged, f), "other": other["facility"], "other_use": other["use"]}
            yield judged.at(f, "plan-site-unfriendly", **words)


def _site(judged: Judged, f: int) -> str:
    return str(judged.inputs.facilities["site_id"].iat[f])


def _office_sites(judged: Judged) -> Iterator[Record]:
    office = judged.case.problem.office
    chosen = np.bincount(office.pair_commune, judged.x[office.pair], len(office.need)) + office.kept_sites
    for c in np.nonzero(chosen > office.max_sites)[0]:
        commune = judged.case.communes["name"].iat[int(office.group[c])]
        counts = {"count": int(chosen[c]), "kept": int(office.kept_sites[c]), "most": int(office.max_sites[c])}
        yield judged.whole("plan-office-sites", value=counts["count"], commune=commune, **counts)


def _money(judged: Judged) -> Iterator[Record]:
    for source in judged.case.problem.budget.sources:
        spent = float(source.cost[judged.x].sum())
        if spent > source.limit + _NOISE:
            figures = {"spent": spent, "limit": source.limit, "over": spent - source.limit}
            written = {key: judged.number(value, 1) for key, value in figures.items()}
            name = value_label("funding_source", source.name, judged.scenario.language)
            key = f"budget.{source.name}_million_vnd"
            yield judged.whole("plan-over-budget", column=key, value=written["spent"], source=name, **written)


def _limits(judged: Judged) -> Iterator[Record]:
    asked = {f"limits[{i}]": limit.use for i, limit in enumerate(judged.scenario.limits)}
    for limit in judged.case.problem.limits:
        count = int(judged.x[limit.pairs].sum())
        kept = {"<=": count <= limit.number, ">=": count >= limit.number, "=": count == limit.number}[limit.sense]
        if not kept:
            use = judged.catalogue.uses[asked[limit.label]].label(judged.scenario.language)
            words = {"key": limit.label, "use": use, "sense": _SENSES[limit.sense]}
            number = judged.number(limit.number)
            yield judged.whole(
                "plan-limit-broken", column=limit.label, value=count, count=count, number=number, **words
            )


def closed_pairs(problem: Problem, uses: Ints) -> list[tuple[int, int]]:
    """Return the (facility, use) of a plan that the rules close."""
    return [(f, int(u)) for f, u in enumerate(uses) if not problem.eligible[f, u]]

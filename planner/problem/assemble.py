"""Put the problem together: sets, arrays, and the tables that lead back from numbers to names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.catalogue import Catalogue, Use
from planner.errors import PlannerError, Record
from planner.inputs.tables import Inputs
from planner.model.problem import Problem
from planner.problem import families
from planner.problem.costs import equipment_cost, planning_status, renovation_cost
from planner.problem.dominated import without_dominated
from planner.problem.eligibility import Setting, exclusions, judge, need_masks, service_capacities
from planner.problem.facts import commune_facts, facility_facts, linked_services, office_candidates
from planner.problem.locks import find_locks, open_locked_pairs
from planner.problem.needs import Needs, enabled_uses, find_needs, staying
from planner.problem.overrides import follow_decisions
from planner.problem.places import Positions, find_arcs, find_positions, reached_by_commune
from planner.scenario import Scenario


@dataclass(frozen=True)
class Case:
    """A problem with the tables behind its numbers.

    Attributes
    ----------
    problem : arrays for the model.
    uses : (U,) uses in column order. communes, facilities : facts by number.
    needs : what is needed. offers : facility, service (numbers, -1 for none), use, capacity, one row an offer.
    arc_km : (R,) travel in km of each arc of the service family, NaN where unknown.
    office_km : (P,) mean travel of the commune's people to each office candidate.
    rules : excluded pairs with rule and reason. planning : (F, U) planning status. cost : (S, F, U) by source.
    locks : facility, use, kind, decision. overridden : rules that a decision overrides, by its row.
    by_commune : (F,) whether a facility is reached by commune for want of a sure position.
    positions : where everything lies and how one travels between.
    records : warnings found on the way.
    """

    problem: Problem
    uses: Sequence[Use]
    communes: pd.DataFrame
    facilities: pd.DataFrame
    needs: Needs
    offers: pd.DataFrame
    arc_km: np.ndarray
    office_km: np.ndarray
    rules: pd.DataFrame
    planning: np.ndarray
    cost: np.ndarray
    locks: pd.DataFrame
    overridden: Mapping[int, tuple[str, ...]]
    by_commune: np.ndarray
    positions: Positions
    records: list[Record]


def make_case(
    scenario: Scenario,
    inputs: Inputs,
    catalogue: Catalogue,
    opened: Sequence[tuple[int, int]] = (),
    positions: Positions | None = None,
) -> Case:
    """Return the case of a scenario: needs, eligibility, costs, locks and limits over validated inputs.

    Parameters
    ----------
    opened : (facility, use) by number that are eligible whatever the rules say: what a plan made by hand asks for.
    positions : where everything lies and how one travels, where the caller has it of the same places.

    Raises
    ------
    PlannerError : decisions break hard rules without a waiver, or leave a facility no outcome; all of them are listed.
    """
    uses = list(catalogue.uses.values())
    communes = commune_facts(inputs, catalogue)
    facts = facility_facts(inputs, communes, catalogue)
    services = staying(inputs, catalogue).reset_index(drop=True)
    linked = linked_services(services, facts)
    locks = find_locks(scenario, inputs)
    needs = find_needs(scenario, inputs, communes, office_candidates(facts, communes, locks, catalogue), catalogue)
    positions = positions or find_positions(scenario, inputs, services, facts, communes, catalogue)
    arcs = find_arcs(needs, positions, uses, catalogue)
    needed, met = need_masks(needs, {key: found.to_facilities for key, found in arcs.items()}, facts, uses)
    enabled = frozenset(use.key for use in enabled_uses(scenario, catalogue))
    capacities = service_capacities(facts, communes, catalogue)
    setting = Setting(facts, communes, uses, enabled, linked, needed, met, catalogue, capacities, scenario.language)
    eligibility = judge(setting)
    rules = exclusions(setting, eligibility)
    allowed, records = open_locked_pairs(locks, eligibility.allowed, rules, catalogue, scenario, inputs)
    followed = follow_decisions(locks, allowed, eligibility, catalogue, scenario, inputs)
    errors = [record for record in followed.records if record.severity == "error"]
    if errors:
        raise PlannerError(errors)
    allowed = followed.allowed
    for f, u in opened:
        allowed[f, u] = True
    planning = planning_status(facts, uses)
    cost = np.stack([renovation_cost(facts, uses, catalogue), equipment_cost(facts, uses)])
    parts = families.Parts(
        Problem(eligible=allowed),
        scenario,
        inputs,
        catalogue,
        uses,
        facts,
        communes,
        services,
        needs,
        positions,
        linked,
    )
    family, offers, arc_km = families.service_family(parts, arcs, capacities)
    service, arc_km = without_dominated(family, arc_km)
    office, office_km = families.office_family(parts)
    return Case(
        problem=Problem(
            eligible=allowed,
            service=service,
            office=office,
            commune_wide=families.commune_wide_family(parts),
            site=families.site_family(parts),
            budget=families.budget_family(parts, cost),
            locks=families.locks_family(parts, locks),
            fairness=families.fairness_family(parts),
            area_share=families.area_share_family(parts),
            limits=families.limits_family(parts),
            stability=families.stability_family(parts),
            planning_update=families.planning_updates(parts, planning),
            planning_weight=catalogue.coefficient("planning_update_weight"),
            cascade_cost=families.cascade_cost(parts),
            tie=families.tie_cost(parts),
        ),
        uses=uses,
        communes=communes,
        facilities=facts,
        needs=needs,
        offers=offers,
        arc_km=arc_km,
        office_km=office_km,
        rules=rules,
        planning=planning,
        cost=cost,
        locks=locks,
        overridden=followed.overridden,
        by_commune=reached_by_commune(uses, eligibility.allowed, positions),
        positions=positions,
        records=[*positions.records, *records, *followed.records],
    )

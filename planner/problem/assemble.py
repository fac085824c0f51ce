"""Put the problem together: sets, arrays, and the tables that lead back from numbers to names."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.catalogue import Catalogue, Use
from planner.errors import Record
from planner.geography.travel import local_projection, straight_line, to_plane
from planner.inputs.tables import Inputs
from planner.model.problem import Budget, CommuneWide, Fairness, Limit, Locks, Office, Problem, Service, Site, Source
from planner.problem.costs import equipment_cost, planning_status, renovation_cost
from planner.problem.eligibility import Setting, exclusions, judge, service_capacities
from planner.problem.facts import OFFICE_LIKE, commune_facts, facility_facts, position_error
from planner.problem.locks import find_locks, rule_records
from planner.problem.needs import Needs, enabled_uses, find_needs, staying
from planner.problem.reach import Arcs, Places, centres, reach, unsure_positions
from planner.scenario import Scenario

TIE_TOTAL = 1e-2


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
    locks : facility, use, kind. by_commune : (F,) whether a facility was reached by commune for want of a sure position.
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
    by_commune: np.ndarray
    records: list[Record]


@dataclass(frozen=True)
class _Map:
    """Places of everything in one plane."""

    settlements: Places
    facilities: Places
    services: Places


def make_case(scenario: Scenario, inputs: Inputs, catalogue: Catalogue) -> Case:
    """Return the case of a scenario: needs, eligibility, costs, locks and limits over validated inputs."""
    uses = list(catalogue.uses.values())
    communes = commune_facts(inputs, catalogue)
    facts = facility_facts(inputs, communes, catalogue)
    services = staying(inputs).reset_index(drop=True)
    needs = find_needs(scenario, inputs, communes, _office_candidates(facts, communes, catalogue), catalogue)
    places = _places(inputs, services, facts, communes, catalogue)
    arcs = {use.key: _arcs(use, needs, places, catalogue) for use in uses if use.family == "service"}
    linked = _linked(services, facts)
    setting = Setting(
        facts, communes, uses, frozenset(use.key for use in enabled_uses(scenario, catalogue)), linked,
        *_need_masks(needs, arcs, facts, uses), catalogue, service_capacities(facts, communes, catalogue),
    )  # fmt: skip
    eligibility = judge(setting)
    locks = find_locks(scenario, inputs)
    rules = exclusions(setting, eligibility)
    allowed = eligibility.allowed.copy()
    records = _open_locked_pairs(locks, allowed, rules, uses, facts, scenario, inputs)
    planning = planning_status(facts, uses)
    cost = np.stack([renovation_cost(facts, uses, catalogue), equipment_cost(facts, uses)])
    problem = Problem(eligible=allowed)
    service, offers, arc_km = _service(problem, needs, arcs, setting, services, uses, catalogue)
    office, office_km = _office(problem, needs, facts, communes, places, inputs, services, linked, uses, catalogue)
    problem = Problem(
        eligible=allowed,
        service=service,
        office=office,
        commune_wide=_commune_wide(problem, needs, facts, linked, uses, catalogue),
        site=_site(problem, facts, uses),
        budget=_budget(problem, scenario, cost, facts, communes, catalogue),
        locks=_locks(problem, locks, uses),
        fairness=_fairness(scenario, communes, catalogue),
        limits=_limits(problem, scenario, inputs, uses),
        planning_update=_planning_updates(problem, planning, uses),
        planning_weight=catalogue.coefficient("planning_update_weight"),
        cascade_cost=_cascade(problem, uses, catalogue),
        tie=_tie(problem, facts, uses),
    )
    vague = np.zeros(len(facts), dtype=bool)
    for use in uses:
        if use.family == "service":
            vague |= unsure_positions(use, places.facilities) & eligibility.allowed[:, _index(uses, use.key)]
    return Case(
        problem, uses, communes, facts, needs, offers, arc_km, office_km, rules, planning, cost, locks, vague, records
    )


def _index(uses: Sequence[Use], key: str) -> int:
    return next(u for u, use in enumerate(uses) if use.key == key)


def _office_candidates(facts: pd.DataFrame, communes: pd.DataFrame, catalogue: Catalogue) -> np.ndarray:
    """Return (C,) whether the inventory holds a house of the commune that could be its office."""
    least = catalogue.uses["commune_office"].norm("min_floor_m2") or 0.0
    fits = facts["current_use"].isin([*OFFICE_LIKE, "unknown"]) & (facts["floor_m2"] >= least) & (facts["commune"] >= 0)
    found = np.zeros(len(communes), dtype=bool)
    found[facts["commune"][fits]] = True
    return found


def _places(
    inputs: Inputs, services: pd.DataFrame, facts: pd.DataFrame, communes: pd.DataFrame, catalogue: Catalogue
) -> _Map:
    projection = local_projection(inputs.communes.geometry)
    number = {code: i for i, code in enumerate(communes["commune_code"])}
    mountain = np.append(communes["mountainous"].to_numpy(bool), False)  # noqa: FBT003  -1 takes the last
    detour = np.append(communes["detour"].to_numpy(float), catalogue.coefficient("detour_plain"))

    def place(table: pd.DataFrame, commune: np.ndarray, error: np.ndarray) -> Places:
        plane = to_plane(table.geometry, projection)
        return Places(plane, commune, np.where(np.isnan(plane[:, 0]), np.inf, error), mountain[commune], detour[commune])

    def commune_of(table: pd.DataFrame) -> np.ndarray:
        return np.asarray(table["commune_code"].map(number).fillna(-1).astype(int))

    settlements = inputs.settlements
    surveyed = np.full(len(services), catalogue.coefficient("position_error_surveyed_km"))
    return _Map(
        settlements=place(settlements, commune_of(settlements), position_error(settlements["position_quality"], catalogue)),
        facilities=place(inputs.facilities, facts["commune"].to_numpy(), facts["position_error_km"].to_numpy()),
        services=place(services, commune_of(services), surveyed),
    )


def _linked(services: pd.DataFrame, facts: pd.DataFrame) -> np.ndarray:
    """Return (F,) the use of the working service in the same house, "" for none."""
    inside = services[services["facility_id"].notna()]
    use = dict(zip(inside["facility_id"], inside["use"], strict=True))
    return np.array([str(use.get(facility_id, "")) for facility_id in facts["facility_id"]], dtype=object)


def _arcs(use: Use, needs: Needs, places: _Map, catalogue: Catalogue) -> tuple[Arcs, Arcs]:
    """Return the arcs from the nodes of a use to facilities and to services; origins are rows of `needs.nodes`."""
    rows = np.nonzero((needs.nodes["use"] == use.key).to_numpy())[0]
    members = needs.members[needs.members["use"] == use.key]
    origins = centres(places.settlements, members["settlement"], members["node"], members["demand"])
    reference = catalogue.coefficient("reference_travel_km")
    found = [reach(use, origins, destinations, reference) for destinations in (places.facilities, places.services)]
    to_facilities, to_services = (Arcs(rows[arcs.origin], arcs.destination, arcs.km, arcs.share) for arcs in found)
    return to_facilities, to_services


def _need_masks(
    needs: Needs, arcs: dict[str, tuple[Arcs, Arcs]], facts: pd.DataFrame, uses: Sequence[Use]
) -> tuple[np.ndarray, np.ndarray]:
    """Return (F, U) whether a known need stands behind a use at a facility, and whether it is met by what exists."""
    needed = np.zeros((len(facts), len(uses)), dtype=bool)
    met = np.zeros_like(needed)
    commune = facts["commune"].to_numpy()
    for u, use in enumerate(uses):
        if use.family == "service":
            needed[np.unique(arcs[use.key][0].destination), u] = True
            continue
        rows = needs.commune_needs[needs.commune_needs["use"] == use.key]
        needed[:, u] = np.isin(commune, rows["commune"].to_numpy(dtype=int))
        full = rows[(rows["existing"] >= rows["need"]) & (rows["need"] > 0)]
        met[:, u] = np.isin(commune, full["commune"].to_numpy(dtype=int))
    return needed, met


def _open_locked_pairs(
    locks: pd.DataFrame,
    allowed: np.ndarray,
    rules: pd.DataFrame,
    uses: Sequence[Use],
    facts: pd.DataFrame,
    scenario: Scenario,
    inputs: Inputs,
) -> list[Record]:
    """Open the pairs that somebody already decided, and return a warning for each that a rule would have closed."""
    reason = {(f, use): rule for f, use, rule in zip(rules["facility_id"], rules["use"], rules["rule"], strict=True)}
    overridden = []
    for lock in locks[locks["kind"] != "forbid"].itertuples():
        u = _index(uses, lock.use)
        if not allowed[lock.facility, u]:
            overridden.append((lock.facility, lock.use, reason[(facts["facility_id"].iat[lock.facility], lock.use)]))
            allowed[lock.facility, u] = True
    return rule_records(pd.DataFrame(overridden, columns=["facility", "use", "rule"]), scenario, inputs)


def _service(
    problem: Problem,
    needs: Needs,
    arcs: dict[str, tuple[Arcs, Arcs]],
    setting: Setting,
    services: pd.DataFrame,
    uses: Sequence[Use],
    catalogue: Catalogue,
) -> tuple[Service, pd.DataFrame, np.ndarray]:
    """Return the service family, its offers and the km of its arcs.

    A facility offers places for the use it may receive; the working service in the same house counts only while the house
    keeps that use; every other service counts anyway.
    """
    keep = _index(uses, "keep_current")
    house = {facility_id: f for f, facility_id in enumerate(setting.facts["facility_id"])}
    offers: list[tuple[int, int, str, int, float]] = []
    node, offer, km, share = [], [], [], []

    def add(facility: int, service: int, use: str, pair: int, places: float, chosen: np.ndarray, found: Arcs) -> None:
        if pair == -2 or not places > 0 or not len(chosen):  # noqa: PLR2004
            return
        node.append(found.origin[chosen])
        offer.append(np.full(len(chosen), len(offers)))
        km.append(found.km[chosen])
        share.append(found.share[chosen])
        offers.append((facility, service, use, pair, places))

    for u, use in enumerate(uses):
        if use.family != "service":
            continue
        to_facilities, to_services = arcs[use.key]
        at_facility, at_service = _by_destination(to_facilities), _by_destination(to_services)
        places = setting.capacities[use.key]
        for f in np.nonzero(problem.eligible[:, u])[0]:
            add(int(f), -1, use.key, int(problem.pair_number[f, u]), float(places[f]), at_facility.get(int(f), _NONE), to_facilities)
        for s in np.nonzero((services["use"] == use.key).to_numpy())[0]:
            f = house.get(services["facility_id"].iat[s], -1)
            pair = -1 if f < 0 else _pair_or_none(problem, f, keep)
            size = services["capacity"].iat[s]
            add(f, int(s), use.key, pair, 0.0 if pd.isna(size) else float(size), at_service.get(int(s), _NONE), to_services)
    table = pd.DataFrame(offers, columns=["facility", "service", "use", "pair", "capacity"])
    worth = needs.nodes["weight"].to_numpy(float) * needs.nodes["use"].map({u.key: u.importance for u in uses}).to_numpy(float)
    family = Service(
        demand=needs.nodes["demand"].to_numpy(float),
        value=worth,
        group=needs.nodes["commune"].to_numpy(np.int64),
        offer_pair=table["pair"].to_numpy(np.int64),
        offer_capacity=table["capacity"].to_numpy(float),
        arc_node=_joined(node, np.int64),
        arc_offer=_joined(offer, np.int64),
        arc_travel=_joined(share, np.float64),
        travel_weight=catalogue.coefficient("travel_weight"),
    )
    return family, table, _joined(km, np.float64)


_NONE = np.zeros(0, dtype=np.int64)


def _joined(parts: list[np.ndarray], dtype: type) -> np.ndarray:
    return np.concatenate(parts).astype(dtype) if parts else np.zeros(0, dtype)


def _by_destination(arcs: Arcs) -> dict[int, np.ndarray]:
    """Return the arc numbers of each destination."""
    order = np.argsort(arcs.destination, kind="stable")
    destinations, starts = np.unique(arcs.destination[order], return_index=True)
    return {int(d): part for d, part in zip(destinations, np.split(order, starts[1:]), strict=True)} if len(order) else {}


def _pair_or_none(problem: Problem, facility: int, use: int) -> int:
    """Return the pair's number, or -2 where the pair is not eligible, so that nothing is offered."""
    pair = int(problem.pair_number[facility, use])
    return pair if pair >= 0 else -2


def _office(
    problem: Problem,
    needs: Needs,
    facts: pd.DataFrame,
    communes: pd.DataFrame,
    places: _Map,
    inputs: Inputs,
    services: pd.DataFrame,
    linked: np.ndarray,
    uses: Sequence[Use],
    catalogue: Catalogue,
) -> tuple[Office, np.ndarray]:
    rows = needs.commune_needs[needs.commune_needs["use"] == "commune_office"].reset_index(drop=True)
    order = {int(c): i for i, c in enumerate(rows["commune"])}
    u = _index(uses, "commune_office")
    eligible = np.nonzero(problem.eligible[:, u])[0]
    facility = np.array([f for f in eligible if int(facts["commune"].iat[f]) in order], dtype=np.int64)
    commune = facts["commune"].to_numpy()[facility]
    km = _mean_km(places.settlements, inputs, places.facilities.plane[facility], commune)
    people = communes["population"].to_numpy(float) * communes["weight"].to_numpy(float)
    price = catalogue.coefficient("office_travel_weight")
    needing = rows["commune"].to_numpy(dtype=int)
    kept_sites = rows["existing_sites"].to_numpy(np.int64)
    kept_km = _kept_km(places, services, inputs, needing)
    far = 2 * max(float(np.nanmax(km, initial=1.0)), float(np.nanmax(kept_km, initial=1.0)))
    move = np.where(kept_sites > 0, catalogue.coefficient("seat_move_weight"), 0.0)
    norm = catalogue.uses["commune_office"].norm
    local = np.array([order[int(c)] for c in commune], dtype=np.int64)
    office = Office(
        group=needing.astype(np.int64),
        need=rows["need"].to_numpy(float),
        kept=rows["existing"].to_numpy(float),
        value=rows["value"].to_numpy(float),
        max_sites=np.maximum(np.full(len(rows), int(norm("max_sites") or 1)), kept_sites),
        kept_sites=kept_sites,
        kept_travel=price * people[needing] * np.nan_to_num(kept_km),
        none_cost=price * people[needing] * far + move,
        pair=problem.pair_number[facility, u],
        pair_commune=local,
        pair_usable=np.nan_to_num(facts["usable_m2"].to_numpy(float)[facility]),
        pair_travel=price * people[commune] * np.nan_to_num(km, nan=far / 2) + move[local],
        tolerance=norm("over_tolerance") or 0.0,
        over_weight=catalogue.coefficient("over_norm_weight"),
        dispersion=catalogue.coefficient("dispersion_weight"),
    )
    return office, km


def _mean_km(settlements: Places, inputs: Inputs, plane: np.ndarray, commune: np.ndarray) -> np.ndarray:
    """Return (n,) population-weighted mean travel from the commune's settlements to each point; NaN where unknown."""
    people = inputs.settlements["population"].fillna(0).to_numpy(float)
    found = np.full(len(plane), np.nan)
    for i, c in enumerate(commune):
        inside = np.nonzero((settlements.commune == c) & np.isfinite(settlements.plane[:, 0]) & (people > 0))[0]
        if len(inside) and np.isfinite(plane[i, 0]):
            km = straight_line(settlements.plane[inside], np.broadcast_to(plane[i], (len(inside), 2)), settlements.detour[inside])
            found[i] = np.average(km, weights=people[inside])
    return found


def _kept_km(places: _Map, services: pd.DataFrame, inputs: Inputs, communes: np.ndarray) -> np.ndarray:
    """Return (C,) mean travel to the nearest seat that stays; NaN where there is none."""
    seats = np.nonzero(((services["use"] == "commune_office") & services["facility_id"].isna()).to_numpy())[0]
    km = _mean_km(places.settlements, inputs, places.services.plane[seats], places.services.commune[seats])
    best = pd.Series(km).groupby(places.services.commune[seats]).min()
    return best.reindex(communes).to_numpy(float)


def _commune_wide(
    problem: Problem, needs: Needs, facts: pd.DataFrame, linked: np.ndarray, uses: Sequence[Use], catalogue: Catalogue
) -> CommuneWide:
    """Return the counted needs; the working service in a surplus house counts while the house keeps its use."""
    rows = needs.commune_needs[needs.commune_needs["use"] != "commune_office"].reset_index(drop=True)
    keep = _index(uses, "keep_current")
    commune = facts["commune"].to_numpy()
    pair: list[int] = []
    of_need: list[int] = []
    for d, row in enumerate(rows.itertuples()):
        u = _index(uses, str(row.use))
        inside = commune == row.commune
        for mask, column in ((problem.eligible[:, u] & inside, u), (problem.eligible[:, keep] & inside & (linked == row.use), keep)):
            numbers = problem.pair_number[mask, column]
            pair += numbers.tolist()
            of_need += [d] * len(numbers)
    return CommuneWide(
        group=rows["commune"].to_numpy(np.int64),
        need=rows["need"].to_numpy(float),
        existing=rows["existing"].to_numpy(float),
        value=rows["value"].to_numpy(float),
        mandatory=rows["mandatory"].to_numpy(bool),
        pair=np.array(pair, dtype=np.int64),
        pair_need=np.array(of_need, dtype=np.int64),
        pair_amount=np.ones(len(pair)),
        over_weight=catalogue.coefficient("over_norm_weight"),
    )


def _site(problem: Problem, facts: pd.DataFrame, uses: Sequence[Use]) -> Site:
    """Return, for sites of several buildings, the uses they share as a whole and the neighbours they do not bear."""
    whole = [u for u, use in enumerate(uses) if use.whole_site]
    apart = [(_index(uses, a.key), _index(uses, b)) for a in uses for b in a.incompatible]
    equal, exclusive = [], []
    for members in facts.groupby("site").indices.values():
        for first, second in zip(members, members[1:], strict=False):
            equal += [(problem.pair_number[first, u], problem.pair_number[second, u]) for u in whole]
        for f in members if len(members) > 1 else ():
            for g in members:
                if f != g:
                    exclusive += [(problem.pair_number[f, u], problem.pair_number[g, v]) for u, v in apart]
    return Site(equal=_pairs(equal), exclusive=_pairs(exclusive))


def _pairs(found: list[tuple[int, int]]) -> np.ndarray:
    pairs = np.array(found, dtype=np.int64).reshape(-1, 2)
    return pairs[(pairs >= 0).all(axis=1)]


def _budget(
    problem: Problem, scenario: Scenario, cost: np.ndarray, facts: pd.DataFrame, communes: pd.DataFrame, catalogue: Catalogue
) -> Budget:
    asked = scenario.budget
    limits = {"renovation": asked.renovation_million_vnd, "equipment": asked.equipment_million_vnd}
    f, u = problem.pair_facility, problem.pair_use
    sources = tuple(
        Source(name, cost[i][f, u], np.inf if limit is None else limit) for i, (name, limit) in enumerate(limits.items())
    )
    group = None
    if asked.disadvantaged_share_min:
        chosen = np.append(favoured(communes, asked.disadvantaged), False)  # noqa: FBT003
        group = chosen[facts["commune"].to_numpy()[f]]
    return Budget(
        sources=sources,
        weight=catalogue.coefficient("money_weight"),
        group=group,
        share_min=asked.disadvantaged_share_min or 0.0,
        slack_weight=catalogue.coefficient("share_slack_weight"),
    )


def favoured(communes: pd.DataFrame, classes: Sequence[str]) -> np.ndarray:
    """Return (C,) whether a commune belongs to one of the priority classes, by difficulty or by its leading class."""
    return np.asarray(communes["difficulty"].isin(classes) | communes["priority_class"].isin(classes))


def _locks(problem: Problem, locks: pd.DataFrame, uses: Sequence[Use]) -> Locks:
    numbers: dict[bool, list[int]] = {True: [], False: []}
    for lock in locks.itertuples():
        pair = int(problem.pair_number[lock.facility, _index(uses, lock.use)])
        if pair >= 0:
            numbers[lock.kind != "forbid"].append(pair)
    return Locks(require=np.array(numbers[True], dtype=np.int64), forbid=np.array(numbers[False], dtype=np.int64))


def _fairness(scenario: Scenario, communes: pd.DataFrame, catalogue: Catalogue) -> Fairness:
    """Return the fairness family before the attainable shares are known; they are found by small solves."""
    tau = scenario.fairness.tau
    return Fairness(
        attainable=np.zeros(len(communes)),
        value=(communes["population"] * communes["weight"]).to_numpy(float),
        tau=catalogue.coefficient("fairness_tau") if tau is None else tau,
    )


def _limits(problem: Problem, scenario: Scenario, inputs: Inputs, uses: Sequence[Use]) -> tuple[Limit, ...]:
    facilities = inputs.facilities
    limits: list[Limit] = []
    for i, asked in enumerate(scenario.limits):
        chosen = problem.eligible[:, _index(uses, asked.use)].copy()
        for column, value in (("commune_code", asked.commune), ("owner", asked.owner), ("old_district", asked.district)):
            if value is not None:
                chosen &= (facilities[column] == value).fillna(False).to_numpy(bool)  # noqa: FBT003
        pairs = problem.pair_number[chosen, _index(uses, asked.use)]
        label = f"limits[{i}]"
        for sense, number in (("<=", asked.max), (">=", asked.min), ("=", asked.equal)):
            if number is not None:
                limits.append(Limit(pairs, sense, float(number), label))
    return tuple(limits)


def _planning_updates(problem: Problem, planning: np.ndarray, uses: Sequence[Use]) -> np.ndarray:
    """Return (A,) whether a public use needs planning to be updated or checked first."""
    public = np.array([use.public for use in uses])
    f, u = problem.pair_facility, problem.pair_use
    return np.asarray(public[u] & np.isin(planning[f, u].astype(str), ["conform_after_update", "unknown"]))


def _cascade(problem: Problem, uses: Sequence[Use], catalogue: Catalogue) -> np.ndarray:
    """Return (A,) price of each outcome: a need must outweigh the steps of `claim_steps`, exits stand in their order."""
    claim = catalogue.coefficient("claim_steps")
    steps = np.array([claim if use.public else use.cascade_cost for use in uses])
    return np.asarray(steps[problem.pair_use] * catalogue.coefficient("cascade_weight"))


def _tie(problem: Problem, facts: pd.DataFrame, uses: Sequence[Use]) -> np.ndarray:
    """Return (A,) a tiny cost fixed by facility and use, less than `TIE_TOTAL` in any plan."""
    names = facts["facility_id"].to_numpy()
    hashed = [
        zlib.crc32(f"{names[f]}|{uses[u].key}".encode()) for f, u in zip(problem.pair_facility, problem.pair_use, strict=True)
    ]
    return np.asarray(hashed, dtype=float) / 2**32 * TIE_TOTAL / max(len(facts), 1)

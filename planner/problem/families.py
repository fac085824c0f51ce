"""One builder for each constraint family: from facts, needs and places to the arrays that the model reads."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import pandas as pd

from planner.catalogue import Catalogue, Use
from planner.inputs.tables import Inputs
from planner.model.problem import (
    AreaShare,
    Budget,
    CommuneWide,
    Fairness,
    Limit,
    Locks,
    Office,
    Problem,
    Service,
    Site,
    Source,
    Stability,
)
from planner.problem.facts import favoured, number_of
from planner.problem.needs import Needs
from planner.problem.places import Positions, UseArcs, kept_seat_km, mean_km
from planner.problem.reach import Arcs
from planner.scenario import Scenario

_EXISTS, _CLOSED = -1, -2  # in place of a pair: the service exists anyway; the pair is not eligible, nothing is offered
_NO_ARCS = np.zeros(0, dtype=np.int64)
TIE_TOTAL = 1e-2
"""Most that all ties of a plan may cost together, in persons-equivalent."""


@dataclass(frozen=True)
class Parts:
    """What the families are built from.

    Attributes
    ----------
    problem : the eligible pairs and their numbers, no family yet.
    facts, communes : see `facts`. services : the services that stay. linked : (F,) use of the service in the house.
    """

    problem: Problem
    scenario: Scenario
    inputs: Inputs
    catalogue: Catalogue
    uses: Sequence[Use]
    facts: pd.DataFrame
    communes: pd.DataFrame
    services: pd.DataFrame
    needs: Needs
    positions: Positions
    linked: np.ndarray


@dataclass(frozen=True)
class _Offer:
    """Places for a use: by a facility, or by a service (numbers, -1 for none), with the arcs that end there."""

    facility: int
    service: int
    use: str
    pair: int
    places: float
    arcs: Arcs


def service_family(
    parts: Parts, arcs: dict[str, UseArcs], capacities: dict[str, np.ndarray]
) -> tuple[Service, pd.DataFrame, np.ndarray]:
    """Return the service family, its offers and the km of its arcs.

    A facility offers places for the use it may receive; the working service in the same house counts only while the
    house keeps that use; every other service counts anyway.
    """
    every = [o for key, found in arcs.items() for o in _offers(parts, key, found, capacities[key])]
    offers = [o for o in every if o.pair != _CLOSED and o.places > 0 and len(o.arcs.origin)]
    rows = [(o.facility, o.service, o.use, o.pair, o.places) for o in offers]
    table = pd.DataFrame(rows, columns=["facility", "service", "use", "pair", "capacity"])
    nodes = parts.needs.nodes
    importance = nodes["use"].map({use.key: use.importance for use in parts.uses}).to_numpy(float)
    family = Service(
        demand=nodes["demand"].to_numpy(float),
        value=nodes["weight"].to_numpy(float) * importance,
        group=nodes["commune"].to_numpy(np.int64),
        offer_pair=table["pair"].to_numpy(np.int64),
        offer_capacity=table["capacity"].to_numpy(float),
        arc_node=_joined([o.arcs.origin for o in offers], np.int64),
        arc_offer=_joined([np.full(len(o.arcs.origin), i) for i, o in enumerate(offers)], np.int64),
        arc_travel=_joined([o.arcs.share for o in offers], np.float64),
        travel_weight=parts.catalogue.coefficient("travel_weight"),
    )
    return family, table, _joined([o.arcs.km for o in offers], np.float64)


def _offers(parts: Parts, use: str, arcs: UseArcs, places: np.ndarray) -> Iterator[_Offer]:
    pairs, services = parts.problem.pair_number, parts.services
    u, keep = number_of(parts.uses, use), number_of(parts.uses, "keep_current")
    at_facility, at_service = _by_destination(arcs.to_facilities), _by_destination(arcs.to_services)
    for f in np.nonzero(parts.problem.eligible[:, u])[0].tolist():
        yield _Offer(f, -1, use, int(pairs[f, u]), float(places[f]), _taken(arcs.to_facilities, at_facility.get(f)))
    house = {facility_id: f for f, facility_id in enumerate(parts.facts["facility_id"])}
    inside, size = services["facility_id"].tolist(), services["capacity"].fillna(0.0).tolist()
    for s in np.nonzero((services["use"] == use).to_numpy())[0].tolist():
        f = house.get(inside[s], -1)
        pair = _EXISTS if f < 0 else _pair_or_closed(parts.problem, f, keep)
        yield _Offer(f, s, use, pair, float(size[s]), _taken(arcs.to_services, at_service.get(s)))


def _by_destination(arcs: Arcs) -> dict[int, np.ndarray]:
    """Return the arc numbers of each destination."""
    if not len(arcs.destination):
        return {}
    order = np.argsort(arcs.destination, kind="stable")
    destinations, starts = np.unique(arcs.destination[order], return_index=True)
    return dict(zip(destinations.tolist(), np.split(order, starts[1:]), strict=True))


def _taken(arcs: Arcs, chosen: np.ndarray | None) -> Arcs:
    chosen = _NO_ARCS if chosen is None else chosen
    return Arcs(arcs.origin[chosen], arcs.destination[chosen], arcs.km[chosen], arcs.share[chosen])


def _joined(found: list[np.ndarray], dtype: type) -> np.ndarray:
    return np.concatenate(found).astype(dtype) if found else np.zeros(0, dtype)


def _pair_or_closed(problem: Problem, facility: int, use: int) -> int:
    pair = int(problem.pair_number[facility, use])
    return pair if pair >= 0 else _CLOSED


def office_family(parts: Parts) -> tuple[Office, np.ndarray]:
    """Return the office family, and the mean travel in km of the commune's people to each candidate."""
    needs, catalogue = parts.needs.commune_needs, parts.catalogue
    rows = needs[needs["use"] == "commune_office"].reset_index(drop=True)
    needing = rows["commune"].to_numpy(dtype=int)
    order = {int(c): i for i, c in enumerate(needing)}
    u = number_of(parts.uses, "commune_office")
    where = parts.facts["commune"].to_numpy()
    eligible = np.nonzero(parts.problem.eligible[:, u])[0]
    facility = np.array([f for f in eligible if int(where[f]) in order], dtype=np.int64)
    commune = where[facility]
    local = np.array([order[int(c)] for c in commune], dtype=np.int64)
    km = mean_km(parts.positions, parts.positions.facilities.take(facility), commune)
    kept_km = kept_seat_km(parts.positions, parts.services, needing)
    far = 2 * max(float(np.nanmax(km, initial=1.0)), float(np.nanmax(kept_km, initial=1.0)))
    people = parts.communes["population"].to_numpy(float) * parts.communes["weight"].to_numpy(float)
    price = catalogue.coefficient("office_travel_weight")
    kept_sites = rows["existing_sites"].to_numpy(np.int64)
    move = np.where(kept_sites > 0, catalogue.coefficient("seat_move_weight"), 0.0)
    norm = catalogue.uses["commune_office"].norm
    office = Office(
        group=needing.astype(np.int64),
        need=rows["need"].to_numpy(float),
        kept=rows["existing"].to_numpy(float),
        value=rows["value"].to_numpy(float),
        max_sites=np.maximum(np.full(len(rows), int(norm("max_sites") or 1)), kept_sites),
        kept_sites=kept_sites,
        kept_travel=price * people[needing] * np.nan_to_num(kept_km),
        none_cost=price * people[needing] * far + move,
        pair=parts.problem.pair_number[facility, u],
        pair_commune=local,
        pair_usable=np.nan_to_num(parts.facts["usable_m2"].to_numpy(float)[facility]),
        pair_travel=price * people[commune] * np.nan_to_num(km, nan=far / 2) + move[local],
        tolerance=norm("over_tolerance") or 0.0,
        over_weight=catalogue.coefficient("over_norm_weight"),
        dispersion=catalogue.coefficient("dispersion_weight"),
    )
    return office, km


def commune_wide_family(parts: Parts) -> CommuneWide:
    """Return the counted needs; the working service in a surplus house counts while the house keeps its use."""
    needs, problem = parts.needs.commune_needs, parts.problem
    rows = needs[needs["use"] != "commune_office"].reset_index(drop=True)
    keep = number_of(parts.uses, "keep_current")
    where = parts.facts["commune"].to_numpy()
    pair: list[int] = []
    of_need: list[int] = []
    for d, (use, commune) in enumerate(zip(rows["use"], rows["commune"], strict=True)):
        u, inside = number_of(parts.uses, str(use)), where == commune
        new, kept = problem.eligible[:, u] & inside, problem.eligible[:, keep] & inside & (parts.linked == use)
        numbers = [*problem.pair_number[new, u].tolist(), *problem.pair_number[kept, keep].tolist()]
        pair += numbers
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
        over_weight=parts.catalogue.coefficient("over_norm_weight"),
    )


def site_family(parts: Parts) -> Site:
    """Return, for sites of several buildings, the uses they share as a whole and the neighbours they do not bear."""
    uses, number = parts.uses, parts.problem.pair_number
    whole = [u for u, use in enumerate(uses) if use.whole_site]
    apart = [(number_of(uses, a.key), number_of(uses, b)) for a in uses for b in a.incompatible]
    equal: list[tuple[int, int]] = []
    exclusive: list[tuple[int, int]] = []
    for found in parts.facts.groupby("site").indices.values():
        members = [int(f) for f in found]
        for first, second in pairwise(members):
            equal += [(number[first, u], number[second, u]) for u in whole]
        neighbours = [(f, g) for f in members for g in members if f != g]
        exclusive += [(number[f, u], number[g, v]) for f, g in neighbours for u, v in apart]
    return Site(equal=_pairs(equal), exclusive=_pairs(exclusive))


def _pairs(found: list[tuple[int, int]]) -> np.ndarray:
    pairs = np.array(found, dtype=np.int64).reshape(-1, 2)
    return pairs[(pairs >= 0).all(axis=1)]


def budget_family(parts: Parts, cost: np.ndarray) -> Budget:
    """Return the money by source, (S, F, U) `cost`, and the share that the favoured communes must get."""
    asked, catalogue = parts.scenario.budget, parts.catalogue
    limits = {"renovation": asked.renovation_million_vnd, "equipment": asked.equipment_million_vnd}
    f, u = parts.problem.pair_facility, parts.problem.pair_use
    sources = tuple(
        Source(name, cost[i][f, u], np.inf if limit is None else limit)
        for i, (name, limit) in enumerate(limits.items())
    )
    return Budget(
        sources=sources,
        weight=catalogue.coefficient("money_weight"),
        group=favoured_pairs(parts.communes, parts.facts, parts.problem, parts.scenario.budget.disadvantaged)
        if asked.disadvantaged_share_min
        else None,
        share_min=asked.disadvantaged_share_min or 0.0,
        slack_weight=catalogue.coefficient("share_slack_weight"),
    )


def locks_family(parts: Parts, locks: pd.DataFrame) -> Locks:
    """Return the pairs that decisions require or forbid; see `locks.find_locks`."""
    require: list[int] = []
    forbid: list[int] = []
    for f, use, kind in zip(locks["facility"], locks["use"], locks["kind"], strict=True):
        pair = int(parts.problem.pair_number[f, number_of(parts.uses, use)])
        if pair >= 0:
            (forbid if kind == "forbid" else require).append(pair)
    return Locks(require=np.array(require, dtype=np.int64), forbid=np.array(forbid, dtype=np.int64))


def fairness_family(parts: Parts) -> Fairness:
    """Return the fairness family before the attainable shares are known; they are found by small solves.

    A share that the scenario states is a promise to every commune: tau_c = tau. Where it states none,
    tau_c = tau w_c / max w: the communes with the highest priority weight are to reach the full share, and the others
    less, so that the default hands back nothing of what the priority weights give.
    """
    communes, stated = parts.communes, parts.scenario.fairness.tau
    weight = communes["weight"].to_numpy(float)
    assumed = parts.catalogue.coefficient("fairness_tau") * weight / weight.max(initial=0.0)
    return Fairness(
        attainable=np.zeros(len(communes)),
        value=communes["population"].to_numpy(float) * weight,
        tau=assumed if stated is None else np.full(len(communes), stated),
    )


def area_share_family(parts: Parts) -> AreaShare:
    """Return the share of the area given to public needs that the favoured communes must get; unknown area is none."""
    f, u = parts.problem.pair_facility, parts.problem.pair_use
    public = np.array([use.public for use in parts.uses])[u]
    return AreaShare(
        area=np.where(public, np.nan_to_num(parts.facts["usable_m2"].to_numpy(float)[f]), 0.0),
        group=favoured_pairs(parts.communes, parts.facts, parts.problem, parts.scenario.budget.disadvantaged),
        share_min=parts.scenario.fairness.area_share_min or 0.0,
        slack_weight=parts.catalogue.coefficient("area_slack_weight"),
    )


def favoured_pairs(communes: pd.DataFrame, facts: pd.DataFrame, problem: Problem, classes: Sequence[str]) -> np.ndarray:
    """Return (A,) whether a pair's facility lies in a commune of one of the priority classes."""
    chosen = np.append(favoured(communes, classes), [False])
    return np.asarray(chosen[facts["commune"].to_numpy()[problem.pair_facility]])


def limits_family(parts: Parts) -> tuple[Limit, ...]:
    """Return the scenario's limits on how many facilities have a use, of a commune, owner or former district."""
    facilities, problem = parts.inputs.facilities, parts.problem
    limits: list[Limit] = []
    for i, asked in enumerate(parts.scenario.limits):
        u = number_of(parts.uses, asked.use)
        chosen = problem.eligible[:, u].copy()
        places = {"commune_code": asked.commune, "owner": asked.owner, "old_district": asked.district}
        for column, value in places.items():
            if value is not None:
                chosen &= (facilities[column] == value).fillna(value=False).to_numpy(bool)
        numbers: dict[Literal["<=", ">=", "="], int | None] = {"<=": asked.max, ">=": asked.min, "=": asked.equal}
        pairs, label = problem.pair_number[chosen, u], f"limits[{i}]"
        limits += [Limit(pairs, sense, float(n), label) for sense, n in numbers.items() if n is not None]
    return tuple(limits)


def stability_family(parts: Parts) -> Stability:
    """Return the use of each facility in the earlier plan, -1 where it knows none, and what a change costs."""
    previous = parts.inputs.previous
    if previous is None:
        return Stability()
    number = {use.key: u for u, use in enumerate(parts.uses)}
    use = dict(zip(previous["facility_id"], previous["new_use"], strict=True))
    earlier = [number.get(use.get(facility_id, ""), -1) for facility_id in parts.facts["facility_id"]]
    return Stability(np.array(earlier, dtype=np.int64), parts.catalogue.coefficient("change_cost"))


def planning_updates(parts: Parts, planning: np.ndarray) -> np.ndarray:
    """Return (A,) whether a public use needs planning to be updated or checked first; (F, U) `planning` status."""
    public = np.array([use.public for use in parts.uses])
    f, u = parts.problem.pair_facility, parts.problem.pair_use
    return np.asarray(public[u] & np.isin(planning[f, u].astype(str), ["conform_after_update", "unknown"]))


def cascade_cost(parts: Parts) -> np.ndarray:
    """Return (A,) price of each outcome: a need must outweigh the steps of `claim_steps`, exits keep their order."""
    claim = parts.catalogue.coefficient("claim_steps")
    steps = np.array([claim if use.public else use.cascade_cost for use in parts.uses])
    return np.asarray(steps[parts.problem.pair_use] * parts.catalogue.coefficient("cascade_weight"))


def tie_cost(parts: Parts) -> np.ndarray:
    """Return (A,) a tiny cost fixed by facility and use, less than `TIE_TOTAL` in any plan."""
    names, uses = parts.facts["facility_id"].to_numpy(), parts.uses
    pairs = zip(parts.problem.pair_facility, parts.problem.pair_use, strict=True)
    hashed = [zlib.crc32(f"{names[f]}|{uses[u].key}".encode()) for f, u in pairs]
    return np.asarray(hashed, dtype=float) / 2**32 * TIE_TOTAL / max(len(names), 1)

"""The problem in sets and arrays: what the constraint families read. No geometry, no tables, no language.

A *pair* is an eligible (facility, use); pairs are numbered row by row of `eligible`, and every family refers to
facilities and uses through pair numbers. Persons-equivalent means share missing x population concerned x priority
weight x importance of the need.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def _ints() -> Ints:
    return np.zeros(0, dtype=np.int64)


def _floats() -> Floats:
    return np.zeros(0, dtype=np.float64)


@dataclass(frozen=True)
class Service:
    """Demand that people reach: places at school and the like.

    Attributes
    ----------
    demand : (N,) persons q of each node (a settlement and a use).
    value : (N,) persons-equivalent of one person unserved (priority weight x importance).
    group : (N,) fairness group (commune) of each node, -1 for none.
    offer_pair : (O,) the pair that brings the offer, -1 for a service that exists anyway.
    offer_capacity : (O,) persons k.
    arc_node, arc_offer : (R,) which node reaches which offer within the limit.
    arc_travel : (R,) travel as a share of the limit, 0 to 1.
    travel_weight : persons-equivalent of one served person at the limit, relative to being unserved.
    """

    demand: Floats = field(default_factory=_floats)
    value: Floats = field(default_factory=_floats)
    group: Ints = field(default_factory=_ints)
    offer_pair: Ints = field(default_factory=_ints)
    offer_capacity: Floats = field(default_factory=_floats)
    arc_node: Ints = field(default_factory=_ints)
    arc_offer: Ints = field(default_factory=_ints)
    arc_travel: Floats = field(default_factory=_floats)
    travel_weight: float = 0.05


@dataclass(frozen=True)
class Office:
    """Office area of communes and their main offices.

    Attributes
    ----------
    group : (C,) fairness group (commune) of each need. value : (C,) persons-equivalent of having nothing.
    need : (C,) usable m². kept : (C,) usable m² of seats that stay.
    max_sites : (C,) most sites, kept ones included. kept_sites : (C,) seats that stay.
    kept_travel : (C,) persons-equivalent of travel to the kept seat; only read where kept_sites > 0.
    none_cost : (C,) persons-equivalent of having no main office.
    pair, pair_commune, pair_usable, pair_travel : (P,) office candidates, their commune, usable m², and the
        persons-equivalent of travel (and of moving the seat) if it becomes the main office.
    tolerance : share over the need that costs nothing. over_weight : price of area beyond it, as a share of `value`.
    dispersion : persons-equivalent of each new site.
    """

    group: Ints = field(default_factory=_ints)
    need: Floats = field(default_factory=_floats)
    kept: Floats = field(default_factory=_floats)
    value: Floats = field(default_factory=_floats)
    max_sites: Ints = field(default_factory=_ints)
    kept_sites: Ints = field(default_factory=_ints)
    kept_travel: Floats = field(default_factory=_floats)
    none_cost: Floats = field(default_factory=_floats)
    pair: Ints = field(default_factory=_ints)
    pair_commune: Ints = field(default_factory=_ints)
    pair_usable: Floats = field(default_factory=_floats)
    pair_travel: Floats = field(default_factory=_floats)
    tolerance: float = 0.1
    over_weight: float = 0.5
    dispersion: float = 20.0


@dataclass(frozen=True)
class CommuneWide:
    """Needs counted per commune: so many health stations, culture houses and the like.

    Attributes
    ----------
    group : (M,) fairness group (commune) of each need. value : (M,) persons-equivalent of one missing.
    need : (M,) number d. existing : (M,) number that stays.
    mandatory : (M,) whether it belongs to the mandatory term.
    pair, pair_need, pair_amount : (P,) candidates, the need they count for, and how much.
    over_weight : price of one too many, as a share of `value`.
    """

    group: Ints = field(default_factory=_ints)
    need: Floats = field(default_factory=_floats)
    existing: Floats = field(default_factory=_floats)
    value: Floats = field(default_factory=_floats)
    mandatory: Bools = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    pair: Ints = field(default_factory=_ints)
    pair_need: Ints = field(default_factory=_ints)
    pair_amount: Floats = field(default_factory=_floats)
    over_weight: float = 0.5


@dataclass(frozen=True)
class Site:
    """Buildings of one site: uses that the whole site must share, and uses that exclude each other.

    Attributes
    ----------
    equal : (E, 2) pairs that are chosen together. exclusive : (X, 2) pairs of which at most one is chosen.
    """

    equal: Ints = field(default_factory=lambda: np.zeros((0, 2), dtype=np.int64))
    exclusive: Ints = field(default_factory=lambda: np.zeros((0, 2), dtype=np.int64))


@dataclass(frozen=True)
class Source:
    """One source of money: cost (A,) and limit in million VND; no limit is infinity."""

    name: str
    cost: Floats
    limit: float = np.inf


@dataclass(frozen=True)
class Budget:
    """Money by source, its price, and the share of the money spent that a group must get.

    Attributes
    ----------
    sources : costs and limits. weight : persons-equivalent per million VND.
    group : (A,) pairs of the favoured group, or None. share_min : least share of all money spent.
    slack_weight : persons-equivalent per million VND missing from that share.
    """

    sources: tuple[Source, ...] = ()
    weight: float = 0.1
    group: Bools | None = None
    share_min: float = 0.0
    slack_weight: float = 1.0


@dataclass(frozen=True)
class Locks:
    """Decisions already taken: `require` and `forbid` are pair numbers."""

    require: Ints = field(default_factory=_ints)
    forbid: Ints = field(default_factory=_ints)


@dataclass(frozen=True)
class Fairness:
    """Convex shortfall of each group below a share of its own best attainable level.

    Attributes
    ----------
    attainable : (G,) best share a of its demand that a group could get.
    value : (G,) persons-equivalent of a full shortfall.
    tau : share of `attainable` to reach, one for all or (G,).
    slopes : price of the upper and of the deeper half of the shortfall.
    """

    attainable: Floats = field(default_factory=_floats)
    value: Floats = field(default_factory=_floats)
    tau: Floats | float = 0.6
    slopes: tuple[float, float] = (1.0, 3.0)


@dataclass(frozen=True)
class AreaShare:
    """The share of the area given to public needs that a group must get.

    Attributes
    ----------
    area : (A,) usable m² that each pair gives to a public need. group : (A,) pairs of the favoured group.
    share_min : least share of all such area. slack_weight : persons-equivalent per m² missing from that share.
    """

    area: Floats = field(default_factory=_floats)
    group: Bools = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    share_min: float = 0.0
    slack_weight: float = 0.5


@dataclass(frozen=True)
class Limit:
    """Sum of the named pairs against a number."""

    pairs: Ints
    sense: Literal["<=", ">=", "="]
    number: float
    label: str = ""


@dataclass(frozen=True)
class Stability:
    """What an earlier plan decided.

    Attributes
    ----------
    earlier : (F,) use that each facility had, -1 where it had none; empty where there is no earlier plan.
    price : persons-equivalent of one changed decision.
    """

    earlier: Ints = field(default_factory=_ints)
    price: float = 1.0


@dataclass(frozen=True)
class Problem:
    """Everything the model needs.

    Attributes
    ----------
    eligible : (F, U) which use each facility may receive.
    planning_update : (A,) pairs that need an update of planning. planning_weight : persons-equivalent of one.
    cascade_cost : (A,) persons-equivalent by the catalogue's order of tiers and exits.
    tie : (A,) tiny deterministic cost that makes the optimum unique.
    """

    eligible: Bools
    service: Service = field(default_factory=Service)
    office: Office = field(default_factory=Office)
    commune_wide: CommuneWide = field(default_factory=CommuneWide)
    site: Site = field(default_factory=Site)
    budget: Budget = field(default_factory=Budget)
    locks: Locks = field(default_factory=Locks)
    fairness: Fairness = field(default_factory=Fairness)
    area_share: AreaShare = field(default_factory=AreaShare)
    limits: tuple[Limit, ...] = ()
    stability: Stability = field(default_factory=Stability)
    planning_update: Bools | None = None
    planning_weight: float = 5.0
    cascade_cost: Floats | None = None
    tie: Floats | None = None

    @cached_property
    def pair_facility(self) -> Ints:
        """(A,) facility of each pair."""
        return np.nonzero(self.eligible)[0].astype(np.int64)

    @cached_property
    def pair_use(self) -> Ints:
        """(A,) use of each pair."""
        return np.nonzero(self.eligible)[1].astype(np.int64)

    @cached_property
    def pair_number(self) -> Ints:
        """(F, U) number of each pair, -1 where not eligible."""
        numbers = np.full(self.eligible.shape, -1, dtype=np.int64)
        numbers[self.eligible] = np.arange(int(self.eligible.sum()))
        return numbers

    @property
    def n_pairs(self) -> int:
        """Number A of eligible pairs."""
        return len(self.pair_facility)

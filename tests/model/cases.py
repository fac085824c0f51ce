"""One tiny problem for each family, small enough to write its rows down by hand."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from planner.model.assembly import TERMS
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


def floats(*values: float) -> NDArray[np.float64]:
    return np.array(values, dtype=np.float64)


def ints(*values: int) -> NDArray[np.int64]:
    return np.array(values, dtype=np.int64)


def bools(*values: int) -> NDArray[np.bool_]:
    return np.array(values, dtype=np.bool_)


TWO_BY_TWO = np.ones((2, 2), dtype=np.bool_)
"""Facilities 0 and 1, uses 0 and 1: pairs 0 and 1 belong to the first facility, 2 and 3 to the second."""

SOME = np.array([[1, 0, 1], [0, 1, 0]], dtype=np.bool_)
"""Facility 0 may take uses 0 and 2 (pairs 0 and 1), facility 1 only use 1 (pair 2)."""

SCHOOLS = Service(
    demand=floats(32, 16),
    value=floats(2, 1),
    group=ints(0, 1),
    offer_pair=ints(-1, 0),
    offer_capacity=floats(10, 20),
    arc_node=ints(0, 0, 1),
    arc_offer=ints(0, 1, 1),
    arc_travel=floats(0.5, 0, 1),
    travel_weight=0.25,
)
"""32 persons reach the existing school (10 places, half-way to the limit) and pair 0 (20 places, next door), so that 2
of them, 4 persons-equivalent, have no place whatever is decided; 16 persons, worth half as much, reach only pair 0."""

OFFICES = Office(
    group=ints(0, 1),
    need=floats(200, 100),
    kept=floats(0, 40),
    value=floats(1000, 600),
    max_sites=ints(2, 2),
    kept_sites=ints(0, 1),
    kept_travel=floats(0, 7),
    none_cost=floats(50, 60),
    pair=ints(0, 2),
    pair_commune=ints(0, 0),
    pair_usable=floats(120, 90),
    pair_travel=floats(5, 9),
    tolerance=0.125,
    over_weight=0.5,
    dispersion=20.0,
)
"""Commune 0 needs 200 m² and may take pairs 0 (120 m²) and 2 (90 m²); commune 1 has only its seat of 40 m²."""

STATIONS = CommuneWide(
    group=ints(0, 1, 1),
    need=floats(1, 2, 0),
    existing=floats(0, 1, 3),
    value=floats(300, 100, 80),
    mandatory=bools(1, 0, 0),
    pair=ints(0, 2, 3),
    pair_need=ints(0, 0, 2),
    pair_amount=floats(1, 1, 1),
)
"""A mandatory need with two candidates, another that nothing can meet, and one that says "no need here"."""

MONEY = Budget(
    sources=(Source("renovation", floats(8, 0, 4, 2), 10.0), Source("equipment", floats(0, 1, 2, 0))),
    weight=0.5,
    group=bools(0, 0, 1, 1),
    share_min=0.25,
    slack_weight=3.0,
)
"""Renovation costs 8, 0, 4 and 2 of 10 million; equipment has no limit; a quarter of the spending is for facility 1."""

CASES: Mapping[str, Problem] = {
    "eligibility": Problem(eligible=SOME),
    "outcome": Problem(eligible=TWO_BY_TWO),
    "service": Problem(eligible=TWO_BY_TWO, service=SCHOOLS),
    "office": Problem(eligible=TWO_BY_TWO, office=OFFICES),
    "commune_wide": Problem(eligible=TWO_BY_TWO, commune_wide=STATIONS),
    "planning": Problem(eligible=TWO_BY_TWO, planning_update=bools(0, 1, 0, 1), planning_weight=5.0),
    "site": Problem(eligible=TWO_BY_TWO, site=Site(equal=np.array([[0, 2]]), exclusive=np.array([[1, 2], [0, 3]]))),
    "budget": Problem(eligible=TWO_BY_TWO, budget=MONEY),
    "locks": Problem(eligible=TWO_BY_TWO, locks=Locks(require=ints(1), forbid=ints(2))),
    "fairness": Problem(
        eligible=TWO_BY_TWO,
        service=SCHOOLS,
        fairness=Fairness(
            attainable=floats(1.0, 0.5, 0.75), value=floats(100, 40, 30), tau=floats(0.5, 0.25, 1.0), slopes=(1.0, 3.0)
        ),
    ),
    "area_share": Problem(
        eligible=TWO_BY_TWO, area_share=AreaShare(floats(80, 0, 120, 40), bools(1, 1, 0, 0), 0.25, 0.5)
    ),
    "limits": Problem(
        eligible=TWO_BY_TWO,
        limits=(
            Limit(ints(0, 2), "<=", 1),
            Limit(ints(1, 3), ">=", 1),
            Limit(ints(0, 3), "=", 2),
            Limit(ints(), "<=", 0),
        ),
    ),
    "stability": Problem(
        eligible=np.array([[1, 1, 0], [1, 0, 1], [1, 1, 1]], dtype=np.bool_), stability=Stability(ints(1, 1, -1), 2.5)
    ),
    "cascade": Problem(eligible=TWO_BY_TWO, cascade_cost=floats(0, 100, 200, 1000)),
    "objective": Problem(
        eligible=TWO_BY_TWO,
        service=SCHOOLS,
        office=OFFICES,
        commune_wide=STATIONS,
        budget=MONEY,
        fairness=Fairness(attainable=floats(1.0, 0.5), value=floats(100, 40), tau=0.5),
        planning_update=bools(0, 1, 0, 1),
        cascade_cost=floats(0, 100, 200, 1000),
        tie=floats(0.001, 0.002, 0.003, 0.004),
    ),
}
"""The case of each family, without data but what the family cannot do without; and all terms together."""

_PLAIN = dict.fromkeys(TERMS, 1.0)
WEIGHTS: Mapping[str, Mapping[str, float]] = {
    **dict.fromkeys(CASES, _PLAIN),
    "objective": {"mandatory": 64.0, "fairness": 32.0, "services": 16.0, "money": 8.0, "quality": 4.0, "cascade": 2.0},
}

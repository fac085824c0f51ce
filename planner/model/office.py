"""Office area of each commune, its main office and the number of its sites."""

from __future__ import annotations

import numpy as np
import pulp

from planner.model.assembly import Model, grouped
from planner.model.problem import Floats, Office, Problem


def add_office(model: Model, problem: Problem) -> None:
    """Cover the office need of every commune c.

    Area: sum of usable_f x_f + kept + short - free - over = need, with free <= tolerance x need.
    Main office: sum of m_f + m_kept + none = 1, and m_f <= x_f.
    Sites: sum of x_f + kept sites <= max sites.
    Shortage is mandatory; excess, dispersion and travel to the main office are quality.
    """
    office = problem.office
    count = len(office.need)
    per_m2 = office.value / np.maximum(office.need, 1.0)
    short = model.variables("short", count)
    free = model.variables("free", count, office.tolerance * office.need)
    over = model.variables("over", count)
    none = model.variables("none", count, 1.0)
    stay = model.variables("stay", count, (office.kept_sites > 0).astype(float))
    model.main = model.variables("m", len(office.pair), binary=True)
    for c, candidates in enumerate(grouped(office.pair_commune, count)):
        x = [model.x[office.pair[p]] for p in candidates]
        area = [*zip(x, office.pair_usable[candidates], strict=True), (short[c], 1.0), (free[c], -1.0), (over[c], -1.0)]
        model.row(f"office_area{c}", area, "=", float(office.need[c] - office.kept[c]))
        seats: list[tuple[pulp.LpVariable, float]] = [(model.main[p], 1.0) for p in candidates]
        model.row(f"main_office{c}", [*seats, (stay[c], 1.0), (none[c], 1.0)], "=", 1.0)
        model.row(f"office_sites{c}", [(v, 1.0) for v in x], "<=", float(office.max_sites[c] - office.kept_sites[c]))
    for p, pair in enumerate(office.pair):
        model.row(f"main_is_office{p}", [(model.main[p], 1.0), (model.x[pair], -1.0)], "<=", 0.0)
    model.charge("mandatory", short, per_m2)
    model.charge("quality", over, office.over_weight * per_m2)
    model.charge("quality", none, office.none_cost)
    model.charge("quality", stay, office.kept_travel)
    model.charge("quality", model.main, office.pair_travel)
    model.charge("quality", [model.x[a] for a in office.pair], np.full(len(office.pair), office.dispersion))
    model.unavoidable["mandatory"] += float(per_m2 @ unavoidable_shortage(office))


def unavoidable_shortage(office: Office) -> Floats:
    """Return (C,) m² that stay missing even if the largest candidates that the site limit admits became offices."""
    shortage = office.need - office.kept
    for c, candidates in enumerate(grouped(office.pair_commune, len(office.need))):
        room = max(int(office.max_sites[c] - office.kept_sites[c]), 0)
        shortage[c] -= np.sort(office.pair_usable[candidates])[::-1][:room].sum()
    return np.maximum(shortage, 0.0)

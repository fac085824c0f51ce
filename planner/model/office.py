"""Office area of each commune, its main office and the number of its sites."""

from __future__ import annotations

import numpy as np

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
    short = model.short = model.variables("short", count)
    free = model.variables("free", count, office.tolerance * office.need)
    over = model.variables("over", count)
    none = model.variables("none", count, 1.0)
    stay = model.variables("stay", count, (office.kept_sites > 0).astype(float))
    model.main = model.variables("m", len(office.pair), binary=True)
    every, candidate, x = np.arange(count), np.arange(len(office.pair)), model.x[office.pair]
    area = [(office.pair_commune, x, office.pair_usable), (every, short, 1.0), (every, free, -1.0), (every, over, -1.0)]
    model.rows("office_area", area, "=", office.need - office.kept)
    seats = [(office.pair_commune, model.main, 1.0), (every, stay, 1.0), (every, none, 1.0)]
    model.rows("main_office", seats, "=", np.ones(count))
    model.rows("office_sites", [(office.pair_commune, x, 1.0)], "<=", office.max_sites - office.kept_sites)
    model.rows("main_is_office", [(candidate, model.main, 1.0), (candidate, x, -1.0)], "<=", np.zeros(len(x)))
    model.charge("mandatory", short, per_m2)
    model.charge("quality", over, office.over_weight * per_m2)
    model.charge("quality", none, office.none_cost)
    model.charge("quality", stay, office.kept_travel)
    model.charge("quality", model.main, office.pair_travel)
    model.charge("quality", x, office.dispersion)
    model.unavoidable["mandatory"] += float(per_m2 @ unavoidable_shortage(office))


def unavoidable_shortage(office: Office) -> Floats:
    """Return (C,) m² that stay missing even if the largest candidates that the site limit admits became offices."""
    shortage = office.need - office.kept
    for c, candidates in enumerate(grouped(office.pair_commune, len(office.need))):
        room = max(int(office.max_sites[c] - office.kept_sites[c]), 0)
        shortage[c] -= np.sort(office.pair_usable[candidates])[::-1][:room].sum()
    return np.maximum(shortage, 0.0)

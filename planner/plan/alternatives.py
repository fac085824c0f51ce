"""What a facility's other uses would cost, and the plan without it: as a table, and in words."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from planner.catalogue.columns import value_label
from planner.plan.grounds import Grounds, number, say, small, use_name
from planner.solve.examine import EFFECTS, Consequence

COLUMNS = ("facility_id", "name", "commune_name", "instead", "rank", "use", "loss", "loss_term", *EFFECTS, "evidence")

_DIGITS = 3
_TOLD = {
    "mandatory": ("office_m2", "missing"),
    "fairness": (),
    "services": ("people", "missing", "person_km"),
    "money": ("million_vnd",),
    "quality": (),
    "cascade": (),
}
"""Effects in which a reader sees what a term loses."""

_ORDER = ("office_m2", "missing", "people", "person_km", "million_vnd")
_LEAST = 1.0
"""Effects below one person, m², km or million VND are not told; counted needs round to whole ones."""


def make_alternatives(grounds: Grounds) -> pd.DataFrame:
    """Return what was examined: by facility the best other uses in order, then the plan without it.

    `instead` is other_use or without; losses are in persons-equivalent, 0 where there is no measurable difference.
    """
    table, uses = grounds.inputs.facilities, grounds.case.uses
    named = list(zip(table["facility_id"], table["name"], table["commune_name"], strict=True))
    evidence, rows = grounds.evidence, list[tuple[object, ...]]()

    def row(f: int, instead: str, rank: int | None, use: str | None, c: Consequence) -> tuple[object, ...]:
        effects = [round(float(value), _DIGITS) + 0.0 for value in c.effects]
        loss = round(evidence.loss(c), _DIGITS)
        return (*named[f], instead, rank, use, loss, evidence.term(c) or None, *effects, evidence.level)

    for f, finding in sorted(evidence.found.items()):
        rows += [row(f, "other_use", i, uses[c.use].key, c) for i, c in enumerate(finding.others, start=1)]
        rows += [row(f, "without", None, None, finding.removed)] if finding.removed is not None else []
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"rank": "Int64"})


def evidence_columns(grounds: Grounds) -> dict[str, list[object]]:
    """Return the columns of the allocation that hold the evidence, (F,) each; None where nothing was examined."""
    evidence, count = grounds.evidence, len(grounds.outcome.use)
    found = [evidence.found.get(f) for f in range(count)]
    best = [finding.others[0] if finding and finding.others else None for finding in found]
    removed = [finding.removed if finding else None for finding in found]
    return {
        "runner_up_use": [grounds.case.uses[c.use].key if c else None for c in best],
        "runner_up_loss": [round(evidence.loss(c), _DIGITS) if c else np.nan for c in best],
        "importance": [round(evidence.loss(c), _DIGITS) if c else np.nan for c in removed],
        "loss_term": [(evidence.term(c) or None) if c else None for c in best],
        "evidence": [evidence.level if finding else "none" for finding in found],
    }


def evidence_in_words(grounds: Grounds, f: int) -> str:
    """Return what the best other use would cost and what the plan would lose without the facility, once if the same."""
    finding = grounds.evidence.found.get(f)
    if finding is None:
        return ""
    alone = grounds.decided_by[f] == "need" and grounds.case.problem.eligible[f].sum() == 1
    only = say(grounds, "no_other") if alone else ""
    other = _clause(grounds, finding.others[0]) if finding.others else None
    without = None if finding.removed is None else _clause(grounds, finding.removed)
    if other and without and other.effects == without.effects and other.effects:
        instead = say(grounds, "or", first=other.instead, second=without.instead)
        return _sentence(grounds, _Clause(instead, other.effects), "other")
    return only + "".join(_sentence(grounds, c, kind) for c, kind in ((other, "other"), (without, "without")) if c)


class _Clause(NamedTuple):
    """What would be otherwise, and its effects in words, empty where there is no measurable difference."""

    instead: str
    effects: str


def _clause(grounds: Grounds, c: Consequence) -> _Clause:
    effects = _effects(grounds, c) if grounds.evidence.loss(c) > 0 else ""
    if c.use < 0:
        return _Clause(say(grounds, "without"), effects)
    use = grounds.case.uses[c.use]
    key = "other_public" if use.public else f"other_{use.family}"
    return _Clause(say(grounds, key, use=small(use_name(grounds, use.key))), effects)


def _sentence(grounds: Grounds, clause: _Clause, kind: str) -> str:
    if not clause.effects:
        return say(grounds, f"{kind}_equal", instead=clause.instead)
    return say(grounds, f"other_{grounds.evidence.level}", instead=clause.instead, effects=clause.effects)


def _effects(grounds: Grounds, c: Consequence) -> str:
    """Return the effects that are worse, the leading term among them, and what money is saved in return."""
    grown = dict(zip(EFFECTS, c.effects.tolist(), strict=True))
    worse = [name for name in _ORDER if grown[name] >= (_LEAST / 2 if name == "missing" else _LEAST)]
    term = grounds.evidence.term(c)
    told = [say(grounds, f"effect_{name}", n=number(grounds, grown[name])) for name in worse]
    if not set(_TOLD[term]) & set(worse):
        told.insert(0, say(grounds, "effect_term", term=small(value_label("term", term, grounds.language))))
    saved = -grown["million_vnd"]
    return ", ".join(told) + (say(grounds, "effect_saved", n=number(grounds, saved)) if saved >= _LEAST else "")

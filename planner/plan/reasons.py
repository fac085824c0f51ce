"""One sentence per facility from what decided it, with what is assumed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.catalogue import Catalogue
from planner.catalogue.load import Language, read_data
from planner.catalogue.numbers import format_number
from planner.inputs.tables import Inputs
from planner.problem.assemble import Case
from planner.problem.eligibility import GATES, WANT_OF_NEED
from planner.solve.evidence import Evidence
from planner.solve.outcome import Outcome


@dataclass(frozen=True)
class Grounds:
    """What the sentences are made from.

    Attributes
    ----------
    baseline : (N,) persons unserved by what exists anyway. decided_by : (F,) law, lock, need or cascade.
    evidence : what other choices would cost.
    """

    case: Case
    inputs: Inputs
    outcome: Outcome
    baseline: np.ndarray
    decided_by: list[str]
    catalogue: Catalogue
    language: Language
    evidence: Evidence


def write_reasons(grounds: Grounds) -> list[str]:
    """Return (F,) one sentence a facility, followed by what is assumed and what planning needs."""
    needs = grounds.case.needs.commune_needs.set_index(["commune", "use"])
    within = _waiting_within_reach(grounds)
    main = _main_offices(grounds)
    writers = {"law": _law, "lock": _lock, "cascade": _cascade}
    sentences = []
    for f, by in enumerate(grounds.decided_by):
        text = _need(grounds, f, needs, within, main) if by == "need" else writers[by](grounds, f)
        sentences.append(text + _caveats(grounds, f))
    return sentences


def _say(grounds: Grounds, key: str, **values: object) -> str:
    return str(read_data("reasons")[key][grounds.language]).format(**values)


def _number(grounds: Grounds, value: float, digits: int = 0) -> str:
    return format_number(value, grounds.language, digits)


def _use_name(grounds: Grounds, key: str) -> str:
    use = grounds.catalogue.uses[key]
    return use.short_vi or use.vi if grounds.language == "vi" else use.en.lower()


def _small(text: str) -> str:
    """Write the first letter small, for a name or rule inside a sentence."""
    return text[:1].lower() + text[1:]


def _commune_inside(grounds: Grounds, f: int) -> str:
    """Return the name of a facility's commune as it stands inside a sentence: Vietnamese writes "xã An"."""
    name = str(grounds.case.communes["name"].to_numpy()[grounds.case.facilities["commune"].to_numpy()[f]])
    return _small(name) if grounds.language == "vi" else name


def _need(grounds: Grounds, f: int, needs: pd.DataFrame, within: dict[int, float], main: dict[int, float]) -> str:
    case = grounds.case
    use = case.uses[grounds.outcome.use[f]]
    c = int(case.facilities["commune"].to_numpy()[f])
    commune = str(case.communes["name"].iat[c])
    if use.family == "keep":
        services = grounds.inputs.services
        linked = services.loc[services["facility_id"] == case.facilities["facility_id"].iat[f], "use"].tolist()
        return _say(grounds, "need_keeps", use=_use_name(grounds, linked[0]), commune=_commune_inside(grounds, f))
    if use.family == "service":
        pair = int(case.problem.pair_number[f, grounds.outcome.use[f]])
        places = case.offers.loc[case.offers["pair"] == pair, "capacity"].sum()
        figures = {"people": _number(grounds, within.get(pair, 0.0)), "capacity": _number(grounds, float(places))}
        return _say(grounds, "need_service", use=_use_name(grounds, use.key), **figures)
    need = needs.loc[(c, use.key)]
    if use.family == "office":
        usable = _number(grounds, case.facilities["usable_m2"].to_numpy()[f])
        kept, asked = _number(grounds, need["existing"]), _number(grounds, need["need"])
        seat = _say(grounds, "main_office", km=_number(grounds, main[f], 1)) if f in main else ""
        key = "need_office" if need["listed"] else "need_office_supposed"
        return _say(grounds, key, commune=commune, need=asked, kept=kept, usable=usable, main=seat)
    asked, there = _number(grounds, need["need"]), _number(grounds, need["existing"])
    return _say(grounds, "need_commune", commune=commune, need=asked, existing=there, use=_use_name(grounds, use.key))


def _law(grounds: Grounds, f: int) -> str:
    case = grounds.case
    facility_id = case.facilities["facility_id"].iat[f]
    rules = case.rules[case.rules["facility_id"] == facility_id]
    gates = rules[rules["rule"].isin(GATES)]
    named = gates if len(gates) else rules[~rules["rule"].isin(["use_disabled", "reserve_not_allowed", "not_pending"])]
    if not len(gates) and case.uses[grounds.outcome.use[f]].key == "pending":
        return _say(grounds, "law_nothing")
    if not len(named):
        return _say(grounds, "law_nothing")
    use = case.uses[grounds.outcome.use[f]]
    first = named.iloc[0] if len(gates) or use.family == "keep" else _main_obstacle(named, case)
    rule = grounds.catalogue.rules[first["rule"]]
    keys = {"exit": "law_pending" if use.key == "pending" else "law_exit"}
    return _say(
        grounds,
        keys.get(use.family, "law_only"),
        rule=_small(rule.label(grounds.language)),
        observed=first["observed"] and f" ({first['observed']})",
        clear=_small(rule.clearing(grounds.language)),
        use=_use_name(grounds, use.key),
    )


def _main_obstacle(rules: pd.DataFrame, case: Case) -> pd.Series:
    """Return the rule that closes most public uses; the want of a need counts only where nothing else closes one."""
    rules = rules[rules["use"].isin([use.key for use in case.uses if use.public])]
    physical = rules[~rules["rule"].isin(WANT_OF_NEED)]
    rules = physical if len(physical) else rules
    most = rules["rule"].value_counts().index[0]
    found: pd.Series = rules[rules["rule"] == most].iloc[0]
    return found


def _lock(grounds: Grounds, f: int) -> str:
    row = grounds.inputs.facilities.iloc[f]
    locks = grounds.case.locks
    kind = locks.loc[(locks["facility"] == f) & (locks["kind"] != "forbid"), "kind"].iat[0]
    if kind == "require":
        decisions = grounds.inputs.decisions
        last = decisions[decisions["facility_id"] == row["facility_id"]].tail(1)
        why = str(last["reason"].iat[0]) if len(last) and pd.notna(last["reason"].iat[0]) else ""
        return _say(grounds, "lock_required", why=why and f": {why}")
    date = "" if pd.isna(row["decision_date"]) else _say(grounds, "lock_date", date=f"{row['decision_date']:%d/%m/%Y}")
    decision = (
        "" if pd.isna(row["decision_no"]) else _say(grounds, "lock_decision", number=row["decision_no"], date=date)
    )
    return _say(grounds, "lock_approved", decision=decision)


def _cascade(grounds: Grounds, f: int) -> str:
    case = grounds.case
    use = case.uses[grounds.outcome.use[f]]
    if use.family == "keep":
        return _say(grounds, "cascade_keep")
    options = [u.key for u, open_ in zip(case.uses, case.problem.eligible[f], strict=True) if open_ and u.public]
    if options:
        return _say(grounds, "cascade_exit_outbid", options=_some(grounds, options), use=_use_name(grounds, use.key))
    unknown = _unknown_needs(grounds, f)
    if unknown:
        names = {"commune": _commune_inside(grounds, f), "options": _some(grounds, unknown)}
        return _say(grounds, "cascade_exit_unknown", use=_use_name(grounds, use.key), **names)
    return _say(grounds, "cascade_exit_none", use=_use_name(grounds, use.key))


def _some(grounds: Grounds, keys: list[str], most: int = 3) -> str:
    names = ", ".join(_use_name(grounds, key) for key in keys[:most])
    return f"{names}, …" if len(keys) > most else names


def _unknown_needs(grounds: Grounds, f: int) -> list[str]:
    """Return the uses that a facility could have if their need in its commune were known, its present use first."""
    case = grounds.case
    unknown = case.needs.unknown.loc[case.needs.unknown["commune"] == case.facilities["commune"].iat[f], "use"]
    rules = case.rules[
        (case.rules["facility_id"] == case.facilities["facility_id"].iat[f]) & case.rules["use"].isin(unknown)
    ]
    now = case.facilities["current_use"].iat[f]
    return sorted(rules.loc[rules["rule"].isin(WANT_OF_NEED), "use"], key=lambda use: use != now)


def _caveats(grounds: Grounds, f: int) -> str:
    case = grounds.case
    use = case.uses[grounds.outcome.use[f]]
    if not use.public or grounds.decided_by[f] == "lock":
        return ""
    text = ""
    if case.facilities["floor_assumed"].iat[f] and not use.land_based:
        text += _say(grounds, "assumed_floor", floor=_number(grounds, case.facilities["floor_m2"].to_numpy()[f]))
    if use.family == "service" and case.by_commune[f]:
        text += _say(grounds, "assumed_position")
    planning = case.planning[f, grounds.outcome.use[f]]
    if planning in ("conform_after_update", "unknown"):
        text += _say(grounds, "planning_update" if planning == "conform_after_update" else "planning_unknown")
    return text


def _waiting_within_reach(grounds: Grounds) -> dict[int, float]:
    """Return, by pair, the persons within reach of a new offer whom nothing serves today."""
    service = grounds.case.problem.service
    pair = service.offer_pair[service.arc_offer]
    new = pair >= 0
    total = np.bincount(pair[new], grounds.baseline[service.arc_node[new]], grounds.case.problem.n_pairs)
    return {int(a): float(total[a]) for a in np.unique(pair[new])}


def _main_offices(grounds: Grounds) -> dict[int, float]:
    """Return the main offices among the facilities, with their mean travel in km where it is known."""
    case = grounds.case
    pairs = case.problem.office.pair[grounds.outcome.main]
    km = case.office_km[grounds.outcome.main]
    facilities = case.problem.pair_facility[pairs]
    return {int(f): float(d) for f, d in zip(facilities, km, strict=True) if np.isfinite(d)}

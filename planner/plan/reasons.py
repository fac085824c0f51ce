"""One sentence per facility from what decided it, with what is assumed."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple, get_args

import numpy as np
import pandas as pd

from planner.catalogue.load import Language
from planner.inputs.tables import text_of
from planner.plan.alternatives import evidence_in_words
from planner.plan.grounds import Grounds, number, say, small, use_name
from planner.problem.assemble import Case
from planner.problem.eligibility import GATES, WANT_OF_NEED

LANGUAGE_COLUMN: dict[Language, str] = {"vi": "vietnamese", "en": "english"}
"""Columns of the table of reasons."""

_ONE = 0.5
"""Fewer people are none, once they are rounded."""


def make_reasons(grounds: Grounds) -> pd.DataFrame:
    """Return the reason of each facility in both languages: facility_id, name, vietnamese, english."""
    columns = {key: grounds.inputs.facilities[key].tolist() for key in ("facility_id", "name")}
    for language in get_args(Language):
        own = grounds if language == grounds.language else _in_other_words(grounds, language)
        columns[LANGUAGE_COLUMN[language]] = write_reasons(own)
    return pd.DataFrame(columns)


def _in_other_words(grounds: Grounds, language: Language) -> Grounds:
    """Return the grounds in another language than the run's, without what was observed: that is in the run's words."""
    case = replace(grounds.case, rules=grounds.case.rules.assign(observed=""))
    return replace(grounds, language=language, case=case)


def write_reasons(grounds: Grounds) -> list[str]:
    """Return (F,) why each facility has its use, what else was possible, what is assumed and what planning needs."""
    needs = grounds.case.needs.commune_needs.set_index(["commune", "use"])
    served = _served_by_pair(grounds)
    main = _main_offices(grounds)
    writers = {"law": _law, "lock": _lock, "cascade": _cascade}
    reached = {"need": _need, "given": _given}
    holds = _holds(grounds)
    sentences = []
    for f, by in enumerate(grounds.decided_by):
        text = reached[by](grounds, f, needs, served, main) if by in reached else writers[by](grounds, f)
        told = "" if by == "lock" else evidence_in_words(grounds, f)
        sentences.append(text + told + _caveats(grounds, f) + holds.get(f, ""))
    return sentences


def _holds(grounds: Grounds) -> dict[int, str]:
    """Return, by facility that more than one outcome is open to, in how many joint runs its decision holds."""
    rows, count = grounds.studies.holds, grounds.case.problem.eligible.sum(axis=1)
    number_of_id = {name: f for f, name in enumerate(grounds.case.facilities["facility_id"])}
    found = {}
    for row in rows.to_dict("records"):
        f = number_of_id[row["facility_id"]]
        if count[f] > 1 or row["holds"] < row["runs"]:
            found[f] = say(grounds, "holds", n=number(grounds, row["holds"]), all=number(grounds, row["runs"]))
    return found


def _commune_inside(grounds: Grounds, f: int) -> str:
    """Return the name of a facility's commune as it stands inside a sentence: Vietnamese writes "xã An"."""
    name = str(grounds.case.communes["name"].to_numpy()[grounds.case.facilities["commune"].to_numpy()[f]])
    return small(name) if grounds.language == "vi" else name


def _need(grounds: Grounds, f: int, needs: pd.DataFrame, served: dict[int, _Served], main: dict[int, float]) -> str:
    case = grounds.case
    use = case.uses[grounds.outcome.use[f]]
    c = int(case.facilities["commune"].to_numpy()[f])
    commune = str(case.communes["name"].iat[c])
    if use.family == "keep":
        services = grounds.inputs.services
        linked = services.loc[services["facility_id"] == case.facilities["facility_id"].iat[f], "use"].tolist()
        return say(grounds, "need_keeps", use=use_name(grounds, linked[0]), commune=_commune_inside(grounds, f))
    if use.family == "service":
        pair = int(case.problem.pair_number[f, grounds.outcome.use[f]])
        places = case.offers.loc[case.offers["pair"] == pair, "capacity"].sum()
        found = served.get(pair, _Served(0.0, 0.0, None))
        key = "need_service" if found.waiting >= _ONE else "need_service_nearer"
        km = "" if found.km is None else say(grounds, "mean_km", km=number(grounds, found.km, 1))
        moved = found.people - found.waiting
        told = say(grounds, "moved", n=number(grounds, moved)) if moved >= _ONE else ""
        counts = {"people": found.waiting, "capacity": float(places), "served": found.people}
        figures = {name: number(grounds, value) for name, value in counts.items()}
        return say(grounds, key, use=use_name(grounds, use.key), km=km, moved=told, **figures) + _priority(grounds, c)
    need = needs.loc[(c, use.key)]
    if use.family == "office":
        usable = number(grounds, case.facilities["usable_m2"].to_numpy()[f])
        kept, asked = number(grounds, need["existing"]), number(grounds, need["need"])
        seat = say(grounds, "main_office", km=number(grounds, main[f], 1)) if f in main else ""
        key = "need_office" if need["listed"] else "need_office_supposed"
        text = say(grounds, key, commune=commune, need=asked, kept=kept, usable=usable, main=seat)
        return text + _priority(grounds, c)
    asked, there = number(grounds, need["need"]), number(grounds, need["existing"])
    text = say(grounds, "need_commune", commune=commune, need=asked, existing=there, use=use_name(grounds, use.key))
    return text + _priority(grounds, c)


def _given(grounds: Grounds, f: int, needs: pd.DataFrame, served: dict[int, _Served], main: dict[int, float]) -> str:
    """Say of a plan made by hand what its use meets or breaks; why it was chosen only its author knows."""
    case = grounds.case
    use = case.uses[grounds.outcome.use[f]]
    text = say(grounds, "given", use=use_name(grounds, use.key))
    rules = grounds.rules_of(f)
    against = rules[rules["use"] == use.key]
    if len(against):
        rule, observed = grounds.catalogue.rules[against["rule"].iat[0]], against["observed"].iat[0]
        named = small(rule.label(grounds.language))
        return text + say(grounds, "given_against", rule=named, observed=observed and f" ({observed})")
    known = (int(case.facilities["commune"].to_numpy()[f]), use.key) in needs.index
    return f"{text} {_need(grounds, f, needs, served, main)}" if use.family == "service" or known else text


def _law(grounds: Grounds, f: int) -> str:
    case = grounds.case
    rules = grounds.rules_of(f)
    gates = rules[rules["rule"].isin(GATES)]
    named = gates if len(gates) else rules[~rules["rule"].isin(["use_disabled", "reserve_not_allowed", "not_pending"])]
    if not len(gates) and case.uses[grounds.outcome.use[f]].key == "pending":
        return say(grounds, "law_nothing")
    if not len(named):
        return say(grounds, "law_nothing")
    use = case.uses[grounds.outcome.use[f]]
    first = named.iloc[0] if len(gates) or use.family == "keep" else _main_obstacle(named, case)
    rule = grounds.catalogue.rules[first["rule"]]
    keys = {"exit": "law_pending" if use.key == "pending" else "law_exit"}
    return say(
        grounds,
        keys.get(use.family, "law_only"),
        rule=small(rule.label(grounds.language)),
        observed=first["observed"] and f" ({first['observed']})",
        clear=small(rule.clearing(grounds.language)),
        use=use_name(grounds, use.key),
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
    lock = locks[(locks["facility"] == f) & (locks["kind"] != "forbid")].iloc[0]
    if lock["kind"] == "require":
        why = text_of(grounds.inputs.decisions, "reason")[lock["decision"]]
        return say(grounds, "lock_required", why=why and f": {why}")
    date = "" if pd.isna(row["decision_date"]) else say(grounds, "lock_date", date=f"{row['decision_date']:%d/%m/%Y}")
    decision = (
        "" if pd.isna(row["decision_no"]) else say(grounds, "lock_decision", number=row["decision_no"], date=date)
    )
    return say(grounds, "lock_approved", decision=decision)


def _cascade(grounds: Grounds, f: int) -> str:
    case = grounds.case
    use = case.uses[grounds.outcome.use[f]]
    if use.family == "keep":
        return say(grounds, "cascade_keep")
    options = [u.key for u, open_ in zip(case.uses, case.problem.eligible[f], strict=True) if open_ and u.public]
    if options:
        return say(grounds, "cascade_exit_outbid", options=_some(grounds, options), use=use_name(grounds, use.key))
    unknown = _unknown_needs(grounds, f)
    if unknown:
        names = {"commune": _commune_inside(grounds, f), "options": _some(grounds, unknown)}
        return say(grounds, "cascade_exit_unknown", use=use_name(grounds, use.key), **names)
    return say(grounds, "cascade_exit_none", use=use_name(grounds, use.key))


def _some(grounds: Grounds, keys: list[str], most: int = 3) -> str:
    names = ", ".join(use_name(grounds, key) for key in keys[:most])
    return f"{names}, …" if len(keys) > most else names


def _unknown_needs(grounds: Grounds, f: int) -> list[str]:
    """Return the uses that a facility could have if their need in its commune were known, its present use first."""
    case = grounds.case
    unknown = case.needs.unknown.loc[case.needs.unknown["commune"] == case.facilities["commune"].iat[f], "use"]
    rules = grounds.rules_of(f)
    rules = rules[rules["use"].isin(unknown)]
    now = case.facilities["current_use"].iat[f]
    return sorted(rules.loc[rules["rule"].isin(WANT_OF_NEED), "use"], key=lambda use: use != now)


def _caveats(grounds: Grounds, f: int) -> str:
    case = grounds.case
    use = case.uses[grounds.outcome.use[f]]
    if not use.public or grounds.decided_by[f] == "lock":
        return ""
    text = ""
    if case.facilities["floor_assumed"].iat[f] and not use.land_based:
        text += say(grounds, "assumed_floor", floor=number(grounds, case.facilities["floor_m2"].to_numpy()[f]))
    if use.family == "service" and case.by_commune[f]:
        text += say(grounds, "assumed_position")
    planning = case.planning[f, grounds.outcome.use[f]]
    if planning in ("conform_after_update", "unknown"):
        text += say(grounds, "planning_update" if planning == "conform_after_update" else "planning_unknown")
    return text


class _Served(NamedTuple):
    """Of a new offer: persons within reach whom nothing serves today, persons it serves, their mean travel in km."""

    waiting: float
    people: float
    km: float | None


def _served_by_pair(grounds: Grounds) -> dict[int, _Served]:
    service, flow, km = grounds.case.problem.service, grounds.outcome.flow, grounds.case.arc_km
    pair = service.offer_pair[service.arc_offer]
    new, measured = pair >= 0, np.isfinite(km)
    waiting, people, travelled, counted = (
        np.bincount(pair[new], amount[new], grounds.case.problem.n_pairs)
        for amount in (grounds.baseline[service.arc_node], flow, flow * np.nan_to_num(km), flow * measured)
    )
    return {
        int(a): _Served(
            float(waiting[a]), float(people[a]), float(travelled[a] / counted[a]) if counted[a] >= _ONE else None
        )
        for a in np.unique(pair[new])
    }


def _priority(grounds: Grounds, c: int) -> str:
    """Return that a commune comes first, and by which class; nothing where it does not."""
    key = str(grounds.case.communes["priority_class"].iat[c]) if c >= 0 else ""
    known = grounds.catalogue.priority.get(key)
    if known is None or known.weight <= 1:
        return ""
    return say(grounds, "priority", reason=small(known.label(grounds.language)))


def _main_offices(grounds: Grounds) -> dict[int, float]:
    """Return the main offices among the facilities, with their mean travel in km where it is known."""
    case = grounds.case
    pairs = case.problem.office.pair[grounds.outcome.main]
    km = case.office_km[grounds.outcome.main]
    facilities = case.problem.pair_facility[pairs]
    return {int(f): float(d) for f, d in zip(facilities, km, strict=True) if np.isfinite(d)}

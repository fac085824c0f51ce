"""Which facility may receive which use: rules with what was observed, what is required, and their legal basis."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.catalogue import Catalogue, Use
from planner.problem.facts import CLEAR_CONSENT, OWNERS_WITH_CONSENT, capacity

HERITAGE_USES = ("culture_house", "library_tradition")
ALWAYS_OPEN = ("pending", "keep_current")


@dataclass(frozen=True)
class Setting:
    """What the rules look at.

    Attributes
    ----------
    facts : one row a facility, see `facts.facility_facts`. communes : see `facts.commune_facts`.
    uses : the catalogue's uses in order. enabled : keys of the uses that are switched on.
    linked : (F,) use key of the working service in the same house, "" for none.
    needed, met : (F, U) whether some known need stands behind the use here, and whether it is already met.
    capacities : use key to (F,) places.
    """

    facts: pd.DataFrame
    communes: pd.DataFrame
    uses: Sequence[Use]
    enabled: frozenset[str]
    linked: np.ndarray
    needed: np.ndarray
    met: np.ndarray
    catalogue: Catalogue
    capacities: dict[str, np.ndarray]

    def is_use(self, *keys: str) -> np.ndarray:
        """Return (1, U) mask of the named uses."""
        return np.array([[use.key in keys for use in self.uses]])

    @property
    def public(self) -> np.ndarray:
        """(1, U) mask of the uses that serve a public need."""
        return np.array([[use.public for use in self.uses]])

    def column(self, name: str) -> np.ndarray:
        """Return (F, 1) values of a fact."""
        return self.facts[name].to_numpy()[:, None]


@dataclass(frozen=True)
class Finding:
    """A rule applied: (F, U) mask of what it excludes, (F,) what was observed, (U,) what is required."""

    excluded: np.ndarray
    observed: Sequence[str]
    required: Sequence[str]


def _texts(setting: Setting, values: Sequence[object]) -> tuple[list[str], list[str]]:
    return [str(v) for v in values], [""] * len(setting.uses)


def _gate(setting: Setting, blocked: np.ndarray, observed: Sequence[object], open_uses: Sequence[str]) -> Finding:
    return Finding(blocked[:, None] & ~setting.is_use(*open_uses), *_texts(setting, observed))


def use_disabled(setting: Setting) -> Finding:
    """The scenario switches the use off."""
    off = np.array([[use.key not in setting.enabled for use in setting.uses]])
    return Finding(np.broadcast_to(off, (len(setting.facts), len(setting.uses))), *_texts(setting, [""] * len(setting.facts)))


def commune_unknown(setting: Setting) -> Finding:
    """Without a commune nothing can be decided."""
    return _gate(setting, setting.facts["commune"].to_numpy() < 0, [""] * len(setting.facts), ["pending"])


def owner_unknown(setting: Setting) -> Finding:
    """An unknown owner must be found first."""
    owner = setting.facts["owner"]
    return _gate(setting, (owner == "unknown").to_numpy(), list(owner), ["pending"])


def consent_missing(setting: Setting) -> Finding:
    """Central, Party, armed-forces, enterprise and other owners must agree; a site in use may go on."""
    facts = setting.facts
    blocked = facts["owner"].isin(OWNERS_WITH_CONSENT) & ~facts["consent"].isin(CLEAR_CONSENT)
    return _gate(setting, blocked.to_numpy(), [f"{o}: {c}" for o, c in zip(facts["owner"], facts["consent"], strict=True)], ALWAYS_OPEN)


def encumbered(setting: Setting) -> Finding:
    """Disputes, leases, joint ventures, PPP, seizure, donation and excluded kinds must be settled first."""
    found = setting.facts["encumbrance"]
    return _gate(setting, (~found.isin(["none", "unknown"])).to_numpy(), list(found), ["pending"])


def encroached(setting: Setting) -> Finding:
    """Premises that others occupy must be recovered first."""
    found = setting.facts["occupancy"]
    return _gate(setting, found.isin(["encroached", "leased"]).to_numpy(), list(found), ["pending"])


def health_point_stays(setting: Setting) -> Finding:
    """A working station of an old commune stays a point unless the province decides otherwise."""
    facts = setting.facts
    stays = (facts["current_use"] == "health_station") & facts["in_use"]
    if not setting.catalogue.coefficient("health_points_stay"):
        stays &= False
    return _gate(setting, stays.to_numpy(), list(facts["occupancy"]), ["keep_current", "health_station", "pending"])


def occupied(setting: Setting) -> Finding:
    """A legal successor that works in the house goes on."""
    facts = setting.facts
    held = (facts["occupancy"] == "in_use") & facts["has_successor"]
    return _gate(setting, held.to_numpy(), list(facts["occupancy"]), ALWAYS_OPEN)


def heritage(setting: Setting) -> Finding:
    """A monument serves culture and tradition."""
    return _gate(setting, setting.facts["heritage"].to_numpy(bool), ["heritage"] * len(setting.facts), [*HERITAGE_USES, *ALWAYS_OPEN])


def unsafe(setting: Setting) -> Finding:
    """An unsafe building is not put to public use; uses of the bare land are free to."""
    condition = setting.facts["condition"]
    indoors = np.array([[use.public and not use.land_based for use in setting.uses]])
    return Finding((condition == "unsafe").to_numpy()[:, None] & indoors, *_texts(setting, list(condition)))


def hazard(setting: Setting) -> Finding:
    """Schools, health stations and offices stay out of flood and landslide zones."""
    found = setting.facts["hazard"]
    careful = np.array([[use.hazard_free for use in setting.uses]])
    return Finding((~found.isin(["none", "unknown"])).to_numpy()[:, None] & careful, *_texts(setting, list(found)))


def area_unknown(setting: Setting) -> Finding:
    """A use with an area norm cannot be judged where neither the area nor a basis for assuming it is known."""
    land, floor = np.isnan(setting.column("land_m2")), np.isnan(setting.column("floor_m2"))
    by_land = np.array([[bool({"min_land_m2", "m2_per_place"} & set(use.norms)) for use in setting.uses]])
    by_floor = np.array([[bool({"min_floor_m2", "floor_m2_per_place"} & set(use.norms)) for use in setting.uses]])
    return Finding((land & by_land) | (floor & by_floor), *_texts(setting, ["?"] * len(setting.facts)))


def land_too_small(setting: Setting) -> Finding:
    """The plot reaches the least plot of the use."""
    mountain = np.append(setting.communes["mountainous"].to_numpy(bool), False)[setting.facts["commune"]]  # noqa: FBT003
    flat = np.array([use.norm("min_land_m2") or 0.0 for use in setting.uses])
    high = np.array([use.norm("min_land_m2_mountain") or use.norm("min_land_m2") or 0.0 for use in setting.uses])
    least = np.where(mountain[:, None], high[None, :], flat[None, :])
    land = setting.column("land_m2")
    return Finding(land < least, [_m2(v) for v in land[:, 0]], [f"≥ {v:.0f} m²" if v else "" for v in flat])


def floor_too_small(setting: Setting) -> Finding:
    """The floor area reaches the least floor of the use."""
    least = np.array([use.norm("min_floor_m2") or 0.0 for use in setting.uses])
    floor = setting.column("floor_m2")
    return Finding(floor < least[None, :], [_m2(v) for v in floor[:, 0]], [f"≥ {v:.0f} m²" if v else "" for v in least])


def too_many_storeys(setting: Setting) -> Finding:
    """Schools have few storeys."""
    most = np.array([use.norm("max_storeys") or np.inf for use in setting.uses])
    storeys = setting.column("storeys")
    return Finding(storeys > most[None, :], [f"{v:.0f}" for v in storeys[:, 0]], [f"≤ {v:.0f}" if np.isfinite(v) else "" for v in most])


def capacity_too_small(setting: Setting) -> Finding:
    """A school point holds at least its least number of places."""
    least = np.array([use.norm("min_places") or 0.0 for use in setting.uses])
    places = np.column_stack([setting.capacities.get(use.key, np.full(len(setting.facts), np.inf)) for use in setting.uses])
    seen = np.where(np.isfinite(places), places, np.nan)
    observed = [f"≤ {v:.0f}" if np.isfinite(v) else "" for v in _row_max(seen)]
    return Finding(places < least[None, :], observed, [f"≥ {v:.0f}" if v else "" for v in least])


def not_in_use(setting: Setting) -> Finding:
    """The status quo needs somebody who goes on: a holder at work, a legal successor, or a working service in the house."""
    facts = setting.facts
    goes_on = facts["in_use"].to_numpy() | (setting.linked != "")
    return Finding(~goes_on[:, None] & setting.is_use("keep_current"), *_texts(setting, list(facts["occupancy"])))


def planning_unknown(setting: Setting) -> Finding:
    """A commercial exit needs a known plan."""
    commercial = np.array([[use.commercial for use in setting.uses]])
    return Finding((setting.column("planning_code") == "") & commercial, *_texts(setting, ["?"] * len(setting.facts)))


def planning_conflict(setting: Setting) -> Finding:
    """A commercial exit must conform to the plan."""
    code = setting.facts["planning_code"]
    conflict = np.column_stack([~code.isin(use.land_codes) & (code != "") & use.commercial for use in setting.uses])
    return Finding(conflict, list(code), [" ".join(use.land_codes) for use in setting.uses])


def no_land_demand(setting: Setting) -> Finding:
    """Auction and lease need somebody who wants the land."""
    demand = setting.facts["land_demand"]
    commercial = np.array([[use.commercial for use in setting.uses]])
    return Finding((demand != "yes").to_numpy()[:, None] & commercial, *_texts(setting, list(demand)))


def not_demolishable(setting: Setting) -> Finding:
    """Demolition only in a remote commune, where the house is unfit and nobody wants the land."""
    facts = setting.facts
    remote = np.append(setting.communes["weight"].to_numpy(float) > 1.0, False)[facts["commune"]]  # noqa: FBT003
    allowed = remote & facts["condition"].isin(["unsafe", "poor"]).to_numpy() & (facts["land_demand"] == "no").to_numpy()
    return Finding(~allowed[:, None] & setting.is_use("demolish"), *_texts(setting, list(facts["condition"])))


def reserve_not_allowed(setting: Setting) -> Finding:
    """Reserve only where the scenario allows it."""
    closed = np.full((len(setting.facts), 1), not setting.catalogue.reserve)
    return Finding(closed & setting.is_use("reserve"), *_texts(setting, [""] * len(setting.facts)))


def nobody_needs_it(setting: Setting) -> Finding:
    """A public use serves a need that somebody listed or a norm states, within reach."""
    return Finding(~setting.needed & setting.public, *_texts(setting, [""] * len(setting.facts)))


def need_met(setting: Setting) -> Finding:
    """A commune that has what it needs gets no second one."""
    return Finding(setting.met & setting.public, *_texts(setting, [""] * len(setting.facts)))


RULES: dict[str, Callable[[Setting], Finding]] = {
    rule.__name__: rule
    for rule in (
        use_disabled, commune_unknown, owner_unknown, encumbered, consent_missing, encroached, health_point_stays, occupied,
        heritage, unsafe, hazard, area_unknown, land_too_small, floor_too_small, too_many_storeys, capacity_too_small,
        not_in_use, planning_unknown, planning_conflict, no_land_demand, not_demolishable, reserve_not_allowed,
        nobody_needs_it, need_met,
    )
}  # fmt: skip
"""Every rule by its key in the catalogue, in the order in which a reason is named: gates first."""

GATES = ("commune_unknown", "owner_unknown", "encumbered", "consent_missing", "encroached")
"""Rules that a site must clear before anything can be decided."""


@dataclass(frozen=True)
class Eligibility:
    """Result of the rules.

    Attributes
    ----------
    allowed : (F, U). first_rule : (F, U) number of the first rule that excludes, -1 where allowed.
    findings : rule key to its finding, in order. gated : (F,) whether some gate is closed.
    """

    allowed: np.ndarray
    first_rule: np.ndarray
    findings: dict[str, Finding]
    gated: np.ndarray


def judge(setting: Setting) -> Eligibility:
    """Apply every enabled rule; a facility that no use is left for, or that a gate holds, may stay pending."""
    findings = {key: rule(setting) for key, rule in RULES.items() if setting.catalogue.rules[key].enabled}
    first = np.full((len(setting.facts), len(setting.uses)), -1)
    for number, finding in enumerate(findings.values()):
        first[(first < 0) & finding.excluded] = number
    gated = np.any([findings[key].excluded.any(axis=1) for key in GATES if key in findings], axis=0)
    _share_whole_sites(setting, first, len(findings))
    pending = next(u for u, use in enumerate(setting.uses) if use.key == "pending")
    other = np.delete(first < 0, pending, axis=1).any(axis=1)
    first[:, pending] = np.where(gated | ~other, -1, len(findings) + 1)
    return Eligibility(first < 0, first, findings, gated)


def _share_whole_sites(setting: Setting, first: np.ndarray, number: int) -> None:
    """Close a whole-site use to every building of a site of which one may not have it."""
    whole = np.array([use.whole_site for use in setting.uses])
    for members in setting.facts.groupby("site").indices.values():
        if len(members) > 1:
            block = first[np.ix_(members, np.nonzero(whole)[0])]
            block[(block < 0) & (block >= 0).any(axis=0)] = number
            first[np.ix_(members, np.nonzero(whole)[0])] = block


def exclusions(setting: Setting, eligibility: Eligibility) -> pd.DataFrame:
    """Return one row for each excluded pair: facility_id, use, rule, legal_basis, observed, required, hard."""
    keys = [*eligibility.findings, "whole_site", "not_pending"]
    facility, use = np.nonzero(eligibility.first_rule >= 0)
    rules = [keys[n] for n in eligibility.first_rule[facility, use]]
    found = [eligibility.findings.get(rule) for rule in rules]
    catalogue = setting.catalogue.rules
    return pd.DataFrame(
        {
            "facility_id": setting.facts["facility_id"].to_numpy()[facility],
            "use": [setting.uses[u].key for u in use],
            "rule": rules,
            "legal_basis": [catalogue[rule].legal_basis for rule in rules],
            "observed": ["" if f is None else f.observed[i] for f, i in zip(found, facility, strict=True)],
            "required": ["" if f is None else f.required[u] for f, u in zip(found, use, strict=True)],
            "hard": [catalogue[rule].hard for rule in rules],
        }
    )


def service_capacities(facts: pd.DataFrame, communes: pd.DataFrame, catalogue: Catalogue) -> dict[str, np.ndarray]:
    """Return (F,) places of each service use, by use key."""
    return {key: capacity(facts, communes, key, catalogue) for key, use in catalogue.uses.items() if use.family == "service"}


def _m2(value: float) -> str:
    return "?" if np.isnan(value) else f"{value:.1f} m²"


def _row_max(table: np.ndarray) -> np.ndarray:
    filled = np.where(np.isnan(table), -np.inf, table)
    return np.asarray(filled.max(axis=1))

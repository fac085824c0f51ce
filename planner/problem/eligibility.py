"""Which facility may receive which use: rules with what was observed, what is required, and their legal basis."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.catalogue import Catalogue, Use
from planner.catalogue.columns import columns, label, values
from planner.catalogue.load import Language
from planner.catalogue.numbers import format_number
from planner.problem.facts import CLEAR_CONSENT, OWNERS_WITH_CONSENT, capacity
from planner.problem.needs import Needs
from planner.problem.procedures import procedure_of
from planner.problem.reach import Arcs

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
    capacities : use key to (F,) places. language : in which findings are said.
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
    language: Language

    def is_use(self, *keys: str) -> np.ndarray:
        """Return (1, U) mask of the named uses."""
        return np.array([[use.key in keys for use in self.uses]])

    @property
    def public(self) -> np.ndarray:
        """Return (1, U) mask of the uses that serve a public need."""
        return _mask(self, lambda use: use.public)

    def column(self, name: str) -> np.ndarray:
        """Return (F, 1) values of a fact."""
        return self.facts[name].to_numpy()[:, None]

    def named(self, fact: str) -> list[str]:
        """Return (F,) the names of a fact's values."""
        names = {key: value.label(self.language) for key, value in values(columns("facilities")[fact].values).items()}
        return [names.get(key, key) for key in self.facts[fact]]

    def area(self, value: float) -> str:
        """Write an area in m², nothing where it is unknown."""
        return "" if np.isnan(value) else f"{format_number(value, self.language)} m²"

    def number(self, value: float) -> str:
        """Write a number, nothing where there is none."""
        return format_number(value, self.language) if np.isfinite(value) else ""


@dataclass(frozen=True)
class Finding:
    """A rule applied: (F, U) mask of what it excludes, (F,) what was observed, (U,) what is required."""

    excluded: np.ndarray
    observed: Sequence[str]
    required: Sequence[str]


def _finding(setting: Setting, excluded: np.ndarray, observed: Sequence[str] | None = None) -> Finding:
    """Return a finding that requires nothing in figures."""
    nothing = [""] * len(setting.facts)
    return Finding(excluded, nothing if observed is None else observed, [""] * len(setting.uses))


def _gate(setting: Setting, blocked: np.ndarray, observed: Sequence[str] | None, open_uses: Sequence[str]) -> Finding:
    return _finding(setting, blocked[:, None] & ~setting.is_use(*open_uses), observed)


def receiver_not_allowed(setting: Setting) -> Finding:
    """Transfer to nobody but the kinds of receivers that the law names, unless another procedure leads to the use."""
    forms, kinds = setting.catalogue.forms.values(), setting.catalogue.receiver_kinds
    open_to = {kind for form in forms for kind in form.receivers}
    barred = [u for u, use in enumerate(setting.uses) if open_to and use.public and use.receiver_kind not in open_to]
    excluded = np.zeros((len(setting.facts), len(setting.uses)), dtype=bool)
    found: list[list[str]] = [[] for _ in range(len(setting.facts))]
    for f, row in enumerate(setting.facts.to_dict("records") if barred else ()):
        for u in barred:
            excluded[f, u] = procedure_of(setting.uses[u], row, setting.catalogue) is None
        found[f] = [kinds[setting.uses[u].receiver_kind].label(setting.language) for u in barred if excluded[f, u]]
    required = "; ".join(kind.label(setting.language) for key, kind in kinds.items() if key in open_to)
    return Finding(excluded, ["; ".join(dict.fromkeys(names)) for names in found], [required] * len(setting.uses))


def use_disabled(setting: Setting) -> Finding:
    """Exclude the uses that the scenario switches off."""
    off = np.array([[use.key not in setting.enabled for use in setting.uses]])
    return _finding(setting, np.broadcast_to(off, (len(setting.facts), len(setting.uses))))


def commune_unknown(setting: Setting) -> Finding:
    """Decide nothing without a commune."""
    return _gate(setting, setting.facts["commune"].to_numpy() < 0, None, ["pending"])


def owner_unknown(setting: Setting) -> Finding:
    """Decide nothing before the owner is found."""
    return _gate(setting, (setting.facts["owner"] == "unknown").to_numpy(), None, ["pending"])


def consent_missing(setting: Setting) -> Finding:
    """Ask central, Party, armed-forces, enterprise and other owners first; a site in use may go on."""
    facts = setting.facts
    blocked = facts["owner"].isin(OWNERS_WITH_CONSENT) & ~facts["consent"].isin(CLEAR_CONSENT)
    observed = [f"{o}: {c}" for o, c in zip(setting.named("owner"), setting.named("consent"), strict=True)]
    return _gate(setting, blocked.to_numpy(), observed, ALWAYS_OPEN)


def encumbered(setting: Setting) -> Finding:
    """Settle disputes, leases, joint ventures, PPP, seizure, donation and excluded kinds first."""
    blocked = ~setting.facts["encumbrance"].isin(["none", "unknown"])
    return _gate(setting, blocked.to_numpy(), setting.named("encumbrance"), ["pending"])


def encroached(setting: Setting) -> Finding:
    """Recover premises that others occupy first."""
    blocked = setting.facts["occupancy"].isin(["encroached", "leased"])
    return _gate(setting, blocked.to_numpy(), setting.named("occupancy"), ["pending"])


def health_point_stays(setting: Setting) -> Finding:
    """Keep a working station of an old commune as a point unless the province decides otherwise."""
    facts = setting.facts
    stays = (facts["current_use"] == "health_station") & facts["in_use"]
    if not setting.catalogue.coefficient("health_points_stay"):
        stays &= False
    open_uses = ["keep_current", "health_station", "pending"]
    return _gate(setting, stays.to_numpy(), setting.named("occupancy"), open_uses)


def occupied(setting: Setting) -> Finding:
    """Let a legal successor that works in the house go on."""
    held = (setting.facts["occupancy"] == "in_use") & setting.facts["has_successor"]
    return _gate(setting, held.to_numpy(), setting.named("occupancy"), ALWAYS_OPEN)


def heritage(setting: Setting) -> Finding:
    """Let a monument serve culture and tradition only."""
    observed = [label("facilities", "heritage", setting.language)] * len(setting.facts)
    return _gate(setting, setting.facts["heritage"].to_numpy(bool), observed, [*HERITAGE_USES, *ALWAYS_OPEN])


def unsafe(setting: Setting) -> Finding:
    """Keep public uses out of an unsafe building; uses of the bare land are free to come."""
    blocked = (setting.column("condition") == "unsafe") & _mask(setting, lambda use: use.public and not use.land_based)
    return _finding(setting, blocked, setting.named("condition"))


def hazard(setting: Setting) -> Finding:
    """Keep schools, health stations and offices out of flood and landslide zones."""
    zone = ~setting.facts["hazard"].isin(["none", "unknown"]).to_numpy()
    return _finding(setting, zone[:, None] & _mask(setting, lambda use: use.hazard_free), setting.named("hazard"))


def area_unknown(setting: Setting) -> Finding:
    """Leave out a use with an area norm where neither the area nor a basis for assuming it is known."""
    land, floor = np.isnan(setting.column("land_m2")), np.isnan(setting.column("floor_m2"))
    by_land = _mask(setting, lambda use: not {"min_land_m2", "m2_per_place"}.isdisjoint(use.norms))
    by_floor = _mask(setting, lambda use: not {"min_floor_m2", "floor_m2_per_place"}.isdisjoint(use.norms))
    return _finding(setting, (land & by_land) | (floor & by_floor))


def land_too_small(setting: Setting) -> Finding:
    """Require the least plot of the use, which may be smaller in the mountains."""
    communes = setting.communes["mountainous"].to_numpy(bool)
    mountain = np.append(communes, [False])[setting.facts["commune"]]  # -1, no commune, takes the last
    flat = _norms(setting, "min_land_m2", 0.0)
    high = np.array([use.norm("min_land_m2_mountain") or least for use, least in zip(setting.uses, flat, strict=True)])
    land = setting.column("land_m2")
    small = land < np.where(mountain[:, None], high, flat)
    return Finding(small, [setting.area(v) for v in land[:, 0]], [f"≥ {setting.area(v)}" if v else "" for v in flat])


def floor_too_small(setting: Setting) -> Finding:
    """Require the least floor area of the use."""
    least, floor = _norms(setting, "min_floor_m2", 0.0), setting.column("floor_m2")
    required = [f"≥ {setting.area(v)}" if v else "" for v in least]
    return Finding(floor < least, [setting.area(v) for v in floor[:, 0]], required)


def too_many_storeys(setting: Setting) -> Finding:
    """Allow a use no more storeys than its norm; schools have few."""
    most, storeys = _norms(setting, "max_storeys", np.inf), setting.column("storeys")
    required = [f"≤ {setting.number(v)}" if np.isfinite(v) else "" for v in most]
    return Finding(storeys > most, [setting.number(v) for v in storeys[:, 0]], required)


def capacity_too_small(setting: Setting) -> Finding:
    """Require the least number of places of a school point."""
    least = _norms(setting, "min_places", 0.0)
    anywhere = np.full(len(setting.facts), np.inf)
    places = np.column_stack([setting.capacities.get(use.key, anywhere) for use in setting.uses])
    best = np.where(np.isfinite(places), places, -np.inf).max(axis=1)
    observed = [f"≤ {setting.number(v)}" if np.isfinite(v) else "" for v in best]
    return Finding(places < least, observed, [f"≥ {setting.number(v)}" if v else "" for v in least])


def not_in_use(setting: Setting) -> Finding:
    """Keep the status quo only with a holder at work, a legal successor, or a working service in the house."""
    goes_on = setting.facts["in_use"].to_numpy() | (setting.linked != "")
    return _finding(setting, ~goes_on[:, None] & setting.is_use("keep_current"), setting.named("occupancy"))


def planning_unknown(setting: Setting) -> Finding:
    """Allow a commercial exit only where the plan is known."""
    unknown = setting.column("planning_code") == ""
    return _finding(setting, unknown & _mask(setting, lambda use: use.commercial))


def planning_conflict(setting: Setting) -> Finding:
    """Allow a commercial exit only in line with the plan."""
    code = setting.facts["planning_code"]
    conflict = np.column_stack([~code.isin(use.land_codes) & (code != "") & use.commercial for use in setting.uses])
    return Finding(conflict, list(code), [" ".join(use.land_codes) for use in setting.uses])


def no_land_demand(setting: Setting) -> Finding:
    """Allow auction and lease only where somebody wants the land."""
    unwanted = setting.column("land_demand") != "yes"
    return _finding(setting, unwanted & _mask(setting, lambda use: use.commercial), setting.named("land_demand"))


def not_demolishable(setting: Setting) -> Finding:
    """Allow demolition only in a remote commune, where the house is unfit and nobody wants the land."""
    facts = setting.facts
    remote = np.append(setting.communes["weight"].to_numpy(float) > 1.0, [False])[facts["commune"]]
    allowed = (
        remote & facts["condition"].isin(["unsafe", "poor"]).to_numpy() & (facts["land_demand"] == "no").to_numpy()
    )
    return _finding(setting, ~allowed[:, None] & setting.is_use("demolish"), setting.named("condition"))


def reserve_not_allowed(setting: Setting) -> Finding:
    """Allow reserve only where the scenario does."""
    closed = np.full((len(setting.facts), 1), not setting.catalogue.reserve)
    return _finding(setting, closed & setting.is_use("reserve"))


def nobody_needs_it(setting: Setting) -> Finding:
    """Require of a public use a need within reach that somebody listed or a norm states."""
    return _finding(setting, ~setting.needed & setting.public)


def need_met(setting: Setting) -> Finding:
    """Give a commune that has what it needs no second one."""
    return _finding(setting, setting.met & setting.public)


def _mask(setting: Setting, holds: Callable[[Use], bool]) -> np.ndarray:
    """Return (1, U) mask of the uses of which something holds."""
    return np.array([[holds(use) for use in setting.uses]])


def _norms(setting: Setting, name: str, missing: float) -> np.ndarray:
    """Return (U,) a norm of every use."""
    return np.array([use.norm(name) or missing for use in setting.uses])


RULES: dict[str, Callable[[Setting], Finding]] = {
    rule.__name__: rule
    for rule in (
        use_disabled, commune_unknown, owner_unknown, encumbered, consent_missing, encroached,
        health_point_stays, occupied, heritage, receiver_not_allowed, unsafe, hazard, area_unknown, land_too_small,
        floor_too_small, too_many_storeys, capacity_too_small, not_in_use, planning_unknown, planning_conflict,
        no_land_demand, not_demolishable, reserve_not_allowed, nobody_needs_it, need_met,
    )
}  # fmt: skip
"""Every rule by its key in the catalogue, in the order in which a reason is named: gates first."""

GATES = ("commune_unknown", "owner_unknown", "encumbered", "consent_missing", "encroached")
"""Rules that a site must clear before anything can be decided."""

WANT_OF_NEED = ("nobody_needs_it", "need_met")
"""Rules that close a use only because nothing asks for it here; they come last, so nothing else closes the use."""

LAST_RULES = ("whole_site", "not_pending")
"""What is judged after all rules."""


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
    whole = np.nonzero([use.whole_site for use in setting.uses])[0]
    for found in setting.facts.groupby("site").indices.values():
        members = np.asarray(found, dtype=np.int64)
        if len(members) > 1:
            block = first[np.ix_(members, whole)]
            block[(block < 0) & (block >= 0).any(axis=0)] = number
            first[np.ix_(members, whole)] = block


def exclusions(setting: Setting, eligibility: Eligibility) -> pd.DataFrame:
    """Return one row for each excluded pair: facility_id, use, rule, legal_basis, observed, required, hard."""
    keys = [*eligibility.findings, *LAST_RULES]
    facility, use = (found.tolist() for found in np.nonzero(eligibility.first_rule >= 0))
    rules = [keys[n] for n in eligibility.first_rule[facility, use]]
    found = [eligibility.findings.get(rule) for rule in rules]
    catalogue = setting.catalogue.rules
    basis = {rule: catalogue[rule].basis(setting.language) for rule in keys}
    return pd.DataFrame(
        {
            "facility_id": setting.facts["facility_id"].to_numpy()[facility],
            "use": [setting.uses[u].key for u in use],
            "rule": rules,
            "legal_basis": [basis[rule] for rule in rules],
            "observed": ["" if f is None else f.observed[i] for f, i in zip(found, facility, strict=True)],
            "required": ["" if f is None else f.required[u] for f, u in zip(found, use, strict=True)],
            "hard": [catalogue[rule].hard for rule in rules],
        }
    )


def need_masks(
    needs: Needs, arcs: Mapping[str, Arcs], facts: pd.DataFrame, uses: Sequence[Use]
) -> tuple[np.ndarray, np.ndarray]:
    """Return (F, U) whether a known need stands behind a use at a facility, and whether it is met by what exists.

    Parameters
    ----------
    arcs : of each use that people reach, from its nodes to facilities.
    """
    needed = np.zeros((len(facts), len(uses)), dtype=bool)
    met = np.zeros_like(needed)
    commune = facts["commune"].to_numpy()
    for u, use in enumerate(uses):
        if use.family == "service":
            needed[np.unique(arcs[use.key].destination), u] = True
            continue
        rows = needs.commune_needs[needs.commune_needs["use"] == use.key]
        needed[:, u] = np.isin(commune, rows["commune"].to_numpy(dtype=int))
        full = rows[(rows["existing"] >= rows["need"]) & (rows["need"] > 0)]
        met[:, u] = np.isin(commune, full["commune"].to_numpy(dtype=int))
    return needed, met


def service_capacities(facts: pd.DataFrame, communes: pd.DataFrame, catalogue: Catalogue) -> dict[str, np.ndarray]:
    """Return (F,) places of each service use, by use key."""
    return {
        key: capacity(facts, communes, key, catalogue) for key, use in catalogue.uses.items() if use.family == "service"
    }

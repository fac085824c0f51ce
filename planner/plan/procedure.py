"""Form, next step, ground, authority and clock of a decision, by the catalogue's table of procedures."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

from planner.catalogue import Catalogue, Use
from planner.catalogue.load import Language
from planner.problem.procedures import fitting_procedures, holder_stays, kind_of, procedure_of

UNDECIDED = ("pending", "reserve")
SOUND = ("good", "repairable")


@dataclass(frozen=True)
class Handling:
    """How a decision is carried out; empty strings and None where nothing is done yet."""

    form: str | None
    next_step: str
    ground: str | None
    authority: str
    decide_days: int | None
    handover_days: int | None


def handle(use: Use, facility: Mapping[Hashable, object], catalogue: Catalogue, language: Language) -> Handling:
    """Return how a facility gets to its use: see `problem.procedures.procedure_of`.

    Parameters
    ----------
    facility : facts of the facility: owner, current_use, occupancy, condition, land_demand, planning_code.
    language : of the ground.
    """
    if use.key in UNDECIDED:
        return Handling(None, "none", None, "none", None, None)
    decided = next(fitting_procedures(use, facility, catalogue), None)
    row = procedure_of(use, facility, catalogue) or decided  # somebody decided so, whatever the rule
    if row is None:
        return Handling(None, "none", None, "none", None, None)
    step = _next_step(use, facility)
    return Handling(row.form, step, row.basis(language), row.authority, row.decide_days, row.handover_days)


def receiver(use: Use, commune: str, holder: str, language: Language) -> str:
    """Return who receives a facility, in words; "Xã" and "Phường" are small inside a Vietnamese name."""
    if language == "vi":
        return use.receiver_vi.format(commune=commune[:1].lower() + commune[1:], holder=holder)
    return use.receiver_en.format(commune=commune, holder=holder)


def outcome_of(use: Use, current_use: str, catalogue: Catalogue) -> str:
    """Return the ministry outcome; whoever keeps its use counts where that use counts."""
    if use.ministry_outcome != "as_now":
        return use.ministry_outcome
    if current_use == "office":
        return "office"
    now = catalogue.uses.get(current_use)
    return now.ministry_outcome if now is not None and now.public else "other"


def _next_step(use: Use, facility: Mapping[Hashable, object]) -> str:
    if use.key == "land_fund":
        house = facility["condition"] in SOUND and facility["land_demand"] != "yes"
        return "house_organisation" if house else "land_fund"
    if use.key == "auction_or_lease":
        return "sell" if facility["planning_code"] in ("ODT", "ONT") else "lease"
    if use.key == "demolish":
        return "liquidate"
    if kind_of(use, facility) == "new_use":
        return "convert"
    return "none" if holder_stays(use, facility) else "allocate"

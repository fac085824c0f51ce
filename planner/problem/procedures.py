"""Which row of the table of procedures a decision follows."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping

from planner.catalogue import Catalogue, Use
from planner.catalogue.load import Procedure
from planner.problem.costs import resembles_one

Facility = Mapping[Hashable, object]


def procedure_of(use: Use, facility: Facility, catalogue: Catalogue) -> Procedure | None:
    """Return the first procedure whose conditions hold and whose form is open to the receiver; None where none is.

    A transfer goes to state bodies, armed forces, public-service units, the Party and socio-political organisations
    only (Law on Management and Use of Public Property, Art. 42.2).

    Parameters
    ----------
    facility : facts of the facility: owner, current_use, occupancy.
    """
    fitting = fitting_procedures(use, facility, catalogue)
    return next((row for row in fitting if catalogue.forms[row.form].admits(use.receiver_kind)), None)


def fitting_procedures(use: Use, facility: Facility, catalogue: Catalogue) -> Iterator[Procedure]:
    """Yield the procedures whose conditions hold, whoever receives."""
    kind, stays = kind_of(use, facility), holder_stays(use, facility)
    for row in catalogue.procedures:
        fits = kind in row.outcome and (not row.owner or facility["owner"] in row.owner)
        if fits and row.holder_stays in (None, stays) and row.unused in (None, facility["occupancy"] == "vacant"):
            yield row


def kind_of(use: Use, facility: Facility) -> str:
    """Return whether a use is an exit, the same as now, or new."""
    if use.family == "exit":
        return "exit"
    same = use.key == "keep_current" or resembles_one(str(facility["current_use"]), use.key)
    return "same_use" if same else "new_use"


def holder_stays(use: Use, facility: Facility) -> bool:
    """Return whether the holder goes on: with the present use, or the commune with what it runs itself."""
    return use.key == "keep_current" or (use.run_by_commune and facility["owner"] == "commune")

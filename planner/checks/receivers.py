"""Checks of who is to receive a facility."""

from __future__ import annotations

from planner.catalogue.load import ReceiverKind
from planner.checks.common import Check, findings
from planner.errors import Record
from planner.inputs.decisions import FIXED
from planner.inputs.tables import Tables, text_of
from planner.inputs.text import fold
from planner.scenario import Scenario


def receiver_not_allowed(tables: Tables, scenario: Scenario) -> list[Record]:
    """Report approved receivers whose name says that they may not receive by the approved form, else by transfer.

    The decision stands, as every decision against a rule does; a name that says nothing is not judged.
    """
    catalogue, language = scenario.load_catalogue(), scenario.language
    about = findings("facilities", tables, scenario)
    given = (text_of(tables.facilities, key) for key in ("approved_receiver", "approved_form", "status"))
    records = []
    for row, (name, form, status) in enumerate(zip(*given, strict=True)):
        kind = kind_of(name, catalogue.receiver_kinds) if name and status in FIXED else None
        used = catalogue.forms[form or "transfer"]
        if kind is not None and not used.admits(kind):
            words = {"kind": catalogue.receiver_kinds[kind].label(language), "form": used.label(language)}
            words["allowed"] = "; ".join(catalogue.receiver_kinds[key].label(language) for key in used.receivers)
            words["basis"] = catalogue.rules["receiver_not_allowed"].basis(language)
            records.append(about.cell(row, "approved_receiver", "receiver-not-allowed", "warning", **words))
    return records


def kind_of(name: str, kinds: dict[str, ReceiverKind]) -> str | None:
    """Return the kind of receiver that a name begins as, or None where it does not say."""
    text = f"{fold(name)} "
    return next((key for key, kind in kinds.items() if any(text.startswith(f"{fold(w)} ") for w in kind.words)), None)


CHECKS: tuple[Check, ...] = (receiver_not_allowed,)

"""What a plan changes of an earlier one, and why: the difference of the two tables, row by row."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

import pandas as pd

from planner.catalogue.columns import columns
from planner.inputs.decisions import FIXED
from planner.plan.grounds import Grounds, number, say, small

Row = Mapping[Hashable, object]


def make_changes(grounds: Grounds, allocation: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each facility whose use differs from the earlier plan's, is new, or is no longer listed.

    Columns: facility_id, name, commune_name, previous_use, new_use, previous_status, why. First the facilities of the
    allocation in its order, then those that only the earlier plan holds. No rows without an earlier plan.
    """
    previous = grounds.inputs.previous
    keys = list(columns("plan_changes"))
    if previous is None:
        return pd.DataFrame(columns=keys)
    earlier = {row["facility_id"]: row for row in previous.to_dict("records")}
    rows: list[dict[str, object]] = []
    for f, now in enumerate(allocation[["facility_id", "name", "commune_name", "new_use"]].to_dict("records")):
        before = earlier.pop(now["facility_id"], None)
        if before is None:
            rows.append(_row(now, None, now["new_use"], None, say(grounds, "change_new")))
        elif before["new_use"] != now["new_use"]:
            rows.append(_row(now, before["new_use"], now["new_use"], before["status"], _why(grounds, f, before)))
    gone = say(grounds, "change_gone")
    rows += [_row(before, before["new_use"], None, before["status"], gone) for before in earlier.values()]
    return pd.DataFrame(rows, columns=keys)


def count_changes(changes: pd.DataFrame) -> dict[str, int]:
    """Return the number of rows, of decisions already taken among them, of new facilities and of those gone."""
    return {
        "count": len(changes),
        "approved": int(changes["previous_status"].isin(FIXED).sum()),
        "new": int(changes["previous_use"].isna().sum()),
        "gone": int(changes["new_use"].isna().sum()),
    }


def _row(of: Row, before: object, now: object, status: object, why: str) -> dict[str, object]:
    about = {key: of[key] for key in ("facility_id", "name", "commune_name")}
    return about | {"previous_use": before, "new_use": now, "previous_status": status, "why": why}


def _why(grounds: Grounds, f: int, before: Row) -> str:
    """Return why a facility has another use now: somebody decided so, a rule says so, or it is worth the change."""
    reviewed = _reviewed(grounds, f, str(before["new_use"]))
    if reviewed is not None:
        return reviewed
    if grounds.decided_by[f] == "lock":
        return say(grounds, "change_listed")
    closed = _closed(grounds, f, str(before["new_use"]))
    if closed is not None:
        return closed
    cost = number(grounds, grounds.case.problem.stability.price, 2)
    key = "change_released" if before["status"] in FIXED else "change_outweighs"
    return say(grounds, key, cost=cost)


def _reviewed(grounds: Grounds, f: int, use: str) -> str | None:
    """Return that the review table asks for the new use or rules out the earlier one; None where it does neither."""
    locks = grounds.case.locks[grounds.case.locks["facility"] == f]
    asked = (locks["kind"] == "require") | ((locks["kind"] == "forbid") & (locks["use"] == use))
    if not asked.any():
        return None
    decisions = grounds.inputs.decisions
    code = grounds.case.facilities["facility_id"].iat[f]
    said = decisions.loc[(decisions["facility_id"] == code) & decisions["reason"].notna(), "reason"]
    return say(grounds, "change_reviewed", why=f": {said.iat[-1]}" if len(said) else "")


def _closed(grounds: Grounds, f: int, use: str) -> str | None:
    """Return the rule that closes the earlier use, with what was observed; None where the use is still open."""
    rules, code = grounds.case.rules, grounds.case.facilities["facility_id"].iat[f]
    found = rules[(rules["facility_id"] == code) & (rules["use"] == use)]
    if not len(found):
        return None
    if use == "pending":
        return say(grounds, "change_cleared")
    first = found.iloc[0]
    told = ", ".join(str(first[key]) for key in ("observed", "required") if first[key])
    basis = "" if first["legal_basis"] == "–" else say(grounds, "change_basis", basis=first["legal_basis"])
    rule = small(grounds.catalogue.rules[first["rule"]].label(grounds.language))
    return say(grounds, "change_closed", rule=rule, observed=told and f" ({told})", basis=basis)

"""The ministry's statistics and the lists of work that follow from a plan."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.catalogue import Catalogue, Norm
from planner.catalogue.load import Language, PriorityClass, RoadClass
from planner.inputs.decisions import FIXED
from planner.inputs.tables import Inputs
from planner.plan.grounds import Grounds
from planner.plan.procedure import outcome_of

NOT_YET = "not_yet_handled"


def make_statistics(grounds: Grounds, allocation: pd.DataFrame) -> pd.DataFrame:
    """Return the ten ministry outcomes x (sites, land m², floor m²), once as proposed and once as it stands today.

    A site counts once, under the outcome of its largest building; its land counts once; floor counts by building.
    Unknown areas are not in the sums. Shares leave out what is not yet handled, as the national figures do.
    """
    facilities = grounds.inputs.facilities
    fixed = (facilities["status"].isin(FIXED) & facilities["approved_use"].notna()).fillna(False)  # noqa: FBT003
    now = facilities["current_use"].fillna("unknown")
    actual = [
        outcome_of(grounds.catalogue.uses[use], current, grounds.catalogue) if done else NOT_YET
        for use, current, done in zip(facilities["approved_use"].fillna("pending"), now, fixed, strict=True)
    ]
    blocks = {"proposed": allocation["ministry_outcome"], "actual": pd.Series(actual)}
    return pd.concat(
        [_block(name, outcome, grounds.inputs, grounds.catalogue) for name, outcome in blocks.items()],
        ignore_index=True,
    )


def _block(name: str, outcome: pd.Series, inputs: Inputs, catalogue: Catalogue) -> pd.DataFrame:
    found = triples(outcome, inputs.facilities)
    rows = pd.DataFrame({"ministry_outcome": list(catalogue.ministry_outcomes)})
    rows.insert(0, "block", name)
    for figure in found:
        rows[figure] = rows["ministry_outcome"].map(found[figure]).fillna(0)
    rows["sites"] = rows["sites"].astype(int)
    handled = rows["ministry_outcome"] != NOT_YET
    total = max(int(rows.loc[handled, "sites"].sum()), 1)
    rows["share"] = (rows["sites"] / total).where(handled).round(4)
    rows["national_share"] = [term.national_share for term in catalogue.ministry_outcomes.values()]
    return rows


def triples(group: pd.Series, facilities: pd.DataFrame) -> pd.DataFrame:
    """Return sites, land m² and floor m² by group; a site and its land count once, with its largest building."""
    table = pd.DataFrame(
        {
            "group": group.to_numpy(),
            "site": facilities["site_id"].fillna(facilities["facility_id"]).to_numpy(),
            "land": facilities["land_area_m2"].to_numpy(float, na_value=np.nan),
            "floor": facilities["floor_area_m2"].to_numpy(float, na_value=np.nan),
        }
    )
    leading = table.sort_values("floor", ascending=False, kind="stable", na_position="last").drop_duplicates("site")
    sites = leading.groupby("group").size()
    land, floor = leading.groupby("group")["land"].sum().round(2), table.groupby("group")["floor"].sum().round(2)
    return pd.DataFrame({"sites": sites, "land_m2": land, "floor_m2": floor}).fillna(0)


def make_form_totals(inputs: Inputs, allocation: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Return the statutory triples of the proposals, one row for each form and next step met, in the catalogue's order.

    What has no form yet stands last, without a next step.
    """
    forms, steps = [*catalogue.forms, NOT_YET], [*catalogue.next_steps, ""]
    form = allocation["handling_form"].fillna(NOT_YET)
    step = allocation["next_step"].fillna("").where(form != NOT_YET, "")
    places = form.map(forms.index) * len(steps) + step.map(steps.index)
    found = triples(places, inputs.facilities)
    keys = pd.DataFrame(
        {
            "handling_form": [forms[place // len(steps)] for place in found.index],
            "next_step": [steps[place % len(steps)] or None for place in found.index],
        }
    )
    return pd.concat([keys, found.reset_index(drop=True).astype({"sites": int})], axis=1)


def make_planning_updates(grounds: Grounds, allocation: pd.DataFrame) -> pd.DataFrame:
    """Return the facilities for which land-use, construction or specialised planning must be updated or checked."""
    chosen = allocation["planning_update"].to_numpy(bool)
    table = allocation.loc[chosen, ["facility_id", "name", "commune_name", "new_use", "planning_status"]].copy()
    facilities = grounds.inputs.facilities.loc[chosen]
    table.insert(4, "land_use_code", facilities["land_use_code"])
    table.insert(5, "planning_code", facilities["planning_code"])
    table["update"] = ["/".join(grounds.catalogue.uses[use].land_codes) for use in table["new_use"]]
    return table.reset_index(drop=True)


def make_budget(grounds: Grounds, group: np.ndarray | None, share_min: float | None) -> pd.DataFrame:
    """Return money by source: limit, spent, left, and the share of the money spent on the favoured group."""
    case, outcome = grounds.case, grounds.outcome
    rows = np.arange(len(outcome.use))
    table = []
    for s, source in enumerate(case.problem.budget.sources):
        spent = case.cost[s, rows, outcome.use]
        limit = None if np.isinf(source.limit) else source.limit
        total = float(spent.sum())
        share = float(spent[group].sum()) / total if group is not None and total > 0 else None
        table.append(
            {
                "source": source.name,
                "limit_million_vnd": limit,
                "spent_million_vnd": round(total, 3),
                "left_million_vnd": None if limit is None else round(limit - total, 3),
                "disadvantaged_share": None if share is None else round(share, 4),
                "disadvantaged_share_min": share_min,
            }
        )
    return pd.DataFrame(table)


def make_parameters(grounds: Grounds, *, with_roads: bool = False) -> pd.DataFrame:
    """Return every norm, coefficient and priority weight in force, with source, legal basis, date and confidence.

    With roads: their speeds too.
    """
    catalogue, language = grounds.catalogue, grounds.language
    kmh = catalogue.coefficients["walking_kmh"].unit_label(language)
    rows = [
        _parameter(use.label(language), f"{use.key}.{name}", norm, norm.value, norm.unit_label(language), language)
        for use in catalogue.uses.values()
        for name, norm in use.norms.items()
    ]
    rows += [
        _parameter("–", key, norm, norm.value, norm.unit_label(language), language)
        for key, norm in catalogue.coefficients.items()
    ]
    rows += [
        _parameter("–", f"priority.{key}", found, found.weight, "–", language)
        for key, found in catalogue.priority.items()
    ]
    rows += [
        _parameter(found.label(language), f"roads.{key}.{season}_kmh", found, speed, kmh, language)
        for key, found in (catalogue.roads.items() if with_roads else ())
        for season, speed in (("dry", found.dry_kmh), ("rainy", found.rainy_kmh))
    ]
    return pd.DataFrame(rows)


def _parameter(  # noqa: PLR0913  the cells of a row
    group: str, key: str, found: Norm | PriorityClass | RoadClass, value: float, unit: str, language: Language
) -> dict[str, object]:
    return {
        "group": group,
        "key": key,
        "name": found.label(language),
        "value": value,
        "unit": unit,
        "source": found.source,
        "legal_basis": found.basis(language),
        "valid_from": f"{found.valid_from:%Y-%m-%d}",
        "confidence": found.confidence,
    }

"""Statutory lists: one row a site, in the order of the form that they are copied into."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

import pandas as pd

from planner.catalogue.columns import columns

if TYPE_CHECKING:
    from planner.outputs.sheet import Book
    from planner.plan.result import Plan

_SUMS = ("buildings", "floor_area_m2", "original_value_vnd", "residual_value_vnd")
_LEADING = ("address", "commune_code", "commune_name", "holder", "built_year")
_JOINED = {
    "condition": "condition",
    "current_use": "current_use",
    "occupancy": "occupancy",
    "proposed_form": "form",
    "next_step": "next_step",
    "new_use": "use",
    "receiver": "",
    "legal_ground": "",
    "reason": "",
}


def site_list(plan: Plan, book: Book) -> pd.DataFrame:
    """Return the list of sites proposed for handling (01/TSC-XLTS), columns as in `tsc_xlts`.

    A site's address, holder and year are those of its largest building; areas and values are its buildings' sums,
    unknown as soon as one is; uses, forms and reasons are those of its buildings, each once.

    Parameters
    ----------
    plan : the plan as it is shown.
    book : names the values of enumerations in the language of the run.
    """
    facilities = pd.DataFrame(plan.inputs.facilities).reset_index(drop=True)
    decided = plan.allocation.reset_index(drop=True)
    proposed = {key: decided[key] for key in ("next_step", "new_use", "receiver", "legal_ground", "reason")}
    table = facilities.assign(proposed_form=decided["handling_form"], **proposed)
    table["buildings"] = table["buildings"].where(table["buildings"].notna() | table["site_id"].isna(), 1)
    table["site_id"] = table["site_id"].fillna(table["facility_id"])
    ordered = table.sort_values("floor_area_m2", ascending=False, kind="stable", na_position="last")
    sites = ordered.groupby("site_id", sort=False)
    found = pd.DataFrame(
        {
            "name": sites["name"].agg(_shared_name),
            "land_area_m2": sites["land_area_m2"].first(),
            **{key: sites[key].sum().mask(ordered[key].isna().groupby(ordered["site_id"]).any()) for key in _SUMS},
            **{key: sites[key].first() for key in _LEADING},
        }
    )
    for key, enumeration in _JOINED.items():
        names = book.names(enumeration)
        named = ordered[key].map(lambda cell, names=names: names.get(cell, cell), na_action="ignore")
        found[key] = _each_once(ordered["site_id"], named).reindex(found.index)
    found = found.reindex(table["site_id"].drop_duplicates()).rename_axis("site_id").reset_index()
    found.insert(0, "serial", range(1, len(found) + 1))
    return found[list(columns("tsc_xlts"))]


def _each_once(sites: pd.Series, cells: pd.Series) -> pd.Series:
    """Return by site what its cells say, each once; row by row, for a groupby of many small groups takes seconds."""
    said: dict[str, dict[str, None]] = {}
    for site, cell in zip(sites, cells, strict=True):
        said.setdefault(site, {}).update({} if pd.isna(cell) else {str(cell): None})
    return pd.Series({site: "; ".join(texts) or None for site, texts in said.items()}, dtype="string")


def _shared_name(names: pd.Series) -> str | None:
    """Return the parts between commas that the names of a site's buildings begin with, or the largest one's name."""
    known = [str(name) for name in dict.fromkeys(names.dropna())]
    parts = zip(*(name.split(",") for name in known), strict=False)
    shared = [same[0] for same in takewhile(lambda same: len(set(same)) == 1, parts)]
    return ",".join(shared).strip() or (known[0] if known else None)


def totals_by_form(plan: Plan, book: Book) -> pd.DataFrame:
    """Return the triples by form, with the ministry's word for what has no form yet."""
    words = {key: term.label(book.language) for key, term in plan.catalogue.ministry_outcomes.items()}
    return plan.form_totals.assign(handling_form=plan.form_totals["handling_form"].replace(words))

"""Papers: which a facility has, on paper or digital, and which its proposal still lacks."""

from __future__ import annotations

import pandas as pd

from planner.catalogue.load import read_data

COLUMNS = ("facility_id", "paper", "needed", "held", "missing")
_ABSENT = "none"


def make_dossiers(facilities: pd.DataFrame, allocation: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each facility and paper of `dossiers.toml`.

    Parameters
    ----------
    facilities : the input table, with the `dossier_*` columns.
    allocation : the same facilities in the same order, with the form and next step of the proposal.

    Returns
    -------
    `needed` for the proposal; `held` (none, paper, digital, both, held; NA where unknown); `missing`: needed and not
    there, NA where it is needed and nobody has said whether it is there.
    """
    parts = [_paper(key, paper, facilities, allocation) for key, paper in read_data("dossiers")["papers"].items()]
    table = pd.concat(parts).sort_index(kind="stable").reset_index(drop=True)
    return table[list(COLUMNS)]


def _paper(key: str, paper: dict[str, list[str]], facilities: pd.DataFrame, allocation: pd.DataFrame) -> pd.DataFrame:
    condition = facilities["condition"].reset_index(drop=True)
    needed = allocation["handling_form"].isin(paper.get("forms", []))
    needed |= allocation["next_step"].isin(paper.get("next_steps", []))
    needed |= (condition.isin(paper.get("conditions", [])) & allocation["handling_form"].notna()).fillna(value=False)
    held = facilities[paper["column"]].reset_index(drop=True).astype("string")
    missing = (held == _ABSENT).astype("boolean").mask(held.isna(), pd.NA).mask(~needed, other=False)
    ids, needed = allocation["facility_id"], needed.astype(bool)
    return pd.DataFrame({"facility_id": ids, "paper": key, "needed": needed, "held": held, "missing": missing})


def papers_by_facility(dossiers: pd.DataFrame) -> pd.DataFrame:
    """Return one row a facility in their order: `papers_missing`, `papers_unknown`, and the column of each paper.

    Parameters
    ----------
    dossiers : as of `make_dossiers`.
    """
    columns = {key: paper["column"] for key, paper in read_data("dossiers")["papers"].items()}
    order = dossiers["facility_id"].drop_duplicates()
    held = dossiers.pivot_table(index="facility_id", columns="paper", values="held", aggfunc="first", dropna=False)
    wide = held.reindex(index=order, columns=list(columns)).rename(columns=columns)
    by_facility = dossiers["missing"].groupby(dossiers["facility_id"])
    wide.insert(0, "papers_missing", by_facility.sum().reindex(order).astype("Int64"))
    unknown = dossiers["missing"].isna().groupby(dossiers["facility_id"]).sum()
    wide.insert(1, "papers_unknown", unknown.reindex(order).astype("Int64"))
    return wide.reset_index().rename_axis(columns=None)

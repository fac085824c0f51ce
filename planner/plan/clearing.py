"""What stands between a plan and its decisions: obstacles of each site, and what is asked of other levels."""

from __future__ import annotations

import pandas as pd

from planner.catalogue.columns import columns, value_label
from planner.inputs.decisions import FIXED
from planner.inputs.tables import Inputs, text_of
from planner.plan.grounds import Grounds
from planner.plan.statistics import triples
from planner.problem.eligibility import GATES

_ABOUT = ("facility_id", "name", "commune_name")


def make_to_clear(grounds: Grounds, allocation: pd.DataFrame, dossiers: pd.DataFrame) -> pd.DataFrame:
    """Return, site by site, the consents missing and of whom, the papers missing, and whatever else stands in the way.

    Consents and other obstacles are the closed gates of a facility, and unknown areas of a pending one; a paper is
    missing where the proposal needs it and the list says that it is not there.

    Parameters
    ----------
    dossiers : facility x paper, see `dossiers.make_dossiers`.
    """
    table = pd.concat([_obstacles(grounds, allocation), _papers(grounds, dossiers)], ignore_index=True)
    order = {facility_id: i for i, facility_id in enumerate(allocation["facility_id"])}
    table = table.assign(order=table["facility_id"].map(order)).sort_values("order", kind="stable")
    about = allocation[list(_ABOUT)].merge(table, on="facility_id", how="right")
    return about.reindex(columns=list(columns("to_clear"))).reset_index(drop=True)


def _obstacles(grounds: Grounds, allocation: pd.DataFrame) -> pd.DataFrame:
    rules, catalogue, language = grounds.case.rules, grounds.catalogue.rules, grounds.language
    found = rules[rules["rule"].isin([*GATES, "area_unknown"])].drop_duplicates(["facility_id", "rule"])
    pending = allocation.loc[allocation["new_use"] == "pending", "facility_id"]
    found = found[found["rule"].isin(GATES) | found["facility_id"].isin(pending)]
    consent = found["rule"] == "consent_missing"
    whom = found["facility_id"].map(_owners_in_words(grounds)).where(consent)
    return found[["facility_id", "rule", "observed", "legal_basis"]].assign(
        obstacle=consent.map({True: "consent", False: "other"}),
        whom=whom,
        action=[catalogue[rule].clearing(language) for rule in found["rule"]],
    )


def _papers(grounds: Grounds, dossiers: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each facility with papers that it needs and lacks."""
    lacking = dossiers[dossiers["missing"].fillna(value=False).astype(bool)]
    names = lacking["paper"].map(lambda paper: value_label("paper", paper, grounds.language))
    listed = names.groupby(lacking["facility_id"], sort=False).agg("; ".join)
    facilities = grounds.inputs.facilities
    holders = dict(zip(facilities["facility_id"], text_of(facilities, "holder"), strict=True))
    rows = [(code, "papers", papers, holders[code] or None) for code, papers in listed.items()]
    action = grounds.catalogue.requests["papers"]
    return pd.DataFrame(rows, columns=["facility_id", "obstacle", "observed", "whom"]).assign(
        rule=None, action=action.label(grounds.language), legal_basis=action.basis(grounds.language)
    )


def _owners_in_words(grounds: Grounds) -> dict[str, str]:
    """Return, by facility, the side that owns it and its holder, where the province cannot decide alone."""
    facilities, addressees = grounds.inputs.facilities, grounds.catalogue.addressees
    found = {}
    for code, owner, holder in zip(
        facilities["facility_id"], text_of(facilities, "owner"), text_of(facilities, "holder"), strict=True
    ):
        if owner in addressees:
            found[code] = "; ".join(filter(None, (addressees[owner].label(grounds.language), holder)))
    return found


def make_recommendations(grounds: Grounds, allocation: pd.DataFrame) -> pd.DataFrame:
    """Return what is asked of other levels, by addressee: consent where it is missing, a decision where it is theirs.

    What is approved, handed over or in use already is asked of nobody.
    """
    facilities, catalogue, language = grounds.inputs.facilities, grounds.catalogue, grounds.language
    rules = grounds.case.rules
    waiting = rules[rules["rule"] == "consent_missing"].drop_duplicates("facility_id").set_index("facility_id")
    owners = text_of(facilities, "owner")
    rows = []
    for f, row in enumerate(allocation.to_dict("records")):
        code = row["facility_id"]
        pending = row["new_use"] == "pending" and code in waiting.index
        request = "consent" if pending else str(row["authority"])
        if request not in catalogue.requests or owners[f] not in catalogue.addressees or row["status"] in FIXED:
            continue
        addressee = catalogue.addressees[owners[f]]
        ground = waiting["legal_basis"].at[code] if pending else row["legal_ground"]
        rows.append(
            {
                **{key: row[key] for key in (*_ABOUT, "handling_form", "new_use", "land_area_m2", "floor_area_m2")},
                "addressee": owners[f],
                "holder": facilities["holder"].iat[f],
                "request": request,
                "legal_ground": ground,
                "legal_basis": addressee.basis(language),
            }
        )
    table = pd.DataFrame(rows, columns=list(columns("recommendations")))
    orders = {"addressee": list(catalogue.addressees), "request": list(catalogue.requests)}
    return table.sort_values(
        ["addressee", "request"], kind="stable", key=lambda keys: keys.map(orders[str(keys.name)].index)
    ).reset_index(drop=True)


def count_recommendations(recommendations: pd.DataFrame, inputs: Inputs) -> pd.DataFrame:
    """Return sites, land m² and floor m² by addressee and request; a site and its land count once."""
    facilities = inputs.facilities
    chosen = facilities[facilities["facility_id"].isin(recommendations["facility_id"])]
    asked = recommendations.set_index("facility_id").loc[chosen["facility_id"], ["addressee", "request"]]
    keys = list(recommendations[["addressee", "request"]].drop_duplicates().itertuples(index=False, name=None))
    place = pd.Series([keys.index(pair) for pair in asked.itertuples(index=False, name=None)], dtype=int)
    counted = triples(place, chosen).reindex(range(len(keys)), fill_value=0)
    table = pd.DataFrame(keys, columns=["addressee", "request"]).join(counted)
    return table.astype({"sites": int})

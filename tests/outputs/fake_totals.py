"""Tables of the invented plan that add up: outcomes, money, what communes receive, and the summary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from planner.catalogue.columns import columns as columns_of
from planner.scenario import Scenario

if TYPE_CHECKING:
    from planner.catalogue.load import Catalogue


def statistics(allocation: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    decided = allocation[allocation["status"] != "proposed"]
    blocks = []
    for block, rows in (("proposed", allocation), ("actual", decided)):
        sites = rows.drop_duplicates(["site_id", "ministry_outcome"]).groupby("ministry_outcome")
        counts, land = sites.size(), sites["land_area_m2"].sum()
        floor = rows.groupby("ministry_outcome")["floor_area_m2"].sum()
        total = max(int(counts.sum()), 1)
        blocks += [
            (
                block, key, int(counts.get(key, 0)), float(land.get(key, 0.0)), float(floor.get(key, 0.0)),
                counts.get(key, 0) / total, term.national_share,
            )
            for key, term in catalogue.ministry_outcomes.items()
        ]  # fmt: skip
    columns = list(columns_of("statistics"))
    return pd.DataFrame(blocks, columns=columns).astype({"national_share": "Float64"})


def budget() -> pd.DataFrame:
    frame = pd.DataFrame(
        [("renovation", 20_000.0, 13_766.5, 6_233.5, 0.8712, 0.5), ("equipment", None, 0.0, None, None, None)],
        columns=list(columns_of("budget")),
    )
    return frame.astype(dict.fromkeys(frame.columns[1:], "Float64"))


def equity() -> pd.DataFrame:
    rows = [
        ("class", "III", "Vùng III", 18_904, 2.0, 945.2, 730.0, 0.772, 0.91, None, None),
        ("class", "none", "Không thuộc vùng khó khăn", 41_260, 1.0, 2_063.0, 1_645.0, 0.797, 0.88, None, None),
        ("commune", "02647", "Phường Lào Cai", 41_260, 1.0, 2_063.0, 1_645.0, 0.797, 0.88, 0.906, 0.4),
        ("commune", "02680", "Xã Mường Khương", 18_904, 2.0, 945.2, 730.0, 0.772, 0.91, 0.848, 0.8),
        ("commune", "02701", "Xã Bảo Hà", 23_517, 1.6, 1_528.6, 1_200.0, 0.785, None, None, 0.64),
    ]
    columns = list(columns_of("equity"))
    unknown = ("attainable_share", "own_best_share", "target_share")
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(unknown, "Float64"))


def fairness() -> pd.DataFrame:
    figures = (0.785, 0.012, 0.772, 0.883, 0.014, 0.848, "Xã Mường Khương", 0.848, "Phường Lào Cai", 0.906)
    rows = [
        ("communes", None, None, 3, 83_681, *figures),
        ("class", "III", "Vùng III", 1, 18_904, 0.772, 0.0, 0.772, 0.848, 0.0, 0.848, *figures[6:8], None, None),
    ]
    return pd.DataFrame(rows, columns=list(columns_of("fairness")))


def shares() -> pd.DataFrame:
    rows = [("money", 18_000.0, 9_900.0, 0.55, 0.5), ("area", 12_400.0, 5_580.0, 0.45, None)]
    return pd.DataFrame(rows, columns=list(columns_of("shares"))).astype({"disadvantaged_share_min": "Float64"})


def summary(scenario: Scenario, allocation: pd.DataFrame, needs: pd.DataFrame) -> dict[str, Any]:
    def count(column: str) -> dict[str, int]:
        return {str(key): int(n) for key, n in allocation[column].value_counts(sort=False).sort_index().items()}

    weights = {"mandatory": 1e6, "fairness": 1e4, "services": 100.0, "money": 1.0, "quality": 0.1, "cascade": 0.01}
    terms = [
        {
            "name": n,
            "unit": "persons-equivalent",
            "weight": w,
            "value": 1_234.5678,
            "unavoidable": 1_200.0,
            "bound": 1_234.0,
        }
        for n, w in weights.items()
    ]
    totals = needs.fillna(0.0).groupby("use", sort=True)[["need", "existing", "met", "unmet"]].sum()
    units = needs.drop_duplicates("use").set_index("use")["unit"]
    return {
        "schema": 1,
        "scenario": scenario.name,
        "language": scenario.language,
        "scenario_file": "lao-cai.toml",
        "overrides": {},
        "status": "optimal",
        "objective": 123_456.7891,
        "bound": 123_456.7772,
        "gap": 9.6e-8,
        "gap_abs": 0.0119,
        "unique": True,
        "reproducible": True,
        "terms": terms,
        "counts": {
            "read": {"facilities": len(allocation) + 2},
            "set_aside": {"facilities": 2},
            "facilities": len(allocation),
            "sites": int(allocation["site_id"].nunique()),
            "by_use": count("new_use"),
            "by_handling_form": count("handling_form"),
            "by_ministry_outcome": count("ministry_outcome"),
            "by_decided_by": count("decided_by"),
            "survey_needed": int(allocation["survey_needed"].sum()),
        },
        "needs": {
            str(use): {"unit": units[use]} | {key: float(value) for key, value in row.items()}
            for use, row in totals.iterrows()
        },
        "disadvantaged": {"preschool": {"priority": 0.7723, "elsewhere": 0.7974}},
        "inputs": [{"path": "facilities.xlsx", "sha256": "0" * 64, "rows": len(allocation)}],
        "solver": {"name": "highs", "version": "1.15.1", "threads": 2, "seed": 1},
        "versions": {"planner": "0.1.0"},
        "locks": {"count": 4, "price_together": 12.5},
        "fairness": {
            "gini": 0.012,
            "lowest_decile_share": 0.772,
            "gini_own_best": 0.014,
            "lowest_decile_own_best_share": 0.848,
            "worst": {"name": "Xã Mường Khương", "own_best_share": 0.848},
            "next_worst": {"name": "Phường Lào Cai", "own_best_share": 0.906},
            "money_share": {"reached": 0.55, "asked": 0.5},
            "area_share": {"reached": 0.45, "asked": None},
            "communes_that_need_a_building": 1,
        },
    }

"""Tables of the invented plan that list facilities, findings and figures row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from planner.catalogue.columns import columns as columns_of

if TYPE_CHECKING:
    from planner.catalogue.load import Catalogue, Language


def rules(catalogue: Catalogue, language: Language) -> pd.DataFrame:
    rows = [
        ("F-0002", "health_station", "floor_too_small", "80,5 m²", "120 m²"),
        ("F-0004", "preschool", "land_too_small", "402,75 m²", "1.000 m²"),
        ("F-0007", "auction_or_lease", "consent_missing", "none", "given"),
        ("F-0008", "commune_office", "encumbered", "dispute", "none"),
    ]
    return pd.DataFrame(
        [
            (f, use, rule, catalogue.rules[rule].basis(language), observed, required, catalogue.rules[rule].hard)
            for f, use, rule, observed, required in rows
        ],
        columns=list(columns_of("rules")),
    )


def planning_updates(allocation: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    rows = allocation[allocation["planning_status"] == "conform_after_update"]
    return pd.DataFrame(
        {
            "facility_id": rows["facility_id"],
            "name": rows["name"],
            "commune_name": rows["commune_name"],
            "new_use": rows["new_use"],
            "land_use_code": [catalogue.uses[use].land_codes[0] for use in rows["new_use"]],
            "planning_code": "TSC",
            "planning_status": rows["planning_status"],
            "update": [catalogue.uses[use].land_codes[0] for use in rows["new_use"]],
        }
    ).reset_index(drop=True)


def purchases() -> pd.DataFrame:
    return pd.DataFrame(
        [
            ("02647", "Phường Lào Cai", "commune_office", "m2", 1_350.85, 19_297.9, True),
            ("02680", "Xã Mường Khương", "preschool", "places", 215.2, 7_532.0, True),
        ],
        columns=list(columns_of("purchases")),
    )


def reasons(allocation: pd.DataFrame) -> pd.DataFrame:
    said = allocation["reason"]
    return allocation[["facility_id", "name"]].assign(vietnamese=said, english=said)


def alternatives() -> pd.DataFrame:
    rows = [
        (
            "F-0001",
            "Trụ sở",
            "Phường Lào Cai",
            "other_use",
            1,
            "preschool",
            12.5,
            "services",
            9.0,
            4.2,
            0.0,
            0.0,
            -120.0,
            "estimate",
        ),
        (
            "F-0001",
            "Trụ sở",
            "Phường Lào Cai",
            "without",
            None,
            None,
            0.0,
            None,
            0.0,
            0.0,
            0.0,
            0.0,
            -640.0,
            "estimate",
        ),
    ]
    return pd.DataFrame(rows, columns=list(columns_of("alternatives"))).astype({"rank": "Int64"})


def classical(allocation: pd.DataFrame) -> pd.DataFrame:
    rows = [
        (1, "p_median", "preschool", 2, 1_204.5, "person_km", 1_204.5, "optimal", 12.0, 1, 640.0, 1.25),
        (1, "p_median", "preschool", 2, 1_204.5, "person_km", 1_204.5, "optimal", 12.0, 2, 410.5, 0.98),
    ]
    keys = [key for key in columns_of("classical") if key not in ("facility_id", "name", "commune_name")]
    sites = pd.DataFrame([(*row[:9], *row[10:]) for row in rows], columns=keys)
    named = allocation[["facility_id", "name", "commune_name"]].iloc[[row[9] for row in rows]].reset_index(drop=True)
    return pd.concat([sites, named], axis=1)[list(columns_of("classical"))]


def decision_log(allocation: pd.DataFrame) -> pd.DataFrame:
    rows = [
        (
            "F-0004",
            "require",
            "commune_police",
            None,
            "=1+1",
            "Sở Tài chính",
            "honoured",
            None,
            12.5,
            "exact",
            "review",
        ),
        ("F-0005", "forbid", "preschool", None, None, "UBND xã", "honoured", None, 0.0, "not_measurable", "review"),
        ("F-0005", "forbid", "primary", None, "Phòng nhỏ", "UBND xã", "honoured", None, 0.0, "not_measurable", "log"),
        (
            "F-0007",
            "approve",
            "commune_military",
            True,
            "Theo QĐ",
            "UBND tỉnh",
            "honoured",
            "Mật",
            None,
            "none",
            "review",
        ),
        ("F-0009", "question", None, None, "+ Ai quản lý?", "UBND xã", "question", None, None, "none", "review"),
    ]
    keys = [
        key for key in columns_of("decision_log") if key not in ("name", "commune_name", "date", "file", "sheet", "row")
    ]
    log = pd.DataFrame(rows, columns=[key for key in keys if key != "loss_term"]).reindex(
        columns=list(columns_of("decision_log"))
    )
    named = allocation.set_index("facility_id")
    log["name"], log["commune_name"] = (log["facility_id"].map(named[key]) for key in ("name", "commune_name"))
    log["date"], log["file"] = pd.Timestamp(2026, 11, 3), "allocation.xlsx"
    log["sheet"], log["row"] = "Phương án", range(5, 5 + len(log))
    return log.astype({"price": "Float64", "row": "Int64", "waiver": "boolean"})


def to_clear(allocation: pd.DataFrame, catalogue: Catalogue, language: Language) -> pd.DataFrame:
    row = allocation.set_index("facility_id").loc["F-0008"]
    rule = catalogue.rules["encumbered"]
    return pd.DataFrame(
        [
            (
                "F-0008",
                row["name"],
                row["commune_name"],
                "other",
                "encumbered",
                "dispute",
                None,
                rule.clearing(language),
                rule.basis(language),
            )
        ],
        columns=list(columns_of("to_clear")),
    )


def recommendations(allocation: pd.DataFrame) -> pd.DataFrame:
    asked = allocation[allocation["facility_id"].isin(["F-0007", "F-0012"])].iloc[::-1]
    owners = {"addressee": ["central", "armed_forces"], "request": ["minister", "own_side"]}
    basis = {"holder": "Tổng cục Thuế", "legal_basis": "Điều 36 và Điều 37 Nghị định 186/2025/NĐ-CP"}
    return asked.assign(**owners, **basis)[list(columns_of("recommendations"))].reset_index(drop=True)


def checks() -> pd.DataFrame:
    rows = [
        ("facilities", "facilities.xlsx", "Cơ sở", 7, "Diện tích sàn (m2)", "", "missing-floor-area", "warning",
         "Thiếu diện tích sàn.", "Đo hoặc bổ sung diện tích sàn."),
        ("facilities", "facilities.xlsx", "Cơ sở", 13, "Chủ sở hữu", "=1+1", "owner-unknown", "warning",
         "Chưa rõ chủ sở hữu.", "Bổ sung chủ sở hữu."),
        ("facilities", "facilities.xlsx", "Cơ sở", 25, "", "", "total-row", "info", "Dòng tổng cộng.", ""),
        ("settlements", "", "", None, "", "", "settlements-assumed", "info", "Thôn được giả định.", ""),
    ]  # fmt: skip
    columns = list(columns_of("checks"))
    return pd.DataFrame(rows, columns=columns).astype({"row": "Int64"})


def parameters(catalogue: Catalogue, language: Language) -> pd.DataFrame:
    norms = [("–", key, norm) for key, norm in catalogue.coefficients.items()]
    norms += [(use.key, key, norm) for use in catalogue.uses.values() for key, norm in use.norms.items()]
    rows = [
        (
            group,
            key,
            n.label(language),
            n.value,
            n.unit_label(language),
            n.source,
            n.basis(language),
            n.valid_from.isoformat(),
            n.confidence,
        )
        for group, key, n in norms
    ]
    columns = list(columns_of("parameters"))
    return pd.DataFrame(rows, columns=columns)

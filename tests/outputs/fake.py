"""A small invented plan with every table that the outputs are made from, and names that try to break them."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
from shapely.geometry import Point, box

from planner.catalogue.columns import Column, values
from planner.catalogue.columns import columns as columns_of
from planner.inputs.tables import InputFile, Inputs, make_table
from planner.plan.clearing import count_recommendations
from planner.plan.deadlines import make_deadlines
from planner.plan.dossiers import make_dossiers
from planner.plan.result import Plan
from planner.plan.statistics import make_form_totals
from planner.scenario import Budget, InputFiles, Outputs, Procedure, Scenario
from planner.studies.result import Studies
from tests.outputs import fake_tables, fake_totals

if TYPE_CHECKING:
    from planner.catalogue.load import Catalogue, Language

AWKWARD_NAMES = (
    "Trường TH `số 1` ${1+1} \\1",
    "</script><script>document.title='broken'</script>",
    "=cmd|' /C calc'!A0",
    "Nhà \"Văn hóa\" 'xã' & <b>Đậm</b>",
    "+84 214 – Trạm y tế",
    "@SUM(1+1)*cmd",
)
LONG_NAME = "Trụ sở Huyện ủy, Ủy ban nhân dân huyện Mường Khương và Trung tâm bồi dưỡng chính trị (khu A, nhà ba tầng)"

COMMUNES = (
    # code, name, difficulty, border, population, west edge
    ("02647", "Phường Lào Cai", "none", False, 41_260, 103.90),
    ("02680", "Xã Mường Khương", "III", True, 18_904, 104.05),
    ("02701", "Xã Bảo Hà", "II", False, 23_517, 104.20),
)

# id, site, name, commune index, land, floor, current use, new use, owner, form, next step, decided by, planning, cost
_ROWS: tuple[tuple[Any, ...], ...] = (
    ("00012", "00012", "UBND xã Đồng Tuyển (cũ)", 0, 3_240.0, 684.5, "office", "commune_office", "commune",
     "retain", "none", "need", "conform", 684.5),
    ("F-0002", "F-0002", AWKWARD_NAMES[0], 0, 1_150.0, None, "primary", "preschool", "commune",
     "transfer", "convert", "need", "conform", 450.0),
    ("F-0003", "F-0003", AWKWARD_NAMES[1], 1, 995.0, 358.0, "primary", "primary", "commune",
     "retain", "none", "need", "conform", 537.0),
    ("F-0004", "F-0004", AWKWARD_NAMES[2], 1, 402.75, 210.0, "office", "commune_police", "commune",
     "transfer", "convert", "need", "conform_after_update", 630.0),
    ("F-0005", "F-0005", AWKWARD_NAMES[3], 2, 1_280.0, 190.0, "culture_house", "culture_house", "commune",
     "retain", "none", "need", "conform", 285.0),
    ("F-0006", "F-0006", AWKWARD_NAMES[4], 2, 720.0, 160.0, "health_station", "health_station", "commune",
     "retain", "none", "law", "conform", 0.0),
    ("F-0007", "F-0007", "Kho vũ khí – Ban chỉ huy quân sự huyện", 1, 8_600.0, 1_900.0, "office", "commune_military",
     "armed_forces", "as_agreed", "none", "lock", "unknown", 0.0),
    ("F-0008", "F-0008", AWKWARD_NAMES[5], 1, 2_050.0, 340.0, "office", "pending", "unknown",
     None, None, "law", "unknown", 0.0),
    ("F-0009", "F-0009", "Điểm trường thôn Nậm Pản", 1, 640.0, None, "preschool", "community_house", "commune",
     "transfer", "convert", "need", "conform_after_update", 360.0),
    ("F-0010", "S-0010", LONG_NAME, 1, 12_402.0, 4_120.0, "office", "public_service_centre", "district",
     "transfer", "convert", "need", "conform", 8_240.0),
    ("F-0011", "S-0010", "Nhà B – Trung tâm bồi dưỡng chính trị", 1, 12_402.0, 860.0, "office", "lower_secondary",
     "district", "transfer", "convert", "need", "conform_after_update", 2_580.0),
    ("F-0012", "F-0012", "Chi cục Thuế khu vực Bảo Hà", 2, 1_505.0, 720.0, "office", "auction_or_lease", "central",
     "hand_over_to_locality", "sell", "cascade", "conform", 0.0),
)  # fmt: skip
CONFIDENTIAL = "F-0007"
WITHOUT_POSITION = "F-0009"
ASSUMED_FLOOR = ("F-0002", "F-0009")
ASSUMED_M2 = 287.5


def fake_plan(language: Language = "vi", *, public: bool = False, rows: int = len(_ROWS)) -> Plan:
    """Return a plan.

    Parameters
    ----------
    language : language of the run.
    public : whether confidential sites are left out of the outputs.
    rows : number of facilities; the twelve examples are repeated with new ids beyond twelve.
    """
    scenario = Scenario(
        name="Lào Cai – thử nghiệm & <kiểm tra>",
        language=language,
        inputs=InputFiles(facilities=(Path("facilities.xlsx"),), communes=Path("communes.gpkg")),
        budget=Budget(renovation_million_vnd=20_000, disadvantaged_share_min=0.5),
        outputs=Outputs(public=public),
        procedure=Procedure(start_date=dt.date(2026, 12, 1)),
    )
    catalogue = scenario.load_catalogue()
    templates = [_numbered(i) for i in range(rows)]
    allocation = _allocation(templates, catalogue, language)
    needs = _needs()
    statistics = fake_totals.statistics(allocation, catalogue)
    inputs = _inputs(templates, allocation, language)
    return Plan(
        scenario=scenario,
        catalogue=catalogue,
        inputs=inputs,
        summary=fake_totals.summary(scenario, allocation, needs),
        allocation=allocation,
        changes=_changes(allocation),
        needs=needs,
        rules=fake_tables.rules(catalogue, language),
        budget=fake_totals.budget(),
        equity=fake_totals.equity(),
        fairness=fake_totals.fairness(),
        shares=fake_totals.shares(),
        needs_building=pd.DataFrame(
            [("02701", "Xã Bảo Hà", "II", 23_517, "primary", "places", 120.0, 120.0, 1_840.0)],
            columns=list(columns_of("needs_building")),
        ),
        statistics=statistics,
        form_totals=make_form_totals(inputs, allocation, catalogue),
        planning_updates=fake_tables.planning_updates(allocation, catalogue),
        purchases=fake_tables.purchases(),
        to_clear=fake_tables.to_clear(allocation, catalogue, language),
        recommendations=(recommendations := fake_tables.recommendations(allocation)),
        recommendation_totals=count_recommendations(recommendations, inputs),
        deadlines=make_deadlines(scenario, inputs, allocation),
        dossiers=make_dossiers(inputs.facilities, allocation),
        classical=fake_tables.classical(allocation),
        alternatives=fake_tables.alternatives(),
        reasons=fake_tables.reasons(allocation),
        decision_log=fake_tables.decision_log(allocation),
        checks=fake_tables.checks(),
        parameters=fake_tables.parameters(catalogue, language),
        assumed=pd.DataFrame(
            [(facility, "floor_area_m2", ASSUMED_M2, "floor_per_land_assumed") for facility in ASSUMED_FLOOR],
            columns=list(columns_of("assumed")),
        ),
        settlements_served=pd.DataFrame(
            [("T-001", "preschool", 45.0, 45.0), ("T-002", "preschool", 30.0, 12.5), ("T-003", "primary", 52.0, 0.0)],
            columns=list(columns_of("settlements_served")),
        ),
        studies=Studies(**{field.name: _one_row(field.name) for field in dataclasses.fields(Studies)}),
    )


def _one_row(table: str) -> pd.DataFrame:
    """Return a table of one row about the confidential facility, with a value of its type in each column."""
    plain: dict[str, Any] = {"number": 1.5, "integer": 2, "bool": True, "date": "2026-12-01"}

    def value(key: str, column: Column) -> object:
        if key in {"facility_id", "name"}:
            return CONFIDENTIAL if key == "facility_id" else LONG_NAME
        listed = column.values  # noqa: PD011  the name of an enumeration
        return next(iter(values(listed))) if listed else plain.get(column.type, "văn bản")

    return pd.DataFrame([{key: value(key, column) for key, column in columns_of(table).items()}])


def _changes(allocation: pd.DataFrame) -> pd.DataFrame:
    """Return one decision that changed, one facility that is new and one that is gone."""
    first, second = (allocation.loc[i, ["facility_id", "name", "commune_name", "new_use"]] for i in (1, 2))
    rows = [
        (*first[:3], "land_fund", first["new_use"], "proposed", "Công năng trước không còn đủ điều kiện."),
        (*second[:3], None, second["new_use"], None, "Không có trong phương án trước."),
        ("F-0099", "Trụ sở đã bàn giao", "Xã Bảo Hà", "market", None, "approved", "Không còn trong danh mục hiện nay."),
    ]
    return pd.DataFrame(rows, columns=list(columns_of("plan_changes")))


def _numbered(i: int) -> tuple[Any, ...]:
    row = _ROWS[i % len(_ROWS)]
    if i < len(_ROWS):
        return row
    return (f"F-{i + 1:05d}", f"F-{i + 1:05d}", *row[2:])


def _position(i: int, row: tuple[Any, ...]) -> tuple[float, float] | tuple[None, None]:
    if row[0] == WITHOUT_POSITION:
        return None, None
    return round(COMMUNES[row[3]][5] + 0.02 + 0.009 * (i % 12), 5), round(22.32 + 0.011 * ((i * 7) % 12), 5)


def _allocation(rows: list[tuple[Any, ...]], catalogue: Catalogue, language: Language) -> pd.DataFrame:
    records = []
    for i, row in enumerate(rows):
        fid, site, name, c, land, floor, current, new, owner, form, step, decided, planning, cost = row
        code, commune, difficulty, *_ = COMMUNES[c]
        use = catalogue.uses[new]
        lon, lat = _position(i, row)
        receiver = use.receiver_vi if language == "vi" else use.receiver_en
        records.append(
            {
                "facility_id": fid, "site_id": site, "name": name, "commune_code": code, "commune_name": commune,
                "lon": lon, "lat": lat, "position_quality": "unknown" if lon is None else "surveyed",
                "land_area_m2": land, "floor_area_m2": floor, "current_use": current, "new_use": new,
                "main_office": new == "commune_office", "handling_form": form, "next_step": step,
                "legal_ground": None if form is None else "Điểm b khoản 1 Điều 42 Luật Quản lý, sử dụng tài sản công",
                "receiver": None if form is None else receiver.format(commune=commune, holder="UBND"),
                "authority": "none" if form is None else "minister" if owner == "central" else "provincial_chair",
                "decide_days": None if form in (None, "retain") else 20,
                "handover_days": None if form in (None, "retain") else 30,
                "ministry_outcome": use.ministry_outcome,
                "status": "approved" if decided == "lock" else "proposed", "decided_by": decided,
                "planning_status": planning,
                "planning_update": planning == "conform_after_update",
                "renovation_cost_million_vnd": cost, "equipment_cost_million_vnd": None,
                "funding_source": "renovation" if cost else None, "period": None, "priority_class": difficulty,
                "locked": decided == "lock", "survey_needed": fid in ASSUMED_FLOOR, "evidence": "none",
                "reason": f"{use.label(language)}: {commune} cần thêm 1.234,5 m²; -5 nếu không chọn.",
            }
        )  # fmt: skip
    frame = pd.DataFrame.from_records(records).reindex(columns=list(columns_of("allocation")))
    numbers = [
        *("lon", "lat", "land_area_m2", "floor_area_m2", "renovation_cost_million_vnd", "equipment_cost_million_vnd"),
        *("runner_up_loss", "importance"),
    ]
    whole = ["decide_days", "handover_days", "period"]
    booleans = ["main_office", "planning_update", "locked", "survey_needed"]
    types = dict.fromkeys(numbers, "Float64") | dict.fromkeys(whole, "Int64") | dict.fromkeys(booleans, "boolean")
    return frame.astype({column: types.get(column, "string") for column in frame.columns})


def _inputs(rows: list[tuple[Any, ...]], allocation: pd.DataFrame, language: Language) -> Inputs:
    facilities = allocation.reindex(columns=[*columns_of("facilities"), "file", "sheet", "row"])
    facilities["owner"] = pd.array([row[8] for row in rows], dtype="string")
    facilities["holder"] = pd.array(["UBND xã cũ"] * len(rows), dtype="string")
    facilities["confidential"] = pd.array([row[0] == CONFIDENTIAL for row in rows], dtype="boolean")
    facilities["heritage"] = pd.array([False] * len(rows), dtype="boolean")
    facilities["encumbrance"] = pd.array(
        ["dispute" if row[7] == "pending" else "none" for row in rows], dtype="string"
    )  # fmt: skip
    facilities["file"], facilities["sheet"], facilities["row"] = "facilities.xlsx", "Cơ sở", range(6, 6 + len(rows))
    points = [None if pd.isna(x) else Point(x, y) for x, y in zip(facilities["lon"], facilities["lat"], strict=True)]
    notice = {"vi": "Dữ liệu mẫu là dữ liệu tổng hợp, không phải số liệu thật.", "en": "The sample data are synthetic."}
    return Inputs(
        facilities=gpd.GeoDataFrame(facilities, geometry=gpd.GeoSeries(points, crs="EPSG:4326")),
        communes=_communes(),
        settlements=_settlements(),
        services=_services(),
        needs=pd.DataFrame(columns=list(columns_of("needs"))),
        decisions=pd.DataFrame(columns=["facility_id", "verdict", "use", "reason", "by", "date", "row"]),
        checks=fake_tables.checks(),
        sources=(InputFile(path="facilities.xlsx", sha256="0" * 64, rows=len(rows)),),
        sheets=(),
        read={"facilities": len(rows) + 2},
        set_aside={"facilities": 2},
        synthetic_notice=notice[language],
        previous=make_table("previous", {"facility_id": ["F-0002"], "new_use": ["land_fund"]}, 1),
    )


def _communes() -> gpd.GeoDataFrame:
    frame = pd.DataFrame(
        [
            (code, name, "15", f"{name} (cũ)", people, 120.5, hard, border, False, False, True, 60.0, None)
            for code, name, hard, border, people, _ in COMMUNES
        ],
        columns=[key for key in columns_of("communes") if key not in ("population_year", "growth_per_year")],
    ).reindex(columns=list(columns_of("communes")))
    frame["office_need_m2"] = pd.array([pd.NA] * len(frame), dtype="Float64")
    return gpd.GeoDataFrame(
        frame, geometry=[box(west, 22.30, west + 0.15, 22.46) for *_, west in COMMUNES], crs="EPSG:4326"
    )


def _settlements() -> gpd.GeoDataFrame:
    rows = [
        ("T-001", "Thôn Nậm Pản", "02680", 412, True),
        ("T-002", "Tổ 3 `cũ` </script>", "02647", 655, False),
        ("T-003", "Bản Lùng ${x}", "02701", 238, False),
    ]
    frame = pd.DataFrame(
        rows, columns=["settlement_id", "name", "commune_code", "population", "specially_disadvantaged"]
    )
    frame["position_quality"] = "surveyed"
    points = gpd.points_from_xy([104.10, 103.97, 104.29], [22.40, 22.37, 22.42])
    return gpd.GeoDataFrame(frame, geometry=points, crs="EPSG:4326")


def _services() -> gpd.GeoDataFrame:
    frame = pd.DataFrame(
        [
            ("E-001", None, "primary", "Trường tiểu học Kim Đồng", "02647", 350.0, "persons", "keeps"),
            ("E-002", "F-0006", "health_station", "=Trạm y tế", "02701", None, None, "keeps"),
        ],
        columns=["service_id", "facility_id", "use", "name", "commune_code", "capacity", "capacity_unit", "status"],
    ).astype({"capacity": "Float64", "facility_id": "string", "capacity_unit": "string"})
    points = gpd.points_from_xy([103.95, 104.27], [22.39, 22.36])
    return gpd.GeoDataFrame(frame, geometry=points, crs="EPSG:4326")


def _needs() -> pd.DataFrame:
    places, m2, number = "places", "m2", "facilities"
    rows = [
        ("02647", "commune_office", m2, 1_830.0, 0.0, 479.15, 1_350.85, None, None, None, True),
        ("02647", "preschool", places, 2_063.0, 1_600.0, 45.0, 418.0, 8_360.0, 0.84, 1.96, True),
        ("02680", "commune_office", m2, 1_830.0, 1_830.0, 0.0, 0.0, None, None, None, True),
        ("02680", "preschool", places, 945.2, 610.0, 120.0, 215.2, 4_304.0, 1.22, 3.4, True),
        ("02680", "health_station", number, 1.0, 1.0, 0.0, 0.0, 0.0, None, None, True),
        ("02701", "primary", places, 1_528.6, 1_200.0, 0.0, 328.6, 5_055.4, 1.31, 3.9, True),
        ("02701", "market", number, None, None, None, None, None, None, None, False),
    ]
    names = {code: (name, hard) for code, name, hard, *_ in COMMUNES}
    columns = list(columns_of("plan_needs"))
    frame = pd.DataFrame(
        [(row[0], names[row[0]][0], *row[1:-1], names[row[0]][1], row[-1]) for row in rows], columns=columns
    )
    return frame.astype(dict.fromkeys(columns[4:11], "Float64") | {"known": "boolean"})

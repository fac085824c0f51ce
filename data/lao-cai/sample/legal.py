"""Rights, planning, decisions and honest gaps of the surplus facilities."""

from datetime import date

from sample.draw import pick, stream
from sample.facilities import Row, chosen
from sample.physical import SCHOOLS

CONSENT = {"none": 0.5, "requested": 0.35, "given": 0.15}
ENCUMBERED = {"dispute": 22, "lease": 6, "joint_venture": 2, "ppp": 1, "seized": 3, "donated": 9, "excluded": 2}
OFFICE_PLAN = {
    "TSC": 0.52, "DGD": 0.08, "DYT": 0.03, "DVH": 0.08, "DTT": 0.03, "CAN": 0.05, "CQP": 0.03, "ODT": 0.04, "TMD": 0.05,
    "": 0.09,
}  # fmt: skip
PLANS = {
    "DGD": {"DGD": 0.6, "DSH": 0.14, "DVH": 0.08, "ONT": 0.05, "": 0.13},
    "DYT": {"DYT": 0.6, "DGD": 0.12, "DVH": 0.08, "DSH": 0.08, "": 0.12},
    "DVH": {"DVH": 0.65, "DSH": 0.2, "DTT": 0.06, "": 0.09},
    "DTS": {"DTS": 0.55, "TSC": 0.2, "DGD": 0.08, "TMD": 0.07, "": 0.1},
}
HAZARD_SHARE = {"III": 0.045, "II": 0.015, "none": 0.01}

# Number and date of invented decisions, in order of time.
DECISIONS = (
    ("1862/QĐ-UBND", date(2025, 9, 16)),
    ("2147/QĐ-UBND", date(2025, 10, 9)),
    ("2533/QĐ-UBND", date(2025, 11, 5)),
    ("2790/QĐ-UBND", date(2025, 11, 27)),
    ("3042/QĐ-UBND", date(2025, 12, 18)),
    ("118/QĐ-UBND", date(2026, 1, 15)),
    ("356/QĐ-UBND", date(2026, 2, 10)),
    ("702/QĐ-UBND", date(2026, 3, 12)),
    ("1015/QĐ-UBND", date(2026, 4, 9)),
    ("1298/QĐ-UBND", date(2026, 5, 7)),
    ("1476/QĐ-UBND", date(2026, 5, 28)),
    ("1683/QĐ-UBND", date(2026, 6, 18)),
)

# Kind, owner, approved use, form, receiver, how many.
APPROVED = (
    ("commune_office", "commune", "commune_police", "transfer", "Công an {commune}", 7),
    ("commune_office", "commune", "commune_office", "retain", "UBND {commune}", 6),
    ("commune_office", "commune", "commune_military", "transfer", "Ban Chỉ huy quân sự {commune}", 3),
    ("commune_office", "commune", "preschool", "transfer", "Trường Mầm non {old}", 3),
    ("commune_office", "commune", "culture_house", "retain", "UBND {commune}", 3),
    ("commune_office", "commune", "land_fund", "recover", "Trung tâm Phát triển quỹ đất tỉnh Lào Cai", 3),
    ("agency", "district", "public_service_unit", "transfer", "Trung tâm Dịch vụ tổng hợp {commune}", 3),
    ("agency", "central", "commune_office", "hand_over_to_locality", "UBND {commune}", 2),
    ("primary", "commune", "community_house", "retain", "UBND {commune}", 3),
    ("preschool", "commune", "community_house", "retain", "UBND {commune}", 1),
    ("health_station", "commune", "official_housing", "retain", "UBND {commune}", 1),
)


def add_rights(rows: list[Row], difficulty: dict[str, str]) -> None:
    """Fill ownership, encumbrance, hazard and planning columns, then approved decisions, then take values away.

    Parameters
    ----------
    rows
        Facilities with ids, changed in place.
    difficulty
        Difficulty class by commune code.
    """
    for row in rows:
        _fill(row, difficulty[str(row["commune_code"])])
    _encumber(rows)
    _approve(rows)
    _mark(rows)
    _forget(rows)


def _fill(row: Row, difficulty: str) -> None:
    rng = stream("rights", row["facility_id"])
    yes_no = {"yes": 0.55, "no": 0.3, "": 0.15}
    plan = PLANS.get(str(row["land_use_code"]), OFFICE_PLAN)
    if row["kind"] in ("headquarters", "agency", "culture_centre", "guest_house", "project"):
        demand = {"yes": 0.6, "no": 0.2, "": 0.2}
    else:
        demand = {"yes": 0.22, "no": 0.5, "": 0.28} if difficulty == "III" else {"yes": 0.5, "no": 0.25, "": 0.25}
    row |= {
        "consent": pick(rng, CONSENT) if row["owner"] in ("central", "party", "armed_forces") else "not_needed",
        "encumbrance": pick(rng, {"none": 0.97, "": 0.03}) or None,
        "certificate": pick(rng, yes_no) or None,
        "heritage": "no",
        "confidential": "no",
        "planning_code": pick(rng, plan) or None,
        "land_demand": pick(rng, demand) or None,
        "hazard": _hazard(rng.random(), HAZARD_SHARE[difficulty]),
        "status": "proposed",
    }


def _hazard(drawn: float, share: float) -> str | None:
    """Split [0, 1) into landslide, flood, other, unknown and none."""
    if drawn < share:
        return "landslide" if drawn < 0.6 * share else "flood" if drawn < 0.95 * share else "other"
    return None if drawn > 0.8 else "none"


def _encumber(rows: list[Row]) -> None:
    """Put claims of others on some sites; a leased house is let, a disputed one is partly encroached."""
    lot = chosen(rows, sum(ENCUMBERED.values()), _id, "encumbered")
    claims = [claim for claim, count in ENCUMBERED.items() for _ in range(count)]
    stream("claims").shuffle(claims)
    for row, claim in zip(lot, claims, strict=True):
        row["encumbrance"] = claim
        if claim == "lease":
            row |= {"occupancy": "leased", "successor": None}
        elif claim == "dispute" and stream("encroached", _id(row)).random() < 0.3:
            row |= {"occupancy": "encroached", "successor": None}


def _approve(rows: list[Row]) -> None:
    """Give some free and sound facilities a decision; the oldest decisions are carried out, the latest are not."""
    approved: list[Row] = []
    for kind, owner, use, form, receiver, count in APPROVED:
        free = [row for row in rows if row["kind"] == kind and row["owner"] == owner and _is_sound(row)]
        one_per_commune = list({row["commune_code"]: row for row in free}.values())
        for row in chosen(one_per_commune, count, _id, f"approved {use}"):
            commune, old = str(row["commune_name"]), str(row["old_commune"])
            to = receiver.format(commune=commune[0].lower() + commune[1:], old=old.split(" ", 1)[1])
            row |= {"approved_use": use, "approved_form": form, "approved_receiver": to, "status": "approved"}
            row["consent"] = "given" if owner == "central" else row["consent"]
            approved.append(row)
    approved.sort(key=lambda row: stream("decided", _id(row)).random())
    for place, row in enumerate(approved):
        number, day = DECISIONS[place * len(DECISIONS) // len(approved)]
        row |= {"decision_no": number, "decision_date": day}
        if place < 6 and row["approved_use"] != "land_fund":
            row |= {"status": "in_use", "occupancy": "in_use", "successor": row["approved_receiver"]}
        elif place < 15:
            row["status"] = "handed_over"


def _is_sound(row: Row) -> bool:
    return (
        row["encumbrance"] == "none"
        and row["hazard"] == "none"
        and row["condition"] in ("good", "repairable")
        and row["occupancy"] in ("vacant", "partly_used")
        and row["status"] == "proposed"
    )


def _mark(rows: list[Row]) -> None:
    """Mark two monuments and three confidential sites."""
    old_offices = [row for row in rows if row["kind"] == "commune_office" and row["status"] == "proposed"]
    for row in chosen(old_offices, 2, _id, "heritage"):
        row |= {"heritage": "yes", "built_year": 1936, "condition": "repairable", "residual_value_vnd": 0}
    guarded = [row for row in rows if row["owner"] == "armed_forces"]
    for row in chosen(guarded, 3, _id, "confidential"):
        row["confidential"] = "yes"


def _forget(rows: list[Row]) -> None:
    """Take away what real lists lack: floor areas of school points above all."""
    schools = [row for row in rows if row["kind"] in SCHOOLS]
    others = [row for row in rows if row["kind"] in ("commune_office", "health_station", "culture_house")]
    proposed = [row for row in rows if row["status"] == "proposed"]

    def forget(pool: list[Row], share: float, *columns: str) -> None:
        for row in chosen(pool, round(share * len(pool)), _id, columns[0] + str(share)):
            row.update(dict.fromkeys(columns))

    forget(schools, 0.6, "floor_area_m2", "largest_room_m2")
    forget(schools, 0.18, "rooms")
    forget(schools, 0.25, "original_value_vnd", "residual_value_vnd")
    forget(others, 0.03, "floor_area_m2", "largest_room_m2")
    forget([row for row in rows if row["condition"] != "unfinished"], 0.07, "condition")
    forget(rows, 0.05, "built_year")
    forget(rows, 0.04, "storeys")
    forget(proposed, 0.012, "owner", "consent")
    forget(proposed, 0.016, "lon", "lat", "position_quality")


def _id(row: Row) -> str:
    return str(row["facility_id"])

"""What is in surplus: one row per kind of facility with plausible sizes. All figures are assumptions of the sample."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A kind of surplus facility.

    `land` and `floor` are (median, spread of the logarithm, low, high) in m²; `room_m2` is the area of an ordinary
    room and of the largest one; `value` is the original value of a new building in million VND per m² of floor.
    """

    use: str
    land_code: str
    land: tuple[float, float, float, float]
    floor: tuple[float, float, float, float]
    room_m2: tuple[float, float]
    max_storeys: int
    value: float


@dataclass(frozen=True)
class Agency:
    """An office of the abolished districts: how many of the 18 left theirs, whose it is, who holds it now."""

    name: str
    count: int
    kind: str
    owner: str
    holder: str


KINDS = {
    "commune_office": Kind("office", "TSC", (1500, 0.72, 353, 12402), (390, 0.4, 144, 860), (22, 70), 2, 5.5),
    "headquarters": Kind("office", "TSC", (8200, 0.3, 5000, 15000), (3200, 0.3, 2000, 6000), (24, 180), 4, 7.5),
    "agency": Kind("office", "TSC", (1700, 0.45, 600, 6000), (1050, 0.4, 600, 2500), (24, 90), 3, 7.0),
    "training": Kind(
        "public_service_unit", "DGD", (5500, 0.35, 3000, 14000), (1600, 0.25, 900, 2500), (52, 110), 3, 6.0
    ),
    "service_unit": Kind("public_service_unit", "DTS", (1800, 0.5, 500, 6000), (800, 0.3, 600, 2000), (26, 90), 2, 5.5),
    "culture_centre": Kind("culture_centre", "DVH", (3200, 0.4, 1500, 9000), (1100, 0.3, 600, 2500), (40, 320), 2, 6.5),
    "preschool": Kind("preschool", "DGD", (270, 0.9, 80, 2500), (150, 0.45, 60, 450), (52, 60), 1, 4.5),
    "primary": Kind("primary", "DGD", (360, 0.9, 80, 2500), (190, 0.45, 60, 450), (50, 56), 1, 4.5),
    "lower_secondary": Kind("lower_secondary", "DGD", (1500, 0.4, 500, 2500), (330, 0.25, 150, 450), (54, 64), 2, 5.0),
    "health_station": Kind("health_station", "DYT", (800, 0.28, 500, 1500), (260, 0.25, 150, 450), (18, 32), 2, 6.0),
    "culture_house": Kind("culture_house", "DVH", (700, 0.42, 300, 1800), (170, 0.3, 100, 350), (28, 110), 1, 4.5),
    "guest_house": Kind("other", "TMD", (2200, 0.4, 800, 5000), (900, 0.3, 400, 2000), (22, 90), 3, 6.5),
    "warehouse": Kind("other", "TSC", (1200, 0.5, 300, 4000), (380, 0.4, 120, 1000), (90, 200), 1, 3.0),
    "project": Kind("other", "TSC", (3500, 0.4, 1200, 8000), (1500, 0.35, 600, 3500), (30, 150), 3, 7.0),
}

HEADQUARTERS = Agency("Trụ sở HĐND và UBND", 12, "headquarters", "district", "UBND")
AGENCIES = (
    Agency("Trụ sở {party}", 12, "headquarters", "party", "Tỉnh ủy Lào Cai"),
    Agency("Trụ sở Công an", 14, "agency", "armed_forces", "Công an tỉnh Lào Cai"),
    Agency("Trụ sở Ban Chỉ huy quân sự", 8, "agency", "armed_forces", "Bộ Chỉ huy quân sự tỉnh Lào Cai"),
    Agency("Trụ sở Tòa án nhân dân", 8, "agency", "central", "Tòa án nhân dân tỉnh Lào Cai"),
    Agency("Trụ sở Viện kiểm sát nhân dân", 8, "agency", "central", "Viện kiểm sát nhân dân tỉnh Lào Cai"),
    Agency("Trụ sở Chi cục Thuế", 8, "agency", "central", "Thuế tỉnh Lào Cai"),
    Agency("Trụ sở Kho bạc Nhà nước", 7, "agency", "central", "Kho bạc Nhà nước khu vực VIII"),
    Agency("Trung tâm GDNN-GDTX", 9, "training", "district", "Sở Giáo dục và Đào tạo"),
    Agency("Trung tâm Văn hóa, Thể thao và Truyền thông", 11, "culture_centre", "district", "UBND"),
    Agency("Trung tâm Dịch vụ nông nghiệp", 11, "service_unit", "district", "Sở Nông nghiệp và Môi trường"),
    Agency("Trụ sở MTTQ và các đoàn thể", 8, "agency", "district", "UBND"),
    Agency("Trụ sở Phòng Giáo dục và Đào tạo", 7, "agency", "district", "UBND"),
    Agency("Trụ sở Phòng Nông nghiệp và Môi trường", 6, "agency", "district", "UBND"),
    Agency("Ban Quản lý dự án đầu tư xây dựng", 6, "service_unit", "district", "UBND"),
)
OTHERS = (
    Agency("Nhà khách", 5, "guest_house", "district", "UBND"),
    Agency("Kho lưu trữ, vật tư", 9, "warehouse", "district", "UBND"),
    Agency("Công trình trụ sở xây dựng dở dang", 6, "project", "district", "UBND"),
)

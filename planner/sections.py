"""The sections of a scenario: every key with its type, what is allowed and what holds where nothing is said."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

from planner.catalogue.load import AgeGroup

TermName = Literal["mandatory", "fairness", "services", "money", "quality", "cascade"]
TERMS: tuple[TermName, ...] = get_args(TermName)


class Section(BaseModel):
    """A part of the scenario: frozen, without unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)


_SEVERAL = ("facilities", "decisions", "roads", "travel", "dossiers")


class InputFiles(Section):
    """Paths of the input tables, absolute once the scenario is loaded; a facilities list may name several workbooks.

    Without a communes table a list can be checked, by the names of the communes, but no plan can be made.
    """

    facilities: tuple[Path, ...]
    communes: Path | None = None
    settlements: Path | None = None
    services: Path | None = None
    needs: Path | None = None
    decisions: tuple[Path, ...] = Field(
        default=(), description="verdicts: a table, a reviewed allocation.xlsx, or parts of one"
    )
    previous: Path | None = Field(default=None, description="an earlier run's allocation, csv or xlsx")
    population: Path | None = Field(default=None, description="raster of people per cell (GeoTIFF)")
    roads: tuple[Path, ...] = Field(default=(), description="lines of any vector file, for travel by road")
    travel: tuple[Path, ...] = Field(default=(), description="ready-made table of travel, csv or parquet")
    dossiers: tuple[Path, ...] = Field(
        default=(), description="papers that holders completed, see a run's dossiers.xlsx"
    )
    province_code: str | None = Field(default=None, description="keep only the communes of this province")

    @model_validator(mode="before")
    @classmethod
    def _one_or_several(cls, data: Any) -> Any:  # noqa: ANN401  pydantic hands over raw data
        if not isinstance(data, dict):
            return data
        single = [key for key in _SEVERAL if isinstance(data.get(key), str | Path)]
        return data | {key: (data[key],) for key in single}


class Checks(Section):
    """Warnings that this scenario raises to errors, by rule name."""

    strict: tuple[str, ...] = ()


class RoadSpeeds(Section):
    """Speed on a class of roads, in km/h, by season."""

    dry: float = Field(gt=0)
    rainy: float = Field(gt=0)


class Travel(Section):
    """How travel is measured: a straight line times the detour of the terrain, by road, or from a ready-made table.

    Season, speeds and the walk to the road matter by road only; speeds are in km/h by class of road, one number for
    both seasons or one for each.
    """

    mode: Literal["straight_line", "network", "matrix"] = "straight_line"
    season: Literal["dry", "rainy"] = "dry"
    walking_kmh: float | None = Field(default=None, gt=0)
    snap_km: float | None = Field(default=None, gt=0, description="longest walk to the nearest road")
    speeds: dict[str, Annotated[float, Field(gt=0)] | RoadSpeeds] = {}

    def coefficients(self) -> dict[str, float]:
        """Return what stands here in place of the catalogue's coefficients."""
        given = {"walking_kmh": self.walking_kmh, "snap_km": self.snap_km}
        return {key: value for key, value in given.items() if value is not None}

    def road_classes(self) -> dict[str, dict[str, float | str]]:
        """Return what stands here in place of the catalogue's speeds."""
        both = {k: v if isinstance(v, RoadSpeeds) else RoadSpeeds(dry=v, rainy=v) for k, v in self.speeds.items()}
        said = {"source": "scenario", "confidence": "scenario"}
        return {key: {"dry_kmh": speed.dry, "rainy_kmh": speed.rainy} | said for key, speed in both.items()}


class AgeShare(Section):
    """Part of the people who are of an age group, by terrain; a single number holds for both."""

    plain: float = Field(ge=0, le=1)
    mountain: float = Field(ge=0, le=1)

    @model_validator(mode="before")
    @classmethod
    def _of_both(cls, data: Any) -> Any:  # noqa: ANN401  pydantic hands over raw data
        return {"plain": data, "mountain": data} if isinstance(data, int | float) else data


class Demand(Section):
    """Whose demand counts: people by age, and the population of a later year.

    Ages that no village lists are shares of the population where `by_age` is set or a share is given. Base year and
    growth (0.012 for 1.2 % a year) hold for the communes of which their table gives none.
    """

    by_age: bool = False
    age_shares: dict[AgeGroup, AgeShare] = {}
    year: int | None = Field(default=None, ge=1979, le=2100)
    base_year: int | None = Field(default=None, ge=1979, le=2100)
    growth_per_year: float | None = Field(default=None, ge=-0.2, le=0.2)

    def coefficients(self) -> dict[str, float]:
        """Return what stands here in place of the catalogue's coefficients."""
        shares = {
            f"share_{age}_{terrain}": value
            for age, share in self.age_shares.items()
            for terrain, value in share.model_dump().items()
        }
        return shares if self.growth_per_year is None else shares | {"growth_per_year": self.growth_per_year}


class Priority(Section):
    """Weights of the priority classes; the highest that applies counts."""

    weights: dict[str, float] = {}


class TravelLimit(Section):
    """Longest travel to a use, in km or minutes, by terrain."""

    plain: float = Field(gt=0)
    mountain: float = Field(gt=0)


class UseSettings(BaseModel):
    """What a scenario changes of one use; any norm of the use may be named beside the settings."""

    model_config = ConfigDict(frozen=True, extra="allow")

    enabled: bool = True
    existing: Literal["listed", "none", "unknown"] | None = None
    importance: float | None = Field(default=None, ge=0)
    mandatory: bool | None = None
    max_travel_km: TravelLimit | None = None
    max_travel_min: TravelLimit | None = Field(default=None, description="minutes; wins over max_travel_km")


class Budget(Section):
    """Money by source in million VND (None: no limit) and the share of the money spent that a group must get."""

    renovation_million_vnd: float | None = Field(default=None, ge=0)
    equipment_million_vnd: float | None = Field(default=None, ge=0)
    disadvantaged_share_min: float | None = Field(default=None, ge=0, le=1)
    disadvantaged: tuple[str, ...] = ("III", "border", "island")


class Limit(Section):
    """At most, at least or exactly so many facilities with a use, of a commune, owner or former district."""

    use: str
    max: int | None = Field(default=None, ge=0)
    min: int | None = Field(default=None, ge=0)
    equal: int | None = Field(default=None, ge=0)
    commune: str | None = None
    owner: str | None = None
    district: str | None = None

    @model_validator(mode="after")
    def _has_a_number(self) -> Limit:
        if self.max is None and self.min is None and self.equal is None:
            raise ValueError("max, min, equal")
        return self


class Locks(Section):
    """Which approved decisions are set free: all of them, or the facilities named."""

    release_approved: bool = False
    release: tuple[str, ...] = ()


class Previous(Section):
    """What a decision that differs from the earlier plan costs, in persons-equivalent."""

    change_cost: float | None = Field(default=None, ge=0)

    def coefficients(self) -> dict[str, float]:
        """Return what stands here in place of the catalogue's coefficients."""
        return {} if self.change_cost is None else {"change_cost": self.change_cost}


class Procedure(Section):
    """The day from which the deadlines of the procedures are counted."""

    start_date: dt.date | None = None


class Fairness(Section):
    """The share of its own best attainable level that each commune should reach, and of area for those in need.

    A stated `tau` holds for every commune alike; without it, the catalogue's share falls with the priority weight.
    """

    tau: float | None = Field(default=None, ge=0, le=1)
    area_share_min: float | None = Field(
        default=None, ge=0, le=1, description="of the area given to public needs, for `budget.disadvantaged`"
    )


class Classical(Section):
    """A classical location problem beside the plan: the people who need a use, the facilities that may take it.

    Which numbers it takes: `p` sites (all but `set_cover`; free for `facility_location`), `radius_km` (`cover`,
    `set_cover`), `outer_radius_km` where cover falls gradually (`cover`), `within_capacity` (`cover`,
    `facility_location`; `capacitated_p_median` always), `vnd_per_person_km` against the cost of renovation
    (`facility_location`).
    """

    problem: Literal["set_cover", "cover", "p_median", "capacitated_p_median", "p_center", "facility_location"]
    use: str
    p: int | None = Field(default=None, ge=1)
    radius_km: float | None = Field(default=None, gt=0)
    outer_radius_km: float | None = Field(default=None, gt=0)
    within_capacity: bool = False
    vnd_per_person_km: float | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _has_its_numbers(self) -> Classical:
        needed = {
            "set_cover": ("radius_km",),
            "cover": ("p", "radius_km"),
            "facility_location": ("vnd_per_person_km",),
        }.get(self.problem, ("p",))
        if missing := [key for key in needed if getattr(self, key) is None]:
            raise ValueError(", ".join(missing))
        return self


class Objective(Section):
    """Mode, terms in falling order of weight, and weights that replace the steep default."""

    mode: Literal["weighted", "lexicographic"] = "weighted"
    terms: tuple[TermName, ...] = TERMS
    weights: dict[TermName, float] = {}


class Solver(Section):
    """Solver by name, the gaps asked for, the clock, threads and seed."""

    name: str = "highs"
    gap_abs: float = Field(default=0.02, ge=0, description="persons-equivalent")
    gap: float | None = Field(default=None, ge=0, lt=1, description="relative alternative to gap_abs")
    time_limit_s: float | None = Field(default=120, gt=0)
    threads: int = Field(default=2, ge=1)
    seed: int = Field(default=1, ge=0)


class Explain(Section):
    """Level of evidence for each decision."""

    level: Literal["none", "estimate", "exact"] = "none"


class Sensitivity(Section):
    """How sure the plan is: joint runs drawn by seed, each range of the catalogue alone, surveys by what they change.

    `workers` processes at the same time, one solver thread each; as many as there are cores where nothing is said.
    A try that is not proven optimal within `time_limit_s` is not counted.
    """

    runs: int = Field(default=50, ge=0)
    seed: int = Field(default=1, ge=0)
    workers: int | None = Field(default=None, ge=1)
    time_limit_s: float = Field(default=40, gt=0)
    one_at_a_time: bool | tuple[str, ...] = Field(default=True, description="all ranges, none, or those named")
    surveys: bool = True
    exact_surveys: int = Field(default=5, ge=0, description="surveys estimated highest that whole plans are solved for")


class Frontier(Section):
    """Coverage against the money for renovation: how many plans, and the most money asked about."""

    points: int = Field(default=8, ge=2, le=100)
    most_million_vnd: float | None = Field(
        default=None, ge=0, description="without it, what a plan without limit spends"
    )


class Protections(Section):
    """What fairness costs: the plan without each protection, along tau, and what would lift those far below their best.

    Each protection, each `tau` and each commune examined takes a solve.
    """

    tau: tuple[Annotated[float, Field(ge=0, le=1)], ...] = (0.0, 0.3, 0.5, 0.7, 0.9, 1.0)
    own_best_below: float = Field(default=0.7, ge=0, le=1, description="communes below this share of their own best")
    most_examined: int = Field(default=10, ge=0, description="the lowest of them, one solve each")


class OtherPlans(Section):
    """Plans as good as the best that differ most: how many, and by what share each term may be worse."""

    count: int = Field(default=3, ge=1, le=5)
    within: float = Field(default=0.01, ge=0, le=1)


class Studies(Section):
    """What is studied beside the plan; nothing by default, each study takes many solves."""

    sensitivity: Sensitivity | None = None
    frontier: Frontier | None = None
    protections: Protections | None = None
    other_plans: OtherPlans | None = None


class Outputs(Section):
    """What the outputs may show; `public` leaves out confidential sites."""

    public: bool = False

"""Two plans side by side: which facilities moved, and every figure of both."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from planner.catalogue import Catalogue
from planner.catalogue.columns import columns, value_label
from planner.catalogue.load import Language, read_data
from planner.catalogue.messages import message
from planner.errors import Record

if TYPE_CHECKING:
    import folium
    import geopandas as gpd

    from planner.plan.result import Plan

BESIDE = ("handling_form", "cost_million_vnd", "decided_by", "reason")
"""What is told of both sides of a facility that moved."""

_NOISE = 1e-6
_NEEDS = ("need", "existing", "met", "unmet")
_COUNTS = ("by_ministry_outcome", "by_handling_form", "by_decided_by")


@dataclass(frozen=True)
class Side:
    """A plan as it is compared.

    Attributes
    ----------
    name : the scenario's. place : the run's folder, empty for a plan that was not saved.
    summary : plan.json. allocation : as the run's outputs show it. communes : with polygons, EPSG:4326.
    changed : files of the folder that were changed since the run.
    """

    name: str
    place: str
    summary: dict[str, Any]
    allocation: pd.DataFrame
    communes: gpd.GeoDataFrame
    catalogue: Catalogue
    changed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """The difference of two plans, A and B.

    Attributes
    ----------
    moved : one row for each facility whose new use differs, with form, cost, what decided and reason of both.
    alone : facilities that only one of the two decides. moves : number of facilities by use in A and in B.
    figures : group, figure, unit, A, B, difference. warnings : what makes the two hard to compare.
    """

    a: Side
    b: Side
    language: Language
    moved: pd.DataFrame
    alone: pd.DataFrame
    moves: pd.DataFrame
    figures: pd.DataFrame
    warnings: list[Record]

    @property
    def names(self) -> tuple[str, str]:
        """Names of A and B: the scenario's, and the run's folder where both were made from one scenario."""
        if self.a.name != self.b.name:
            return self.a.name, self.b.name
        a, b = (f"{s.name} ({Path(s.place).name})" if s.place else s.name for s in (self.a, self.b))
        return a, b

    def map(self) -> folium.Map:
        """Return the map of differences; see `planner.outputs.map.difference`."""
        from planner.outputs.map.difference import make_difference_map

        return make_difference_map(self)

    def save(self, path: str | Path, *, force: bool = False) -> list[Path]:
        """Write the comparison as a workbook (.xlsx, with the map beside it) or as a map (.html).

        Raises
        ------
        PlannerError : another format is asked for, or a file is there already and `force` is not given.
        """
        from planner.outputs.comparison import save_comparison

        return save_comparison(self, Path(path), force=force)


def compare(plan_a: Plan | str | Path, plan_b: Plan | str | Path) -> Comparison:
    """Return what differs between two plans, each a `Plan` or the folder of a run.

    Raises
    ------
    PlannerError : a folder is no run.
    """
    from planner.outputs.past_run import side_of

    a, b = side_of(plan_a), side_of(plan_b)
    return compare_sides(a, b, language_of(a))


def language_of(side: Side) -> Language:
    """Return the language in which a plan was made; runs of earlier versions did not record it."""
    return "en" if side.summary.get("language") == "en" else "vi"


def compare_sides(a: Side, b: Side, language: Language) -> Comparison:
    """Return what differs between two plans, told in a language."""
    moved = _moved(a, b)
    moves = moved.groupby(["use_a", "use_b"], as_index=False).size().rename(columns={"size": "facilities"})
    return Comparison(
        a=a,
        b=b,
        language=language,
        moved=moved,
        alone=_alone(a, b),
        moves=moves.sort_values(["facilities", "use_a", "use_b"], ascending=[False, True, True], ignore_index=True),
        figures=_Figures(a, b, language).table(),
        warnings=_warnings(a, b, language),
    )


def _moved(a: Side, b: Side) -> pd.DataFrame:
    """Return the facilities with another use, in the order of B."""
    keys = ("new_use", *BESIDE)
    left, right = (_told(side).set_index("facility_id") for side in (a, b))
    before = left["new_use"].astype(str).to_dict()
    both = [f for f, use in right["new_use"].astype(str).items() if before.get(f, use) != use]
    table = right.loc[both, ["name", "commune_code", "commune_name"]].reset_index()
    for key in keys:
        name = "use" if key == "new_use" else key.removesuffix("_million_vnd")
        for letter, side in (("a", left), ("b", right)):
            table[f"{name}_{letter}"] = side.loc[both, key].to_numpy()
    return table[list(columns("compare_moved"))]


def _told(side: Side) -> pd.DataFrame:
    """Return the allocation with the whole cost of each facility; unknown where no cost is known."""
    costs = side.allocation[["renovation_cost_million_vnd", "equipment_cost_million_vnd"]].astype("Float64")
    return side.allocation.assign(cost_million_vnd=costs.sum(axis=1, min_count=1))


def _alone(a: Side, b: Side) -> pd.DataFrame:
    parts = []
    for letter, side, other in (("a", a, b), ("b", b, a)):
        rows = side.allocation[~side.allocation["facility_id"].isin(other.allocation["facility_id"])]
        parts.append(rows.assign(side=letter).reindex(columns=list(columns("compare_alone"))))
    return pd.concat(parts, ignore_index=True)


@dataclass(frozen=True)
class _Figures:
    """Makes the table of figures: every row one figure of both plans."""

    a: Side
    b: Side
    language: Language

    def table(self) -> pd.DataFrame:
        rows = [*self._status(), *self._terms(), *self._needs(), *self._served(), *self._money(), *self._counted()]
        return pd.DataFrame(rows, columns=list(columns("compare_figures")))

    def _row(self, group: str, figure: str, unit: str, a: Any, b: Any) -> tuple[Any, ...]:  # noqa: ANN401  cells
        numbers = all(isinstance(value, int | float) for value in (a, b))
        return group, figure, unit, a, b, round(b - a, 6) + 0.0 if numbers else None

    def _both(self, *keys: str) -> tuple[Any, Any]:
        """Return a figure of both summaries, None where one lacks it."""
        found: list[Any] = [self.a.summary, self.b.summary]
        for key in keys:
            found = [None if value is None else value.get(key) for value in found]
        return found[0], found[1]

    def _word(self, enumeration: str, key: str) -> str:
        return value_label(enumeration, key, self.language)

    def _name(self, key: str) -> str:
        return str(read_data("comparison")[key][self.language])

    def _use(self, key: str) -> str:
        use = self.b.catalogue.uses.get(key) or self.a.catalogue.uses.get(key)
        return key if use is None else use.label(self.language)

    def _uses(self, part: str) -> list[str]:
        """Return the uses that a part of either summary names, in the catalogue's order."""
        named = {**self.a.summary[part], **self.b.summary[part]}
        known = [key for key in self.b.catalogue.uses if key in named]
        return [*known, *(key for key in named if key not in known)]

    def _status(self) -> list[tuple[Any, ...]]:
        status = [status_label(side, self.language) for side in (self.a, self.b)]
        objective = self._row("status", self._name("objective"), "persons-equivalent", *self._both("objective"))
        if not is_comparable(self.a, self.b):
            objective = (*objective[:-1], None)
        gap = self._row("status", self._name("gap_abs"), "persons-equivalent", *self._both("gap_abs"))
        return [self._row("status", self._name("status"), "", *status), objective, gap]

    def _terms(self) -> list[tuple[Any, ...]]:
        a, b = ({term["name"]: term["value"] for term in side.summary["terms"]} for side in (self.a, self.b))
        unit = "persons-equivalent"
        return [self._row("terms", self._word("term", name), unit, a.get(name), b.get(name)) for name in {**a, **b}]

    def _needs(self) -> list[tuple[Any, ...]]:
        rows = []
        for use in self._uses("needs"):
            unit = next(u for u in self._both("needs", use, "unit") if u)
            for key in _NEEDS:
                name = f"{self._use(use)}: {columns('plan_needs')[key].label(self.language).lower()}"
                rows.append(self._row("needs", name, unit, *self._both("needs", use, key)))
        return rows

    def _served(self) -> list[tuple[Any, ...]]:
        """Shares served where the priority weight is above 1 and elsewhere, in percent."""
        rows = []
        for use in self._uses("disadvantaged"):
            for key in ("priority", "elsewhere"):
                shares = [None if s is None else round(100 * s, 2) for s in self._both("disadvantaged", use, key)]
                rows.append(self._row("served", f"{self._use(use)}: {self._name(key)}", "percent", *shares))
        return rows

    def _money(self) -> list[tuple[Any, ...]]:
        keys = ("renovation_cost_million_vnd", "equipment_cost_million_vnd")
        return [
            self._row(
                "money",
                columns("allocation")[key].label(self.language).partition(" (")[0],
                "million_vnd",
                *(round(float(side.allocation[key].sum()), 3) for side in (self.a, self.b)),
            )
            for key in keys
        ]

    def _counted(self) -> list[tuple[Any, ...]]:
        """Numbers of facilities by outcome, form and what decided; what one plan does not have is 0 there."""
        rows = [
            self._row("counts", self._name(key), "facilities", *self._both("counts", key))
            for key in ("facilities", "sites", "survey_needed")
        ]
        for group in _COUNTS:
            a, b = self._both("counts", group)
            enumeration = {"by_handling_form": "form"}.get(group, group.removeprefix("by_"))
            order = {key: i for i, key in enumerate(self._known(enumeration))}
            keys = sorted({**a, **b}, key=lambda key, order=order: order.get(key, len(order)))  # type: ignore[misc]
            counts = [(self._word(enumeration, key), a.get(key, 0), b.get(key, 0)) for key in keys]
            rows += [self._row(group, name, "facilities", *both) for name, *both in counts]
        return rows

    def _known(self, enumeration: str) -> list[str]:
        catalogue = self.b.catalogue
        terms: dict[str, dict[str, Any]] = {"form": catalogue.forms, "decided_by": catalogue.decided_by}
        return list(terms.get(enumeration, catalogue.ministry_outcomes))


def status_label(side: Side, language: Language) -> str:
    """Return the name of a plan's status."""
    key = "evaluated" if side.summary.get("evaluated") else side.summary["status"]
    return str(read_data("status")[key][language])


def is_comparable(a: Side, b: Side) -> bool:
    """Return whether two objectives measure the same: inputs, weights, needs and the unavoidable part are the same."""
    if _inputs_that_differ(a, b):
        return False
    terms = [[(t["name"], t["weight"], t["unavoidable"]) for t in side.summary["terms"]] for side in (a, b)]
    if [t[0] for t in terms[0]] != [t[0] for t in terms[1]]:
        return False
    figures = [np.array([t[1:] for t in side], dtype=float) for side in terms]
    needs = [{use: row["need"] for use, row in side.summary["needs"].items()} for side in (a, b)]
    return bool(np.allclose(figures[0], figures[1], rtol=0, atol=_NOISE)) and needs[0] == needs[1]


def _inputs_that_differ(a: Side, b: Side) -> list[str]:
    """Return the files that only one plan read, or that were other files: by hash, whatever they are called."""
    left, right = ({item["sha256"]: item["path"] for item in side.summary["inputs"]} for side in (a, b))
    return sorted({path for hash_, path in (left | right).items() if hash_ not in left or hash_ not in right})


def _warnings(a: Side, b: Side, language: Language) -> list[Record]:
    found = [
        _warning("runs_changed", language, side.place, files=", ".join(side.changed)) for side in (a, b) if side.changed
    ]
    paths = _inputs_that_differ(a, b)
    if paths:
        found.append(_warning("runs_inputs_differ", language, "", files=", ".join(paths)))
    elif not is_comparable(a, b):
        found.append(_warning("runs_not_comparable", language, ""))
    return found


def _warning(rule: str, language: Language, file: str, **fields: str) -> Record:
    text = message(rule, language, **fields)
    name = rule.replace("_", "-")
    return Record(table="run", rule=name, severity="warning", file=file, message=text.text, fix=text.fix)

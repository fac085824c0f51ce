"""The scenario: what is asked, as one frozen object read from a stack of TOML files."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from pydantic import BaseModel, Field, ValidationError

from planner.catalogue.load import Catalogue, Language, load_catalogue, read_data
from planner.catalogue.messages import allowed_value, message
from planner.errors import PlannerError, Record
from planner.sections import (
    Budget,
    Checks,
    Classical,
    Demand,
    Explain,
    Fairness,
    InputFiles,
    Limit,
    Locks,
    Objective,
    Outputs,
    Previous,
    Priority,
    Procedure,
    Section,
    Solver,
    Studies,
    Travel,
    UseSettings,
)

if TYPE_CHECKING:
    from planner.inputs.tables import Inputs
    from planner.plan.result import Plan

INPUT_TABLES = ("facilities", "communes", "settlements", "services", "needs", "decisions")


class Scenario(Section):
    """A frozen scenario; `Scenario.load` reads it, `read` and `solve` carry it out."""

    name: str
    language: Language = "vi"
    note: str = ""
    inputs: InputFiles
    mapping: dict[str, str] = Field(default_factory=dict)
    defaults: dict[
        Literal["facilities", "communes", "settlements", "services"], dict[str, str | int | float | bool]
    ] = Field(default_factory=dict)
    checks: Checks = Checks()
    travel: Travel = Travel()
    demand: Demand = Demand()
    priority: Priority = Priority()
    uses: dict[str, UseSettings] = Field(default_factory=dict)
    catalogue: dict[str, Any] = Field(default_factory=dict)
    budget: Budget = Budget()
    limits: tuple[Limit, ...] = ()
    classical: tuple[Classical, ...] = ()
    locks: Locks = Locks()
    previous: Previous = Previous()
    procedure: Procedure = Procedure()
    fairness: Fairness = Fairness()
    objective: Objective = Objective()
    solver: Solver = Solver()
    explain: Explain = Explain()
    studies: Studies = Studies()
    outputs: Outputs = Outputs()
    path: Path = Field(default=Path(), exclude=True)
    overrides: dict[str, Any] = Field(default_factory=dict, exclude=True)

    @classmethod
    def load(cls, path: str | Path, **overrides: Any) -> Scenario:  # noqa: ANN401  values of any TOML type
        """Read a scenario file with everything it extends.

        Parameters
        ----------
        path : a TOML file; relative paths in it resolve against the file they are written in.
        overrides : single keys, two underscores for a dot (`budget__renovation_million_vnd=90_000`).

        Raises
        ------
        PlannerError : unknown keys, wrong types or impossible values, all listed.
        """
        path = Path(path).resolve()
        language: Language = "en" if overrides.get("language") == "en" else "vi"
        return cls._validated(_read_stack(path, (), language), path, overrides)

    @classmethod
    def of_inventory(cls, path: str | Path, **overrides: Any) -> Scenario:  # noqa: ANN401  values of any TOML type
        """Return the scenario that checks one list of facilities, its communes known by name; see `load`."""
        path = Path(path).resolve()
        return cls._validated({"name": path.stem, "inputs": {"facilities": [str(path)]}}, path, overrides)

    @classmethod
    def _validated(cls, data: dict[str, Any], path: Path, overrides: dict[str, Any]) -> Scenario:
        for key, value in overrides.items():
            set_dotted(data, key.replace("__", "."), value)
        language: Language = "en" if data.get("language") == "en" else "vi"
        try:
            scenario = cls.model_validate(data | {"path": path, "overrides": overrides})
        except ValidationError as error:
            raise PlannerError([_record(e, cls, path, language) for e in error.errors()]) from error
        records = [*_check_names(scenario), *_check_travel(scenario), *_check_previous(scenario)]
        if records:
            raise PlannerError(records)
        scenario.load_catalogue()
        return scenario

    def load_catalogue(self) -> Catalogue:
        """Return the catalogue with this scenario's overrides.

        Raises
        ------
        PlannerError : an override does not fit the catalogue.
        """
        overrides: dict[str, Any] = dict(self.catalogue)
        uses: dict[str, Any] = {key: dict(value) for key, value in overrides.pop("uses", {}).items()}
        for key, settings in self.uses.items():
            uses.setdefault(key, {}).update(_use_overrides(key, settings))
        overrides["uses"] = uses
        stated = self.demand.coefficients() | self.travel.coefficients() | self.previous.coefficients()
        overrides["coefficients"] = stated | overrides.get("coefficients", {})
        overrides["roads"] = self.travel.road_classes() | overrides.get("roads", {})
        overrides["priority"] = {
            key: {"weight": weight} for key, weight in self.priority.weights.items()
        } | overrides.get("priority", {})
        try:
            return load_catalogue(overrides)
        except ValidationError as error:
            raise PlannerError(
                [_record(e, Catalogue, self.path, self.language, "catalogue") for e in error.errors()]
            ) from error

    def read(self) -> Inputs:
        """Read and check the input tables; see `planner.inputs.read_inputs`."""
        from planner.inputs import read_inputs

        return read_inputs(self)

    def solve(self, inputs: Inputs) -> Plan:
        """Build the model, solve it and return the plan; see `planner.plan.make_plan`."""
        from planner.plan import make_plan

        return make_plan(self, inputs)

    def evaluate(self, inputs: Inputs, path: str | Path) -> Plan:
        """Return the plan whose uses a file gives, with all figures; see `planner.plan.evaluate.evaluate_plan`."""
        from planner.plan.evaluate import evaluate_plan

        return evaluate_plan(self, inputs, Path(path))


def set_dotted(data: dict[str, Any], dotted: str, value: Any) -> None:  # noqa: ANN401
    """Set `a.b.c` in nested tables, making the tables on the way."""
    *parents, last = dotted.split(".")
    for parent in parents:
        if not isinstance(data.get(parent), dict):
            data[parent] = {}
        data = data[parent]
    data[last] = value


def _read_stack(path: Path, seen: tuple[Path, ...], language: Language) -> dict[str, Any]:
    if path in seen:
        chain = " → ".join(p.name for p in (*seen, path))
        raise PlannerError([_plain("scenario_extends_itself", path, language, chain=chain)])
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise PlannerError([_plain("file_missing", path, language, path=str(path))]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PlannerError([_plain("scenario_not_toml", path, language, reason=str(error))]) from error
    _resolve_paths(data, path.parent)
    base = data.pop("extends", None)
    if base is None:
        return data
    merged = _read_stack((path.parent / str(base)).resolve(), (*seen, path), language)
    _merge(merged, data)
    return merged


def _resolve_paths(data: dict[str, Any], folder: Path) -> None:
    inputs = data.get("inputs")
    if not isinstance(inputs, dict):
        return
    for key in (*INPUT_TABLES, "previous", "dossiers", "population", "roads", "travel"):
        value = inputs.get(key)
        if isinstance(value, str):
            inputs[key] = str((folder / value).resolve())
        elif isinstance(value, list):
            inputs[key] = [str((folder / str(v)).resolve()) for v in value]


def _merge(base: dict[str, Any], top: Mapping[str, Any]) -> None:
    for key, value in top.items():
        if isinstance(value, Mapping) and isinstance(base.get(key), dict):
            _merge(base[key], value)
        else:
            base[key] = value


def _use_overrides(use: str, settings: UseSettings) -> dict[str, Any]:
    changed: dict[str, Any] = {}
    if settings.importance is not None:
        changed["importance"] = settings.importance
    if settings.mandatory is not None:
        changed["mandatory"] = settings.mandatory
    norms: dict[str, Any] = dict(settings.model_extra or {})
    known = read_data("uses")[use].get("norms", {})
    for name, value in _travel_limits(settings).items():
        norms[name] = value if name in known else read_data("roads")["limits"][name] | {"value": value}
    if norms:
        changed["norms"] = norms
    return changed


def _travel_limits(settings: UseSettings) -> dict[str, float]:
    """Return the longest travel that a scenario states for a use, by norm."""
    stated = {"max_travel_km": settings.max_travel_km, "max_travel_min": settings.max_travel_min}
    limits = {name: limit for name, limit in stated.items() if limit is not None}
    return {f"{name}_{terrain}": value for name, limit in limits.items() for terrain, value in limit}


def _check_names(scenario: Scenario) -> list[Record]:
    """Return a record for each name in the scenario that the catalogue does not know."""
    uses = read_data("uses")
    classes = read_data("priority")["classes"]
    named = [(f"uses.{use}", use, uses) for use in scenario.uses]
    named += [(f"limits[{i}].use", limit.use, uses) for i, limit in enumerate(scenario.limits)]
    reached = {key: use for key, use in uses.items() if use["family"] == "service"}
    named += [(f"classical[{i}].use", study.use, reached) for i, study in enumerate(scenario.classical)]
    alone = scenario.studies.sensitivity.one_at_a_time if scenario.studies.sensitivity else ()
    ranges = read_data("ranges")["ranges"]
    named += [
        (f"studies.sensitivity.one_at_a_time[{i}]", key, ranges)
        for i, key in enumerate(alone if isinstance(alone, tuple) else ())
    ]
    roads = read_data("roads")["classes"]
    named += [(f"travel.speeds.{key}", key, roads) for key in scenario.travel.speeds]
    named += [(f"priority.weights.{key}", key, classes) for key in scenario.priority.weights]
    named += [(f"budget.disadvantaged[{i}]", key, classes) for i, key in enumerate(scenario.budget.disadvantaged)]
    for use, settings in scenario.uses.items():
        known = uses.get(use, {}).get("norms", {})
        named += [
            (f"uses.{use}.{norm}", norm, {**dict.fromkeys(UseSettings.model_fields), **known})
            for norm in settings.model_extra or {}
        ]
    return [
        _plain(
            "scenario_unknown_name", scenario.path, scenario.language, key=key, value=name, nearest=nearest(name, known)
        )
        for key, name, known in named
        if name not in known
    ]


def _check_travel(scenario: Scenario) -> list[Record]:
    """Return a record for the file that a way of travel needs, and for each limit on a use that nobody travels to."""
    needed = {"network": "roads", "matrix": "travel"}.get(scenario.travel.mode)
    missing = [f"inputs.{needed}"] if needed and not getattr(scenario.inputs, needed) else []
    bare = [("scenario_missing_key", key) for key in missing]
    uses = read_data("uses")
    for use, settings in scenario.uses.items():
        told = uses.get(use, {}) | scenario.catalogue.get("uses", {}).get(use, {})
        by_travel = told.get("family") == "service" and told.get("reach", "commune") != "commune"
        names = () if by_travel or use not in uses else ("max_travel_km", "max_travel_min")
        bare += [("limit_without_reach", f"uses.{use}.{name}") for name in names if getattr(settings, name) is not None]
    return [_plain(rule, scenario.path, scenario.language, key=key) for rule, key in bare]


def _check_previous(scenario: Scenario) -> list[Record]:
    """Return a record where a cost of changes is stated and no earlier plan that could change."""
    if scenario.previous.change_cost is None or scenario.inputs.previous is not None:
        return []
    return [_plain("scenario_missing_key", scenario.path, scenario.language, key="inputs.previous")]


def nearest(name: str, known: Mapping[str, Any]) -> str:
    """Return the known name most like the given one, or all of them where none is alike."""
    found = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return found[0] if found else ", ".join(known)


def _record(error: Any, model: type[BaseModel], path: Path, language: Language, prefix: str = "") -> Record:  # noqa: ANN401
    location = [str(part) for part in error["loc"]]
    key = ".".join([prefix, *location] if prefix else location)
    if error["type"] == "extra_forbidden":
        known = _fields_at(model, location[:-1])
        return _plain(
            "scenario_unknown_key", path, language, key=key, nearest=nearest(location[-1], dict.fromkeys(known))
        )
    if error["type"] == "missing":
        return _plain("scenario_missing_key", path, language, key=key)
    allowed = allowed_value(error["type"], language, error.get("ctx", {})) or error["msg"]
    return _plain("scenario_bad_value", path, language, key=key, value=repr(error["input"])[:80], allowed=allowed)


def _fields_at(model: Any, location: list[str]) -> list[str]:  # noqa: ANN401
    """Return the keys allowed at a place of the model, or none where they are free."""
    for part in location:
        fields = getattr(model, "model_fields", {})
        if part in fields:  # not an index or a free key
            model = _inner_model(fields[part].annotation)
    return list(getattr(model, "model_fields", {}))


def _inner_model(annotation: Any) -> Any:  # noqa: ANN401
    """Return the model an annotation holds: itself, or in a tuple, a dict or an option."""
    return next((part for part in (annotation, *get_args(annotation)) if hasattr(part, "model_fields")), None)


def _plain(rule: str, path: Path, language: Language, /, **values: str) -> Record:
    text = message(rule, language, **values)
    return Record(
        table="scenario",
        rule=rule.replace("_", "-"),
        severity="error",
        file=path.name,
        column=values.get("key", ""),
        value=values.get("value", ""),
        message=text.text,
        fix=text.fix,
    )

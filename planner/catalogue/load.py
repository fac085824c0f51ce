"""Read the catalogue's data files, laid under what a scenario overrides."""

from __future__ import annotations

import datetime as dt
import difflib
import tomllib
from collections.abc import Mapping
from copy import deepcopy
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

Language = Literal["vi", "en"]
Confidence = Literal["law", "official", "press", "assumed", "scenario"]
AgeGroup = Literal["age_0_2", "age_3_5", "age_6_10", "age_11_14", "age_15_17", "age_60_plus"]
AGE_GROUPS: tuple[AgeGroup, ...] = get_args(AgeGroup)
"""Columns of the settlements table."""
Terrain = Literal["plain", "mountain"]
TRAVEL_LIMITS: dict[Literal["km", "min"], dict[Terrain, str]] = {
    "km": {"plain": "max_travel_km_plain", "mountain": "max_travel_km_mountain"},
    "min": {"plain": "max_travel_min_plain", "mountain": "max_travel_min_mountain"},
}
"""Norms of a use that limit travel to it, by unit and terrain."""
UNREAD = ("press", "assumed")
"""Confidence of what nobody has read in the text of the law."""


@cache
def read_data(name: str) -> dict[str, Any]:
    """Read one of the catalogue's TOML files; callers copy before they change anything."""
    return tomllib.loads(files("planner.catalogue").joinpath(f"{name}.toml").read_text(encoding="utf-8"))


def _known(file: str, key: str) -> str:
    """Return a key of `citations.toml` or `units.toml`, or a text that stands for itself: one with a space in it."""
    known = read_data(file)
    if " " in key or key in known:
        return key
    nearest = difflib.get_close_matches(key, list(known), n=1)
    hint = f"; nearest: {nearest[0]}" if nearest else ""
    raise ValueError(f"{file}.toml: {key!r}{hint}")


def _wording(file: str, key: str, language: Language) -> str:
    row = read_data(file).get(key)
    return key if row is None else str(row[language])


def _cited(key: str) -> str:
    return _known("citations", key)


def _unit(key: str) -> str:
    return _known("units", key)


def _receiver_kind(key: str) -> str:
    kinds = read_data("forms")["receiver_kinds"]
    if key in kinds:
        return key
    raise ValueError(f"forms.toml: {key!r}; known: {', '.join(kinds)}")


def _one_or_several(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Basis = Annotated[tuple[Annotated[str, AfterValidator(_cited)], ...], BeforeValidator(_one_or_several)]
Unit = Annotated[str, AfterValidator(_unit)]
Kind = Annotated[str, AfterValidator(_receiver_kind)]
NO_BASIS: Basis = ("–",)


def cite(basis: Basis, language: Language, *, read: bool = True) -> str:
    """Return the citations in words; marked as not checked where nobody has read them in the text."""
    text = "; ".join(_wording("citations", key, language) for key in basis)
    return text if read or basis == NO_BASIS else f"{text} ({_wording('citations', 'not_checked', language)})"


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Term(_Row):
    """A key with its Vietnamese and English name and where it comes from."""

    vi: str
    en: str
    legal_basis: Basis = NO_BASIS
    confidence: Confidence = "assumed"
    national_share: float | None = None

    def label(self, language: Language) -> str:
        """Return the name in the language."""
        return self.vi if language == "vi" else self.en

    def basis(self, language: Language) -> str:
        """Return what it rests on, in words."""
        return cite(self.legal_basis, language)


class Norm(Term):
    """A norm or coefficient: a value with unit, legal basis, date and confidence."""

    value: float
    unit: Unit
    valid_from: dt.date
    source: Literal["catalogue", "scenario"] = "catalogue"

    def unit_label(self, language: Language) -> str:
        """Return the unit in words."""
        return _wording("units", self.unit, language)


class Form(Term):
    """A form of handling; only the kinds of receivers named may receive by it, all where none is."""

    receivers: tuple[Kind, ...] = ()

    def admits(self, kind: str) -> bool:
        """Return whether a kind of receiver may receive by this form."""
        return not self.receivers or kind in self.receivers


class ReceiverKind(Term):
    """A kind of receivers, and words with which the name of one begins."""

    words: tuple[str, ...] = ()


class Rule(Term):
    """An eligibility rule; what a site must clear first, where that is possible."""

    hard: bool
    valid_from: dt.date
    clear_vi: str = ""
    clear_en: str = ""
    enabled: bool = True

    def basis(self, language: Language) -> str:
        """Return what it rests on, in words, and whether that was checked: no confidence stands beside it."""
        return cite(self.legal_basis, language, read=self.confidence not in UNREAD)

    def clearing(self, language: Language) -> str:
        """Return what must be done before the site can be decided."""
        return self.clear_vi if language == "vi" else self.clear_en


class Use(_Row):
    """A use that a facility can receive."""

    key: str
    vi: str
    en: str
    short_vi: str = ""
    tier: int
    family: Literal["office", "service", "commune_wide", "by_unit", "keep", "exit"]
    reach: Literal["distance", "commune", "cluster"] = "commune"
    mandatory: bool = False
    importance: float = Field(default=0.0, ge=0)
    commercial: bool = False
    whole_site: bool = False
    land_based: bool = False
    run_by_commune: bool = False
    hazard_free: bool = False
    incompatible: tuple[str, ...] = ()
    cascade_cost: float = Field(default=0.0, ge=0)
    land_codes: tuple[str, ...]
    ministry_outcome: str
    receiver_kind: Kind
    receiver_vi: str
    receiver_en: str
    colour: str
    norms: dict[str, Norm] = {}

    def norm(self, name: str) -> float | None:
        """Return the value of a norm, or None where this use has no such norm."""
        found = self.norms.get(name)
        return None if found is None else found.value

    @property
    def enrolment(self) -> dict[AgeGroup, float]:
        """Return the age groups that the use serves, each with the share of its people who come; none: not by age."""
        shares = {age: self.norm(f"enrolment_{age}") for age in AGE_GROUPS}
        return {age: share for age, share in shares.items() if share}

    def label(self, language: Language) -> str:
        """Return the name in the language."""
        return self.vi if language == "vi" else self.en

    @property
    def limit_unit(self) -> Literal["km", "min"]:
        """Return in what travel to this use is limited: minutes where it has such a norm."""
        return "min" if set(TRAVEL_LIMITS["min"].values()) & set(self.norms) else "km"

    def limit(self, terrain: Terrain) -> float | None:
        """Return the longest travel to this use by terrain, in its `limit_unit`; None where it has none."""
        return self.norm(TRAVEL_LIMITS[self.limit_unit][terrain])

    @property
    def public(self) -> bool:
        """Whether the use serves a public need, as opposed to an exit or the status quo."""
        return self.family not in ("exit", "keep")


class Procedure(_Row):
    """A row of the table of forms, grounds, authorities and clocks; it applies where every stated condition holds."""

    outcome: tuple[Literal["same_use", "new_use", "exit"], ...]
    owner: tuple[str, ...] = ()
    holder_stays: bool | None = None
    unused: bool | None = None
    form: str
    ground: Basis
    authority: str
    decide_days: int | None = None
    handover_days: int | None = None
    confidence: Confidence

    def basis(self, language: Language) -> str:
        """Return the ground in words, and whether it was checked."""
        return cite(self.ground, language, read=self.confidence not in UNREAD)


class PriorityClass(Term):
    """A class of communes or villages and its weight."""

    weight: float = Field(gt=0)
    valid_from: dt.date
    source: Literal["catalogue", "scenario"] = "catalogue"


class RoadClass(Term):
    """A class of roads and the speed on it by season, in km/h."""

    dry_kmh: float = Field(gt=0)
    rainy_kmh: float = Field(gt=0)
    valid_from: dt.date
    source: Literal["catalogue", "scenario"] = "catalogue"


class Range(Term):
    """How far the studies vary something: by a factor from `low` to `high`.

    Attributes
    ----------
    changes : numbers of the catalogue that the factor scales together, as paths. from_one : what they have above 1.
    columns : columns of the inventory that it scales. unknown : a column of which every assumed value gets a factor of
        its own.
    """

    low: float = Field(gt=0, le=1)
    high: float = Field(ge=1)
    unit: Unit
    valid_from: dt.date
    changes: tuple[str, ...] = ()
    from_one: bool = False
    columns: tuple[str, ...] = ()
    unknown: Literal["", "floor_area_m2"] = ""
    source: Literal["catalogue", "scenario"] = "catalogue"

    def unit_label(self, language: Language) -> str:
        """Return the unit in words."""
        return _wording("units", self.unit, language)

    @property
    def varies(self) -> bool:
        """Whether there is anything between its ends."""
        return self.low < self.high


class Question(Term):
    """What a survey could answer where a column of the inventory says nothing, or one of `open`.

    Attributes
    ----------
    answers : the values. range : key of the range whose ends scale the assumed value instead. m2_per_room : usable m²
        per room, from which a number of rooms follows instead.
    """

    answers: tuple[str, ...] = ()
    open: tuple[str, ...] = ("unknown",)
    range: str = ""
    m2_per_room: tuple[float, ...] = ()


class Catalogue(_Row):
    """Everything that is data: see the files beside this module."""

    uses: dict[str, Use]
    coefficients: dict[str, Norm]
    rules: dict[str, Rule]
    forms: dict[str, Form]
    receiver_kinds: dict[str, ReceiverKind]
    addressees: dict[str, Term]
    requests: dict[str, Term]
    clock: Term
    next_steps: dict[str, Term]
    authorities: dict[str, Term]
    ministry_outcomes: dict[str, Term]
    decided_by: dict[str, Term]
    planning_statuses: dict[str, Term]
    procedures: tuple[Procedure, ...]
    priority: dict[str, PriorityClass]
    roads: dict[str, RoadClass]
    ranges: dict[str, Range]
    questions: dict[str, Question]
    checked_on: dt.date
    notice_vi: str
    notice_en: str
    reserve: bool = False

    @model_validator(mode="after")
    def _ranges_vary_what_exists(self) -> Catalogue:
        unknown = [path for found in self.ranges.values() for path in found.changes if number_at(self, path) is None]
        if unknown:
            raise ValueError(f"ranges: {', '.join(unknown)}")
        return self

    def coefficient(self, name: str) -> float:
        """Return the value of a coefficient."""
        return self.coefficients[name].value

    def notice(self, language: Language) -> str:
        """Return the sentence that says how far the law was read."""
        return self.notice_vi if language == "vi" else self.notice_en


def number_at(node: object, path: str) -> float | None:
    """Return the number at a dotted path through tables and models, None where there is none."""
    for key in path.split("."):
        node = node.get(key) if isinstance(node, Mapping) else getattr(node, key, None)
    return float(node) if isinstance(node, int | float) else None


def load_catalogue(overrides: Mapping[str, Any] | None = None) -> Catalogue:
    """Return the catalogue with the scenario's overrides laid over it.

    Parameters
    ----------
    overrides : tables of the same shape as the data files (`uses`, `coefficients`, `rules`, `forms`, …).
        A plain number over a norm replaces its value and marks its source as the scenario.

    Raises
    ------
    pydantic.ValidationError : an override has an unknown key or a wrong type.
    """
    forms = deepcopy(read_data("forms"))
    uses = {key: {"key": key} | deepcopy(use) for key, use in read_data("uses").items()}
    tables: dict[str, Any] = {
        "uses": uses,
        "coefficients": deepcopy(read_data("coefficients")),
        "rules": deepcopy(read_data("rules")),
        "roads": deepcopy(read_data("roads")["classes"]),
        "priority": {
            key: read_data("priority")["source"] | row for key, row in read_data("priority")["classes"].items()
        },
        **deepcopy(read_data("ranges")),
        **forms,
    }
    _lay_over(tables, overrides or {})
    return Catalogue.model_validate(tables)


def _lay_over(table: dict[str, Any], overrides: Mapping[str, Any]) -> None:
    for key, new in overrides.items():
        old = table.get(key)
        if isinstance(old, dict) and isinstance(new, Mapping):
            _lay_over(old, new)
            if not {"value", "weight", "low", "high"}.isdisjoint(new):
                _mark_as_scenario(old)
            elif "legal_basis" in new and "confidence" not in new:
                old["confidence"] = "scenario"
        elif isinstance(old, dict) and "value" in old:
            old["value"] = new
            _mark_as_scenario(old)
        else:
            table[key] = new


def _mark_as_scenario(norm: dict[str, Any]) -> None:
    norm |= {"source": "scenario", "confidence": "scenario"}

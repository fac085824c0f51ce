"""Checks of what a scenario says about its tables."""

from __future__ import annotations

from collections.abc import Iterator

from planner.catalogue.columns import values
from planner.checks.common import Check, alike, growth_of
from planner.errors import Record, Severity
from planner.inputs.origin import Origin
from planner.inputs.tables import Tables
from planner.scenario import Scenario


def unknown_lock(tables: Tables, scenario: Scenario) -> list[Record]:
    """Report releases of a facility that is not in the list."""
    known = tables.facilities["facility_id"].dropna().tolist()
    return [
        _record(
            scenario, "lock-unknown-facility", "error", f"locks.release[{number}]", facility, alike(facility, known)
        )
        for number, facility in enumerate(scenario.locks.release)
        if facility not in known
    ]


def unknown_place_or_owner_in_limit(tables: Tables, scenario: Scenario) -> list[Record]:
    """Report limits on a commune, owner or former district that the tables do not know: they would bind nothing."""
    known = {
        "commune": tables.communes["commune_code"].dropna().tolist(),
        "owner": list(values("owner")),
        "district": tables.facilities["old_district"].dropna().unique().tolist(),
    }
    return [
        _record(scenario, f"limit-unknown-{part}", "error", f"limits[{number}].{part}", name, alike(name, known[part]))
        for number, part, name in _named_in_limits(scenario)
        if name not in known[part]
    ]


def _named_in_limits(scenario: Scenario) -> Iterator[tuple[int, str, str]]:
    for number, limit in enumerate(scenario.limits):
        for part, name in (("commune", limit.commune), ("owner", limit.owner), ("district", limit.district)):
            if name is not None:
                yield number, part, name


def existing_but_not_listed(tables: Tables, scenario: Scenario) -> list[Record]:
    """Report uses whose services are said to be listed and are not."""
    listed = set(tables.services["use"].dropna())
    return [
        _record(scenario, "existing-not-listed", "warning", f"uses.{use}.existing", "listed")
        for use, settings in scenario.uses.items()
        if settings.enabled and settings.existing == "listed" and use not in listed
    ]


def year_without_growth(tables: Tables, scenario: Scenario) -> list[Record]:
    """Report a year for which demand is asked that changes nothing, as no growth is known."""
    year = scenario.demand.year
    if year is None or bool(growth_of(tables, scenario).any()):
        return []
    return [_record(scenario, "year-without-growth", "warning", "demand.year", str(year))]


def base_year_after_year(tables: Tables, scenario: Scenario) -> list[Record]:
    """Report a base year that is later than the year for which demand is asked."""
    del tables
    year, base = scenario.demand.year, scenario.demand.base_year
    if year is None or base is None or base <= year:
        return []
    return [_record(scenario, "base-year-after-year", "error", "demand.base_year", str(base), str(year))]


def _record(  # noqa: PLR0913  the parts of a record
    scenario: Scenario, rule: str, severity: Severity, key: str, value: str, near: str = ""
) -> Record:
    origin = Origin("scenario", scenario.path.name, "", scenario.language)
    return origin.record(rule, severity, column=key, value=value, nearest=near)


CHECKS: tuple[Check, ...] = (
    unknown_lock,
    unknown_place_or_owner_in_limit,
    existing_but_not_listed,
    year_without_growth,
    base_year_after_year,
)

"""What the command line prints: a run's summary and the findings of the checks, as lines of text."""

from __future__ import annotations

import textwrap
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from planner.catalogue.columns import label, table_names, value_label, values
from planner.catalogue.load import Language, read_data
from planner.catalogue.numbers import format_number, format_share
from planner.errors import Record
from planner.inputs.plan_table import TABLE as GIVEN
from planner.outputs.check_summary import SEVERITIES, reasons, reasons_in_words, recognised, table_name
from planner.plan.status import price_known, status_in_words

if TYPE_CHECKING:
    from planner.inputs.read import Reading
    from planner.inputs.tables import SheetRead
    from planner.plan.compare import Comparison
    from planner.plan.result import Plan

WIDTH = 118
MOST_ERRORS = 20
MOST_ROWS = 12
MOST_BROKEN = 5


def say(key: str, language: Language, **fields: object) -> str:
    """Return a text of the command line in the language."""
    return str(read_data("console")[key][language]).format(**fields)


def summary_lines(plan: Plan, seconds: dict[str, float]) -> list[str]:
    """Return what a good run prints: status, terms, outcomes beside the nation's, what decided, findings and seconds.

    Parameters
    ----------
    seconds : seconds by lap and `total`, as in plan.json.
    """
    blocks = (
        [plan.scenario.name, *_status_lines(plan)],
        *_broken_lines(plan),
        _term_lines(plan),
        _outcome_lines(plan),
        [*_decided_by_lines(plan), *_decision_lines(plan)],
        [
            *_fairness_lines(plan),
            *_plan_change_lines(plan),
            _finding_counts(plan),
            *_travel_lines(plan),
            _second_line(seconds, plan.scenario.language),
        ],
    )
    return [line for block in blocks for line in (*block, "")]


def _status_lines(plan: Plan) -> list[str]:
    language, summary, status = plan.scenario.language, plan.summary, status_in_words(plan)
    figures = {name: format_number(summary[name], language, 4) for name in ("objective", "bound", "gap_abs")}
    lines = [
        f"{say('status', language)}: {status.label} ({status.key}). {status.sentence}",
        say("objective", language, **figures, gap=format_share(summary["gap"], language, 4)),
    ]
    return [*lines, status.warning] if status.warning else lines


def _broken_lines(plan: Plan) -> list[list[str]]:
    """Return what a plan made by hand breaks, as a block where there is something."""
    language, found = plan.scenario.language, plan.checks[plan.checks["table"] == GIVEN]
    records = [_record(row) for row in found.to_dict("records")]
    broken = [line for line in record_lines(records, language, most=MOST_BROKEN) if line.startswith(" ")]
    return (
        [[say("broken", language, count=format_number(plan.summary["violations"], language)), *broken]]
        if broken
        else []
    )


def _record(row: Mapping[Hashable, Any]) -> Record:
    """Return a row of the checks as the record that it was made from."""
    fields = {str(key): value for key, value in row.items()}
    return Record(**(fields | {"row": None if pd.isna(row["row"]) else int(row["row"])}))


def _travel_lines(plan: Plan) -> list[str]:
    """Return how travel was measured, where it is no straight line."""
    language, travel = plan.scenario.language, plan.summary.get("travel", {})
    if travel.get("mode") == "network":
        season = say("season_rainy" if travel["season"] == "rainy" else "season_dry", language)
        source = say("travel_kept" if travel["from_cache"] else "travel_computed", language)
        return [say("travel_network", language, season=season, source=source)]
    return [say("travel_matrix", language)] if travel.get("mode") == "matrix" else []


def _term_lines(plan: Plan) -> list[str]:
    language = plan.scenario.language
    columns = ("value", "unavoidable", "bound")
    rows = [
        [value_label("term", term["name"], language), *(format_number(term[column], language, 3) for column in columns)]
        for term in plan.summary["terms"]
    ]
    return _table([say("terms", language), *(say(column, language) for column in columns)], rows)


def _outcome_lines(plan: Plan) -> list[str]:
    language = plan.scenario.language
    proposed = plan.statistics[plan.statistics["block"] == "proposed"]
    rows = [
        [
            plan.catalogue.ministry_outcomes[row["ministry_outcome"]].label(language),
            format_number(row["sites"], language, 0),
            format_share(row["share"], language),
            format_share(row["national_share"], language),
        ]
        for row in proposed.to_dict("records")
    ]
    return _table([say(key, language) for key in ("outcomes", "sites", "share", "national")], rows)


def _fairness_lines(plan: Plan) -> list[str]:
    """Return the two worst communes by the share of their own best, inequality, and how many need a building."""
    language, told = plan.scenario.language, plan.summary["fairness"]
    if "next_worst" not in told:
        return []
    worst, after = (
        f"{told[place]['name']} ({format_share(told[place]['own_best_share'], language)})"
        for place in ("worst", "next_worst")
    )
    decile = format_share(told["lowest_decile_share"], language)
    count = told["communes_that_need_a_building"]
    building = [say("needs_building", language, n=format_number(count, language))] if count else []
    gini = format_number(told["gini"], language, 3)
    return [say("fairness", language, worst=worst, after=after, gini=gini, decile=decile), *building]


def _decided_by_lines(plan: Plan) -> list[str]:
    language, counts = plan.scenario.language, plan.summary["counts"]
    rows = [
        [
            plan.catalogue.decided_by[key].label(language),
            format_number(count, language, 0),
            format_share(count / counts["facilities"], language),
        ]
        for key, count in counts["by_decided_by"].items()
    ]
    return _table([say(key, language) for key in ("decided_by", "facilities", "share")], rows)


def _decision_lines(plan: Plan) -> list[str]:
    """Return what became of the decisions read and what those in force cost together; nothing where there are none."""
    language, locks = plan.scenario.language, plan.summary["locks"]
    if not len(plan.decision_log):
        return []
    found = plan.decision_log["effect"].value_counts()
    counts = [
        f"{value_label('decision_effect', key, language)}: {format_number(found[key], language)}"
        for key in values("decision_effect")
        if key in found
    ]
    price = format_number(locks["price_together"], language, 2)
    named = say(price_known(locks), language, n=format_number(locks["count"], language), price=price)
    return [say("decisions_effect", language, counts=" · ".join(counts)), *([named] if locks["count"] else [])]


def comparison_lines(comparison: Comparison) -> list[str]:
    """Return what a comparison prints: who, how many moved and whereto, the figures that differ, and warnings."""
    language, moved = comparison.language, comparison.moved
    sides = [
        f"{letter}: {side.name}{f' ({side.place})' if side.place else ''}"
        for letter, side in (("A", comparison.a), ("B", comparison.b))
    ]
    count = {"n": format_number(len(moved), language), "all": format_number(len(comparison.b.allocation), language)}
    alone = comparison.alone["side"].value_counts()
    sides += [
        say(key, language, n=format_number(alone[side], language))
        for side, key in (("a", "only_in_a"), ("b", "only_in_b"))
        if side in alone
    ]
    blocks = (
        sides,
        [say("moved", language, **count)],
        _move_lines(comparison),
        _figure_lines(comparison),
        record_lines(comparison.warnings, language, most=MOST_ROWS),
    )
    return [line for block in blocks if block for line in (*block, "")]


def _move_lines(comparison: Comparison) -> list[str]:
    language, uses = comparison.language, comparison.b.catalogue.uses
    rows = [
        [
            " → ".join(uses[use].label(language) if use in uses else use for use in (row["use_a"], row["use_b"])),
            format_number(row["facilities"], language),
        ]
        for row in comparison.moves.head(MOST_ROWS).to_dict("records")
    ]
    rest = len(comparison.moves) - len(rows)
    more = [say("and_more", language, count=format_number(rest, language))] if rest else []
    return [*_table([say("moves", language), say("facilities", language)], rows), *more] if rows else []


def _figure_lines(comparison: Comparison) -> list[str]:
    """Return status, and the figures of status, terms and money, and others where the two differ."""
    language, figures = comparison.language, comparison.figures
    always = figures["group"].isin(("status", "money"))
    shown = figures[always | (figures["group"].isin(("terms", "needs")) & (figures["difference"].fillna(0) != 0))]
    rows = [
        [row["figure"], *(_figure(row[key], language) for key in ("a", "b", "difference"))]
        for row in shown.to_dict("records")
    ]
    return _table([say("figures", language), "A", "B", say("difference", language)], rows)


def _figure(value: str | float | None, language: Language) -> str:
    return value if isinstance(value, str) else format_number(value, language, 1)


def _plan_change_lines(plan: Plan) -> list[str]:
    """Return what differs from the earlier plan, where there is one."""
    language, told = plan.scenario.language, plan.summary.get("changes")
    if told is None:
        return []
    return [say("changes", language, **{key: format_number(n, language) for key, n in told.items()})]


def _finding_counts(plan: Plan) -> str:
    found = plan.checks["severity"].value_counts()
    counts = {f"{severity}s": format_number(found.get(severity, 0), plan.scenario.language) for severity in SEVERITIES}
    return say("findings", plan.scenario.language, **counts)


def _second_line(seconds: dict[str, float], language: Language) -> str:
    parts = [f"{say(f'lap_{lap}', language)} {format_number(seconds[lap], language, 1)}" for lap in seconds]
    return f"{say('seconds', language)}: {' · '.join(parts)}"


def _table(header: list[str], rows: list[list[str]]) -> list[str]:
    """Return aligned lines: text to the left, numbers to the right."""
    lines = [header, *rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(header))]
    aligned = [
        [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True))]
        for first, *rest in lines
    ]
    return ["  ".join(line) for line in aligned]


def record_lines(records: Sequence[Record], language: Language, *, most: int) -> list[str]:
    """Return findings grouped by severity and rule, each rule with its count and its first places.

    Parameters
    ----------
    most : places shown of each rule, of errors at least `MOST_ERRORS`; the rest is counted. Notes get one line a rule.
    """
    lines = []
    for severity in SEVERITIES:
        found = [record for record in records if record.severity == severity]
        if found:
            lines.append(f"{say(severity, language)}: {format_number(len(found), language)}")
        by_rule: dict[str, list[Record]] = {}
        for record in found:
            by_rule.setdefault(record.rule, []).append(record)
        for rule, of_rule in by_rule.items():
            if severity == "info":
                lines += _note_lines(rule, of_rule, language, most)
            else:
                lines += _rule_lines(rule, of_rule, language, max(most, MOST_ERRORS) if severity == "error" else most)
    return lines


def _rule_lines(rule: str, records: list[Record], language: Language, most: int) -> list[str]:
    """Return the first places of a rule; the same said of several rows of a column is one line with all of them."""
    alike: dict[tuple[str, ...], list[Record]] = {}
    for record in records:
        key = record.file, record.sheet, record.column, record.message, record.fix
        alike.setdefault(key, []).append(record)
    lines = [f"  {rule}: {format_number(len(records), language)}"]
    told = list(alike.values())[:most]
    for i, group in enumerate(told):
        place, fix = _place(group, language), group[0].fix
        lines.append(f"    {place}: {group[0].message}" if place else f"    {group[0].message}")
        if fix and (i + 1 == len(told) or told[i + 1][0].fix != fix):
            lines.append(f"      → {fix}")
    rest = len(records) - sum(map(len, told))
    return [*lines, "    " + say("and_more", language, count=format_number(rest, language))] if rest else lines


def _note_lines(rule: str, records: list[Record], language: Language, most: int) -> list[str]:
    """Return each note of a rule, or where there are many the first of them."""
    told = list(dict.fromkeys(record.message for record in records))
    if len(told) > most:
        told = [say("for_example", language, message=told[0])]
    first, *others = (textwrap.shorten(message, WIDTH, placeholder=" …") for message in told)
    return [f"  {rule}: {format_number(len(records), language)}. {first}", *(f"    {other}" for other in others)]


def _place(records: Sequence[Record], language: Language) -> str:
    """Return file, sheet, rows and column of findings that say the same; a column that the file lacks by its name."""
    first = records[0]
    column = label(first.table, first.column, language) if first.table in table_names() else first.column
    rows = [str(record.row) for record in records if record.row is not None]
    more = ["…"] if len(rows) > MOST_ROWS else []
    return (
        replace(first, row=None, column="").place()
        + (f":{', '.join(rows[:MOST_ROWS] + more)}" if rows else "")
        + (f" «{column}»" if column else "")
    )


def check_lines(reading: Reading, *, most: int) -> list[str]:
    """Return what a check prints: rows by table, how each sheet was understood, and all findings.

    Parameters
    ----------
    most : see `record_lines`.
    """
    language = reading.scenario.language
    lines = [line for table in reading.read for line in _row_lines(reading, table)]
    for read in reading.sheets:
        lines += _sheet_lines(read, language)
    found = record_lines(reading.records, language, most=most) or [say("no_records", language)]
    return [*lines, "", *found] if lines else found


def _row_lines(reading: Reading, table: str) -> list[str]:
    """Return the rows read, used and set aside of a table, and why they were set aside."""
    language, read, aside = reading.scenario.language, reading.read[table], reading.set_aside.get(table, 0)
    if not read:
        return []
    numbers = {"read": read, "used": read - aside, "set_aside": aside}
    written = {name: format_number(number, language) for name, number in numbers.items()}
    why = reasons_in_words(reasons(reading, table), language)
    return [f"{table_name(table, language)}: {say('rows', language, **written)}{f' ({why})' if why else ''}"]


def _sheet_lines(read: SheetRead, language: Language) -> list[str]:
    """Return how a sheet was understood: columns named otherwise than ours, those that were guessed, those not used."""
    first, last = read.header_rows
    place = f"{read.path.name}{f' [{read.sheet}]' if read.sheet else ''}"
    found = recognised(read, language)
    numbers = {"place": place, "rows": f"{first}–{last}" if first < last else first, "columns": len(found)}
    lines = ["", say("header_rows" if first else "no_header", language, **numbers)]
    other = [
        f"{item.heading} → {item.name}" for item in found if not item.heading.startswith(item.name) and not item.guessed
    ]
    guessed = [
        f"{item.heading} → {item.name} ({format_share(item.score, language, 0)})" for item in found if item.guessed
    ]
    unused = [heading.replace("\n", " ") for heading in read.unused]
    for key, names in (("read_as", other), ("guessed", guessed), ("not_used", unused)):
        if names:
            text = f"{say(key, language)}: {'; '.join(names)}"
            lines += textwrap.wrap(text, WIDTH, initial_indent="  ", subsequent_indent="    ", break_long_words=False)
    return lines


def change_line(changes: pd.DataFrame, name: str, language: Language) -> str:
    """Return how many facilities came, went or changed since an earlier list.

    Parameters
    ----------
    changes : see `planner.inputs.sameness.changes.changes`.
    name : of the earlier list.
    """
    facilities = changes.drop_duplicates(["facility_id", "change"])["change"].value_counts()
    counts = [
        f"{value_label('change', key, language)}: {format_number(facilities[key], language)}"
        for key in values("change")
        if key in facilities
    ]
    return f"{say('since', language, name=name)}: {' · '.join(counts) or say('nothing_changed', language)}"

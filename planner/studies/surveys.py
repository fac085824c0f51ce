"""Surveys ranked by how much their answer could change the plan."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from planner.catalogue.columns import columns, label, value_label
from planner.catalogue.load import Language, Question
from planner.catalogue.numbers import format_number
from planner.errors import PlannerError
from planner.inputs.tables import Inputs
from planner.prepare import Clock, Prepared
from planner.problem.facts import CLEAR_CONSENT, OWNERS_WITH_CONSENT
from planner.solve import Outcome
from planner.solve.answers import Known, Level, Worth, known_of, worths
from planner.solve.evidence import gives_evidence
from planner.studies.parallel import each
from planner.studies.sensitivity import settings_of_tries
from planner.studies.variation import Variation, varied_case

_DIGITS = 3


class Answer(NamedTuple):
    """A possible answer: facility by number, column of the inventory, value."""

    facility: int
    column: str
    value: float | str


class Batch(NamedTuple):
    """Answers about facilities so far apart that they are tried together."""

    level: Level
    answers: tuple[Answer, ...]


Tick = Callable[[float], None]
Worths = dict[Answer, Worth | None]


@dataclass(frozen=True)
class Planned:
    """A plan whose open questions are examined."""

    prepared: Prepared
    known: Known


def study_surveys(prepared: Prepared, outcome: Outcome, clock: Clock) -> pd.DataFrame:
    """Return one row for each open question, the one whose answer could change the plan most first.

    `gain`: the most that deciding anew after an answer brings against the plan as it is, in units of the weighted
    objective; `gain_mean`: its mean over the answers, each as likely. All are estimated, those that promise most then
    solved exactly. The best attainable shares of communes stay those of the plan. A locked facility's answers change
    nothing.
    """
    asked = prepared.scenario.studies.sensitivity
    if asked is None or not gives_evidence(prepared.settings.options) or outcome.status != "optimal":
        return pd.DataFrame()
    locked = set(prepared.case.locks.loc[prepared.case.locks["kind"] != "forbid", "facility"])
    every = open_answers(prepared)
    free = [answer for answer in every if answer.facility not in locked]
    facilities = {answer.facility for answer in free}
    planned = Planned(prepared, known_of(prepared.problem, outcome.use, settings_of_tries(prepared), facilities))
    found = _examined(planned, _apart(planned, free), asked.workers, lambda share: clock.tick(share / 2))
    first = _most_promising(found, asked.exact_surveys)
    again = [Batch("exact", (answer,)) for answer in free if answer[:2] in first]
    exact = _examined(planned, again, asked.workers, lambda share: clock.tick(0.5 + share / 2))
    proven = first - {answer[:2] for answer, worth in exact.items() if worth is None}
    known = dict.fromkeys((a for a in every if a.facility in locked), Worth(0.0, -1, 0))
    return make_surveys(planned, known | found | {a: w for a, w in exact.items() if a[:2] in proven}, proven)


def _most_promising(found: Worths, count: int) -> set[tuple[int, str]]:
    """Return the questions, facility and column, of which some answer is estimated to gain most."""
    gains: dict[tuple[int, str], float] = {}
    for answer, worth in found.items():
        if worth is not None and worth.gain > 0:
            gains[answer[:2]] = max(worth.gain, gains.get(answer[:2], 0.0))
    return set(sorted(gains, key=lambda question: (-gains[question], question))[:count])


def open_answers(prepared: Prepared) -> list[Answer]:
    """Return every possible answer to every question that the inventory leaves open, facility by facility."""
    found = [
        Answer(f, column, value)
        for column, question in prepared.catalogue.questions.items()
        for f in np.nonzero(_is_open(prepared.inputs, column, question))[0].tolist()
        for value in _values(prepared, question, f)
    ]
    return sorted(found, key=lambda answer: (answer.facility, answer.column))


def _is_open(inputs: Inputs, column: str, question: Question) -> np.ndarray:
    cells = inputs.facilities[column]
    found: np.ndarray = (cells.isna() | cells.astype("string").isin(question.open)).fillna(value=True).to_numpy(bool)
    if column != "consent":
        return found
    needed = inputs.facilities["owner"].isin(OWNERS_WITH_CONSENT).fillna(value=False).to_numpy(bool)
    return np.asarray(found & needed & ~cells.isin(CLEAR_CONSENT).to_numpy(bool))


def _values(prepared: Prepared, question: Question, f: int) -> tuple[float | str, ...]:
    """Return the answers for one facility; none where nothing tells what to expect."""
    facts = prepared.case.facilities
    if question.range:
        span, area = prepared.catalogue.ranges[question.range], float(facts["floor_m2"].to_numpy(float)[f])
        return () if np.isnan(area) else (round(area * span.low, 1), round(area * span.high, 1))
    if question.m2_per_room:
        usable = float(facts["usable_m2"].to_numpy(float)[f])
        return () if np.isnan(usable) else tuple(max(1.0, round(usable / m2)) for m2 in question.m2_per_room)
    return question.answers


def _apart(planned: Planned, answers: Sequence[Answer]) -> list[Batch]:
    """Return the answers in batches of facilities none of which is near another's surroundings."""
    batches: list[tuple[list[Answer], set[int]]] = []
    for answer in answers:
        around = {answer.facility, *planned.known.near[answer.facility].tolist()}
        chosen = next((batch for batch in batches if batch[1].isdisjoint(around)), None)
        if chosen is None:
            batches.append(([answer], set(around)))
        else:
            chosen[0].append(answer)
            chosen[1].update(around)
    return [Batch("estimate", tuple(batch)) for batch, _ in batches]


def _examined(planned: Planned, batches: Sequence[Batch], workers: int | None, tick: Tick) -> Worths:
    found = each(examine, planned, batches, workers, tick)
    return {
        a: worth
        for batch, part in zip(batches, found, strict=True)
        for a, worth in zip(batch.answers, part, strict=True)
    }


def examine(planned: Planned, batch: Batch) -> list[Worth | None]:
    """Return what each answer of a batch changes; None where nothing was proven."""
    prepared = planned.prepared
    ids = prepared.case.facilities["facility_id"].tolist()
    cells = {(ids[a.facility], a.column): a.value for a in batch.answers}
    try:
        case = varied_case(prepared, Variation(cells=cells))
    except PlannerError:  # decisions on such a facility no longer fit the rules
        return [None] * len(batch.answers)
    attainable = prepared.problem.fairness.attainable
    problem = replace(case.problem, fairness=replace(case.problem.fairness, attainable=attainable))
    facilities = [answer.facility for answer in batch.answers]
    return worths(problem, planned.known, settings_of_tries(prepared), facilities, batch.level)


def make_surveys(planned: Planned, found: Worths, proven: set[tuple[int, str]]) -> pd.DataFrame:
    """Return one row for each facility and open column, ranked by the answers of which something is proven.

    Answers of which nothing is are named as `unproven`: the question may be worth more than its row says.

    Parameters
    ----------
    proven : facility and column of the questions that were solved exactly.
    """
    prepared = planned.prepared
    table, uses, language = prepared.inputs.facilities, prepared.case.uses, prepared.scenario.language
    resolution = prepared.settings.options.gap_abs or 0.0
    asked: dict[tuple[int, str], list[Answer]] = {}
    for answer in found:
        asked.setdefault((answer.facility, answer.column), []).append(answer)
    rows = []
    for (f, column), answers in asked.items():
        worth = [(a, w) for a in answers if (w := found[a]) is not None]
        gains = [w.gain if w.gain > resolution else 0.0 for _, w in worth]
        turning = [(a, w) for (a, w), gain in zip(worth, gains, strict=True) if gain > 0]
        most = max(turning, key=lambda pair: pair[1].gain, default=None)
        rows.append(
            {
                **{key: table[key].iat[f] for key in ("facility_id", "name", "commune_name")},
                "new_use": uses[planned.known.use[f]].key,
                "unknown": label("facilities", column, language),
                "answers": "; ".join(_said(a, language) for a, _ in worth) or None,
                "unproven": "; ".join(_said(a, language) for a in answers if found[a] is None) or None,
                "changes_if": "; ".join(_said(a, language) for a, _ in turning) or None,
                "other_use": None if most is None else uses[most[1].use].key,
                "changed": max((w.changed for _, w in turning), default=0 if worth else None),
                "gain": round(max(gains), _DIGITS) if gains else np.nan,
                "gain_mean": round(float(np.mean(gains)), _DIGITS) if gains else np.nan,
                "evidence": "none" if not worth else "exact" if (f, column) in proven else "estimate",
            }
        )
    return _ranked(pd.DataFrame(rows)) if rows else pd.DataFrame()


def _ranked(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with a rank in front, most gained first; questions of which nothing is known come last."""
    order = ["gain", "gain_mean", "facility_id", "unknown"]
    table = table.sort_values(order, ascending=[False, False, True, True], ignore_index=True)
    table = table.astype({"changed": "Int64"})
    table.insert(0, "rank", table["gain"].rank(method="min", ascending=False).astype("Int64"))
    return table


def _said(answer: Answer, language: Language) -> str:
    known = columns("facilities")[answer.column]
    if isinstance(answer.value, str):
        return value_label(known.values, answer.value, language)
    unit = f" {known.unit}" if known.unit else ""
    return f"{format_number(answer.value, language)}{unit}"

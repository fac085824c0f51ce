"""Codes of facilities that `same_as` sets aside, in other tables."""

from __future__ import annotations

from planner.inputs.sameness.aliases import follow_aliases
from planner.inputs.tables import make_table


def test_a_decision_about_a_facility_set_aside_is_about_the_one_kept() -> None:
    facilities = make_table("facilities", {"facility_id": ["A"]}, 1)
    decisions = make_table("decisions", {"facility_id": ["B", "A", "C", None], "row": [2, 3, 4, 5]}, 4)
    followed, records = follow_aliases("decisions", decisions, {"B": "A"}, facilities, "en")
    assert followed["facility_id"].fillna("").tolist() == ["A", "A", "C", ""]
    assert [(record.rule, record.row, record.value) for record in records] == [("facility-same-as", 2, "B")]

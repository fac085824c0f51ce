"""Old addresses in the spellings of real lists lead to today's communes: a sample here, 2,000 where the data are."""

from __future__ import annotations

import csv
import random
import unicodedata
from pathlib import Path

import pytest

from benchmarks.placement import (
    SHARED,
    Case,
    draw_cases,
    gazetteers,
    holds,
    lines,
    measure,
    verdict,
)
from benchmarks.spellings import SPELLINGS, Address
from planner.inputs.places.addresses import Gazetteer, address_codes, make_gazetteer
from planner.inputs.places.units import communes_of_today

SAMPLE = Path(__file__).with_name("placement.csv")
TAN_QUOI = Address("Xã Tân Quới", "Huyện Bình Tân", "Tỉnh Vĩnh Long")


@pytest.fixture(scope="module")
def country() -> Gazetteer:
    return make_gazetteer({item.code: item.full_name for item in communes_of_today()})


def sample() -> list[Case]:
    with SAMPLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [Case(r["spelling"], r["address"], r["province"], tuple(r["codes"].split("|"))) for r in rows]


def test_the_sample_holds_200_cases_of_every_spelling_and_divided_ones() -> None:
    cases = sample()
    assert len(cases) == 200
    assert {case.spelling for case in cases} == set(SPELLINGS)
    assert sum(len(case.codes) > 1 for case in cases) >= 20


def test_no_address_of_the_sample_is_placed_wrong_and_divided_communes_come_whole(country: Gazetteer) -> None:
    found = measure(sample(), lambda case: address_codes(case.text, country))
    assert holds(found), lines("sample", found, 0.0)
    assert not any(counts["wrong"] for counts in found.values())


def test_a_case_is_judged_by_all_its_communes() -> None:
    assert verdict(("1",), ("1",)) == "right"
    assert verdict(("2",), ("1",)) == "wrong"
    assert verdict(("1", "2"), ("1",)) == verdict((), ("1",)) == "review"
    assert verdict(("3", "2", "1"), ("1", "2")) == "divided, all offered"
    assert verdict(("1",), ("1", "2")) == "divided, not all"


@pytest.mark.parametrize(
    ("spelling", "text"),
    [
        ("abbreviated", "X. Tân Quới, H. Bình Tân, T. Vĩnh Long"),
        ("no diacritics", "Xa Tan Quoi, Huyen Binh Tan, Tinh Vinh Long"),
        ("NFD", unicodedata.normalize("NFD", "Xã Tân Quới, Huyện Bình Tân, Tỉnh Vĩnh Long")),
        ("capitals", "XÃ TÂN QUỚI, HUYỆN BÌNH TÂN, TỈNH VĨNH LONG"),
    ],
)
def test_a_spelling_is_what_its_name_says(spelling: str, text: str) -> None:
    assert SPELLINGS[spelling](TAN_QUOI, random.Random(1)) == text  # noqa: S311  no secret


def test_tones_move_to_the_other_vowel_and_back() -> None:
    address = Address("Xã Hoà Thủy", "Quận 1", "Tỉnh Quý")
    there = SPELLINGS["tones moved"](address, random.Random(1))  # noqa: S311  no secret
    assert there == "Xã Hòa Thuỷ, Quận 1, Tỉnh Quý"


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data are not beside the repository")
def test_2000_addresses_of_the_country_in_every_spelling() -> None:
    cases = draw_cases(SHARED / "old_communes.parquet", seed=20)
    country, alone = gazetteers(SHARED / "communes.parquet")
    for found in (
        measure(cases, lambda case: address_codes(case.text, country)),
        measure(cases, lambda case: address_codes(case.text, alone[case.province])),
    ):
        assert holds(found), lines("2000 addresses", found, 0.0)

"""What is kept is found again bit by bit; what is damaged, foreign or too much is not."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from planner.geography import cache
from planner.geography.cache import cache_folder, digest, remembered

ARRAYS = {"km": np.array([0.1, np.nan, np.inf, -0.0]), "origin": np.array([3, 1], dtype=np.int64)}


def never() -> dict[str, np.ndarray]:
    raise AssertionError("computed again")


def test_what_is_kept_comes_back_bit_by_bit() -> None:
    key = digest("roads", ARRAYS["km"])
    remembered(key, lambda: ARRAYS)
    found = remembered(key, never)
    assert {name: (a.dtype, a.tobytes()) for name, a in found.items()} == {
        name: (a.dtype, a.tobytes()) for name, a in ARRAYS.items()
    }


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", b"another program's", b"\x93NUMPY\x01\x00"])
def test_a_damaged_file_is_made_anew(kept: Path, content: bytes) -> None:
    key = digest("roads")
    remembered(key, lambda: ARRAYS)
    (kept / f"{key}.npz").write_bytes(content)
    assert remembered(key, lambda: {"km": np.ones(1)})["km"].tolist() == [1.0]
    assert remembered(key, never)["km"].tolist() == [1.0]


def test_a_flipped_bit_is_noticed(kept: Path) -> None:
    key = digest("roads")
    remembered(key, lambda: ARRAYS)
    path = kept / f"{key}.npz"
    data = bytearray(path.read_bytes())
    at = data.index(ARRAYS["km"].tobytes())
    data[at] ^= 1
    path.write_bytes(bytes(data))
    assert remembered(key, lambda: {"km": np.ones(1)})["km"].tolist() == [1.0]


def test_a_file_under_another_name_is_not_believed(kept: Path) -> None:
    first, second = digest("a"), digest("b")
    remembered(first, lambda: ARRAYS)
    (kept / f"{first}.npz").rename(kept / f"{second}.npz")
    assert remembered(second, lambda: {"km": np.ones(1)})["km"].tolist() == [1.0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((np.zeros(2),), (np.zeros(3),)),
        ((np.zeros(2),), (np.zeros(2, dtype=np.int64),)),
        ((np.zeros((2, 1)),), (np.zeros((1, 2)),)),
        (("ab", "c"), ("a", "bc")),
        ((1.0,), (2.0,)),
    ],
)
def test_other_content_has_another_key(one: tuple[object, ...], other: tuple[object, ...]) -> None:
    assert digest(*one) == digest(*one)
    assert digest(*one) != digest(*other)


def test_those_not_used_for_longest_go_first(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MOST_FILES", 3)
    keys = [digest(number) for number in range(4)]
    for age, key in enumerate(keys[:3]):
        remembered(key, lambda: ARRAYS)
        os.utime(kept / f"{key}.npz", (1000 + age, 1000 + age))
    remembered(keys[0], never)  # used again: now the newest
    remembered(keys[3], lambda: ARRAYS)
    assert {path.stem for path in kept.glob("*.npz")} == {keys[0], keys[2], keys[3]}


def test_without_a_folder_everything_is_computed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "file"
    file.write_text("no folder", encoding="utf-8")
    for place in (str(file / "below"), ""):
        monkeypatch.setenv(cache.VARIABLE, place)
        assert [remembered(digest("a"), lambda: {"n": np.arange(2)})["n"].tolist() for _ in range(2)] == [[0, 1]] * 2


def test_the_usual_folder_belongs_to_the_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(cache.VARIABLE)
    monkeypatch.setattr(cache.sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "reallocation-planner"

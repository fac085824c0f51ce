"""A run's folder is complete, replaced only when nobody worked in it, and never half written."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from planner.errors import ExitCode, PlannerError
from planner.outputs import folder
from planner.progress import LAPS, Stopwatch
from tests.outputs.fake import fake_plan


def _writer(content: str) -> folder.Writer:
    return lambda _plan, path: path.write_text(content, encoding="utf-8")


@pytest.fixture(autouse=True)
def _quick_writers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "WRITERS", {name: _writer(name) for name in folder.WRITERS})


def _save(out: Path, *, force: bool = False) -> Path:
    return folder.save_run(fake_plan(), out, force=force)


def _refused(out: Path) -> PlannerError:
    with pytest.raises(PlannerError) as caught:
        _save(out)
    assert caught.value.code == ExitCode.WRONG_COMMAND
    return caught.value


def test_plan_json_adds_hashes_and_seconds_to_the_summary(tmp_path: Path) -> None:
    out = tmp_path / "runs" / "first"
    assert folder.save_run(fake_plan(), out, clock=Stopwatch.of_run()) == out
    written = json.loads((out / "plan.json").read_text(encoding="utf-8"))
    assert list(written) == [*fake_plan().summary, "files", "seconds"]
    assert set(written["seconds"]) == {*LAPS, "total"}
    assert set(written["files"]) == {path.name for path in out.iterdir()} - {"plan.json"}
    for name, recorded in written["files"].items():
        assert hashlib.sha256((out / name).read_bytes()).hexdigest() == recorded
    assert [path.name for path in out.parent.iterdir()] == ["first"]


def test_an_untouched_run_or_an_empty_folder_is_replaced(tmp_path: Path) -> None:
    out = tmp_path / "run"
    out.mkdir()
    _save(out)
    (out / "map.html").unlink()
    _save(out)
    assert (out / "map.html").exists()


def test_a_marked_file_is_not_overwritten(tmp_path: Path) -> None:
    out = tmp_path / "run"
    _save(out)
    (out / "allocation.xlsx").write_text("marked", encoding="utf-8")
    assert _refused(out).records[0].file == str(out / "allocation.xlsx")
    assert (out / "allocation.xlsx").read_text(encoding="utf-8") == "marked"


def test_an_extra_file_is_not_lost(tmp_path: Path) -> None:
    out = tmp_path / "run"
    _save(out)
    (out / "notes.txt").touch()
    assert _refused(out).records[0].file == str(out / "notes.txt")


@pytest.mark.parametrize("plan_json", [None, "no json", "[]", '{"files": {}}', '{"schema": 1, "files": null}'])
def test_a_folder_that_is_no_run_is_not_replaced(tmp_path: Path, plan_json: str | None) -> None:
    (tmp_path / "letters").mkdir()
    if plan_json is not None:
        (tmp_path / "plan.json").write_text(plan_json, encoding="utf-8")
    _refused(tmp_path)
    assert (tmp_path / "letters").is_dir()


def test_a_file_in_the_place_of_the_folder_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "run").touch()
    _refused(tmp_path / "run")


def test_force_replaces_and_keeps_the_old_folder_beside(tmp_path: Path) -> None:
    out = tmp_path / "run"
    _save(out)
    _save(out, force=True)
    assert [path.name for path in tmp_path.iterdir()] == ["run"]
    for kept in ("run.old", "run.old2"):
        (out / "allocation.xlsx").write_text(f"marked {kept}", encoding="utf-8")
        assert folder.where_kept(out) == tmp_path / kept
        _save(out, force=True)
        assert (tmp_path / kept / "allocation.xlsx").read_text(encoding="utf-8") == f"marked {kept}"
        assert (out / "allocation.xlsx").read_text(encoding="utf-8") == "allocation.xlsx"


def test_a_failing_writer_leaves_the_old_run_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "run"
    _save(out)
    before = (out / "plan.json").read_bytes()

    def fail(_plan: object, path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setitem(folder.WRITERS, "map.html", fail)
    assert "Permission denied" in _refused(out).records[0].message
    assert (out / "plan.json").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


@pytest.mark.parametrize("blocked", ["run", "new"])
def test_a_file_held_open_leaves_the_old_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, blocked: str) -> None:
    out = tmp_path / "run"
    _save(out)
    before = (out / "plan.json").read_bytes()
    rename = Path.rename

    def held_open(self: Path, target: Path) -> Path:
        if self.name == blocked:
            raise PermissionError(13, "The process cannot access the file", str(self))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", held_open)
    record = _refused(out).records[0]
    assert "cannot access" in record.message
    assert record.fix
    assert (out / "plan.json").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["run"]

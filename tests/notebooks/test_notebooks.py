"""The notebooks run from top to bottom, and are committed without outputs."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
KERNEL = "python3"

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def _read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]


def test_there_are_notebooks() -> None:
    assert NOTEBOOKS


@each_notebook
def test_notebooks_are_committed_without_outputs(path: Path) -> None:
    cells = [cell for cell in _read(path).cells if cell.cell_type == "code"]
    assert cells
    assert not any(cell.outputs or cell.execution_count for cell in cells)


@each_notebook
def test_notebooks_explain_in_both_languages(path: Path) -> None:
    headings = [cell.source.splitlines()[0] for cell in _read(path).cells if cell.source.startswith("#")]
    assert all(" · " in heading for heading in headings)


@each_notebook
def test_notebooks_run(path: Path) -> None:
    nbclient = pytest.importorskip("nbclient")
    if not _has_kernel():
        pytest.skip(f"the notebook kernel {KERNEL} is not installed")
    notebook = _read(path)
    nbclient.NotebookClient(
        notebook, timeout=1200, kernel_name=KERNEL, resources={"metadata": {"path": str(path.parent)}}
    ).execute()
    pictures = [
        output for cell in notebook.cells for output in cell.get("outputs", []) if "image/png" in output.get("data", {})
    ]
    assert len(pictures) >= 2


def _has_kernel() -> bool:
    from jupyter_client.kernelspec import KernelSpecManager

    return KERNEL in KernelSpecManager().find_kernel_specs()

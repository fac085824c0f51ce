"""A workbook of a run filled in as a reviewer would: by opening it, choosing words, and saving it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from planner.catalogue.columns import columns, value_label
from planner.catalogue.load import Language
from planner.outputs.sheet import sheet_name

Answer = Mapping[str, Any]


def word(enumeration: str, key: str, language: Language = "vi") -> str:
    """Return the word that a drop-down offers."""
    return value_label(enumeration, key, language)


def place_of(page: Worksheet, key: str, language: Language = "vi") -> int:
    """Return the column of a review heading."""
    (found,) = [cell.column for cell in page[1] if cell.value == columns("review")[key].label(language)]
    return int(found)


def fill_in(source: Path, target: Path, answers: Mapping[str, Answer], language: Language = "vi") -> Path:
    """Save a copy of a workbook with review cells by facility: verdict, use, waiver, reason, by, date as typed."""
    book = load_workbook(source)
    page = book[sheet_name("allocation", language)]
    rows = {row[0].value: row[0].row for row in page.iter_rows(min_row=2)}
    for facility, answer in answers.items():
        for key, value in answer.items():
            cell = page.cell(rows[facility], place_of(page, key, language))
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"  # typed with an apostrophe before it, where it would be a formula
    book.save(target)
    return target


def saved_by_libreoffice(path: Path, folder: Path) -> Path:
    """Return the workbook as LibreOffice saves it; the test skips where there is none."""
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed")
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", str(folder), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return folder / path.name

"""The map of differences in a real browser: it opens without errors and requests, and its popups show both plans."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import planner
from tests.outputs.fake import AWKWARD_NAMES, fake_plan
from tests.plan.test_compare import changed

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
if CHROMIUM is None:
    pytest.skip("chromium is not installed: the map was not tried in a browser", allow_module_level=True)
api = pytest.importorskip("playwright.sync_api", reason="without playwright the map was not tried in a browser")


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Any]:
    """Open the map of differences and assert that nothing was fetched and nothing failed."""
    plan = fake_plan()
    other = changed(plan)
    others = other.allocation["new_use"].where(~other.allocation["name"].isin(AWKWARD_NAMES), "reserve")
    [path] = planner.compare(plan, replace(other, allocation=other.allocation.assign(new_use=others))).save(
        tmp_path / "map.html"
    )
    trouble: list[str] = []
    requests: list[str] = []
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        opened = browser.new_page(viewport={"width": 1366, "height": 768})
        opened.on("pageerror", lambda error: trouble.append(str(error)))
        opened.on("console", lambda message: trouble.append(message.text))
        opened.on("request", lambda request: requests.append(request.url))
        opened.goto(path.as_uri())
        opened.wait_for_selector("#panel")
        yield opened
        browser.close()
    assert trouble == []
    assert requests == [path.as_uri()]


def test_it_opens_and_its_popups_show_both_plans(page: Any) -> None:
    assert page.title().startswith("So sánh: A Lào Cai – thử nghiệm & <kiểm tra>")
    page.fill("#search", "00012")
    page.keyboard.press("Enter")
    card = page.inner_text(".card")
    assert "Trụ sở xã, phường" in card
    assert "Chưa xử lý được" in card
    assert "Hình thức xử lý (A)" in card
    assert page.locator("#layer-services").count() == 0
    rows = fake_plan().allocation.set_index("name")
    for name in AWKWARD_NAMES:
        page.fill("#search", str(rows.at[name, "facility_id"]))
        page.keyboard.press("Enter")
        heading = page.locator(".card h2").last  # the popup before it is still fading
        assert heading.inner_text() == name
        assert heading.locator("*").count() == 0
    page.click("#tab-summary")
    assert "Chuyển dịch công năng, A → B" in page.inner_text("#page-summary")
    page.click("#tab-notes")
    assert "Ranh giới" in page.inner_text("#page-notes")

"""The map in a real browser: it opens without errors and requests, and does what its controls say."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from planner.outputs.map import make_map, write_map
from tests.outputs.fake import AWKWARD_NAMES, LONG_NAME, WITHOUT_POSITION, fake_plan

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
if CHROMIUM is None:
    pytest.skip("chromium is not installed: the map was not tried in a browser", allow_module_level=True)
api = pytest.importorskip("playwright.sync_api", reason="without playwright the map was not tried in a browser")

QUIET = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]
DRAWN = """() => Object.values(map_plan._layers)
    .filter((layer) => layer.options.index !== undefined)
    .map((layer) => layer.options.feature.properties.id)"""
PIXEL = """(place) => {
    const point = map_plan.latLngToContainerPoint(place);
    const canvas = document.querySelector('canvas');
    const corner = canvas.getBoundingClientRect();
    const scale = canvas.width / corner.width;
    const at = [(point.x - corner.x) * scale, (point.y - corner.y) * scale];
    return [...canvas.getContext('2d').getImageData(...at, 1, 1).data].slice(0, 3);
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()


class Opened:
    """A page with what it reported and asked for."""

    def __init__(self, browser: Any, plan: Any, path: Path) -> None:
        write_map(plan, path)
        self.trouble: list[str] = []
        self.requests: list[str] = []
        self.page = browser.new_page(viewport={"width": 1366, "height": 768})
        self.page.on("pageerror", lambda error: self.trouble.append(str(error)))
        self.page.on("console", lambda message: self.trouble.append(message.text))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(path.as_uri())
        self.page.wait_for_selector("#panel")
        self.plan = plan

    def find(self, text: str) -> None:
        """Search as a keyboard user does; wait while the map moves aside for the popup, or a click would miss."""
        self.page.fill("#search", text)
        self.page.keyboard.press("Enter")
        self.page.wait_for_function("() => !map_plan._panAnim?._inProgress")

    def card(self) -> str:
        return str(self.page.inner_text(".card"))

    def drawn(self) -> list[str]:
        """Return the ids of the facilities that stand on the map."""
        return list(self.page.evaluate(DRAWN))

    def place(self, facility_id: str) -> list[float]:
        row = self.plan.allocation.set_index("facility_id").loc[facility_id]
        return [float(row["lat"]), float(row["lon"])]


@pytest.fixture
def opened(browser: Any, tmp_path: Path) -> Iterator[Opened]:
    shown = Opened(browser, fake_plan(), tmp_path / "map.html")
    yield shown
    shown.page.close()
    assert shown.trouble == []
    assert [url for url in shown.requests if not url.startswith("file:")] == []


def test_it_opens_without_a_request(opened: Opened) -> None:
    assert len(opened.requests) == 1
    assert opened.page.title() == "Lào Cai – thử nghiệm & <kiểm tra>"
    assert opened.page.evaluate("document.documentElement.lang") == "vi"


def test_every_facility_is_drawn_or_listed(opened: Opened) -> None:
    opened.page.click("#tab-notes")
    listed = opened.page.locator(".unplaced-list button").all_inner_texts()
    assert sorted(opened.drawn()) == sorted(set(opened.plan.allocation["facility_id"]) - {WITHOUT_POSITION})
    assert len(listed) == 1
    assert WITHOUT_POSITION in listed[0]


def test_a_click_opens_a_popup(opened: Opened) -> None:
    opened.page.evaluate("(at) => map_plan.setView(at, 13, {animate: false})", opened.place("F-0010"))
    point = opened.page.evaluate("(at) => map_plan.latLngToContainerPoint(at)", opened.place("F-0010"))
    opened.page.mouse.click(point["x"], point["y"])
    assert LONG_NAME in opened.card()
    assert "Trung tâm phục vụ hành chính công" in opened.card()


def test_symbols_are_painted_in_the_colour_of_the_use(opened: Opened) -> None:
    painted = opened.page.evaluate(PIXEL, opened.place("00012"))
    assert bytes(painted).hex() == opened.plan.catalogue.uses["commune_office"].colour.removeprefix("#")


@pytest.mark.parametrize("query", ["dong tuyen cu", "ĐỒNG TUYỂN", "00012", "dong tuyen lao cai"])
def test_search_needs_no_diacritics(opened: Opened, query: str) -> None:
    opened.find(query)
    assert "UBND xã Đồng Tuyển (cũ)" in opened.card()


def test_search_says_when_it_finds_nothing(opened: Opened) -> None:
    opened.find("không có ở đâu cả")
    assert opened.page.inner_text("#results") == "Không tìm thấy"
    assert opened.page.locator(".card").count() == 0


def test_search_finds_a_commune_and_shows_its_needs(opened: Opened) -> None:
    opened.find("muong khuong")
    assert opened.card().startswith("Xã Mường Khương")
    assert "Trường mầm non" in opened.card()


def test_search_finds_a_facility_without_a_position(opened: Opened) -> None:
    opened.find(WITHOUT_POSITION)
    assert "Chưa có vị trí" in opened.card()


def test_escape_closes_the_popup_and_goes_back_to_the_search(opened: Opened) -> None:
    opened.find("00012")
    opened.page.keyboard.press("Escape")
    opened.page.wait_for_selector(".card", state="detached")
    assert opened.page.evaluate("document.activeElement.id") == "search"


@pytest.mark.parametrize("name", AWKWARD_NAMES)
def test_awkward_names_are_shown_as_text(opened: Opened, name: str) -> None:
    row = opened.plan.allocation.set_index("name").loc[name]
    opened.find(str(row["facility_id"]))
    assert opened.page.inner_text(".card h2") == name
    assert opened.page.locator(".card h2 *").count() == 0
    assert opened.page.title().startswith("Lào Cai")


def test_buildings_on_one_place_share_a_popup(browser: Any, tmp_path: Path) -> None:
    plan = fake_plan()
    at = plan.allocation.index[plan.allocation["facility_id"].isin(["F-0010", "F-0011"])]
    plan.allocation.loc[at[1], ["lon", "lat"]] = plan.allocation.loc[at[0], ["lon", "lat"]].to_numpy()
    shown = Opened(browser, plan, tmp_path / "map.html")
    shown.find("F-0010")
    assert "1/2" in shown.page.inner_text(".pager")
    shown.page.click(".pager button:last-child")
    assert "F-0011" in shown.card()
    shown.page.close()
    assert shown.trouble == []


def test_a_use_can_be_hidden_and_search_brings_it_back(opened: Opened) -> None:
    box = opened.page.get_by_label("Trụ sở xã, phường", exact=True).first
    assert "00012" in opened.drawn()
    box.uncheck()
    assert "00012" not in opened.drawn()
    opened.find("00012")
    assert box.is_checked()
    assert "00012" in opened.drawn()


def test_all_none_and_only(opened: Opened) -> None:
    checked = opened.page.locator(".uses input:checked")
    opened.page.click(".heading button:last-child")
    assert checked.count() == 0
    opened.page.hover(".uses li:nth-child(2)")
    opened.page.click(".uses li:nth-child(2) .only")
    assert checked.count() == 1
    opened.page.click(".heading button:nth-last-child(2)")
    assert checked.count() == opened.page.locator(".uses input").count()


@pytest.mark.parametrize("layer", ["services", "settlements"])
def test_other_layers_can_be_shown(opened: Opened, layer: str) -> None:
    count = "Object.values(map_plan._layers).filter((l) => l.options.use && l.options.index === undefined).length"
    assert opened.page.evaluate(count) == 0
    opened.page.check(f"#layer-{layer}")
    assert opened.page.evaluate(count) == len(getattr(opened.plan.inputs, layer))


def test_the_shading_can_be_changed(opened: Opened) -> None:
    fills = "Object.values(map_plan._layers).filter((l) => l.feature && l.setStyle).map((l) => l.options.fillColor)"
    before = opened.page.evaluate(fills)
    opened.page.select_option("#shading", label="Trường mầm non")
    assert opened.page.evaluate(fills) != before
    assert "% dân số" in opened.page.inner_text(".key")


def test_tabs_work_from_the_keyboard(opened: Opened) -> None:
    opened.page.focus("#tab-map")
    opened.page.keyboard.press("ArrowRight")
    assert opened.page.is_visible("#page-summary")
    assert not opened.page.is_visible("#page-map")
    assert "Trụ sở làm việc" in opened.page.inner_text("#page-summary")


def test_english(browser: Any, tmp_path: Path) -> None:
    shown = Opened(browser, fake_plan("en"), tmp_path / "map.html")
    shown.find("F-0002")
    assert "Preschool" in shown.card()
    assert "Form of handling" in shown.card()
    assert shown.page.inner_text("#tab-summary") == "Summary"
    shown.page.close()
    assert shown.trouble == []


def test_a_folium_map_in_a_notebook_opens_too(browser: Any, tmp_path: Path) -> None:
    path = tmp_path / "notebook.html"
    path.write_text(make_map(fake_plan())._repr_html_(), encoding="utf-8")
    page = browser.new_page()
    trouble: list[str] = []
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.goto(path.as_uri())
    page.frame_locator("iframe").locator("#panel").wait_for()
    page.close()
    assert trouble == []

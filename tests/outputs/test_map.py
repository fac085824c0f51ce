"""The map as a file: what stands in it, what does not, and that equal plans give equal bytes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import folium
import pandas as pd
import pytest

from planner.catalogue.load import read_data
from planner.catalogue.numbers import format_number
from planner.outputs.map import make_map, write_map
from planner.outputs.map.page import leaflet_file, page_data, script_json
from tests.outputs.fake import AWKWARD_NAMES, CONFIDENTIAL, WITHOUT_POSITION, fake_plan

LARGEST = 5_000_000


@pytest.fixture
def page(tmp_path: Path) -> str:
    return written(fake_plan(), tmp_path / "map.html")


def written(plan: Any, path: Path) -> str:
    write_map(plan, path)
    return path.read_text(encoding="utf-8")


def embedded(page: str) -> dict[str, Any]:
    """Return the page's data as its script reads them."""
    block = re.search(r'<script type="application/json" id="plan-data">(.*?)</script>', page, re.DOTALL)
    assert block is not None
    data: dict[str, Any] = json.loads(block.group(1))
    return data


def facility(data: dict[str, Any], facility_id: str) -> dict[str, Any]:
    found: dict[str, Any] = next(f for f in data["facilities"]["features"] if f["properties"]["id"] == facility_id)
    return found


def assumed_floor(plan: Any, facility_id: str) -> str:
    rows = plan.assumed[(plan.assumed["facility_id"] == facility_id) & (plan.assumed["column"] == "floor_area_m2")]
    return format_number(float(rows["value"].item()), plan.scenario.language)


def test_the_map_is_folium() -> None:
    assert isinstance(make_map(fake_plan()), folium.Map)


def test_equal_plans_give_equal_bytes(tmp_path: Path) -> None:
    assert written(fake_plan(), tmp_path / "a.html") == written(fake_plan(), tmp_path / "b.html")


def test_nothing_is_fetched(page: str) -> None:
    assert not re.search(r"<(script|img|link|iframe)[^>]+(src|href)\s*=", page)
    assert not re.search(r"url\(|@import|sourceMappingURL", page)
    assert page.index("Content-Security-Policy") < page.index("<style>")


def test_a_notebook_may_add_layers_from_elsewhere() -> None:
    assert "Content-Security-Policy" not in make_map(fake_plan()).get_root().render()


def test_every_facility_is_present_with_its_name(page: str) -> None:
    plan = fake_plan()
    shown = {f["properties"]["id"]: f["properties"]["name"] for f in embedded(page)["facilities"]["features"]}
    assert shown == dict(zip(plan.allocation["facility_id"], plan.allocation["name"], strict=True))


def test_names_cannot_act_as_markup(page: str) -> None:
    assert all(name not in page for name in AWKWARD_NAMES if "<" in name)
    assert page.count("</script>") == page.count("<script")


@pytest.mark.parametrize("text", ["</script>", "<!--", "a & b", "line\u2028end\u2029", "`${x}`"])
def test_script_json_comes_back_unchanged(text: str) -> None:
    encoded = script_json({"name": text})
    assert json.loads(encoded) == {"name": text}
    assert not set(encoded) & set("<>&\u2028\u2029")


def test_facilities_without_a_position_are_listed() -> None:
    data = page_data(fake_plan())
    assert [data["facilities"]["features"][i]["properties"]["id"] for i in data["unplaced"]] == [WITHOUT_POSITION]
    assert facility(data, WITHOUT_POSITION)["properties"]["unplaced"]


def test_assumed_values_are_marked_in_their_cell() -> None:
    plan = fake_plan()
    data = page_data(plan)
    properties = facility(data, "F-0002")["properties"]
    marked = [data["columns"][column] for column, _, assumed in properties["values"] if assumed]
    assert marked == ["Diện tích sàn (m²)"]
    assert properties["assumed"][0].startswith(f"Diện tích sàn (m²): {assumed_floor(plan, 'F-0002')}")
    assert ["warn", "Cần khảo sát"] in [list(chip) for chip in properties["chips"]]


def test_an_assumed_value_fills_the_cell_that_the_inventory_leaves_empty() -> None:
    plan = fake_plan()
    plan.allocation.loc[plan.allocation["facility_id"] == "F-0002", "floor_area_m2"] = pd.NA
    data = page_data(plan)
    cells = {data["columns"][column]: rest for column, *rest in facility(data, "F-0002")["properties"]["values"]}
    assert cells["Diện tích sàn (m²)"] == [assumed_floor(plan, "F-0002"), 1]


def test_a_popup_says_what_was_decided() -> None:
    data = page_data(fake_plan())
    properties = facility(data, "F-0002")["properties"]
    said = {data["columns"][column]: text for column, text, _ in properties["values"]}
    assert properties["from"] == "Trường tiểu học"
    assert data["uses"][properties["use"]]["label"] == "Trường mầm non"
    assert said["Hình thức xử lý"] == "Điều chuyển"
    assert said["Kinh phí"] == "cải tạo 450 triệu đồng"
    assert said["Diện tích đất (m²)"] == "1.150"
    assert said["Thẩm quyền quyết định"].endswith("20 ngày quyết định, 30 ngày bàn giao")
    assert properties["reason"]


def test_unknown_values_are_left_out_of_a_popup() -> None:
    plan = fake_plan()
    plan.allocation.loc[0, "floor_area_m2"] = pd.NA
    data = page_data(plan)
    shown = [data["columns"][column] for column, *_ in data["facilities"]["features"][0]["properties"]["values"]]
    assert "Diện tích sàn (m²)" not in shown
    assert "Diện tích đất (m²)" in shown


def test_the_legend_has_the_uses_present_with_their_counts() -> None:
    plan = fake_plan()
    data = page_data(plan)
    counts = plan.allocation["new_use"].value_counts()
    assert len(data["uses"]) == len(counts)
    assert sum(int(use["count"]) for use in data["uses"]) == len(plan.allocation)
    hollow = {use["label"] for use in data["uses"] if use["hollow"]}
    assert hollow == {plan.catalogue.uses[key].vi for key in ("auction_or_lease", "pending")}


def test_communes_are_shaded_by_class_and_by_people_without() -> None:
    data = page_data(fake_plan())
    by_label = {shading["label"]: shading for shading in data["shadings"]}
    priority = by_label["Nhóm ưu tiên"]
    assert [priority["classes"][i]["label"] for i in priority["of"]] == [
        "Không thuộc vùng khó khăn",
        "Vùng III",
        "Vùng II",
    ]
    preschool = by_label["Trường mầm non"]
    assert preschool["texts"][0] == "Trường mầm non: 8.360 người chưa được phục vụ (20 %)"
    assert preschool["classes"][preschool["of"][2]]["label"] == "chưa rõ"


def test_unknown_needs_are_not_shown_as_unmet() -> None:
    data = page_data(fake_plan())
    needs = data["communes"]["features"][2]["properties"]["needs"]
    assert ["Chợ"] in needs
    assert all(bar["label"] != "Chợ" for bar in data["summary"]["needs"])


def test_a_public_map_leaves_out_confidential_sites(tmp_path: Path) -> None:
    page = written(fake_plan(public=True), tmp_path / "map.html")
    assert f'"{CONFIDENTIAL}"' not in page
    assert "Kho vũ khí" not in page
    data = embedded(page)
    assert data["headline"].startswith("12 cơ sở")
    assert any("1 cơ sở mật không hiển thị" in text for text in data["banners"])


def test_an_internal_map_warns_of_confidential_sites(page: str) -> None:
    data = embedded(page)
    assert ["alert", "Mật"] in facility(data, CONFIDENTIAL)["properties"]["chips"]
    assert any("chỉ lưu hành nội bộ" in text for text in data["banners"])


@pytest.mark.parametrize(("language", "words"), [("vi", "Trường mầm non"), ("en", "Preschool")])
def test_labels_follow_the_language(language: Any, words: str) -> None:
    data = page_data(fake_plan(language))
    assert data["language"] == language
    assert words in [use["label"] for use in data["uses"]]
    assert data["text"]["tab_summary"] == {"vi": "Tổng hợp", "en": "Summary"}[language]


def test_every_text_stands_in_both_languages() -> None:
    fields = re.compile(r"\{\w+\}")
    for key, row in read_data("map_texts").items():
        assert set(row) == {"vi", "en"}, key
        assert set(fields.findall(row["vi"])) == set(fields.findall(row["en"])), key


def test_every_text_is_used() -> None:
    folder = Path(__file__).parents[2] / "planner" / "outputs" / "map"
    code = "".join(path.read_text(encoding="utf-8") for path in folder.iterdir() if path.suffix in (".py", ".js"))
    made = ("layer_", "cost_", "days")
    keys = [key for key in read_data("map_texts") if not key.startswith(made)]
    assert [key for key in keys if not re.search(rf"[\"'.]{key}\b", code)] == []


def test_the_status_is_said_in_words() -> None:
    plan = fake_plan()
    assert "quá 0,0119 người quy đổi" in page_data(plan)["status"]["words"]
    plan.summary["status"] = "feasible"
    assert page_data(plan)["status"]["label"] == "Khả thi"
    plan.summary["gap_abs"] = None
    assert "chưa biết" in page_data(plan)["status"]["words"]


def test_what_is_not_yet_handled_has_no_share() -> None:
    plan = fake_plan()
    plan.statistics.loc[plan.statistics["ministry_outcome"] == "not_yet_handled", "share"] = float("nan")
    bars = {bar["label"]: bar for bar in page_data(plan)["summary"]["outcomes"]}
    assert bars["Chưa xử lý"]["figure"] == "1"
    assert bars["Chưa xử lý"]["parts"] == []


def test_notes_say_what_is_synthetic_assumed_and_unread() -> None:
    notes = "\n".join(text for _, texts in page_data(fake_plan())["notes"] for text in texts)
    for part in ("dữ liệu tổng hợp", "2 ô số liệu của 2 cơ sở là giả định", "chưa được đối chiếu toàn văn", "gần đúng"):
        assert part in notes


def test_neighbours_keep_one_border_and_the_file_stays_small(tmp_path: Path) -> None:
    page = written(fake_plan(rows=850), tmp_path / "map.html")
    assert len(page.encode()) < LARGEST
    assert len(embedded(page)["facilities"]["features"]) == 850


def test_leaflet_comes_without_pictures() -> None:
    assert "url(" not in leaflet_file("leaflet.css")

"""The page: a folium map with Leaflet, styles, scripts and the plan's data inside the file."""

from __future__ import annotations

import html
import json
import re
from dataclasses import asdict
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, cast

import folium
from branca.element import Element, Figure
from folium.template import Template

from planner.outputs.map import communes, facilities, places, summary
from planner.outputs.map.words import Words
from planner.outputs.tables import visible

if TYPE_CHECKING:
    from pathlib import Path

    from planner.plan.result import Plan

SCRIPTS = ("symbols.js", "cards.js", "map.js", "search.js", "panel.js")
NOTHING_FROM_OUTSIDE = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"


class PlanLayer(folium.MacroElement):
    """The plan's data and the scripts that draw them; everything a folium map needs to show a plan.

    Text goes into the page as JSON only, and from there into the document as text, so that no name can act as markup.
    """

    _template = Template(
        """
        {% macro header(this, kwargs) %}
            <style>{{ this.styles }}</style>
            <script>{{ this.scripts }}</script>
            <script type="application/json" id="plan-data">{{ this.data }}</script>
        {% endmacro %}
        {% macro script(this, kwargs) %}
            {
                const data = JSON.parse(document.getElementById("plan-data").textContent);
                planPanel(planMap({{ this._parent.get_name() }}, data), data);
            }
        {% endmacro %}
        """
    )

    def __init__(self, data: dict[str, Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "PlanLayer"
        self.data = script_json(data)
        self.styles = leaflet_file("leaflet.css") + own_file("map.css")
        self.scripts = leaflet_file("leaflet.js") + "".join(f"\n{own_file(name)}" for name in SCRIPTS)


def make_map(plan: Plan) -> folium.Map:
    """Return the plan as a folium map that needs nothing from the network.

    Parameters
    ----------
    plan : the plan; confidential sites are left out of a public run, totals still count them.
    """
    return map_of(page_data(plan))


def map_of(data: dict[str, Any]) -> folium.Map:
    """Return the folium map of a page's data, see `page_data`."""
    (south, west), (north, east) = data["bounds"]
    page = folium.Map(
        location=[(south + north) / 2, (west + east) / 2],
        tiles=None,
        zoom_start=9,
        prefer_canvas=True,
        zoom_control=False,
        zoom_snap=0.25,
        zoom_delta=0.5,
    )
    page.default_js, page.default_css = [], []
    page._id = "plan"  # folium draws a random one, and equal plans must give equal bytes  # noqa: SLF001
    page.add_child(PlanLayer(data))
    _figure(page).title = html.escape(data["title"])
    return page


def write_map(plan: Plan, path: Path) -> None:
    """Write the map as one HTML file that opens offline and may not fetch anything.

    Parameters
    ----------
    plan : the plan; confidential sites are left out of a public run.
    path : the file to write; equal plans give equal bytes.
    """
    write_page(make_map(plan), path)


def write_page(page: folium.Map, path: Path) -> None:
    """Write a map as one HTML file that may not fetch anything."""
    figure = _figure(page)
    policy = f'<meta http-equiv="Content-Security-Policy" content="{NOTHING_FROM_OUTSIDE}">'
    figure.header.add_child(Element(policy), name="policy", index=0)
    path.write_text(figure.render(), encoding="utf-8", newline="\n")


def _figure(page: folium.Map) -> Figure:
    return cast("Figure", page.get_root())


def page_data(plan: Plan) -> dict[str, Any]:
    """Return all that the page shows as JSON-ready values; texts and numbers are in the run's language."""
    words = Words(plan.scenario.language, plan.catalogue)
    shown = visible(plan)
    polygons = communes.map_polygons(shown.inputs.communes)
    west, south, east, north = (round(float(bound), 4) for bound in polygons.total_bounds)
    use_keys, uses = facilities.uses_present(shown, words)
    kinds, looks = places.service_kinds(shown)
    features = facilities.facility_features(shown, use_keys, list(shown.inputs.communes["commune_code"]), words)
    services, settlements = places.service_features(shown, kinds, words), places.settlement_features(shown, words)
    return {
        "title": plan.scenario.name,
        "language": plan.scenario.language,
        "text": words.all_texts(),
        "status": summary.status(plan),
        "headline": summary.headline(plan, words),
        "banners": summary.banners(plan, words),
        "summary": summary.summary(plan, words),
        "notes": summary.notes(plan, words),
        "bounds": [[south, west], [north, east]],
        "outline": communes.outline_geometry(polygons),
        "communes": _collection(communes.commune_features(shown, polygons, words)),
        "shadings": [asdict(shading) for shading in communes.shadings(shown, words)],
        "uses": uses,
        "columns": facilities.popup_columns(words),
        "facilities": _collection(features),
        "unplaced": [i for i, feature in enumerate(features) if feature["geometry"] is None],
        "service_kinds": looks,
        "services": _collection(services),
        "settlements": _collection(settlements),
        "layer_counts": {"services": words.number(len(services)), "settlements": words.number(len(settlements))},
    }


def script_json(data: Any) -> str:  # noqa: ANN401  any JSON-ready value
    """Return JSON that can stand inside a script element: nothing in it can end the element or begin markup."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return re.sub("[<>&\u2028\u2029]", lambda match: f"\\u{ord(match.group()):04x}", text)


def _collection(features: list[facilities.Feature]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": features}


@cache
def own_file(name: str) -> str:
    """Return a style sheet or script of this package."""
    return files("planner.outputs.map").joinpath(name).read_text(encoding="utf-8")


@cache
def leaflet_file(name: str) -> str:
    """Return a file of Leaflet without what it would fetch: pictures and source maps."""
    text = files("xstatic.pkg.leaflet").joinpath("data", name).read_text(encoding="utf-8")
    return re.sub(r"url\([^)]*\)", "none", re.sub(r"//# sourceMappingURL=\S+", "", text))

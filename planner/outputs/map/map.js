"use strict";

// The map's layers and what can be asked of them; the panel only calls what this returns.
function planMap(map, data) {
  const hidden = new Set();
  const listeners = [];
  const layers = {
    services: points(data.services, (p) => data.service_kinds[p.kind], 2.2),
    settlements: points(data.settlements, (p) => ({ colour: p.urgent ? "#8c2f2f" : "#4a5662", shape: "circle", plain: true }), 1.5),
    labels: L.layerGroup(data.communes.features.filter((c) => c.properties.label).map(label)),
  };
  const communes = [];
  const communeLayer = L.geoJSON(data.communes, {
    style: { color: "#8b9097", weight: 0.8, fillOpacity: 1 },
    onEachFeature: (feature, layer) => {
      communes[feature.properties.index] = layer;
    },
  });
  const outline = L.geoJSON(data.outline, { style: { color: "#3b4652", weight: 2, fill: false }, interactive: false });
  const markers = data.facilities.features.map((facility, index) =>
    facility.geometry ? symbol(facility, data.uses[facility.properties.use], 4.2, { index }) : null,
  );
  const facilityLayer = L.featureGroup(markers.filter(Boolean));
  let shading = 0;

  function symbol(feature, use, size, more = {}) {
    const [lon, lat] = feature.geometry.coordinates;
    return new SymbolMarker([lat, lon], { radius: size, size, weight: 6, use, feature, ...more });
  }

  function points(collection, look, size) {
    return L.featureGroup(collection.features.map((feature) => symbol(feature, look(feature.properties), size)));
  }

  function label(commune) {
    const icon = L.divIcon({ className: "commune-label", iconSize: null, html: element("span", { text: commune.properties.short }) });
    return L.marker(commune.properties.label, { icon, interactive: false, keyboard: false });
  }

  // Names that would cover one another are left out until the map is larger; the most populous commune comes first.
  function placeLabels() {
    const taken = [];
    layers.labels.eachLayer((marker) => {
      const node = marker.getElement();
      if (!node) {
        return;
      }
      const { x, y } = map.latLngToLayerPoint(marker.getLatLng());
      const [w, h] = [node.firstChild.offsetWidth / 2 + 3, node.firstChild.offsetHeight / 2 + 1];
      const box = L.bounds([x - w, y - h], [x + w, y + h]);
      const free = !taken.some((other) => other.overlaps(box));
      node.style.visibility = free ? "visible" : "hidden";
      if (free) {
        taken.push(box);
      }
    });
  }

  function resize() {
    const zoom = map.getZoom();
    const grown = zoom < 9.5 ? 0 : zoom < 11 ? 1 : zoom < 12.5 ? 2.5 : 4;
    const every = [...markers.filter(Boolean), ...layers.services.getLayers(), ...layers.settlements.getLayers()];
    every.forEach((marker) => marker.setRadius(marker.options.size + grown));
    placeLabels();
  }

  function stack() {
    for (const group of [layers.settlements, layers.services, facilityLayer]) {
      if (map.hasLayer(group)) {
        group.bringToFront();
      }
    }
  }

  function popup(at, content, focusBack) {
    const node = element("div", { tabindex: -1, role: "dialog" }, content);
    const shown = L.popup({ maxWidth: 340, minWidth: 300, maxHeight: Math.max(220, map.getSize().y - 200), autoPanPadding: [16, 16] });
    shown.setLatLng(at).setContent(node).openOn(map);
    shown.getElement().querySelector(".leaflet-popup-close-button").setAttribute("aria-label", data.text.close);
    node.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        map.closePopup(shown);
        (focusBack || map.getContainer()).focus();
      }
    });
    if (focusBack) {
      node.focus({ preventScroll: true });
    }
  }

  function openFacilities(indexes, at, focusBack) {
    const holder = element("div");
    const turn = (k) => {
      holder.replaceChildren(
        ...[pager(indexes, k, data, turn), facilityCard(data.facilities.features[indexes[k]], data)].filter(Boolean),
      );
    };
    turn(0);
    popup(at, holder, focusBack);
  }

  function facilitiesAt(marker) {
    const here = map.latLngToLayerPoint(marker.getLatLng());
    const distance = (other) => map.latLngToLayerPoint(other.getLatLng()).distanceTo(here);
    const near = markers.filter((other) => other && map.hasLayer(other) && distance(other) <= marker.getRadius());
    const order = (other) => (other === marker ? -1 : distance(other));
    return near.sort((a, b) => order(a) - order(b)).map((other) => other.options.index);
  }

  function openPlace(event, kind) {
    popup(event.layer.getLatLng(), placeCard(event.layer.options.feature, kind));
  }

  function openCommune(index, focusBack) {
    const commune = data.communes.features[index];
    popup(commune.properties.label || map.getCenter(), communeCard(commune, data), focusBack);
  }

  function tooltip(group, lines) {
    group.bindTooltip((layer) => element("div", {}, ...lines(layer).map((text) => element("div", { text }))), {
      sticky: true,
      direction: "top",
      offset: [0, -8],
    });
  }

  const view = {
    onUses: (listener) => listeners.push(listener),
    uses: () => data.uses.map((_, use) => !hidden.has(use)),
    showUses(wanted) {
      hidden.clear();
      wanted.forEach((shown, use) => shown || hidden.add(use));
      markers.filter(Boolean).forEach((marker) => {
        const shown = !hidden.has(data.facilities.features[marker.options.index].properties.use);
        facilityLayer[shown ? "addLayer" : "removeLayer"](marker);
      });
      listeners.forEach((listener) => listener());
    },
    shade(index) {
      shading = index;
      const { classes, of } = data.shadings[index];
      communes.forEach((layer, i) => layer.setStyle({ fillColor: classes[of[i]].colour }));
    },
    toggle(name, shown) {
      map[shown ? "addLayer" : "removeLayer"](layers[name]);
      stack();
      placeLabels();
    },
    shows: (name) => map.hasLayer(layers[name]),
    whole: (animate = true) => map.fitBounds(data.bounds, { padding: [12, 12], animate }),
    openFacility(index, focusBack) {
      const { use, commune_index: commune } = data.facilities.features[index].properties;
      if (hidden.has(use)) {
        view.showUses(view.uses().map((shown, i) => shown || i === use));
      }
      const home = commune === null ? null : data.communes.features[commune].properties.label;
      const at = markers[index] ? markers[index].getLatLng() : L.latLng(home || map.getCenter());
      map.setView(at, Math.max(map.getZoom(), 12), { animate: false });
      openFacilities(markers[index] ? facilitiesAt(markers[index]) : [index], at, focusBack);
    },
    openCommune(index, focusBack) {
      if (communes[index]) {
        map.fitBounds(communes[index].getBounds(), { padding: [60, 60], maxZoom: 12, animate: false });
      }
      openCommune(index, focusBack);
    },
    openSettlement(index, focusBack) {
      const feature = data.settlements.features[index];
      const [lon, lat] = feature.geometry.coordinates;
      map.setView([lat, lon], Math.max(map.getZoom(), 12), { animate: false });
      popup([lat, lon], placeCard(feature, data.text.settlement), focusBack);
    },
  };

  tooltip(communeLayer, (layer) => [layer.feature.properties.name, data.shadings[shading].texts[layer.feature.properties.index]]);
  tooltip(facilityLayer, (layer) => [layer.options.feature.properties.name, layer.options.use.label]);
  tooltip(layers.services, (layer) => [layer.options.feature.properties.name, data.text.existing_service]);
  tooltip(layers.settlements, (layer) => [layer.options.feature.properties.name]);
  communeLayer.on("mouseover", (event) => event.layer.setStyle({ weight: 2.2, color: "#3b4652" }));
  communeLayer.on("mouseout", (event) => event.layer.setStyle({ weight: 0.8, color: "#8b9097" }));
  communeLayer.on("click", (event) => openCommune(event.layer.feature.properties.index));
  facilityLayer.on("click", (event) => openFacilities(facilitiesAt(event.layer), event.layer.getLatLng()));
  layers.services.on("click", (event) => openPlace(event, data.text.existing_service));
  layers.settlements.on("click", (event) => openPlace(event, data.text.settlement));

  L.control.zoom({ zoomInTitle: data.text.zoom_in, zoomOutTitle: data.text.zoom_out }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  map.attributionControl.setPrefix(false).addAttribution(element("span", { text: data.text.attribution }).outerHTML);
  map.getContainer().setAttribute("aria-label", data.text.map_region);
  map.getContainer().setAttribute("role", "region");
  view.whole(false);
  map.setMinZoom(map.getZoom() - 1);
  map.on("zoomend", resize);
  [communeLayer, outline, facilityLayer, layers.labels].forEach((layer) => layer.addTo(map));
  view.shade(0);
  resize();
  return view;
}

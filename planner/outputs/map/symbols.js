"use strict";

// One outline per shape, drawn on the map's canvas and as an SVG swatch in the legend. Shape doubles what colour says.
const CORNERS = {
  square: [[-0.88, -0.88], [0.88, -0.88], [0.88, 0.88], [-0.88, 0.88]],
  diamond: [[0, -1.2], [1.2, 0], [0, 1.2], [-1.2, 0]],
  triangle: [[0, -1.22], [1.15, 0.82], [-1.15, 0.82]],
  wedge: [[0, 1.22], [1.15, -0.82], [-1.15, -0.82]],
  hexagon: [[-0.54, -0.98], [0.54, -0.98], [1.12, 0], [0.54, 0.98], [-0.54, 0.98], [-1.12, 0]],
  house: [[0, -1.2], [1.05, -0.25], [0.8, 1], [-0.8, 1], [-1.05, -0.25]],
  plus: [
    [-0.4, -1.12], [0.4, -1.12], [0.4, -0.4], [1.12, -0.4], [1.12, 0.4], [0.4, 0.4],
    [0.4, 1.12], [-0.4, 1.12], [-0.4, 0.4], [-1.12, 0.4], [-1.12, -0.4], [-0.4, -0.4],
  ],
};

function symbolOutline(shape, radius) {
  const corners = CORNERS[shape];
  if (corners) {
    return `M${corners.map((c) => c.map((v) => (v * radius).toFixed(2)).join(",")).join("L")}Z`;
  }
  const r = radius.toFixed(2);
  const circle = `M${r},0A${r},${r} 0 1 1 -${r},0A${r},${r} 0 1 1 ${r},0Z`;
  const a = (radius * 0.55).toFixed(2);
  return shape === "barred" ? `${circle}M-${a},${a}L${a},-${a}` : circle;
}

// Strokes and fills from the bottom up: a white halo, then the symbol; hollow ones keep a white middle.
function symbolCoats(use, radius) {
  if (use.plain) {
    return [{ fill: use.colour }];
  }
  const halo = { stroke: "#fff", width: use.hollow ? 5 : radius > 3.5 ? 3 : 1.6 };
  if (!use.hollow) {
    return [halo, { fill: use.colour }, { stroke: "rgba(16,32,48,.6)", width: radius > 4 ? 0.9 : 0.6 }];
  }
  return [halo, { fill: "#fff" }, { stroke: "rgba(16,32,48,.75)", width: 3.2 }, { stroke: use.colour, width: 2 }];
}

const SymbolMarker = L.CircleMarker.extend({
  _updatePath() {
    this._renderer._updateSymbol(this);
  },
});

L.Canvas.include({
  _updateSymbol(layer) {
    if (!this._drawing || layer._empty()) {
      return;
    }
    const context = this._ctx;
    const path = new Path2D(symbolOutline(layer.options.use.shape, layer._radius));
    context.save();
    context.translate(layer._point.x, layer._point.y);
    context.lineJoin = "round";
    context.globalAlpha = layer.options.use.faded ? 0.6 : 1;
    for (const coat of symbolCoats(layer.options.use, layer._radius)) {
      if (coat.fill) {
        context.fillStyle = coat.fill;
        context.fill(path);
      } else {
        context.strokeStyle = coat.stroke;
        context.lineWidth = coat.width;
        context.stroke(path);
      }
    }
    context.restore();
  },
});

function swatch(use) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "-10 -10 20 20");
  svg.setAttribute("class", "swatch");
  svg.setAttribute("aria-hidden", "true");
  for (const coat of symbolCoats(use, 6).slice(1)) {
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", symbolOutline(use.shape, 6));
    path.setAttribute("fill", coat.fill || "none");
    path.setAttribute("stroke", coat.stroke || "none");
    path.setAttribute("stroke-width", coat.width || 0);
    path.setAttribute("stroke-linejoin", "round");
    svg.append(path);
  }
  return svg;
}

// The only way text enters the page: as text, never as markup.
function element(tag, options = {}, ...children) {
  const node = document.createElement(tag);
  const { text, ...attributes } = options;
  if (text !== undefined) {
    node.textContent = text;
  }
  for (const [name, value] of Object.entries(attributes)) {
    node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

function fill(template, values) {
  return template.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

"use strict";

// What a popup shows of a facility, a commune, a service or a village.

function facilityCard(facility, data) {
  const p = facility.properties;
  const use = data.uses[p.use];
  const rows = p.values.map(([column, text, assumed]) => [
    element("dt", { text: data.columns[column] }),
    element("dd", { text }, assumed ? element("span", { class: "assumed", text: data.text.assumed }) : null),
  ]);
  return element(
    "article",
    { class: "card" },
    element("h2", { text: p.name }),
    element("p", { class: "where", text: [p.id, p.commune].filter(Boolean).join(" · ") }),
    element(
      "p",
      { class: "change" },
      p.from ? element("span", { class: "from", text: p.from }) : null,
      p.from ? element("span", { class: "arrow", "aria-label": data.text.from_to, text: "→" }) : null,
      element("span", { class: "to" }, swatch(use), element("strong", { text: use.label })),
    ),
    p.chips.length ? element("p", { class: "chips" }, ...p.chips.map(([kind, text]) => element("span", { class: kind, text }))) : null,
    facility.geometry ? null : element("p", { class: "unplaced", text: p.unplaced }),
    p.reason ? element("p", { class: "reason", text: p.reason }) : null,
    p.beside ? element("details", { class: "beside" }, element("summary", { text: data.text.beside }), element("p", { text: p.beside })) : null,
    element("dl", {}, ...rows.flat()),
    p.assumed.length ? element("p", { class: "assumptions" }, element("b", { text: `${data.text.assumed_values}: ` }), p.assumed.join("; ")) : null,
  );
}

function communeCard(commune, data) {
  const p = commune.properties;
  const words = data.text;
  const head = [words.need_use, words.need_total, words.need_existing, words.need_met, words.need_unmet];
  const body = p.needs.map(([use, ...cells]) =>
    element(
      "tr",
      {},
      element("th", { scope: "row", text: use }),
      ...(cells.length ? cells.map((text) => element("td", { text })) : [element("td", { colspan: 4, text: words.need_unknown })]),
    ),
  );
  return element(
    "article",
    { class: "card" },
    element("h2", { text: p.name }),
    element("p", { class: "where", text: [p.id, p.people, p.facilities].filter(Boolean).join(" · ") }),
    element("p", { class: "chips" }, element("span", { class: "plain", text: p.priority })),
    body.length
      ? element(
          "table",
          {},
          element("thead", {}, element("tr", {}, ...head.map((text) => element("th", { scope: "col", text })))),
          element("tbody", {}, ...body),
        )
      : null,
  );
}

function placeCard(place, kind) {
  const p = place.properties;
  return element(
    "article",
    { class: "card" },
    element("h2", { text: p.name }),
    element("p", { class: "where", text: [kind, p.commune].filter(Boolean).join(" · ") }),
    ...p.lines.map((text) => element("p", { text })),
  );
}

// Several facilities can stand on one place (buildings of a site): one card at a time, with a pager.
function pager(cards, at, data, turn) {
  if (cards.length < 2) {
    return null;
  }
  const button = (step, label, text) => {
    const node = element("button", { type: "button", "aria-label": label, text });
    node.addEventListener("click", (event) => {
      event.stopPropagation(); // the button is gone after the turn, and the map would take this for a click beside the popup
      turn((at + step + cards.length) % cards.length);
    });
    return node;
  };
  return element(
    "div",
    { class: "pager" },
    button(-1, data.text.previous, "‹"),
    element("span", { text: fill(data.text.at_this_place, { i: at + 1, n: cards.length }) }),
    button(1, data.text.next, "›"),
  );
}

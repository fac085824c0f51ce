"use strict";

// Search without diacritics over facilities, communes and villages: a combobox that works from the keyboard.
const SEARCH_LIMIT = 30;

function fold(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase().replace(/\s+/g, " ").trim();
}

function searchIndex(data, view) {
  const entries = [
    ...data.communes.features.map((feature, i) => ({ feature, kind: data.text.kind_commune, open: (back) => view.openCommune(i, back) })),
    ...data.facilities.features.map((feature, i) => ({
      feature,
      kind: data.text.kind_facility,
      use: data.uses[feature.properties.use],
      open: (back) => view.openFacility(i, back),
    })),
    ...data.settlements.features.map((feature, i) => ({
      feature,
      kind: data.text.kind_settlement,
      open: (back) => view.openSettlement(i, back),
    })),
  ];
  return entries.map((entry) => {
    const { id, name, commune } = entry.feature.properties;
    return { ...entry, id, name, commune, name_key: fold(name), id_key: fold(id), all: fold([name, id, commune].join(" ")) };
  });
}

// An identifier first, then names that begin with the words, then the rest; every word must occur.
function find(index, query) {
  const wanted = fold(query);
  const words = wanted.split(" ");
  const rank = (e) => (e.id_key === wanted ? 0 : e.name_key.startsWith(wanted) ? 1 : e.name_key.includes(wanted) ? 2 : 3);
  const found = index.filter((e) => words.every((word) => e.all.includes(word)));
  return found.map((e, i) => [rank(e), i, e]).sort((a, b) => a[0] - b[0] || a[1] - b[1]).map((row) => row[2]);
}

function searchBox(data, view) {
  const index = searchIndex(data, view);
  const input = element("input", {
    id: "search",
    type: "search",
    role: "combobox",
    autocomplete: "off",
    spellcheck: "false",
    placeholder: data.text.search,
    "aria-label": data.text.search,
    "aria-controls": "results",
    "aria-expanded": "false",
  });
  const list = element("ul", { id: "results", role: "listbox", "aria-label": data.text.search, hidden: "" });
  let found = [];
  let active = -1;

  function show() {
    const query = input.value.trim();
    found = query ? find(index, query) : [];
    active = found.length ? 0 : -1;
    const rest = found.length - SEARCH_LIMIT;
    const last = found.length ? (rest > 0 ? fill(data.text.search_more, { n: rest }) : null) : data.text.search_none;
    list.replaceChildren(...found.slice(0, SEARCH_LIMIT).map(option), ...(last ? [element("li", { class: "more", text: last })] : []));
    list.hidden = !query;
    input.setAttribute("aria-expanded", String(Boolean(query)));
    mark();
  }

  function option(entry, i) {
    const node = element(
      "li",
      { id: `result-${i}`, role: "option" },
      entry.use ? swatch(entry.use) : element("span", { class: "swatch" }),
      element("span", { class: "name", text: entry.name }),
      element("small", { text: [entry.kind, entry.id, entry.commune].filter(Boolean).join(" · ") }),
    );
    node.addEventListener("mousedown", (event) => event.preventDefault());
    node.addEventListener("click", () => choose(i));
    return node;
  }

  function mark() {
    [...list.querySelectorAll("[role=option]")].forEach((node, i) => {
      node.setAttribute("aria-selected", String(i === active));
      if (i === active) {
        node.scrollIntoView({ block: "nearest" });
      }
    });
    input.setAttribute("aria-activedescendant", active < 0 ? "" : `result-${active}`);
  }

  function choose(i) {
    hide();
    found[i].open(input);
  }

  function hide() {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
  }

  const keys = {
    ArrowDown: () => (list.hidden ? show() : step(1)),
    ArrowUp: () => step(-1),
    Enter: () => (list.hidden ? show() : active >= 0 && choose(active)),
    Escape: hide,
  };
  function step(by) {
    const count = Math.min(found.length, SEARCH_LIMIT);
    active = count ? (active + by + count) % count : -1;
    mark();
  }

  input.addEventListener("input", show);
  input.addEventListener("focus", () => input.select());
  input.addEventListener("blur", hide);
  input.addEventListener("keydown", (event) => {
    if (keys[event.key]) {
      event.preventDefault();
      keys[event.key]();
    }
  });
  return element("div", { class: "search" }, input, list);
}

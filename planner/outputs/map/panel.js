"use strict";

// The side panel: what the plan is, search, and three pages (map, summary, notes).
function planPanel(view, data) {
  const words = data.text;
  const pages = [
    ["map", words.tab_map, mapPage()],
    ["summary", words.tab_summary, summaryPage()],
    ["notes", words.tab_notes, notesPage()],
  ];
  document.title = data.title;
  document.documentElement.lang = data.language;
  document.body.append(
    element("aside", { id: "panel", "aria-label": words.panel }, header(), searchBox(data, view), ...tabs()),
  );

  function header() {
    const whole = element("button", { type: "button", class: "fit", text: words.whole_province });
    whole.addEventListener("click", () => view.whole());
    return element(
      "header",
      {},
      element("h1", { text: data.title }),
      element(
        "p",
        {},
        element("span", { class: `status ${data.status.key}`, text: data.status.label }),
        element("span", { class: "count", text: data.headline }),
        whole,
      ),
      ...data.banners.map((text) => element("p", { class: "banner", role: "note", text })),
    );
  }

  function tabs() {
    const buttons = pages.map(([key, label]) =>
      element("button", { type: "button", role: "tab", id: `tab-${key}`, "aria-controls": `page-${key}`, text: label }),
    );
    const sheets = pages.map(([key, , content]) =>
      element("section", { role: "tabpanel", id: `page-${key}`, "aria-labelledby": `tab-${key}`, tabindex: 0 }, ...content),
    );
    const choose = (at, focus) => {
      buttons.forEach((button, i) => {
        button.setAttribute("aria-selected", String(i === at));
        button.tabIndex = i === at ? 0 : -1;
        sheets[i].hidden = i !== at;
      });
      if (focus) {
        buttons[at].focus();
      }
    };
    buttons.forEach((button, i) => {
      button.addEventListener("click", () => choose(i));
      button.addEventListener("keydown", (event) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (step) {
          choose((i + step + buttons.length) % buttons.length, true);
        }
      });
    });
    choose(0);
    return [element("div", { role: "tablist" }, ...buttons), ...sheets];
  }

  function mapPage() {
    return [
      element("h2", {}, element("label", { for: "shading", text: words.shade_by })),
      ...shadingControl(),
      ...useControl(),
      element("h2", { text: words.other_layers }),
      ...["services", "settlements", "labels"].filter((name) => !data[name] || data[name].features.length).map(layerControl),
    ];
  }

  function shadingControl() {
    const groups = [...new Set(data.shadings.map((s) => s.group))];
    const options = groups.flatMap((group) => {
      const own = data.shadings.flatMap((s, i) => (s.group === group ? [element("option", { value: i, text: s.label })] : []));
      return group ? [element("optgroup", { label: group }, ...own)] : own;
    });
    const select = element("select", { id: "shading" }, ...options);
    const key = element("ul", { class: "key" });
    const show = () => {
      const chosen = data.shadings[Number(select.value)];
      view.shade(Number(select.value));
      key.replaceChildren(
        ...chosen.classes.map(({ colour, label, count }) => {
          const patch = element("span", { class: "patch" });
          patch.style.background = colour;
          return element("li", {}, patch, element("span", { text: label }), element("small", { text: count }));
        }),
      );
    };
    select.addEventListener("change", show);
    show();
    return [select, key];
  }

  function useControl() {
    const boxes = data.uses.map((use, i) => element("input", { type: "checkbox", id: `use-${i}`, "aria-label": use.label }));
    const rows = data.uses.map((use, i) => {
      const only = element("button", { type: "button", class: "only", text: words.only, "aria-label": `${words.only}: ${use.label}` });
      only.addEventListener("click", () => view.showUses(data.uses.map((_, k) => k === i)));
      boxes[i].addEventListener("change", () => view.showUses(boxes.map((box) => box.checked)));
      const name = element("label", { for: `use-${i}` }, boxes[i], swatch(use), element("span", { text: use.label }));
      return element("li", {}, name, only, element("small", { text: use.count }));
    });
    const button = (text, shown) => {
      const node = element("button", { type: "button", text });
      node.addEventListener("click", () => view.showUses(data.uses.map(() => shown)));
      return node;
    };
    const refresh = () => view.uses().forEach((shown, i) => (boxes[i].checked = shown));
    view.onUses(refresh);
    refresh();
    return [
      element("div", { class: "heading" }, element("h2", { text: words.new_uses }), button(words.all, true), button(words.nothing, false)),
      element("ul", { class: "uses" }, ...rows),
      data.uses.some((use) => use.hollow) ? element("p", { class: "hint", text: words.hollow }) : null,
    ].filter(Boolean);
  }

  function layerControl(name) {
    const box = element("input", { type: "checkbox", id: `layer-${name}` });
    box.checked = view.shows(name);
    box.addEventListener("change", () => view.toggle(name, box.checked));
    const count = data.layer_counts[name];
    return element(
      "p",
      { class: "layer" },
      element("label", { for: `layer-${name}` }, box, element("span", { text: words[`layer_${name}`] })),
      count ? element("small", { text: count }) : null,
    );
  }

  function summaryPage() {
    const { figures, outcomes, decided, needs, money } = data.summary;
    return [
      element("p", { class: "words", text: data.status.words }),
      element("ul", { class: "figures" }, ...figures.map(([n, text]) => element("li", {}, element("b", { text: n }), element("span", { text })))),
      element("h2", { text: words.outcomes }),
      element("ul", { class: "bars" }, ...outcomes.map(bar)),
      element("p", { class: "hint" }, element("i", { class: "tick" }), ` ${words.national}`),
      element("h2", { text: words.decided }),
      element("ul", { class: "bars" }, ...decided.map(bar)),
      element("h2", { text: words.needs }),
      element("ul", { class: "bars" }, ...needs.map(bar)),
      element(
        "p",
        { class: "hint" },
        ...[["existing", words.need_existing], ["met", words.need_met], ["unmet", words.need_unmet]].flatMap(([key, text]) => [
          element("i", { class: `part ${key}` }),
          ` ${text}  `,
        ]),
      ),
      element("h2", { text: words.money }),
      element("ul", { class: "bars" }, ...money.map(bar)),
    ];
  }

  // One labelled bar of parts [kind, share]; the tick marks a share to compare with.
  function bar({ label, figure, parts, tick, note }) {
    const track = element("div", { class: "track", "aria-hidden": "true" });
    parts.forEach(([kind, share]) => {
      const part = element("i", { class: `part ${kind}` });
      part.style.width = `${(100 * share).toFixed(2)}%`;
      track.append(part);
    });
    if (tick !== null && tick !== undefined) {
      const mark = element("i", { class: "tick" });
      mark.style.left = `${(100 * tick).toFixed(2)}%`;
      track.append(mark);
    }
    return element(
      "li",
      {},
      element("span", { class: "label", text: label }),
      element("span", { class: "figure", text: figure }),
      track,
      note ? element("small", { text: note }) : null,
    );
  }

  function notesPage() {
    const notes = data.notes.flatMap(([title, texts]) => [
      element("h2", { text: title }),
      ...texts.map((text) => element("p", { text })),
    ]);
    if (!data.unplaced.length) {
      return notes;
    }
    const items = data.unplaced.map((index) => {
      const { name, id, commune } = data.facilities.features[index].properties;
      const button = element("button", { type: "button", text: [name, id, commune].filter(Boolean).join(" · ") });
      button.addEventListener("click", () => view.openFacility(index, button));
      return element("li", {}, button);
    });
    return [...notes, element("h2", { text: fill(words.notes_unplaced, { n: items.length }) }), element("ul", { class: "unplaced-list" }, ...items)];
  }
}

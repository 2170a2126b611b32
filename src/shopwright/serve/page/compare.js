// Products picked for a comparison: a tick on each result, and a tray that hands the picked ones to the assistant.

import { announce, byId, fill, h } from "./dom.js";
import { icon } from "./icons.js";

const MOST = 4;
const picked = new Map(); // product id -> title
let askAssistant = () => {};

/** Wire the tray up. `ask(text)` hands a question to the assistant. */
export function startCompare(ask) {
  askAssistant = ask;
}

/** The tick that picks a product. */
export function compareTick({ product_id: id, title }) {
  const box = h("input", { type: "checkbox", value: id, checked: picked.has(id), on: { change: () => pick(box, id, title) } });
  return h("label", { class: "tick compare-tick" }, box, h("span", {}, "Compare", h("span", { class: "sr-only" }, ` ${title}`)));
}

function pick(box, id, title) {
  if (box.checked && picked.size >= MOST) {
    box.checked = false;
    announce(`At most ${MOST} products can be compared at once.`);
    return;
  }
  if (box.checked) picked.set(id, title);
  else picked.delete(id);
  drawTray();
}

function drawTray() {
  const tray = byId("tray");
  tray.hidden = picked.size === 0;
  fill(
    tray,
    h("ul", { "aria-label": "Picked for comparison" }, [...picked].map(([id, title]) => h("li", {}, chip(id, title)))),
    h("button", { type: "button", class: "solid", disabled: picked.size < 2, on: { click: compare } }, picked.size < 2 ? "Pick another" : `Compare ${picked.size}`),
  );
}

function chip(id, title) {
  const drop = () => {
    picked.delete(id);
    untick();
    byId("results").focus({ preventScroll: true });
  };
  return h("button", { type: "button", class: "chip", "aria-label": `Do not compare ${title}`, on: { click: drop } }, h("span", { class: "chip-text" }, title), icon("close"));
}

function compare() {
  const titles = [...picked.values()];
  picked.clear();
  untick();
  askAssistant(`Compare ${titles.slice(0, -1).join(", ")} and ${titles.at(-1)}`);
}

function untick() {
  for (const box of document.querySelectorAll(".compare-tick input")) box.checked = picked.has(box.value);
  drawTray();
}

// The column that narrows the results: values to tick, bounds to type, and the chips of what is active.

import { byId, fill, h } from "./dom.js";
import { bounds, ticked, withBounds, withValues } from "./filters.js";
import { icon } from "./icons.js";
import { go, state } from "./state.js";

const SHOWN = 6;
const unfolded = new Set();

/** Draw the facets of a result page. */
export function showFacets(facets) {
  const focused = document.activeElement?.id;
  fill(byId("facets"), facets.filter(useful).map(group));
  if (focused) byId(focused)?.focus();
}

/** Draw the active filters as chips that can be taken away. */
export function showChips(active) {
  const count = active.length;
  byId("toggle-facets").textContent = count ? `Filters (${count})` : "Filters";
  fill(
    byId("chips"),
    active.map((one) => h("li", {}, chip(one))),
    count > 1 && h("li", {}, h("button", { type: "button", class: "quiet", on: { click: () => go({ f: [] }) } }, "Clear all")),
  );
}

function chip({ f, label }) {
  const remove = () => {
    go({ f: state().f.filter((other) => other !== f && canonical(other) !== canonical(f)) });
    byId("results").focus({ preventScroll: true });
  };
  return h(
    "button",
    { type: "button", class: "chip", "aria-label": `Remove filter ${label}`, on: { click: remove } },
    h("span", {}, label),
    icon("close"),
  );
}

// The server writes a filter its own way ("10..80" for "10.0..80"); a chip must remove what the address says.
const canonical = (filter) => filter.replace(/(\d)\.0+(?=\D|$)/g, "$1").replace(/\s/g, "");

const useful = (facet) => facet.values.length > 0 || isNumber(facet);
const isNumber = (facet) => facet.low !== null && facet.high !== null && facet.low < facet.high;

function group(facet) {
  const ranges = facet.values.filter((one) => one.value === "");
  const ticks = facet.values.filter((one) => one.value !== "");
  return h(
    "fieldset",
    { class: "facet", dataset: { field: facet.field } },
    h("legend", {}, facet.label),
    isNumber(facet) && range(facet),
    ranges.length > 1 && h("ul", { class: "ranges" }, ranges.map((one) => h("li", {}, rangeButton(facet, one)))),
    ticks.length > 0 && values({ ...facet, values: ticks }),
  );
}

function rangeButton(facet, { f, label, count }) {
  const [low, high] = bounds([f], facet.field);
  const active = bounds(state().f, facet.field).join() === [low, high].join();
  const pick = () => go({ f: active ? withBounds(state().f, facet.field, "", "") : [...withBounds(state().f, facet.field, "", ""), f] });
  return h("button", { type: "button", class: "range-button", "aria-pressed": String(active), on: { click: pick } }, h("span", {}, label), counted(count));
}

function values(facet) {
  const chosen = ticked(state().f, facet.field);
  const missing = chosen
    .filter((value) => !facet.values.some((one) => one.value === value))
    .map((value) => ({ value, label: value.split(" > ").at(-1), count: null }));
  const all = [...missing, ...facet.values];
  const open = unfolded.has(facet.field);
  const shown = open ? all : all.filter((one, at) => at < SHOWN || chosen.includes(one.value));
  const list = shown.map((one, at) =>
    h(
      "label",
      { class: "tick" },
      h("input", {
        type: "checkbox",
        id: `facet-${facet.field}-${at}`,
        checked: chosen.includes(one.value),
        on: { change: (event) => tick(facet.field, chosen, one.value, event.target.checked) },
      }),
      h("span", { class: "tick-label" }, words(one.label)),
      one.count !== null && counted(one.count),
    ),
  );
  return [...list, all.length > SHOWN && unfold(facet, all.length, open)];
}

/** Tick a value or take it off. A category replaces the broader ones that it lies in, else it would not narrow. */
function tick(field, chosen, value, on) {
  const others = chosen.filter((other) => other !== value && !(field === "category" && value.startsWith(`${other} > `)));
  go({ f: withValues(state().f, field, on ? [...others, value] : others) });
}

const counted = (count) =>
  h("span", { class: "count" }, h("span", { class: "sr-only" }, ", "), String(count), h("span", { class: "sr-only" }, " products"));

function unfold(facet, count, open) {
  const flip = () => {
    if (open) unfolded.delete(facet.field);
    else unfolded.add(facet.field);
    const section = document.querySelector(`#facets fieldset[data-field="${CSS.escape(facet.field)}"]`);
    const redrawn = group(facet);
    section.replaceWith(redrawn);
    redrawn.querySelector("button")?.focus();
  };
  return h(
    "button",
    { type: "button", class: "quiet", "aria-expanded": String(open), on: { click: flip } },
    open ? "Show fewer" : `Show all ${count}`,
  );
}

function range(facet) {
  const [low, high] = bounds(state().f, facet.field);
  const unit = facet.unit ?? "";
  const set = () => {
    const [from, to] = [input("low").value, input("high").value];
    // A price filter needs no unit: the shop has one currency.
    go({ f: withBounds(state().f, facet.field, from, to, facet.field === "price" ? "" : unit) });
  };
  const input = (end) => byId(`facet-${facet.field}-${end}`);
  const field = (end, label, value, hint) =>
    h(
      "label",
      { class: "bound" },
      h("span", { class: "sr-only" }, `${facet.label}, ${label}${unit && ` in ${unit}`}`),
      h("input", {
        type: "number", inputmode: "decimal", step: "any", value, min: facet.field === "price" ? "0" : null,
        placeholder: hint, id: `facet-${facet.field}-${end}`, on: { change: set },
      }),
    );
  return h(
    "div",
    { class: "range" },
    field("low", "from", low, tidy(Math.floor(facet.low * 100) / 100)),
    h("span", { "aria-hidden": "true" }, "to"),
    field("high", "to", high, tidy(Math.ceil(facet.high * 100) / 100)),
    unit && h("span", { class: "unit", "aria-hidden": "true" }, unit),
  );
}

const tidy = (value) => String(Number(value.toPrecision(6)));
const NAMES = { in_stock: "In stock", out_of_stock: "Out of stock", preorder: "Pre-order", backorder: "Back-order", true: "Yes", false: "No" };
const words = (label) => NAMES[label] ?? label;

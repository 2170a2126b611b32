// The result list: asks the API whenever the address changes, shows cards, and says what to do when there are none.

import * as api from "./api.js";
import { byId, fill, h } from "./dom.js";
import { resultCard, skeletons } from "./cards.js";
import { note } from "./events.js";
import { showChips, showFacets } from "./facets.js";
import { go, href, state } from "./state.js";

const PAGE = 24;
let running = null;
let shown = 0;
let total = 0;
let watching = 0;
let askAssistant = () => {};

/** Wire the list up. `ask(text)` hands a question to the assistant. */
export function startResults(ask) {
  askAssistant = ask;
  byId("more").addEventListener("click", showMore);
  byId("results").addEventListener("keydown", moveByArrow);
  byId("sort").addEventListener("change", (event) => go({ sort: event.target.value }));
}

/** Find what the address asks for. A newer request cancels an older one. */
export async function findProducts() {
  running?.abort();
  const { signal } = (running = new AbortController());
  const list = byId("results");
  byId("sort").value = state().sort;
  list.setAttribute("aria-busy", "true");
  const waiting = setTimeout(() => fill(list, skeletons(8)), list.childElementCount ? 250 : 0);
  try {
    const page = await api.search(state(), { limit: PAGE, facets: true, signal });
    clearTimeout(waiting);
    showPage(page);
  } catch (error) {
    clearTimeout(waiting);
    if (error.name !== "AbortError") showFailure(error);
  } finally {
    if (!signal.aborted) list.setAttribute("aria-busy", "false");
  }
}

function showPage(page) {
  note("view_item_list", { items: page.results.map((one) => one.id) });
  total = page.total;
  shown = page.results.length;
  byId("result-count").textContent = heading(page);
  showFacets(page.facets);
  showChips(page.filters);
  fill(byId("notes"), corrected(page), page.notes.map((note) => h("p", { class: "note" }, note)));
  showIndexing(page.dense_coverage);
  fill(byId("results"), shown ? page.results.map(resultCard) : nothingFound());
  drawMore();
}

async function showMore() {
  const button = byId("more");
  button.disabled = true;
  try {
    const page = await api.search(state(), { offset: shown, limit: PAGE });
    const cards = page.results.map(resultCard);
    byId("results").append(...cards);
    shown += cards.length;
    cards[0]?.querySelector("a")?.focus();
    if (!cards.length) total = shown;
  } catch (error) {
    fill(byId("notes"), h("p", { class: "note" }, error.message));
  } finally {
    button.disabled = false;
    drawMore();
  }
}

function drawMore() {
  const button = byId("more");
  const left = total - shown;
  button.hidden = left <= 0;
  button.textContent = `Show ${Math.min(left, PAGE)} more`;
}

/** "3 products for “trekking tent”, and more like it" where search by meaning adds to those that have the words. */
function heading({ query, searched, total: count, results }) {
  const products = `${count.toLocaleString("en")} ${count === 1 ? "product" : "products"}`;
  const said = query ? `${products} for “${short(searched || query)}”` : products;
  return query && results.length > count ? `${said}, and more like it` : said;
}

/** Where the query was corrected: what was searched, and a link to search for what was typed. */
function corrected({ searched, query }) {
  if (!searched) return null;
  const open = (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    go({ literal: true });
  };
  const instead = h("a", { href: href({ literal: true }), on: { click: open } }, short(query));
  return h("p", { class: "note" }, "Showing results for ", h("strong", {}, short(searched)), ". Search instead for ", instead, ".");
}

/** While vectors are being filled in, say how far; asks again until it is done. */
function showIndexing(coverage) {
  clearTimeout(watching);
  byId("indexing").hidden = coverage >= 0.999;
  if (coverage >= 0.999) return;
  byId("indexing").textContent = `Still reading the catalogue: ${Math.floor(coverage * 100)} % is searchable by meaning, all of it by words.`;
  watching = setTimeout(async () => {
    try {
      showIndexing((await api.shop()).dense_coverage);
    } catch {
      // The next search says what is wrong.
    }
  }, 4000);
}

const short = (text) => (text.length > 60 ? `${text.slice(0, 60)}…` : text);

function nothingFound() {
  const { q, f } = state();
  return h(
    "div",
    { class: "empty" },
    h("h3", {}, "Nothing matches"),
    h("p", {}, f.length ? "No product meets all of these conditions." : "Try other words, or fewer of them."),
    h(
      "p",
      { class: "suggestions" },
      f.length > 0 && h("button", { type: "button", class: "outline", on: { click: () => go({ f: [] }) } }, "Search without filters"),
      q && h("button", { type: "button", class: "outline", on: { click: () => askAssistant(q) } }, "Ask the assistant"),
      h("button", { type: "button", class: "outline", on: { click: () => go({ q: "", f: [] }) } }, "See everything"),
    ),
  );
}

function showFailure(error) {
  byId("result-count").textContent = "The search did not work";
  showChips(state().f.map((f) => ({ f, label: f })));
  byId("more").hidden = true;
  fill(
    byId("results"),
    h(
      "div",
      { class: "empty" },
      h("p", {}, error instanceof api.Problem ? error.message : "The shop cannot be reached."),
      error.remedy && h("p", {}, error.remedy),
      h("p", { class: "suggestions" }, h("button", { type: "button", class: "outline", on: { click: findProducts } }, "Try again")),
    ),
  );
}

/** Arrow keys go from card to card as they lie on the screen; Home and End to the first and last. */
function moveByArrow(event) {
  const links = [...byId("results").querySelectorAll("h3 a")];
  const from = links.indexOf(document.activeElement);
  if (from < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
  const step = { ArrowLeft: () => from - 1, ArrowRight: () => from + 1, Home: () => 0, End: () => links.length - 1 }[event.key];
  const target = step ? links[step()] : { ArrowUp: -1, ArrowDown: 1 }[event.key] && below(links, from, event.key === "ArrowDown");
  if (!target) return;
  event.preventDefault();
  target.focus();
}

function below(links, from, down) {
  const box = (link) => link.closest("article").getBoundingClientRect();
  const here = box(links[from]);
  return links
    .map((link) => ({ link, at: box(link) }))
    .filter(({ at }) => (down ? at.top > here.top + 1 : at.top < here.top - 1))
    .sort((one, other) => Math.abs(one.at.top - here.top) - Math.abs(other.at.top - here.top) || Math.abs(one.at.left - here.left) - Math.abs(other.at.left - here.left))[0]?.link;
}

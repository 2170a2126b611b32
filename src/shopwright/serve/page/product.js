// A product in full: pictures, offers with price and stock, properties, reviews, relatives.

import * as api from "./api.js";
import { picture, price, rating, smallCard, stock } from "./cards.js";
import { openDialog } from "./dialog.js";
import { fill, h, reveal, safeUrl } from "./dom.js";
import { note } from "./events.js";
import { icon } from "./icons.js";
import { recommended, smallCards } from "./recommend.js";
import { go, onChange, state } from "./state.js";

/** Purposes of recommendations, the merchant's relation that is shown with each, and the heading of both. */
const LISTS = [["goes_with", "accessory", "Goes with it"], ["instead", "substitute", "Instead of it"], ["next", null, "Next"]];
let dialog = null;
let loading = null;
let cited = null;
let askAssistant = () => {};

/** Follow the address: show the product that it names. `ask(text)` hands a question to the assistant. */
export function startProduct(ask) {
  askAssistant = ask;
  onChange((now, before) => now.product !== before.product && show(now.product));
  if (state().product) show(state().product);
}

/** Open a product at the property that a citation names. */
export function openCited(id, field) {
  cited = field;
  if (state().product === id) show(id);
  else go({ product: id });
}

async function show(id) {
  loading?.abort();
  if (!id) {
    const closing = dialog;
    dialog = null;
    closing?.close();
    return;
  }
  const { signal } = (loading = new AbortController());
  dialog ??= openDialog({ kind: "sheet", title: "Product", onClose: closed });
  fill(dialog.body, h("p", { class: "loading" }, "Fetching the details"));
  try {
    const found = await api.product(id, signal);
    note("view_item", { items: [id] });
    dialog.setTitle(found.card.title);
    const relatives = h("div", { class: "relatives" });
    fill(dialog.body, details(found, id), relatives);
    showRelatives(relatives, found, [], signal);
    dialog.body.scrollTop = 0;
    markCited(dialog.body);
  } catch (error) {
    if (error.name === "AbortError") return;
    dialog.setTitle(error.status === 404 ? "Not in the catalogue" : "The details did not load");
    fill(dialog.body, h("p", { class: "empty" }, error.status === 404 ? "This product is no longer sold here." : error.message));
  }
}

function closed() {
  loading?.abort();
  cited = null;
  if (dialog === null) return;
  dialog = null;
  go({ product: null });
}

function details(found, asked) {
  const { product, card, offers, attributes, reviews } = found;
  return [
    h(
      "div",
      { class: "product-top" },
      picture(card.image, product.title),
      h(
        "div",
        { class: "product-lead" },
        card.brand && h("p", { class: "brand" }, card.brand),
        product.category.length > 0 && h("p", { class: "path" }, product.category.join(" › ")),
        h("div", { dataset: { field: "price" } }, price(card)),
        h("p", { class: "meta", dataset: { field: "availability" } }, rating(card.rating), stock(card)),
        product.highlights.length > 0 &&
          h("ul", { class: "points", dataset: { field: "highlights" } }, product.highlights.map((one) => h("li", {}, one))),
        h(
          "p",
          { class: "suggestions" },
          h("button", { type: "button", class: "outline", on: { click: () => ask(product.title) } }, "Ask about this"),
          elsewhere(product.url) &&
            h("a", { class: "outline", href: elsewhere(product.url), rel: "noopener noreferrer nofollow", target: "_blank" }, "At the shop ", icon("link")),
        ),
      ),
    ),
    product.description && h("div", { class: "prose", dataset: { field: "description" } }, product.description.split(/\n+/).map((text) => h("p", {}, text))),
    offers.length > 1 && section("Choose", offerTable(offers, asked)),
    attributes.length > 0 && section("Details", attributeList(attributes)),
    reviews.length > 0 && section(reviews.length === 1 ? "One review" : `${reviews.length} reviews`, reviews.map(review)),
  ];
}

/** What stands beside the product: as the merchant related it, then with what the shop recommends for it. */
async function showRelatives(place, { card, related }, items, signal) {
  const listed = new Set(items.map((item) => item.id));
  const parts = LISTS.map(([purpose, relation, label]) => {
    const group = related.find((one) => one.relation === relation);
    const own = (group?.cards ?? []).filter((one) => !listed.has(one.product_id)).map(smallCard);
    const cards = smallCards(items.filter((item) => item.purpose === purpose));
    return (cards || own.length > 0) && section(label, cards, own.length > 0 && h("div", { class: "small-cards" }, own));
  });
  const others = related.filter((group) => !LISTS.some(([, relation]) => relation === group.relation));
  fill(place, others.map((group) => section(group.label, h("div", { class: "small-cards" }, group.cards.map(smallCard)))), parts);
  if (items.length) return;
  const found = await recommended({ place: "product", product: card.product_id, limit: 12 }, signal);
  if (found.length && !signal.aborted) showRelatives(place, { card, related }, found, signal);
}

function ask(title) {
  go({ product: null });
  askAssistant(`${title}: `, { send: false });
}

/** The product's own page, unless that is this one. */
function elsewhere(url) {
  const address = safeUrl(url);
  return address && new URL(address).origin !== location.origin ? address : null;
}

const section = (title, ...content) => h("section", { class: "part" }, h("h3", {}, title), ...content);

function offerTable(offers, asked) {
  const names = [...new Set(offers.flatMap((offer) => Object.keys(offer.options)))];
  const extras = [...new Map(offers.flatMap((offer) => offer.attributes).map((line) => [line.name, line.label]))];
  const cell = (text) => h("td", {}, text ?? "–");
  return h(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": "Variants" },
    h(
      "table",
      { class: "offers" },
      h("thead", {}, h("tr", {}, [...names.map(upper), ...extras.map(([, label]) => label), "Price", "Stock"].map((name) => h("th", { scope: "col" }, name)))),
      h(
        "tbody",
        {},
        offers.map((offer) =>
          h(
            "tr",
            { "aria-current": offer.variant_id === asked ? "true" : null },
            names.map((name) => cell(offer.options[name])),
            extras.map(([name]) => cell(offer.attributes.find((line) => line.name === name)?.value)),
            h("td", {}, price(offer.card)),
            h("td", {}, stock(offer.card)),
          ),
        ),
      ),
    ),
  );
}

const attributeList = (lines) =>
  h("dl", { class: "attributes" }, lines.map((line) => h("div", { dataset: { field: line.name } }, h("dt", {}, line.label), h("dd", {}, line.value))));

function review(one) {
  const stars = Math.max(0, Math.min(5, Math.round(one.rating)));
  return h(
    "article",
    { class: "review", dataset: { review: one.id } },
    h("p", { class: "review-head" },
      h("span", { class: "stars", role: "img", "aria-label": `${stars} of 5` }, "★".repeat(stars), h("span", { class: "off" }, "★".repeat(5 - stars))),
      one.title && h("strong", {}, one.title)),
    h("p", {}, one.text),
    h("p", { class: "byline" }, [one.author, one.date].filter(Boolean).join(" · ")),
  );
}

/** Mark and show the property that a citation named. */
function markCited(body) {
  if (!cited) return;
  const name = cited.toLowerCase().replace(/^attr:/, "");
  cited = null;
  const target =
    [...body.querySelectorAll("[data-field]")].find((one) => one.dataset.field.toLowerCase().replace(/^attr:/, "") === name) ??
    body.querySelector(`[data-review="${CSS.escape(name)}"]`);
  if (!target) return;
  target.classList.add("cited");
  reveal(target);
}

const upper = (name) => name.charAt(0).toUpperCase() + name.slice(1).replaceAll("_", " ");
